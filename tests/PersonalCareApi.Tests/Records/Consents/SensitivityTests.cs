using System.Net;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records.Consents;

/// <summary>Labels on items: they obey every denial, and close where the partner is a Part 2 programme.</summary>
[OnEachDatabase]
internal sealed class SensitivityTests(TestDatabase database) : OnOneHost(database)
{
    [TearDown]
    public void NoProgramme() => Settle("part2_programme = 0");

    [Test]
    public async Task An_alcohol_questionnaire_is_open_to_an_ordinary_permit()
    {
        var (record, gad, audit) = await Answered();
        await Permit(record);
        Assert.That((await Colleague.Get(Assessments(record))).Ids(), Is.EquivalentTo([gad, audit]));
    }

    [Test]
    public async Task In_a_part_2_programme_it_is_closed_unless_the_permit_names_it()
    {
        var (record, gad, audit) = await Answered();
        await Permit(record);
        Settle("part2_programme = 1");
        await Hidden(record, gad, audit);

        var named = await Permit(record, "ETHUD");
        Assert.That((await Colleague.Get(Assessments(record))).Ids(), Is.EquivalentTo([gad, audit]));
        (await Colleague.Get($"{Assessments(record)}/{audit}")).Expect(HttpStatusCode.OK);
        await Withdraw(record, named);
        await Hidden(record, gad, audit);
    }

    [TestCase("SUD", true)]
    [TestCase("ETHUD", true)]
    [TestCase("ETH", false)]
    [TestCase("OPIOIDUD", false)]
    [TestCase("PSY", false)]
    public async Task A_permit_on_substance_use_reaches_alcohol_and_nothing_beside_it_does(string label, bool reached)
    {
        Settle("part2_programme = 1");
        var (record, gad, audit) = await Answered();
        await Permit(record, label);
        Assert.That((await Colleague.Get(Assessments(record))).Ids(), Is.EquivalentTo(reached ? [gad, audit] : new[] { gad }));
    }

    [TestCase("ETH")]
    [TestCase("SUD")]
    [TestCase("OPIOIDUD")]
    [TestCase("ETHUD")]
    public async Task A_denial_of_any_of_the_substance_group_hides_it_though_nothing_closes(string label)
    {
        var (record, gad, audit) = await Answered();
        await Permit(record, "ETHUD");
        await Give(record, Provision.Deny("assessments") with { Sensitivities = [label] });
        await Hidden(record, gad, audit);
    }

    [Test]
    public async Task An_author_still_sees_what_a_label_closes_and_no_longer_what_a_denial_takes()
    {
        Settle("part2_programme = 1");
        var record = await NewClientUnderConsent();
        var own = await Assess(record, Forms.AuditC());
        var clients = await Assess(Client, record, Forms.AuditC());
        Assert.That((await Practitioner.Get(Assessments(record))).Ids(), Is.EqualTo([own.Id]));
        (await Practitioner.Get($"{Assessments(record)}/{clients.Id}")).Expect(HttpStatusCode.NotFound);
        await Give(record, Provision.Deny("assessments") with { Sensitivities = ["ETHUD"] });
        Assert.That((await Practitioner.Get(Assessments(record))).Total(), Is.Zero);
        Assert.That(
            (await Practitioner.Post(Assessments(record), Forms.AuditC())).Expect(HttpStatusCode.Forbidden).Reason, Is.EqualTo("label-not-named"));
    }

    [Test]
    public async Task The_client_sees_everything_whatever_closes()
    {
        Settle("part2_programme = 1");
        var (record, gad, audit) = await Answered();
        Assert.That((await Client.Get(Assessments(record))).Ids(), Is.EquivalentTo([gad, audit]));
    }

    private static string Assessments(Guid record) => Record(record, "/assessments");

    private async Task<(Guid Record, Guid Gad7, Guid AuditC)> Answered()
    {
        var record = await Host.NewClient();
        var gad = await Assess(Client, record, Forms.Gad7());
        var audit = await Assess(Client, record, Forms.AuditC());
        return (record, gad.Id, audit.Id);
    }

    private Task<Answer> Permit(Guid record, params string[] labels) => Give(
        record, Provision.Permit("assessments") with { Grantees = [Grantee.Practitioner(Personas.ColleagueId)], Sensitivities = labels });

    private async Task Hidden(Guid record, Guid visible, Guid hidden)
    {
        var list = await Colleague.Get(Assessments(record));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(list.Ids(), Is.EqualTo([visible]));
            Assert.That(list.Total(), Is.EqualTo(1));
            Assert.That((await Colleague.Get($"{Assessments(record)}/{hidden}")).Status, Is.EqualTo(HttpStatusCode.NotFound));
            Assert.That((await Colleague.Get($"{Assessments(record)}?instrument=audit-c")).Total(), Is.Zero);
        }
    }
}
