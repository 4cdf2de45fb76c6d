namespace PersonalCareApi.Domain.Access;

/// <summary>From when a client consents alone.</summary>
internal static class AgeOfConsent
{
    /// <summary>Whether a permit of this consent counts for the purpose, by the client's age.</summary>
    public static bool Allows(RecordedConsent consent, PurposeOfUse purpose, RecordFacts facts, DateTimeOffset now)
    {
        if (consent.GivenOrAuthorisedByRepresentative)
        {
            return true;
        }

        // Both then and now: growing up does not mend a permit that was given too young, and a date in the future does
        // not either.
        return ReachedAt(facts, purpose) is { } reached && reached <= consent.GivenAt && reached <= now;
    }

    /// <summary>The instant from which the client consents alone for the purpose; null where the birth date is unknown.</summary>
    /// <remarks>
    /// Whole days of UTC. Somebody born on 29 February reaches the age on 1 March of a common year: the later of the two
    /// days that laws name.
    /// </remarks>
    public static DateTimeOffset? ReachedAt(RecordFacts facts, PurposeOfUse purpose)
    {
        if (facts.BirthDate is not { } birth)
        {
            return null;
        }

        var year = birth.Year + (long)Math.Max(0, AgeFor(facts.Rules, purpose));
        if (year > DateOnly.MaxValue.Year)
        {
            return null; // A partner may set an age that nobody reaches.
        }

        var day = birth is { Month: 2, Day: 29 } && !DateTime.IsLeapYear((int)year)
            ? new DateOnly((int)year, 3, 1)
            : new DateOnly((int)year, birth.Month, birth.Day);
        return new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero);
    }

    /// <summary>The age set for the purpose, or for the nearest purpose above it, or for all.</summary>
    private static int AgeFor(PartnerRules rules, PurposeOfUse purpose)
    {
        for (var named = purpose; named is not null; named = named.Parent)
        {
            if (rules.AgeOfConsentByPurpose.TryGetValue(named, out var age))
            {
                return age;
            }
        }

        return rules.AgeOfConsent;
    }
}
