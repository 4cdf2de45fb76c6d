using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Protection;
using PersonalCareApi.Records.Assessments;

namespace PersonalCareApi.Records.AssessmentsInProgress;

/// <summary>An instrument in the middle of being answered, as the record holds it.</summary>
internal sealed record InProgress
{
    public const string Status = "in-progress";

    public required Guid Id { get; init; }

    public required int Version { get; init; }

    public required ItemFacts Facts { get; init; }

    public required InProgressContent Content { get; init; }

    public required DateTimeOffset RecordedAt { get; init; }
}

/// <summary>What of it is sealed.</summary>
internal sealed record InProgressContent
{
    public required string InstrumentVersion { get; init; }

    public required string Language { get; init; }

    public Guid? RequestId { get; init; }

    public required IReadOnlyList<AnswerContent> Answers { get; init; }

    public required DateTimeOffset SavedAt { get; init; }
}

/// <summary>The <c>assessment_draft</c> table: whoever answers sees their own, and nobody else any, whatever is consented to.</summary>
internal sealed class InProgressRepository(Database database, ClientKeys keys, VersionRepository versions)
{
    private const string Kind = "assessment-draft";

    /// <summary>How many of one client a list over several shows.</summary>
    private const int MostOfOneClient = 20;

    private const string Columns = $"id, {ItemRow.ItemColumns}, content, recorded_at";

    /// <summary>The client, or a representative in the client's place: each their own.</summary>
    private const string Own = "@GrantOwnRecord = 1 AND author_id = @GrantActingAsId";

    private const string SelectOne = $"""
        SELECT {Columns}
        FROM assessment_draft
        WHERE {InReach.Where} AND {Own} AND id = @Id
        """;

    private const string SelectPage = $"""
        SELECT {Columns}
        FROM assessment_draft
        WHERE {InReach.Where} AND {Own}
          AND (@AfterAt IS NULL OR recorded_at < @AfterAt OR (recorded_at = @AfterAt AND id < @AfterId))
        ORDER BY recorded_at DESC, id DESC
        """;

    private const string CountAll = $"""
        SELECT COUNT(*)
        FROM assessment_draft
        WHERE {InReach.Where} AND {Own}
        """;

    private const string SelectOfEach = $"""
        SELECT client_id, {Columns}
        FROM (
            SELECT client_id, {Columns}, ROW_NUMBER() OVER (PARTITION BY client_id ORDER BY recorded_at, id) AS place
            FROM assessment_draft
            WHERE {InReach.Where} AND author_id IN @Authors) AS begun
        WHERE place <= @Most
        ORDER BY recorded_at, id
        """;

    private const string InsertOne = """
        INSERT INTO assessment_draft (
            id, partner_id, client_id, version, labels, author_id, part, occurred_at, status, content, recorded_at, updated_at)
        VALUES (
            @Id, @GrantPartnerId, @GrantClientId, @Version, @Labels, @AuthorId, @Part, @OccurredAt, @Status, @Content, @Now, @Now)
        """;

    private const string UpdateOne = $"""
        UPDATE assessment_draft
        SET version = @Version, content = @Content, updated_at = @Now
        WHERE {InReach.Where} AND {Own} AND id = @Id AND version = @PreviousVersion
        """;

    private const string DeleteOne = $"""
        DELETE FROM assessment_draft
        WHERE {InReach.Where} AND {Own} AND id = @Id AND version = @Version
        """;

    public async Task<InProgress?> Find(AccessGrant grant, Guid id, CancellationToken ct)
    {
        var row = await database.ForClient(grant, DataCategory.Assessments).QueryOne<Row>(SelectOne, new { Id = id }, ct);
        return row?.Open(await keys.For(grant, ct));
    }

    public async Task<Rows<InProgress>> List(AccessGrant grant, Position? after, int limit, CancellationToken ct)
    {
        var rows = await database.ForClient(grant, DataCategory.Assessments).QueryPage<Row>(
            SelectPage, CountAll, new { AfterAt = after?.At, AfterId = after?.Id }, limit, ct);
        var ring = await keys.For(grant, ct);
        return rows.Select(row => row.Open(ring));
    }

    /// <summary>What those who hold these grants are in the middle of, each their own, by client; grants of nobody but the clients' side.</summary>
    public Task<OfEach<InProgress>> OwnOfEach(IReadOnlyList<AccessGrant> grants, CancellationToken ct)
    {
        List<AccessGrant> own = [.. grants.Where(grant => grant.ActingAs.Kind is PartyKind.Client or PartyKind.Representative)];
        var authors = own.ToDictionary(grant => grant.ClientId, grant => grant.ActingAs.Id);
        return keys.OpenEach<OwnRow, InProgress>(
            own,
            async some =>
            {
                var rows = await database.ForClients(some, DataCategory.Assessments).Query<OwnRow>(
                    SelectOfEach, new { Authors = authors.Values.ToList(), Most = MostOfOneClient }, ct);
                return [.. rows.Where(row => row.AuthorId == authors[row.ClientId])];
            },
            row => row.ClientId,
            (row, ring) => row.Open(ring),
            ct);
    }

    /// <summary>The versions after <paramref name="after"/> as they were, oldest first.</summary>
    public async Task<Rows<InProgress>> Versions(AccessGrant grant, Guid id, int after, int limit, CancellationToken ct) =>
        await Find(grant, id, ct) is { } present
            ? await versions.List(grant, DataCategory.Assessments, Kind, id, after, limit, (version, ring) => AsItWas(present, version, ring), ct)
            : Rows<InProgress>.None;

    public async Task<InProgress?> FindVersion(AccessGrant grant, Guid id, int version, CancellationToken ct) =>
        await Find(grant, id, ct) is { } present
            ? await versions.Find(grant, DataCategory.Assessments, Kind, id, version, (kept, ring) => AsItWas(present, kept, ring), ct)
            : null;

    public async Task Add(AccessGrant grant, InProgress begun, WriteUnit unit, CancellationToken ct) =>
        unit.ForClient(grant, DataCategory.Assessments).Insert(InsertOne, Kept(begun, await keys.For(grant, ct)));

    public async Task Save(AccessGrant grant, InProgress saved, WriteUnit unit, CancellationToken ct) =>
        unit.ForClient(grant, DataCategory.Assessments).Update(UpdateOne, Kept(saved, await keys.For(grant, ct)), ChangeKind.Updated);

    /// <summary>Takes it away with all its versions: it was discarded, or the assessment takes its place.</summary>
    public async Task Remove(AccessGrant grant, InProgress begun, WriteUnit unit, CancellationToken ct) =>
        unit.ForClient(grant, DataCategory.Assessments).Delete(DeleteOne, Kept(begun, await keys.For(grant, ct)));

    private static InProgress AsItWas(InProgress present, KeptVersion version, ClientKeyRing ring) => present with
    {
        Version = version.Version,
        Facts = version.Facts,
        Content = ring.Open<InProgressContent>(Kind, present.Id, version.Version, version.Content),
    };

    private static KeptItem Kept(InProgress begun, ClientKeyRing ring) => new()
    {
        Kind = Kind,
        Id = begun.Id,
        Version = begun.Version,
        Status = InProgress.Status,
        Facts = begun.Facts,
        Content = ring.Seal(Kind, begun.Id, begun.Version, begun.Content),
        IsPrivate = true,
    };

    private record Row : ItemRow
    {
        public required Guid Id { get; init; }

        public required byte[] Content { get; init; }

        public required DateTimeOffset RecordedAt { get; init; }

        public InProgress Open(ClientKeyRing ring) => new()
        {
            Id = Id,
            Version = Version,
            Facts = Facts,
            Content = ring.Open<InProgressContent>(Kind, Id, Version, Content),
            RecordedAt = RecordedAt,
        };
    }

    private sealed record OwnRow : Row
    {
        public required Guid ClientId { get; init; }
    }
}
