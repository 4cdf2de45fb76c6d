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
    /// Whole days of the client's own time zone. Somebody born on 29 February reaches the age on 1 March of a common year: the later of the two
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
        return Midnight(day, facts.TimeZone ?? TimeZoneInfo.Utc);
    }

    /// <summary>Where the clocks skip midnight, or have it twice, by the standard offset.</summary>
    private static DateTimeOffset Midnight(DateOnly day, TimeZoneInfo zone)
    {
        var local = day.ToDateTime(TimeOnly.MinValue);
        var offset = zone.GetUtcOffset(local);

        // The first and the last day of the calendar have no midnight everywhere.
        return local.Ticks < offset.Ticks || local - DateTime.MinValue - offset > DateTime.MaxValue - DateTime.MinValue
            ? new DateTimeOffset(local, TimeSpan.Zero)
            : new DateTimeOffset(local, offset).ToUniversalTime();
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
