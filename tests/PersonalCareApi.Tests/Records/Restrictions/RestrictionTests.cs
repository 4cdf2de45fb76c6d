using System.Net;
using PersonalCareApi.Development;
using PersonalCareApi.Domain;
using PersonalCareApi.Tests.Promises;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records.Restrictions;

/// <summary>What the client restricts is closed to everybody else from that answer on, and opens when it is lifted.</summary>
[OnEachDatabase]
internal sealed class RestrictionTests(TestDatabase database)
{
    private ApiHost host = null!;
    private Api client = null!;
    private Api practitioner = null!;
    private Guid clientId;

    private string Restrictions => Record(clientId, "/restrictions");

    [OneTimeSetUp]
    public void Start() => host = new ApiHost(database);

    [OneTimeTearDown]
    public async Task Stop() => await host.DisposeAsync();

    [SetUp]
    public async Task Permitted()
    {
        var subject = $"restricts-{Ids.New(host.Clock.GetUtcNow()):N}";
        clientId = await host.NewClient(subject);
        client = host.As(subject, Personas.HarbourApp.Scopes);
        practitioner = await host.As("practitioner");
        (await client.Post(Record(clientId, "/consents"), Permit(["assessments", "goals"]))).Expect(HttpStatusCode.Created);
    }

    [Test]
    public async Task It_holds_at_once_for_reads_and_writes_and_ends_when_it_is_lifted()
    {
        var assessments = Record(clientId, "/assessments");
        (await practitioner.Get(assessments)).Expect(HttpStatusCode.OK);

        var restriction = (await client.Post(Restrictions, new { categories = new[] { "assessments" }, reason = "A mistake." })).Expect(HttpStatusCode.Created);
        Assert.That((await practitioner.Get(assessments)).Expect(HttpStatusCode.Forbidden).Reason, Is.EqualTo("denied-by-client"));
        Assert.That(
            (await practitioner.Post(assessments, Phq9(0, 0, 0, 0, 0, 0, 0, 0, 0))).Expect(HttpStatusCode.Forbidden).Reason, Is.EqualTo("denied-by-client"));
        (await practitioner.Get(Record(clientId, "/goals"))).Expect(HttpStatusCode.OK);
        (await client.Get(assessments)).Expect(HttpStatusCode.OK);

        var path = restriction.Header("Location")!;
        (await client.Post($"{path}/lifting")).Expect(HttpStatusCode.PreconditionRequired);
        var lifted = (await client.Post($"{path}/lifting", null, ("If-Match", restriction.ETag))).Expect(HttpStatusCode.OK);
        Assert.That(lifted.Word("until"), Is.Not.Null);
        (await practitioner.Get(assessments)).Expect(HttpStatusCode.OK);
        (await client.Post($"{path}/lifting", null, ("If-Match", lifted.ETag))).Expect(HttpStatusCode.Conflict);
    }

    [Test]
    public async Task Nobody_else_restricts_or_lifts_and_the_reason_is_not_told_to_others()
    {
        var restriction = (await client.Post(Restrictions, new { categories = new[] { "goals" }, reason = "Nobody's business." })).Expect(HttpStatusCode.Created);

        (await practitioner.Post(Restrictions, new { categories = new[] { "goals" } })).Expect(HttpStatusCode.Forbidden);
        (await practitioner.Post($"{restriction.Header("Location")}/lifting", null, ("If-Match", restriction.ETag))).Expect(HttpStatusCode.Forbidden);
        var seen = (await practitioner.Get(Restrictions)).Expect(HttpStatusCode.OK);
        Assert.That(seen.Text, Does.Contain("goals").And.Not.Contain("business"));
    }

    [TestCase("consents")]
    [TestCase("process-notes")]
    [TestCase("everything")]
    public async Task What_cannot_be_restricted_is_refused(string category) =>
        Assert.That(
            (await client.Post(Restrictions, new { categories = new[] { category } })).Expect(HttpStatusCode.UnprocessableEntity).Faults[0],
            Does.StartWith("#/categories/0"));

    [Test]
    public async Task An_emergency_still_reads_and_the_client_is_told_why_others_are_refused()
    {
        (await client.Post(Restrictions, new { categories = new[] { "assessments" } })).Expect(HttpStatusCode.Created);
        var colleague = await host.As("colleague");
        (await colleague.Post(
            Record(clientId, "/emergency-accesses"), new { reason = "Found unconscious.", clientCannotBeAskedBecause = "Unconscious." })).Expect(HttpStatusCode.Created);
        (await colleague.Get(Record(clientId, "/assessments"))).Expect(HttpStatusCode.OK);

        var explained = (await client.Post(Record(clientId, "/access-decisions"), new
        {
            caller = new { kind = "practitioner", id = Personas.PractitionerId },
            category = "assessments",
            action = "read",
            purpose = "TREAT",
        })).Expect(HttpStatusCode.OK);
        Assert.That(
            (explained.Word("decision"), explained.Word("reason"), explained.Word("basis.kind")),
            Is.EqualTo(("deny", "denied-by-client", "restriction")));
    }
}
