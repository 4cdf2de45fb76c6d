using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Protection;

namespace PersonalCareApi.Records.CareRelationships;

/// <summary>A care relationship with its version and the columns every item has.</summary>
internal sealed record StoredCareRelationship(CareRelationship Relationship, int Version, ItemFacts Facts, DateTimeOffset RecordedAt);

/// <summary>The <c>care_relationship</c> table. Every write bears on decisions.</summary>
internal sealed class CareRelationshipRepository(Database database, ClientKeys keys, VersionRepository versions)
{
    private const string Kind = "care-relationship";
    private const string Current = "current";

    private const string Columns = $"id, {ItemRow.ItemColumns}, practitioner_id, role, from_at, until_at, recorded_at";

    private const string SelectOne = $"""
        SELECT {Columns}
        FROM care_relationship
        WHERE {InReach.Where} AND id = @Id
        """;

    private const string SelectPage = $"""
        SELECT {Columns}
        FROM care_relationship
        WHERE {InReach.Where}
          AND (@AfterAt IS NULL OR recorded_at < @AfterAt OR (recorded_at = @AfterAt AND id < @AfterId))
        ORDER BY recorded_at DESC, id DESC
        """;

    private const string CountAll = $"""
        SELECT COUNT(*)
        FROM care_relationship
        WHERE {InReach.Where}
        """;

    private const string InsertOne = """
        INSERT INTO care_relationship (
            id, partner_id, client_id, version, labels, author_id, part, occurred_at, practitioner_id, role, from_at, until_at,
            recorded_at)
        VALUES (
            @Id, @GrantPartnerId, @GrantClientId, @Version, @Labels, @AuthorId, @Part, @OccurredAt, @PractitionerId, @Role,
            @FromAt, @UntilAt, @Now)
        """;

    private const string UpdateUntil = $"""
        UPDATE care_relationship
        SET version = @Version, until_at = @UntilAt
        WHERE {InReach.Where} AND id = @Id AND version = @PreviousVersion
        """;

    public async Task<StoredCareRelationship?> Find(AccessGrant grant, Guid id, CancellationToken ct) =>
        (await database.ForClient(grant, DataCategory.Demographics).QueryOne<Row>(SelectOne, new { Id = id }, ct))?.ToStored();

    public async Task<Rows<StoredCareRelationship>> List(AccessGrant grant, Position? after, int limit, CancellationToken ct) =>
        (await database.ForClient(grant, DataCategory.Demographics).QueryPage<Row>(
            SelectPage, CountAll, new { AfterAt = after?.At, AfterId = after?.Id }, limit, ct)).Select(row => row.ToStored());

    /// <summary>The versions after <paramref name="after"/> as they were, oldest first.</summary>
    public async Task<Rows<StoredCareRelationship>> Versions(AccessGrant grant, Guid id, int after, int limit, CancellationToken ct) =>
        await Find(grant, id, ct) is { } present
            ? await versions.List(
                grant, DataCategory.Demographics, Kind, id, after, limit, (version, ring) => AsItWas(present, version, ring), ct)
            : Rows<StoredCareRelationship>.None;

    public async Task<StoredCareRelationship?> FindVersion(AccessGrant grant, Guid id, int version, CancellationToken ct) =>
        await Find(grant, id, ct) is { } present
            ? await versions.Find(
                grant, DataCategory.Demographics, Kind, id, version, (kept, ring) => AsItWas(present, kept, ring), ct)
            : null;

    public async Task<StoredCareRelationship> Add(AccessGrant grant, CareRelationship relationship, WriteUnit unit, CancellationToken ct) =>
        Add(grant, relationship, await keys.For(grant, ct), unit);

    /// <summary>Adds one with a ring at hand, as for a record that the same unit creates.</summary>
    public StoredCareRelationship Add(AccessGrant grant, CareRelationship relationship, ClientKeyRing ring, WriteUnit unit)
    {
        var facts = new ItemFacts(Sensitivity.None, grant.ActingAs.Id, "", relationship.Period.From!.Value);
        var stored = new StoredCareRelationship(relationship, 1, facts, unit.Now);
        var writes = unit.ForClient(grant, DataCategory.Demographics);
        writes.Insert(InsertOne, Kept(stored, ring), ColumnsOf(relationship));
        writes.ChangesAccess();
        return stored;
    }

    /// <summary>Ends it at <paramref name="until"/>.</summary>
    public async Task<StoredCareRelationship> End(
        AccessGrant grant, StoredCareRelationship stored, DateTimeOffset until, WriteUnit unit, CancellationToken ct)
    {
        var ended = stored with
        {
            Version = stored.Version + 1,
            Relationship = stored.Relationship with { Period = stored.Relationship.Period with { Until = until } },
        };
        var writes = unit.ForClient(grant, DataCategory.Demographics);
        writes.Update(UpdateUntil, Kept(ended, await keys.For(grant, ct)), ChangeKind.Updated, ColumnsOf(ended.Relationship));
        writes.ChangesAccess();
        return ended;
    }

    private static object ColumnsOf(CareRelationship relationship) => new
    {
        relationship.PractitionerId,
        relationship.Role,
        FromAt = relationship.Period.From,
        UntilAt = relationship.Period.Until,
    };

    private static StoredCareRelationship AsItWas(StoredCareRelationship present, KeptVersion version, ClientKeyRing ring) => present with
    {
        Relationship = ring.Open<CareRelationship>(Kind, present.Relationship.Id, version.Version, version.Content),
        Version = version.Version,
        Facts = version.Facts,
    };

    private static KeptItem Kept(StoredCareRelationship stored, ClientKeyRing ring) => new()
    {
        Kind = Kind,
        Id = stored.Relationship.Id,
        Version = stored.Version,
        Status = Current,
        Facts = stored.Facts,
        Content = ring.Seal(Kind, stored.Relationship.Id, stored.Version, stored.Relationship),
    };

    private sealed record Row : ItemRow
    {
        public required Guid Id { get; init; }

        public required Guid PractitionerId { get; init; }

        public required string Role { get; init; }

        public required DateTimeOffset FromAt { get; init; }

        public DateTimeOffset? UntilAt { get; init; }

        public required DateTimeOffset RecordedAt { get; init; }

        public StoredCareRelationship ToStored() => new(
            new CareRelationship(Id, PractitionerId, Role, new Period(FromAt, UntilAt)), Version,
            Facts, RecordedAt);
    }
}
