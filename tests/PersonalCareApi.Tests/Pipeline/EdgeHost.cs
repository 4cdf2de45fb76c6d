using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Reference.Modalities;

namespace PersonalCareApi.Tests.Pipeline;

/// <summary>The HTTP edge alone, over routes of a test's own: no token, no consent, no database.</summary>
internal sealed class EdgeHost : IAsyncDisposable
{
    private readonly WebApplication app;

    private EdgeHost(WebApplication app) => (this.app, Client) = (app, app.GetTestClient());

    public HttpClient Client { get; }

    public WebApplication App => app;

    public IServiceProvider Services => app.Services;

    public LogEntries Log => app.Services.GetRequiredService<LogEntries>();

    public static async Task<EdgeHost> Start(
        Action<RouteGroupBuilder> map, string environment = "Production", Action<IServiceCollection>? register = null, Action<WebApplication>? use = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.WebHost.UseTestServer();
        builder.Services.AddEdge();
        builder.Services.AddOpenApiDocument();
        builder.Services.AddSingleton<IssuerUrls>();
        builder.Services.AddSingleton(_ => ModalityLibrary.Load());
        builder.Services.AddSingleton<LogEntries>();
        builder.Services.AddSingleton<ILoggerProvider>(services => services.GetRequiredService<LogEntries>());
        register?.Invoke(builder.Services);

        var app = builder.Build();
        app.UseSecurityHeaders();
        app.UseProblems();
        use?.Invoke(app);
        app.UseRouting();
        map(app.MapGroup("/v1").AddEndpointFilter<RouteGroupBuilder, Validation>());
        app.MapProblemPages();
        app.MapOpenApiDocument();
        await app.StartAsync();
        return new EdgeHost(app);
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    public Task<HttpResponseMessage> Post(string path, string body, string? contentType = MediaTypes.Json) =>
        Post(path, Encoding.UTF8.GetBytes(body), contentType);

    public Task<HttpResponseMessage> Post(string path, byte[] body, string? contentType = MediaTypes.Json) =>
        Send(HttpMethod.Post, path, body, contentType);

    public Task<HttpResponseMessage> Patch(string path, string body) =>
        Send(HttpMethod.Patch, path, Encoding.UTF8.GetBytes(body), MediaTypes.MergePatch);

    public async Task<HttpResponseMessage> Send(
        HttpMethod method, string path, byte[]? body = null, string? contentType = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            if (contentType is not null)
            {
                request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
            }
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await Client.SendAsync(request);
    }
}

/// <summary>Reading a problem the way an integrator would.</summary>
internal static class Answers
{
    public static async Task<JsonElement> Json(this HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;

    /// <summary>The problem's slug, after a look at what every problem must have.</summary>
    public static async Task<string> Slug(this HttpResponseMessage response)
    {
        var problem = await response.Json();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/problem+json"));
            Assert.That(problem.GetProperty("status").GetInt32(), Is.EqualTo((int)response.StatusCode));
            Assert.That(problem.GetProperty("type").GetString(), Does.StartWith("http://localhost/problems/"));
            Assert.That(problem.GetProperty("traceId").GetString(), Does.Match("^[0-9a-f]{32}$"));
        }

        return problem.GetProperty("type").GetString()!.Split('/')[^1];
    }

    /// <summary>The faults as "place code", in their order; the answer must be the 422 that lists them.</summary>
    public static async Task<string[]> Faults(this HttpResponseMessage response)
    {
        Assert.That(await response.Slug(), Is.EqualTo("invalid-request"), await response.Content.ReadAsStringAsync());
        return [.. (await response.Json()).GetProperty("errors").EnumerateArray().Select(fault => $"{Place(fault)} {fault.GetProperty("code").GetString()}")];
    }

    private static string Place(JsonElement fault)
    {
        Assert.That(fault.GetProperty("detail").GetString(), Is.Not.Empty);
        var places = fault.EnumerateObject().Where(member => member.Name is "pointer" or "parameter" or "header").ToList();
        return places.Single().Value.GetString()!;
    }
}

/// <summary>Everything that was logged, as an operator would see it.</summary>
internal sealed class LogEntries : ILoggerProvider, ILogger
{
    private readonly List<string> lines = [];

    public string All
    {
        get
        {
            lock (lines)
            {
                return string.Join('\n', lines);
            }
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (lines)
        {
            lines.Add($"{logLevel} {formatter(state, exception)} {exception}");
        }
    }

    public void Dispose()
    {
    }
}
