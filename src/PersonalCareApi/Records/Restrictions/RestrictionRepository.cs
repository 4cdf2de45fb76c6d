using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Protection;

namespace PersonalCareApi.Records.Restrictions;

/// <summary>What of a restriction is sealed: all of it. What decisions need stands beside it in columns.</summary>
internal sealed record RestrictionContent
{
    public required IReadOnlyList<string> Categories { get; init; }

    public string? Reason { get; init; }

    public required PartyResponse RecordedBy { get; init; }

    public RecordedFact? Lifting { get; init; }
}

/// <summary>A restriction as the record holds it.</summary>
internal sealed record StoredRestriction
{
    public required Guid Id { get; init; }

    public required int Version { get; init; }

    public required ItemFacts Facts { get; init; }

    public required RestrictionContent Content { get; init; }
}

/// <summary>The <c>restriction</c> table. Every write bears on decisions.</summary>
internal sealed class RestrictionRepository(Database database, ClientKeys keys, VersionRepository versions)
{
    private const string Kind = "restriction";
    private const string Current = "current";

    private const string Columns = $"id, {ItemRow.ItemColumns}, content";

    private const string SelectOne = $"""
        SELECT {Columns}
        FROM restriction
        WHERE {InReach.Where} AND id = @Id
        """;

    private const string SelectPage = $"""
        SELECT {Columns}
        FROM restriction
        WHERE {InReach.Where}
          AND (@AfterAt IS NULL OR occurred_at < @AfterAt OR (occurred_at = @AfterAt AND id < @AfterId))
        ORDER BY occurred_at DESC, id DESC
        """;

    private const string CountAll = $"""
        SELECT COUNT(*)
        FROM restriction
        WHERE {InReach.Where}
        """;

    private const string InsertOne = """
        INSERT INTO restriction (
            id, partner_id, client_id, version, labels, author_id, part, occurred_at, categories, from_at, until_at, content, recorded_at)
        VALUES (
            @Id, @GrantPartnerId, @GrantClientId, @Version, @Labels, @AuthorId, @Part, @OccurredAt, @Categories, @OccurredAt, @UntilAt,
            @Content, @Now)
        """;

    private const string UpdateUntil = $"""
        UPDATE restriction
        SET version = @Version, until_at = @UntilAt, content = @Content
        WHERE {InReach.Where} AND id = @Id AND version = @PreviousVersion
        """;

    public async Task<StoredRestriction?> Find(AccessGrant grant, Guid id, CancellationToken ct)
    {
        var row = await database.ForClient(grant, DataCategory.Consents).QueryOne<Row>(SelectOne, new { Id = id }, ct);
        return row?.Open(await keys.For(grant, ct));
    }

    public async Task<Rows<StoredRestriction>> List(AccessGrant grant, Position? after, int limit, CancellationToken ct)
    {
        var rows = await database.ForClient(grant, DataCategory.Consents).QueryPage<Row>(
            SelectPage, CountAll, new { AfterAt = after?.At, AfterId = after?.Id }, limit, ct);
        var ring = await keys.For(grant, ct);
        return rows.Select(row => row.Open(ring));
    }

    /// <summary>The versions after <paramref name="after"/> as they were, oldest first.</summary>
    public async Task<Rows<StoredRestriction>> Versions(AccessGrant grant, Guid id, int after, int limit, CancellationToken ct) =>
        await Find(grant, id, ct) is { } present
            ? await versions.List(grant, DataCategory.Consents, Kind, id, after, limit, (version, ring) => AsItWas(present, version, ring), ct)
            : Rows<StoredRestriction>.None;

    public async Task<StoredRestriction?> FindVersion(AccessGrant grant, Guid id, int version, CancellationToken ct) =>
        await Find(grant, id, ct) is { } present
            ? await versions.Find(grant, DataCategory.Consents, Kind, id, version, (kept, ring) => AsItWas(present, kept, ring), ct)
            : null;

    /// <summary>From this commit on every decision goes by it.</summary>
    public async Task Add(AccessGrant grant, StoredRestriction restriction, WriteUnit unit, CancellationToken ct)
    {
        var writes = unit.ForClient(grant, DataCategory.Consents);
        writes.Insert(InsertOne, Kept(restriction, await keys.For(grant, ct)), ColumnsOf(restriction));
        writes.ChangesAccess();
    }

    /// <summary>Writes the next version.</summary>
    public async Task<StoredRestriction> Change(AccessGrant grant, StoredRestriction changed, WriteUnit unit, CancellationToken ct)
    {
        var next = changed with { Version = changed.Version + 1 };
        var writes = unit.ForClient(grant, DataCategory.Consents);
        writes.Update(UpdateUntil, Kept(next, await keys.For(grant, ct)), ChangeKind.Updated, ColumnsOf(next));
        writes.ChangesAccess();
        return next;
    }

    private static object ColumnsOf(StoredRestriction restriction) => new
    {
        Categories = string.Join(' ', restriction.Content.Categories),
        UntilAt = restriction.Content.Lifting?.At,
    };

    private static StoredRestriction AsItWas(StoredRestriction present, KeptVersion version, ClientKeyRing ring) => present with
    {
        Version = version.Version,
        Facts = version.Facts,
        Content = ring.Open<RestrictionContent>(Kind, present.Id, version.Version, version.Content),
    };

    private static KeptItem Kept(StoredRestriction restriction, ClientKeyRing ring) => new()
    {
        Kind = Kind,
        Id = restriction.Id,
        Version = restriction.Version,
        Status = Current,
        Facts = restriction.Facts,
        Content = ring.Seal(Kind, restriction.Id, restriction.Version, restriction.Content),
    };

    private sealed record Row : ItemRow
    {
        public required Guid Id { get; init; }

        public required byte[] Content { get; init; }

        public StoredRestriction Open(ClientKeyRing ring) => new()
        {
            Id = Id,
            Version = Version,
            Facts = Facts,
            Content = ring.Open<RestrictionContent>(Kind, Id, Version, Content),
        };
    }
}
