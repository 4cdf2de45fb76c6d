using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Domain.Ledger;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Records.AccessHistory;

/// <summary>One entry as it was read.</summary>
internal sealed record HistoryRow(LedgerUse Use);

/// <summary>An entry in its place in the chain.</summary>
internal sealed record ProofRow
{
    public required Guid Id { get; init; }

    public required DateTimeOffset At { get; init; }

    public required long Sequence { get; init; }

    public required byte[] PreviousHash { get; init; }

    public required byte[] Canonical { get; init; }
}

/// <summary>The entries of one client's chain.</summary>
/// <remarks>An entry has no labels and no part; its author, for reach, is nobody: an id that no one has.</remarks>
internal sealed class AccessHistoryRepository(Database database)
{
    private const string Entries = """
        (SELECT partner_id, client_id, id, at, sequence, acting_id, category, action, decision, basis_kind, previous_hash, canonical, at AS occurred_at, CAST(0 AS bigint) AS labels, '' AS part,
                '00000000-0000-0000-0000-000000000000' AS author_id
         FROM ledger_entry
         WHERE chain_id = @GrantClientId) AS entry
        """;

    private const string Filter = """
        (@From IS NULL OR at >= @From) AND (@Until IS NULL OR at < @Until)
          AND (@Decision IS NULL OR decision = @Decision) AND (@Category IS NULL OR category = @Category)
          AND (@Action IS NULL OR action = @Action) AND (@By IS NULL OR acting_id = @By)
          AND (@Emergency IS NULL OR (@Emergency = 1 AND basis_kind = 'emergency') OR (@Emergency = 0 AND basis_kind <> 'emergency'))
        """;

    private const string SelectPage = $"""
        SELECT canonical
        FROM {Entries}
        WHERE {InReach.Where} AND {Filter}
          AND (@AfterAt IS NULL OR at < @AfterAt OR (at = @AfterAt AND id < @AfterId))
        ORDER BY at DESC, id DESC
        """;

    private const string CountAll = $"""
        SELECT COUNT(*)
        FROM {Entries}
        WHERE {InReach.Where} AND {Filter}
        """;

    private const string SelectForProof = $"""
        SELECT id, at, sequence, previous_hash, canonical
        FROM {Entries}
        WHERE {InReach.Where} AND (id = @Id OR (@Id IS NULL AND sequence = @Sequence))
        """;

    private const string SelectFollowing = $"""
        SELECT id, at, sequence, previous_hash, canonical
        FROM {Entries}
        WHERE {InReach.Where} AND sequence > @After AND sequence <= @Until
        ORDER BY sequence
        """;

    private const string SelectNewest = $"""
        SELECT id, at, sequence, previous_hash, canonical
        FROM {Entries}
        WHERE {InReach.Where} AND sequence = (SELECT MAX(last.sequence) FROM ledger_entry AS last WHERE last.chain_id = @GrantClientId)
        """;

    public async Task<Rows<HistoryRow>> List(AccessGrant grant, AccessHistoryQuery query, Position? after, CancellationToken ct)
    {
        var rows = await database.ForClient(grant, DataCategory.AccessHistory).QueryPage<Row>(
            SelectPage,
            CountAll,
            new
            {
                query.From,
                query.Until,
                Decision = query.Decision switch { ToldDecision.Permit => LedgerUse.Permit, ToldDecision.Deny => LedgerUse.Deny, _ => null },
                Category = query.Category?.Code(),
                Action = query.Action?.Code(),
                query.By,
                Emergency = query.Emergency is { } emergency ? emergency ? 1 : 0 : (int?)null,
                AfterAt = after?.At,
                AfterId = after?.Id,
            },
            query.Size,
            ct);
        return rows.Select(row => new HistoryRow(LedgerChain.Read(row.Canonical)));
    }

    /// <summary>The entry with that id, or without one the entry of that number.</summary>
    public Task<ProofRow?> FindForProof(AccessGrant grant, Guid? id, long sequence, CancellationToken ct) =>
        database.ForClient(grant, DataCategory.AccessHistory).QueryOne<ProofRow>(SelectForProof, new { Id = id, Sequence = sequence }, ct);

    /// <summary>The newest entry of the chain.</summary>
    public Task<ProofRow?> FindNewest(AccessGrant grant, CancellationToken ct) =>
        database.ForClient(grant, DataCategory.AccessHistory).QueryOne<ProofRow>(SelectNewest, null, ct);

    /// <summary>The entries after one and up to another, the first so many of them.</summary>
    public Task<IReadOnlyList<ProofRow>> Following(AccessGrant grant, long after, long until, int limit, CancellationToken ct) =>
        database.ForClient(grant, DataCategory.AccessHistory).Query<ProofRow>(
            $"{SelectFollowing}\n{database.Dialect.FirstRows}", new { After = after, Until = until, Limit = limit }, ct);

    private sealed record Row
    {
        public required byte[] Canonical { get; init; }
    }
}
