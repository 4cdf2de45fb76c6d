using PersonalCareApi.Domain.Access;
using static PersonalCareApi.Domain.Tests.Access.Sample;

namespace PersonalCareApi.Domain.Tests.Access;

/// <summary>What the client has closed is closed to everybody else, and an open emergency still reads.</summary>
public class RestrictionTests
{
    private static readonly Restriction OnGoals = new(Id(70), [DataCategory.Goals], new Period(Now.AddDays(-1), null));

    private static RecordFacts Restricted => Record.Impliedly().InCareOf(Alice) with { Restrictions = [OnGoals] };

    [TestCase(DataAction.Read)]
    [TestCase(DataAction.Write)]
    public void It_closes_the_category_to_whoever_could_use_it_before(DataAction action)
    {
        var request = Practitioner(Alice).To(action, DataCategory.Goals);

        Assert.That(request.Decided(Restricted with { Restrictions = [] }), Is.TypeOf<AccessDecision.Permitted>());
        var refused = (AccessDecision.Refused)request.Decided(Restricted);
        Assert.That((refused.Reason, refused.Basis), Is.EqualTo((RefusalReason.DeniedByClient, new DecisionBasis("restriction", OnGoals.Id))));
        Assert.That(Practitioner(Alice).To(action, DataCategory.Assessments).Decided(Restricted), Is.TypeOf<AccessDecision.Permitted>());
    }

    [Test]
    public void The_client_goes_on_as_before() =>
        Assert.That(TheClient.Reading(DataCategory.Goals).Decided(Restricted), Is.TypeOf<AccessDecision.Permitted>());

    [Test]
    public void An_open_emergency_still_reads()
    {
        var emergency = Restricted with { Emergencies = [new EmergencyAccess(Id(60), Alice, new Period(Now.AddMinutes(-5), Now.AddMinutes(55)))] };

        var permitted = (AccessDecision.Permitted)(Practitioner(Alice) with { MayDeclareEmergency = true }).Reading(DataCategory.Goals).Decided(emergency);
        Assert.That(permitted.Grant.Basis.Kind, Is.EqualTo("emergency"));
        Assert.That(Practitioner(Alice).Writing(DataCategory.Goals).Decided(emergency), Is.TypeOf<AccessDecision.Refused>());
    }

    [Test]
    public void Once_lifted_or_before_it_begins_it_closes_nothing()
    {
        var lifted = Restricted with { Restrictions = [OnGoals with { Period = new Period(Now.AddDays(-2), Now) }] };
        var later = Restricted with { Restrictions = [OnGoals with { Period = new Period(Now.AddDays(1), null) }] };

        Assert.That(Practitioner(Alice).Reading(DataCategory.Goals).Decided(lifted), Is.TypeOf<AccessDecision.Permitted>());
        Assert.That(Practitioner(Alice).Reading(DataCategory.Goals).Decided(later), Is.TypeOf<AccessDecision.Permitted>());
    }

    [Test]
    public void One_that_cannot_be_read_closes_everything() =>
        Assert.That(
            Practitioner(Alice).Reading(DataCategory.Assessments).Decided(Restricted with { Restrictions = [OnGoals with { Categories = null }] }),
            Is.TypeOf<AccessDecision.Refused>());
}
