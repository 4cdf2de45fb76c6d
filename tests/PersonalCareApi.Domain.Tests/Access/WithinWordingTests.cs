using CsCheck;
using PersonalCareApi.Domain.Access;
using static PersonalCareApi.Domain.Tests.Access.Sample;

namespace PersonalCareApi.Domain.Tests.Access;

/// <summary>What "wider than its wording" means, and that nothing wider passes.</summary>
public class WithinWordingTests
{
    private const int Cases = 20_000;

    private static readonly Grantee Partners = new(GranteeKind.Partner);
    private static readonly Grantee Supervisors = new(GranteeKind.Role, Code: "supervisor");
    private static readonly Grantee TheApp = new(GranteeKind.Application, Sample.App);
    private static readonly ConsentProvision Shown = Permit(Partners, DataCategory.Goals);

    [Test]
    public void The_wordings_own_provisions_are_within_it()
    {
        Assert.That(Wider([Shown, Deny(CareTeam)], [Shown, Deny(CareTeam)]), Is.Empty);
        Assert.That(Wider([], [Shown]), Is.Empty, "a consent may permit less than was shown, and nothing at all");
        Assert.That(Wider([Deny()], [Shown]), Is.Empty, "and deny more");
    }

    [TestCaseSource(nameof(Grantees))]
    public void A_grantee_is_covered_by_the_same_or_by_the_partner(Grantee given, Grantee shown, bool covered) =>
        Assert.That(
            Wider([Permit(given, DataCategory.Goals)], [Permit(shown, DataCategory.Goals)]),
            Is.EqualTo(covered ? [] : new[] { "0 grantees" }));

    private static IEnumerable<TestCaseData> Grantees()
    {
        Grantee[] all = [Only(Alice), Only(Bob), TheApp, Supervisors, new(GranteeKind.Role, Code: "therapist"), CareTeam, Partners];
        return from given in all
               from shown in all
               select new TestCaseData(given, shown, given == shown || shown == Partners);
    }

    [Test]
    public void Each_criterion_is_held_to_the_wording_and_the_first_exceeded_is_named()
    {
        (ConsentProvision Given, string Fault)[] wider =
        [
            (Shown with { Categories = [DataCategory.Goals, DataCategory.Plans] }, "0 categories"),
            (Shown with { Actions = [DataAction.Read, DataAction.Write] }, "0 actions"),
            (Shown with { Purposes = [Purpose("TREAT"), Purpose("COC")] }, "0 purposes"),
            (Shown with { Sensitivities = Sensitivity.Hiv }, "0 sensitivities"),
            (Shown with { Actions = [DataAction.Share], Sensitivities = Sensitivity.Hiv }, "0 actions"),
        ];
        Assert.That(wider.Select(one => Wider([one.Given], [Shown]).Single()), Is.EqualTo(wider.Select(one => one.Fault)));

        var narrow = Shown with
        {
            Period = new Period(Now, Now.AddDays(9)),
            DataPeriod = new Period(null, Now),
            AuthoredBy = [Alice, Bob],
            Parts = ["phq-9", "gad-7"],
        };
        (ConsentProvision Given, string Fault)[] beyond =
        [
            (narrow with { Period = new Period(Now, null) }, "0 period"),
            (narrow with { Period = new Period(null, Now.AddDays(1)) }, "0 period"),
            (narrow with { DataPeriod = null }, "0 dataPeriod"),
            (narrow with { DataPeriod = new Period(null, Now.AddTicks(1)) }, "0 dataPeriod"),
            (narrow with { AuthoredBy = null }, "0 authoredBy"),
            (narrow with { AuthoredBy = [Alice, Client] }, "0 authoredBy"),
            (narrow with { Parts = ["phq-9", "audit-c"] }, "0 parts"),
        ];
        Assert.That(beyond.Select(one => Wider([one.Given], [narrow]).Single()), Is.EqualTo(beyond.Select(one => one.Fault)));

        var within = narrow with { Period = new Period(Now.AddDays(1), Now.AddDays(2)), DataPeriod = new Period(Now.AddDays(-1), Now), AuthoredBy = [Bob], Parts = ["gad-7"] };
        Assert.That(Wider([within], [narrow]), Is.Empty);
        Assert.That(Wider([within], [Shown]), Is.Empty, "what the wording does not name, the consent may");
    }

    [Test]
    public void A_permit_reaches_no_further_by_another_name()
    {
        Assert.That(Wider([Shown with { Purposes = [PurposeOfUse.EmergencyTreatment] }], [Shown]), Is.Empty, "TREAT reaches ETREAT");
        Assert.That(Wider([Shown], [Shown with { Purposes = [PurposeOfUse.EmergencyTreatment] }]), Is.EqualTo(new[] { "0 purposes" }));
        Assert.That(Wider([Shown with { Sensitivities = Sensitivity.EthUd }], [Shown with { Sensitivities = Sensitivity.Sud }]), Is.Empty, "SUD reaches ETHUD");
        Assert.That(Wider([Shown with { Sensitivities = Sensitivity.Sud }], [Shown with { Sensitivities = Sensitivity.EthUd }]), Is.EqualTo(new[] { "0 sensitivities" }));
    }

    [Test]
    public void Naming_parts_opens_more_to_payment_and_so_must_have_been_shown()
    {
        var payment = Permit(Partners, DataCategory.Assessments, purpose: "CLMATTCH");
        Assert.That(Wider([payment with { Parts = ["phq-9"] }], [payment]), Is.EqualTo(new[] { "0 parts" }));
        Assert.That(Wider([payment with { Parts = ["phq-9"] }], [payment with { Parts = ["phq-9", "gad-7"] }]), Is.Empty);
    }

    [Test]
    public void One_permit_of_the_wording_must_cover_it_all_and_the_closest_is_compared()
    {
        var plans = Permit(Partners, DataCategory.Plans);
        var both = Shown with { Categories = [DataCategory.Goals, DataCategory.Plans] };
        Assert.That(Wider([both], [Shown, plans]), Is.EqualTo(new[] { "0 categories" }));
        Assert.That(Wider([plans, Shown], [Shown, plans]), Is.Empty);
        Assert.That(Wider([Shown with { Actions = [DataAction.Write] }], [plans, Shown]), Is.EqualTo(new[] { "0 actions" }), "not that plans are another category");
        Assert.That(Wider([Shown], [Deny(CareTeam)]), Does.Contain("0 "), "a wording that permits nothing covers nothing");
    }

    [Test]
    public void A_permit_of_the_wording_that_could_reach_nothing_covers_nothing()
    {
        var research = Permit(Partners, DataCategory.Goals, purpose: "HRESCH");
        Assert.That(Wider([research], [research]), Is.Empty);
        Assert.That(Wider([research], [research, Shown]), Is.EqualTo(new[] { "0 purposes" }), "bundled, it would never have counted");
    }

    [Test]
    public void Every_deny_of_the_wording_is_in_the_consent_as_it_is_or_wider()
    {
        var deny = Deny(CareTeam, DataCategory.Plans, "TREAT") with { Parts = ["phq-9"], Sensitivities = Sensitivity.EthUd };
        ConsentProvision[] asWide =
        [
            deny, Deny(), deny with { Grantees = [Partners] }, deny with { Categories = null }, deny with { Parts = null },
            deny with { Sensitivities = Sensitivity.Sud }, deny with { Sensitivities = Sensitivity.None }, deny with { Purposes = [] },
        ];
        ConsentProvision[] narrower =
        [
            deny with { Grantees = [Only(Alice)] }, deny with { Categories = [DataCategory.Goals] }, deny with { Parts = ["gad-7"] },
            deny with { Sensitivities = Sensitivity.Hiv }, deny with { Purposes = [Purpose("COC")] }, deny with { Period = new Period(null, Now.AddDays(1)) },
            deny with { Actions = [DataAction.Read] }, deny with { DataPeriod = new Period(Now, null) }, deny with { AuthoredBy = [Alice] },
            deny with { Effect = ProvisionEffect.Permit },
        ];
        Assert.That(asWide.Where(own => Missing([Shown, own], [Shown, deny]).Count > 0), Is.Empty);
        Assert.That(narrower.Where(own => !Missing([Shown, own], [Shown, deny]).SequenceEqual([1])), Is.Empty);
        Assert.That(Missing([], [deny with { Period = new Period(null, Now) }]), Is.Empty, "what is over is not asked for");
    }

    [Test]
    public void A_deny_that_holds_in_an_emergency_is_replaced_only_by_one_that_does()
    {
        var foreseen = Deny(purpose: "ETREAT");
        Assert.That(Missing([Deny()], [foreseen]), Is.EqualTo(new[] { 0 }), "a deny for every purpose does not hold against emergencies");
        Assert.That(Missing([Deny() with { Purposes = [PurposeOfUse.EmergencyTreatment, Purpose("TREAT")] }], [foreseen]), Is.Empty);
    }

    [Test]
    public void Whatever_is_permitted_under_a_consent_within_its_wording_is_permitted_under_the_wording()
    {
        var (within, permitted) = (0, 0);
        Pairs.Sample(
            (one, consent, wording, items) =>
            {
                if (IsWider(consent.Provisions!, wording))
                {
                    return true;
                }

                Interlocked.Increment(ref within);
                var given = items.Where(item => MayUse(one.Request, Alone(one.Record, consent), item)).ToList();
                Interlocked.Add(ref permitted, given.Count);
                return given.TrueForAll(item => MayUse(one.Request, Alone(one.Record, consent with { Provisions = wording }), item));
            },
            iter: Cases);

        // Consents that are all wider, or permit nothing, would prove nothing.
        Assert.That(new[] { within, permitted }, Is.All.GreaterThan(Cases / 20));
    }

    [Test]
    public void The_property_notices_a_consent_that_is_wider() =>
        Assert.That(
            () => Pairs.Sample(
                (one, consent, wording, items) => items.All(item =>
                    !MayUse(one.Request, Alone(one.Record, consent), item)
                    || MayUse(one.Request, Alone(one.Record, consent with { Provisions = wording }), item)),
                iter: Cases),
            Throws.Exception);

    [Test]
    public void A_permit_denied_in_the_same_consent_opens_nothing() =>
        Gen.Select(Generated.Case(Generated.RequestOfOthers), Generated.Consent, Generated.Deny, Generated.Item.Array[6]).Sample(
            (one, consent, deny, items) =>
            {
                var both = consent.AimedAt(one.Request, 7) with { Status = ConsentStatus.Active };
                both = both with { Provisions = [.. both.Provisions ?? [], deny] };
                var denied = ProvisionRules.Check(both.Provisions, both.ExplicitAct, Now)
                    .Where(fault => fault.Code == "denied-in-same-consent").Select(fault => fault.Provision).ToHashSet();
                var without = both with { Provisions = [.. both.Provisions.Index().Where(each => !denied.Contains(each.Index)).Select(each => each.Item)] };

                // Taken away it might leave research unbundled: only what was open with it must be open without it.
                return items.All(item => !MayUse(one.Request, Alone(one.Record, both), item) || MayUse(one.Request, Alone(one.Record, without), item));
            },
            iter: Cases);

    /// <summary>A case, a consent and a wording that many of the consent's provisions were made from.</summary>
    private static Gen<((RecordFacts Record, AccessRequest Request), RecordedConsent, IReadOnlyList<ConsentProvision>, ItemFacts[])> Pairs =>
        Gen.Select(
            Generated.Case(Generated.RequestOfOthers), Generated.Consent, Generated.Permit, Generated.Item.Array[6], Gen.Int[0, 11].Array[6],
            (one, consent, other, items, narrowing) =>
            {
                var wording = (consent.Provisions ?? []).Select(provision => provision).ToList();
                var aimed = consent.AimedAt(one.Request, 7) with { Status = ConsentStatus.Active };
                var shown = narrowing[5] > 5 ? aimed.Provisions ?? wording : wording;
                var given = (narrowing[5] > 5 ? shown : aimed.Provisions ?? []).Select((provision, index) => Narrowed(provision, narrowing[index % 5])).ToList();
                if (narrowing[4] == 0)
                {
                    given.Add(other);
                }

                return (one, aimed with { Provisions = given }, shown, items);
            });

    /// <summary>One criterion made narrower in a permit, or left out, and so wider, in a deny.</summary>
    private static ConsentProvision Narrowed(ConsentProvision provision, int how) => (provision.Effect, how) switch
    {
        (ProvisionEffect.Permit, 0) => provision with { Categories = provision.Categories?.Take(1).ToList() },
        (ProvisionEffect.Permit, 1) => provision with { Actions = provision.Actions?.Take(1).ToList() },
        (ProvisionEffect.Permit, 2) => provision with { Purposes = provision.Purposes?.Take(1).ToList() },
        (ProvisionEffect.Permit, 3) => provision with { Grantees = provision.Grantees?.Select(_ => Only(Alice)).Take(1).ToList() },
        (ProvisionEffect.Permit, 4) => provision with { Parts = ["phq-9"] },
        (ProvisionEffect.Permit, 5) => provision with { Sensitivities = provision.Sensitivities & Sensitivity.Gdis },
        (ProvisionEffect.Permit, 6) => provision with { DataPeriod = new Period(Now.AddYears(-1), Now) },
        (ProvisionEffect.Permit, 7) => provision with { Period = new Period(Now.AddDays(-10), Now.AddYears(1)) },
        (ProvisionEffect.Deny, 0) => provision with { Categories = null },
        (ProvisionEffect.Deny, 1) => provision with { Parts = null, AuthoredBy = null },
        (ProvisionEffect.Deny, 2) => provision with { Purposes = null },
        (ProvisionEffect.Deny, 3) => provision with { Grantees = null },
        (ProvisionEffect.Deny, 4) => provision with { Sensitivities = Sensitivity.None },
        _ => provision,
    };

    private static RecordFacts Alone(RecordFacts record, RecordedConsent consent) => record with { Consents = [consent] };

    private static bool MayUse(AccessRequest request, RecordFacts record, ItemFacts item) =>
        request.Decided(record) is AccessDecision.Permitted permitted && permitted.Grant.Covers(item.In(request.Use.Category));

    private static bool IsWider(IReadOnlyList<ConsentProvision> consent, IReadOnlyList<ConsentProvision> wording) =>
        WithinWording.Wider(consent, wording).Count > 0 || WithinWording.MissingDenies(consent, wording, Now).Count > 0;

    private static string[] Wider(IReadOnlyList<ConsentProvision> consent, IReadOnlyList<ConsentProvision> wording) =>
        [.. WithinWording.Wider(consent, wording).Select(fault => $"{fault.Provision} {fault.Member}")];

    private static IReadOnlyList<int> Missing(IReadOnlyList<ConsentProvision> consent, IReadOnlyList<ConsentProvision> wording) =>
        WithinWording.MissingDenies(consent, wording, Now);
}
