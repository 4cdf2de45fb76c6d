using PersonalCareApi.Domain.Access;
using static PersonalCareApi.Domain.Tests.Access.Sample;

namespace PersonalCareApi.Domain.Tests.Access;

/// <summary>Which reason a refusal carries, and what an explanation says of each provision.</summary>
public class ReasonsTests
{
    private static readonly RecordFacts InCare = Record.InCareOf(Alice);
    private static readonly ConsentProvision Genetics = Permit(Only(Alice), DataCategory.Genetics);
    private static readonly ConsentProvision Named = Genetics with { Sensitivities = Sensitivity.Gdis };
    private static readonly ConsentProvision Over = Named with { Period = new Period(null, Now) };

    [Test]
    public void Where_several_apply_the_first_of_the_list_is_given()
    {
        Assert.That(ReasonFor(), Is.EqualTo(RefusalReason.NoConsent));
        Assert.That(ReasonFor(Over), Is.EqualTo(RefusalReason.Expired));
        Assert.That(ReasonFor(Over, Genetics), Is.EqualTo(RefusalReason.LabelNotNamed));
        Assert.That(ReasonFor(Over, Genetics, Deny()), Is.EqualTo(RefusalReason.DeniedByClient));
    }

    [Test]
    public void Expired_is_said_only_of_a_permit_that_would_match_otherwise_and_has_ended()
    {
        Assert.That(ReasonFor(Over with { Grantees = [Only(Bob)] }), Is.EqualTo(RefusalReason.NoConsent));
        Assert.That(ReasonFor(Over with { Period = new Period(Now.AddDays(1), null) }), Is.EqualTo(RefusalReason.NoConsent));
    }

    [Test]
    public void The_label_of_genetics_need_not_be_named_where_it_does_not_close() =>
        Assert.That(
            Practitioner(Alice).Reading(DataCategory.Genetics)
                .Decided(InCare.Under(new PartnerRules { Closing = Sensitivity.Hiv }).WithConsent(Genetics)),
            Is.InstanceOf<AccessDecision.Permitted>());

    [Test]
    public void The_author_of_a_genetic_result_needs_the_label_named_too() =>
        Assert.That(
            Practitioner(Alice).Writing(DataCategory.Genetics).Reason(InCare.WithConsent(Genetics with { Actions = [DataAction.Write] })),
            Is.EqualTo(RefusalReason.LabelNotNamed));

    [Test]
    public void Every_reason_has_a_code() =>
        Assert.That(
            Enum.GetValues<RefusalReason>().Select(reason => reason.Code()),
            Is.EqualTo(new[] { "purpose-not-permitted", "scope-missing", "denied-by-client", "label-not-named", "expired", "no-consent" }));

    [Test]
    public void Every_provision_is_considered_and_says_by_what_it_fails_first()
    {
        var goals = Permit(Only(Alice), DataCategory.Goals);
        var record = InCare with { BirthDate = new DateOnly(2009, 1, 1) };
        record = record
            .With(Consent(goals) with { Status = ConsentStatus.Draft })
            .WithConsent(
                goals with { Period = new Period(Now.AddDays(1), null) },
                goals with { Grantees = [Only(Bob)] },
                goals with { Categories = [DataCategory.Plans] },
                goals with { Actions = [DataAction.Write] },
                goals with { Purposes = [PurposeOfUse.BreakTheGlass] })
            .With(Consent(goals) with { GivenAt = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero) })
            .WithConsent(goals with { Purposes = [PurposeOfUse.Treatment, PurposeOfUse.Research] })
            .WithConsent(goals with { Categories = [DataCategory.Goals, DataCategory.ProcessNotes] })
            .WithConsent(goals with { Parts = [] })
            .WithConsent(goals, Deny() with { Sensitivities = Sensitivity.Hiv }, Deny(purpose: "BTG"));

        var considered = Practitioner(Alice).Reading(DataCategory.Goals).Decided(record).Considered;

        Assert.That(considered.Select(one => one.FirstUnmet), Is.EqualTo(new[]
        {
            "status", "period", "grantee", "category", "action", "purpose", "age", "bundled", "process-notes-only", "items", null, null, "purpose",
        }));
        Assert.That(considered[3], Is.EqualTo(new ConsideredProvision(Id(101), 1, 2, ProvisionEffect.Permit, "category")));
    }

    [Test]
    public void An_explanation_speaks_of_the_provisions_even_where_the_caller_is_not_related()
    {
        var record = Record.WithConsent(Permit(Only(Bob), DataCategory.Goals));
        var request = Practitioner(Alice).Reading(DataCategory.Goals);

        Assert.That(request.Decided(record).Considered, Is.Empty);
        Assert.That(Explanation.Of(request, record, Now).Select(one => one.FirstUnmet), Is.EqualTo(new[] { "grantee" }));
        Assert.That(Explanation.Of(request, record with { PartnerId = OtherPartner }, Now), Is.Empty);
        Assert.That(Explanation.Of(TheClient.Reading(DataCategory.Goals), record, Now), Is.Empty, "no provision has a say");
    }

    private static RefusalReason ReasonFor(params ConsentProvision[] provisions) =>
        Practitioner(Alice).Reading(DataCategory.Genetics).Reason(InCare.WithConsent(provisions));
}
