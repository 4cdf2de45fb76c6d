using System.Net;
using PersonalCareApi.Tests.TestHost;

namespace PersonalCareApi.Tests.Pipeline;

/// <summary>Only pages of the origins that the operator names may call; in Development the developer's own as well.</summary>
[TestFixture]
internal sealed class CrossOriginTests
{
    private const string Named = "https://app.example.org";
    private const string AllowOrigin = "Access-Control-Allow-Origin";

    private ApiHost production = null!;
    private ApiHost development = null!;

    [OneTimeSetUp]
    public void Start() => (production, development) = (Host(), Host("Development", origin: null));

    [OneTimeTearDown]
    public async Task Stop()
    {
        await production.DisposeAsync();
        await development.DisposeAsync();
    }

    private static ApiHost Host(string environment = "Production", string? origin = Named) => new(TestDatabase.Sqlite, environment)
    {
        Settings = origin is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["Cors:Origins:0"] = origin },
    };

    private static Task<Answer> From(ApiHost host, string origin) => host.Anonymous().Get("/v1/me", ("Origin", origin));

    [Test]
    public async Task A_named_origin_may_call_and_read_the_headers()
    {
        var answer = (await From(production, Named)).Expect(HttpStatusCode.Unauthorized);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer.Header(AllowOrigin), Is.EqualTo(Named));
            Assert.That(answer.Header("Access-Control-Allow-Credentials"), Is.Null);
            Assert.That(answer.Header("Vary"), Is.EqualTo("Origin"));
            Assert.That(answer.Header("Access-Control-Expose-Headers")!.Split(','), Is.SupersetOf(
                new[] { "Access-Decision", "ETag", "Location", "Idempotency-Replayed", "RateLimit", "RateLimit-Policy", "Retry-After", "traceparent" }));
        }
    }

    [Test]
    public async Task A_preflight_is_answered_without_a_token()
    {
        var answer = await production.Anonymous().Send(HttpMethod.Options, "/v1/clients", null,
            ("Origin", Named), ("Access-Control-Request-Method", "PATCH"), ("Access-Control-Request-Headers", "authorization,if-match,purpose-of-use"));

        answer.Expect(HttpStatusCode.NoContent);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer.Header(AllowOrigin), Is.EqualTo(Named));
            Assert.That(answer.Header("Access-Control-Allow-Methods"), Does.Contain("PATCH"));
            Assert.That(answer.Header("Access-Control-Allow-Headers"), Does.Contain("If-Match").And.Contain("Authorization").And.Contain("Purpose-Of-Use"));
        }
    }

    [TestCase("https://elsewhere.example.org")]
    [TestCase("https://app.example.org.elsewhere.net")]
    [TestCase("http://app.example.org")]
    [TestCase("http://localhost:3000")]
    [TestCase("null")]
    public async Task No_other_page_may_call(string origin) =>
        Assert.That((await From(production, origin)).Header(AllowOrigin), Is.Null);

    [Test]
    public async Task Nobody_may_call_by_default()
    {
        await using var host = Host(origin: null);
        Assert.That((await From(host, Named)).Header(AllowOrigin), Is.Null);
    }

    [TestCase("http://localhost:3000", true)]
    [TestCase("http://127.0.0.1:5173", true)]
    [TestCase("http://[::1]:5173", true)]
    [TestCase("https://elsewhere.example.org", false)]
    [TestCase("http://localhost.example.org", false)]
    [TestCase("null", false)]
    public async Task In_Development_any_page_of_this_machine_may_call(string origin, bool allowed) =>
        Assert.That((await From(development, origin)).Header(AllowOrigin), Is.EqualTo(allowed ? origin : null));

    [TestCase("*")]
    [TestCase("app.example.org")]
    [TestCase("https://app.example.org/")]
    [TestCase("ftp://app.example.org")]
    public async Task What_is_no_origin_is_found_at_start(string origin)
    {
        await using var host = Host(origin: origin);
        Assert.That(() => host.CreateClient(), Throws.InvalidOperationException.With.Message.Contains("Cors:Origins"));
    }
}
