using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Domain.Notes;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Protection;
using PersonalCareApi.Records.Disagreements;

namespace PersonalCareApi.Records.SessionNotes;

/// <summary>A session note as the record holds it; the date of its facts is the start of its session.</summary>
internal sealed record SessionNote
{
    public required Guid Id { get; init; }

    public required int Version { get; init; }

    public required SessionNoteStatus Status { get; init; }

    public required ItemFacts Facts { get; init; }

    /// <summary>The supervisor whose signature it awaits or has.</summary>
    public Guid? CosignerId { get; init; }

    /// <summary>Until when the client and representatives do not see it.</summary>
    public DateTimeOffset? WithheldUntil { get; init; }

    public required SessionNoteContent Content { get; init; }

    /// <summary>What the client says against it, oldest first; filled where the item is read as it is now.</summary>
    public IReadOnlyList<Disagreement> Disagreements { get; init; } = [];

    /// <summary>Only practitioners write notes.</summary>
    public PartyResponse Author => PartyResponse.From(new Party(PartyKind.Practitioner, Facts.AuthorId));

    /// <summary>Whether its author may still change or discard it.</summary>
    public bool IsOpen => Status is SessionNoteStatus.Draft or SessionNoteStatus.AwaitingCosignature;

    /// <summary>What is signed when this version is signed.</summary>
    public string ContentHash(Guid recordId) => NoteDigest.Of(new NoteMatter
    {
        Id = Id,
        ClientId = recordId,
        AuthorId = Facts.AuthorId,
        SessionStartAt = Facts.OccurredAt,
        Format = Content.Format,
        Sections = Content.Sections.Named().Where(section => section.Text is not null).ToDictionary(section => section.Name, section => section.Text!),
        Modalities = Content.Modalities,
        Techniques = Content.Techniques,
        GoalIds = Content.GoalIds,
        Sensitivities = Content.Sensitivities,
        Alliance = Content.Alliance is { } alliance ? new AllianceMatter(alliance.By, alliance.Scale, alliance.Value) : null,
    });
}

/// <summary>A note that waits for a signature: of its author, or of who cosigns.</summary>
internal sealed record NoteToSign(Guid Id, DateTimeOffset At, bool Cosigns);

/// <summary>The <c>session_note</c> table and its marks, read and written for one client at a time.</summary>
/// <remarks>
/// A consent alone shows no note: every statement also asks <see cref="Seen"/>, so that totals, pages and conflicts know
/// nothing of another's draft or of what is withheld.
/// </remarks>
internal sealed class SessionNoteRepository(Database database, ClientKeys keys, Digests digests, DisagreementRepository disagreements)
{
    /// <summary>
    /// Who sees a note: its author and whoever signs with them, always; others once it is signed, the client and
    /// representatives unless it is withheld.
    /// </summary>
    public const string Seen = """
        (author_id = @GrantActingAsId
          OR cosigner_id = @GrantActingAsId
          OR (status IN ('signed', 'retracted')
            AND (@GrantOwnRecord = 0 OR withheld_until IS NULL OR withheld_until <= @AsOf)))
        """;

    private const string Kind = "session-note";

    /// <summary>How many notes of one client a list over several shows.</summary>
    private const int MostOfOneClient = 20;

    private const string Columns = $"id, {ItemRow.ItemColumns}, status, cosigner_id, withheld_until, content";

    /// <summary>How often it is disputed, so that nothing more is read of what nobody disputes.</summary>
    private const string Disputes = """
        (SELECT COUNT(*)
            FROM disagreement AS said
            WHERE said.client_id = session_note.client_id AND said.item_id = session_note.id) AS disputes
        """;

    private const string Filter = """
        (@From IS NULL OR occurred_at >= @From)
          AND (@Until IS NULL OR occurred_at < @Until)
          AND (@Author IS NULL OR author_id = @Author)
          AND (@Status IS NULL OR status = @Status)
          AND (@Session IS NULL OR session_id = @Session)
          AND (@ByModality = 0 OR EXISTS (
            SELECT 1
            FROM session_note_mark AS mark
            WHERE mark.note_id = session_note.id AND mark.client_id = @GrantClientId AND mark.digest = @Modality))
          AND (@ByGoal = 0 OR EXISTS (
            SELECT 1
            FROM session_note_mark AS mark
            WHERE mark.note_id = session_note.id AND mark.client_id = @GrantClientId AND mark.digest = @Goal))
        """;

    private const string SelectOne = $"""
        SELECT {Columns}, {Disputes}
        FROM session_note
        WHERE {InReach.Where} AND {Seen} AND id = @Id
        """;

    private const string SelectPage = $"""
        SELECT {Columns}, {Disputes}
        FROM session_note
        WHERE {InReach.Where} AND {Seen} AND {Filter}
          AND (@AfterAt IS NULL OR occurred_at < @AfterAt OR (occurred_at = @AfterAt AND id < @AfterId))
        ORDER BY occurred_at DESC, id DESC
        """;

    private const string CountAll = $"""
        SELECT COUNT(*)
        FROM session_note
        WHERE {InReach.Where} AND {Seen} AND {Filter}
        """;

    // What was not yet signed stays between those who saw it then.
    private const string SeenVersions = $"""
        FROM (
            SELECT item_id, version, labels, author_id, part, occurred_at, status, content
            FROM item_version
            WHERE {InReach.Where} AND kind = 'session-note' AND item_id = @Id) AS version
        INNER JOIN (
            SELECT id, author_id, cosigner_id, withheld_until
            FROM session_note
            WHERE {InReach.Where} AND {Seen} AND id = @Id) AS whole ON whole.id = version.item_id
        WHERE (version.status IN ('signed', 'retracted') OR whole.author_id = @GrantActingAsId OR whole.cosigner_id = @GrantActingAsId)
        """;

    private const string SelectVersions = $"""
        SELECT version.item_id AS id, version.version, version.labels, version.author_id, version.part, version.occurred_at,
               version.status, whole.cosigner_id, whole.withheld_until, version.content
        {SeenVersions}
          AND version.version > @After AND (@Version IS NULL OR version.version = @Version)
        ORDER BY version.version
        """;

    private const string CountVersions = $"""
        SELECT COUNT(*)
        {SeenVersions}
        """;

    /// <summary>Nobody but who signs next sees that a note waits.</summary>
    private const string SelectToSign = $"""
        SELECT client_id, id, {ItemRow.ItemColumns}, status
        FROM (
            SELECT client_id, id, {ItemRow.ItemColumns}, status, ROW_NUMBER() OVER (PARTITION BY client_id ORDER BY occurred_at, id) AS place
            FROM session_note
            WHERE {InReach.Where}
              AND ((status = 'draft' AND author_id = @Signer) OR (status = 'awaiting' AND cosigner_id = @Signer))) AS waiting
        WHERE place <= @Most
        ORDER BY occurred_at, id
        """;

    private const string SelectMarks = $"""
        SELECT DISTINCT signed.client_id, mark.digest
        FROM (
            SELECT client_id, id
            FROM session_note
            WHERE {InReach.Where} AND status = 'signed') AS signed
        INNER JOIN session_note_mark AS mark ON mark.note_id = signed.id
        """;

    private const string InsertOne = """
        INSERT INTO session_note (
            id, partner_id, client_id, version, labels, author_id, part, occurred_at, session_id, status, content, updated_at)
        VALUES (
            @Id, @GrantPartnerId, @GrantClientId, @Version, @Labels, @AuthorId, @Part, @OccurredAt, @SessionId, @Status, @Content, @Now)
        """;

    private const string UpdateOne = $"""
        UPDATE session_note
        SET version = @Version, labels = @Labels, occurred_at = @OccurredAt, session_id = @SessionId, status = @Status,
            cosigner_id = @CosignerId, withheld_until = @WithheldUntil, content = @Content, updated_at = @Now
        WHERE {InReach.Where} AND {Seen} AND id = @Id AND version = @PreviousVersion
        """;

    private const string DeleteOne = $"""
        DELETE FROM session_note
        WHERE {InReach.Where} AND author_id = @GrantActingAsId AND status IN ('draft', 'awaiting') AND id = @Id AND version = @Version
        """;

    private const string InsertMark = """
        INSERT INTO session_note_mark (note_id, digest, partner_id, client_id)
        VALUES (@NoteId, @Digest, @GrantPartnerId, @GrantClientId)
        """;

    // Beside the write of the note itself, which is in reach and seen or the whole unit is void.
    private const string DeleteMarks = """
        DELETE FROM session_note_mark
        WHERE note_id = @NoteId AND client_id = @GrantClientId AND partner_id = @GrantPartnerId
        """;

    public async Task<SessionNote?> Find(AccessGrant grant, Guid id, CancellationToken ct)
    {
        var row = await database.ForClient(grant, DataCategory.SessionNotes).QueryOne<Row>(SelectOne, new { Id = id, AsOf = grant.At }, ct);
        return row is null ? null : (await Disputed(grant, [row], ct))[0];
    }

    public async Task<Rows<SessionNote>> List(AccessGrant grant, SessionNoteQuery query, Position? after, CancellationToken ct)
    {
        var rows = await database.ForClient(grant, DataCategory.SessionNotes).QueryPage<Row>(
            SelectPage,
            CountAll,
            new
            {
                AsOf = grant.At,
                query.From,
                query.Until,
                query.Author,
                Status = query.Status is { } status ? Code(status) : null,
                query.Session,
                ByModality = query.Modality is null ? 0 : 1,
                Modality = ModalityMark(grant, query.Modality ?? ""),
                ByGoal = query.Goal is null ? 0 : 1,
                Goal = GoalMark(grant, query.Goal ?? Guid.Empty),
                AfterAt = after?.At,
                AfterId = after?.Id,
            },
            query.Size,
            ct);
        var opened = await Disputed(grant, rows.Items, ct);
        return rows.With(opened);
    }

    /// <summary>The oldest notes that wait for this practitioner's own signature, or to be cosigned by them, in the reach of each grant, by client.</summary>
    public async Task<ILookup<Guid, NoteToSign>> ToSignOfEach(IReadOnlyList<AccessGrant> grants, Guid practitionerId, CancellationToken ct)
    {
        var rows = grants.Count == 0
            ? []
            : await database.ForClients(grants, DataCategory.SessionNotes).Query<ToSignRow>(
                SelectToSign, new { Signer = practitionerId, Most = MostOfOneClient }, ct);
        return rows.ToLookup(row => row.ClientId, row => new NoteToSign(row.Id, row.OccurredAt, row.Status == "awaiting"));
    }

    /// <summary>Which of these modalities stand in signed notes in the reach of each grant, by client; contents are not opened.</summary>
    public async Task<IReadOnlyDictionary<Guid, IReadOnlyList<string>>> ModalitiesOfEach(
        IReadOnlyList<AccessGrant> grants, IReadOnlyList<string> modalities, CancellationToken ct)
    {
        var marks = grants.Count == 0
            ? []
            : await database.ForClients(grants, DataCategory.SessionNotes).Query<MarkRow>(SelectMarks, null, ct);
        var byClient = marks.ToLookup(mark => mark.ClientId, mark => Convert.ToHexString(mark.Digest));
        return grants.Where(grant => byClient.Contains(grant.ClientId)).ToDictionary(
            grant => grant.ClientId,
            grant => (IReadOnlyList<string>)[.. modalities.Where(modality => byClient[grant.ClientId].Contains(Convert.ToHexString(ModalityMark(grant, modality))))]);
    }

    /// <summary>The versions after <paramref name="after"/> as they were, oldest first, as far as the caller saw them or may see them.</summary>
    public async Task<Rows<SessionNote>> Versions(AccessGrant grant, Guid id, int after, int limit, CancellationToken ct)
    {
        var rows = await database.ForClient(grant, DataCategory.SessionNotes).QueryPage<Row>(
            SelectVersions, CountVersions, new { Id = id, After = after, Version = (int?)null, AsOf = grant.At }, limit, ct);
        var ring = await keys.For(grant, ct);
        return rows.Select(row => row.Open(ring));
    }

    public async Task<SessionNote?> FindVersion(AccessGrant grant, Guid id, int version, CancellationToken ct)
    {
        var row = await database.ForClient(grant, DataCategory.SessionNotes)
            .QueryOne<Row>(SelectVersions, new { Id = id, After = 0, Version = version, AsOf = grant.At }, ct);
        return row?.Open(await keys.For(grant, ct));
    }

    public async Task Add(AccessGrant grant, SessionNote note, WriteUnit unit, CancellationToken ct)
    {
        var writes = unit.ForClient(grant, DataCategory.SessionNotes);
        writes.Insert(InsertOne, Kept(note, await keys.For(grant, ct)), new { note.Content.SessionId });
        Mark(grant, note, writes);
    }

    /// <summary>Writes a note that was read under the same grant as its next version.</summary>
    public async Task<SessionNote> Change(AccessGrant grant, SessionNote note, ChangeKind what, WriteUnit unit, CancellationToken ct)
    {
        var changed = note with { Version = note.Version + 1 };
        var writes = unit.ForClient(grant, DataCategory.SessionNotes);
        writes.Update(
            UpdateOne,
            Kept(changed, await keys.For(grant, ct)),
            what,
            new { changed.Content.SessionId, changed.CosignerId, changed.WithheldUntil, AsOf = grant.At });
        if (changed.Status == SessionNoteStatus.Draft)
        {
            writes.Also(DeleteMarks, new { NoteId = changed.Id });
            Mark(grant, changed, writes);
        }

        return changed;
    }

    /// <summary>Deletes a note that was never part of the record.</summary>
    public async Task Discard(AccessGrant grant, SessionNote note, WriteUnit unit, CancellationToken ct)
    {
        var writes = unit.ForClient(grant, DataCategory.SessionNotes);
        writes.Also(DeleteMarks, new { NoteId = note.Id });
        writes.Delete(DeleteOne, Kept(note, await keys.For(grant, ct)));
    }

    /// <summary>The rows opened, each with what is said against it.</summary>
    private async Task<IReadOnlyList<SessionNote>> Disputed(AccessGrant grant, IReadOnlyList<Row> rows, CancellationToken ct)
    {
        var ring = await keys.For(grant, ct);
        var said = await disagreements.With(grant, [.. rows.Where(row => row.Disputes > 0).Select(row => row.Id)], ct);
        return [.. rows.Select(row => row.Open(ring) with { Disagreements = [.. said[row.Id]] })];
    }

    private void Mark(AccessGrant grant, SessionNote note, ClientWrites writes)
    {
        var marks = note.Content.Modalities.Distinct().Select(modality => ModalityMark(grant, modality))
            .Concat(note.Content.GoalIds.Distinct().Select(goal => GoalMark(grant, goal)));
        foreach (var mark in marks)
        {
            writes.Also(InsertMark, new { NoteId = note.Id, Digest = mark });
        }
    }

    /// <summary>With the client in it, so that two clients' notes cannot be compared.</summary>
    private byte[] ModalityMark(AccessGrant grant, string modality) => digests.Of("note-modality", grant.ClientId.ToString("D"), modality);

    /// <inheritdoc cref="ModalityMark"/>
    private byte[] GoalMark(AccessGrant grant, Guid goal) => digests.Of("note-goal", grant.ClientId.ToString("D"), goal.ToString("D"));

    private static KeptItem Kept(SessionNote note, ClientKeyRing ring) => new()
    {
        Kind = Kind,
        Id = note.Id,
        Version = note.Version,
        Status = Code(note.Status),
        Facts = note.Facts,
        Content = ring.Seal(Kind, note.Id, note.Version, note.Content),
        IsPrivate = note.IsOpen,
    };

    /// <summary>As it stands in the database, where a status has 16 letters at most.</summary>
    private static string Code(SessionNoteStatus status) => status switch
    {
        SessionNoteStatus.Draft => "draft",
        SessionNoteStatus.AwaitingCosignature => "awaiting",
        SessionNoteStatus.Signed => "signed",
        SessionNoteStatus.Retracted => "retracted",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "Not a status."),
    };

    private sealed record MarkRow
    {
        public required Guid ClientId { get; init; }

        public required byte[] Digest { get; init; }
    }

    private sealed record ToSignRow : ItemRow
    {
        public required Guid ClientId { get; init; }

        public required Guid Id { get; init; }

        public required string Status { get; init; }
    }

    private sealed record Row : ItemRow
    {
        /// <summary>How often it is disputed; read of items as they are now only.</summary>
        public int Disputes { get; init; }

        public required Guid Id { get; init; }

        public required string Status { get; init; }

        public Guid? CosignerId { get; init; }

        public DateTimeOffset? WithheldUntil { get; init; }

        public required byte[] Content { get; init; }

        public SessionNote Open(ClientKeyRing ring) => new()
        {
            Id = Id,
            Version = Version,
            Status = Status switch
            {
                "draft" => SessionNoteStatus.Draft,
                "awaiting" => SessionNoteStatus.AwaitingCosignature,
                "signed" => SessionNoteStatus.Signed,
                "retracted" => SessionNoteStatus.Retracted,
                var other => throw new InvalidOperationException($"No status of a note: {other}."),
            },
            Facts = Facts,
            CosignerId = CosignerId,
            WithheldUntil = WithheldUntil,
            Content = ring.Open<SessionNoteContent>(Kind, Id, Version, Content),
        };
    }
}
