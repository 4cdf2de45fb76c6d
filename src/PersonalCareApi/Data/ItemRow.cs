using PersonalCareApi.Domain.Access;

namespace PersonalCareApi.Data;

/// <summary>The columns that every table of client data has, as a row is read.</summary>
internal abstract record ItemRow
{
    /// <summary>Their names, for the list of a SELECT.</summary>
    public const string ItemColumns = "version, labels, author_id, part, occurred_at";

    public required int Version { get; init; }

    public required long Labels { get; init; }

    public required Guid AuthorId { get; init; }

    public required string Part { get; init; }

    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>What of the item decides whether it is in reach.</summary>
    public ItemFacts Facts => new((Sensitivity)Labels, AuthorId, Part, OccurredAt);
}
