using PersonalCareApi.Background;
using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Protection;
using PersonalCareApi.Records;

namespace PersonalCareApi.Outgoing.Exports;

/// <summary>What of an export is sealed.</summary>
internal sealed record ExportContent
{
    public required PartyResponse For { get; init; }

    /// <summary>The purpose that was claimed, by its code; null where none was.</summary>
    public string? Purpose { get; init; }

    /// <summary>The trace of the request; the entries of the archive's uses carry it.</summary>
    public required string Trace { get; init; }

    public IReadOnlyList<ExportedCategory> Categories { get; init; } = [];

    public IReadOnlyList<Withheld> Withheld { get; init; } = [];

    /// <summary>What had changed on the record when the archive was begun; see <see cref="StoredExports.Changes"/>.</summary>
    public string? Changes { get; init; }

    public long Bytes { get; init; }

    public DateTimeOffset? ReadyAt { get; init; }

    public string? StoppedBecause { get; init; }
}

/// <summary>A category that an archive holds.</summary>
/// <param name="Category">Its code.</param>
/// <param name="Extent">What the decision opened: what it opens when the archive is fetched must be the same.</param>
/// <param name="Labels">The labels of what was read.</param>
internal sealed record ExportedCategory(string Category, string Extent, long Labels);

/// <summary>An export as it is stored.</summary>
internal sealed record StoredExport
{
    public const string Building = "building";
    public const string Ready = "ready";
    public const string Expired = "expired";
    public const string Stopped = "stopped";

    /// <summary>Stopped: the application, or whoever asked, is no longer there.</summary>
    public const string CallerGone = "caller-gone";

    /// <summary>Stopped: whoever asked may no longer have it.</summary>
    public const string NotPermitted = "not-permitted";

    public required Guid Id { get; init; }

    public required Guid PartnerId { get; init; }

    public required Guid ClientId { get; init; }

    public required int Version { get; init; }

    public required string State { get; init; }

    public required DateTimeOffset RequestedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public required ExportContent Content { get; init; }

    /// <summary>Who asked, as whom they acted on the record then.</summary>
    public Party For => Party.TryParseKind(Content.For.Kind, out var kind)
        ? new Party(kind, Content.For.Id)
        : throw new InvalidOperationException("An export is for nobody.");
}

/// <summary>The table <c>record_export</c> as work in the background has it, by id; whoever asks goes by <c>ExportRepository</c>.</summary>
internal sealed class StoredExports(Database database, ClientKeys keys)
{
    /// <summary>What an export is sealed as.</summary>
    public const string Kind = "export";

    public const string Columns = "id, partner_id, client_id, version, state, occurred_at, expires_at, content";

    private const string Select = $"""
        SELECT {Columns}
        FROM record_export
        WHERE id = @Id AND client_id = @ClientId AND partner_id = @PartnerId
        """;

    private const string Insert = """
        INSERT INTO record_export (
            id, partner_id, client_id, version, labels, author_id, part, occurred_at, state, content, updated_at)
        VALUES (@Id, @PartnerId, @ClientId, 1, 0, @AuthorId, '', @Now, 'building', @Content, @Now)
        """;

    private const string Update = """
        UPDATE record_export
        SET version = version + 1, state = @State, content = @Content, expires_at = @ExpiresAt, updated_at = @Now
        WHERE id = @Id AND client_id = @ClientId AND partner_id = @PartnerId AND version = @Version
        """;

    private const string SelectChanges = """
        SELECT COUNT(*) AS changes, MAX(recorded_at) AS last_at
        FROM item_version
        WHERE client_id = @ClientId AND partner_id = @PartnerId AND version > 1
        """;

    /// <summary>The export that the job is about; null where it is gone.</summary>
    public async Task<StoredExport?> Find(Job job, CancellationToken ct)
    {
        var row = await database.ForSystem(SystemReason.Archives)
            .QueryOne<Row>(Select, new { Id = job.AboutId, job.ClientId, job.PartnerId }, ct);
        return row?.Open(await keys.Of(row.PartnerId, row.ClientId, ct));
    }

    /// <summary>
    /// How often items of the record have been changed, and when last: a label that is put on, a note that is withheld or
    /// taken back closes what an archive made before still holds.
    /// </summary>
    public async Task<string> Changes(StoredExport export, CancellationToken ct)
    {
        var changes = await database.ForSystem(SystemReason.Archives)
            .QueryOne<ChangesRow>(SelectChanges, new { export.ClientId, export.PartnerId }, ct);
        return $"{changes!.Changes} {changes.LastAt:O}";
    }

    /// <summary>Adds an export that is to be built; the use that asks for it is decided, and guarded, by the request.</summary>
    public static void Add(StoredExport export, ClientKeyRing ring, WriteUnit unit) => unit.Execute(
        Insert,
        new
        {
            export.Id,
            export.PartnerId,
            export.ClientId,
            AuthorId = export.For.Id,
            Content = ring.Seal(Kind, export.Id, 1, export.Content),
            unit.Now,
        });

    public static void Change(
        StoredExport export, string state, ExportContent content, DateTimeOffset? expiresAt, ClientKeyRing ring, WriteUnit unit) => unit.Execute(
        Update,
        new
        {
            export.Id,
            export.ClientId,
            export.PartnerId,
            export.Version,
            State = state,
            Content = ring.Seal(Kind, export.Id, export.Version + 1, content),
            ExpiresAt = expiresAt,
            unit.Now,
        });

    private sealed record ChangesRow
    {
        public required int Changes { get; init; }

        public DateTimeOffset? LastAt { get; init; }
    }

    internal sealed record Row
    {
        public required Guid Id { get; init; }

        public required Guid PartnerId { get; init; }

        public required Guid ClientId { get; init; }

        public required int Version { get; init; }

        public required string State { get; init; }

        public required DateTimeOffset OccurredAt { get; init; }

        public DateTimeOffset? ExpiresAt { get; init; }

        public required byte[] Content { get; init; }

        public StoredExport Open(ClientKeyRing ring) => new()
        {
            Id = Id,
            PartnerId = PartnerId,
            ClientId = ClientId,
            Version = Version,
            State = State,
            RequestedAt = OccurredAt,
            ExpiresAt = ExpiresAt,
            Content = ring.Open<ExportContent>(Kind, Id, Version, Content),
        };
    }
}
