using System.Globalization;

namespace PersonalCareApi.Domain.Plans;

/// <summary>How often something comes again.</summary>
public enum Frequency
{
    Daily,
    Weekly,
    Monthly,
}

/// <summary>A recurrence: a subset of the rules of RFC 5545 (RRULE), with <c>FREQ</c>, <c>INTERVAL</c>, and <c>COUNT</c> or <c>UNTIL</c>.</summary>
/// <remarks>
/// Each time falls on the local hour of the first, so that nine in the morning stays nine in the morning; where a change of the
/// clocks skips that hour it is read with the offset before, and where it repeats it the first is meant (RFC 5545, 3.3.5). A month
/// without the day is left out (3.3.10). Written here and not taken from a library, since this assembly has no packages and a rule
/// with BY parts, which is where libraries earn their keep, is not taken.
/// </remarks>
public sealed record Recurrence
{
    private const int MostCount = 1000;
    private const int LongestInterval = 366;

    /// <summary>Times looked at before the search ends; monthly on the 31st finds seven in twelve.</summary>
    private const int MostSteps = 20_000;

    public required Frequency Frequency { get; init; }

    public int Interval { get; init; } = 1;

    /// <summary>How many times there are, the first included; null without such an end.</summary>
    public int? Count { get; init; }

    /// <summary>After this there is none; null without such an end.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The rule that the text is; false where it is none of this subset.</summary>
    public static bool TryParse(string text, out Recurrence rule)
    {
        rule = new Recurrence { Frequency = Frequency.Daily };
        var parts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in text.Split(';'))
        {
            if (part.Split('=') is not [var name, var value] || !parts.TryAdd(name, value))
            {
                return false;
            }
        }

        if (!parts.Remove("FREQ", out var frequency) || ReadFrequency(frequency) is not { } known)
        {
            return false;
        }

        rule = rule with { Frequency = known };
        if (parts.Remove("INTERVAL", out var interval))
        {
            if (Number(interval, LongestInterval) is not { } every)
            {
                return false;
            }

            rule = rule with { Interval = every };
        }

        // Both at once is not allowed (3.3.10).
        var ends = parts.ContainsKey("COUNT") ? 1 : 0;
        if (parts.Remove("COUNT", out var count))
        {
            if (Number(count, MostCount) is not { } times)
            {
                return false;
            }

            rule = rule with { Count = times };
        }

        if (parts.Remove("UNTIL", out var until))
        {
            if (ends > 0 || !DateTimeOffset.TryParseExact(until, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end))
            {
                return false;
            }

            rule = rule with { Until = end };
        }

        return parts.Count == 0;
    }

    /// <summary>The first time after <paramref name="after"/>; null where there is none.</summary>
    /// <param name="start">The first of all.</param>
    /// <param name="after">An instant.</param>
    /// <param name="zone">Whose hours are meant.</param>
    public DateTimeOffset? Next(DateTimeOffset start, DateTimeOffset after, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(start, zone).DateTime;
        var times = 0;
        for (var step = 0; step < MostSteps; step++)
        {
            if (At(local, step) is not { } day)
            {
                continue;
            }

            times++;
            var at = InZone(day, zone);
            if (times > Count || at > Until)
            {
                return null;
            }

            if (at > after)
            {
                return at;
            }
        }

        return null;
    }

    private static Frequency? ReadFrequency(string word) => word switch
    {
        "DAILY" => Plans.Frequency.Daily,
        "WEEKLY" => Plans.Frequency.Weekly,
        "MONTHLY" => Plans.Frequency.Monthly,
        _ => null,
    };

    private static int? Number(string text, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most ? number : null;

    /// <summary>The local time of a step; null where its month has no such day, or the calendar ends.</summary>
    private DateTime? At(DateTime start, int step)
    {
        var steps = (long)step * Interval;
        try
        {
            switch (Frequency)
            {
                case Frequency.Daily:
                    return start.AddDays(steps);
                case Frequency.Weekly:
                    return start.AddDays(7 * steps);
                default:
                    var month = start.AddMonths(checked((int)steps));
                    return month.Day == start.Day ? month : null;
            }
        }
        catch (Exception end) when (end is ArgumentOutOfRangeException or OverflowException)
        {
            return null;
        }
    }

    private static DateTimeOffset InZone(DateTime local, TimeZoneInfo zone)
    {
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(DateTime.SpecifyKind(local, DateTimeKind.Unspecified), offset).ToUniversalTime();
    }
}
