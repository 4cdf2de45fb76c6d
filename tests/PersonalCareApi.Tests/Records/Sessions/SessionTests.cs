using System.Net;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records.Sessions;

/// <summary>Sessions: planned, held, missed, cancelled, and taken back.</summary>
[OnEachDatabase]
internal sealed class SessionTests(TestDatabase database) : OnOneHost(database)
{
    private Guid record;

    [SetUp]
    public async Task NewRecord()
    {
        record = await Host.NewClient();
        await Give(record, Provision.Permit("session-notes"));
    }

    private string Path => Record(record, "/sessions");

    [Test]
    public async Task A_session_goes_from_planned_to_held_and_keeps_its_versions()
    {
        var planned = await Plan("planned", "2026-05-04T09:30:00Z");
        var held = (await Practitioner.Patch($"{Path}/{planned.Id}", new { status = "held", minutes = 48 }, ("If-Match", planned.ETag))).Expect(HttpStatusCode.OK);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(held.Word("status"), Is.EqualTo("held"));
            Assert.That(held.Word("minutes"), Is.EqualTo("48"));
            Assert.That(held.Json.GetProperty("participants").GetArrayLength(), Is.EqualTo(2));
            Assert.That((await Client.Get($"{Path}/{planned.Id}")).Text, Is.EqualTo(held.Text));
            Assert.That((await Client.Get($"{Path}/{planned.Id}/versions")).Items().Select(one => one.Word("status")), Is.EqualTo(["planned", "held"]));
            Assert.That((await Client.Get($"{Path}/{planned.Id}/versions/1")).Text, Is.EqualTo(planned.Text));
            Assert.That(
                (await Practitioner.Patch($"{Path}/{planned.Id}", new { status = "planned" }, ("If-Match", held.ETag))).Problem, Is.EqualTo("state-conflict"));
            Assert.That((await Practitioner.Patch($"{Path}/{planned.Id}", new { minutes = 1 }, ("If-Match", planned.ETag))).Status, Is.EqualTo(HttpStatusCode.PreconditionFailed));
        }
    }

    [TestCase("held", HttpStatusCode.UnprocessableEntity)]
    [TestCase("missed", HttpStatusCode.UnprocessableEntity)]
    [TestCase("planned", HttpStatusCode.Created)]
    [TestCase("cancelled", HttpStatusCode.Created)]
    public async Task What_was_held_or_missed_does_not_lie_ahead(string status, HttpStatusCode expected)
    {
        var ahead = Host.Clock.GetUtcNow().AddDays(2);
        (await Practitioner.Post(Path, new { startAt = ahead, medium = "phone", status })).Expect(expected);
        var planned = (await Practitioner.Post(Path, new { startAt = ahead, medium = "phone", status = "planned" })).Expect(HttpStatusCode.Created);
        var changed = await Practitioner.Patch($"{Path}/{planned.Id}", new { status }, ("If-Match", planned.ETag));
        Assert.That(changed.Status, Is.EqualTo(expected == HttpStatusCode.Created ? HttpStatusCode.OK : expected));
    }

    [Test]
    public async Task Sessions_are_found_by_time_and_status_newest_first()
    {
        var first = await Plan("held", "2026-03-01T09:00:00Z");
        var third = await Plan("missed", "2026-03-15T09:00:00Z");
        var second = await Plan("held", "2026-03-08T09:00:00Z");
        using (Assert.EnterMultipleScope())
        {
            Assert.That((await Client.Get(Path)).Ids(), Is.EqualTo([third.Id, second.Id, first.Id]));
            Assert.That((await Client.Get($"{Path}?status=held")).Total(), Is.EqualTo(2));
            Assert.That((await Client.Get($"{Path}?from=2026-03-08T09:00:00Z&until=2026-03-15T09:00:00Z")).Ids(), Is.EqualTo([second.Id]));
        }
    }

    [Test]
    public async Task A_retracted_session_stays_readable_and_changes_no_more()
    {
        var held = await Plan("held", "2026-03-01T09:00:00Z");
        var retracted = (await Practitioner.Post($"{Path}/{held.Id}/retraction", new { reason = "Another client's." }, ("If-Match", held.ETag))).Expect(HttpStatusCode.OK);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(retracted.Word("status"), Is.EqualTo("retracted"));
            Assert.That(retracted.Word("retraction.reason"), Is.EqualTo("Another client's."));
            Assert.That((await Practitioner.Patch($"{Path}/{held.Id}", new { minutes = 5 }, ("If-Match", retracted.ETag))).Problem, Is.EqualTo("state-conflict"));
            Assert.That((await Practitioner.Post($"{Path}/{held.Id}/retraction", new { reason = "Again." }, ("If-Match", retracted.ETag))).Problem, Is.EqualTo("state-conflict"));
        }
    }

    [Test]
    public async Task Every_fault_of_a_session_is_named_at_once()
    {
        var refused = await Practitioner.PostText(Path, $$"""
            { "startAt": "2026-05-04T09:30:00Z", "minutes": 1441, "medium": "video", "status": "held", "participants": [
                { "kind": "practitioner" }, { "kind": "other" }, { "kind": "other", "name": "x", "id": "{{Nobody}}" } ] }
            """);
        Assert.That(refused.Expect(HttpStatusCode.UnprocessableEntity).Faults, Is.EquivalentTo(
            ["#/minutes out-of-range", "#/participants/0/id required", "#/participants/1/name required", "#/participants/2/id not-allowed"]));
        var unknown = await Practitioner.Post(Path, new
        {
            startAt = "2026-05-04T09:30:00Z",
            medium = "video",
            status = "held",
            participants = new object[]
            {
                new { kind = "practitioner", id = Personas.ElsewherePractitionerId }, new { kind = "client", id = Nobody }, new { kind = "client", id = record },
            },
        });
        Assert.That(unknown.Expect(HttpStatusCode.UnprocessableEntity).Faults, Is.EqualTo(
            ["#/participants/0/id unknown-reference", "#/participants/1/id unknown-reference"]));
    }

    [Test]
    public async Task A_server_plans_sessions_and_the_client_reads_them_and_changes_none()
    {
        await Give(record, Provision.Permit("session-notes") with { Grantees = [Grantee.Application(Personas.Platform.Id)] });
        var planned = (await Platform.Post(
            Path, new { startAt = "2026-05-04T09:30:00Z", medium = "video", status = "planned" }, ("Purpose-Of-Use", "TREAT"))).Expect(HttpStatusCode.Created);
        Assert.That(planned.Word("recordedBy.kind"), Is.EqualTo("application"));
        (await Client.Get($"{Path}/{planned.Id}")).Expect(HttpStatusCode.OK);
        (await Client.Patch($"{Path}/{planned.Id}", new { status = "cancelled" }, ("If-Match", planned.ETag))).Expect(HttpStatusCode.Forbidden);
        (await Colleague.Get($"{Path}/{planned.Id}")).Expect(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task For_payment_a_session_names_nobody_who_has_no_id()
    {
        await Give(record, Provision.Permit("session-notes") with { Purposes = ["HPAYMT"], Actions = ["read"] });
        var held = await Plan("held", "2026-03-01T09:00:00Z");
        var read = (await Practitioner.Get($"{Path}/{held.Id}", ("Purpose-Of-Use", "HPAYMT"))).Expect(HttpStatusCode.OK);
        Assert.That(read.Json.GetProperty("participants")[1].Word("name"), Is.Null);
        Assert.That(read.Word("minutes"), Is.EqualTo("50"));
    }

    private async Task<Answer> Plan(string status, string startAt) => (await Practitioner.Post(Path, new
    {
        startAt,
        minutes = 50,
        medium = "video",
        status,
        participants = new object[] { new { kind = "practitioner", id = Personas.PractitionerId }, new { kind = "other", name = "An interpreter" } },
    })).Expect(HttpStatusCode.Created);
}
