using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Protection;

namespace PersonalCareApi.Records.Safeguards;

/// <summary>What of a safeguard is sealed.</summary>
internal sealed record SafeguardContent
{
    public required string Reason { get; init; }

    public required DateTimeOffset ReviewAt { get; init; }

    public required PartyResponse RecordedBy { get; init; }

    public RecordedFact? Termination { get; init; }
}

/// <summary>A safeguard as the record holds it.</summary>
internal sealed record Safeguard
{
    public required Guid Id { get; init; }

    public required Guid RepresentativeId { get; init; }

    public required Period Period { get; init; }

    public required int Version { get; init; }

    public required ItemFacts Facts { get; init; }

    public required SafeguardContent Content { get; init; }
}

/// <summary>The <c>safeguard</c> table. Every write bears on decisions, and none shows anywhere else.</summary>
internal sealed class SafeguardRepository(Database database, ClientKeys keys, VersionRepository versions)
{
    private const string Kind = "safeguard";
    private const string Current = "current";

    private const string Columns = $"id, {ItemRow.ItemColumns}, representative_id, from_at, until_at, content";

    /// <summary>To the client's own side there are none, whatever a handler thinks.</summary>
    private const string Shown = "@GrantOwnRecord = 0";

    private const string SelectOne = $"""
        SELECT {Columns}
        FROM safeguard
        WHERE {InReach.Where} AND {Shown} AND id = @Id
        """;

    private const string SelectPage = $"""
        SELECT {Columns}
        FROM safeguard
        WHERE {InReach.Where} AND {Shown}
          AND (@AfterAt IS NULL OR occurred_at < @AfterAt OR (occurred_at = @AfterAt AND id < @AfterId))
        ORDER BY occurred_at DESC, id DESC
        """;

    private const string CountAll = $"""
        SELECT COUNT(*)
        FROM safeguard
        WHERE {InReach.Where} AND {Shown}
        """;

    private const string InsertOne = """
        INSERT INTO safeguard (
            id, partner_id, client_id, version, labels, author_id, part, occurred_at, representative_id, from_at, until_at, content,
            recorded_at)
        VALUES (
            @Id, @GrantPartnerId, @GrantClientId, @Version, @Labels, @AuthorId, @Part, @OccurredAt, @RepresentativeId, @FromAt, @UntilAt,
            @Content, @Now)
        """;

    private const string UpdateUntil = $"""
        UPDATE safeguard
        SET version = @Version, until_at = @UntilAt, content = @Content
        WHERE {InReach.Where} AND id = @Id AND version = @PreviousVersion
        """;

    public async Task<Safeguard?> Find(AccessGrant grant, Guid id, CancellationToken ct)
    {
        var row = await database.ForClient(grant, DataCategory.Demographics).QueryOne<Row>(SelectOne, new { Id = id }, ct);
        return row?.Open(await keys.For(grant, ct));
    }

    public async Task<Rows<Safeguard>> List(AccessGrant grant, Position? after, int limit, CancellationToken ct)
    {
        var rows = await database.ForClient(grant, DataCategory.Demographics).QueryPage<Row>(
            SelectPage, CountAll, new { AfterAt = after?.At, AfterId = after?.Id }, limit, ct);
        var ring = await keys.For(grant, ct);
        return rows.Select(row => row.Open(ring));
    }

    /// <summary>The versions after <paramref name="after"/> as they were, oldest first.</summary>
    public async Task<Rows<Safeguard>> Versions(AccessGrant grant, Guid id, int after, int limit, CancellationToken ct) =>
        await Find(grant, id, ct) is { } present
            ? await versions.List(grant, DataCategory.Demographics, Kind, id, after, limit, (version, ring) => AsItWas(present, version, ring), ct)
            : Rows<Safeguard>.None;

    public async Task<Safeguard?> FindVersion(AccessGrant grant, Guid id, int version, CancellationToken ct) =>
        await Find(grant, id, ct) is { } present
            ? await versions.Find(grant, DataCategory.Demographics, Kind, id, version, (kept, ring) => AsItWas(present, kept, ring), ct)
            : null;

    public async Task Add(AccessGrant grant, Safeguard safeguard, WriteUnit unit, CancellationToken ct)
    {
        var writes = unit.ForClient(grant, DataCategory.Demographics);
        writes.Insert(InsertOne, Kept(safeguard, await keys.For(grant, ct)), ColumnsOf(safeguard));
        writes.ChangesAccess();
    }

    /// <summary>Writes the next version.</summary>
    public async Task<Safeguard> Change(AccessGrant grant, Safeguard changed, WriteUnit unit, CancellationToken ct)
    {
        var next = changed with { Version = changed.Version + 1 };
        var writes = unit.ForClient(grant, DataCategory.Demographics);
        writes.Update(UpdateUntil, Kept(next, await keys.For(grant, ct)), ChangeKind.Updated, ColumnsOf(next));
        writes.ChangesAccess();
        return next;
    }

    private static object ColumnsOf(Safeguard safeguard) => new
    {
        safeguard.RepresentativeId,
        FromAt = safeguard.Period.From,
        UntilAt = safeguard.Period.Until,
    };

    /// <summary>It was open in every version but the one that ended it.</summary>
    private static Safeguard AsItWas(Safeguard present, KeptVersion version, ClientKeyRing ring)
    {
        var content = ring.Open<SafeguardContent>(Kind, present.Id, version.Version, version.Content);
        return present with
        {
            Period = present.Period with { Until = content.Termination?.At },
            Version = version.Version,
            Facts = version.Facts,
            Content = content,
        };
    }

    private static KeptItem Kept(Safeguard safeguard, ClientKeyRing ring) => new()
    {
        Kind = Kind,
        Id = safeguard.Id,
        Version = safeguard.Version,
        Status = Current,
        Facts = safeguard.Facts,
        Content = ring.Seal(Kind, safeguard.Id, safeguard.Version, safeguard.Content),

        // A feed that tells of it would tell the person concerned.
        IsPrivate = true,
    };

    private sealed record Row : ItemRow
    {
        public required Guid Id { get; init; }

        public required Guid RepresentativeId { get; init; }

        public required DateTimeOffset FromAt { get; init; }

        public DateTimeOffset? UntilAt { get; init; }

        public required byte[] Content { get; init; }

        public Safeguard Open(ClientKeyRing ring) => new()
        {
            Id = Id,
            RepresentativeId = RepresentativeId,
            Period = new Period(FromAt, UntilAt),
            Version = Version,
            Facts = Facts,
            Content = ring.Open<SafeguardContent>(Kind, Id, Version, Content),
        };
    }
}
