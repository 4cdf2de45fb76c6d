using PersonalCareApi.Domain.Instruments;

namespace PersonalCareApi.Domain.Outcomes;

/// <summary>A course of care beside the one kind of table that has been published: scores from which it is off track at a given week.</summary>
/// <remarks>
/// PHQ-9 in CBT for depression: at least 17 at week 4, 13 at week 9, 9 at week 14 (Schueller 2015,
/// doi:10.1016/j.genhosppsych.2015.05.009). Nothing is interpolated. Which assessment stands for a week was not published: here it is
/// the one nearest to that week's day, at most half a week away. That is this project's rule.
/// </remarks>
public sealed record OnTrack
{
    private static readonly TimeSpan HalfAWeek = TimeSpan.FromDays(3.5);

    /// <summary>What being off track stands for, and in which care.</summary>
    public required string Rule { get; init; }

    /// <summary>The instant from which weeks are counted.</summary>
    public required DateTimeOffset CountedFrom { get; init; }

    public required IReadOnlyList<OnTrackWeek> Weeks { get; init; }

    public required FactStatus Status { get; init; }

    public required string? Source { get; init; }

    public static Finding<OnTrack> Of(MeasuredScale scale, DateTimeOffset start, IReadOnlyList<ScoredPoint> points) =>
        scale.Change.OnTrack is not { } fact
            ? new NotDefined("no-published-value", "No table of expected scores is known to have been published for this scale that may be used.")
            : new OnTrack
            {
                Rule = fact.Rule,
                CountedFrom = start,
                Weeks = [.. fact.Cuts.Select(cut => At(cut, start, points))],
                Status = fact.Status,
                Source = fact.Source,
            };

    private static OnTrackWeek At(OnTrackCut cut, DateTimeOffset start, IReadOnlyList<ScoredPoint> points)
    {
        var day = start + TimeSpan.FromDays(7 * cut.Week);
        var near = points.Where(point => (point.At - day).Duration() <= HalfAWeek).OrderBy(point => (point.At - day).Duration()).ToList();
        return near is [var point, ..]
            ? new OnTrackWeek(cut, point.At, point.Score, Condition.Compare(cut.Op, point.Score, cut.Value))
            : new OnTrackWeek(cut, null, null, null);
    }
}

/// <summary>One week of the table.</summary>
/// <param name="Cut">Off track when the score compares so.</param>
/// <param name="At">When the assessment that stands for the week was made; null where there is none.</param>
/// <param name="Score">Its score.</param>
/// <param name="OffTrack">Null where no assessment stands for the week.</param>
public sealed record OnTrackWeek(OnTrackCut Cut, DateTimeOffset? At, decimal? Score, bool? OffTrack);
