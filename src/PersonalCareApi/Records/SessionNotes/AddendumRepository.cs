using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Protection;

namespace PersonalCareApi.Records.SessionNotes;

/// <summary>An addendum as the record holds it: with the labels and the date of its note, and an author of its own.</summary>
internal sealed record Addendum
{
    public required Guid Id { get; init; }

    public required Guid NoteId { get; init; }

    public required ItemFacts Facts { get; init; }

    public required AddendumContent Content { get; init; }

    public required DateTimeOffset RecordedAt { get; init; }
}

/// <summary>What of an addendum is sealed.</summary>
internal sealed record AddendumContent(PartyResponse Author, string Text);

/// <summary>The <c>session_note_addendum</c> table, read and written for one client at a time.</summary>
/// <remarks>An addendum is seen by who sees its note: each statement asks for both.</remarks>
internal sealed class AddendumRepository(Database database, ClientKeys keys)
{
    private const string Kind = "session-note-addendum";
    private const string Final = "final";

    private const string OfSeenNote = $"""
        (
            SELECT id, {ItemRow.ItemColumns}, note_id, content, recorded_at
            FROM session_note_addendum
            WHERE {InReach.Where} AND note_id = @NoteId) AS addendum
        INNER JOIN (
            SELECT id
            FROM session_note
            WHERE {InReach.Where} AND {SessionNoteRepository.Seen} AND id = @NoteId) AS note ON note.id = addendum.note_id
        """;

    private const string Columns = """
        addendum.id, addendum.version, addendum.labels, addendum.author_id, addendum.part, addendum.occurred_at, addendum.note_id,
               addendum.content, addendum.recorded_at
        """;

    private const string SelectOne = $"""
        SELECT {Columns}
        FROM {OfSeenNote}
        WHERE addendum.id = @Id
        """;

    private const string SelectPage = $"""
        SELECT {Columns}
        FROM {OfSeenNote}
        WHERE @AfterAt IS NULL OR addendum.recorded_at > @AfterAt OR (addendum.recorded_at = @AfterAt AND addendum.id > @AfterId)
        ORDER BY addendum.recorded_at, addendum.id
        """;

    private const string CountAll = $"""
        SELECT COUNT(*)
        FROM {OfSeenNote}
        """;

    private const string InsertOne = """
        INSERT INTO session_note_addendum (
            id, partner_id, client_id, version, labels, author_id, part, occurred_at, note_id, content, recorded_at)
        VALUES (
            @Id, @GrantPartnerId, @GrantClientId, @Version, @Labels, @AuthorId, @Part, @OccurredAt, @NoteId, @Content, @Now)
        """;

    public async Task<Addendum?> Find(AccessGrant grant, Guid noteId, Guid id, CancellationToken ct)
    {
        var row = await database.ForClient(grant, DataCategory.SessionNotes)
            .QueryOne<Row>(SelectOne, new { NoteId = noteId, Id = id, AsOf = grant.At }, ct);
        return row?.Open(await keys.For(grant, ct));
    }

    public async Task<Rows<Addendum>> List(AccessGrant grant, Guid noteId, Position? after, int limit, CancellationToken ct)
    {
        var rows = await database.ForClient(grant, DataCategory.SessionNotes).QueryPage<Row>(
            SelectPage, CountAll, new { NoteId = noteId, AsOf = grant.At, AfterAt = after?.At, AfterId = after?.Id }, limit, ct);
        var ring = await keys.For(grant, ct);
        return rows.Select(row => row.Open(ring));
    }

    public async Task Add(AccessGrant grant, Addendum addendum, WriteUnit unit, CancellationToken ct)
    {
        var ring = await keys.For(grant, ct);
        unit.ForClient(grant, DataCategory.SessionNotes).Insert(
            InsertOne,
            new KeptItem
            {
                Kind = Kind,
                Id = addendum.Id,
                Version = 1,
                Status = Final,
                Facts = addendum.Facts,
                Content = ring.Seal(Kind, addendum.Id, 1, addendum.Content),
            },
            new { addendum.NoteId });
    }

    private sealed record Row : ItemRow
    {
        public required Guid Id { get; init; }

        public required Guid NoteId { get; init; }

        public required byte[] Content { get; init; }

        public required DateTimeOffset RecordedAt { get; init; }

        public Addendum Open(ClientKeyRing ring) => new()
        {
            Id = Id,
            NoteId = NoteId,
            Facts = Facts,
            Content = ring.Open<AddendumContent>(Kind, Id, Version, Content),
            RecordedAt = RecordedAt,
        };
    }
}
