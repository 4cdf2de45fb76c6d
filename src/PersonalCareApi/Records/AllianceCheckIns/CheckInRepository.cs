using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Protection;

namespace PersonalCareApi.Records.AllianceCheckIns;

/// <summary>A rating of the alliance as the record holds it.</summary>
internal sealed record CheckIn
{
    public const string Final = "final";
    public const string Retracted = "retracted";

    public required Guid Id { get; init; }

    public required int Version { get; init; }

    public required string Status { get; init; }

    public required ItemFacts Facts { get; init; }

    public required CheckInContent Content { get; init; }
}

/// <summary>What of a rating is sealed: all but when it was made.</summary>
internal sealed record CheckInContent
{
    public required decimal Value { get; init; }

    public Guid? SessionId { get; init; }

    public string? Note { get; init; }

    public required PartyResponse RecordedBy { get; init; }

    public required DateTimeOffset RecordedAt { get; init; }

    public RecordedFact? Retraction { get; init; }
}

/// <summary>The <c>alliance_check_in</c> table, read and written for one client at a time.</summary>
internal sealed class CheckInRepository(Database database, ClientKeys keys)
{
    private const string Kind = "alliance-check-in";

    private const string Columns = $"id, {ItemRow.ItemColumns}, status, content";

    private const string Filter = """
        (@From IS NULL OR occurred_at >= @From)
          AND (@Until IS NULL OR occurred_at < @Until)
        """;

    private const string SelectOne = $"""
        SELECT {Columns}
        FROM alliance_check_in
        WHERE {InReach.Where} AND id = @Id
        """;

    private const string SelectPage = $"""
        SELECT {Columns}
        FROM alliance_check_in
        WHERE {InReach.Where} AND {Filter}
          AND (@AfterAt IS NULL OR occurred_at < @AfterAt OR (occurred_at = @AfterAt AND id < @AfterId))
        ORDER BY occurred_at DESC, id DESC
        """;

    private const string CountAll = $"""
        SELECT COUNT(*)
        FROM alliance_check_in
        WHERE {InReach.Where} AND {Filter}
        """;

    private const string SelectVersions = $"""
        SELECT item_id AS id, {ItemRow.ItemColumns}, status, content
        FROM item_version
        WHERE {InReach.Where} AND kind = 'alliance-check-in' AND item_id = @Id AND (@Version IS NULL OR version = @Version)
        ORDER BY version
        """;

    private const string InsertOne = """
        INSERT INTO alliance_check_in (
            id, partner_id, client_id, version, labels, author_id, part, occurred_at, status, content, updated_at)
        VALUES (
            @Id, @GrantPartnerId, @GrantClientId, @Version, @Labels, @AuthorId, @Part, @OccurredAt, @Status, @Content, @Now)
        """;

    private const string UpdateOne = $"""
        UPDATE alliance_check_in
        SET version = @Version, status = @Status, content = @Content, updated_at = @Now
        WHERE {InReach.Where} AND id = @Id AND version = @PreviousVersion
        """;

    public async Task<CheckIn?> Find(AccessGrant grant, Guid id, CancellationToken ct)
    {
        var row = await database.ForClient(grant, DataCategory.SessionNotes).QueryOne<Row>(SelectOne, new { Id = id }, ct);
        return row?.Open(await keys.For(grant, ct));
    }

    public async Task<Rows<CheckIn>> List(AccessGrant grant, CheckInQuery query, Position? after, CancellationToken ct)
    {
        var rows = await database.ForClient(grant, DataCategory.SessionNotes).QueryPage<Row>(
            SelectPage, CountAll, new { query.From, query.Until, AfterAt = after?.At, AfterId = after?.Id }, query.Size, ct);
        var ring = await keys.For(grant, ct);
        return rows.Select(row => row.Open(ring));
    }

    /// <summary>Each version as it was, oldest first; one where it is named.</summary>
    public async Task<IReadOnlyList<CheckIn>> Versions(AccessGrant grant, Guid id, int? version, CancellationToken ct)
    {
        var rows = await database.ForClient(grant, DataCategory.SessionNotes)
            .Query<Row>(SelectVersions, new { Id = id, Version = version }, ct);
        var ring = await keys.For(grant, ct);
        return [.. rows.Select(row => row.Open(ring))];
    }

    public async Task Add(AccessGrant grant, CheckIn checkIn, WriteUnit unit, CancellationToken ct) =>
        unit.ForClient(grant, DataCategory.SessionNotes).Insert(InsertOne, Kept(checkIn, await keys.For(grant, ct)));

    /// <summary>Keeps the rating but says that it was entered in error.</summary>
    public async Task<CheckIn> Retract(AccessGrant grant, CheckIn checkIn, RecordedFact retraction, WriteUnit unit, CancellationToken ct)
    {
        var retracted = checkIn with
        {
            Version = checkIn.Version + 1,
            Status = CheckIn.Retracted,
            Content = checkIn.Content with { Retraction = retraction },
        };
        unit.ForClient(grant, DataCategory.SessionNotes).Update(UpdateOne, Kept(retracted, await keys.For(grant, ct)), ChangeKind.Retracted);
        return retracted;
    }

    private static KeptItem Kept(CheckIn checkIn, ClientKeyRing ring) => new()
    {
        Kind = Kind,
        Id = checkIn.Id,
        Version = checkIn.Version,
        Status = checkIn.Status,
        Facts = checkIn.Facts,
        Content = ring.Seal(Kind, checkIn.Id, checkIn.Version, checkIn.Content),
    };

    private sealed record Row : ItemRow
    {
        public required Guid Id { get; init; }

        public required string Status { get; init; }

        public required byte[] Content { get; init; }

        public CheckIn Open(ClientKeyRing ring) => new()
        {
            Id = Id,
            Version = Version,
            Status = Status,
            Facts = Facts,
            Content = ring.Open<CheckInContent>(Kind, Id, Version, Content),
        };
    }
}
