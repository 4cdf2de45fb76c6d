using System.Text.Json.Serialization;

namespace PersonalCareApi.Domain.Instruments;

/// <summary>One item of an instrument.</summary>
public sealed record InstrumentItem
{
    /// <summary>Its number in the instrument as text ("9"), or the name of an extra item ("difficulty").</summary>
    public required string Number { get; init; }

    /// <summary>One to three words of ours, free to show whatever the licence says.</summary>
    public required string Topic { get; init; }

    /// <summary>The name of its <see cref="AnswerSet"/>; null for an item answered in free text.</summary>
    public string? Answers { get; init; }

    /// <summary>Whether it counts as highest + lowest option − answer.</summary>
    public bool Reverse { get; init; }

    public string? Loinc { get; init; }

    /// <summary>The published wording by language tag; empty where the licence does not let it ship.</summary>
    public IReadOnlyDictionary<string, string> Text { get; init; } = new Dictionary<string, string>();

    public string? Note { get; init; }
}

/// <summary>The options that one or more items share. An answer is one of their values, nothing between.</summary>
public sealed record AnswerSet : SourcedFact
{
    public required IReadOnlyList<AnswerOption> Options { get; init; }

    /// <summary>The LOINC answer list (<c>LL…</c>).</summary>
    public string? Loinc { get; init; }

    [JsonIgnore]
    public decimal Lowest => Options.Min(option => option.Value);

    [JsonIgnore]
    public decimal Highest => Options.Max(option => option.Value);
}

/// <summary>One choice of an answer set.</summary>
public sealed record AnswerOption
{
    public required decimal Value { get; init; }

    /// <summary>A short label of ours; null where only the ends of a scale have words.</summary>
    public string? Label { get; init; }

    /// <summary>The LOINC answer code (<c>LA…</c>).</summary>
    public string? Loinc { get; init; }

    /// <summary>The published wording by language tag.</summary>
    public IReadOnlyDictionary<string, string> Text { get; init; } = new Dictionary<string, string>();
}

/// <summary>One language the published wording ships in, and where that wording was checked.</summary>
public sealed record InstrumentLanguage : SourcedFact
{
    /// <summary>A BCP 47 tag: <c>en</c>.</summary>
    public required string Tag { get; init; }

    /// <summary>The sentence that stands above the items.</summary>
    public string? Stem { get; init; }

    /// <summary>Whom the words belong to; to be shown wherever they are.</summary>
    public required string Attribution { get; init; }

    /// <summary>The named text that the wording was compared with, letter by letter.</summary>
    public required string TextSource { get; init; }
}

/// <summary>A heading over items that are not scored: a domain of an interview.</summary>
public sealed record InstrumentHeading : SourcedFact
{
    public required string Title { get; init; }

    public required IReadOnlyList<string> Items { get; init; }

    public IReadOnlyList<InstrumentHeading> Parts { get; init; } = [];
}
