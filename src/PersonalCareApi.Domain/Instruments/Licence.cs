using System.Text.Json.Serialization;

namespace PersonalCareApi.Domain.Instruments;

[JsonConverter(typeof(KebabCase<ShipItemText>))]
public enum ShipItemText
{
    /// <summary>Only our topic labels ship; a site that holds the rights loads the wording itself.</summary>
    No,

    Yes,

    /// <summary>One language, unchanged, with its attribution.</summary>
    Verbatim,
}

/// <summary>Whose the instrument is, and what its holder lets others do.</summary>
public sealed record Licence
{
    /// <summary>In the words of the holder or of the source: <c>free</c>, <c>permission-needed</c>, <c>CC BY-ND 4.0</c>.</summary>
    public required string Status { get; init; }

    public required string Holder { get; init; }

    public required string Terms { get; init; }

    public required ShipItemText ShipItemText { get; init; }

    public string? Source { get; init; }

    public required FactStatus Confidence { get; init; }
}

/// <summary>The paper to cite.</summary>
public sealed record Citation
{
    public required string Text { get; init; }

    public string? Doi { get; init; }

    public FactStatus? DoiStatus { get; init; }
}

/// <summary>The LOINC codes of the instrument as a whole; items, answers and scales have their own.</summary>
public sealed record LoincFacts : SourcedFact
{
    public string? Panel { get; init; }

    public string? PanelName { get; init; }

    public string? Total { get; init; }

    /// <summary>The LOINC release that the source had, such as <c>2.77</c>; null where it names none.</summary>
    public string? Version { get; init; }

    /// <summary>Codes near this instrument that mean something else, so that nobody takes them for it.</summary>
    public IReadOnlyList<OtherLoincCode> Other { get; init; } = [];
}

public sealed record OtherLoincCode(string Code, string Meaning);
