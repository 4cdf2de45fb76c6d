using PersonalCareApi.Domain.Access;
using static PersonalCareApi.Domain.Tests.Access.Sample;

namespace PersonalCareApi.Domain.Tests.Access;

/// <summary>Who may give a permit, and how a permit for research or marketing must be given.</summary>
public class AgeAndSpecialPurposesTests
{
    private static readonly ConsentProvision ToAlice = Permit(Only(Alice), DataCategory.Goals);

    [TestCase("1990-01-01", true)]
    [TestCase("2010-05-02", true, TestName = "Sixteen_on_the_day_it_was_given")]
    [TestCase("2010-05-03", false, TestName = "Sixteen_now_but_not_when_it_was_given")]
    [TestCase("2015-01-01", false)]
    [TestCase(null, false, TestName = "Of_unknown_age")]
    public void A_permit_counts_from_the_age_of_consent(string? born, bool counts)
    {
        var record = Record.InCareOf(Alice) with { BirthDate = born is null ? null : DateOnly.Parse(born, null) };
        var given = Consent(ToAlice) with { GivenAt = new DateTimeOffset(2026, 5, 2, 8, 0, 0, TimeSpan.Zero) };

        Assert.That(IsPermitted(record.With(given)), Is.EqualTo(counts));
        Assert.That(IsPermitted(record.With(given with { GivenOrAuthorisedByRepresentative = true })), Is.True);
    }

    [Test]
    public void A_childs_deny_counts_at_any_age() =>
        Assert.That(
            Practitioner(Alice).Reading(DataCategory.Goals).Reason(
                (Record with { BirthDate = new DateOnly(2018, 1, 1) }).Impliedly().InCareOf(Alice).WithConsent(Deny())),
            Is.EqualTo(RefusalReason.DeniedByClient));

    [TestCase("HRESCH", "CLINTRCH", 40, false)]
    [TestCase("HRESCH", "CLINTRCH", 30, true)]
    [TestCase("CLINTRCH", "CLINTRCH", 40, false)]
    [TestCase("BIORCH", "CLINTRCH", 40, true)]
    public void An_age_set_for_a_purpose_holds_for_what_lies_below_it(string setFor, string purpose, int age, bool counts)
    {
        var rules = new PartnerRules { AgeOfConsentByPurpose = new Dictionary<PurposeOfUse, int> { [Purpose(setFor)] = age } };
        var consent = Consent(Permit(Only(Alice), DataCategory.Goals, purpose: purpose)) with { ExplicitAct = true };

        Assert.That(IsPermitted(Record.InCareOf(Alice).Under(rules).With(consent), purpose), Is.EqualTo(counts));
    }

    [TestCase("2008-02-29", 18, "2026-03-01")]
    [TestCase("2008-02-29", 16, "2024-02-29")]
    [TestCase("2010-07-04", 0, "2010-07-04")]
    [TestCase("2010-07-04", -5, "2010-07-04")]
    [TestCase("2010-07-04", int.MaxValue, null)]
    public void The_day_an_age_is_reached(string born, int age, string? reached)
    {
        var record = Record.Under(new PartnerRules { AgeOfConsent = age }) with { BirthDate = DateOnly.Parse(born, null) };

        Assert.That(
            AgeOfConsent.ReachedAt(record, PurposeOfUse.Treatment),
            Is.EqualTo(reached is null ? (DateTimeOffset?)null : new DateTimeOffset(DateOnly.Parse(reached, null), default, TimeSpan.Zero)));
    }

    [TestCase(14, "2026-06-30T10:00:00Z")]
    [TestCase(0, "2026-07-01T00:00:00Z")]
    [TestCase(-11, "2026-07-01T11:00:00Z")]
    public void The_day_begins_where_the_client_lives(int hours, string reached)
    {
        var record = Record with
        {
            BirthDate = new DateOnly(2010, 7, 1),
            TimeZone = TimeZoneInfo.CreateCustomTimeZone("there", TimeSpan.FromHours(hours), null, null),
        };

        Assert.That(AgeOfConsent.ReachedAt(record, PurposeOfUse.Treatment), Is.EqualTo(DateTimeOffset.Parse(reached, null)));
    }

    [TestCase("Asia/Beirut", "2026-03-28T22:00:00Z", "the clocks skip midnight")]
    [TestCase("Pacific/Kiritimati", "2026-03-28T10:00:00Z", "the day begins here first")]
    public void Odd_midnights(string zone, string reached, string why) =>
        Assert.That(
            AgeOfConsent.ReachedAt(
                Record.Under(new PartnerRules { AgeOfConsent = 0 }) with
                {
                    BirthDate = new DateOnly(2026, 3, 29),
                    TimeZone = TimeZoneInfo.FindSystemTimeZoneById(zone),
                },
                PurposeOfUse.Treatment),
            Is.EqualTo(DateTimeOffset.Parse(reached, null)),
            why);

    [TestCase("0001-01-01", 14)]
    [TestCase("9999-12-31", -11)]
    public void The_first_and_the_last_day_of_the_calendar_are_days_as_well(string day, int hours)
    {
        var record = Record.Under(new PartnerRules { AgeOfConsent = 0 }) with
        {
            BirthDate = DateOnly.Parse(day, null),
            TimeZone = TimeZoneInfo.CreateCustomTimeZone("there", TimeSpan.FromHours(hours), null, null),
        };

        Assert.That(AgeOfConsent.ReachedAt(record, PurposeOfUse.Treatment)?.UtcDateTime.Date, Is.EqualTo(DateOnly.Parse(day, null).ToDateTime(default)));
    }

    [TestCase("HRESCH")]
    [TestCase("HMARKT")]
    public void Research_and_marketing_need_an_explicit_act_for_that_purpose_alone(string purpose)
    {
        var permit = Permit(Only(Alice), DataCategory.Goals, purpose: purpose);
        var alone = Consent(permit) with { ExplicitAct = true };
        var record = Record.InCareOf(Alice);

        Assert.That(IsPermitted(record.With(alone), purpose), Is.True);
        Assert.That(IsPermitted(record.With(alone with { ExplicitAct = false }), purpose), Is.False);
        Assert.That(IsPermitted(record.With(alone with { Provisions = [permit, ToAlice] }), purpose), Is.False);
        Assert.That(IsPermitted(record.With(alone with { Provisions = [permit with { Purposes = [Purpose(purpose), Purpose("TREAT")] }] }), purpose), Is.False);
        Assert.That(IsPermitted(record.With(alone with { Provisions = [permit, Deny(purpose: "TREAT")] }), purpose), Is.True, "a deny bundles nothing");
    }

    [Test]
    public void What_else_such_a_consent_permits_stands() =>
        Assert.That(IsPermitted(Record.WithConsent(ToAlice, Permit(Only(Alice), DataCategory.Goals, purpose: "HRESCH"))), Is.True);

    private static bool IsPermitted(RecordFacts record, string purpose = "TREAT") =>
        Practitioner(Alice).Reading(DataCategory.Goals, Purpose(purpose)).Decided(record) is AccessDecision.Permitted;
}
