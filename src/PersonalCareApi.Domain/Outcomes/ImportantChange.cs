using PersonalCareApi.Domain.Instruments;

namespace PersonalCareApi.Domain.Outcomes;

/// <summary>An improvement beside one published minimal important difference.</summary>
public sealed record ImportantChange
{
    /// <summary>As published: points, a range of points, or percent of the first score.</summary>
    public required ImportantDifference Published { get; init; }

    /// <summary>Whether the improvement has at least so many points; null where it lies within a published range, or no points were published.</summary>
    public required bool? PointsReached { get; init; }

    /// <summary>Whether the improvement is at least that share of the first score; null where none was published.</summary>
    public required bool? PercentReached { get; init; }

    public static Finding<IReadOnlyList<ImportantChange>> Between(MeasuredScale scale, decimal first, decimal latest) =>
        scale.Improvement(first, latest) is not { } improvement ? NotDefined.Neutral
        : scale.Change.MinimalImportant.Count == 0
            ? new NotDefined("no-published-value", "No minimal important difference is known to have been published for this scale.")
        : (Finding<IReadOnlyList<ImportantChange>>)scale.Change.MinimalImportant.Select(published => new ImportantChange
        {
            Published = published,
            PointsReached = published.Points is not { } points ? null
                : improvement >= (published.PointsUpTo ?? points) ? true
                : improvement < points ? false
                : null,
            PercentReached = published.PercentOfBaseline is { } percent ? first > 0 && improvement * 100 >= percent * first : null,
        }).ToList();
}

/// <summary>A fall from the first score that counts as a response.</summary>
public sealed record TreatmentResponse
{
    /// <summary>How far the score fell, in percent of the first; negative where it rose.</summary>
    public required decimal Percent { get; init; }

    public required PercentChange Published { get; init; }

    public required bool Reached { get; init; }

    public static Finding<TreatmentResponse> Between(MeasuredScale scale, decimal first, decimal latest) =>
        scale.Change.Response is not { } published
            ? new NotDefined("no-published-value", "No fall that counts as a response is known to have been published for this scale.")
        : first <= 0 || scale.HigherIs != HigherIs.Worse
            ? new NotDefined("no-fall", "A score that has nothing to fall from has no response.")
        : new TreatmentResponse
        {
            Percent = FourDecimals.Of((first - latest) * 100 / first),
            Published = published,
            Reached = (first - latest) * 100 >= published.Percent * first,
        };
}
