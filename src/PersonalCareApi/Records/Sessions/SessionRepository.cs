using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Protection;

namespace PersonalCareApi.Records.Sessions;

/// <summary>A session as the record holds it; the date of its facts is its start.</summary>
internal sealed record Session
{
    public const string Retracted = "retracted";

    public required Guid Id { get; init; }

    public required int Version { get; init; }

    /// <summary>A <see cref="SessionStatus"/> as it stands in JSON, or <c>retracted</c>.</summary>
    public required string Status { get; init; }

    public required ItemFacts Facts { get; init; }

    public required SessionContent Content { get; init; }

    public DateTimeOffset StartAt => Facts.OccurredAt;

    public bool IsRetracted => Status == Retracted;

    /// <summary>A session as it is recorded first. That somebody has sessions tells of psychiatric care, so it is labelled.</summary>
    public static Session New(Guid id, AccessGrant grant, SessionTerms terms, DateTimeOffset now) => new()
    {
        Id = id,
        Version = 1,
        Status = Code(terms.Status),
        Facts = new ItemFacts(Sensitivity.Psy, grant.ActingAs.Id, "", terms.StartAt.ToStored()),
        Content = new SessionContent
        {
            Minutes = terms.Minutes,
            Medium = terms.Medium,
            Participants = terms.Participants,
            RecordedBy = PartyResponse.From(grant.ActingAs),
            RecordedAt = now,
        },
    };

    /// <summary>What of it can be changed; null once it is retracted.</summary>
    public SessionTerms? Terms => Enum.TryParse<SessionStatus>(Status, ignoreCase: true, out var status)
        ? new SessionTerms
        {
            StartAt = StartAt,
            Minutes = Content.Minutes,
            Medium = Content.Medium,
            Status = status,
            Participants = Content.Participants,
        }
        : null;

    /// <summary>The same session under new terms.</summary>
    public Session With(SessionTerms terms) => this with
    {
        Status = Code(terms.Status),
        Facts = Facts with { OccurredAt = terms.StartAt.ToStored() },
        Content = Content with { Minutes = terms.Minutes, Medium = terms.Medium, Participants = terms.Participants },
    };

    public static string Code(SessionStatus status) => status switch
    {
        SessionStatus.Planned => "planned",
        SessionStatus.Held => "held",
        SessionStatus.Missed => "missed",
        SessionStatus.Cancelled => "cancelled",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "Not a status."),
    };
}

/// <summary>What of a session is sealed: how, how long and with whom.</summary>
internal sealed record SessionContent
{
    public int? Minutes { get; init; }

    public required SessionMedium Medium { get; init; }

    public required IReadOnlyList<ParticipantContent> Participants { get; init; }

    public required PartyResponse RecordedBy { get; init; }

    public required DateTimeOffset RecordedAt { get; init; }

    public RecordedFact? Retraction { get; init; }
}

/// <summary>The <c>care_session</c> table, read and written for one client at a time.</summary>
internal sealed class SessionRepository(Database database, ClientKeys keys)
{
    private const string Kind = "session";

    private const string Columns = $"id, {ItemRow.ItemColumns}, status, content";

    private const string Filter = """
        (@Status IS NULL OR status = @Status)
          AND (@From IS NULL OR occurred_at >= @From)
          AND (@Until IS NULL OR occurred_at < @Until)
        """;

    private const string SelectOne = $"""
        SELECT {Columns}
        FROM care_session
        WHERE {InReach.Where} AND id = @Id
        """;

    private const string SelectPage = $"""
        SELECT {Columns}
        FROM care_session
        WHERE {InReach.Where} AND {Filter}
          AND (@AfterAt IS NULL OR occurred_at < @AfterAt OR (occurred_at = @AfterAt AND id < @AfterId))
        ORDER BY occurred_at DESC, id DESC
        """;

    private const string CountAll = $"""
        SELECT COUNT(*)
        FROM care_session
        WHERE {InReach.Where} AND {Filter}
        """;

    private const string SelectVersions = $"""
        SELECT item_id AS id, {ItemRow.ItemColumns}, status, content
        FROM item_version
        WHERE {InReach.Where} AND kind = 'session' AND item_id = @Id AND (@Version IS NULL OR version = @Version)
        ORDER BY version
        """;

    private const string InsertOne = """
        INSERT INTO care_session (
            id, partner_id, client_id, version, labels, author_id, part, occurred_at, status, content, updated_at)
        VALUES (
            @Id, @GrantPartnerId, @GrantClientId, @Version, @Labels, @AuthorId, @Part, @OccurredAt, @Status, @Content, @Now)
        """;

    private const string UpdateOne = $"""
        UPDATE care_session
        SET version = @Version, occurred_at = @OccurredAt, status = @Status, content = @Content, updated_at = @Now
        WHERE {InReach.Where} AND id = @Id AND version = @PreviousVersion
        """;

    public async Task<Session?> Find(AccessGrant grant, Guid id, CancellationToken ct)
    {
        var row = await database.ForClient(grant, DataCategory.SessionNotes).QueryOne<Row>(SelectOne, new { Id = id }, ct);
        return row?.Open(await keys.For(grant, ct));
    }

    public async Task<Rows<Session>> List(AccessGrant grant, SessionQuery query, Position? after, CancellationToken ct)
    {
        var rows = await database.ForClient(grant, DataCategory.SessionNotes).QueryPage<Row>(
            SelectPage,
            CountAll,
            new
            {
                Status = query.Status is { } status ? Session.Code(status) : null,
                query.From,
                query.Until,
                AfterAt = after?.At,
                AfterId = after?.Id,
            },
            query.Size,
            ct);
        var ring = await keys.For(grant, ct);
        return rows.Select(row => row.Open(ring));
    }

    /// <summary>Each version as it was, oldest first; one where it is named.</summary>
    public async Task<IReadOnlyList<Session>> Versions(AccessGrant grant, Guid id, int? version, CancellationToken ct)
    {
        var rows = await database.ForClient(grant, DataCategory.SessionNotes)
            .Query<Row>(SelectVersions, new { Id = id, Version = version }, ct);
        var ring = await keys.For(grant, ct);
        return [.. rows.Select(row => row.Open(ring))];
    }

    public async Task Add(AccessGrant grant, Session session, WriteUnit unit, CancellationToken ct) =>
        unit.ForClient(grant, DataCategory.SessionNotes).Insert(InsertOne, Kept(session, await keys.For(grant, ct)));

    /// <summary>Writes a session that was read under the same grant as its next version.</summary>
    public async Task<Session> Change(AccessGrant grant, Session session, WriteUnit unit, CancellationToken ct)
    {
        var changed = session with { Version = session.Version + 1 };
        unit.ForClient(grant, DataCategory.SessionNotes).Update(
            UpdateOne, Kept(changed, await keys.For(grant, ct)), changed.IsRetracted ? ChangeKind.Retracted : ChangeKind.Updated);
        return changed;
    }

    private static KeptItem Kept(Session session, ClientKeyRing ring) => new()
    {
        Kind = Kind,
        Id = session.Id,
        Version = session.Version,
        Status = session.Status,
        Facts = session.Facts,
        Content = ring.Seal(Kind, session.Id, session.Version, session.Content),
    };

    private sealed record Row : ItemRow
    {
        public required Guid Id { get; init; }

        public required string Status { get; init; }

        public required byte[] Content { get; init; }

        public Session Open(ClientKeyRing ring) => new()
        {
            Id = Id,
            Version = Version,
            Status = Status,
            Facts = Facts,
            Content = ring.Open<SessionContent>(Kind, Id, Version, Content),
        };
    }
}
