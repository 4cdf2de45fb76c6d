using Dapper;
using PersonalCareApi.Data;
using PersonalCareApi.Domain;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Domain.Ledger;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Protection;

namespace PersonalCareApi.Records.Clients;

/// <summary>Finds the records a caller may use, by the same decision as for one record, page by page.</summary>
/// <remarks>
/// SQL narrows to records that some relation could open (a relationship, a grantee's row, the caller's own); the engine
/// then decides each, and only records with a grant are read. Each is a use of its own on its own chain. What of one record
/// cannot be read is left out like what is not permitted, and the list goes on.
/// </remarks>
internal sealed class Caseload(Database database, Facts facts, TimeProvider time, ILogger<Caseload> logger)
{
    private const int AtATime = 100;

    private const string AsAsked = """
        candidate.partner_id = @PartnerId
          AND (@ExternalDigest IS NULL OR EXISTS (
                SELECT 1 FROM external_id AS e
                WHERE e.partner_id = @PartnerId AND e.kind = 'client' AND e.digest = @ExternalDigest
                  AND e.target_id = candidate.client_id))
          AND (@AfterAt IS NULL OR candidate.created_at > @AfterAt
            OR (candidate.created_at = @AfterAt AND candidate.client_id > @AfterId))
        ORDER BY candidate.created_at, candidate.client_id
        """;

    private const string CandidatesOfPartner = $"""
        SELECT candidate.client_id, candidate.created_at
        FROM client AS candidate
        WHERE {AsAsked}
        """;

    // The same relations as in Facts.SomeRelation, from the other side: a caller has few, a partner has many clients. The
    // join is written crosswise because SQLite keeps that order.
    private const string Candidates = $"""
        SELECT candidate.client_id, candidate.created_at
        FROM (
            SELECT own.client_id
            FROM client AS own
            WHERE own.client_id IN @OwnIds
            UNION
            SELECT r.client_id
            FROM representative AS r
            WHERE r.id IN @RepresentativeIds
            UNION
            SELECT c.client_id
            FROM care_relationship AS c
            WHERE c.practitioner_id = @PractitionerId
            UNION
            SELECT e.client_id
            FROM emergency_access AS e
            WHERE e.practitioner_id = @PractitionerId
            UNION
            SELECT g.client_id
            FROM consent_grantee AS g
            WHERE @PractitionerId IS NOT NULL AND g.partner_id = @PartnerId
              AND (g.kind = 'partner' OR g.grantee_id = @PractitionerId OR g.code IN @Roles)) AS related
        CROSS JOIN client AS candidate
        WHERE candidate.client_id = related.client_id AND {AsAsked}
        """;

    /// <summary>A record with its grant, its place in the list, and the entry its use becomes.</summary>
    internal sealed record Entry(AccessGrant Grant, Position Position, LedgerUse Use, RecordFacts Facts);

    /// <summary>A record with every use of it that is permitted, by category.</summary>
    internal sealed record Permitted(Guid ClientId, Position Position, IReadOnlyList<Entry> Entries)
    {
        /// <summary>The use of this category; null where it is not permitted.</summary>
        public Entry? For(DataCategory category) => Entries.FirstOrDefault(entry => entry.Grant.Use.Category == category);
    }

    /// <summary>Another use of the same record on the same facts; null where it is not permitted.</summary>
    public static Entry? Also(Entry entry, AccessRequest request, DataUse also, string operation, string trace)
    {
        var (facts, now) = (entry.Facts, entry.Use.At);
        return ConsentEngine.Decide(request with { ClientId = facts.ClientId, Use = also }, facts, now) is AccessDecision.Permitted permitted
            ? entry with { Grant = permitted.Grant, Use = UseOf(permitted, facts, now, operation, trace) }
            : null;
    }

    /// <summary>Up to <paramref name="limit"/> records that the caller may use, after <paramref name="after"/>.</summary>
    public async Task<IReadOnlyList<Entry>> Find(
        AccessRequest request, long callerSeenAt, byte[]? externalDigest, Position? after, int limit, string operation, string trace, CancellationToken ct) =>
        [.. (await FindAny(request, [request.Use], callerSeenAt, externalDigest, after, limit, operation, trace, ct)).Select(one => one.Entries[0])];

    /// <summary>Up to <paramref name="limit"/> records of which any of these uses is permitted, after <paramref name="after"/>; each use is decided by itself.</summary>
    /// <remarks>Whose entries go on the ledger is for who shows them to say: a use that shows nothing is none.</remarks>
    public Task<IReadOnlyList<Permitted>> FindAny(
        AccessRequest request, IReadOnlyList<DataUse> uses, long callerSeenAt, Position? after, int limit, string operation, string trace,
        CancellationToken ct) => FindAny(request, uses, callerSeenAt, null, after, limit, operation, trace, ct);

    private async Task<IReadOnlyList<Permitted>> FindAny(
        AccessRequest request, IReadOnlyList<DataUse> uses, long callerSeenAt, byte[]? externalDigest, Position? after, int limit,
        string operation, string trace, CancellationToken ct)
    {
        var found = new List<Permitted>();
        while (found.Count < limit)
        {
            var candidates = await Next(request.Caller, externalDigest, after, ct);
            if (candidates.Count == 0)
            {
                break;
            }

            var now = time.GetUtcNow().ToStored();
            var records = await facts.LoadMany(request, [.. candidates.Select(row => row.ClientId)], now, ct);
            foreach (var candidate in candidates)
            {
                after = new Position(candidate.CreatedAt, candidate.ClientId);
                var record = records.GetValueOrDefault(candidate.ClientId);
                if (record is not null && record.PartnerAccessVersion != callerSeenAt)
                {
                    // Who the caller is may have changed since it was looked up.
                    throw new DecisionOutdated();
                }

                List<Entry> permitted =
                [
                    .. uses.Select(one => ConsentEngine.Decide(request with { ClientId = candidate.ClientId, Use = one }, record, now))
                        .OfType<AccessDecision.Permitted>()
                        .Select(one => new Entry(one.Grant, after, UseOf(one, record!, now, operation, trace), record!))
                        .Where(CanBeRead),
                ];
                if (permitted.Count > 0)
                {
                    found.Add(new Permitted(candidate.ClientId, after, permitted));
                    if (found.Count == limit)
                    {
                        break;
                    }
                }
            }
        }

        return found;
    }

    /// <summary>Of the other categories it shows where they are opened.</summary>
    private bool CanBeRead(Entry entry)
    {
        if (entry.Facts.ClientIsReadable || entry.Grant.Use.Category != DataCategory.Demographics)
        {
            return true;
        }

        Unreadable.LeftOut(logger, entry.Grant.ClientId, DataCategory.Demographics);
        return false;
    }

    private async Task<IReadOnlyList<Candidate>> Next(Caller caller, byte[]? externalDigest, Position? after, CancellationToken ct)
    {
        var arguments = new DynamicParameters(new
        {
            caller.PartnerId,
            OwnIds = caller.ClientIds,
            caller.RepresentativeIds,
            caller.PractitionerId,
            Roles = caller.PractitionerRoles,
            ExternalDigest = externalDigest,
            AfterAt = after?.At,
            AfterId = after?.Id,
            Limit = AtATime,
        });
        return await database.ForSystem(SystemReason.Facts).Query<Candidate>(
            $"{(caller.ApplicationAlone ? CandidatesOfPartner : Candidates)}\n{database.Dialect.FirstRows}", arguments, ct);
    }

    /// <summary>The entry of one use among several.</summary>
    internal static LedgerUse UseOf(
        AccessDecision.Permitted permitted, RecordFacts record, DateTimeOffset now, string operation, string trace) => new()
        {
            Id = Ids.New(now),
            At = now,
            PartnerId = permitted.Grant.PartnerId,
            ClientId = permitted.Grant.ClientId,
            ActingAs = permitted.Grant.ActingAs,
            ApplicationId = permitted.Grant.Caller.ApplicationId,
            Operation = operation,
            Use = permitted.Grant.Use,
            Purpose = permitted.Grant.Purpose.Code,
            Decision = LedgerUse.Permit,
            Basis = permitted.Grant.Basis,
            Obligations = permitted.Grant.Obligations,
            AccessVersion = record.AccessVersion,
            PartnerAccessVersion = record.PartnerAccessVersion,
            Considered = permitted.Considered,
            Outcome = StatusCodes.Status200OK,
            Trace = trace,
        };

    private sealed record Candidate
    {
        public required Guid ClientId { get; init; }

        public required DateTimeOffset CreatedAt { get; init; }
    }
}
