using PersonalCareApi.Domain.Instruments;

namespace PersonalCareApi.Domain.Outcomes;

/// <summary>A large and lasting fall between one assessment and the next (Tang &amp; DeRubeis 1999, doi:10.1037/0022-006X.67.6.894).</summary>
/// <remarks>
/// Three criteria, all of them: (1) a fall of at least the reliable change; (2) of at least 25 % of the score before; (3) the mean of
/// the three scores up to it less the mean of the three after it exceeds t × pooled SD, with t 2.776, 3.182 and 4.303 for 4, 3 and 2
/// degrees of freedom and no division by n. At the ends of a series two scores will do. The example of the R package suddengains:
/// 32, 31, 33 and then 5, 6, 7 with a cut-off of 7: means 32 and 6, both SD 1. Published for scales where lower is better, and with
/// weekly sessions in mind: how far two assessments lie apart is for the reader to see.
/// </remarks>
public sealed record SuddenGain
{
    private const int Around = 3;
    private const int Fewest = 2;
    private const decimal ShareOfBefore = 0.25m;

    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset To { get; init; }

    public required decimal ScoreBefore { get; init; }

    public required decimal ScoreAfter { get; init; }

    /// <summary>The mean of up to three scores, the one before the fall being the last of them.</summary>
    public required decimal MeanBefore { get; init; }

    /// <summary>The mean of up to three scores, the one after the fall being the first of them.</summary>
    public required decimal MeanAfter { get; init; }

    /// <summary>t × pooled SD, which the difference of the means exceeds.</summary>
    public required decimal Threshold { get; init; }

    /// <summary>Every sudden gain of a series in order of time.</summary>
    public static Finding<IReadOnlyList<SuddenGain>> Of(MeasuredScale scale, IReadOnlyList<ScoredPoint> points)
    {
        if (scale.HigherIs != HigherIs.Worse)
        {
            return new NotDefined("no-definition", "Sudden gains have been defined for scales where lower is better.");
        }

        if (scale.Change.ReliableChange is not { } reliable)
        {
            return NotDefined.NoReliableChange;
        }

        return points.Count < 2 * Fewest
            ? new NotDefined("too-few-points", $"A sudden gain has at least {Fewest} scores before it and {Fewest} after it.")
            : (Finding<IReadOnlyList<SuddenGain>>)Enumerable.Range(Fewest - 1, points.Count - (2 * Fewest) + 1)
                .Select(last => At(points, last, reliable.Points))
                .OfType<SuddenGain>()
                .ToList();
    }

    private static SuddenGain? At(IReadOnlyList<ScoredPoint> points, int last, decimal smallest)
    {
        var (before, after) = (points[last], points[last + 1]);
        var fall = before.Score - after.Score;
        if (fall < smallest || fall < ShareOfBefore * before.Score)
        {
            return null;
        }

        var until = points.Take(last + 1).TakeLast(Around).Select(point => (double)point.Score).ToList();
        var since = points.Skip(last + 1).Take(Around).Select(point => (double)point.Score).ToList();
        var freedom = until.Count + since.Count - 2;
        var threshold = CriticalT(freedom) * Math.Sqrt((SquaresAboutMean(until) + SquaresAboutMean(since)) / freedom);
        return until.Average() - since.Average() <= threshold ? null : new SuddenGain
        {
            From = before.At,
            To = after.At,
            ScoreBefore = before.Score,
            ScoreAfter = after.Score,
            MeanBefore = FourDecimals.Of(until.Average()),
            MeanAfter = FourDecimals.Of(since.Average()),
            Threshold = FourDecimals.Of(threshold),
        };
    }

    /// <summary>(n − 1) s², with s the sample standard deviation.</summary>
    private static double SquaresAboutMean(List<double> scores)
    {
        var mean = scores.Average();
        return scores.Sum(score => (score - mean) * (score - mean));
    }

    /// <summary>Student's t, two-sided, 5 %.</summary>
    private static double CriticalT(int freedom) => freedom switch
    {
        4 => 2.776,
        3 => 3.182,
        2 => 4.303,
        _ => throw new ArgumentOutOfRangeException(nameof(freedom), freedom, "Two or three scores on each side."),
    };
}
