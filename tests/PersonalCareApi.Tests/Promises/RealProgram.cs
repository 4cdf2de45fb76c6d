using System.Collections.Concurrent;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using PersonalCareApi.Development;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Tests.TestHost;

namespace PersonalCareApi.Tests.Promises;

/// <summary>One Development server on each database for all promises that leave it as it was.</summary>
[SetUpFixture]
internal sealed class RealProgram
{
    private static readonly ConcurrentDictionary<TestDatabase, Lazy<ApiHost>> Hosts = [];

    /// <summary>For what is the same whatever the database.</summary>
    public static ApiHost Host => On(TestDatabase.Sqlite);

    /// <summary>The server on that database, made when it is first asked for.</summary>
    public static ApiHost On(TestDatabase database) => Hosts.GetOrAdd(database, one => new Lazy<ApiHost>(() => Started(one))).Value;

    /// <summary>Started before anybody gets it: asked by two fixtures at once, the factory would start two programs on one folder.</summary>
    private static ApiHost Started(TestDatabase database)
    {
        var host = new ApiHost(database);
        Assert.That(host.Services, Is.Not.Null);
        return host;
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        foreach (var host in Hosts.Values)
        {
            await host.Value.DisposeAsync();
        }

        Hosts.Clear();
    }

    /// <summary>The directory of the solution, found upwards from the tests.</summary>
    public static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "PersonalCareApi.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new AssertionException("The tests do not run below PersonalCareApi.sln.");
    }
}

/// <summary>One endpoint of the program, as somebody would call it.</summary>
internal sealed record Operation(RouteEndpoint Endpoint, HttpMethod Method)
{
    public const string SomeId = "0197a000-0000-7000-8000-00000000ffff";

    public string Pattern => $"{Method} {Endpoint.RoutePattern.RawText}";

    public string? Name => Endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName;

    public DeclaredUse? Use => Endpoint.Metadata.GetMetadata<DeclaredUse>();

    public bool Anonymous => Endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null;

    public bool UnderRecord => Endpoint.RoutePattern.Parameters.Any(parameter => parameter.Name == "clientId");

    public TakesBody? Body => Endpoint.Metadata.GetMetadata<TakesBody>();

    public string Path(Guid clientId) => "/" + string.Join('/', Endpoint.RoutePattern.PathSegments.Select(segment =>
        string.Concat(segment.Parts.Select(part => part switch
        {
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternSeparatorPart separator => separator.Content,
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { Name: "clientId" } => clientId.ToString(),
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart parameter =>
                parameter.ParameterPolicies.Any(policy => policy.Content == "int") ? "1" : SomeId,
            _ => throw new NotSupportedException(part.GetType().Name),
        }))));

    /// <summary>Calls it, with this text as the body where it takes one.</summary>
    public Task<Answer> Call(Api api, Guid clientId, string body = "{}")
    {
        var content = Body is { } takes
            ? new StringContent(body, System.Text.Encoding.UTF8, MediaTypeHeaderValue.Parse(takes.MediaType))
            : null;
        return api.Send(Method, Path(clientId), content);
    }

    /// <summary>Every endpoint of a program, once for each method; one that takes any method as a GET.</summary>
    public static IReadOnlyList<Operation> Of(ApiHost host) =>
    [
        .. from endpoint in host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
           from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"]
           select new Operation(endpoint, HttpMethod.Parse(method)),
    ];

    public override string ToString() => Pattern;
}

/// <summary>Callers whom no persona is.</summary>
internal static class OddCallers
{
    /// <summary>Signs anybody in through Harbour's app, with any scopes.</summary>
    public static Api As(this ApiHost host, string subject, IEnumerable<string> scopes)
    {
        var token = host.Services.GetRequiredService<DevelopmentIssuer>().Issue(
            Personas.Harbour.Code, subject, Personas.HarbourApp.Code, string.Join(' ', scopes));
        return host.WithToken(token);
    }

    public static Api WithToken(this ApiHost host, string token)
    {
        var client = host.CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return new Api(client);
    }
}
