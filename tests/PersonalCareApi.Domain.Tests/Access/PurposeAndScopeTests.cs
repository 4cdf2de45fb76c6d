using PersonalCareApi.Domain.Access;
using static PersonalCareApi.Domain.Tests.Access.Sample;

namespace PersonalCareApi.Domain.Tests.Access;

/// <summary>What is refused before anything about the record is looked up.</summary>
public class PurposeAndScopeTests
{
    private static readonly HashSet<string> NoScope = [];
    private static readonly HashSet<PurposeOfUse> ResearchOnly = [PurposeOfUse.Research];

    [Test]
    public void A_claimed_purpose_must_be_registered_exactly()
    {
        var caller = Practitioner(Alice) with { Purposes = new HashSet<PurposeOfUse> { PurposeOfUse.Treatment } };

        Assert.That(Check(caller.Reading(DataCategory.Goals, PurposeOfUse.Treatment)), Is.Null);
        Assert.That(Check(caller.Reading(DataCategory.Goals, PurposeOfUse.EmergencyTreatment)), Is.EqualTo(RefusalReason.PurposeNotPermitted));
    }

    [Test]
    public void A_practitioners_default_purpose_must_be_registered_too() =>
        Assert.That(
            Check((Practitioner(Alice) with { Purposes = ResearchOnly }).Reading(DataCategory.Goals)),
            Is.EqualTo(RefusalReason.PurposeNotPermitted));

    [Test]
    public void An_application_alone_must_name_a_purpose()
    {
        Assert.That(Check(AppAlone.Reading(DataCategory.Goals)), Is.EqualTo(RefusalReason.PurposeNotPermitted));
        Assert.That(Check(AppAlone.Reading(DataCategory.Goals, PurposeOfUse.Treatment)), Is.Null);
    }

    [Test]
    public void A_clients_own_purpose_needs_no_registration()
    {
        Assert.That(Check((TheClient with { Purposes = ResearchOnly }).Reading(DataCategory.Goals)), Is.Null);
        Assert.That(Check((TheClient with { Purposes = ResearchOnly, PractitionerId = Alice }).Reading(DataCategory.Goals)), Is.Null);
    }

    [Test]
    public void A_client_acts_for_the_own_request_whatever_purpose_is_claimed() =>
        Assert.That(
            TheClient.Reading(DataCategory.Goals, PurposeOfUse.Research).Granted(Record).Purpose,
            Is.EqualTo(PurposeOfUse.PatientRequest));

    [Test]
    public void The_scope_must_be_there() =>
        Assert.That(
            Check((Practitioner(Alice) with { Scopes = new HashSet<string> { "goals:write" } }).Reading(DataCategory.Goals)),
            Is.EqualTo(RefusalReason.ScopeMissing));

    [Test]
    public void The_purpose_is_refused_before_the_scope() =>
        Assert.That(
            Check((Practitioner(Alice) with { Scopes = NoScope, Purposes = ResearchOnly }).Reading(DataCategory.Goals)),
            Is.EqualTo(RefusalReason.PurposeNotPermitted));

    [Test]
    public void What_is_refused_before_the_record_is_refused_alike_whether_or_not_there_is_one()
    {
        var request = (Practitioner(Alice) with { Scopes = NoScope }).Reading(DataCategory.Goals);

        Assert.That(request.Decided(Record.InCareOf(Alice).Impliedly()), Is.EqualTo(request.Decided(null)));
        Assert.That(request.Reason(Record), Is.EqualTo(RefusalReason.ScopeMissing));
    }

    [Test]
    public void A_representatives_default_purpose_waits_for_the_record_and_is_then_asked_of_a_practitioner()
    {
        var request = (Practitioner(Alice) with { Purposes = ResearchOnly, RepresentativeIds = [Authority] }).Reading(DataCategory.Goals);

        Assert.That(Check(request), Is.Null);
        Assert.That(request.Decided(Record.WithAuthority(Mother(DataCategory.Goals)) with { BirthDate = null }), Is.InstanceOf<AccessDecision.Permitted>());
        Assert.That(request.Reason(Record.InCareOf(Alice).Impliedly()), Is.EqualTo(RefusalReason.PurposeNotPermitted));
        Assert.That(request.Decided(Record), Is.InstanceOf<AccessDecision.NotFound>(), "unrelated: the purpose must not tell that there is a record");
    }

    private static RefusalReason? Check(AccessRequest request) => ConsentEngine.CheckCaller(request);
}
