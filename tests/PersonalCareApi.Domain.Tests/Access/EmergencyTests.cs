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
        var grant = Entitled.Reading(DataCategory.Journal).Granted(Record.WithEmergency(Alice));

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
            Entitled.Reading(DataCategory.Genetics, Purpose(purpose)).Decided(Record.WithEmergency(Alice)) is AccessDecision.Permitted,
            Is.EqualTo(answers));

    [TestCase(DataAction.Write)]
    [TestCase(DataAction.Share)]
    public void It_reads_only(DataAction action) =>
        Assert.That(
            Entitled.To(action, DataCategory.Goals).Reason(Record.WithEmergency(Alice)),
            Is.EqualTo(RefusalReason.NoConsent));

    [Test]
    public void It_never_reaches_process_notes() =>
        Assert.That(
            Entitled.Reading(DataCategory.ProcessNotes).Reason(Record.WithEmergency(Alice)),
            Is.EqualTo(RefusalReason.NoConsent));

    [Test]
    public void It_is_one_practitioners_and_ends_by_itself()
    {
        var over = new Period(Now.AddHours(-2), Now);

        Assert.That(Practitioner(Bob).Reading(DataCategory.Goals).Decided(Record.WithEmergency(Alice)), Is.InstanceOf<AccessDecision.NotFound>());
        Assert.That(Entitled.Reading(DataCategory.Goals).Decided(Record.WithEmergency(Alice, over)), Is.InstanceOf<AccessDecision.NotFound>());
    }

    [Test]
    public void It_ends_for_who_may_not_declare_one_any_more()
    {
        Assert.That(Practitioner(Alice).Reading(DataCategory.Goals).Decided(Record.WithEmergency(Alice)), Is.InstanceOf<AccessDecision.NotFound>());
        Assert.That(Practitioner(Alice).Reading(DataCategory.Goals).Reason(Record.InCareOf(Alice).WithEmergency(Alice)), Is.EqualTo(RefusalReason.NoConsent));
    }

    [TestCase(null, false)]
    [TestCase("TREAT", false)]
    [TestCase("ETREAT", true)]
    [TestCase("BTG", true)]
    public void A_deny_holds_against_it_only_where_its_own_purposes_say_so(string? purpose, bool holds)
    {
        var record = Record.WithEmergency(Alice).WithConsent(Deny(purpose: purpose));

        var decision = Entitled.Reading(DataCategory.Goals).Decided(record);

        Assert.That(decision is AccessDecision.Refused { Reason: RefusalReason.DeniedByClient }, Is.EqualTo(holds));
        Assert.That(decision is AccessDecision.Permitted, Is.EqualTo(!holds));
    }

    [Test]
    public void A_deny_on_items_that_says_so_takes_those_items()
    {
        var deny = Deny(purpose: "BTG") with { Sensitivities = Sensitivity.Sud };

        var grant = Entitled.Reading(DataCategory.Goals).Granted(Record.WithEmergency(Alice).WithConsent(deny));

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

        Assert.That(Entitled.Reading(DataCategory.Goals).Decided(record), Is.InstanceOf<AccessDecision.Permitted>());
    }

    [Test]
    public void An_entitled_practitioner_may_declare_on_a_record_nothing_else_relates_to()
    {
        var grant = Declaring(Entitled).Granted(Record);

        Assert.That(grant.Basis, Is.EqualTo(new DecisionBasis("emergency")));
        Assert.That(grant.Covers(Item(author: Alice, part: Emergency.Part)), Is.True);
        Assert.That(grant.Covers(Item(author: Bob, part: Emergency.Part)), Is.False, "another's declaration");
        Assert.That(grant.Covers(Item(author: Alice)), Is.False, "one's own data of another kind");
        Assert.That(grant.Obligations, Is.EqualTo(Obligations.Audit | Obligations.NotifyPatient | Obligations.PostAccessReview));
    }

    [TestCase("ETREAT", true)]
    [TestCase("BTG", true)]
    [TestCase("TREAT", false)]
    [TestCase(null, false)]
    public void Where_the_client_said_no_for_emergencies_to_everything_there_is_nothing_to_declare_for(string? purpose, bool refused)
    {
        var decision = Declaring(Entitled).Decided(Record.WithConsent(Deny(purpose: purpose)));

        Assert.That(decision is AccessDecision.Refused { Reason: RefusalReason.DeniedByClient, Basis.Kind: "provision" }, Is.EqualTo(refused));
        Assert.That(decision is AccessDecision.Permitted, Is.EqualTo(!refused));
    }

    [Test]
    public void A_denial_for_emergencies_that_leaves_something_to_read_lets_it_be_declared()
    {
        var allButGoals = Deny(purpose: "ETREAT") with { Categories = [.. DataCategories.AllInAProvision.Where(one => one != DataCategory.Goals)] };

        Assert.That(Declaring(Entitled).Decided(Record.WithConsent(allButGoals)), Is.InstanceOf<AccessDecision.Permitted>());
        Assert.That(Declaring(Entitled).Decided(Record.WithConsent(Deny(purpose: "ETREAT") with { Sensitivities = Sensitivity.Hiv })), Is.InstanceOf<AccessDecision.Permitted>());
        Assert.That(Declaring(Entitled).Reason(Record.WithConsent(allButGoals, Deny(category: DataCategory.Goals, purpose: "BTG"))), Is.EqualTo(RefusalReason.DeniedByClient));
    }

    [Test]
    public void What_a_consent_permits_stays_permitted_beside_an_emergency_that_is_denied()
    {
        var record = Record.WithConsent(Permit(Only(Alice), DataCategory.Goals), Deny(purpose: "ETREAT")).WithEmergency(Alice);

        var grant = Entitled.Reading(DataCategory.Goals).Granted(record);

        Assert.That(grant.Basis.Kind, Is.EqualTo("provision"));
        Assert.That(grant.Obligations, Is.EqualTo(Obligations.Audit), "it is no use of the emergency");
        Assert.That(Entitled.Reading(DataCategory.Plans).Reason(record), Is.EqualTo(RefusalReason.DeniedByClient));
        Assert.That(Entitled.Reading(DataCategory.Goals, PurposeOfUse.EmergencyTreatment).Reason(record), Is.EqualTo(RefusalReason.DeniedByClient));
    }

    [Test]
    public void What_a_consent_permits_stays_permitted_item_by_item()
    {
        var permit = Permit(Only(Alice), DataCategory.Goals) with { Period = new Period(null, Now.AddMinutes(10)) };
        var record = Record.WithConsent(permit, Deny(purpose: "ETREAT") with { Sensitivities = Sensitivity.Psy }).WithEmergency(Alice);

        var grant = Entitled.Reading(DataCategory.Goals).Granted(record);

        Assert.That(grant.Basis.Kind, Is.EqualTo("emergency"));
        Assert.That(grant.Covers(Item(Sensitivity.Psy)), Is.True, "by the consent");
        Assert.That(grant.Covers(Item(Sensitivity.Hiv)), Is.True, "by the emergency");
        Assert.That(grant.Covers(Item(Sensitivity.Hiv | Sensitivity.Psy)), Is.False, "by neither");
        Assert.That(grant.Until, Is.EqualTo(Now.AddMinutes(10)), "the whole of it no longer than its shorter part");
        Assert.That(Explanation.OfItem(grant, Item(Sensitivity.Hiv | Sensitivity.Psy)), Is.EqualTo(RefusalReason.DeniedByClient));
    }

    [Test]
    public void The_partners_auditor_sees_and_reviews_the_emergency_accesses_of_others_and_nothing_else()
    {
        var auditor = Practitioner(Bob, Caller.AuditorRole) with { Scopes = new HashSet<string> { Caller.AuditScope } };
        var reading = Reviewing(auditor.Reading(DataCategory.Demographics)).Granted(Record);
        var writing = Reviewing(auditor.Writing(DataCategory.Demographics)).Granted(Record);

        Assert.That(reading.Basis, Is.EqualTo(new DecisionBasis("review")));
        Assert.That(reading.Covers(Item(author: Alice, part: Emergency.Part)), Is.True);
        Assert.That(reading.Covers(Item(author: Alice)), Is.False);
        Assert.That(writing.Covers(Item(author: Alice, part: Emergency.Part)), Is.True);
        Assert.That(writing.Covers(Item(author: Bob, part: Emergency.Part)), Is.False, "nobody reviews their own");
    }

    [Test]
    public void Who_is_no_auditor_reviews_as_far_as_they_may_write_anyway()
    {
        Assert.That(Reviewing(Practitioner(Bob).Writing(DataCategory.Demographics)).Decided(Record), Is.InstanceOf<AccessDecision.NotFound>());
        Assert.That(Reviewing(Practitioner(Bob).Writing(DataCategory.Demographics)).Decided(Record.InCareOf(Bob)), Is.InstanceOf<AccessDecision.Permitted>());
        Assert.That(Reviewing(Practitioner(Bob, Caller.AuditorRole).Reading(DataCategory.Demographics)).Decided(Record), Is.InstanceOf<AccessDecision.NotFound>(), "no token to audit with");
        Assert.That(Reviewing(TheClient.Writing(DataCategory.Demographics)).Reason(Record), Is.EqualTo(RefusalReason.NoConsent));
    }

    [Test]
    public void To_declare_needs_the_scope_for_it_and_no_other()
    {
        var bare = Entitled with { Scopes = new HashSet<string> { Caller.EmergencyScope } };

        Assert.That(Declaring(bare).Decided(Record), Is.InstanceOf<AccessDecision.Permitted>());
        Assert.That(Declaring(bare with { Scopes = new HashSet<string> { "demographics:write" } }).Reason(Record), Is.EqualTo(RefusalReason.ScopeMissing));
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

    private static AccessRequest Reviewing(AccessRequest request) => request with { ReviewsEmergencies = true };

    private static AccessRequest Declaring(Caller caller, PurposeOfUse? purpose = null) =>
        caller.Writing(DataCategory.Demographics, purpose) with { DeclaresEmergency = true };
}
