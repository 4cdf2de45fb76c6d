using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Protection;
using PersonalCareApi.Records.Disagreements;

namespace PersonalCareApi.Records.Assessments;

/// <summary>An assessment as the record holds it; the part of its facts is the instrument.</summary>
internal sealed record Assessment
{
    public const string Final = "final";
    public const string Incomplete = "incomplete";
    public const string Retracted = "retracted";

    public required Guid Id { get; init; }

    public required int Version { get; init; }

    public required string Status { get; init; }

    public required ItemFacts Facts { get; init; }

    public required string AuthorKind { get; init; }

    public required string InstrumentVersion { get; init; }

    public required AssessmentContent Content { get; init; }

    /// <summary>What the client says against it, oldest first; filled where the item is read as it is now.</summary>
    public IReadOnlyList<Disagreement> Disagreements { get; init; } = [];

    public required DateTimeOffset RecordedAt { get; init; }
}

/// <summary>The first or the latest assessment of a series, and how many the series has.</summary>
internal sealed record SeriesEnd(Assessment Assessment, int Count);

/// <summary>The <c>assessment</c> table, read and written for one client at a time.</summary>
/// <remarks><see cref="ClientScope"/> binds partner, client and reach from the grant, so no method here takes a client.</remarks>
internal sealed class AssessmentRepository(Database database, ClientKeys keys, VersionRepository versions, DisagreementRepository disagreements)
{
    private const string Kind = "assessment";

    private const string Columns = $"id, {ItemRow.ItemColumns}, instrument_version, status, author_kind, content, recorded_at";

    /// <summary>How often it is disputed, so that nothing more is read of what nobody disputes.</summary>
    private const string Disputes = """
        (SELECT COUNT(*)
            FROM disagreement AS said
            WHERE said.client_id = assessment.client_id AND said.item_id = assessment.id) AS disputes
        """;

    private const string Filter = """
        (@Instrument IS NULL OR part = @Instrument)
          AND (@From IS NULL OR occurred_at >= @From)
          AND (@Until IS NULL OR occurred_at < @Until)
        """;

    private const string SelectOne = $"""
        SELECT {Columns}, {Disputes}
        FROM assessment
        WHERE {InReach.Where} AND id = @Id
        """;

    private const string SelectPage = $"""
        SELECT {Columns}, {Disputes}
        FROM assessment
        WHERE {InReach.Where} AND {Filter}
          AND (@AfterAt IS NULL OR occurred_at < @AfterAt OR (occurred_at = @AfterAt AND id < @AfterId))
        ORDER BY occurred_at DESC, id DESC
        """;

    private const string CountAll = $"""
        SELECT COUNT(*)
        FROM assessment
        WHERE {InReach.Where} AND {Filter}
        """;

    private const string SelectNewest = $"""
        SELECT client_id, {Columns}
        FROM (
            SELECT client_id, {Columns}, ROW_NUMBER() OVER (PARTITION BY client_id, part ORDER BY occurred_at DESC, id DESC) AS place
            FROM assessment
            WHERE {InReach.Where} AND status <> 'retracted' AND part IN @Instruments) AS newest
        WHERE place = 1
        """;

    // The join is written crosswise because SQLite keeps that order: the few ends first, then their rows by key. Left to itself it
    // may compare every assessment with every other.
    private const string SelectEnds = $"""
        SELECT {Columns}, counted
        FROM (
            SELECT end_id, counted
            FROM (
                SELECT id AS end_id,
                    ROW_NUMBER() OVER (PARTITION BY part, instrument_version, status ORDER BY occurred_at, id) AS place_from_first,
                    ROW_NUMBER() OVER (PARTITION BY part, instrument_version, status ORDER BY occurred_at DESC, id DESC) AS place_from_latest,
                    COUNT(*) OVER (PARTITION BY part, instrument_version, status) AS counted
                FROM assessment
                WHERE {InReach.Where} AND {Filter}) AS places
            WHERE place_from_first = 1 OR place_from_latest = 1) AS ends
        CROSS JOIN assessment
        WHERE {InReach.Where} AND id = end_id
        ORDER BY occurred_at, id
        """;

    private const string SelectEndsOfEach = $"""
        SELECT client_id, counted, {Columns}
        FROM (
            SELECT client_id, {Columns},
                ROW_NUMBER() OVER (PARTITION BY client_id, part, instrument_version ORDER BY occurred_at, id) AS place_from_first,
                ROW_NUMBER() OVER (PARTITION BY client_id, part, instrument_version ORDER BY occurred_at DESC, id DESC) AS place_from_latest,
                COUNT(*) OVER (PARTITION BY client_id, part, instrument_version) AS counted
            FROM assessment
            WHERE {InReach.Where} AND status = 'final') AS ends
        WHERE place_from_first = 1 OR place_from_latest = 1
        ORDER BY occurred_at, id
        """;

    private const string FinalOfSeries = $"""
        SELECT {Columns}
        FROM assessment
        WHERE {InReach.Where} AND part = @Instrument AND instrument_version = @Version AND status = 'final'
        """;

    private const string SelectFirstOfSeries = $"""
        {FinalOfSeries}
        ORDER BY occurred_at, id
        """;

    private const string SelectLatestOfSeries = $"""
        {FinalOfSeries}
        ORDER BY occurred_at DESC, id DESC
        """;

    private const string SelectNewestFinal = $"""
        SELECT {Columns}
        FROM assessment
        WHERE {InReach.Where} AND {Filter} AND status = 'final' AND instrument_version = @Version
        ORDER BY occurred_at DESC, id DESC
        """;

    private const string CountFinal = $"""
        SELECT COUNT(*)
        FROM assessment
        WHERE {InReach.Where} AND {Filter} AND status = 'final' AND instrument_version = @Version
        """;

    private const string InsertOne = """
        INSERT INTO assessment (
            id, partner_id, client_id, version, labels, author_id, part, occurred_at, instrument_version, status, author_kind,
            content, recorded_at, updated_at)
        VALUES (
            @Id, @GrantPartnerId, @GrantClientId, @Version, @Labels, @AuthorId, @Part, @OccurredAt, @InstrumentVersion, @Status,
            @AuthorKind, @Content, @Now, @Now)
        """;

    private const string UpdateOne = $"""
        UPDATE assessment
        SET version = @Version, status = @Status, content = @Content, updated_at = @Now
        WHERE {InReach.Where} AND id = @Id AND version = @PreviousVersion
        """;

    public async Task<Assessment?> Find(AccessGrant grant, Guid id, CancellationToken ct)
    {
        var row = await database.ForClient(grant, DataCategory.Assessments).QueryOne<Row>(SelectOne, new { Id = id }, ct);
        return row is null ? null : (await Disputed(grant, [row], ct))[0];
    }

    public async Task<Rows<Assessment>> List(AccessGrant grant, AssessmentQuery query, Position? after, CancellationToken ct)
    {
        var rows = await database.ForClient(grant, DataCategory.Assessments).QueryPage<Row>(
            SelectPage,
            CountAll,
            new { query.Instrument, query.From, query.Until, AfterAt = after?.At, AfterId = after?.Id },
            query.Size,
            ct);
        var opened = await Disputed(grant, rows.Items, ct);
        return rows.With(opened);
    }

    /// <summary>The versions after <paramref name="after"/> as they were, oldest first.</summary>
    public async Task<Rows<Assessment>> Versions(AccessGrant grant, Guid id, int after, int limit, CancellationToken ct) =>
        await Find(grant, id, ct) is { } present
            ? await versions.List(
                grant, DataCategory.Assessments, Kind, id, after, limit, (version, ring) => AsItWas(present, version, ring), ct)
            : Rows<Assessment>.None;

    public async Task<Assessment?> FindVersion(AccessGrant grant, Guid id, int version, CancellationToken ct) =>
        await Find(grant, id, ct) is { } present
            ? await versions.Find(
                grant, DataCategory.Assessments, Kind, id, version, (kept, ring) => AsItWas(present, kept, ring), ct)
            : null;

    /// <summary>The newest assessment by each of these instruments in the reach of each grant, by client.</summary>
    public Task<OfEach<Assessment>> NewestOfEach(IReadOnlyList<AccessGrant> grants, IReadOnlyList<string> instruments, CancellationToken ct) => keys.OpenEach(
        grants,
        some => database.ForClients(some, DataCategory.Assessments).Query<Row>(SelectNewest, new { Instruments = instruments }, ct),
        row => row.ClientId,
        (row, ring) => row.Open(ring),
        ct);

    /// <summary>The first and the latest assessment of each series, oldest first: of one instrument, or of all.</summary>
    /// <remarks>A series has one instrument, one version of it and one status. However long it is, this reads two rows of it.</remarks>
    public async Task<IReadOnlyList<SeriesEnd>> Ends(
        AccessGrant grant, string? instrument, DateTimeOffset? from, DateTimeOffset? until, CancellationToken ct)
    {
        var rows = await database.ForClient(grant, DataCategory.Assessments).Query<EndRow>(
            SelectEnds, new { Instrument = instrument, From = from, Until = until }, ct);
        var ring = await keys.For(grant, ct);
        return [.. rows.Select(row => new SeriesEnd(row.Open(ring), row.Counted))];
    }

    /// <summary>The first and the latest complete assessment by one version of an instrument, each once.</summary>
    public async Task<IReadOnlyList<Assessment>> EndsOfOne(AccessGrant grant, string instrument, string version, CancellationToken ct)
    {
        var series = new { Instrument = instrument, Version = version };
        var scope = database.ForClient(grant, DataCategory.Assessments);
        if (await scope.QueryFirst<Row>(SelectLatestOfSeries, series, ct) is not { } latest
            || await scope.QueryFirst<Row>(SelectFirstOfSeries, series, ct) is not { } first)
        {
            return [];
        }

        var ring = await keys.For(grant, ct);
        return first.Id == latest.Id ? [latest.Open(ring)] : [first.Open(ring), latest.Open(ring)];
    }

    /// <summary>The first and the latest complete assessment of each series in the reach of each grant, oldest first, by client.</summary>
    public Task<OfEach<SeriesEnd>> EndsOfEach(IReadOnlyList<AccessGrant> grants, CancellationToken ct) => keys.OpenEach(
        grants,
        some => database.ForClients(some, DataCategory.Assessments).Query<EndRow>(SelectEndsOfEach, null, ct),
        row => row.ClientId,
        (row, ring) => new SeriesEnd(row.Open(ring), row.Counted),
        ct);

    /// <summary>The newest complete assessments by one version of an instrument, newest first, and how many there are.</summary>
    public async Task<Rows<Assessment>> NewestFinal(
        AccessGrant grant, string instrument, string version, DateTimeOffset? from, DateTimeOffset? until, int most, CancellationToken ct)
    {
        var rows = await database.ForClient(grant, DataCategory.Assessments).QueryPage<Row>(
            SelectNewestFinal, CountFinal, new { Instrument = instrument, Version = version, From = from, Until = until }, most, ct);
        var ring = await keys.For(grant, ct);
        return rows.Select(row => row.Open(ring));
    }

    public async Task Add(AccessGrant grant, Assessment assessment, WriteUnit unit, CancellationToken ct) =>
        unit.ForClient(grant, DataCategory.Assessments).Insert(
            InsertOne, Kept(assessment, await keys.For(grant, ct)), new { assessment.InstrumentVersion, assessment.AuthorKind });

    /// <summary>Keeps the assessment but says that it was entered in error.</summary>
    public async Task<Assessment> Retract(
        AccessGrant grant, Assessment assessment, RetractionContent retraction, WriteUnit unit, CancellationToken ct)
    {
        var retracted = assessment with
        {
            Version = assessment.Version + 1,
            Status = Assessment.Retracted,
            Content = assessment.Content with { Retraction = retraction },
        };
        unit.ForClient(grant, DataCategory.Assessments)
            .Update(UpdateOne, Kept(retracted, await keys.For(grant, ct)), ChangeKind.Retracted);
        return retracted;
    }

    /// <summary>The rows opened, each with what is said against it.</summary>
    private async Task<IReadOnlyList<Assessment>> Disputed(AccessGrant grant, IReadOnlyList<Row> rows, CancellationToken ct)
    {
        var ring = await keys.For(grant, ct);
        var said = await disagreements.With(grant, [.. rows.Where(row => row.Disputes > 0).Select(row => row.Id)], ct);
        return [.. rows.Select(row => row.Open(ring) with { Disagreements = [.. said[row.Id]] })];
    }

    private static Assessment AsItWas(Assessment present, KeptVersion version, ClientKeyRing ring) => present with
    {
        Version = version.Version,
        Status = version.Status,
        Facts = version.Facts,
        Content = ring.Open<AssessmentContent>(Kind, present.Id, version.Version, version.Content),
    };

    private static KeptItem Kept(Assessment assessment, ClientKeyRing ring) => new()
    {
        Kind = Kind,
        Id = assessment.Id,
        Version = assessment.Version,
        Status = assessment.Status,
        Facts = assessment.Facts,
        Content = ring.Seal(Kind, assessment.Id, assessment.Version, assessment.Content),
    };

    private record Row : ItemRow
    {
        /// <summary>How often it is disputed; read of items as they are now only.</summary>
        public int Disputes { get; init; }

        /// <summary>Whose it is; read in lists over several clients only.</summary>
        public Guid ClientId { get; init; }

        public required Guid Id { get; init; }

        public required string InstrumentVersion { get; init; }

        public required string Status { get; init; }

        public required string AuthorKind { get; init; }

        public required byte[] Content { get; init; }

        public required DateTimeOffset RecordedAt { get; init; }

        public Assessment Open(ClientKeyRing ring) => new()
        {
            Id = Id,
            Version = Version,
            Status = Status,
            Facts = Facts,
            AuthorKind = AuthorKind,
            InstrumentVersion = InstrumentVersion,
            Content = ring.Open<AssessmentContent>(Kind, Id, Version, Content),
            RecordedAt = RecordedAt,
        };
    }

    private sealed record EndRow : Row
    {
        public required int Counted { get; init; }
    }
}
