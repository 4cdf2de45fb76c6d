using System.Text.Json.Serialization;

namespace PersonalCareApi.Domain.Instruments;

[JsonConverter(typeof(KebabCase<ScaleMethod>))]
public enum ScaleMethod
{
    Sum,
    Mean,
}

/// <summary>What a higher score means for the client.</summary>
[JsonConverter(typeof(KebabCase<HigherIs>))]
public enum HigherIs
{
    Better,
    Worse,

    /// <summary>Neither: a trait, a preference, a way of coping.</summary>
    Neutral,
}

/// <summary>A score of an instrument: its total, or one subscale.</summary>
/// <remarks>
/// The score is <see cref="Multiply"/> × Σ(weight × answer) for a sum, or that divided by Σ(weight) for a mean, over
/// answers already reversed where the item says so. With answers missing, but no more than the rule allows, the weighted
/// mean of the answered items stands in for the missing ones: 13 points over 7 of 9 items are 13 × 9 / 7 = 16.7143.
/// </remarks>
public sealed record Scale
{
    /// <summary>The code of the scale that covers the whole instrument.</summary>
    public const string TotalCode = "total";

    public required string Code { get; init; }

    public string? Name { get; init; }

    public required IReadOnlyList<string> Items { get; init; }

    public ScaleMethod Method { get; init; } = ScaleMethod.Sum;

    /// <summary>What an item weighs where it is not 1. Positive; an item that counts the other way round is reversed.</summary>
    public IReadOnlyDictionary<string, decimal> Weights { get; init; } = new Dictionary<string, decimal>();

    /// <summary>4 makes the percent score of WHO-5 from its sum of 0–25; 2 doubles DASS-21.</summary>
    public decimal Multiply { get; init; } = 1;

    /// <summary>The plain sum or mean given beside the score, before <see cref="Multiply"/>.</summary>
    public IReadOnlyList<ScaleMethod> Also { get; init; } = [];

    /// <summary>The lowest and the highest score possible.</summary>
    public required ScoreRange Range { get; init; }

    /// <summary>Where this scale differs from the instrument.</summary>
    public HigherIs? HigherIs { get; init; }

    /// <summary>How many of this scale's items may be missing, where it differs from the instrument's rule.</summary>
    public int? MaxMissing { get; init; }

    public SeverityBands? Bands { get; init; }

    public string? Loinc { get; init; }

    public string? Note { get; init; }

    public decimal Weight(string item) => Weights.GetValueOrDefault(item, 1);
}

/// <summary>The ends of a range, both in it.</summary>
public sealed record ScoreRange(decimal Min, decimal Max);

/// <summary>Which value is looked up in the bands.</summary>
[JsonConverter(typeof(KebabCase<BandComparison>))]
public enum BandComparison
{
    /// <summary>The score rounded half up to a whole number: for bands printed in whole numbers.</summary>
    Rounded,

    /// <summary>The score as it is: for bands over means.</summary>
    Exact,
}

/// <summary>The published severity bands of one scale. Together they cover its range, without gap or overlap.</summary>
public sealed record SeverityBands : SourcedFact
{
    public BandComparison Compare { get; init; } = BandComparison.Rounded;

    /// <summary>From the lowest score up.</summary>
    public required IReadOnlyList<SeverityBand> Ranges { get; init; }

    /// <summary>The band a score falls in.</summary>
    public SeverityBand? Of(decimal score)
    {
        var compared = Compare == BandComparison.Rounded ? Math.Floor(score + 0.5m) : score;
        return Ranges.FirstOrDefault(band => band.Contains(compared));
    }
}

/// <summary>A named range with one bound at each end: <c>min</c> or <c>above</c>, and <c>max</c> or <c>below</c>.</summary>
public sealed record SeverityBand
{
    public required string Code { get; init; }

    public required string Label { get; init; }

    /// <summary>The lowest value in the band.</summary>
    public decimal? Min { get; init; }

    /// <summary>The band begins right above this value.</summary>
    public decimal? Above { get; init; }

    /// <summary>The highest value in the band.</summary>
    public decimal? Max { get; init; }

    /// <summary>The band ends right below this value.</summary>
    public decimal? Below { get; init; }

    internal bool Contains(decimal value) =>
        (Min is null || value >= Min) && (Above is null || value > Above)
        && (Max is null || value <= Max) && (Below is null || value < Below);
}
