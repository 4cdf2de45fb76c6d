using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Domain.Plans;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Protection;

namespace PersonalCareApi.Records.AssessmentRequests;

/// <summary>A request as the record holds it; the part of its facts is the instrument.</summary>
internal sealed record StoredRequest
{
    public required Guid Id { get; init; }

    public required int Version { get; init; }

    public required AssessmentRequestStatus Status { get; init; }

    public required ItemFacts Facts { get; init; }

    public DateTimeOffset? NextDueAt { get; init; }

    public required RequestContent Content { get; init; }

    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>The request as it is once it was answered: due at its next time after now, or done.</summary>
    public StoredRequest Answered(DateTimeOffset now, TimeZoneInfo? zone)
    {
        // An answer stands for every time up to now; one that comes early for the time it came before.
        var after = NextDueAt is { } due && due > now ? due : now;
        var next = Content.Recurrence is { } text && Recurrence.TryParse(text, out var rule)
            ? rule.Next(Content.DueAt, after, zone ?? TimeZoneInfo.Utc)?.ToStored()
            : null;
        return this with
        {
            Version = Version + 1,
            NextDueAt = next,
            Status = next is null ? AssessmentRequestStatus.Completed : AssessmentRequestStatus.Active,
            Content = Content with { Answered = Content.Answered + 1, NextDueAt = next },
        };
    }
}

/// <summary>What of a request is sealed.</summary>
internal sealed record RequestContent
{
    public required DateTimeOffset DueAt { get; init; }

    public string? Recurrence { get; init; }

    public string? Message { get; init; }

    public int Answered { get; init; }

    /// <summary>Of a version, whose other columns are those of now.</summary>
    public DateTimeOffset? NextDueAt { get; init; }

    public required PartyResponse RequestedBy { get; init; }

    public RecordedFact? Ending { get; init; }
}

/// <summary>The <c>assessment_request</c> table, read and written for one client at a time, or read for several.</summary>
internal sealed class AssessmentRequestRepository(Database database, ClientKeys keys, VersionRepository versions)
{
    private const string Kind = "assessment-request";

    /// <summary>How many requests of one client a list over several shows.</summary>
    private const int MostOfOneClient = 20;

    private const string Columns = $"id, {ItemRow.ItemColumns}, status, next_due_at, content, recorded_at";

    private const string Filter = "(@Status IS NULL OR status = @Status)";

    private const string SelectOne = $"""
        SELECT {Columns}
        FROM assessment_request
        WHERE {InReach.Where} AND id = @Id
        """;

    private const string SelectPage = $"""
        SELECT {Columns}
        FROM assessment_request
        WHERE {InReach.Where} AND {Filter}
          AND (@AfterAt IS NULL OR recorded_at < @AfterAt OR (recorded_at = @AfterAt AND id < @AfterId))
        ORDER BY recorded_at DESC, id DESC
        """;

    private const string CountAll = $"""
        SELECT COUNT(*)
        FROM assessment_request
        WHERE {InReach.Where} AND {Filter}
        """;

    private const string SelectDue = $"""
        SELECT client_id, {Columns}
        FROM (
            SELECT client_id, {Columns}, ROW_NUMBER() OVER (PARTITION BY client_id ORDER BY next_due_at, id) AS place
            FROM assessment_request
            WHERE {InReach.Where} AND status = 'active' AND next_due_at <= @Now) AS due
        WHERE place <= @Most
        ORDER BY next_due_at, id
        """;

    private const string InsertOne = """
        INSERT INTO assessment_request (
            id, partner_id, client_id, version, labels, author_id, part, occurred_at, status, next_due_at, content, recorded_at, updated_at)
        VALUES (
            @Id, @GrantPartnerId, @GrantClientId, @Version, @Labels, @AuthorId, @Part, @OccurredAt, @Status, @NextDueAt, @Content, @Now, @Now)
        """;

    private const string UpdateOne = $"""
        UPDATE assessment_request
        SET version = @Version, status = @Status, next_due_at = @NextDueAt, content = @Content, updated_at = @Now
        WHERE {InReach.Where} AND id = @Id AND version = @PreviousVersion
        """;

    public async Task<StoredRequest?> Find(AccessGrant grant, Guid id, CancellationToken ct)
    {
        var row = await database.ForClient(grant, DataCategory.Assessments).QueryOne<Row>(SelectOne, new { Id = id }, ct);
        return row?.Open(await keys.For(grant, ct));
    }

    public async Task<Rows<StoredRequest>> List(AccessGrant grant, AssessmentRequestQuery query, Position? after, CancellationToken ct)
    {
        var rows = await database.ForClient(grant, DataCategory.Assessments).QueryPage<Row>(
            SelectPage,
            CountAll,
            new { Status = query.Status is { } status ? Code(status) : null, AfterAt = after?.At, AfterId = after?.Id },
            query.Size,
            ct);
        var ring = await keys.For(grant, ct);
        return rows.Select(row => row.Open(ring));
    }

    /// <summary>What is due in the reach of each grant, the longest due first, by client.</summary>
    public Task<OfEach<StoredRequest>> DueOfEach(IReadOnlyList<AccessGrant> grants, DateTimeOffset now, CancellationToken ct) => keys.OpenEach(
        grants,
        some => database.ForClients(some, DataCategory.Assessments).Query<DueRow>(SelectDue, new { Now = now, Most = MostOfOneClient }, ct),
        row => row.ClientId,
        (row, ring) => row.Open(ring),
        ct);

    /// <summary>The versions after <paramref name="after"/> as they were, oldest first.</summary>
    public async Task<Rows<StoredRequest>> Versions(AccessGrant grant, Guid id, int after, int limit, CancellationToken ct) =>
        await Find(grant, id, ct) is { } present
            ? await versions.List(grant, DataCategory.Assessments, Kind, id, after, limit, (version, ring) => AsItWas(present, version, ring), ct)
            : Rows<StoredRequest>.None;

    public async Task<StoredRequest?> FindVersion(AccessGrant grant, Guid id, int version, CancellationToken ct) =>
        await Find(grant, id, ct) is { } present
            ? await versions.Find(grant, DataCategory.Assessments, Kind, id, version, (kept, ring) => AsItWas(present, kept, ring), ct)
            : null;

    public async Task Add(AccessGrant grant, StoredRequest request, WriteUnit unit, CancellationToken ct) =>
        unit.ForClient(grant, DataCategory.Assessments).Insert(InsertOne, Kept(request, await keys.For(grant, ct)), new { request.NextDueAt });

    /// <summary>Writes a request that was read under the same grant as its next version.</summary>
    /// <param name="grant">The grant.</param>
    /// <param name="changed">The request as it is from now on.</param>
    /// <param name="unit">Where to.</param>
    /// <param name="stale">What it means when the request has moved on: another, where the caller has not named its version.</param>
    /// <param name="ct">Ends the read of keys.</param>
    public async Task Change(AccessGrant grant, StoredRequest changed, WriteUnit unit, WriteMiss stale, CancellationToken ct) =>
        unit.ForClient(grant, DataCategory.Assessments).Update(
            UpdateOne, Kept(changed, await keys.For(grant, ct)), ChangeKind.Updated, new { changed.NextDueAt }, stale);

    private static StoredRequest AsItWas(StoredRequest present, KeptVersion version, ClientKeyRing ring)
    {
        var content = ring.Open<RequestContent>(Kind, present.Id, version.Version, version.Content);
        return present with
        {
            Version = version.Version,
            Status = StatusOf(version.Status),
            Facts = version.Facts,
            NextDueAt = content.NextDueAt,
            Content = content,
        };
    }

    private static KeptItem Kept(StoredRequest request, ClientKeyRing ring) => new()
    {
        Kind = Kind,
        Id = request.Id,
        Version = request.Version,
        Status = Code(request.Status),
        Facts = request.Facts,
        Content = ring.Seal(Kind, request.Id, request.Version, request.Content),
    };

    private static string Code(AssessmentRequestStatus status) => status switch
    {
        AssessmentRequestStatus.Active => "active",
        AssessmentRequestStatus.Completed => "completed",
        AssessmentRequestStatus.Ended => "ended",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "Not a status."),
    };

    private static AssessmentRequestStatus StatusOf(string code) => Enum.GetValues<AssessmentRequestStatus>().First(status => Code(status) == code);

    private record Row : ItemRow
    {
        public required Guid Id { get; init; }

        public required string Status { get; init; }

        public DateTimeOffset? NextDueAt { get; init; }

        public required byte[] Content { get; init; }

        public required DateTimeOffset RecordedAt { get; init; }

        public StoredRequest Open(ClientKeyRing ring) => new()
        {
            Id = Id,
            Version = Version,
            Status = StatusOf(Status),
            Facts = Facts,
            NextDueAt = NextDueAt,
            Content = ring.Open<RequestContent>(Kind, Id, Version, Content),
            RecordedAt = RecordedAt,
        };
    }

    private sealed record DueRow : Row
    {
        public required Guid ClientId { get; init; }
    }
}
