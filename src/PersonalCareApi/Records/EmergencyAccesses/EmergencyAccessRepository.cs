using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Protection;
using PersonalCareApi.Records.Notices;

namespace PersonalCareApi.Records.EmergencyAccesses;

/// <summary>What of an emergency access is sealed: why it was declared, and what came of it.</summary>
internal sealed record EmergencyContent
{
    public required string Reason { get; init; }

    public required string ClientCannotBeAskedBecause { get; init; }

    /// <summary>Until when it was declared.</summary>
    public required DateTimeOffset DeclaredUntil { get; init; }

    public DateTimeOffset? TerminatedAt { get; init; }

    public Review? Review { get; init; }
}

/// <summary>What somebody else found.</summary>
internal sealed record Review(PartyResponse By, DateTimeOffset At, ReviewOutcome Outcome, string Note);

/// <summary>An emergency access as the record holds it.</summary>
internal sealed record DeclaredEmergency
{
    public required Guid ClientId { get; init; }

    public required EmergencyAccess Access { get; init; }

    public required int Version { get; init; }

    public required ItemFacts Facts { get; init; }

    public required DateTimeOffset ReviewDueAt { get; init; }

    public DateTimeOffset? ReviewedAt { get; init; }

    public required EmergencyContent Content { get; init; }

    public Guid Id => Access.Id;
}

/// <summary>The <c>emergency_access</c> table. To add one is to tell the client.</summary>
internal sealed class EmergencyAccessRepository(Database database, ClientKeys keys, VersionRepository versions, NoticeRepository notices)
{
    private const string Kind = "emergency-access";
    private const string Current = "current";

    private const string Columns = $"""
        id, client_id, {ItemRow.ItemColumns}, practitioner_id, from_at, until_at, review_due_at, reviewed_at, content
        """;

    private const string SelectOne = $"""
        SELECT {Columns}
        FROM emergency_access
        WHERE {InReach.Where} AND id = @Id
        """;

    private const string SelectPage = $"""
        SELECT {Columns}
        FROM emergency_access
        WHERE {InReach.Where}
          AND (@AfterAt IS NULL OR occurred_at < @AfterAt OR (occurred_at = @AfterAt AND id < @AfterId))
        ORDER BY occurred_at DESC, id DESC
        """;

    private const string CountAll = $"""
        SELECT COUNT(*)
        FROM emergency_access
        WHERE {InReach.Where}
        """;

    private const string SelectDue = $"""
        SELECT {Columns}
        FROM emergency_access
        WHERE {InReach.Where} AND reviewed_at IS NULL
        """;

    private const string InsertOne = """
        INSERT INTO emergency_access (
            id, partner_id, client_id, version, labels, author_id, part, occurred_at, practitioner_id, from_at, until_at,
            review_due_at, content, recorded_at)
        VALUES (
            @Id, @GrantPartnerId, @GrantClientId, @Version, @Labels, @AuthorId, @Part, @OccurredAt, @PractitionerId, @FromAt, @UntilAt,
            @ReviewDueAt, @Content, @Now)
        """;

    private const string UpdateOne = $"""
        UPDATE emergency_access
        SET version = @Version, until_at = @UntilAt, reviewed_at = @ReviewedAt, content = @Content
        WHERE {InReach.Where} AND id = @Id AND version = @PreviousVersion
        """;

    public async Task<DeclaredEmergency?> Find(AccessGrant grant, Guid id, CancellationToken ct)
    {
        var row = await database.ForClient(grant, DataCategory.Demographics).QueryOne<Row>(SelectOne, new { Id = id }, ct);
        return row?.Open(await keys.For(grant, ct));
    }

    public async Task<Rows<DeclaredEmergency>> List(AccessGrant grant, Position? after, int limit, CancellationToken ct)
    {
        var rows = await database.ForClient(grant, DataCategory.Demographics).QueryPage<Row>(
            SelectPage, CountAll, new { AfterAt = after?.At, AfterId = after?.Id }, limit, ct);
        var ring = await keys.For(grant, ct);
        return rows.Select(row => row.Open(ring));
    }

    /// <summary>The versions after <paramref name="after"/> as they were, oldest first.</summary>
    public async Task<Rows<DeclaredEmergency>> Versions(AccessGrant grant, Guid id, int after, int limit, CancellationToken ct) =>
        await Find(grant, id, ct) is { } present
            ? await versions.List(grant, DataCategory.Demographics, Kind, id, after, limit, (version, ring) => AsItWas(present, version, ring), ct)
            : Rows<DeclaredEmergency>.None;

    public async Task<DeclaredEmergency?> FindVersion(AccessGrant grant, Guid id, int version, CancellationToken ct) =>
        await Find(grant, id, ct) is { } present
            ? await versions.Find(grant, DataCategory.Demographics, Kind, id, version, (kept, ring) => AsItWas(present, kept, ring), ct)
            : null;

    /// <summary>Those that the grants reach and nobody has reviewed; nothing sealed is opened.</summary>
    public async Task<IReadOnlyList<DueReviewResponse>> FindDue(IReadOnlyList<AccessGrant> grants, CancellationToken ct) =>
        [.. (await database.ForClients(grants, DataCategory.Demographics).Query<Row>(SelectDue, null, ct)).Select(row => row.AsDue())];

    /// <summary>Opens the record to its holder, and tells the client in the same unit.</summary>
    public async Task Add(AccessGrant grant, DeclaredEmergency access, WriteUnit unit, CancellationToken ct)
    {
        var ring = await keys.For(grant, ct);
        var writes = unit.ForClient(grant, DataCategory.Demographics);
        writes.Insert(InsertOne, Kept(access, ring), ColumnsOf(access));
        writes.ChangesAccess();
        var news = new News(NoticeKind.EmergencyDeclared, access.Id, access.Facts, DataCategory.Demographics)
        {
            Reason = access.Content.Reason,
            Until = access.Access.Period.Until,
        };
        notices.Tell(grant, news, ring, unit);
    }

    /// <summary>Writes the next version; an end makes every decision about the record outdated.</summary>
    public async Task<DeclaredEmergency> Change(AccessGrant grant, DeclaredEmergency changed, WriteUnit unit, CancellationToken ct)
    {
        var next = changed with { Version = changed.Version + 1 };
        var writes = unit.ForClient(grant, DataCategory.Demographics);
        writes.Update(UpdateOne, Kept(next, await keys.For(grant, ct)), ChangeKind.Updated, ColumnsOf(next));
        writes.ChangesAccess();
        return next;
    }

    private static object ColumnsOf(DeclaredEmergency access) => new
    {
        access.Access.PractitionerId,
        FromAt = access.Access.Period.From,
        UntilAt = access.Access.Period.Until,
        access.ReviewDueAt,
        access.ReviewedAt,
    };

    private static DeclaredEmergency AsItWas(DeclaredEmergency present, KeptVersion version, ClientKeyRing ring)
    {
        var content = ring.Open<EmergencyContent>(Kind, present.Id, version.Version, version.Content);
        return present with
        {
            Access = present.Access with { Period = present.Access.Period with { Until = content.TerminatedAt ?? content.DeclaredUntil } },
            Version = version.Version,
            Facts = version.Facts,
            ReviewedAt = content.Review?.At,
            Content = content,
        };
    }

    private static KeptItem Kept(DeclaredEmergency access, ClientKeyRing ring) => new()
    {
        Kind = Kind,
        Id = access.Id,
        Version = access.Version,
        Status = Current,
        Facts = access.Facts,
        Content = ring.Seal(Kind, access.Id, access.Version, access.Content),
    };

    private sealed record Row : ItemRow
    {
        public required Guid Id { get; init; }

        public required Guid ClientId { get; init; }

        public required Guid PractitionerId { get; init; }

        public required DateTimeOffset FromAt { get; init; }

        public required DateTimeOffset UntilAt { get; init; }

        public required DateTimeOffset ReviewDueAt { get; init; }

        public DateTimeOffset? ReviewedAt { get; init; }

        public required byte[] Content { get; init; }

        public DeclaredEmergency Open(ClientKeyRing ring) => new()
        {
            ClientId = ClientId,
            Access = new EmergencyAccess(Id, PractitionerId, new Period(FromAt, UntilAt)),
            Version = Version,
            Facts = Facts,
            ReviewDueAt = ReviewDueAt,
            ReviewedAt = ReviewedAt,
            Content = ring.Open<EmergencyContent>(Kind, Id, Version, Content),
        };

        public DueReviewResponse AsDue() => new()
        {
            Id = Id,
            ClientId = ClientId,
            PractitionerId = PractitionerId,
            From = FromAt,
            Until = UntilAt,
            ReviewDueAt = ReviewDueAt,
        };
    }
}
