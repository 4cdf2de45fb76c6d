using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Protection;
using PersonalCareApi.Records.Disagreements;

namespace PersonalCareApi.Records.Goals;

/// <summary>A goal as the record holds it.</summary>
internal sealed record Goal
{
    public required Guid Id { get; init; }

    public required int Version { get; init; }

    public required GoalStatus Status { get; init; }

    public required ItemFacts Facts { get; init; }

    public required GoalContent Content { get; init; }

    /// <summary>What the client says against it, oldest first; filled where the item is read as it is now.</summary>
    public IReadOnlyList<Disagreement> Disagreements { get; init; } = [];
}

/// <summary>What of a goal is sealed: all but its status and time.</summary>
internal sealed record GoalContent
{
    public required GoalTerms Terms { get; init; }

    /// <summary>The version at which these terms were set.</summary>
    public required int TermsVersion { get; init; }

    public required PartyResponse ProposedBy { get; init; }

    public required DateTimeOffset ProposedAt { get; init; }

    public required PartyResponse ChangedBy { get; init; }

    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>Every signature; those of other terms than the present ones are void and stay to be seen.</summary>
    public IReadOnlyList<Agreement> Agreements { get; init; } = [];

    public RecordedFact? Achievement { get; init; }

    public RecordedFact? SettingAside { get; init; }

    public RecordedFact? Retraction { get; init; }

    public IEnumerable<Agreement> InForce => Agreements.Where(agreement => agreement.Version == TermsVersion);
}

/// <summary>A signature under the terms that were set with this version.</summary>
internal sealed record Agreement(PartyResponse By, int Version, DateTimeOffset At);

/// <summary>The <c>goal</c> table, read and written for one client at a time.</summary>
internal sealed class GoalRepository(Database database, ClientKeys keys, VersionRepository versions, DisagreementRepository disagreements)
{
    private const string Kind = "goal";

    /// <summary>How many goals of one client a list over several shows.</summary>
    private const int MostOfOneClient = 20;

    private const string Columns = $"id, {ItemRow.ItemColumns}, status, content";

    /// <summary>How often it is disputed, so that nothing more is read of what nobody disputes.</summary>
    private const string Disputes = """
        (SELECT COUNT(*)
            FROM disagreement AS said
            WHERE said.client_id = goal.client_id AND said.item_id = goal.id) AS disputes
        """;

    private const string Filter = "(@Status IS NULL OR status = @Status)";

    private const string SelectOne = $"""
        SELECT {Columns}, {Disputes}
        FROM goal
        WHERE {InReach.Where} AND id = @Id
        """;

    private const string SelectPage = $"""
        SELECT {Columns}, {Disputes}
        FROM goal
        WHERE {InReach.Where} AND {Filter}
          AND (@AfterAt IS NULL OR occurred_at < @AfterAt OR (occurred_at = @AfterAt AND id < @AfterId))
        ORDER BY occurred_at DESC, id DESC
        """;

    private const string CountAll = $"""
        SELECT COUNT(*)
        FROM goal
        WHERE {InReach.Where} AND {Filter}
        """;

    private const string SelectOnceAgreed = $"""
        SELECT {Columns}, {Disputes}
        FROM goal
        WHERE {InReach.Where} AND status IN ('agreed', 'achieved')
        ORDER BY occurred_at, id
        """;

    private const string SelectProposed = $"""
        SELECT client_id, {Columns}
        FROM (
            SELECT client_id, {Columns}, ROW_NUMBER() OVER (PARTITION BY client_id ORDER BY occurred_at, id) AS place
            FROM goal
            WHERE {InReach.Where} AND status = 'proposed') AS waiting
        WHERE place <= @Most
        ORDER BY occurred_at, id
        """;

    private const string InsertOne = """
        INSERT INTO goal (
            id, partner_id, client_id, version, labels, author_id, part, occurred_at, status, content, updated_at)
        VALUES (
            @Id, @GrantPartnerId, @GrantClientId, @Version, @Labels, @AuthorId, @Part, @OccurredAt, @Status, @Content, @Now)
        """;

    private const string UpdateOne = $"""
        UPDATE goal
        SET version = @Version, labels = @Labels, status = @Status, content = @Content, updated_at = @Now
        WHERE {InReach.Where} AND id = @Id AND version = @PreviousVersion
        """;

    public async Task<Goal?> Find(AccessGrant grant, Guid id, CancellationToken ct)
    {
        var row = await database.ForClient(grant, DataCategory.Goals).QueryOne<Row>(SelectOne, new { Id = id }, ct);
        return row is null ? null : (await Disputed(grant, [row], ct))[0];
    }

    public async Task<Rows<Goal>> List(AccessGrant grant, GoalQuery query, Position? after, CancellationToken ct)
    {
        var rows = await database.ForClient(grant, DataCategory.Goals).QueryPage<Row>(
            SelectPage,
            CountAll,
            new { Status = query.Status is { } status ? Code(status) : null, AfterAt = after?.At, AfterId = after?.Id },
            query.Size,
            ct);
        var opened = await Disputed(grant, rows.Items, ct);
        return rows.With(opened);
    }

    /// <summary>The goals that both sides have signed and nobody has set aside, oldest first.</summary>
    public async Task<IReadOnlyList<Goal>> ListOnceAgreed(AccessGrant grant, CancellationToken ct)
    {
        var rows = await database.ForClient(grant, DataCategory.Goals).Query<Row>(SelectOnceAgreed, null, ct);
        var ring = await keys.For(grant, ct);
        return [.. rows.Select(row => row.Open(ring))];
    }

    /// <summary>The oldest goals that are proposed and not yet agreed in the reach of each grant, by client.</summary>
    public Task<OfEach<Goal>> ProposedOfEach(IReadOnlyList<AccessGrant> grants, CancellationToken ct) => keys.OpenEach(
        grants,
        some => database.ForClients(some, DataCategory.Goals).Query<ProposedRow>(SelectProposed, new { Most = MostOfOneClient }, ct),
        row => row.ClientId,
        (row, ring) => row.Open(ring),
        ct);

    /// <summary>The versions after <paramref name="after"/> as they were, oldest first.</summary>
    public async Task<Rows<Goal>> Versions(AccessGrant grant, Guid id, int after, int limit, CancellationToken ct) =>
        await Find(grant, id, ct) is { } present
            ? await versions.List(grant, DataCategory.Goals, Kind, id, after, limit, (version, ring) => AsItWas(present, version, ring), ct)
            : Rows<Goal>.None;

    public async Task<Goal?> FindVersion(AccessGrant grant, Guid id, int version, CancellationToken ct) =>
        await Find(grant, id, ct) is { } present
            ? await versions.Find(grant, DataCategory.Goals, Kind, id, version, (kept, ring) => AsItWas(present, kept, ring), ct)
            : null;

    public async Task Add(AccessGrant grant, Goal goal, WriteUnit unit, CancellationToken ct) =>
        unit.ForClient(grant, DataCategory.Goals).Insert(InsertOne, Kept(goal, await keys.For(grant, ct)));

    /// <summary>Writes a goal that was read under the same grant as its next version.</summary>
    public async Task<Goal> Change(AccessGrant grant, Goal goal, WriteUnit unit, CancellationToken ct)
    {
        var changed = goal with
        {
            Version = goal.Version + 1,
            Content = goal.Content with { ChangedBy = PartyResponse.From(grant.ActingAs), ChangedAt = unit.Now },
        };
        unit.ForClient(grant, DataCategory.Goals).Update(
            UpdateOne,
            Kept(changed, await keys.For(grant, ct)),
            changed.Status == GoalStatus.Retracted ? ChangeKind.Retracted : ChangeKind.Updated);
        return changed;
    }

    /// <summary>The rows opened, each with what is said against it.</summary>
    private async Task<IReadOnlyList<Goal>> Disputed(AccessGrant grant, IReadOnlyList<Row> rows, CancellationToken ct)
    {
        var ring = await keys.For(grant, ct);
        var said = await disagreements.With(grant, [.. rows.Where(row => row.Disputes > 0).Select(row => row.Id)], ct);
        return [.. rows.Select(row => row.Open(ring) with { Disagreements = [.. said[row.Id]] })];
    }

    private static Goal AsItWas(Goal present, KeptVersion version, ClientKeyRing ring) => present with
    {
        Version = version.Version,
        Status = StatusOf(version.Status),
        Facts = version.Facts,
        Content = ring.Open<GoalContent>(Kind, present.Id, version.Version, version.Content),
    };

    private static KeptItem Kept(Goal goal, ClientKeyRing ring) => new()
    {
        Kind = Kind,
        Id = goal.Id,
        Version = goal.Version,
        Status = Code(goal.Status),
        Facts = goal.Facts,
        Content = ring.Seal(Kind, goal.Id, goal.Version, goal.Content),
    };

    private static string Code(GoalStatus status) => status switch
    {
        GoalStatus.Proposed => "proposed",
        GoalStatus.Agreed => "agreed",
        GoalStatus.Achieved => "achieved",
        GoalStatus.SetAside => "set-aside",
        GoalStatus.Retracted => "retracted",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "Not a status."),
    };

    private static GoalStatus StatusOf(string code) => Enum.GetValues<GoalStatus>().First(status => Code(status) == code);

    private record Row : ItemRow
    {
        /// <summary>How often it is disputed; read of items as they are now only.</summary>
        public int Disputes { get; init; }

        public required Guid Id { get; init; }

        public required string Status { get; init; }

        public required byte[] Content { get; init; }

        public Goal Open(ClientKeyRing ring) => new()
        {
            Id = Id,
            Version = Version,
            Status = StatusOf(Status),
            Facts = Facts,
            Content = ring.Open<GoalContent>(Kind, Id, Version, Content),
        };
    }

    private sealed record ProposedRow : Row
    {
        public required Guid ClientId { get; init; }
    }
}
