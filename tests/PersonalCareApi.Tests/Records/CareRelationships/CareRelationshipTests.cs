using System.Net;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records.CareRelationships;

/// <summary>Who cares for a client: begun by others, ended at once.</summary>
[OnEachDatabase]
internal sealed class CareRelationshipTests(TestDatabase database) : OnOneHost(database)
{
    [Test]
    public async Task A_practitioner_in_care_brings_in_a_colleague_who_is_related_from_then_on()
    {
        var record = await Host.NewClient();
        (await Colleague.Get(Record(record))).Expect(HttpStatusCode.NotFound);
        var begun = (await Practitioner.Post(Team(record), new { practitionerId = Personas.ColleagueId, role = "co-therapist" })).Expect(HttpStatusCode.Created);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(begun.Header("Location"), Is.EqualTo($"{Team(record)}/{begun.Id}"));
            Assert.That((await Colleague.Get(begun.Header("Location")!)).Text, Is.EqualTo(begun.Text));
            Assert.That((await Colleague.Get(Record(record))).Status, Is.EqualTo(HttpStatusCode.OK));
            Assert.That((await Practitioner.Get(Team(record))).Total(), Is.EqualTo(2));
            Assert.That((await Practitioner.Get(Team(record))).Items()[0].Word("role"), Is.EqualTo("co-therapist"), "newest first");
        }
    }

    [Test]
    public async Task Nobody_begins_their_own_care_relationship()
    {
        var record = await Host.NewClient();
        (await Practitioner.Post(Team(record), new { practitionerId = Personas.PractitionerId, role = "supervisor" })).Expect(HttpStatusCode.Forbidden);
        (await Colleague.Post(Team(record), new { practitionerId = Personas.ColleagueId })).Expect(HttpStatusCode.NotFound);
        (await Client.Post(Team(record), new { practitionerId = Personas.ColleagueId })).Expect(HttpStatusCode.Forbidden);
        Assert.That((await Practitioner.Get(Team(record))).Total(), Is.EqualTo(1));
    }

    [Test]
    public async Task An_application_alone_begins_one_for_anybody()
    {
        var record = await Host.NewClient();
        (await Platform.Post(Team(record), new { practitionerId = Personas.ColleagueId }, ("Purpose-Of-Use", "TREAT"))).Expect(HttpStatusCode.Created);
        (await Colleague.Get(Record(record))).Expect(HttpStatusCode.OK);
    }

    [Test]
    public async Task An_unknown_practitioner_and_another_partners_are_the_same_fault()
    {
        var record = await Host.NewClient();
        foreach (var id in new[] { Nobody, Personas.ElsewherePractitionerId, record })
        {
            Assert.That(
                (await Practitioner.Post(Team(record), new { practitionerId = id })).Expect(HttpStatusCode.UnprocessableEntity).Faults,
                Is.EqualTo(["#/practitionerId unknown-reference"]));
        }
    }

    [Test]
    public async Task Whoever_is_ended_is_refused_at_the_next_request()
    {
        var record = await NewClientUnderConsent();
        var begun = (await Practitioner.Post(Team(record), new { practitionerId = Personas.ColleagueId })).Expect(HttpStatusCode.Created);
        (await Colleague.Get(Record(record))).Expect(HttpStatusCode.OK);
        var ended = (await Practitioner.Post($"{begun.Header("Location")}/termination", null, ("If-Match", begun.ETag))).Expect(HttpStatusCode.OK);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ended.Word("until"), Is.Not.Null);
            Assert.That(ended.ETag, Is.EqualTo("\"2\""));
            Assert.That((await Colleague.Get(Record(record))).Status, Is.EqualTo(HttpStatusCode.NotFound));
            Assert.That((await Colleague.Get(Record(record, "/assessments"))).Status, Is.EqualTo(HttpStatusCode.NotFound));
            Assert.That((await Practitioner.Get(begun.Header("Location")!)).Text, Is.EqualTo(ended.Text), "it stays to be seen that there was one");
        }
    }

    [Test]
    public async Task A_permit_by_name_outlives_the_care_relationship_and_one_for_the_care_team_does_not()
    {
        var record = await Host.NewClient();
        await Give(record, Provision.Permit("assessments") with { Grantees = [Grantee.CareTeam] });
        var byName = await Give(record, Provision.Permit("goals"));
        var team = (await Practitioner.Get(Team(record))).Items().Single();
        (await Practitioner.Get(Record(record, "/assessments"))).Expect(HttpStatusCode.OK);
        (await Platform.Post($"{Team(record)}/{team.Word("id")}/termination", null, ("If-Match", "\"1\""), ("Purpose-Of-Use", "TREAT"))).Expect(HttpStatusCode.OK);

        Assert.That((await Practitioner.Get(Record(record, "/assessments"))).Expect(HttpStatusCode.Forbidden).Reason, Is.EqualTo("no-consent"));
        (await Practitioner.Get(Record(record))).Expect(HttpStatusCode.Forbidden);
        await Withdraw(record, byName);
        (await Practitioner.Get(Record(record))).Expect(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task Ending_needs_the_version_seen_and_works_once()
    {
        var record = await Host.NewClient();
        var begun = (await Practitioner.Post(Team(record), new { practitionerId = Personas.ColleagueId })).Expect(HttpStatusCode.Created);
        var end = $"{begun.Header("Location")}/termination";
        (await Practitioner.Post(end)).Expect(HttpStatusCode.PreconditionRequired);
        (await Practitioner.Post(end, null, ("If-Match", "\"5\""))).Expect(HttpStatusCode.PreconditionFailed);
        var ended = (await Practitioner.Post(end, null, ("If-Match", begun.ETag))).Expect(HttpStatusCode.OK);
        (await Practitioner.Post(end, null, ("If-Match", begun.ETag))).Expect(HttpStatusCode.PreconditionFailed);
        Assert.That((await Practitioner.Post(end, null, ("If-Match", ended.ETag))).Expect(HttpStatusCode.Conflict).Problem, Is.EqualTo("state-conflict"));
        (await Practitioner.Post($"{Team(record)}/{Nobody}/termination", null, ("If-Match", "\"1\""))).Expect(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task A_care_relationship_of_another_record_is_not_found_under_this_one()
    {
        var (one, other) = (await Host.NewClient(), await Host.NewClient());
        var foreign = (await Practitioner.Get(Team(other))).Ids().Single();
        (await Practitioner.Get($"{Team(one)}/{foreign}")).Expect(HttpStatusCode.NotFound);
        (await Practitioner.Post($"{Team(one)}/{foreign}/termination", null, ("If-Match", "\"1\""))).Expect(HttpStatusCode.NotFound);
    }

    [TestCase("{\"practitionerId\":\"0197a000-0000-7000-8000-000000000102\",\"from\":\"2026-05-02T00:00:00Z\",\"until\":\"2026-05-01T00:00:00Z\"}", "#/until out-of-range")]
    [TestCase("{\"practitionerId\":\"0197a000-0000-7000-8000-000000000102\",\"until\":\"2026-05-01T00:00:00Z\"}", "#/until out-of-range")]
    [TestCase("{\"practitionerId\":\"0197a000-0000-7000-8000-000000000102\",\"role\":\"Big Boss\"}", "#/role invalid-format")]
    [TestCase("{\"practitionerId\":\"0197a000-0000-7000-8000-000000000102\",\"from\":\"yesterday\"}", "#/from invalid-format")]
    [TestCase("{\"practitionerId\":\"me\"}", "#/practitionerId invalid-format")]
    [TestCase("{}", "#/practitionerId required")]
    public async Task A_faulty_beginning_names_its_fault(string body, string fault)
    {
        var record = await Host.NewClient();
        Assert.That((await Practitioner.PostText(Team(record), body)).Expect(HttpStatusCode.UnprocessableEntity).Faults, Is.EqualTo([fault]));
    }

    [Test]
    public async Task Pages_and_totals_are_exact()
    {
        var record = await Host.NewClient();
        await Practitioner.Post(Team(record), new { practitionerId = Personas.ColleagueId });
        await Practitioner.Post(Team(record), new { practitionerId = Personas.SupervisorId });
        var first = await Practitioner.Get($"{Team(record)}?limit=2");
        Assert.That((first.Items().Count, first.Total(), first.NextCursor() is not null), Is.EqualTo((2, 3, true)));
        Assert.That(await Practitioner.AllPages(Team(record), 1), Has.Count.EqualTo(3));
    }

    private static string Team(Guid record) => Record(record, "/care-relationships");
}
