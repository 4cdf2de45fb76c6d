using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Domain.Ledger;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Records.AccessHistory;

/// <summary>One entry as it was read.</summary>
internal sealed record HistoryRow(LedgerUse Use);

/// <summary>The entries of one client's chain.</summary>
/// <remarks>An entry has no labels and no part; its author, for reach, is nobody: an id that no one has.</remarks>
internal sealed class AccessHistoryRepository(Database database)
{
    private const string Entries = """
        (SELECT partner_id, client_id, id, at, canonical, at AS occurred_at, CAST(0 AS bigint) AS labels, '' AS part,
                '00000000-0000-0000-0000-000000000000' AS author_id
         FROM ledger_entry
         WHERE chain_id = @GrantClientId) AS entry
        """;

    private const string Filter = """
        (@From IS NULL OR at >= @From) AND (@Until IS NULL OR at < @Until)
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

    public async Task<Rows<HistoryRow>> List(AccessGrant grant, AccessHistoryQuery query, Position? after, CancellationToken ct)
    {
        var rows = await database.ForClient(grant, DataCategory.AccessHistory).QueryPage<Row>(
            SelectPage, CountAll, new { query.From, query.Until, AfterAt = after?.At, AfterId = after?.Id }, query.Size, ct);
        return rows.Select(row => new HistoryRow(LedgerChain.Read(row.Canonical)));
    }

    private sealed record Row
    {
        public required byte[] Canonical { get; init; }
    }
}
