using System.Reflection;
using PersonalCareApi.Domain.Access;
using static PersonalCareApi.Domain.Tests.Access.Sample;

namespace PersonalCareApi.Domain.Tests.Access;

/// <summary>What a grant says, when it ends, and who can make one.</summary>
public class GrantTests
{
    private static readonly ConsentProvision ToAlice = Permit(Only(Alice), DataCategory.Goals);
    private static readonly ConsentProvision ToCareTeam = Permit(CareTeam, DataCategory.Goals);

    [Test]
    public void Nobody_outside_the_domain_can_make_a_grant_or_a_yes()
    {
        foreach (var type in new[] { typeof(AccessGrant), typeof(AccessDecision.Permitted) })
        {
            var constructors = type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);

            // Private and internal alone; a record's own copy constructor is private where the record is sealed.
            Assert.That(constructors, Is.Not.Empty);
            Assert.That(constructors.Where(one => one.IsPublic || one.IsFamily || one.IsFamilyOrAssembly), Is.Empty, type.Name);
            Assert.That(type.IsSealed, Is.True, type.Name);
        }

        Assert.That(typeof(AccessGrant).GetMethod("<Clone>$"), Is.Null, "a class, not a record: no 'with' makes another of it");
    }

    [Test]
    public void No_public_method_gives_a_grant_but_those_of_the_engine()
    {
        var givers = typeof(AccessGrant).Assembly.GetExportedTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Where(method => !method.Name.StartsWith('<') && !method.IsSpecialName && (method.ReturnType == typeof(AccessGrant) || method.ReturnType == typeof(AccessDecision)))
            .Select(method => $"{method.DeclaringType!.Name}.{method.Name}");

        Assert.That(givers, Is.EquivalentTo(new[] { "ConsentEngine.Decide", "ConsentEngine.Admit" }));
    }

    [Test]
    public void It_says_who_what_for_and_at_which_versions()
    {
        var caller = Practitioner(Alice);

        var grant = caller.Reading(DataCategory.Goals).Granted(Record.WithConsent(ToAlice));

        Assert.That(grant.Caller, Is.SameAs(caller));
        Assert.That(grant.ActingAs, Is.EqualTo(new Party(PartyKind.Practitioner, Alice)));
        Assert.That((grant.PartnerId, grant.ClientId), Is.EqualTo((Partner, Client)));
        Assert.That((grant.AccessVersion, grant.PartnerAccessVersion), Is.EqualTo((7L, 3L)));
        Assert.That(grant.At, Is.EqualTo(Now));
        Assert.That(grant.Until, Is.Null);
    }

    [Test]
    public void It_ends_with_the_first_of_the_provisions_it_rests_on() =>
        Assert.That(
            UntilOf(Record.WithConsent(Ending(ToAlice, days: 5), Ending(ToAlice with { Sensitivities = Sensitivity.Hiv }, days: 3))),
            Is.EqualTo(Now.AddDays(3)));

    [Test]
    public void It_ends_with_the_care_relationship_only_where_that_was_needed()
    {
        var record = Record.InCareOf(Alice, until: Now.AddDays(2));

        Assert.That(UntilOf(record.WithConsent(ToCareTeam)), Is.EqualTo(Now.AddDays(2)));
        Assert.That(UntilOf(record.WithConsent(ToAlice)), Is.Null);
        Assert.That(UntilOf(record.WithConsent(ToCareTeam with { Grantees = [CareTeam, Only(Alice)] })), Is.Null);
        Assert.That(UntilOf(record.InCareOf(Alice, until: Now.AddDays(4)).WithConsent(ToCareTeam)), Is.EqualTo(Now.AddDays(4)), "the longest of two");
    }

    [Test]
    public void It_ends_where_a_deny_is_going_to_begin()
    {
        var coming = new Period(Now.AddDays(1), null);

        Assert.That(UntilOf(Record.WithConsent(Ending(ToAlice, days: 5), Deny() with { Period = coming })), Is.EqualTo(Now.AddDays(1)));
        Assert.That(UntilOf(Record.WithConsent(ToAlice, Deny() with { Period = coming, Sensitivities = Sensitivity.Hiv })), Is.EqualTo(Now.AddDays(1)));
        Assert.That(UntilOf(Record.WithConsent(ToAlice, Deny(Only(Bob)) with { Period = coming })), Is.Null);
    }

    [Test]
    public void It_ends_where_the_caller_is_going_to_be_somebody_else_here()
    {
        var coming = new Period(Now.AddDays(1), null);
        var record = Record.WithConsent(ToAlice, Deny(CareTeam)).WithAuthority(Mother() with { Period = coming });

        Assert.That(
            (Practitioner(Alice) with { RepresentativeIds = [Authority] }).Reading(DataCategory.Goals).Granted(record).Until,
            Is.EqualTo(Now.AddDays(1)),
            "a representative from then on");
        Assert.That(
            UntilOf(record with { CareRelationships = [new CareRelationship(Id(50), Alice, "therapist", coming)] }),
            Is.EqualTo(Now.AddDays(1)),
            "one of the care team from then on, whom the client denies");
    }

    [Test]
    public void An_emergency_that_is_to_come_ends_nothing_since_it_only_adds() =>
        Assert.That(
            UntilOf(Record.WithConsent(ToAlice, Deny(purpose: "BTG")).WithEmergency(Alice, new Period(Now.AddDays(1), Now.AddDays(2)))),
            Is.Null);

    [TestCase("TREAT", false)]
    [TestCase("HPAYMT", true)]
    [TestCase("COVAUTH", true)]
    [TestCase("HOPERAT", true)]
    [TestCase("HQUALIMP", true)]
    public void Payment_and_operations_get_the_minimum_unless_the_parts_are_named(string purpose, bool minimum)
    {
        var permit = Permit(Only(Alice), DataCategory.Goals, purpose: purpose);
        var named = permit with { Parts = ["work"] };

        Assert.That(IsMinimum(permit), Is.EqualTo(minimum));
        Assert.That(IsMinimum(named), Is.False);
        Assert.That(IsMinimum(named, permit), Is.EqualTo(minimum), "where one ground does not name them, the whole answer is the minimum");

        bool IsMinimum(params ConsentProvision[] provisions) =>
            Practitioner(Alice).Reading(DataCategory.Goals, Purpose(purpose)).Granted(Record.WithConsent(provisions))
                .Obligations.HasFlag(Obligations.MinimumNecessary);
    }

    [Test]
    public void A_part_2_programme_gives_its_notice() =>
        Assert.That(
            Practitioner(Alice).Reading(DataCategory.Goals)
                .Granted(Record.Under(new PartnerRules { Part2Programme = true }).WithConsent(ToAlice)).Obligations,
            Is.EqualTo(Obligations.Audit | Obligations.Part2Notice));

    [Test]
    public void The_notice_is_for_whom_a_record_is_disclosed_to_not_for_whose_it_is()
    {
        var record = Record.Under(new PartnerRules { Part2Programme = true }) with { BirthDate = new DateOnly(2020, 1, 1) };

        Assert.That(TheClient.Reading(DataCategory.Goals).Granted(record).Obligations, Is.EqualTo(Obligations.Audit));
        Assert.That(TheRepresentative.Reading(DataCategory.Goals).Granted(record.WithAuthority(Mother(DataCategory.Goals))).Obligations, Is.EqualTo(Obligations.Audit));
    }

    [Test]
    public void A_grant_remembers_the_labels_it_has_met_and_forgets_none()
    {
        var grant = TheClient.Reading(DataCategory.Goals).Granted(Record);

        Assert.That(grant.LabelsMet, Is.EqualTo(Sensitivity.None));
        grant.Meets(Sensitivity.Sud);
        grant.Meets(Sensitivity.Hiv);
        Assert.That(grant.LabelsMet, Is.EqualTo(Sensitivity.Sud | Sensitivity.Hiv));
    }

    private static DateTimeOffset? UntilOf(RecordFacts record) => Practitioner(Alice).Reading(DataCategory.Goals).Granted(record).Until;

    private static ConsentProvision Ending(ConsentProvision provision, int days) =>
        provision with { Period = new Period(null, Now.AddDays(days)) };
}
