using System.Net;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.Records.EmergencyAccesses;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records.Notices;

/// <summary>42 CFR 2.32: what a programme discloses of substance use says that it may not be passed on.</summary>
[OnEachDatabase]
internal sealed class DisclosureNoticeTests(TestDatabase database) : OnOneHost(database)
{
    private const string Text = "42 CFR part 2 prohibits unauthorized use or disclosure of these records.";

    [SetUp]
    public void Programme() => Settle("part2_programme = 1");

    [TearDown]
    public void NoProgramme() => Settle("part2_programme = 0");

    [Test]
    public async Task An_answer_that_holds_a_labelled_item_carries_the_notice_and_no_other_does()
    {
        var (record, audit, gad) = await Answered();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(NoticeOf(await Practitioner.Get(Record(record, $"/assessments/{audit.Id}"))), Is.EqualTo(Text));
            Assert.That(NoticeOf(await Practitioner.Get(Record(record, $"/assessments/{audit.Id}/versions"))), Is.EqualTo(Text));
            Assert.That(NoticeOf(await Practitioner.Get(Record(record, "/assessments"))), Is.EqualTo(Text));
            Assert.That(NoticeOf(await Practitioner.Get(Record(record, $"/assessments/{gad.Id}"))), Is.Null);
            Assert.That(NoticeOf(await Practitioner.Get(Record(record, "/assessments?instrument=gad-7"))), Is.Null);
            Assert.That(NoticeOf(await Practitioner.Get(Record(record))), Is.Null);
            Assert.That(NoticeOf(audit), Is.EqualTo(Text), "what was written is answered as well");
            Assert.That(NoticeOf(gad), Is.Null);
        }
    }

    [Test]
    public async Task The_notice_leads_to_a_page_that_explains_it()
    {
        var (record, audit, _) = await Answered();
        var link = (await Practitioner.Get(Record(record, $"/assessments/{audit.Id}"))).Header("Link");
        Assert.That(link, Is.EqualTo("</notices/42-cfr-2.32>; rel=\"terms-of-service\""));
        var page = (await Host.Anonymous().Get("/notices/42-cfr-2.32")).Expect(HttpStatusCode.OK);
        Assert.That(page.Text, Does.Contain(Text));
        Assert.That(page.Header("Content-Security-Policy"), Does.StartWith("default-src 'none'"));
    }

    [Test]
    public async Task The_client_reads_their_own_without_it()
    {
        var (record, audit, _) = await Answered();
        Assert.That(NoticeOf(await Client.Get(Record(record, $"/assessments/{audit.Id}"))), Is.Null);
        Assert.That(NoticeOf(await Client.Get(Record(record, "/assessments"))), Is.Null);
    }

    [Test]
    public async Task It_goes_with_an_emergency_as_well()
    {
        var (record, audit, _) = await Answered();
        await Colleague.Declare(record);
        Assert.That(NoticeOf(await Colleague.Get(Record(record, $"/assessments/{audit.Id}"))), Is.EqualTo(Text));
    }

    [Test]
    public async Task A_list_over_several_clients_carries_it_where_one_of_them_has_such_an_item()
    {
        await Answered();
        Assert.That(NoticeOf(await Practitioner.Get("/v1/caseload?limit=200&include=latest:audit-c")), Is.EqualTo(Text));
        Assert.That(NoticeOf(await Practitioner.Get("/v1/caseload?limit=200&include=latest:gad-7")), Is.Null);
        Assert.That(NoticeOf(await Practitioner.Get("/v1/caseload?limit=200")), Is.Null);
    }

    [Test]
    public async Task Where_the_partner_is_no_such_programme_there_is_none()
    {
        var (record, audit, _) = await Answered();
        Settle("part2_programme = 0");
        Assert.That(NoticeOf(await Practitioner.Get(Record(record, $"/assessments/{audit.Id}"))), Is.Null);
    }

    [Test]
    public async Task What_is_out_of_reach_leaves_no_trace_of_a_notice()
    {
        var (record, audit, _) = await Answered();
        await Give(record, Provision.Permit("assessments") with { Grantees = [Grantee.Practitioner(Personas.SupervisorId)] });
        var list = await Supervisor.Get(Record(record, "/assessments"));
        Assert.That(list.Total(), Is.EqualTo(1));
        Assert.That(NoticeOf(list), Is.Null, "a notice would tell that there is something");
        Assert.That(NoticeOf((await Supervisor.Get(Record(record, $"/assessments/{audit.Id}"))).Expect(HttpStatusCode.NotFound)), Is.Null);
    }

    [Test]
    public async Task A_kept_answer_keeps_its_notice()
    {
        var record = await Host.NewClient();
        await Give(record, Provision.Permit("assessments") with { Sensitivities = ["ETHUD"] });
        var path = Record(record, "/assessments");
        await Practitioner.Post(path, Forms.AuditC(), ("Idempotency-Key", "part-2"));
        var again = (await Practitioner.Post(path, Forms.AuditC(), ("Idempotency-Key", "part-2"))).Expect(HttpStatusCode.Created);
        Assert.That(again.Header("Idempotency-Replayed"), Is.EqualTo("true"));
        Assert.That(NoticeOf(again), Is.EqualTo(Text));
    }

    private static string? NoticeOf(Answer answer) => answer.Header("Disclosure-Notice");

    private async Task<(Guid Record, Answer Audit, Answer Gad)> Answered()
    {
        var record = await Host.NewClient();
        await Give(record, Provision.Permit("assessments") with { Sensitivities = ["ETHUD"] });
        return (record, await Assess(record, Forms.AuditC()), await Assess(record, Forms.Gad7()));
    }
}
