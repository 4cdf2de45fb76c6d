using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace PersonalCareApi.Pipeline;

/// <summary>The bytes of a request's body, read within the limit and known to be JSON; or the refusal.</summary>
internal sealed class RequestBody
{
    /// <summary>Enough for any single record; a route that needs more says so with <c>[RequestSizeLimit]</c>.</summary>
    public const int DefaultLimit = 1024 * 1024;

    private const int AtATime = 16 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = Json.MaxDepth };

    private RequestBody(Problem? refusal, ReadOnlyMemory<byte> raw = default) => (Refusal, Raw) = (refusal, raw);

    public Problem? Refusal { get; }

    /// <summary>The bytes as they came; empty where they were not read.</summary>
    public ReadOnlyMemory<byte> Raw { get; }

    /// <summary>Whether the request says that it has no body.</summary>
    public static bool IsAbsent(HttpContext context) =>
        context.Request.ContentLength == 0
        || (string.IsNullOrEmpty(context.Request.ContentType)
            && context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != true);

    public static async ValueTask<(RequestBody Body, JsonDocument? Document)> ReadJson(HttpContext context, string mediaType)
    {
        var body = IsOf(context.Request, mediaType)
            ? await Read(context)
            : new RequestBody(Problems.UnsupportedMediaType(mediaType));
        if (body.Refusal is not null)
        {
            return (body, null);
        }

        if (body.Raw.IsEmpty)
        {
            return (new(Problems.UnreadableJson("The body is empty.")), null);
        }

        // The parser looks at UTF-8 only when a string is asked for, which is too late to refuse the body as a whole.
        if (!Utf8.IsValid(body.Raw.Span))
        {
            return (new(Problems.UnreadableJson("The body is not UTF-8."), body.Raw), null);
        }

        try
        {
            return (body, JsonDocument.Parse(WithoutByteOrderMark(body.Raw), Strict));
        }
        catch (JsonException exception)
        {
            // The position only: the message may quote the body.
            return (new(Problems.UnreadableJson($"The body is not JSON that can be read (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine})."), body.Raw), null);
        }
    }

    /// <summary>The media type with no charset or UTF-8; any other charset, and what is no charset at all, is refused.</summary>
    private static bool IsOf(HttpRequest request, string mediaType) =>
        request.Headers.ContentType.Count == 1
        && MediaTypeHeaderValue.TryParse(request.ContentType, out var given)
        && given.MediaType.Equals(mediaType, StringComparison.OrdinalIgnoreCase)
        && given.Parameters.Where(parameter => parameter.Name.Equals("charset", StringComparison.OrdinalIgnoreCase))
            .All(charset => HeaderUtilities.RemoveQuotes(charset.Value).Equals("utf-8", StringComparison.OrdinalIgnoreCase))
        && request.Headers.ContentEncoding.All(coding => string.Equals(coding, "identity", StringComparison.OrdinalIgnoreCase));

    private static async ValueTask<RequestBody> Read(HttpContext context)
    {
        var limit = (int)Math.Min(int.MaxValue,
            context.GetEndpoint()?.Metadata.GetMetadata<IRequestSizeLimitMetadata>()?.MaxRequestBodySize ?? DefaultLimit);
        if (context.Request.ContentLength > limit)
        {
            return new(Problems.TooLarge(limit));
        }

        var buffer = ArrayPool<byte>.Shared.Rent(AtATime);
        try
        {
            // A body without a length is read until it is over the limit, not until it ends.
            using var bytes = new MemoryStream((int)(context.Request.ContentLength ?? 0));
            int count;
            while ((count = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0)
            {
                bytes.Write(buffer, 0, count);
                if (bytes.Length > limit)
                {
                    return new(Problems.TooLarge(limit));
                }
            }

            return new(null, bytes.GetBuffer().AsMemory(0, (int)bytes.Length));
        }
        catch (BadHttpRequestException broken)
        {
            return new(Problems.ForStatus(broken.StatusCode, context.Request) ?? new Problem(ProblemCatalogue.BadRequest));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    private static ReadOnlyMemory<byte> WithoutByteOrderMark(ReadOnlyMemory<byte> raw) =>
        raw.Span.StartsWith(Encoding.UTF8.Preamble) ? raw[Encoding.UTF8.Preamble.Length..] : raw;
}
