using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Protection;

namespace PersonalCareApi.Records.Goals;

/// <summary>One view of a goal as the record holds it.</summary>
internal sealed record Progress
{
    public const string Final = "final";
    public const string Retracted = "retracted";

    public required Guid Id { get; init; }

    public required Guid GoalId { get; init; }

    public required int Version { get; init; }

    public required string Status { get; init; }

    public required ItemFacts Facts { get; init; }

    public required ProgressContent Content { get; init; }
}

/// <summary>What of a view is sealed.</summary>
internal sealed record ProgressContent
{
    public required ProgressKind Kind { get; init; }

    public required int? Level { get; init; }

    public required decimal? Value { get; init; }

    public required string? Note { get; init; }

    public required int TermsVersion { get; init; }

    public required PartyResponse RecordedBy { get; init; }

    public required DateTimeOffset RecordedAt { get; init; }

    public RecordedFact? Retraction { get; init; }
}

/// <summary>The <c>goal_progress</c> table, read and written for one client at a time.</summary>
internal sealed class ProgressRepository(Database database, ClientKeys keys, VersionRepository versions)
{
    private const string Kind = "goal-progress";

    private const string Columns = $"id, {ItemRow.ItemColumns}, goal_id, status, content";

    private const string Filter = "goal_id = @GoalId AND (@Side IS NULL OR side = @Side) AND (@Kind IS NULL OR kind = @Kind)";

    private const string SelectOne = $"""
        SELECT {Columns}
        FROM goal_progress
        WHERE {InReach.Where} AND goal_id = @GoalId AND id = @Id
        """;

    private const string SelectPage = $"""
        SELECT {Columns}
        FROM goal_progress
        WHERE {InReach.Where} AND {Filter}
          AND (@AfterAt IS NULL OR occurred_at < @AfterAt OR (occurred_at = @AfterAt AND id < @AfterId))
        ORDER BY occurred_at DESC, id DESC
        """;

    private const string CountAll = $"""
        SELECT COUNT(*)
        FROM goal_progress
        WHERE {InReach.Where} AND {Filter}
        """;

    private const string SelectLevels = $"""
        SELECT {Columns}
        FROM goal_progress
        WHERE {InReach.Where} AND side = @Side AND kind = 'attainment' AND status = 'final'
        ORDER BY occurred_at, id
        """;

    private const string InsertOne = """
        INSERT INTO goal_progress (
            id, partner_id, client_id, version, labels, author_id, part, occurred_at, goal_id, side, kind, status, content, recorded_at)
        VALUES (
            @Id, @GrantPartnerId, @GrantClientId, @Version, @Labels, @AuthorId, @Part, @OccurredAt, @GoalId, @Side, @ProgressKind,
            @Status, @Content, @Now)
        """;

    private const string UpdateOne = $"""
        UPDATE goal_progress
        SET version = @Version, status = @Status, content = @Content
        WHERE {InReach.Where} AND id = @Id AND version = @PreviousVersion
        """;

    public async Task<Progress?> Find(AccessGrant grant, Guid goalId, Guid id, CancellationToken ct)
    {
        var row = await database.ForClient(grant, DataCategory.Goals).QueryOne<Row>(SelectOne, new { GoalId = goalId, Id = id }, ct);
        return row?.Open(await keys.For(grant, ct));
    }

    public async Task<Rows<Progress>> List(AccessGrant grant, Guid goalId, ProgressQuery query, Position? after, CancellationToken ct)
    {
        var rows = await database.ForClient(grant, DataCategory.Goals).QueryPage<Row>(
            SelectPage,
            CountAll,
            new
            {
                GoalId = goalId,
                Side = query.By is { } side ? Code(side) : null,
                Kind = query.Kind is { } kind ? Code(kind) : null,
                AfterAt = after?.At,
                AfterId = after?.Id,
            },
            query.Size,
            ct);
        var ring = await keys.For(grant, ct);
        return rows.Select(row => row.Open(ring));
    }

    /// <summary>Every attainment level that one side has recorded, of all goals in reach, oldest first.</summary>
    public async Task<IReadOnlyList<Progress>> Levels(AccessGrant grant, Side side, CancellationToken ct)
    {
        var rows = await database.ForClient(grant, DataCategory.Goals).Query<Row>(SelectLevels, new { Side = Code(side) }, ct);
        var ring = await keys.For(grant, ct);
        return [.. rows.Select(row => row.Open(ring))];
    }

    /// <summary>The versions after <paramref name="after"/> as they were, oldest first.</summary>
    public async Task<Rows<Progress>> Versions(AccessGrant grant, Guid goalId, Guid id, int after, int limit, CancellationToken ct) =>
        await Find(grant, goalId, id, ct) is { } present
            ? await versions.List(grant, DataCategory.Goals, Kind, id, after, limit, (version, ring) => AsItWas(present, version, ring), ct)
            : Rows<Progress>.None;

    public async Task<Progress?> FindVersion(AccessGrant grant, Guid goalId, Guid id, int version, CancellationToken ct) =>
        await Find(grant, goalId, id, ct) is { } present
            ? await versions.Find(grant, DataCategory.Goals, Kind, id, version, (kept, ring) => AsItWas(present, kept, ring), ct)
            : null;

    public async Task Add(AccessGrant grant, Progress progress, Side side, WriteUnit unit, CancellationToken ct) =>
        unit.ForClient(grant, DataCategory.Goals).Insert(
            InsertOne,
            Kept(progress, await keys.For(grant, ct)),
            new { progress.GoalId, Side = Code(side), ProgressKind = Code(progress.Content.Kind) });

    /// <summary>Keeps the view but says that it was entered in error.</summary>
    public async Task<Progress> Retract(AccessGrant grant, Progress progress, RecordedFact retraction, WriteUnit unit, CancellationToken ct)
    {
        var retracted = progress with
        {
            Version = progress.Version + 1,
            Status = Progress.Retracted,
            Content = progress.Content with { Retraction = retraction },
        };
        unit.ForClient(grant, DataCategory.Goals).Update(UpdateOne, Kept(retracted, await keys.For(grant, ct)), ChangeKind.Retracted);
        return retracted;
    }

    private static Progress AsItWas(Progress present, KeptVersion version, ClientKeyRing ring) => present with
    {
        Version = version.Version,
        Status = version.Status,
        Facts = version.Facts,
        Content = ring.Open<ProgressContent>(Kind, present.Id, version.Version, version.Content),
    };

    private static KeptItem Kept(Progress progress, ClientKeyRing ring) => new()
    {
        Kind = Kind,
        Id = progress.Id,
        Version = progress.Version,
        Status = progress.Status,
        Facts = progress.Facts,
        Content = ring.Seal(Kind, progress.Id, progress.Version, progress.Content),
    };

    private static string Code(Side side) => side switch
    {
        Side.Client => "client",
        Side.Practitioner => "practitioner",
        _ => throw new ArgumentOutOfRangeException(nameof(side), side, "Not a side."),
    };

    private static string Code(ProgressKind kind) => kind switch
    {
        ProgressKind.Attainment => "attainment",
        ProgressKind.Scaling => "scaling",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a kind."),
    };

    private sealed record Row : ItemRow
    {
        public required Guid Id { get; init; }

        public required Guid GoalId { get; init; }

        public required string Status { get; init; }

        public required byte[] Content { get; init; }

        public Progress Open(ClientKeyRing ring) => new()
        {
            Id = Id,
            GoalId = GoalId,
            Version = Version,
            Status = Status,
            Facts = Facts,
            Content = ring.Open<ProgressContent>(ProgressRepository.Kind, Id, Version, Content),
        };
    }
}
