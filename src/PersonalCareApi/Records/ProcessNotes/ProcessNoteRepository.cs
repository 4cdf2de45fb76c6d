using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Protection;

namespace PersonalCareApi.Records.ProcessNotes;

/// <summary>A process note as it is kept; the part of its facts is to whom its author released it.</summary>
internal sealed record ProcessNote
{
    public required Guid Id { get; init; }

    public required int Version { get; init; }

    public required ItemFacts Facts { get; init; }

    public required ProcessNoteContent Content { get; init; }

    public required DateTimeOffset RecordedAt { get; init; }

    public bool IsReleased => Facts.Part != ProcessNoteRelease.Private;
}

/// <summary>What of a process note is sealed.</summary>
internal sealed record ProcessNoteContent
{
    public required string Text { get; init; }

    /// <summary>The session it is about, where one was named.</summary>
    public Guid? SessionId { get; init; }

    /// <summary>When its author released it; null while it is private.</summary>
    public DateTimeOffset? ReleasedAt { get; init; }
}

/// <summary>The <c>process_note</c> table, read and written for one client at a time.</summary>
/// <remarks><see cref="ClientScope"/> binds partner, client and reach from the grant, so no method here takes a client.</remarks>
internal sealed class ProcessNoteRepository(Database database, ClientKeys keys)
{
    private const string Kind = "process-note";

    private const string Columns = $"id, {ItemRow.ItemColumns}, content, recorded_at";

    private const string Filter = """
        (@From IS NULL OR occurred_at >= @From) AND (@Until IS NULL OR occurred_at < @Until)
        """;

    private const string SelectOne = $"""
        SELECT {Columns}
        FROM process_note
        WHERE {InReach.Where} AND id = @Id
        """;

    private const string SelectPage = $"""
        SELECT {Columns}
        FROM process_note
        WHERE {InReach.Where} AND {Filter}
          AND (@AfterAt IS NULL OR occurred_at < @AfterAt OR (occurred_at = @AfterAt AND id < @AfterId))
        ORDER BY occurred_at DESC, id DESC
        """;

    private const string CountAll = $"""
        SELECT COUNT(*)
        FROM process_note
        WHERE {InReach.Where} AND {Filter}
        """;

    // Only of a note that is in reach itself, and to others than its author only as it is released now: what was taken
    // back, or written before, is the author's again.
    private const string SelectVersions = $"""
        SELECT version.item_id AS id, version.version, version.labels, version.author_id, version.part, version.occurred_at,
               version.content, whole.recorded_at
        FROM (
            SELECT item_id, version, labels, author_id, part, occurred_at, content
            FROM item_version
            WHERE {InReach.Where} AND kind = 'process-note' AND item_id = @Id) AS version
        INNER JOIN (
            SELECT id, version AS newest, recorded_at
            FROM process_note
            WHERE {InReach.Where} AND id = @Id) AS whole ON whole.id = version.item_id
        WHERE (@Version IS NULL OR version.version = @Version)
          AND (version.author_id = @GrantActingAsId OR version.version = whole.newest)
        ORDER BY version.version
        """;

    private const string InsertOne = """
        INSERT INTO process_note (
            id, partner_id, client_id, version, labels, author_id, part, occurred_at, content, recorded_at, updated_at)
        VALUES (
            @Id, @GrantPartnerId, @GrantClientId, @Version, @Labels, @AuthorId, @Part, @OccurredAt, @Content, @Now, @Now)
        """;

    private const string UpdateOne = $"""
        UPDATE process_note
        SET version = @Version, part = @Part, occurred_at = @OccurredAt, content = @Content, updated_at = @Now
        WHERE {InReach.Where} AND id = @Id AND version = @PreviousVersion
        """;

    private const string DeleteOne = $"""
        DELETE FROM process_note
        WHERE {InReach.Where} AND id = @Id AND version = @Version
        """;

    public async Task<ProcessNote?> Find(AccessGrant grant, Guid id, CancellationToken ct)
    {
        var row = await database.ForClient(grant, DataCategory.ProcessNotes).QueryOne<Row>(SelectOne, new { Id = id }, ct);
        return row?.Open(await keys.For(grant, ct));
    }

    public async Task<Rows<ProcessNote>> List(AccessGrant grant, ProcessNoteQuery query, Position? after, CancellationToken ct)
    {
        var rows = await database.ForClient(grant, DataCategory.ProcessNotes).QueryPage<Row>(
            SelectPage, CountAll, new { query.From, query.Until, AfterAt = after?.At, AfterId = after?.Id }, query.Size, ct);
        var ring = await keys.For(grant, ct);
        return rows.Select(row => row.Open(ring));
    }

    /// <summary>Each version as it was, oldest first; one where it is named. Others than the author have the released one.</summary>
    public async Task<IReadOnlyList<ProcessNote>> Versions(AccessGrant grant, Guid id, int? version, CancellationToken ct)
    {
        var rows = await database.ForClient(grant, DataCategory.ProcessNotes)
            .Query<Row>(SelectVersions, new { Id = id, Version = version }, ct);
        var ring = await keys.For(grant, ct);
        return [.. rows.Select(row => row.Open(ring))];
    }

    public async Task Add(AccessGrant grant, ProcessNote note, WriteUnit unit, CancellationToken ct) =>
        unit.ForClient(grant, DataCategory.ProcessNotes).Insert(InsertOne, Kept(note, await keys.For(grant, ct)));

    /// <summary>Keeps the note as the version after the one that was read.</summary>
    public async Task<ProcessNote> Change(AccessGrant grant, ProcessNote note, WriteUnit unit, CancellationToken ct)
    {
        var next = note with { Version = note.Version + 1 };
        unit.ForClient(grant, DataCategory.ProcessNotes).Update(UpdateOne, Kept(next, await keys.For(grant, ct)), ChangeKind.Updated);
        return next;
    }

    /// <summary>Deletes the note with all its versions.</summary>
    public async Task Discard(AccessGrant grant, ProcessNote note, WriteUnit unit, CancellationToken ct) =>
        unit.ForClient(grant, DataCategory.ProcessNotes).Delete(DeleteOne, Kept(note, await keys.For(grant, ct)));

    private static KeptItem Kept(ProcessNote note, ClientKeyRing ring) => new()
    {
        Kind = Kind,
        Id = note.Id,
        Version = note.Version,
        Status = note.IsReleased ? "released" : "private",
        Facts = note.Facts,
        Content = ring.Seal(Kind, note.Id, note.Version, note.Content),
    };

    private sealed record Row : ItemRow
    {
        public required Guid Id { get; init; }

        public required byte[] Content { get; init; }

        public required DateTimeOffset RecordedAt { get; init; }

        public ProcessNote Open(ClientKeyRing ring) => new()
        {
            Id = Id,
            Version = Version,
            Facts = Facts,
            Content = ring.Open<ProcessNoteContent>(Kind, Id, Version, Content),
            RecordedAt = RecordedAt,
        };
    }
}
