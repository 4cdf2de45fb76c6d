using System.Net;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.Records.EmergencyAccesses;
using PersonalCareApi.Tests.Records.Representatives;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records.Notices;

/// <summary>The client is told of what happens without them.</summary>
[OnEachDatabase]
internal sealed class NoticeTests(TestDatabase database) : OnOneHost(database)
{
    [Test]
    public async Task Of_an_emergency_the_client_is_told_who_until_when_and_why_and_once()
    {
        var record = await Host.NewClient();
        var access = await Colleague.Declare(record);
        await Colleague.Get(Record(record, "/assessments"));
        await Colleague.Get(Record(record, "/goals"));

        var notices = (await Client.Get(Record(record, "/notices"))).Items();

        Assert.That(notices, Has.Count.EqualTo(1));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(notices[0].Word("kind"), Is.EqualTo("emergency-declared"));
            Assert.That(notices[0].Word("by.id"), Is.EqualTo($"{Personas.ColleagueId}"));
            Assert.That(notices[0].Word("aboutId"), Is.EqualTo($"{access.Id}"));
            Assert.That(notices[0].Word("reason"), Is.EqualTo(Emergencies.Reason));
            Assert.That(notices[0].Word("until"), Is.EqualTo(access.Word("until")));
            Assert.That(notices[0].Word("acknowledgedAt"), Is.Null);
        }
    }

    [TestCase("permit", "verbal", "consent-drafted")]
    [TestCase("permit", "signed-document", "consent-recorded")]
    [TestCase("deny", "verbal", "denial-recorded")]
    public async Task Of_what_others_record_for_the_client_the_client_is_told(string effect, string method, string kind)
    {
        var record = await Host.NewClient();
        var consent = await OnBehalf(record, effect == "permit" ? Provision.Permit("goals") : Provision.Deny("goals"), method);
        var notices = (await Client.Get(Record(record, "/notices"))).Items();
        Assert.That(notices.Select(one => (one.Word("kind"), one.Word("aboutId"))), Is.EqualTo([(kind, (string?)$"{consent.Id}")]));
    }

    [Test]
    public async Task Of_a_withdrawal_on_the_clients_behalf_the_client_is_told_newest_first_and_of_their_own_acts_not()
    {
        var record = await Host.NewClient();
        var own = await Give(record, Provision.Permit("goals"));
        Assert.That((await Client.Get(Record(record, "/notices"))).Total(), Is.Zero);

        (await Practitioner.Post(Record(record, $"/consents/{own.Id}/withdrawal"), new { reason = "said so on the phone" })).Expect(HttpStatusCode.OK);
        await OnBehalf(record, Provision.Deny("plans"), "verbal");

        var notices = (await Client.Get(Record(record, "/notices"))).Items();
        Assert.That(notices.Select(one => one.Word("kind")), Is.EqualTo(["denial-recorded", "consent-withdrawn"]));
        Assert.That(notices[1].Word("reason"), Is.EqualTo("said so on the phone"));
    }

    [Test]
    public async Task What_is_refused_is_not_told()
    {
        var record = await Host.NewClient();
        (await Practitioner.Post(Record(record, "/consents"), Consent(Provision.Permit("goals") with { Purposes = null }))).Expect(HttpStatusCode.UnprocessableEntity);
        Assert.That((await Client.Get(Record(record, "/notices"))).Total(), Is.Zero);
    }

    [Test]
    public async Task Practitioners_and_applications_see_no_letters_of_the_clients()
    {
        var record = await Host.NewClient();
        await Colleague.Declare(record);
        var notice = (await Client.Get(Record(record, "/notices"))).Ids()[0];
        foreach (var api in new[] { Practitioner, Colleague })
        {
            (await api.Get(Record(record, "/notices"))).Expect(HttpStatusCode.Forbidden);
            (await api.Get(Record(record, $"/notices/{notice}"))).Expect(HttpStatusCode.Forbidden);
        }

        (await Practitioner.Post(Record(record, $"/notices/{notice}/acknowledgement"), null, ("If-Match", "\"1\""))).Expect(HttpStatusCode.Forbidden);
        (await Platform.Get(Record(record, "/notices"), ("Purpose-Of-Use", "TREAT"))).Expect(HttpStatusCode.Forbidden);
        (await Supervisor.Get(Record(record, "/notices"))).Expect(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task The_client_acknowledges_it_once_and_asks_for_the_unread()
    {
        var record = await Host.NewClient();
        await Colleague.Declare(record);
        await OnBehalf(record, Provision.Deny("plans"), "verbal");
        var notice = (await Client.Get(Record(record, "/notices"))).Ids()[0];
        var path = Record(record, $"/notices/{notice}");

        (await Client.Post($"{path}/acknowledgement")).Expect(HttpStatusCode.PreconditionRequired);
        var read = (await Client.Post($"{path}/acknowledgement", null, ("If-Match", (await Client.Get(path)).ETag))).Expect(HttpStatusCode.OK);

        Assert.That(read.Word("acknowledgedAt"), Is.Not.Null);
        Assert.That((await Client.Get(Record(record, "/notices?unread=true"))).Total(), Is.EqualTo(1));
        Assert.That((await Client.Get(Record(record, "/notices?unread=true"))).Ids(), Does.Not.Contain(notice));
        Assert.That((await Client.Get(Record(record, "/notices"))).Total(), Is.EqualTo(2));
        (await Client.Post($"{path}/acknowledgement", null, ("If-Match", read.ETag))).Expect(HttpStatusCode.Conflict);
        (await Client.Post($"{path}/acknowledgement", null, ("If-Match", "\"1\""))).Expect(HttpStatusCode.PreconditionFailed);
    }

    [Test]
    public async Task A_representative_reads_what_their_authority_covers_and_reading_it_hides_nothing_from_the_client()
    {
        var record = await Host.NewClient(birthDate: "2016-01-01");
        var mother = await Host.Representing(record, "notice-mother", ["demographics"]);
        var guardian = await Host.Representing(record, "notice-guardian", ["demographics", "consents"]);
        await Colleague.Declare(record);
        await OnBehalf(record, Provision.Deny("plans"), "verbal");

        Assert.That(await Kinds(mother, record), Is.EqualTo(["emergency-declared"]));
        Assert.That(await Kinds(guardian, record), Is.EqualTo(["denial-recorded", "emergency-declared"]));
        Assert.That(
            await Kinds(Client, record),
            Is.EqualTo(["denial-recorded", "emergency-declared", "representative-recorded", "representative-recorded"]),
            "no representative learns of another");

        var notice = (await mother.Get(Record(record, "/notices"))).Items()[0];
        (await mother.Post(Record(record, $"/notices/{notice.Word("id")}/acknowledgement"), null, ("If-Match", "\"1\""))).Expect(HttpStatusCode.OK);
        Assert.That((await mother.Get(Record(record, "/notices?unread=true"))).Total(), Is.Zero);
        Assert.That((await Client.Get(Record(record, "/notices?unread=true"))).Total(), Is.EqualTo(4));
    }

    private static async Task<IEnumerable<string?>> Kinds(Api api, Guid record) =>
        (await api.Get(Record(record, "/notices"))).Items().Select(one => one.Word("kind"));

    private async Task<Answer> OnBehalf(Guid record, Provision provision, string method) =>
        (await Practitioner.Post(Record(record, "/consents"), new
        {
            status = "active",
            evidence = new { method, givenAt = "2026-05-01T08:00:00Z" },
            provisions = new[] { provision },
        })).Expect(HttpStatusCode.Created);
}
