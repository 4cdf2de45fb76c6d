namespace PersonalCareApi.Domain.Instruments;

/// <summary>What has been published about telling a change in this instrument from noise. Points are points of its score.</summary>
public sealed record ChangeFacts
{
    public ReliableChangeFact? ReliableChange { get; init; }

    /// <summary>The clinical side of the cut-off for clinically significant change.</summary>
    public ScoreThreshold? ClinicalRange { get; init; }

    /// <summary>The fall from baseline, in percent, that counts as a response.</summary>
    public PercentChange? Response { get; init; }

    public IReadOnlyList<ImportantDifference> MinimalImportant { get; init; } = [];

    public OnTrackFact? OnTrack { get; init; }

    public IReadOnlyList<Norm> Norms { get; init; } = [];

    public IReadOnlyList<Reliability> Reliabilities { get; init; } = [];
}

/// <summary>The change, in points, that is larger than the error of measurement.</summary>
public sealed record ReliableChangeFact : SourcedFact
{
    /// <summary>A change of at least this many points, either way.</summary>
    public required decimal Points { get; init; }

    public string? Rule { get; init; }

    /// <summary>What the index can be computed afresh from.</summary>
    public ReliableChangeInputs? Recompute { get; init; }
}

/// <summary>Standard deviation before care and reliability: Sdiff = SD × √(1 − r) × √2 (Jacobson &amp; Truax 1991).</summary>
public sealed record ReliableChangeInputs : SourcedFact
{
    public required decimal Sd { get; init; }

    public required decimal Reliability { get; init; }

    public required string ReliabilityType { get; init; }
}

public sealed record ScoreThreshold : SourcedFact
{
    public required ConditionOp Op { get; init; }

    public required decimal Value { get; init; }

    /// <summary>Whether a score compares so.</summary>
    public bool Holds(decimal score) => Condition.Compare(Op, score, Value);
}

public sealed record PercentChange : SourcedFact
{
    public required decimal Percent { get; init; }
}

/// <summary>The smallest difference that matters to clients, in points or in percent of the baseline; a range where one was published.</summary>
public sealed record ImportantDifference : SourcedFact
{
    public decimal? Points { get; init; }

    public decimal? PointsUpTo { get; init; }

    public decimal? PercentOfBaseline { get; init; }
}

/// <summary>Scores from which a course of care is off track at a given week.</summary>
public sealed record OnTrackFact : SourcedFact
{
    public required string Rule { get; init; }

    public required IReadOnlyList<OnTrackCut> Cuts { get; init; }
}

/// <summary>Off track at this week when the score compares as told; there is no interpolation between weeks.</summary>
public sealed record OnTrackCut(int Week, ConditionOp Op, decimal Value);

/// <summary>The mean of a named population.</summary>
public sealed record Norm : SourcedFact
{
    public required string Population { get; init; }

    public string Scale { get; init; } = Instruments.Scale.TotalCode;

    public required decimal Mean { get; init; }

    public decimal? Sd { get; init; }

    public int? N { get; init; }
}

/// <summary>A published reliability; a range where one was published.</summary>
public sealed record Reliability : SourcedFact
{
    /// <summary><c>alpha</c> or <c>test-retest</c>.</summary>
    public required string Type { get; init; }

    public string Scale { get; init; } = Instruments.Scale.TotalCode;

    public required decimal Value { get; init; }

    public decimal? UpTo { get; init; }
}
