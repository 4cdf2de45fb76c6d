using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using PersonalCareApi.Data;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Outgoing.Research;

/// <summary>What of an extract is wrapped.</summary>
internal sealed record ExtractContent
{
    public required string Project { get; init; }

    public required int MinimumCellSize { get; init; }

    public required StandingCaller Caller { get; init; }

    /// <summary>The trace of the request; the entries of the uses carry it.</summary>
    public required string Trace { get; init; }

    /// <summary>Whose records are in it, with the versions that their decisions were made at.</summary>
    public IReadOnlyList<ExtractedRecord> Records { get; init; } = [];

    /// <summary>The partner's version then.</summary>
    public long PartnerAccessVersion { get; init; }

    public long Bytes { get; init; }
}

/// <summary>A record that is in an extract.</summary>
internal sealed record ExtractedRecord(Guid ClientId, long AccessVersion);

/// <summary>An extract as it is stored.</summary>
internal sealed record StoredExtract
{
    public const string Building = "building";
    public const string Ready = "ready";
    public const string Outdated = "outdated";
    public const string Expired = "expired";
    public const string Stopped = "stopped";

    public required Guid Id { get; init; }

    public required Guid PartnerId { get; init; }

    public required Guid ApplicationId { get; init; }

    public required string State { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public required ExtractContent Content { get; init; }
}

/// <summary>The table <c>research_extract</c>. It is about several clients, so the master key wraps it and no client's key.</summary>
internal sealed class StoredExtracts(Database database, IDataProtectionProvider protection)
{
    private const string Select = """
        SELECT id, partner_id, application_id, state, content, created_at, expires_at
        FROM research_extract
        WHERE id = @Id AND partner_id = @PartnerId
        """;

    private const string Insert = """
        INSERT INTO research_extract (id, partner_id, application_id, state, content, created_at, updated_at)
        VALUES (@Id, @PartnerId, @ApplicationId, 'building', @Content, @Now, @Now)
        """;

    private const string Update = """
        UPDATE research_extract
        SET state = @State, content = @Content, expires_at = @ExpiresAt, updated_at = @Now
        WHERE id = @Id AND partner_id = @PartnerId AND state = @Before
        """;

    private const string SelectClients = """
        SELECT client_id
        FROM client
        WHERE partner_id = @PartnerId AND erased_at IS NULL AND client_id > @After
        ORDER BY client_id
        """;

    private const string CountOfApplication = """
        SELECT COUNT(*)
        FROM research_extract
        WHERE partner_id = @PartnerId AND application_id = @ApplicationId AND state IN ('building', 'ready')
        """;

    private const string CountClients = """
        SELECT COUNT(*)
        FROM client
        WHERE partner_id = @PartnerId AND erased_at IS NULL
        """;

    private const string SelectVersions = """
        SELECT client_id, access_version
        FROM client
        WHERE partner_id = @PartnerId AND client_id IN @ClientIds
        """;

    private const int AtATime = 500;

    private readonly IDataProtector wrapping = protection.CreateProtector(ArchiveChunks.Purpose);

    private SystemScope Scope => database.ForSystem(SystemReason.Archives);

    public async Task<StoredExtract?> Find(Guid partnerId, Guid id, CancellationToken ct) =>
        await Scope.QueryOne<Row>(Select, new { Id = id, PartnerId = partnerId }, ct) is { } row
            ? new StoredExtract
            {
                Id = row.Id,
                PartnerId = row.PartnerId,
                ApplicationId = row.ApplicationId,
                State = row.State,
                CreatedAt = row.CreatedAt,
                ExpiresAt = row.ExpiresAt,
                Content = JsonSerializer.Deserialize<ExtractContent>(wrapping.Unprotect(row.Content), StoredJson.Options)!,
            }
            : null;

    /// <summary>How many of an application's are being built or wait to be fetched.</summary>
    public Task<int> CountKept(Guid partnerId, Guid applicationId, CancellationToken ct) =>
        Scope.QueryOne<int>(CountOfApplication, new { PartnerId = partnerId, ApplicationId = applicationId }, ct);

    /// <summary>Some of the partner's clients after this one, by id: each is decided about before anything of it is read.</summary>
    public Task<IReadOnlyList<Guid>> ClientsAfter(Guid partnerId, Guid after, int limit, CancellationToken ct) =>
        Scope.Query<Guid>($"{SelectClients}\n{database.Dialect.FirstRows}", new { PartnerId = partnerId, After = after, Limit = limit }, ct);

    public Task<int> ClientCount(Guid partnerId, CancellationToken ct) => Scope.QueryOne<int>(CountClients, new { PartnerId = partnerId }, ct);

    /// <summary>Whether nothing that bears on any of the decisions has changed since the extract was made.</summary>
    public async Task<bool> IsStillSo(StoredExtract extract, long partnerAccessVersion, CancellationToken ct)
    {
        if (extract.Content.PartnerAccessVersion != partnerAccessVersion)
        {
            return false;
        }

        foreach (var some in extract.Content.Records.Chunk(AtATime))
        {
            var versions = (await Scope.Query<VersionRow>(
                SelectVersions, new { extract.PartnerId, ClientIds = some.Select(one => one.ClientId).ToList() }, ct))
                .ToDictionary(row => row.ClientId, row => row.AccessVersion);
            if (some.Any(one => !versions.TryGetValue(one.ClientId, out var version) || version != one.AccessVersion))
            {
                return false;
            }
        }

        return true;
    }

    public void Add(StoredExtract extract, WriteUnit unit) => unit.Execute(
        Insert, new { extract.Id, extract.PartnerId, extract.ApplicationId, Content = Wrapped(extract.Content), unit.Now });

    public void Change(StoredExtract extract, string state, ExtractContent content, DateTimeOffset? expiresAt, WriteUnit unit) => unit.Execute(
        Update,
        new
        {
            extract.Id,
            extract.PartnerId,
            Before = extract.State,
            State = state,
            Content = Wrapped(content),
            ExpiresAt = expiresAt,
            unit.Now,
        });

    private byte[] Wrapped(ExtractContent content) => wrapping.Protect(JsonSerializer.SerializeToUtf8Bytes(content, StoredJson.Options));

    private sealed record VersionRow
    {
        public required Guid ClientId { get; init; }

        public required long AccessVersion { get; init; }
    }

    private sealed record Row
    {
        public required Guid Id { get; init; }

        public required Guid PartnerId { get; init; }

        public required Guid ApplicationId { get; init; }

        public required string State { get; init; }

        public required byte[] Content { get; init; }

        public required DateTimeOffset CreatedAt { get; init; }

        public DateTimeOffset? ExpiresAt { get; init; }
    }
}
