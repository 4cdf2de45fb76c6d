using PersonalCareApi.Background;
using PersonalCareApi.Data;
using PersonalCareApi.Domain;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Partners;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Protection;
using PersonalCareApi.Records.Assessments;

namespace PersonalCareApi.Records.Flags;

/// <summary>A flag as the record holds it. Its facts are those of the assessment, so that it is where the assessment is.</summary>
internal sealed record StoredFlag
{
    public required Guid Id { get; init; }

    public required int Version { get; init; }

    public required FlagStatus Status { get; init; }

    public required ItemFacts Facts { get; init; }

    public required Guid AssessmentId { get; init; }

    public required DateTimeOffset DueAt { get; init; }

    public required DateTimeOffset EscalateAt { get; init; }

    public DateTimeOffset? EscalatedAt { get; init; }

    public required FlagContent Content { get; init; }

    public required DateTimeOffset RecordedAt { get; init; }
}

/// <summary>What of a flag is sealed: which answer it is, and what became of it.</summary>
internal sealed record FlagContent
{
    public required string Code { get; init; }

    public required string Item { get; init; }

    public required decimal Value { get; init; }

    /// <summary>The role, as it was settled when the flag was raised.</summary>
    public required string EscalateTo { get; init; }

    /// <summary>When it escalated: of a version, whose other columns are those of now.</summary>
    public DateTimeOffset? EscalatedAt { get; init; }

    public RecordedFact? Acknowledgement { get; init; }

    public RecordedFact? Closing { get; init; }
}

/// <summary>The <c>flag</c> table, read and written for one client at a time, or read for several.</summary>
internal sealed class FlagRepository(Database database, ClientKeys keys, VersionRepository versions)
{
    public const string Kind = "flag";

    /// <summary>How many flags of one client a list over several shows.</summary>
    public const int MostOfOneClient = 20;

    private const string Columns = $"""
        id, {ItemRow.ItemColumns}, assessment_id, status, due_at, escalate_at, escalated_at, content, recorded_at
        """;

    private const string Filter = "(@Status IS NULL OR status = @Status)";

    private const string SelectOne = $"""
        SELECT {Columns}
        FROM flag
        WHERE {InReach.Where} AND id = @Id
        """;

    private const string SelectPage = $"""
        SELECT {Columns}
        FROM flag
        WHERE {InReach.Where} AND {Filter}
          AND (@AfterAt IS NULL OR occurred_at < @AfterAt OR (occurred_at = @AfterAt AND id < @AfterId))
        ORDER BY occurred_at DESC, id DESC
        """;

    private const string CountAll = $"""
        SELECT COUNT(*)
        FROM flag
        WHERE {InReach.Where} AND {Filter}
        """;

    private const string SelectOfAssessment = $"""
        SELECT {Columns}
        FROM flag
        WHERE {InReach.Where} AND assessment_id = @AssessmentId AND status <> 'closed'
        ORDER BY id
        """;

    private const string SelectOpen = $"""
        SELECT client_id, counted, {Columns}
        FROM (
            SELECT client_id, {Columns},
                ROW_NUMBER() OVER (PARTITION BY client_id ORDER BY due_at, id) AS place,
                COUNT(*) OVER (PARTITION BY client_id) AS counted
            FROM flag
            WHERE {InReach.Where} AND status = 'open'
              AND (@Escalated IS NULL OR (@Escalated = 1 AND escalated_at IS NOT NULL) OR (@Escalated = 0 AND escalated_at IS NULL))) AS waiting
        WHERE place <= @Most
        ORDER BY due_at, id
        """;

    private const string InsertOne = """
        INSERT INTO flag (
            id, partner_id, client_id, version, labels, author_id, part, occurred_at, assessment_id, status, due_at, escalate_at,
            content, recorded_at, updated_at)
        VALUES (
            @Id, @GrantPartnerId, @GrantClientId, @Version, @Labels, @AuthorId, @Part, @OccurredAt, @AssessmentId, @Status, @DueAt,
            @EscalateAt, @Content, @Now, @Now)
        """;

    private const string UpdateOne = $"""
        UPDATE flag
        SET version = @Version, status = @Status, content = @Content, updated_at = @Now
        WHERE {InReach.Where} AND id = @Id AND version = @PreviousVersion
        """;

    public async Task<StoredFlag?> Find(AccessGrant grant, Guid id, CancellationToken ct)
    {
        var row = await database.ForClient(grant, DataCategory.Assessments).QueryOne<Row>(SelectOne, new { Id = id }, ct);
        return row?.Open(await keys.For(grant, ct));
    }

    public async Task<Rows<StoredFlag>> List(AccessGrant grant, FlagQuery query, Position? after, CancellationToken ct)
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

    /// <summary>The open flags in the reach of each grant that are due first, and how many there are, by client.</summary>
    public Task<OfEach<(StoredFlag Flag, int Count)>> OpenOfEach(IReadOnlyList<AccessGrant> grants, bool? escalated, CancellationToken ct) => keys.OpenEach(
        grants,
        some => database.ForClients(some, DataCategory.Assessments).Query<OpenRow>(
            SelectOpen, new { Escalated = escalated is null ? (int?)null : escalated.Value ? 1 : 0, Most = MostOfOneClient }, ct),
        row => row.ClientId,
        (row, ring) => (row.Open(ring), row.Counted),
        ct);

    /// <summary>The versions after <paramref name="after"/> as they were, oldest first.</summary>
    public async Task<Rows<StoredFlag>> Versions(AccessGrant grant, Guid id, int after, int limit, CancellationToken ct) =>
        await Find(grant, id, ct) is { } present
            ? await versions.List(grant, DataCategory.Assessments, Kind, id, after, limit, (version, ring) => AsItWas(present, version, ring), ct)
            : Rows<StoredFlag>.None;

    public async Task<StoredFlag?> FindVersion(AccessGrant grant, Guid id, int version, CancellationToken ct) =>
        await Find(grant, id, ct) is { } present
            ? await versions.Find(grant, DataCategory.Assessments, Kind, id, version, (kept, ring) => AsItWas(present, kept, ring), ct)
            : null;

    /// <summary>Opens what the assessment's critical answers call for, each with the job that escalates it; in the unit of the assessment.</summary>
    public async Task Raise(AccessGrant grant, Assessment assessment, FlagSettings settings, WriteUnit unit, CancellationToken ct)
    {
        var ring = await keys.For(grant, ct);
        foreach (var answer in assessment.Content.Scored.Flags)
        {
            var flag = new StoredFlag
            {
                Id = Ids.New(unit.Now),
                Version = 1,
                Status = FlagStatus.Open,
                Facts = assessment.Facts,
                AssessmentId = assessment.Id,
                DueAt = unit.Now.AddHours(settings.DueHours),
                EscalateAt = unit.Now.AddHours(settings.EscalateHours),
                Content = new FlagContent { Code = answer.Code, Item = answer.Item, Value = answer.Value, EscalateTo = settings.EscalateTo },
                RecordedAt = unit.Now,
            };
            unit.ForClient(grant, DataCategory.Assessments).Insert(
                InsertOne, Kept(flag, ring), new { flag.AssessmentId, flag.DueAt, flag.EscalateAt });
            BackgroundJobs.Add(
                new Job
                {
                    Id = Ids.New(unit.Now),
                    PartnerId = grant.PartnerId,
                    ClientId = grant.ClientId,
                    Kind = EscalateFlag.JobKind,
                    AboutId = flag.Id,
                    DueAt = flag.EscalateAt,
                },
                unit);
        }
    }

    public async Task<StoredFlag> Acknowledge(AccessGrant grant, StoredFlag flag, RecordedFact acknowledgement, WriteUnit unit, CancellationToken ct)
    {
        var acknowledged = flag with
        {
            Version = flag.Version + 1,
            Status = FlagStatus.Acknowledged,
            Content = flag.Content with { Acknowledgement = acknowledgement },
        };
        unit.ForClient(grant, DataCategory.Assessments).Update(UpdateOne, Kept(acknowledged, await keys.For(grant, ct)), ChangeKind.Updated);
        return acknowledged;
    }

    /// <summary>Closes the flags of an assessment that was entered in error, in the unit of its retraction.</summary>
    public async Task CloseOf(AccessGrant grant, Guid assessmentId, RecordedFact closing, WriteUnit unit, CancellationToken ct)
    {
        var rows = await database.ForClient(grant, DataCategory.Assessments).Query<Row>(SelectOfAssessment, new { AssessmentId = assessmentId }, ct);
        var ring = await keys.For(grant, ct);
        foreach (var flag in rows.Select(row => row.Open(ring)))
        {
            var closed = flag with { Version = flag.Version + 1, Status = FlagStatus.Closed, Content = flag.Content with { Closing = closing } };

            // The caller has seen the assessment and not its flags: where one has moved on, it is read again.
            unit.ForClient(grant, DataCategory.Assessments).Update(UpdateOne, Kept(closed, ring), ChangeKind.Updated, stale: WriteMiss.DoneMeanwhile);
        }
    }

    private static StoredFlag AsItWas(StoredFlag present, KeptVersion version, ClientKeyRing ring)
    {
        var content = ring.Open<FlagContent>(Kind, present.Id, version.Version, version.Content);
        return present with
        {
            Version = version.Version,
            Status = StatusOf(version.Status),
            Facts = version.Facts,
            EscalatedAt = content.EscalatedAt,
            Content = content,
        };
    }

    private static KeptItem Kept(StoredFlag flag, ClientKeyRing ring) => new()
    {
        Kind = Kind,
        Id = flag.Id,
        Version = flag.Version,
        Status = Code(flag.Status),
        Facts = flag.Facts,
        Content = ring.Seal(Kind, flag.Id, flag.Version, flag.Content),
    };

    private static string Code(FlagStatus status) => status switch
    {
        FlagStatus.Open => "open",
        FlagStatus.Acknowledged => "acknowledged",
        FlagStatus.Closed => "closed",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "Not a status."),
    };

    private static FlagStatus StatusOf(string code) => Enum.GetValues<FlagStatus>().First(status => Code(status) == code);

    private record Row : ItemRow
    {
        public required Guid Id { get; init; }

        public required Guid AssessmentId { get; init; }

        public required string Status { get; init; }

        public required DateTimeOffset DueAt { get; init; }

        public required DateTimeOffset EscalateAt { get; init; }

        public DateTimeOffset? EscalatedAt { get; init; }

        public required byte[] Content { get; init; }

        public required DateTimeOffset RecordedAt { get; init; }

        public StoredFlag Open(ClientKeyRing ring) => new()
        {
            Id = Id,
            Version = Version,
            Status = StatusOf(Status),
            Facts = Facts,
            AssessmentId = AssessmentId,
            DueAt = DueAt,
            EscalateAt = EscalateAt,
            EscalatedAt = EscalatedAt,
            Content = ring.Open<FlagContent>(Kind, Id, Version, Content),
            RecordedAt = RecordedAt,
        };
    }

    private sealed record OpenRow : Row
    {
        public required Guid ClientId { get; init; }

        public required int Counted { get; init; }
    }
}
