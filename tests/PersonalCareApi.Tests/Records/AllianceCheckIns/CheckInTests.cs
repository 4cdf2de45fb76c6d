using System.Net;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records.AllianceCheckIns;

/// <summary>How the client rates the alliance: on the project's own scale, whoever writes it down.</summary>
[OnEachDatabase]
internal sealed class CheckInTests(TestDatabase database) : OnOneHost(database)
{
    private Guid record;

    [SetUp]
    public async Task NewRecord()
    {
        record = await Host.NewClient();
        await Give(record, Provision.Permit("session-notes"));
    }

    private string Path => Record(record, "/alliance-check-ins");

    [Test]
    public async Task The_client_rates_and_the_practitioner_reads()
    {
        var rated = (await Client.Post(Path, new { value = 8.5, note = "Felt heard.", at = "2026-05-04T10:30:00Z" })).Expect(HttpStatusCode.Created);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((await Practitioner.Get($"{Path}/{rated.Id}")).Text, Is.EqualTo(rated.Text));
            Assert.That(rated.Word("by"), Is.EqualTo("client"));
            Assert.That(rated.Word("scale"), Is.EqualTo("session-check-in"));
            Assert.That(rated.Word("value"), Is.EqualTo("8.5"));
            Assert.That(rated.Word("recordedBy.kind"), Is.EqualTo("client"));
            Assert.That((await Colleague.Get(Path)).Status, Is.EqualTo(HttpStatusCode.NotFound));
        }
    }

    [TestCase("{\"value\":10.5}", "#/value out-of-range")]
    [TestCase("{\"value\":-0.5}", "#/value out-of-range")]
    [TestCase("{\"value\":7.3}", "#/value out-of-range")]
    [TestCase("{\"value\":\"7\"}", "#/value wrong-type")]
    [TestCase("{}", "#/value required")]
    [TestCase("{\"value\":7,\"at\":\"2099-01-01T00:00:00Z\"}", "#/at out-of-range")]
    [TestCase("{\"value\":7,\"note\":\"\"}", "#/note wrong-length")]
    [TestCase("{\"value\":7,\"sessionId\":\"0197a000-0000-7000-8000-0000000fffff\"}", "#/sessionId unknown-reference")]
    public async Task A_faulty_rating_names_its_fault(string body, string fault) =>
        Assert.That((await Client.PostText(Path, body)).Expect(HttpStatusCode.UnprocessableEntity).Faults, Is.EqualTo([fault]));

    [Test]
    public async Task Ratings_are_listed_newest_first_within_the_span()
    {
        var old = (await Client.Post(Path, new { value = 4, at = "2026-03-01T10:00:00Z" })).Expect(HttpStatusCode.Created);
        var recent = (await Practitioner.Post(Path, new { value = 6, at = "2026-04-01T10:00:00Z" })).Expect(HttpStatusCode.Created);
        Assert.That((await Client.Get(Path)).Ids(), Is.EqualTo([recent.Id, old.Id]));
        Assert.That((await Client.Get($"{Path}?from=2026-03-02T00:00:00Z")).Ids(), Is.EqualTo([recent.Id]));
        Assert.That((await Client.Get($"{Path}?until=2026-04-01T10:00:00Z")).Total(), Is.EqualTo(1));
    }

    [Test]
    public async Task A_client_retracts_only_what_they_entered()
    {
        var own = (await Client.Post(Path, new { value = 4 })).Expect(HttpStatusCode.Created);
        var theirs = (await Practitioner.Post(Path, new { value = 4 })).Expect(HttpStatusCode.Created);
        (await Client.Post($"{Path}/{theirs.Id}/retraction", new { reason = "no" }, ("If-Match", theirs.ETag))).Expect(HttpStatusCode.Forbidden);
        var retracted = (await Client.Post($"{Path}/{own.Id}/retraction", new { reason = "slipped" }, ("If-Match", own.ETag))).Expect(HttpStatusCode.OK);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(retracted.Word("status"), Is.EqualTo("retracted"));
            Assert.That((await Client.Get($"{Path}/{own.Id}/versions")).Items().Select(one => one.Word("status")), Is.EqualTo(["final", "retracted"]));
            Assert.That((await Client.Get($"{Path}/{own.Id}/versions/1")).Text, Is.EqualTo(own.Text));
            Assert.That((await Client.Post($"{Path}/{own.Id}/retraction", new { reason = "again" }, ("If-Match", retracted.ETag))).Problem, Is.EqualTo("state-conflict"));
        }
    }
}
