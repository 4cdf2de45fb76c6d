using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Tests.Promises;

namespace PersonalCareApi.Tests.Pipeline;

/// <summary>Who sends too much, too slowly or nothing at all is cut off, and what takes too long is given up.</summary>
/// <remarks>The times are shortened to what the server measures at best, seconds; the sizes are the program's own.</remarks>
[TestFixture]
internal sealed class ServerLimitsTests
{
    private static readonly MinDataRate Fast = new(bytesPerSecond: 10_000, gracePeriod: TimeSpan.FromSeconds(1.1));

    private WebApplication app = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddEdge();
        builder.Services.PostConfigure<KestrelServerOptions>(kestrel =>
        {
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(1);
            kestrel.Limits.MinRequestBodyDataRate = Fast;
        });
        builder.Services.PostConfigure<RequestTimeoutOptions>(timeouts => timeouts.DefaultPolicy = new RequestTimeoutPolicy
        {
            Timeout = TimeSpan.FromMilliseconds(50),
            TimeoutStatusCode = timeouts.DefaultPolicy!.TimeoutStatusCode,
        });
        app = builder.Build();
        app.UseSecurityHeaders();
        app.UseProblems();
        app.UseRouting();
        app.UseRequestTimeouts();
        app.MapPost("/", (Body<Questionnaire> body) => TypedResults.Ok()).AddEndpointFilter<Validation>()
            .WithRequestTimeout(TimeSpan.FromMinutes(1));
        app.MapGet("/endless", (CancellationToken ct) => Task.Delay(Timeout.Infinite, ct));
        app.MapGet("/large", async (CancellationToken ct) =>
        {
            await Task.Delay(200, ct);
            return "done";
        }).MayTakeLong();
        await app.StartAsync();
    }

    [OneTimeTearDown]
    public async Task Stop() => await app.DisposeAsync();

    [Test]
    public async Task A_request_line_that_is_too_long_is_a_414() =>
        Assert.That(await Say($"GET /{new string('a', ServerLimits.RequestLine)} HTTP/1.1\nHost: localhost\n\n"), Does.StartWith("HTTP/1.1 414"));

    [Test]
    public async Task Headers_that_are_too_large_or_too_many_are_a_431()
    {
        var large = $"GET / HTTP/1.1\nHost: localhost\nA: {new string('a', ServerLimits.Headers)}\n\n";
        var many = $"GET / HTTP/1.1\nHost: localhost\n{string.Concat(Enumerable.Range(0, ServerLimits.HeaderCount + 1).Select(n => $"A{n}: 1\n"))}\n";

        Assert.That(await Say(large), Does.StartWith("HTTP/1.1 431"));
        Assert.That(await Say(many), Does.StartWith("HTTP/1.1 431"));
    }

    [Test]
    public async Task Headers_that_never_end_are_a_408() => Assert.That(await Say("GET / HTTP/1.1\nHost: local"), Does.StartWith("HTTP/1.1 408"));

    [Test]
    public async Task A_body_that_comes_too_slowly_is_a_408_of_ours()
    {
        var answer = await Say("POST / HTTP/1.1\nHost: localhost\nContent-Type: application/json\nContent-Length: 500000\n\n{");

        Assert.That(answer, Does.StartWith("HTTP/1.1 408").And.Contain("problems/request-timeout"));
    }

    [Test]
    public async Task What_takes_too_long_is_given_up_with_a_503_that_says_when_to_come_again()
    {
        var answer = await Say("GET /endless HTTP/1.1\nHost: localhost\nConnection: close\n\n");

        Assert.That(answer, Does.StartWith("HTTP/1.1 503").And.Contain("Retry-After: 1").And.Contain("problems/unavailable"));
    }

    [Test]
    public async Task What_is_large_is_given_its_time() =>
        Assert.That(await Say("GET /large HTTP/1.1\nHost: localhost\nConnection: close\n\n"), Does.StartWith("HTTP/1.1 200").And.Contain("done"));

    [Test]
    public void The_program_itself_has_the_limits_that_the_README_tells()
    {
        var limits = RealProgram.Host.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits;
        var readme = File.ReadAllText(Path.Combine(RealProgram.Root(), "README.md"));

        Assert.That(
            (limits.MaxRequestLineSize, limits.MaxRequestHeadersTotalSize, limits.MaxRequestHeaderCount, limits.MaxConcurrentConnections, limits.MaxRequestBodySize),
            Is.EqualTo((ServerLimits.RequestLine, ServerLimits.Headers, ServerLimits.HeaderCount, (long?)ServerLimits.Connections, (long?)RequestBody.DefaultLimit)));
        Assert.That(
            (limits.RequestHeadersTimeout, limits.KeepAliveTimeout, limits.MinRequestBodyDataRate!.BytesPerSecond, limits.MinResponseDataRate!.BytesPerSecond),
            Is.EqualTo((ServerLimits.HeadersWithin, ServerLimits.IdleFor, (double)ServerLimits.SlowestRate, (double)ServerLimits.SlowestRate)));
        Assert.That(readme, Does.Contain(
            $"request line {ServerLimits.RequestLine / 1024} KB, headers {ServerLimits.Headers / 1024} KB and {ServerLimits.HeaderCount}, "
            + $"body {RequestBody.DefaultLimit / 1024 / 1024} MB and {Json.MaxDepth} levels deep"));
        Assert.That(readme, Does.Contain(
            $"headers within {ServerLimits.HeadersWithin.TotalSeconds} s, bodies and answers at {ServerLimits.SlowestRate} bytes a second or more, "
            + $"an answer within {ServerLimits.AnsweredWithin.TotalSeconds} s"));
    }

    private async Task<string> Say(string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, new Uri(app.Urls.Single()).Port);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request.ReplaceLineEndings("\r\n")));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(patience.Token);
    }
}
