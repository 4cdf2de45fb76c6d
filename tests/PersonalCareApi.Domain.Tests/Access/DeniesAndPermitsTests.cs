using PersonalCareApi.Domain.Access;
using static PersonalCareApi.Domain.Tests.Access.Sample;

namespace PersonalCareApi.Domain.Tests.Access;

/// <summary>Steps 5 and 6: what the client has said.</summary>
public class DeniesAndPermitsTests
{
    private static readonly ConsentProvision ToAlice = Permit(Only(Alice), DataCategory.Goals);

    [Test]
    public void Silence_denies() => Assert.That(ReasonWith(), Is.EqualTo(RefusalReason.NoConsent));

    [Test]
    public void A_permit_permits_and_is_the_basis()
    {
        var grant = GrantWith(Deny(Only(Bob)), ToAlice);

        Assert.That(grant.Basis, Is.EqualTo(new DecisionBasis("provision", Id(100), 1, 1)));
        Assert.That(grant.Obligations, Is.EqualTo(Obligations.Audit));
        Assert.That(grant.Covers(Item()), Is.True);
    }

    [Test]
    public void A_denial_wins_over_a_later_permit()
    {
        var record = Record.WithConsent(Deny(Only(Alice))).WithConsent(ToAlice);

        var decision = (AccessDecision.Refused)Practitioner(Alice).Reading(DataCategory.Goals).Decided(record);

        Assert.That(decision.Reason, Is.EqualTo(RefusalReason.DeniedByClient));
        Assert.That(decision.Basis, Is.EqualTo(new DecisionBasis("provision", Id(100), 1, 0)));
    }

    [Test]
    public void A_denial_wins_over_an_earlier_and_narrower_permit() =>
        Assert.That(ReasonWith(ToAlice, Deny()), Is.EqualTo(RefusalReason.DeniedByClient));

    [Test]
    public void A_denial_for_somebody_or_something_else_leaves_the_permit_alone()
    {
        var grant = GrantWith(
            ToAlice,
            Deny(Only(Bob)),
            Deny(category: DataCategory.Plans),
            Deny(purpose: "HRESCH"),
            Deny(purpose: "ETREAT"),
            Deny() with { Actions = [DataAction.Share] },
            Deny() with { Period = new Period(null, Now) });

        Assert.That(grant.Covers(Item()), Is.True);
    }

    [TestCase("TREAT", "TREAT", true)]
    [TestCase("TREAT", "ETREAT", true)]
    [TestCase("TREAT", "BTG", false)]
    [TestCase("TREAT", "COC", false)]
    [TestCase("ETREAT", "TREAT", false)]
    [TestCase("HRESCH", "CLINTRCH", true)]
    [TestCase("HRESCH", "CLINTRCHPC", false)]
    [TestCase("HRESCH", "BIORCH", false)]
    [TestCase("HPAYMT", "COVAUTH", false)]
    public void A_permit_reaches_its_purpose_and_two_others(string named, string purpose, bool reached)
    {
        var record = Record.InCareOf(Alice).With(Consent(Permit(Only(Alice), DataCategory.Goals, purpose: named)) with { ExplicitAct = true });

        Assert.That(
            Practitioner(Alice).Reading(DataCategory.Goals, Purpose(purpose)).Decided(record) is AccessDecision.Permitted,
            Is.EqualTo(reached));
    }

    [TestCase("TREAT", "BTG", true)]
    [TestCase("TREAT", "COC", true)]
    [TestCase("HOPERAT", "MLTRAINING", true)]
    [TestCase("ETREAT", "TREAT", false)]
    [TestCase("BTG", "ETREAT", false)]
    public void A_deny_reaches_its_purpose_and_all_below(string named, string purpose, bool reached)
    {
        var record = Record.WithConsent(Permit(Only(Alice), DataCategory.Goals, purpose: purpose), Deny(purpose: named));

        Assert.That(
            Practitioner(Alice).Reading(DataCategory.Goals, Purpose(purpose)).Decided(record) is AccessDecision.Refused { Reason: RefusalReason.DeniedByClient },
            Is.EqualTo(reached));
    }

    [Test]
    public void Each_kind_of_grantee_reaches_whom_it_names()
    {
        var supervisor = new Grantee(GranteeKind.Role, Code: "supervisor");
        var partner = new Grantee(GranteeKind.Partner);
        var app = new Grantee(GranteeKind.Application, App);

        Assert.Multiple(() =>
        {
            Assert.That(Reached(Only(Alice)), Is.EqualTo("alice"));
            Assert.That(Reached(supervisor), Is.EqualTo("supervising bob"));
            Assert.That(Reached(CareTeam), Is.EqualTo("alice"));
            Assert.That(Reached(partner), Is.EqualTo("alice, bob, supervising bob, app, other app"));
            Assert.That(Reached(app), Is.EqualTo("app"));
        });

        static string Reached(Grantee grantee)
        {
            var record = Record.InCareOf(Alice).WithConsent(Permit(grantee, DataCategory.Goals));
            (string Name, Caller Caller)[] callers =
            [
                ("alice", Practitioner(Alice)), ("bob", Practitioner(Bob)), ("supervising bob", Practitioner(Bob, "supervisor")),
                ("app", AppAlone), ("other app", AppAlone with { ApplicationId = OtherApp }),
            ];
            return string.Join(", ", callers
                .Where(one => one.Caller.Reading(DataCategory.Goals, PurposeOfUse.Treatment).Decided(record) is AccessDecision.Permitted)
                .Select(one => one.Name));
        }
    }

    [Test]
    public void A_permit_that_lacks_what_it_must_name_matches_nothing()
    {
        ConsentProvision[] faulty =
        [
            ToAlice with { Grantees = null }, ToAlice with { Grantees = [] }, ToAlice with { Categories = null }, ToAlice with { Actions = [] },
            ToAlice with { Purposes = null }, ToAlice with { Grantees = [Only(Alice), new Grantee(GranteeKind.Role)] },
            ToAlice with { Parts = [] }, ToAlice with { AuthoredBy = [] }, ToAlice with { DataPeriod = new Period(Now, Now) },
        ];

        Assert.That(faulty.Select(one => ReasonWith(one)), Is.All.EqualTo(RefusalReason.NoConsent));
    }

    [Test]
    public void A_deny_that_cannot_be_right_denies_all_the_more()
    {
        ConsentProvision[] faulty =
        [
            Deny() with { Grantees = [] }, Deny() with { Grantees = [new Grantee(GranteeKind.Practitioner)] }, Deny() with { Grantees = [new Grantee((GranteeKind)9)] },
            Deny() with { Categories = [] }, Deny() with { Actions = [] }, Deny() with { Purposes = [] }, Deny() with { AuthoredBy = [] }, Deny() with { Parts = [] },
            Deny() with { Effect = (ProvisionEffect)9 },
        ];

        Assert.That(faulty.Select(one => ReasonWith(ToAlice, one)), Is.All.EqualTo(RefusalReason.DeniedByClient));
    }

    [Test]
    public void A_permit_reaches_an_item_only_if_it_names_every_closing_label()
    {
        var grant = GrantWith(ToAlice with { Sensitivities = Sensitivity.Hiv });

        Assert.That(grant.Covers(Item(Sensitivity.Hiv)), Is.True);
        Assert.That(grant.Covers(Item(Sensitivity.Hiv | Sensitivity.Sdv)), Is.False);
        Assert.That(grant.Covers(Item(Sensitivity.Psy)), Is.True, "PSY does not close");
        Assert.That(grant.Covers(Item(Sensitivity.Unknown)), Is.False, "an unknown label closes");
    }

    [Test]
    public void Two_permits_do_not_add_up_on_one_item()
    {
        var grant = GrantWith(ToAlice with { Sensitivities = Sensitivity.Hiv }, ToAlice with { Sensitivities = Sensitivity.Sdv });

        Assert.That(grant.Covers(Item(Sensitivity.Hiv)), Is.True);
        Assert.That(grant.Covers(Item(Sensitivity.Sdv)), Is.True);
        Assert.That(grant.Covers(Item(Sensitivity.Hiv | Sensitivity.Sdv)), Is.False);
    }

    [Test]
    public void A_permit_cannot_open_a_label_nobody_can_name() =>
        Assert.That(GrantWith(ToAlice with { Sensitivities = (Sensitivity)(-1) & ~Sensitivity.PsyThPn }).Covers(Item(Sensitivity.Unknown)), Is.False);

    [Test]
    public void Substance_use_closes_where_the_partner_is_a_part_2_programme()
    {
        var part2 = Record.Under(new PartnerRules { Part2Programme = true });
        var named = ToAlice with { Sensitivities = Sensitivity.Sud };

        Assert.That(Read(Record.WithConsent(ToAlice)).Covers(Item(Sensitivity.EthUd)), Is.True);
        Assert.That(Read(part2.WithConsent(ToAlice)).Covers(Item(Sensitivity.EthUd)), Is.False);
        Assert.That(Read(part2.WithConsent(named)).Covers(Item(Sensitivity.EthUd | Sensitivity.OpioidUd)), Is.True);
        Assert.That(Read(part2.WithConsent(named)).Covers(Item(Sensitivity.Eth)), Is.False);
    }

    [Test]
    public void Authorship_lifts_the_closing_of_labels_and_permits_nothing_by_itself()
    {
        var own = Item(Sensitivity.Hiv, author: Alice);

        Assert.That(GrantWith(ToAlice).Covers(own), Is.True);
        Assert.That(GrantWith(ToAlice with { Parts = ["phq-9"] }).Covers(own), Is.False);
        Assert.That(GrantWith(ToAlice, Deny() with { Sensitivities = Sensitivity.Hiv }).Covers(own), Is.False);
        Assert.That(ReasonWith(), Is.EqualTo(RefusalReason.NoConsent));
    }

    [Test]
    public void Dates_authors_and_parts_are_judged_item_by_item()
    {
        var yesterday = new Period(Now.AddDays(-1), Now);
        var permit = ToAlice with { DataPeriod = yesterday, AuthoredBy = [Bob], Parts = ["phq-9", "gad-7"] };
        var item = Item(author: Bob, part: "gad-7", at: Now.AddDays(-1));

        var permitted = GrantWith(permit);
        var denied = GrantWith(ToAlice, permit with { Effect = ProvisionEffect.Deny });

        foreach (var (one, inside) in new[]
        {
            (item, true), (item with { OccurredAt = Now }, false), (item with { AuthorId = Alice }, false), (item with { Part = "GAD-7" }, false),
        })
        {
            Assert.That(permitted.Covers(one), Is.EqualTo(inside));
            Assert.That(denied.Covers(one), Is.EqualTo(!inside));
        }
    }

    [Test]
    public void A_deny_that_takes_all_a_permit_could_reach_refuses_the_whole_request()
    {
        var permit = ToAlice with { Parts = ["phq-9"], DataPeriod = new Period(Now.AddDays(-5), Now) };

        Assert.That(ReasonWith(permit, Deny() with { Parts = ["phq-9", "gad-7"] }), Is.EqualTo(RefusalReason.DeniedByClient));
        Assert.That(ReasonWith(permit, Deny() with { DataPeriod = new Period(null, Now) }), Is.EqualTo(RefusalReason.DeniedByClient));
        Assert.That(GrantWith(permit, Deny() with { DataPeriod = new Period(null, Now.AddDays(-1)) }).Covers(Item(part: "phq-9", at: Now.AddHours(-1))), Is.True);
        Assert.That(GrantWith(permit, Deny() with { Parts = ["phq-9"], Sensitivities = Sensitivity.Hiv }).Covers(Item(part: "phq-9")), Is.True);
    }

    [Test]
    public void A_deny_on_the_label_of_all_genetics_refuses_genetics_whole()
    {
        var record = Record.WithConsent(
            Permit(Only(Alice), DataCategory.Genetics) with { Sensitivities = Sensitivity.Gdis }, Deny() with { Sensitivities = Sensitivity.Gdis });

        Assert.That(Practitioner(Alice).Reading(DataCategory.Genetics).Reason(record), Is.EqualTo(RefusalReason.DeniedByClient));
    }

    [Test]
    public void Drafts_and_ended_consents_decide_nothing([Values(ConsentStatus.Draft, ConsentStatus.Superseded, ConsentStatus.Withdrawn)] ConsentStatus status)
    {
        Assert.That(
            Practitioner(Alice).Reading(DataCategory.Goals).Reason(Record.InCareOf(Alice).With(Consent(ToAlice) with { Status = status })),
            Is.EqualTo(RefusalReason.NoConsent));
        Assert.That(Read(Record.WithConsent(ToAlice).With(Consent(Deny()) with { Status = status })).Covers(Item()), Is.True);
    }

    [TestCase(ConsentStatus.Active, false)]
    [TestCase(ConsentStatus.Draft, false)]
    [TestCase(ConsentStatus.Superseded, true)]
    [TestCase(ConsentStatus.Withdrawn, true)]
    public void A_consent_that_cannot_be_read_denies_while_it_might_count(ConsentStatus status, bool permitted)
    {
        var record = Record.WithConsent(ToAlice).With(Consent(null) with { Status = status });

        Assert.That(Practitioner(Alice).Reading(DataCategory.Goals).Decided(record) is AccessDecision.Permitted, Is.EqualTo(permitted));
        Assert.That(TheClient.Reading(DataCategory.Goals).Decided(record), Is.InstanceOf<AccessDecision.Permitted>());
    }

    private static AccessGrant Read(RecordFacts record) => Practitioner(Alice).Reading(DataCategory.Goals).Granted(record);

    private static AccessGrant GrantWith(params ConsentProvision[] provisions) => Read(Record.WithConsent(provisions));

    private static RefusalReason ReasonWith(params ConsentProvision[] provisions) =>
        Practitioner(Alice).Reading(DataCategory.Goals).Reason(Record.InCareOf(Alice).WithConsent(provisions));
}
