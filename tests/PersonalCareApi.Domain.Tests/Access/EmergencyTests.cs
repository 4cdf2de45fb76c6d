using PersonalCareApi.Domain.Access;
using static PersonalCareApi.Domain.Tests.Access.Sample;

namespace PersonalCareApi.Domain.Tests.Access;

/// <summary>Step 4: an open emergency access, and declaring one.</summary>
public class EmergencyTests
{
    private static readonly Caller Entitled = Practitioner(Alice) with { MayDeclareEmergency = true };

    [Test]
    public void An_open_emergency_reads_every_label_but_that_of_process_notes()
    {
        var grant = Practitioner(Alice).Reading(DataCategory.Journal).Granted(Record.WithEmergency(Alice));

        Assert.That(grant.Basis, Is.EqualTo(new DecisionBasis("emergency", Id(60))));
        Assert.That(grant.Until, Is.EqualTo(Now.AddMinutes(55)));
        Assert.That(grant.Covers(Item(Sensitivity.Hiv | Sensitivity.Sdv | Sensitivity.Unknown)), Is.True);
        Assert.That(grant.Covers(Item(Sensitivity.PsyThPn)), Is.False);
        Assert.That(grant.Obligations, Is.EqualTo(Obligations.Audit | Obligations.NotifyPatient | Obligations.PostAccessReview));
    }

    [TestCase("TREAT", true)]
    [TestCase("ETREAT", true)]
    [TestCase("BTG", true)]
    [TestCase("COC", false)]
    [TestCase("HOPERAT", false)]
    [TestCase("HRESCH", false)]
    public void It_is_for_treatment_in_an_emergency_alone(string purpose, bool answers) =>
        Assert.That(
            Practitioner(Alice).Reading(DataCategory.Genetics, Purpose(purpose)).Decided(Record.WithEmergency(Alice)) is AccessDecision.Permitted,
            Is.EqualTo(answers));

    [TestCase(DataAction.Write)]
    [TestCase(DataAction.Share)]
    public void It_reads_only(DataAction action) =>
        Assert.That(
            Practitioner(Alice).To(action, DataCategory.Goals).Reason(Record.WithEmergency(Alice)),
            Is.EqualTo(RefusalReason.NoConsent));

    [Test]
    public void It_never_reaches_process_notes() =>
        Assert.That(
            Practitioner(Alice).Reading(DataCategory.ProcessNotes).Reason(Record.WithEmergency(Alice)),
            Is.EqualTo(RefusalReason.NoConsent));

    [Test]
    public void It_is_one_practitioners_and_ends_by_itself()
    {
        var over = new Period(Now.AddHours(-2), Now);

        Assert.That(Practitioner(Bob).Reading(DataCategory.Goals).Decided(Record.WithEmergency(Alice)), Is.InstanceOf<AccessDecision.NotFound>());
        Assert.That(Practitioner(Alice).Reading(DataCategory.Goals).Decided(Record.WithEmergency(Alice, over)), Is.InstanceOf<AccessDecision.NotFound>());
    }

    [TestCase(null, false)]
    [TestCase("TREAT", false)]
    [TestCase("ETREAT", true)]
    [TestCase("BTG", true)]
    public void A_deny_holds_against_it_only_where_its_own_purposes_say_so(string? purpose, bool holds)
    {
        var record = Record.WithEmergency(Alice).WithConsent(Deny(purpose: purpose));

        var decision = Practitioner(Alice).Reading(DataCategory.Goals).Decided(record);

        Assert.That(decision is AccessDecision.Refused { Reason: RefusalReason.DeniedByClient }, Is.EqualTo(holds));
        Assert.That(decision is AccessDecision.Permitted, Is.EqualTo(!holds));
    }

    [Test]
    public void A_deny_on_items_that_says_so_takes_those_items()
    {
        var deny = Deny(purpose: "BTG") with { Sensitivities = Sensitivity.Sud };

        var grant = Practitioner(Alice).Reading(DataCategory.Goals).Granted(Record.WithEmergency(Alice).WithConsent(deny));

        Assert.That(grant.Covers(Item(Sensitivity.OpioidUd)), Is.False, "a deny on one substance label reaches the group");
        Assert.That(grant.Covers(Item(Sensitivity.Hiv)), Is.True);
    }

    [Test]
    public void A_deny_that_names_emergencies_may_still_leave_this_one_alone()
    {
        var record = Record.WithEmergency(Alice).WithConsent(
            Deny(Only(Bob), purpose: "BTG"),
            Deny(category: DataCategory.Journal, purpose: "BTG"),
            Deny(purpose: "BTG") with { Actions = [DataAction.Share] },
            Deny(purpose: "BTG") with { Period = new Period(Now.AddDays(1), null) });

        Assert.That(Practitioner(Alice).Reading(DataCategory.Goals).Decided(record), Is.InstanceOf<AccessDecision.Permitted>());
    }

    [Test]
    public void An_entitled_practitioner_may_declare_on_a_record_nothing_else_relates_to()
    {
        var grant = Declaring(Entitled).Granted(Record);

        Assert.That(grant.Basis, Is.EqualTo(new DecisionBasis("emergency")));
        Assert.That(grant.Reach, Is.EqualTo(Reach.Nothing));
        Assert.That(grant.Covers(Item()), Is.False);
        Assert.That(grant.Obligations, Is.EqualTo(Obligations.Audit | Obligations.NotifyPatient | Obligations.PostAccessReview));
    }

    [Test]
    public void Being_entitled_relates_to_nothing_on_any_other_route() =>
        Assert.That(Entitled.Writing(DataCategory.Demographics).Decided(Record), Is.InstanceOf<AccessDecision.NotFound>());

    [Test]
    public void Who_is_not_entitled_may_not_declare()
    {
        Assert.That(Declaring(Practitioner(Alice)).Decided(Record), Is.InstanceOf<AccessDecision.NotFound>());
        Assert.That(Declaring(Practitioner(Alice)).Reason(Record.InCareOf(Alice)), Is.EqualTo(RefusalReason.NoConsent));
        Assert.That(Declaring(AppAlone with { MayDeclareEmergency = true }, PurposeOfUse.Treatment).Reason(Record), Is.EqualTo(RefusalReason.NoConsent));
        Assert.That(Declaring(Entitled with { PartnerId = OtherPartner }).Decided(Record), Is.InstanceOf<AccessDecision.NotFound>());
        Assert.That(Declaring(Entitled with { ClientIds = [Client] }).Reason(Record), Is.EqualTo(RefusalReason.NoConsent), "acts only as the client");
    }

    [Test]
    public void Nobody_declares_an_emergency_for_research() =>
        Assert.That(Declaring(Entitled, PurposeOfUse.Research).Reason(Record), Is.EqualTo(RefusalReason.NoConsent));

    [Test]
    public void Nobody_declares_where_a_consent_cannot_be_read() =>
        Assert.That(Declaring(Entitled).Reason(Record.With(Consent(null))), Is.EqualTo(RefusalReason.NoConsent));

    private static AccessRequest Declaring(Caller caller, PurposeOfUse? purpose = null) =>
        caller.Writing(DataCategory.Demographics, purpose) with { DeclaresEmergency = true };
}
