using System.Globalization;
using System.Net;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Pipeline;

/// <summary>Each caller has a quota, knows it from every answer, and is refused beyond it before anything happens.</summary>
[TestFixture]
internal sealed class RateLimitTests
{
    private const int Quota = 4;
    private static readonly string Path = Record(Personas.ClientId, "/assessments");

    private ApiHost host = null!;

    [SetUp]
    public void Start() => host = Host($"{Quota}");

    [TearDown]
    public async Task Stop() => await host.DisposeAsync();

    private static ApiHost Host(string perMinute) =>
        new(TestDatabase.Sqlite) { Settings = new Dictionary<string, string> { ["RateLimit:PermitsPerMinute"] = perMinute } };

    private static async Task UseUp(Api caller)
    {
        for (var i = 0; i < Quota; i++)
        {
            (await caller.Get("/v1/me")).Expect(HttpStatusCode.OK);
        }
    }

    [Test]
    public async Task Every_answer_tells_the_quota_and_what_is_left()
    {
        var practitioner = await host.As("practitioner");
        var answers = new[]
        {
            (await practitioner.Get("/v1/me")).Expect(HttpStatusCode.OK),
            (await practitioner.Get(Path)).Expect(HttpStatusCode.Forbidden),
            (await practitioner.Get("/v1/nothing")).Expect(HttpStatusCode.NotFound),
        };

        Assert.That(answers.Select(answer => answer.Header("RateLimit-Policy")), Is.All.EqualTo($"\"caller\";q={Quota};w=60"));
        Assert.That(answers.Select(answer => answer.Header("RateLimit")), Is.EqualTo(["\"caller\";r=3;t=15", "\"caller\";r=2;t=30", "\"caller\";r=1;t=45"]));
    }

    [Test]
    public async Task Beyond_the_quota_the_answer_is_429_and_says_when_to_come_back()
    {
        var practitioner = await host.As("practitioner");
        await UseUp(practitioner);
        var refused = (await practitioner.Get("/v1/me")).Expect(HttpStatusCode.TooManyRequests);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(refused.Problem, Is.EqualTo("too-many-requests"));
            Assert.That(int.Parse(refused.Header("Retry-After")!, CultureInfo.InvariantCulture), Is.EqualTo(15));
            Assert.That(refused.Header("RateLimit"), Is.EqualTo("\"caller\";r=0;t=60"));
        }
    }

    [Test]
    public async Task Nobody_uses_up_the_quota_of_another()
    {
        await UseUp(await host.As("practitioner"));

        (await (await host.As("client")).Get("/v1/me")).Expect(HttpStatusCode.OK);
        (await host.Anonymous().Get("/v1/me")).Expect(HttpStatusCode.Unauthorized);
        (await (await host.As("practitioner")).Get("/v1/me")).Expect(HttpStatusCode.TooManyRequests);
    }

    [Test]
    public async Task Who_is_not_signed_in_is_counted_by_address()
    {
        for (var i = 0; i < Quota; i++)
        {
            (await host.Anonymous().Get("/v1/me", ("Authorization", $"Bearer wrong{i}"))).Expect(HttpStatusCode.Unauthorized);
        }

        (await host.Anonymous().Get("/v1/me")).Expect(HttpStatusCode.TooManyRequests);
        (await (await host.As("client")).Get("/v1/me")).Expect(HttpStatusCode.OK);
    }

    [Test]
    public async Task A_refusal_decides_nothing_and_is_the_same_for_every_record()
    {
        var practitioner = await host.As("practitioner");
        await UseUp(practitioner);
        var known = (await practitioner.Get(Path)).Expect(HttpStatusCode.TooManyRequests);
        var unknown = (await practitioner.Get(Record(Guid.Empty, "/assessments"))).Expect(HttpStatusCode.TooManyRequests);
        var history = (await (await host.As("client")).Get(Record(Personas.ClientId, "/access-history"))).Expect(HttpStatusCode.OK);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(known.Header("Access-Decision"), Is.Null);
            Assert.That(known.Headers.Keys, Is.EquivalentTo(unknown.Headers.Keys));
            Assert.That(known.Json.GetProperty("detail").GetString(), Is.EqualTo(unknown.Json.GetProperty("detail").GetString()));
            Assert.That(history.Text, Does.Not.Contain($"{Personas.PractitionerId}"), "nothing was decided, so nothing is on the ledger");
        }
    }

    [Test]
    public async Task Health_is_answered_however_often()
    {
        for (var i = 0; i <= Quota; i++)
        {
            var answer = (await host.Anonymous().Get("/health/live")).Expect(HttpStatusCode.OK);
            Assert.That(answer.Header("RateLimit"), Is.Null);
        }
    }

    [TestCase("0")]
    [TestCase("-5")]
    [TestCase("1000001")]
    public async Task A_quota_that_cannot_be_is_found_at_start(string perMinute)
    {
        await using var wrong = Host(perMinute);
        Assert.That(() => wrong.CreateClient(), Throws.InvalidOperationException.With.Message.Contains("RateLimit:PermitsPerMinute"));
    }
}
