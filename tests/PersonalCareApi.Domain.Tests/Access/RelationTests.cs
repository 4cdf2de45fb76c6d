using PersonalCareApi.Domain.Access;
using static PersonalCareApi.Domain.Tests.Access.Sample;

namespace PersonalCareApi.Domain.Tests.Access;

/// <summary>Step 1: who may know that the record exists, and as whom the caller acts.</summary>
public class RelationTests
{
    private static readonly Period Past = new(null, Now);
    private static readonly Period Future = new(Now.AddHours(1), null);

    [Test]
    public void The_client_a_representative_the_care_team_and_the_partners_own_application_are_related()
    {
        Assert.That(IsFound(TheClient, Record), Is.True);
        Assert.That(IsFound(TheRepresentative, Record.WithAuthority(Mother(DataCategory.Goals))), Is.True);
        Assert.That(IsFound(Practitioner(Alice), Record.InCareOf(Alice)), Is.True);
        Assert.That(IsFound(AppAlone, Record), Is.True);
        Assert.That(IsFound(Practitioner(Alice) with { MayDeclareEmergency = true }, Record.WithEmergency(Alice)), Is.True);
    }

    [Test]
    public void A_practitioner_whom_nothing_relates_finds_nothing() =>
        Assert.That(IsFound(Practitioner(Alice), Record.InCareOf(Bob).WithEmergency(Bob)), Is.False);

    [Test]
    public void Somebody_who_is_nobody_here_finds_nothing()
    {
        Assert.That(IsFound(Anyone, Record), Is.False);
        Assert.That(IsFound(Anyone with { ClientIds = [Id(11)] }, Record), Is.False);
        Assert.That(IsFound(TheRepresentative, Record), Is.False);
    }

    [Test]
    public void A_record_of_another_partner_is_not_found_by_anybody()
    {
        var elsewhere = Record.InCareOf(Alice) with { PartnerId = OtherPartner };

        Assert.That(IsFound(TheClient, elsewhere), Is.False);
        Assert.That(IsFound(Practitioner(Alice), elsewhere), Is.False);
        Assert.That(IsFound(AppAlone, elsewhere), Is.False);
    }

    [Test]
    public void Facts_of_another_record_are_no_facts() =>
        Assert.That(IsFound(Practitioner(Alice), Record.InCareOf(Alice) with { ClientId = Id(11) }), Is.False);

    [Test]
    public void An_ended_care_relationship_relates_to_nothing() =>
        Assert.That(IsFound(Practitioner(Alice), Record.InCareOf(Alice, until: Now)), Is.False);

    [Test]
    public void An_active_permit_relates_its_grantee_for_whatever_use()
    {
        var record = Record.WithConsent(Permit(Only(Alice), DataCategory.Journal));

        Assert.That(Practitioner(Alice).Reading(DataCategory.Goals).Reason(record), Is.EqualTo(RefusalReason.NoConsent));
        Assert.That(IsFound(Practitioner(Bob), record), Is.False);
    }

    [Test]
    public void A_permit_to_a_role_or_the_partner_relates_those_it_reaches()
    {
        var toRole = Record.WithConsent(Permit(new Grantee(GranteeKind.Role, Code: "supervisor"), DataCategory.Goals));
        var toPartner = Record.WithConsent(Permit(new Grantee(GranteeKind.Partner), DataCategory.Goals));

        Assert.That(IsFound(Practitioner(Alice, "supervisor"), toRole), Is.True);
        Assert.That(IsFound(Practitioner(Alice, "Supervisor"), toRole), Is.False);
        Assert.That(IsFound(Practitioner(Alice), toPartner), Is.True);
    }

    [Test]
    public void A_permit_that_does_not_count_relates_nobody()
    {
        var permit = Permit(Only(Alice), DataCategory.Goals);
        RecordFacts[] records =
        [
            Record.With(Consent(permit) with { Status = ConsentStatus.Draft }),
            Record.With(Consent(permit) with { Status = ConsentStatus.Withdrawn }),
            Record.WithConsent(permit with { Period = Past }),
            Record.WithConsent(permit with { Period = Future }),
            Record.WithConsent(permit with { Purposes = null }),
            Record.WithConsent(permit with { Purposes = [PurposeOfUse.Research] }),
            Record.WithConsent(permit with { Categories = [DataCategory.Goals, DataCategory.ProcessNotes] }),
            Record.WithConsent(permit) with { BirthDate = null },
        ];

        Assert.That(records.Select(record => IsFound(Practitioner(Alice), record)), Is.All.False);
    }

    [Test]
    public void A_deny_makes_no_relation() =>
        Assert.That(IsFound(Practitioner(Alice), Record.WithConsent(Deny(Only(Alice)))), Is.False);

    [Test]
    public void A_practitioner_who_is_the_client_acts_only_as_the_client()
    {
        var decision = (Practitioner(Alice) with { ClientIds = [Client] })
            .Writing(DataCategory.SessionNotes)
            .Decided(Record.InCareOf(Alice).Impliedly());

        Assert.That(decision, Is.InstanceOf<AccessDecision.Refused>());
        Assert.That(decision.ActingAs, Is.EqualTo(new Party(PartyKind.Client, Client)));
        Assert.That(decision.Purpose, Is.EqualTo(PurposeOfUse.PatientRequest));
    }

    [Test]
    public void A_practitioner_who_represents_the_client_acts_only_as_a_representative() =>
        Assert.That(
            (Practitioner(Alice) with { RepresentativeIds = [Authority] })
                .Reading(DataCategory.SessionNotes)
                .Reason(Record.InCareOf(Alice).Impliedly().WithAuthority(Mother(DataCategory.Goals))),
            Is.EqualTo(RefusalReason.NoConsent));

    [Test]
    public void A_practitioner_whose_authority_has_ended_acts_as_a_practitioner_again() =>
        Assert.That(
            (Practitioner(Alice) with { RepresentativeIds = [Authority] })
                .Reading(DataCategory.SessionNotes)
                .Granted(Record.InCareOf(Alice).Impliedly().WithAuthority(Mother(DataCategory.Goals) with { Period = Past }))
                .ActingAs,
            Is.EqualTo(new Party(PartyKind.Practitioner, Alice)));

    [Test]
    public void Recorded_endangerment_is_answered_as_if_there_were_no_such_record([Values] bool practitionerToo)
    {
        var caller = TheRepresentative with { PractitionerId = practitionerToo ? Alice : null };
        var request = caller.Reading(DataCategory.Goals);
        var suspended = Mother(DataCategory.Goals) with { Suspended = true };

        Assert.That(request.Decided(Record.InCareOf(Alice).Impliedly().WithAuthority(suspended)), Is.EqualTo(request.Decided(null)));
        Assert.That(
            request.Decided(Record.InCareOf(Alice).Impliedly().WithAuthority(suspended with { Period = Past })),
            Is.EqualTo(request.Decided(null)));
    }

    [Test]
    public void A_second_authority_does_not_lead_around_endangerment()
    {
        var caller = TheRepresentative with { RepresentativeIds = [Authority, Id(41)] };
        var record = Record
            .WithAuthority(Mother(DataCategory.Goals) with { Id = Id(41) })
            .WithAuthority(Mother(DataCategory.Goals) with { Suspended = true });

        Assert.That(IsFound(caller, record), Is.False);
    }

    [Test]
    public void An_answer_that_finds_nothing_names_the_caller_by_what_the_caller_brought()
    {
        var decision = TheRepresentative.Reading(DataCategory.Goals).Decided(Record);

        Assert.That(decision.ActingAs, Is.EqualTo(new Party(PartyKind.Representative, Authority)));
        Assert.That(decision.Considered, Is.Empty);
    }

    private static bool IsFound(Caller caller, RecordFacts record) =>
        caller.Reading(DataCategory.Goals, caller.ApplicationAlone ? PurposeOfUse.Treatment : null).Decided(record) is not AccessDecision.NotFound;
}
