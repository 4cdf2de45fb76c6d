using PersonalCareApi.Domain.Instruments;
using PersonalCareApi.Domain.Outcomes;
using PersonalCareApi.Domain.Tests.Instruments;

namespace PersonalCareApi.Domain.Tests.Outcomes;

/// <summary>Scales of the definitions, and series of scores a week apart.</summary>
internal static class Series
{
    public static DateTimeOffset Start { get; } = new(2026, 1, 5, 10, 0, 0, TimeSpan.Zero);

    public static MeasuredScale Total(string instrument) => Of(instrument, Scale.TotalCode);

    public static MeasuredScale Of(string instrument, string scale)
    {
        var definition = Definitions.Of(instrument);
        return new MeasuredScale(definition, definition.Scales.Single(one => one.Code == scale));
    }

    public static List<ScoredPoint> Weekly(params IEnumerable<int> scores) =>
        [.. scores.Select((score, week) => new ScoredPoint(Start.AddDays(7 * week), score))];
}
