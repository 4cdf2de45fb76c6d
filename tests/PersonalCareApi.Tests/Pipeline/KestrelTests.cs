using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Tests.Pipeline;

/// <summary>What only the real server shows: its own headers, and bodies that break off.</summary>
public sealed class KestrelTests
{
    private WebApplication app = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddEdge();
        app = builder.Build();
        app.UseSecurityHeaders();
        app.UseProblems();
        app.MapPost("/", (Body<Questionnaire> body) => TypedResults.Ok()).AddEndpointFilter<Validation>();
        await app.StartAsync();
    }

    [OneTimeTearDown]
    public async Task Stop() => await app.DisposeAsync();

    private async Task<string> Say(string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, new Uri(app.Urls.Single()).Port);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request.ReplaceLineEndings("\r\n")));
        using var reader = new StreamReader(stream);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var answer = new StringBuilder();
        // To the end of the problem, not of the connection: the server keeps that open for a rest that never comes.
        while (await reader.ReadLineAsync(patience.Token) is { } line)
        {
            answer.AppendLine(line);
            if (line.Contains("traceId", StringComparison.Ordinal))
            {
                break;
            }
        }

        return answer.ToString();
    }

    [Test]
    public async Task The_server_does_not_name_itself()
    {
        var answer = await Say("GET /none HTTP/1.1\nHost: localhost\nConnection: close\n\n");
        Assert.That(answer, Does.StartWith("HTTP/1.1 404").And.Not.Contain("Server:").And.Contain("problems/not-found"));
    }

    [Test]
    public async Task A_body_with_broken_chunks_is_a_400_of_ours()
    {
        var answer = await Say("POST / HTTP/1.1\nHost: localhost\nContent-Type: application/json\nTransfer-Encoding: chunked\nConnection: close\n\nnonsense\n");
        Assert.That(answer, Does.StartWith("HTTP/1.1 400").And.Contain("problems/bad-request"));
    }

    [Test]
    public async Task A_body_announced_as_too_large_is_refused_before_it_is_sent()
    {
        var answer = await Say("POST / HTTP/1.1\nHost: localhost\nContent-Type: application/json\nContent-Length: 2000000\nConnection: close\n\n{");
        Assert.That(answer, Does.StartWith("HTTP/1.1 413").And.Contain("problems/too-large"));
    }

    [Test]
    public async Task Without_a_host_header_a_type_is_still_an_address_on_this_server()
    {
        var answer = await Say("GET /none HTTP/1.0\n\n");
        Assert.That(answer, Does.Contain("\"type\":\"/problems/not-found\""));
    }
}
