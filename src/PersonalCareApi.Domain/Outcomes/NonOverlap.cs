using PersonalCareApi.Domain.Instruments;

namespace PersonalCareApi.Domain.Outcomes;

/// <summary>How far the scores of one phase lie beyond those of the phase before: NAP, Tau and Tau-U of a single case.</summary>
/// <remarks>
/// Over all pairs of a score of phase A (m of them) with one of phase B (n): NAP = (improved + ½ ties) / (m n), from 0 to 1 (Parker &amp;
/// Vannest 2009); Tau = (improved − worsened) / (m n) = 2 NAP − 1; Tau-U = (S_AB − S_A) / (m n), with S_AB improved less worsened
/// pairs and S_A the same count over the pairs within A in order of time (Parker, Vannest, Davis &amp; Sauber 2011; as in the R
/// package SingleCaseES). Tau-U can leave −1 to 1: it is not clamped, and it is no correlation. Their example, higher being better:
/// A 20 20 26 25 22 23 and B 28 25 24 27 30 30 29 give NAP 38.5/42, Tau 35/42 and Tau-U 31/42.
/// </remarks>
public sealed record NonOverlap
{
    /// <summary>Three scores a phase are too few for any claim; that five are asked for is this project's rule.</summary>
    public const int FewestPoints = 5;

    public required decimal Nap { get; init; }

    public required decimal Tau { get; init; }

    public required decimal TauU { get; init; }

    /// <summary>Pairs in which the later phase is better.</summary>
    public required int Improved { get; init; }

    /// <summary>Pairs in which the later phase is worse.</summary>
    public required int Worsened { get; init; }

    public required int Ties { get; init; }

    /// <summary>S_A: improved less worsened pairs within the earlier phase. Where it is not 0, NAP and Tau take some of its trend for an effect.</summary>
    public required int BaselineTrend { get; init; }

    /// <summary>The comparison of two phases, or why there is none.</summary>
    public static Finding<NonOverlap> Between(MeasuredScale scale, IReadOnlyList<ScoredPoint> before, IReadOnlyList<ScoredPoint> after) =>
        scale.HigherIs == HigherIs.Neutral ? NotDefined.Neutral
        : before.Count < FewestPoints || after.Count < FewestPoints
            ? new NotDefined("too-few-points", $"Each phase needs at least {FewestPoints} complete assessments; these have {before.Count} and {after.Count}.")
        : Of([.. before.Select(point => point.Score)], [.. after.Select(point => point.Score)], scale.HigherIs);

    /// <summary>The formulas, over phases of any size but nothing.</summary>
    public static NonOverlap Of(IReadOnlyList<decimal> before, IReadOnlyList<decimal> after, HigherIs higherIs)
    {
        ArgumentOutOfRangeException.ThrowIfZero(before.Count, nameof(before));
        ArgumentOutOfRangeException.ThrowIfZero(after.Count, nameof(after));
        ArgumentOutOfRangeException.ThrowIfEqual(higherIs, HigherIs.Neutral);
        var better = higherIs == HigherIs.Better ? 1 : -1;
        var signs = (from a in before from b in after select better * b.CompareTo(a)).ToList();
        var (improved, worsened) = (signs.Count(sign => sign > 0), signs.Count(sign => sign < 0));
        var trend = before.Index().Sum(earlier => before.Skip(earlier.Index + 1).Sum(later => better * Math.Sign(later.CompareTo(earlier.Item))));
        var ties = signs.Count - improved - worsened;
        return new NonOverlap
        {
            Nap = FourDecimals.Of((improved + (ties / 2.0)) / signs.Count),
            Tau = FourDecimals.Of((improved - worsened) / (double)signs.Count),
            TauU = FourDecimals.Of((improved - worsened - trend) / (double)signs.Count),
            Improved = improved,
            Worsened = worsened,
            Ties = ties,
            BaselineTrend = trend,
        };
    }
}
