using PersonalCareApi.Domain.Access;
using static PersonalCareApi.Domain.Tests.Access.Sample;

namespace PersonalCareApi.Domain.Tests.Access;

/// <summary>Step 7: what holds where the client has said nothing.</summary>
public class PartnersRuleTests
{
    private static readonly RecordFacts OptIn = Record.InCareOf(Alice, until: Now.AddDays(9));
    private static readonly RecordFacts Implied = OptIn.Impliedly();

    [Test]
    public void Under_opt_in_the_care_team_begins_with_demographics_and_consents(
        [Values] DataCategory category, [Values] DataAction action)
    {
        var begins = category is DataCategory.Demographics or DataCategory.Consents && action != DataAction.Share;

        Assert.That(
            Practitioner(Alice).To(action, category, PurposeOfUse.Operations).Decided(OptIn) is AccessDecision.Permitted,
            Is.EqualTo(begins));
        Assert.That(
            AppAlone.To(action, category, PurposeOfUse.Treatment).Decided(Record) is AccessDecision.Permitted,
            Is.EqualTo(begins));
    }

    [Test]
    public void The_start_is_a_deny_away_from_its_end() =>
        Assert.That(
            AppAlone.Reading(DataCategory.Demographics, PurposeOfUse.Treatment).Reason(Record.WithConsent(Deny(category: DataCategory.Demographics))),
            Is.EqualTo(RefusalReason.DeniedByClient));

    [TestCase("TREAT", true)]
    [TestCase("HOPERAT", true)]
    [TestCase("PATADMIN", true)]
    [TestCase("HMARKT", false)]
    [TestCase("HRESCH", false)]
    [TestCase("MLTRAINING", false)]
    [TestCase("HPAYMT", false)]
    public void A_record_begins_for_care_and_its_administration_and_nothing_else(string purpose, bool begins) =>
        Assert.That(
            AppAlone.Reading(DataCategory.Demographics, Purpose(purpose)).Decided(Record) is AccessDecision.Permitted,
            Is.EqualTo(begins));

    [Test]
    public void The_start_rests_on_the_care_relationship()
    {
        var grant = Practitioner(Alice).Reading(DataCategory.Consents).Granted(OptIn);

        Assert.That(grant.Basis, Is.EqualTo(new DecisionBasis("care-relationship", Id(50))));
        Assert.That(grant.Until, Is.EqualTo(Now.AddDays(9)));
    }

    [Test]
    public void Implied_treatment_reads_and_writes_what_is_clinical([Values] DataCategory category, [Values] DataAction action)
    {
        var implied = DataCategories.Clinical.Contains(category) && action != DataAction.Share;
        var own = category == DataCategory.ProcessNotes && action != DataAction.Share;

        Assert.That(Practitioner(Alice).To(action, category).Decided(Implied) is AccessDecision.Permitted, Is.EqualTo(implied || own));
        Assert.That(AppAlone.To(action, category, PurposeOfUse.Treatment).Decided(Implied), Is.InstanceOf<AccessDecision.Refused>());
    }

    [Test]
    public void Implied_treatment_is_treatment_alone() =>
        Assert.That(
            Practitioner(Alice).Reading(DataCategory.Goals, PurposeOfUse.EmergencyTreatment).Reason(Implied),
            Is.EqualTo(RefusalReason.NoConsent));

    [Test]
    public void Implied_treatment_opens_no_label()
    {
        var grant = Practitioner(Alice).Reading(DataCategory.Goals).Granted(Implied);

        Assert.That(grant.Basis, Is.EqualTo(new DecisionBasis("partner-rule", Id(50))));
        Assert.That(grant.Covers(Item(Sensitivity.Psy)), Is.True);
        Assert.That(grant.Covers(Item(Sensitivity.Hiv)), Is.False);
        Assert.That(grant.Covers(Item(Sensitivity.Hiv, author: Alice)), Is.True);
    }

    [Test]
    public void A_permit_adds_to_the_rule_and_is_named_first()
    {
        var permit = Permit(Only(Alice), DataCategory.Goals) with { Parts = ["hope"], Sensitivities = Sensitivity.Hiv };

        var grant = Practitioner(Alice).Reading(DataCategory.Goals).Granted(Implied.WithConsent(permit));

        Assert.That(grant.Basis.Kind, Is.EqualTo("provision"));
        Assert.That(grant.Covers(Item(part: "work")), Is.True);
        Assert.That(grant.Covers(Item(Sensitivity.Hiv, part: "hope")), Is.True);
        Assert.That(grant.Covers(Item(Sensitivity.Hiv, part: "work")), Is.False);
    }

    [Test]
    public void A_rule_this_version_does_not_know_permits_nothing() =>
        Assert.That(
            Practitioner(Alice).Reading(DataCategory.Demographics).Reason(OptIn.Under(new PartnerRules { Default = (DefaultRule)9 })),
            Is.EqualTo(RefusalReason.NoConsent));
}
