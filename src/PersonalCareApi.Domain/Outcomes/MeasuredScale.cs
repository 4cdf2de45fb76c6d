using PersonalCareApi.Domain.Instruments;

namespace PersonalCareApi.Domain.Outcomes;

/// <summary>One score of a series: when it was taken, and what it was.</summary>
public readonly record struct ScoredPoint(DateTimeOffset At, decimal Score);

/// <summary>A scale of an instrument, with what has been published about change in it.</summary>
public sealed record MeasuredScale(Instrument Instrument, Scale Scale)
{
    /// <summary>Which way is better, by the instrument's definition.</summary>
    public HigherIs HigherIs => Scale.HigherIs ?? Instrument.HigherIs;

    /// <summary>What was published speaks of the total, but for norms and reliabilities, which name their scale.</summary>
    public ChangeFacts Change => (Scale.Code == Scale.TotalCode ? Instrument.Change : new ChangeFacts()) with
    {
        Norms = [.. Instrument.Change.Norms.Where(norm => norm.Scale == Scale.Code)],
        Reliabilities = [.. Instrument.Change.Reliabilities.Where(reliability => reliability.Scale == Scale.Code)],
    };

    /// <summary>How many points better the second score is; negative where it is worse, null where neither way is better.</summary>
    internal decimal? Improvement(decimal from, decimal to) => HigherIs switch
    {
        HigherIs.Worse => from - to,
        HigherIs.Better => to - from,
        HigherIs.Neutral => null,
        _ => throw new ArgumentOutOfRangeException(nameof(from), HigherIs, "Not a direction."),
    };
}
