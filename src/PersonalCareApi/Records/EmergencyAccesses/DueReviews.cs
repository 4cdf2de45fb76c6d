using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Domain.Ledger;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Records.Clients;

namespace PersonalCareApi.Records.EmergencyAccesses;

/// <summary>Finds the emergency accesses that wait for a review, over all clients, each decided about like any other use.</summary>
internal sealed class DueReviews(Database database, Facts facts, EmergencyAccessRepository accesses, TimeProvider time)
{
    private const string Candidates = """
        SELECT candidate.id, candidate.client_id, candidate.occurred_at
        FROM emergency_access AS candidate
        WHERE candidate.partner_id = @PartnerId AND candidate.reviewed_at IS NULL
          AND (@AfterAt IS NULL OR candidate.occurred_at > @AfterAt
            OR (candidate.occurred_at = @AfterAt AND candidate.id > @AfterId))
        ORDER BY candidate.occurred_at, candidate.id
        """;

    /// <summary>One page: what it shows, where the next begins, and the uses that the showing is.</summary>
    internal sealed record Found(IReadOnlyList<DueReviewResponse> Items, Position? Next, IReadOnlyList<(AccessGrant Grant, LedgerUse Entry)> Uses);

    /// <exception cref="DecisionOutdated">Who the caller is may have changed since it was looked up.</exception>
    public async Task<Found> Find(UseOfData use, Position? after, int limit, string operation, string trace, CancellationToken ct)
    {
        var partnerId = use.Asked.Caller.PartnerId;
        var candidates = await database.ForSystem(SystemReason.Facts).Query<Candidate>(
            $"{Candidates}\n{database.Dialect.FirstRows}",
            new { PartnerId = partnerId, AfterAt = after?.At, AfterId = after?.Id, Limit = limit + 1 },
            ct);
        var page = candidates.Take(limit).ToList();
        var now = time.GetUtcNow().ToStored();
        var records = await facts.LoadMany(use.Asked, [.. page.Select(row => row.ClientId).Distinct()], now, ct);
        if (records.Values.Any(record => record.PartnerAccessVersion != use.CallerSeenAt))
        {
            throw new DecisionOutdated();
        }

        var permitted = records.Values
            .Select(record => (Record: record, Decision: ConsentEngine.Decide(use.Asked with { ClientId = record.ClientId }, record, now)))
            .Where(one => one.Decision is AccessDecision.Permitted)
            .Select(one => (one.Record, Permitted: (AccessDecision.Permitted)one.Decision))
            .ToList();
        var shown = (await accesses.FindDue([.. permitted.Select(one => one.Permitted.Grant)], ct)).ToDictionary(one => one.Id);
        List<DueReviewResponse> items = [.. page.Where(row => shown.ContainsKey(row.Id)).Select(row => shown[row.Id])];
        var clients = items.Select(item => item.ClientId).ToHashSet();
        return new Found(
            items,
            candidates.Count > limit ? new Position(page[^1].OccurredAt, page[^1].Id) : null,
            [
                .. permitted
                    .Where(one => clients.Contains(one.Record.ClientId))
                    .Select(one => (one.Permitted.Grant, Caseload.UseOf(one.Permitted, one.Record, now, operation, trace))),
            ]);
    }

    private sealed record Candidate
    {
        public required Guid Id { get; init; }

        public required Guid ClientId { get; init; }

        public required DateTimeOffset OccurredAt { get; init; }
    }
}
