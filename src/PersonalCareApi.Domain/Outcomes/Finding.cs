namespace PersonalCareApi.Domain.Outcomes;

/// <summary>A result, or why there is none: exactly one of the two, and never a guess.</summary>
/// <remarks>Most measures have been published without the norms that one formula or another asks for.</remarks>
public sealed record Finding<T>
    where T : class
{
    private Finding()
    {
    }

    public required T? Value { get; init; }

    /// <summary>Why there is no result; null where there is one.</summary>
    public required NotDefined? NotDefined { get; init; }

    public static implicit operator Finding<T>(T value) => new() { Value = value, NotDefined = null };

    public static implicit operator Finding<T>(NotDefined reason) => new() { Value = null, NotDefined = reason };
}

/// <summary>Why a result is not defined.</summary>
/// <param name="Code">For programs: <c>no-published-value</c>.</param>
/// <param name="Detail">For people.</param>
public sealed record NotDefined(string Code, string Detail)
{
    public static NotDefined NoScore { get; } = new("no-score", "There is no complete assessment.");

    public static NotDefined OneScore { get; } = new("one-score", "A change needs two complete assessments.");

    internal static NotDefined Neutral { get; } = new("neutral-scale", "A higher score of this scale is neither better nor worse.");

    internal static NotDefined NoReliableChange { get; } = new("no-published-value", "No reliable change is known to have been published for this scale.");

    internal static NotDefined NoPhase { get; } = new("no-phases", "Only one phase: name the instant at which the next one begins.");
}
