using System.Text.Json;
using PersonalCareApi.Data;
using PersonalCareApi.Domain;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Protection;

namespace PersonalCareApi.Records.Notices;

/// <summary>What a client can be told of.</summary>
internal enum NoticeKind
{
    /// <summary>A practitioner declared an emergency and may read the record for a time.</summary>
    EmergencyDeclared,

    /// <summary>Somebody recorded a consent for the client, which waits to be confirmed.</summary>
    ConsentDrafted,

    /// <summary>Somebody recorded a consent for the client, which holds.</summary>
    ConsentRecorded,

    /// <summary>Somebody recorded for the client that a use is denied.</summary>
    DenialRecorded,

    /// <summary>Somebody recorded for the client that a consent is withdrawn.</summary>
    ConsentWithdrawn,

    /// <summary>Somebody recorded that a person may act for the client.</summary>
    RepresentativeRecorded,

    /// <summary>A person who may act for the client can sign in from now on.</summary>
    RepresentativeLinked,
}

/// <summary>Something to tell a client.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="AboutId">The item it is about.</param>
/// <param name="About">The facts of that item: the notice has the same labels, author, part and time.</param>
/// <param name="Category">
/// The category of what is told: a representative reads the notice where their authority covers that; one of access history
/// is the client's alone.
/// </param>
internal sealed record News(NoticeKind Kind, Guid AboutId, ItemFacts About, DataCategory Category)
{
    /// <summary>Why, in the words of whom it was done by.</summary>
    public string? Reason { get; init; }

    /// <summary>Until when at the latest.</summary>
    public DateTimeOffset? Until { get; init; }
}

/// <summary>What of a notice is sealed.</summary>
internal sealed record NoticeContent
{
    public required PartyResponse By { get; init; }

    public string? Reason { get; init; }

    public DateTimeOffset? Until { get; init; }

    /// <summary>Who has seen it, and when.</summary>
    public IReadOnlyList<RecordedFact> Acknowledgements { get; init; } = [];
}

/// <summary>A notice as the record holds it.</summary>
internal sealed record Notice
{
    public required Guid Id { get; init; }

    public required int Version { get; init; }

    public required NoticeKind Kind { get; init; }

    public required DataCategory Category { get; init; }

    public required Guid AboutId { get; init; }

    public required ItemFacts Facts { get; init; }

    public required NoticeContent Content { get; init; }

    public DateTimeOffset? ReadByClientAt { get; init; }

    public DateTimeOffset? ReadByRepresentativeAt { get; init; }

    public required DateTimeOffset RecordedAt { get; init; }
}

/// <summary>The <c>client_notice</c> table: written with what it tells of, in one unit; read by the client's side alone.</summary>
internal sealed class NoticeRepository(Database database, ClientKeys keys, VersionRepository versions)
{
    private const string Kind = "notice";
    private const string Current = "current";

    private const string Columns = $"""
        id, {ItemRow.ItemColumns}, kind, category, about_id, read_by_client_at, read_by_representative_at, content, recorded_at
        """;

    /// <summary>Nobody but the client and representatives, and of each category only who may read it.</summary>
    private const string Theirs = "@GrantOwnRecord = 1 AND category IN @Categories";

    private const string Filter = """
        (@Unread = 0
            OR (@GrantActingAsId = @GrantClientId AND read_by_client_at IS NULL)
            OR (@GrantActingAsId <> @GrantClientId AND read_by_representative_at IS NULL))
        """;

    private const string SelectOne = $"""
        SELECT {Columns}
        FROM client_notice
        WHERE {InReach.Where} AND {Theirs} AND id = @Id
        """;

    private const string SelectPage = $"""
        SELECT {Columns}
        FROM client_notice
        WHERE {InReach.Where} AND {Theirs} AND {Filter}
          AND (@AfterAt IS NULL OR recorded_at < @AfterAt OR (recorded_at = @AfterAt AND id < @AfterId))
        ORDER BY recorded_at DESC, id DESC
        """;

    private const string CountAll = $"""
        SELECT COUNT(*)
        FROM client_notice
        WHERE {InReach.Where} AND {Theirs} AND {Filter}
        """;

    private const string InsertOne = """
        INSERT INTO client_notice (
            id, partner_id, client_id, version, labels, author_id, part, occurred_at, kind, category, about_id, content, recorded_at)
        VALUES (
            @Id, @GrantPartnerId, @GrantClientId, @Version, @Labels, @AuthorId, @Part, @OccurredAt, @NoticeKind, @NoticeCategory,
            @AboutId, @Content, @Now)
        """;

    private const string UpdateRead = $"""
        UPDATE client_notice
        SET version = @Version, read_by_client_at = @ReadByClientAt, read_by_representative_at = @ReadByRepresentativeAt,
            content = @Content
        WHERE {InReach.Where} AND id = @Id AND version = @PreviousVersion
        """;

    /// <summary>Tells the client, in the unit of what is told of: neither happens without the other.</summary>
    public void Tell(AccessGrant grant, News news, ClientKeyRing ring, WriteUnit unit)
    {
        var notice = new Notice
        {
            Id = Ids.New(unit.Now),
            Version = 1,
            Kind = news.Kind,
            Category = news.Category,
            AboutId = news.AboutId,
            Facts = news.About,
            Content = new NoticeContent { By = PartyResponse.From(grant.ActingAs), Reason = news.Reason, Until = news.Until },
            RecordedAt = unit.Now,
        };
        unit.ForClient(grant, grant.Use.Category).Insert(
            InsertOne,
            Kept(notice, ring),
            new { NoticeKind = Code(news.Kind), NoticeCategory = news.Category.Code(), news.AboutId });
    }

    public async Task<Notice?> Find(AccessGrant grant, Guid id, IReadOnlyList<string> categories, CancellationToken ct)
    {
        var row = await database.ForClient(grant, DataCategory.Demographics)
            .QueryOne<Row>(SelectOne, new { Id = id, Categories = categories }, ct);
        return row?.Open(await keys.For(grant, ct));
    }

    public async Task<Rows<Notice>> List(
        AccessGrant grant, IReadOnlyList<string> categories, bool unread, Position? after, int limit, CancellationToken ct)
    {
        var rows = await database.ForClient(grant, DataCategory.Demographics).QueryPage<Row>(
            SelectPage, CountAll, new { Categories = categories, Unread = unread ? 1 : 0, AfterAt = after?.At, AfterId = after?.Id }, limit, ct);
        var ring = await keys.For(grant, ct);
        return rows.Select(row => row.Open(ring));
    }

    /// <summary>The versions after <paramref name="after"/> as they were, oldest first.</summary>
    public async Task<Rows<Notice>> Versions(
        AccessGrant grant, Guid id, IReadOnlyList<string> categories, int after, int limit, CancellationToken ct) =>
        await Find(grant, id, categories, ct) is { } present
            ? await versions.List(grant, DataCategory.Demographics, Kind, id, after, limit, (version, ring) => AsItWas(present, version, ring), ct)
            : Rows<Notice>.None;

    public async Task<Notice?> FindVersion(AccessGrant grant, Guid id, IReadOnlyList<string> categories, int version, CancellationToken ct) =>
        await Find(grant, id, categories, ct) is { } present
            ? await versions.Find(grant, DataCategory.Demographics, Kind, id, version, (kept, ring) => AsItWas(present, kept, ring), ct)
            : null;

    /// <summary>Writes that a notice read under the same grant has been seen.</summary>
    public async Task<Notice> Acknowledge(AccessGrant grant, Notice notice, WriteUnit unit, CancellationToken ct)
    {
        var byClient = grant.ActingAs.Kind == PartyKind.Client;
        var acknowledged = notice with
        {
            Version = notice.Version + 1,
            ReadByClientAt = byClient ? unit.Now : notice.ReadByClientAt,
            ReadByRepresentativeAt = byClient ? notice.ReadByRepresentativeAt : unit.Now,
            Content = notice.Content with
            {
                Acknowledgements = [.. notice.Content.Acknowledgements, new RecordedFact(PartyResponse.From(grant.ActingAs), unit.Now, null)],
            },
        };
        unit.ForClient(grant, DataCategory.Demographics).Update(
            UpdateRead,
            Kept(acknowledged, await keys.For(grant, ct)),
            ChangeKind.Updated,
            new { acknowledged.ReadByClientAt, acknowledged.ReadByRepresentativeAt });
        return acknowledged;
    }

    private static Notice AsItWas(Notice present, KeptVersion version, ClientKeyRing ring)
    {
        var content = ring.Open<NoticeContent>(Kind, present.Id, version.Version, version.Content);
        return present with
        {
            Version = version.Version,
            Facts = version.Facts,
            Content = content,
            ReadByClientAt = content.Acknowledgements.FirstOrDefault(read => read.By.Kind == "client")?.At,
            ReadByRepresentativeAt = content.Acknowledgements.FirstOrDefault(read => read.By.Kind != "client")?.At,
        };
    }

    private static KeptItem Kept(Notice notice, ClientKeyRing ring) => new()
    {
        Kind = Kind,
        Id = notice.Id,
        Version = notice.Version,
        Status = Current,
        Facts = notice.Facts,
        Content = ring.Seal(Kind, notice.Id, notice.Version, notice.Content),

        // A feed of changes has readers whom a client's letters do not concern.
        IsPrivate = true,
    };

    private static string Code(NoticeKind kind) => JsonNamingPolicy.KebabCaseLower.ConvertName(kind.ToString());

    private sealed record Row : ItemRow
    {
        public required Guid Id { get; init; }

        public required string Kind { get; init; }

        public required string Category { get; init; }

        public required Guid AboutId { get; init; }

        public DateTimeOffset? ReadByClientAt { get; init; }

        public DateTimeOffset? ReadByRepresentativeAt { get; init; }

        public required byte[] Content { get; init; }

        public required DateTimeOffset RecordedAt { get; init; }

        public Notice Open(ClientKeyRing ring) => new()
        {
            Id = Id,
            Version = Version,
            Kind = Enum.GetValues<NoticeKind>().First(kind => Code(kind) == Kind),
            Category = DataCategories.TryParse(Category, out var category) ? category : throw new InvalidOperationException("Not a category."),
            AboutId = AboutId,
            Facts = Facts,
            Content = ring.Open<NoticeContent>(NoticeRepository.Kind, Id, Version, Content),
            ReadByClientAt = ReadByClientAt,
            ReadByRepresentativeAt = ReadByRepresentativeAt,
            RecordedAt = RecordedAt,
        };
    }
}
