using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Domain.Ledger;

namespace PersonalCareApi.Records.AccessDecisions;

/// <summary>Decisions as the ledger keeps them. For reach, the author of one is whom it is about.</summary>
internal sealed class AccessDecisionRepository(Database database)
{
    private const string SelectOne = $"""
        SELECT canonical
        FROM (
            SELECT partner_id, client_id, id, canonical, at AS occurred_at, CAST(0 AS bigint) AS labels, '' AS part,
                   acting_id AS author_id
            FROM ledger_entry
            WHERE chain_id = @GrantClientId) AS entry
        WHERE {InReach.Where} AND id = @Id
        """;

    public async Task<LedgerUse?> Find(AccessGrant grant, Guid id, CancellationToken ct) =>
        await database.ForClient(grant, DataCategory.AccessHistory).QueryOne<Row>(SelectOne, new { Id = id }, ct) is { } row
            ? LedgerChain.Read(row.Canonical)
            : null;

    private sealed record Row
    {
        public required byte[] Canonical { get; init; }
    }
}
