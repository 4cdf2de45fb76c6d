using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.ObjectPool;

namespace PersonalCareApi.Pipeline;

/// <summary>An answer made in memory, so that what it did can be committed, or undone, before a byte of it leaves.</summary>
internal sealed record RenderedAnswer(int Status, byte[] Body) : IResult
{
    private static readonly DefaultObjectPool<MemoryStream> Buffers = new(new Cleared());

    /// <summary>Renders a handler's result; headers and status stand on the response, the body does not.</summary>
    public static async Task<RenderedAnswer> From(HttpContext http, object? result)
    {
        if (result is not IResult executable)
        {
            throw new InvalidOperationException("A handler must return a typed result.");
        }

        var outgoing = http.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        var buffer = Buffers.Get();
        var inMemory = new StreamResponseBodyFeature(buffer);
        http.Features.Set<IHttpResponseBodyFeature>(inMemory);
        try
        {
            NameVersion(http, executable);
            await executable.ExecuteAsync(http);
            await inMemory.CompleteAsync();

            // To learn that nothing changed is to read, too: the ledger then tells of a 304.
            return ConditionalGet.IsNotModified(http)
                ? new RenderedAnswer(http.Response.StatusCode, [])
                : new RenderedAnswer(http.Response.StatusCode, buffer.ToArray());
        }
        finally
        {
            http.Features.Set(outgoing);
            Buffers.Return(buffer);
        }
    }

    /// <summary>Whether what the request collected is to be committed.</summary>
    public bool IsSuccess => Status is >= 200 and < 300;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        if (Body.Length == 0)
        {
            return;
        }

        httpContext.Response.ContentLength = Body.Length;
        await httpContext.Response.Body.WriteAsync(Body, httpContext.RequestAborted);
    }

    /// <summary>Buffers are used again while they are small, and hold nothing of the answer before.</summary>
    private sealed class Cleared : PooledObjectPolicy<MemoryStream>
    {
        private const int Largest = 256 * 1024;

        public override MemoryStream Create() => new();

        public override bool Return(MemoryStream buffer)
        {
            Array.Clear(buffer.GetBuffer(), 0, (int)buffer.Length);
            buffer.SetLength(0);
            return buffer.Capacity <= Largest;
        }
    }

    /// <summary>Every single resource that has a version is answered with its entity tag.</summary>
    private static void NameVersion(HttpContext http, IResult result)
    {
        while (result is INestedHttpResult nested)
        {
            result = nested.Result;
        }

        if (result is IValueHttpResult { Value: IVersioned resource })
        {
            http.Response.Headers.ETag = resource.Etag;
        }
    }
}

/// <summary>A resource that changes by versions.</summary>
internal interface IVersioned
{
    int Version { get; }

    string Etag => ETags.For(Version);
}
