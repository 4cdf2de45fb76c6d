using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Domain.Ledger;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Partners;

/// <summary>The ledger of one partner as its auditor sees it, the partner's own chain included.</summary>
/// <remarks>Three statements instead of one with every filter, so that each goes along an index.</remarks>
internal sealed class AuditRepository(Database database)
{
    private const string Rest = """
        (@From IS NULL OR at >= @From) AND (@Until IS NULL OR at < @Until)
          AND (@Category IS NULL OR (category = @Category AND action = @Action))
          AND (@AfterAt IS NULL OR at < @AfterAt OR (at = @AfterAt AND id < @AfterId))
        ORDER BY at DESC, id DESC
        """;

    private const string SelectOfPartner = $"""
        SELECT canonical
        FROM ledger_entry
        WHERE partner_id = @PartnerId AND {Rest}
        """;

    private const string SelectOfPractitioner = $"""
        SELECT canonical
        FROM ledger_entry
        WHERE acting_id = @PractitionerId AND partner_id = @PartnerId AND {Rest}
        """;

    private const string SelectOfClient = $"""
        SELECT canonical
        FROM ledger_entry
        WHERE chain_id = @ClientId AND partner_id = @PartnerId AND (@PractitionerId IS NULL OR acting_id = @PractitionerId) AND {Rest}
        """;

    private const string SelectOpened = """
        SELECT client_id, MIN(at) AS first_at, MAX(at) AS last_at, COUNT(*) AS times
        FROM ledger_entry
        WHERE acting_id = @PractitionerId AND partner_id = @PartnerId AND client_id IS NOT NULL AND decision = 'permit'
          AND (@From IS NULL OR at >= @From) AND (@Until IS NULL OR at < @Until)
        GROUP BY client_id
        HAVING @AfterAt IS NULL OR MAX(at) < @AfterAt OR (MAX(at) = @AfterAt AND client_id < @AfterId)
        ORDER BY MAX(at) DESC, client_id DESC
        """;

    private SystemScope Scope => database.ForSystem(SystemReason.Audit);

    /// <summary>Newest first, one more than asked where there are more.</summary>
    public async Task<IReadOnlyList<LedgerUse>> List(Guid partnerId, AuditEventQuery query, DataUse? use, Position? after, CancellationToken ct)
    {
        var statement = query switch
        {
            { ClientId: not null } => SelectOfClient,
            { PractitionerId: not null } => SelectOfPractitioner,
            _ => SelectOfPartner,
        };
        var rows = await Scope.Query<Row>(
            $"{statement}\n{database.Dialect.FirstRows}",
            new
            {
                PartnerId = partnerId,
                query.PractitionerId,
                query.ClientId,
                query.From,
                query.Until,
                Category = use?.Category.Code(),
                Action = use?.Action.Code(),
                AfterAt = after?.At,
                AfterId = after?.Id,
                Limit = query.Size + 1,
            },
            ct);
        return [.. rows.Select(row => LedgerChain.Read(row.Canonical))];
    }

    /// <summary>The records that a practitioner was let into, the last first, one more than asked where there are more.</summary>
    public Task<IReadOnlyList<OpenedRow>> Opened(
        Guid partnerId, Guid practitionerId, OpenedRecordQuery query, Position? after, CancellationToken ct) =>
        Scope.Query<OpenedRow>(
            $"{SelectOpened}\n{database.Dialect.FirstRows}",
            new
            {
                PartnerId = partnerId,
                PractitionerId = practitionerId,
                query.From,
                query.Until,
                AfterAt = after?.At,
                AfterId = after?.Id,
                Limit = query.Size + 1,
            },
            ct);

    private sealed record Row
    {
        public required byte[] Canonical { get; init; }
    }
}

/// <summary>A record that a practitioner was let into, as the ledger tells.</summary>
internal sealed record OpenedRow
{
    public required Guid ClientId { get; init; }

    public required DateTimeOffset FirstAt { get; init; }

    public required DateTimeOffset LastAt { get; init; }

    public required int Times { get; init; }
}
