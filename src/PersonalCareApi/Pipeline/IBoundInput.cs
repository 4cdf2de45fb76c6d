namespace PersonalCareApi.Pipeline;

/// <summary>
/// What a handler takes from the request beside its route: bound without ever failing, so that the refusal is ours.
/// </summary>
/// <remarks><see cref="Validation"/> answers the refusals; a handler behind it sees sound values only.</remarks>
internal interface IBoundInput
{
    /// <summary>Why there is no value, or null when there is one.</summary>
    Problem? Refusal { get; }

    /// <summary>The bytes as they came, for fingerprints; empty where the input is no body.</summary>
    ReadOnlyMemory<byte> Raw => default;

    /// <summary>The faults of a sound value against its FluentValidation rules.</summary>
    IReadOnlyList<Fault> BreachesOfRules(IServiceProvider services) => [];
}
