using PersonalCareApi.Domain.Instruments;

namespace PersonalCareApi.Domain.Outcomes;

/// <summary>What a change is, as far as it can be told from the error of measurement.</summary>
public enum ReliableDirection
{
    /// <summary>Not larger than the error of measurement.</summary>
    None,
    Improvement,
    Deterioration,
}

/// <summary>Whether two scores differ by more than the instrument's error of measurement.</summary>
/// <remarks>
/// The verdict goes by the points that were published for the instrument, since those are what services count with. The index
/// of Jacobson and Truax stands beside it wherever its standard deviation and reliability are known, and the two may differ:
/// the 6 points of CORE-10 are its 90 % interval.
/// </remarks>
public sealed record ReliableChange
{
    /// <summary>The standard normal quantiles of the 95 % and the 90 % interval.</summary>
    internal const double At95 = 1.96;

    private const double At90 = 1.645;

    public required ReliableDirection Direction { get; init; }

    /// <summary>A change of at least so many points is reliable.</summary>
    public required decimal Points { get; init; }

    /// <summary>The interval, in percent, that the points reach: 95, or 90, or null where neither or where it cannot be computed.</summary>
    public required int? Confidence { get; init; }

    public required Finding<ReliableChangeIndex> Index { get; init; }

    public required FactStatus Status { get; init; }

    public required string? Source { get; init; }

    public required string? Note { get; init; }

    public static Finding<ReliableChange> Between(MeasuredScale scale, decimal first, decimal latest)
    {
        if (scale.Improvement(first, latest) is not { } improvement)
        {
            return NotDefined.Neutral;
        }

        if (scale.Change.ReliableChange is not { } fact)
        {
            return NotDefined.NoReliableChange;
        }

        Finding<ReliableChangeIndex> index = fact.Recompute is { } inputs
            ? ReliableChangeIndex.Of(inputs, first, latest)
            : new NotDefined("no-norms", "No standard deviation with a reliability is known for this scale.");
        return new ReliableChange
        {
            Direction = improvement >= fact.Points ? ReliableDirection.Improvement
                : -improvement >= fact.Points ? ReliableDirection.Deterioration
                : ReliableDirection.None,
            Points = fact.Points,
            Confidence = index.Value is not { } computed ? null
                : (double)fact.Points >= At95 * computed.Exactly ? 95
                : (double)fact.Points >= At90 * computed.Exactly ? 90
                : null,
            Index = index,
            Status = fact.Status,
            Source = fact.Source,
            Note = fact.Note,
        };
    }
}

/// <summary>The reliable change index (Jacobson &amp; Truax 1991, doi:10.1037/0022-006X.59.1.12).</summary>
/// <remarks>
/// SE = SD × √(1 − r), Sdiff = SE × √2, RCI = (latest − first) / Sdiff, all in points of the scale but the index itself, which has
/// no unit. Reliable where |RCI| &gt; 1.96, strictly. Their example: 32.5 → 47.5 with SD 7.5 and r 0.80 gives Sdiff 4.74 and RCI 3.16.
/// Some sources divide by SE instead, which makes the index larger by √2.
/// </remarks>
public sealed record ReliableChangeIndex
{
    public required decimal Sd { get; init; }

    public required decimal Reliability { get; init; }

    public required string ReliabilityType { get; init; }

    /// <summary>SE, in points.</summary>
    public required decimal StandardError { get; init; }

    /// <summary>Sdiff, in points.</summary>
    public required decimal StandardErrorOfDifference { get; init; }

    /// <summary>RCI. Its sign is that of the change in score, whichever way is better.</summary>
    public required decimal Value { get; init; }

    /// <summary>1.96 × Sdiff: a change of more points than this is reliable at 95 %.</summary>
    public required decimal Threshold { get; init; }

    public required bool IsReliable { get; init; }

    public required FactStatus Status { get; init; }

    public required string? Source { get; init; }

    public required string? Note { get; init; }

    /// <summary>Sdiff, not rounded.</summary>
    internal double Exactly { get; private init; }

    public static ReliableChangeIndex Of(ReliableChangeInputs inputs, decimal first, decimal latest)
    {
        var error = (double)inputs.Sd * Math.Sqrt(1 - (double)inputs.Reliability);
        var difference = error * Math.Sqrt(2);
        var index = (double)(latest - first) / difference;
        return new ReliableChangeIndex
        {
            Sd = inputs.Sd,
            Reliability = inputs.Reliability,
            ReliabilityType = inputs.ReliabilityType,
            StandardError = FourDecimals.Of(error),
            StandardErrorOfDifference = FourDecimals.Of(difference),
            Value = FourDecimals.Of(index),
            Threshold = FourDecimals.Of(ReliableChange.At95 * difference),
            IsReliable = Math.Abs(index) > ReliableChange.At95,
            Status = inputs.Status,
            Source = inputs.Source,
            Note = inputs.Note,
            Exactly = difference,
        };
    }
}
