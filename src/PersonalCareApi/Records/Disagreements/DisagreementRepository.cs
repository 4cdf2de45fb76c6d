using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Protection;

namespace PersonalCareApi.Records.Disagreements;

/// <summary>What of a disagreement is sealed.</summary>
internal sealed record DisagreementContent(PartyResponse By, string Text);

/// <summary>A disagreement as the record holds it. Its facts are those of the item, so that it is where the item is.</summary>
internal sealed record Disagreement
{
    public required Guid Id { get; init; }

    public required string ItemKind { get; init; }

    public required Guid ItemId { get; init; }

    public required ItemFacts Facts { get; init; }

    public required DisagreementContent Content { get; init; }

    public required DateTimeOffset RecordedAt { get; init; }
}

/// <summary>The <c>disagreement</c> table. What is said is never changed; it goes with the item it disputes.</summary>
/// <remarks>
/// Read only with items that were found in reach, and by the item's own reach as it is now: a label that was put on the
/// item later closes the dispute with it, and one that was taken off opens it.
/// </remarks>
internal sealed class DisagreementRepository(Database database, ClientKeys keys)
{
    private const string Kind = "disagreement";
    private const string Current = "current";

    private const string Columns = """
        said.id, said.version, said.labels, said.author_id, said.part, said.occurred_at, said.item_kind, said.item_id, said.content,
        said.recorded_at
        """;

    private const string Ordered = "ORDER BY said.recorded_at, said.id";

    private const string SelectOfAssessments = $"""
        SELECT {Columns}
        FROM disagreement AS said
        INNER JOIN (SELECT id, client_id FROM assessment WHERE {InReach.Where} AND id IN @Ids) AS item
            ON item.id = said.item_id AND item.client_id = said.client_id
        {Ordered}
        """;

    private const string SelectOfGoals = $"""
        SELECT {Columns}
        FROM disagreement AS said
        INNER JOIN (SELECT id, client_id FROM goal WHERE {InReach.Where} AND id IN @Ids) AS item
            ON item.id = said.item_id AND item.client_id = said.client_id
        {Ordered}
        """;

    private const string SelectOfNotes = $"""
        SELECT {Columns}
        FROM disagreement AS said
        INNER JOIN (SELECT id, client_id FROM session_note WHERE {InReach.Where} AND id IN @Ids) AS item
            ON item.id = said.item_id AND item.client_id = said.client_id
        {Ordered}
        """;

    private const string Insert = """
        INSERT INTO disagreement (
            id, partner_id, client_id, version, labels, author_id, part, occurred_at, item_kind, item_id, content, recorded_at)
        VALUES (
            @Id, @GrantPartnerId, @GrantClientId, @Version, @Labels, @AuthorId, @Part, @OccurredAt, @ItemKind, @ItemId, @Content, @Now)
        """;

    /// <summary>What is said against these items, which were found under the same grant; oldest first.</summary>
    public async Task<ILookup<Guid, Disagreement>> With(AccessGrant grant, IReadOnlyList<Guid> itemIds, CancellationToken ct)
    {
        if (itemIds.Count == 0)
        {
            return Array.Empty<Disagreement>().ToLookup(one => one.ItemId);
        }

        var statement = grant.Use.Category switch
        {
            DataCategory.Assessments => SelectOfAssessments,
            DataCategory.Goals => SelectOfGoals,
            DataCategory.SessionNotes => SelectOfNotes,
            var other => throw new InvalidOperationException($"Items of {other.Code()} are not disputed."),
        };
        var rows = await database.ForClient(grant, grant.Use.Category).Query<Row>(statement, new { Ids = itemIds }, ct);
        var ring = await keys.For(grant, ct);
        return rows.Select(row => row.Open(ring)).ToLookup(one => one.ItemId);
    }

    public async Task Add(AccessGrant grant, Disagreement disagreement, WriteUnit unit, CancellationToken ct)
    {
        var ring = await keys.For(grant, ct);
        unit.ForClient(grant, grant.Use.Category).Insert(
            Insert,
            new KeptItem
            {
                Kind = Kind,
                Id = disagreement.Id,
                Version = 1,
                Status = Current,
                Facts = disagreement.Facts,
                Content = ring.Seal(Kind, disagreement.Id, 1, disagreement.Content),
            },
            new { disagreement.ItemKind, disagreement.ItemId });
    }

    private sealed record Row : ItemRow
    {
        public required Guid Id { get; init; }

        public required string ItemKind { get; init; }

        public required Guid ItemId { get; init; }

        public required byte[] Content { get; init; }

        public required DateTimeOffset RecordedAt { get; init; }

        public Disagreement Open(ClientKeyRing ring) => new()
        {
            Id = Id,
            ItemKind = ItemKind,
            ItemId = ItemId,
            Facts = Facts,
            Content = ring.Open<DisagreementContent>(Kind, Id, Version, Content),
            RecordedAt = RecordedAt,
        };
    }
}
