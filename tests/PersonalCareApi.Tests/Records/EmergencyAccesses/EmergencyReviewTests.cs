using System.Net;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records.EmergencyAccesses;

/// <summary>Somebody else looks at each emergency access, and until then it is listed.</summary>
[OnEachDatabase]
internal sealed class EmergencyReviewTests(TestDatabase database) : OnOneHost(database)
{
    private const string Due = "/v1/emergency-accesses?review=due";

    private Api auditor = null!;

    [OneTimeSetUp]
    public async Task SignIn() => auditor = await Host.As("auditor");

    [Test]
    public async Task It_is_listed_for_the_auditor_until_it_is_reviewed_with_ids_alone()
    {
        var (record, access) = await Ended();
        var listed = (await auditor.Get(Due)).Items().Single(one => one.Word("id") == $"{access.Id}");
        Assert.That(listed.EnumerateObject().Select(member => member.Name), Is.EqualTo(["id", "clientId", "practitionerId", "from", "until", "reviewDueAt"]));
        Assert.That(listed.Word("clientId"), Is.EqualTo($"{record}"));

        (await auditor.Review(record, access.Id, access.ETag)).Expect(HttpStatusCode.OK);

        Assert.That((await auditor.AllPages(Due, 200)).Select(one => one.Word("id")), Does.Not.Contain($"{access.Id}"));
        var shown = (await Client.Get(Record(record, $"/emergency-accesses/{access.Id}"))).Expect(HttpStatusCode.OK);
        Assert.That(shown.Word("review.outcome"), Is.EqualTo("justified"));
        Assert.That(shown.Word("review.by.id"), Is.EqualTo($"{Personas.AuditorId}"));
        Assert.That(shown.Word("reviewedAt"), Is.Not.Null);
    }

    [Test]
    public async Task The_list_over_all_clients_is_the_auditors_alone_and_told_to_each_client()
    {
        var (record, _) = await Ended();
        foreach (var api in new[] { Practitioner, Colleague, Supervisor, Client })
        {
            (await api.Get(Due)).Expect(HttpStatusCode.Forbidden);
        }

        (await Platform.Get(Due, ("Purpose-Of-Use", "TREAT"))).Expect(HttpStatusCode.Forbidden);
        (await (await Host.As("auditor", "demographics:read")).Get(Due)).Expect(HttpStatusCode.Forbidden);
        Assert.That((await auditor.AllPages(Due, 200)).Select(one => one.Word("clientId")), Does.Contain($"{record}"));
        var newest = (await Client.Get(Record(record, "/access-history"))).Items()[0];
        Assert.That(newest.Word("summary"), Is.EqualTo("A practitioner read demographics for treatment, to review an emergency access."));
        Assert.That(newest.Word("operation"), Is.EqualTo("ListDueEmergencyReviews"));
    }

    [Test]
    public async Task Pages_hold_each_once_oldest_first()
    {
        for (var count = 0; count < 3; count++)
        {
            await Ended();
        }

        var whole = (await auditor.AllPages(Due, 200)).Select(one => one.Word("id")).ToList();
        var paged = (await auditor.AllPages(Due, 1)).Select(one => one.Word("id")).ToList();
        Assert.That(paged, Is.EqualTo(whole));
        Assert.That(whole, Is.Unique);
    }

    [Test]
    public async Task Who_reviews()
    {
        var (record, access) = await Ended();
        (await Practitioner.Post(Record(record, "/care-relationships"), new { practitionerId = Personas.ColleagueId })).Expect(HttpStatusCode.Created);
        var holder = (await Colleague.Review(record, access.Id, access.ETag)).Expect(HttpStatusCode.Forbidden);
        Assert.That(holder.Word("detail"), Is.EqualTo("Nobody reviews their own access."));
        (await Supervisor.Review(record, access.Id, access.ETag)).Expect(HttpStatusCode.NotFound);
        (await Client.Review(record, access.Id, access.ETag)).Expect(HttpStatusCode.Forbidden);
        (await Elsewhere.Review(record, access.Id, access.ETag)).Expect(HttpStatusCode.NotFound);
        (await Platform.Post(
            Record(record, $"/emergency-accesses/{access.Id}/review"), new { outcome = "justified", note = "x" },
            ("If-Match", access.ETag), ("Purpose-Of-Use", "TREAT"))).Expect(HttpStatusCode.Forbidden);

        var reviewed = (await Practitioner.Review(record, access.Id, access.ETag, "not-justified")).Expect(HttpStatusCode.OK);
        Assert.That(reviewed.Word("review.outcome"), Is.EqualTo("not-justified"), "another member of the care team");
        (await auditor.Review(record, access.Id, reviewed.ETag)).Expect(HttpStatusCode.Conflict);
    }

    [Test]
    public async Task It_is_reviewed_once_it_has_ended()
    {
        var record = await Host.NewClient();
        var access = await Colleague.Declare(record);
        (await auditor.Review(record, access.Id, access.ETag)).Expect(HttpStatusCode.Conflict);
        var ended = (await Colleague.EndEmergency(record, access)).Expect(HttpStatusCode.OK);
        (await auditor.Review(record, access.Id, access.ETag)).Expect(HttpStatusCode.PreconditionFailed);
        (await auditor.Review(record, access.Id, ended.ETag)).Expect(HttpStatusCode.OK);
    }

    [Test]
    public async Task The_auditor_sees_the_emergency_accesses_with_their_reasons_and_nothing_else_of_the_record()
    {
        var (record, access) = await Ended();
        Assert.That((await auditor.Get(Record(record, "/emergency-accesses"))).Items()[0].Word("reason"), Is.EqualTo(Emergencies.Reason));
        (await (await Host.As("auditor", "audit:read")).Get(Record(record, $"/emergency-accesses/{access.Id}"))).Expect(HttpStatusCode.OK);
        (await (await Host.As("auditor", "demographics:read")).Get(Record(record, $"/emergency-accesses/{access.Id}"))).Expect(HttpStatusCode.NotFound);
        foreach (var path in new[] { "", "/assessments", "/care-relationships", "/representatives", "/safeguards", "/notices", "/consents" })
        {
            (await auditor.Get(Record(record, path))).Expect(HttpStatusCode.NotFound);
        }

        (await auditor.Get(Record(Personas.ElsewhereClientId, "/emergency-accesses"))).Expect(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task The_time_of_review_follows_the_end()
    {
        var access = await Colleague.Declare(await Host.NewClient(), 10);
        Assert.That(access.Json.GetProperty("reviewDueAt").GetDateTimeOffset(), Is.EqualTo(access.Json.GetProperty("until").GetDateTimeOffset().AddDays(3)));
    }

    private async Task<(Guid Record, Answer Access)> Ended()
    {
        var record = await Host.NewClient();
        var access = await Colleague.Declare(record);
        return (record, (await Colleague.EndEmergency(record, access)).Expect(HttpStatusCode.OK));
    }
}
