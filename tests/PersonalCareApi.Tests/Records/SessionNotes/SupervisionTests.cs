using System.Net;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records.SessionNotes;

/// <summary>Practitioners in training: their notes stand once the supervisor has signed too.</summary>
[OnEachDatabase]
internal sealed class SupervisionTests(TestDatabase database) : OnOneHost(database)
{
    private Guid record;

    [SetUp]
    public async Task NewRecord()
    {
        record = await Host.NewClient();
        await Give(record, Provision.Permit("session-notes"));
        await Colleague.Supervise(Personas.PractitionerId, Personas.SupervisorId);
    }

    private string Path => Record(record, "/session-notes");

    [Test]
    public async Task A_note_in_training_is_signed_by_both_and_its_rating_counts_then()
    {
        await Give(record, Notes.Permit(Personas.SupervisorId));
        var awaiting = await Practitioner.Signed(record, Notes.Body(alliance: new { by = "client", scale = "session-check-in", value = 9.5 }));
        Assert.That(awaiting.Word("status"), Is.EqualTo("awaiting-cosignature"));
        Assert.That(awaiting.Word("cosignerId"), Is.EqualTo($"{Personas.SupervisorId}"));
        Assert.That((await Client.Get(Record(record, "/alliance-check-ins"))).Total(), Is.Zero);
        Assert.That((await Practitioner.Get($"{Path}?status=awaiting-cosignature")).Total(), Is.EqualTo(1));

        var signed = (await Supervisor.TrySign(record, await Supervisor.Note(record, awaiting.Id), "cosignature")).Expect(HttpStatusCode.OK);
        var rating = (await Client.Get(Record(record, "/alliance-check-ins"))).Items().Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(signed.Word("status"), Is.EqualTo("signed"));
            Assert.That(
                signed.Json.GetProperty("signatures").EnumerateArray().Select(one => $"{one.Word("role")} {one.Word("by.id")} {one.Word("version")} {one.Word("verified")}"),
                Is.EqualTo([$"author {Personas.PractitionerId} 1 True", $"cosigner {Personas.SupervisorId} 2 True"]));
            Assert.That(rating.Word("value"), Is.EqualTo("9.5"));
            Assert.That(rating.Word("by"), Is.EqualTo("client"));
            Assert.That(rating.Word("recordedBy.id"), Is.EqualTo($"{Personas.PractitionerId}"));
            Assert.That(rating.Word("at"), Is.EqualTo(Notes.SomeDay));
            Assert.That((await Supervisor.Get($"{Path}/{signed.Id}/versions")).Total(), Is.EqualTo(3));
        }
    }

    [Test]
    public async Task A_supervisor_needs_a_consent_like_anybody()
    {
        var awaiting = await Practitioner.Signed(record);
        Assert.That((await Supervisor.TrySign(record, awaiting, "cosignature")).Status, Is.EqualTo(HttpStatusCode.NotFound));
        await Give(record, Notes.Permit(Personas.SupervisorId) with { Actions = ["read"] });
        Assert.That((await Supervisor.TrySign(record, awaiting, "cosignature")).Expect(HttpStatusCode.Forbidden).Reason, Is.EqualTo("no-consent"));
    }

    [Test]
    public async Task A_change_voids_the_signature_and_takes_the_note_from_the_supervisor()
    {
        await Give(record, Notes.Permit(Personas.SupervisorId));
        var awaiting = await Practitioner.Signed(record);
        var seen = await Supervisor.Note(record, awaiting.Id);
        var draft = (await Practitioner.Patch($"{Path}/{awaiting.Id}", new { content = new { narrative = "Otherwise." } }, ("If-Match", awaiting.ETag))).Expect(HttpStatusCode.OK);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(draft.Word("status"), Is.EqualTo("draft"));
            Assert.That(draft.Json.GetProperty("signatures").GetArrayLength(), Is.Zero);
            Assert.That((await Supervisor.TrySign(record, seen, "cosignature")).Status, Is.EqualTo(HttpStatusCode.NotFound));
        }

        var again = (await Practitioner.TrySign(record, draft)).Expect(HttpStatusCode.OK);
        Assert.That((await Supervisor.TrySign(record, seen, "cosignature")).Status, Is.EqualTo(HttpStatusCode.PreconditionFailed));
        Assert.That((await Supervisor.TrySign(record, again, "cosignature")).Word("status"), Is.EqualTo("signed"));
    }

    [Test]
    public async Task Without_a_supervisor_the_authors_signature_is_enough()
    {
        await Colleague.Supervise(Personas.PractitionerId, null);
        Assert.That((await Practitioner.Signed(record)).Word("status"), Is.EqualTo("signed"));
    }

    [Test]
    public async Task Nobody_names_or_dismisses_their_own_supervisor()
    {
        var path = $"/v1/practitioners/{Personas.PractitionerId}";
        foreach (var supervisor in new Guid?[] { null, Personas.ColleagueId })
        {
            var present = await Practitioner.Get(path);
            (await Practitioner.Patch(path, new { supervisorId = supervisor }, ("If-Match", present.ETag))).Expect(HttpStatusCode.Forbidden);
        }

        Assert.That((await Practitioner.Get(path)).Word("supervisorId"), Is.EqualTo($"{Personas.SupervisorId}"));
    }

    [Test]
    public async Task A_supervisor_is_another_active_practitioner_of_the_same_partner()
    {
        var path = $"/v1/practitioners/{Personas.PractitionerId}";
        var present = await Colleague.Get(path);
        foreach (var nobody in new[] { Personas.PractitionerId, Personas.ElsewherePractitionerId, Nobody })
        {
            Assert.That(
                (await Colleague.Patch(path, new { supervisorId = nobody }, ("If-Match", present.ETag))).Expect(HttpStatusCode.UnprocessableEntity).Faults,
                Is.EqualTo(["#/supervisorId unknown-reference"]));
        }

        Assert.That(
            (await Practitioner.Post("/v1/practitioners", new { name = "Trainee", supervisorId = Nobody })).Expect(HttpStatusCode.UnprocessableEntity).Faults,
            Is.EqualTo(["#/supervisorId unknown-reference"]));
        var trainee = (await Practitioner.Post("/v1/practitioners", new { name = "Trainee", supervisorId = Personas.SupervisorId })).Expect(HttpStatusCode.Created);
        Assert.That((await Practitioner.Get($"/v1/practitioners/{trainee.Id}")).Word("supervisorId"), Is.EqualTo($"{Personas.SupervisorId}"));
    }

    [Test]
    public async Task Nobody_waits_for_a_supervisor_who_is_suspended()
    {
        var supervisor = (await Colleague.Post("/v1/practitioners", new { name = "Leaves soon" })).Expect(HttpStatusCode.Created);
        await Colleague.Supervise(Personas.PractitionerId, supervisor.Id);
        (await Colleague.Post($"/v1/practitioners/{supervisor.Id}/suspension", null, ("If-Match", supervisor.ETag))).Expect(HttpStatusCode.OK);
        var draft = await Practitioner.Draft(record);
        Assert.That((await Practitioner.TrySign(record, draft)).Expect(HttpStatusCode.Conflict).Word("detail"), Does.Contain("suspended"));
        await Colleague.Supervise(Personas.PractitionerId, Personas.SupervisorId);
        (await Practitioner.TrySign(record, draft)).Expect(HttpStatusCode.OK);
    }
}
