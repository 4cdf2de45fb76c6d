namespace PersonalCareApi.Development;

/// <summary>The system's clock, moved by as much as a tester says, so that expiry can be tried without waiting.</summary>
/// <remarks>Only the time of day moves: delays, timers and measured durations stay real.</remarks>
internal sealed class AdjustableClock : TimeProvider
{
    // Beyond these, sums of dates and periods leave the calendar.
    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Latest = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private long offset;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromTicks(Volatile.Read(ref offset));

    /// <summary>Makes it that time now; false where the clock does not go that far.</summary>
    public bool MoveTo(DateTimeOffset now)
    {
        if (now < Earliest || now >= Latest)
        {
            return false;
        }

        Volatile.Write(ref offset, (now - System.GetUtcNow()).Ticks);
        return true;
    }

    /// <summary>Moves it on, or back; false where the clock does not go that far.</summary>
    public bool Advance(TimeSpan by)
    {
        var now = GetUtcNow();
        return by > Earliest - now && by < Latest - now && MoveTo(now + by);
    }

    /// <summary>Back to the system's time.</summary>
    public void Reset() => Volatile.Write(ref offset, 0);
}
