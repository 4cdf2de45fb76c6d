using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Tests.Pipeline;

/// <summary>Bugs and broken wires: told to nobody, found by the trace id.</summary>
[TestFixture("Production")]
[TestFixture("Development")]
public sealed class FailureTests(string environment)
{
    private const string Secret = "Petra has panic attacks";

    private EdgeHost host = null!;

    [SetUp]
    public async Task Start() => host = await EdgeHost.Start(
        routes =>
        {
            routes.MapPost("/bug", IResult (Body<Questionnaire> body) => throw new InvalidOperationException(Secret, new FormatException(Secret)));
            routes.MapGet("/hang", Hang);
            routes.MapGet("/broken/{status:int}", IResult (int status) => throw new BadHttpRequestException(Secret, status));
            routes.MapGet("/numbers", (int n) => TypedResults.Ok(n));
        },
        environment);

    [TearDown]
    public async Task Stop() => await host.DisposeAsync();

    private static async Task<IResult> Hang(CancellationToken ct)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, ct);
        return Results.Ok();
    }

    [Test]
    public async Task An_exception_is_500_and_tells_nothing()
    {
        var response = await host.Post("/v1/bug", Questionnaire.Sound);
        var text = await response.Content.ReadAsStringAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.InternalServerError));
            Assert.That(await response.Slug(), Is.EqualTo("internal"));
            Assert.That(text, Does.Not.Contain("Petra").And.Not.Contain("Exception").And.Not.Contain(" at "));
        }
    }

    [Test]
    public async Task An_exception_is_logged_by_type_and_trace_without_its_message()
    {
        var response = await host.Post("/v1/bug", Questionnaire.Sound);
        var trace = (await response.Json()).GetProperty("traceId").GetString()!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(host.Log.All, Does.Contain("System.InvalidOperationException of System.FormatException").And.Contain(trace));
            Assert.That(host.Log.All, Does.Not.Contain("Petra"));
        }
    }

    [Test]
    public async Task The_headers_that_protect_are_on_failures_too()
    {
        foreach (var response in new[] { await host.Post("/v1/bug", Questionnaire.Sound), await host.Client.GetAsync("/v1/none"), await host.Client.GetAsync("/v1/numbers?n=1") })
        {
            using (Assert.EnterMultipleScope())
            {
                Assert.That(response.Headers.CacheControl?.ToString(), Is.EqualTo("no-store"));
                Assert.That(response.Headers.GetValues("X-Content-Type-Options"), Is.EqualTo(["nosniff"]));
                Assert.That(response.Headers.GetValues("Content-Security-Policy"), Is.EqualTo(["default-src 'none'; frame-ancestors 'none'"]));
                Assert.That(response.Headers.GetValues("Referrer-Policy"), Is.EqualTo(["no-referrer"]));
                Assert.That(response.Headers.Server, Is.Empty);
                Assert.That(response.Headers.Contains("Strict-Transport-Security"), Is.False);
            }
        }
    }

    [Test]
    public async Task Over_https_browsers_are_told_to_stay_there() =>
        Assert.That((await host.Client.GetAsync("https://localhost/v1/none")).Headers.GetValues("Strict-Transport-Security").Single(), Does.StartWith("max-age=31536000"));

    [TestCase(400, "bad-request")]
    [TestCase(408, "request-timeout")]
    [TestCase(413, "too-large")]
    public async Task A_request_that_breaks_off_is_the_callers_4xx_without_the_servers_words(int status, string slug)
    {
        var response = await host.Client.GetAsync($"/v1/broken/{status}");
        Assert.That(await response.Slug(), Is.EqualTo(slug));
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Not.Contain("Petra"));
    }

    [Test]
    public async Task A_value_the_framework_cannot_bind_is_400_in_every_environment()
    {
        var response = await host.Client.GetAsync("/v1/numbers?n=many");
        Assert.That(await response.Slug(), Is.EqualTo("bad-request"));
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Not.Contain("many").And.Not.Contain("Int32"));
    }

    [Test]
    public async Task A_caller_who_hangs_up_is_no_error()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        Assert.That(async () => await host.Client.GetAsync("/v1/hang", patience.Token), Throws.InstanceOf<OperationCanceledException>());
        await Task.Delay(100);
        Assert.That(host.Log.All, Does.Not.Contain("Error"));
    }
}
