namespace PersonalCareApi.Domain.Outcomes;

/// <summary>A stretch of care, and the scores in it: before anything was changed, or from one change to the next.</summary>
/// <param name="From">Its begin, which it contains; null for the first.</param>
/// <param name="Until">Its end, which it does not contain; null for the last.</param>
/// <param name="Points">In order of time.</param>
public sealed record Phase(DateTimeOffset? From, DateTimeOffset? Until, IReadOnlyList<ScoredPoint> Points)
{
    /// <summary>Divides a series at the instants at which care was changed: one asked for, or those of plan versions.</summary>
    public static IReadOnlyList<Phase> Divide(IReadOnlyList<ScoredPoint> points, IReadOnlyCollection<DateTimeOffset> changes)
    {
        IReadOnlyList<DateTimeOffset> starts = [.. changes.Distinct().Order()];
        return
        [
            .. starts.Cast<DateTimeOffset?>().Prepend(null).Zip(starts.Cast<DateTimeOffset?>().Append(null), (from, until) => new Phase(
                from, until, [.. points.Where(point => (from is null || point.At >= from) && (until is null || point.At < until))])),
        ];
    }

    /// <summary>Each phase compared with the one before it.</summary>
    public static Finding<IReadOnlyList<Finding<NonOverlap>>> Compare(MeasuredScale scale, IReadOnlyList<Phase> phases) =>
        phases.Count < 2
            ? NotDefined.NoPhase
            : (Finding<IReadOnlyList<Finding<NonOverlap>>>)phases
                .Zip(phases.Skip(1), (before, after) => NonOverlap.Between(scale, before.Points, after.Points)).ToList();
}
