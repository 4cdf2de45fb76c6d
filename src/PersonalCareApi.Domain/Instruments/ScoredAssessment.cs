using System.Text.Json.Serialization;

namespace PersonalCareApi.Domain.Instruments;

[JsonConverter(typeof(KebabCase<AssessmentStatus>))]
public enum AssessmentStatus
{
    /// <summary>Every scale has a score.</summary>
    Final,

    /// <summary>More is missing than the instrument's rule allows. What was answered is kept, and its flags are raised.</summary>
    Incomplete,
}

/// <summary>What the answers to an instrument come to.</summary>
/// <remarks>Scores inform a practitioner. Nothing here predicts or ranks the risk of suicide, and no score gates care.</remarks>
public sealed record ScoredAssessment
{
    public required AssessmentStatus Status { get; init; }

    /// <summary>The total with its particulars; null for an instrument of several scales, or one that is not scored.</summary>
    public ScaleScore? Total { get; init; }

    /// <summary>The total score, to 4 decimals; null when incomplete or when the instrument has no total.</summary>
    public decimal? Score => Total?.Score;

    public Severity? Severity => Total?.Severity;

    public required IReadOnlyList<ScaleScore> Subscales { get; init; }

    /// <summary>Whether answered items stand in for missing ones in any score.</summary>
    public bool Prorated => Subscales.Any(scale => scale.Prorated) || Total is { Prorated: true };

    /// <summary>Items without an answer that should have one, in the instrument's order; named even when the score is prorated.</summary>
    public required IReadOnlyList<string> MissingItems { get; init; }

    /// <summary>Items that a rule answered, because earlier answers made them needless.</summary>
    public required IReadOnlyList<string> SkippedItems { get; init; }

    /// <summary>Items that do not apply to the client; a score without them is not rescaled and has no severity.</summary>
    public required IReadOnlyList<string> LeftOutItems { get; init; }

    public required IReadOnlyList<Flag> Flags { get; init; }

    public required IReadOnlyList<CutoffResult> Cutoffs { get; init; }

    public required IReadOnlyList<AlgorithmResult> Algorithms { get; init; }
}

/// <summary>One scale's score.</summary>
/// <param name="Score">To 4 decimals; null when too many of its items are missing.</param>
/// <param name="Severity">The band, where the scale has bands and all its items apply to the client.</param>
/// <param name="Prorated">Whether answered items stand in for missing ones.</param>
/// <param name="Sum">The plain sum, where the definition asks for it beside the score.</param>
/// <param name="Mean">The plain mean, where the definition asks for it beside the score.</param>
public sealed record ScaleScore(
    string Code, decimal? Score, Severity? Severity, bool Prorated, decimal? Sum = null, decimal? Mean = null);

/// <summary>The named range a score lies in.</summary>
public sealed record Severity(string Code, string Label);

/// <summary>A critical answer that was given.</summary>
public sealed record Flag(string Code, string Item, decimal Value);

/// <summary>Whether a published threshold is met.</summary>
/// <param name="Met">Null when the missing answers could decide it either way.</param>
/// <param name="DependsOn">The fact about the client it holds for.</param>
/// <param name="Default">The fact is not known, and this is the alternative that the definition declares to go by.</param>
public sealed record CutoffResult(string Code, string Name, CutoffKind Kind, bool? Met, FactDependence? DependsOn, bool Default);

/// <summary>Whether a published rule over several answers is met; null when the missing answers could decide it either way.</summary>
public sealed record AlgorithmResult(string Code, string Name, bool? Met);
