using System.Text.Json.Serialization;

namespace PersonalCareApi.Domain.Instruments;

/// <summary>How many items of a scale may be missing before it has no score; the rest stand in by their mean.</summary>
public sealed record MissingRule : SourcedFact
{
    /// <summary>Counted within each scale; over all items where the instrument has no scale.</summary>
    public required int MaxMissing { get; init; }
}

/// <summary>When some items need no answer.</summary>
/// <remarks>
/// A skipped item that came without an answer is not missing. An answer that says otherwise contradicts the form and is
/// refused by name, unless it raises a flag: an answer of that kind is never refused, and counts as given.
/// </remarks>
public sealed record SkipRule : SourcedFact
{
    public required Condition When { get; init; }

    public required IReadOnlyList<string> Items { get; init; }

    /// <summary>
    /// What a skipped item counts. Null leaves it out of every scale, without rescaling; such a score has no severity, since
    /// the bands are made for the whole scale.
    /// </summary>
    public decimal? CountsAs { get; init; }
}

/// <summary>An answer that somebody must look at, whatever the score, on incomplete forms as well.</summary>
/// <remarks>It repeats what was answered. It predicts nothing, ranks nobody and decides nothing about care.</remarks>
public sealed record CriticalItem : SourcedFact
{
    /// <summary>What to do: <c>suicide-risk-review</c>.</summary>
    public required string Code { get; init; }

    public required string Item { get; init; }

    public required ConditionOp Op { get; init; }

    public required decimal Value { get; init; }
}

[JsonConverter(typeof(KebabCase<CutoffKind>))]
public enum CutoffKind
{
    /// <summary>A published threshold of a score.</summary>
    Cutoff,

    /// <summary>A published warning about how to read a score.</summary>
    Caution,
}

/// <summary>A published threshold, compared with the unrounded score.</summary>
public sealed record Cutoff : SourcedFact
{
    public required string Code { get; init; }

    public required string Name { get; init; }

    public CutoffKind Kind { get; init; } = CutoffKind.Cutoff;

    public required Condition When { get; init; }

    /// <summary>The fact about the client it holds for; null when it holds for everyone.</summary>
    public FactDependence? DependsOn { get; init; }

    /// <summary>Among cut-offs that depend on the same fact: the one to go by when the fact is not known.</summary>
    public bool Default { get; init; }
}

/// <summary>The value a fact about the client must have. The one fact known so far is <c>sex</c>: <c>female</c> or <c>male</c>.</summary>
public sealed record FactDependence
{
    public const string Sex = "sex";

    public required string Fact { get; init; }

    public required string Value { get; init; }
}

/// <summary>A published rule over several answers that is no threshold of a score.</summary>
public sealed record Algorithm : SourcedFact
{
    public required string Code { get; init; }

    public required string Name { get; init; }

    public required Condition When { get; init; }
}
