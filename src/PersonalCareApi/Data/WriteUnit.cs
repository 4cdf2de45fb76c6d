using System.Data.Common;
using Dapper;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Domain.Ledger;

namespace PersonalCareApi.Data;

/// <summary>
/// Everything one request writes: rows, versions, change rows, the ledger entry, the answer kept for a retry. All of
/// it is committed or none.
/// </summary>
/// <remarks>Handlers only collect; the pipeline commits once the answer has been made, and before it leaves.</remarks>
internal sealed class WriteUnit(TimeProvider time)
{
    private const string StillDecidedSo = """
        SELECT COUNT(*)
        FROM client AS decided
        INNER JOIN partner AS decided_partner ON decided_partner.id = decided.partner_id
        WHERE decided.client_id = @GrantClientId
          AND decided.partner_id = @GrantPartnerId
          AND decided.access_version = @GrantAccessVersion
          AND decided_partner.access_version = @GrantPartnerAccessVersion
        """;

    private const string CallerStillSo = """
        SELECT COUNT(*)
        FROM partner
        WHERE id = @PartnerId AND access_version = @AccessVersion
        """;

    private const string CallerStillLinkedSo = $"""
        {CallerStillSo}
          AND @Links = (
            SELECT COUNT(*)
            FROM subject_link AS link
            WHERE link.issuer_id = @IssuerId AND link.subject_digest = @Subject AND link.partner_id = partner.id
              AND link.created_at <= @NewestLink)
          AND NOT EXISTS (
            SELECT 1
            FROM subject_link AS newer
            WHERE newer.issuer_id = @IssuerId AND newer.subject_digest = @Subject AND newer.partner_id = partner.id
              AND newer.created_at > @NewestLink)
        """;

    private const string ClientWasTold = """
        SELECT COUNT(*)
        FROM client_notice AS told
        WHERE told.about_id = @EmergencyId AND told.kind = 'emergency-declared' AND told.client_id = @ClientId
        """;

    /// <summary>What makes decisions outdated; the writer knows a statement that does by these words.</summary>
    public const string RaisesAccess = "access_version = access_version + 1";

    private const string RaiseAccessVersion = $"""
        UPDATE client
        SET {RaisesAccess}
        WHERE client_id = @GrantClientId AND partner_id = @GrantPartnerId
        """;

    private readonly List<Statement> statements = [];
    private readonly List<Func<DbTransaction, Statement?>> made = [];
    private readonly Dictionary<Guid, Statement> guards = [];
    private readonly Dictionary<Guid, Statement> raises = [];
    private readonly List<AccessGrant> grants = [];

    /// <summary>One statement of the unit.</summary>
    /// <param name="Sql">The text, scope filled in.</param>
    /// <param name="Parameters">Its values.</param>
    /// <param name="Expect">How many rows it must touch; null for any number.</param>
    /// <param name="Otherwise">What it means when it touches another number.</param>
    /// <param name="Duplicate">What it means when the key is there already.</param>
    internal sealed record Statement(
        string Sql, object? Parameters, int? Expect, WriteMiss Otherwise, WriteMiss Duplicate);

    /// <summary>In the order to be run; what makes decisions outdated comes last, since the others compare its version.</summary>
    public IEnumerable<Statement> Statements => statements.Concat(raises.Values);

    /// <summary>Statements that are only made of what the others left, in the same transaction; null where there is nothing to be made.</summary>
    public IEnumerable<Func<DbTransaction, Statement?>> Made => made;

    /// <summary>Queries that must each count one row, or the decision is outdated.</summary>
    public IEnumerable<Statement> Guards => guards.Values;

    /// <summary>Whether the request wrote anything but its ledger entry.</summary>
    public bool IsEmpty => statements.Count == 0 && raises.Count == 0 && made.Count == 0;

    /// <summary>Whether it makes decisions outdated that others may be about to commit on.</summary>
    public bool ChangesDecisions => Statements.Any(statement => statement.Sql.Contains(RaisesAccess, StringComparison.Ordinal));

    /// <summary>A miss found before the database was asked, such as a row the grant does not cover.</summary>
    public WriteMiss? FoundMiss { get; private set; }

    /// <summary>The uses of client data that this unit puts on the ledger; the pipeline adds them.</summary>
    public List<LedgerUse> Uses { get; } = [];

    /// <summary>The grants of an answer about several records.</summary>
    public IReadOnlyList<AccessGrant> Grants => grants;

    /// <summary>What of each item written decides whether it is in reach.</summary>
    public List<ItemFacts> Items { get; } = [];

    public DateTimeOffset Now { get; } = time.GetUtcNow().ToStored();

    /// <summary>Writes on the record of the grant.</summary>
    public ClientWrites ForClient(AccessGrant grant, DataCategory category)
    {
        if (grant.Use.Category != category || grant.Use.Action != DataAction.Write)
        {
            throw new InvalidOperationException($"A grant for {grant.Use.Scope} does not write {category.Code()}.");
        }

        if (grant.Basis.Kind != "admission")
        {
            Guard(grant);
        }

        return new ClientWrites(this, grant);
    }

    /// <summary>
    /// Commits only while all that the answer rests on holds: who the caller is, and each decision that permits a use.
    /// </summary>
    /// <remarks>
    /// Reads too: their entry and a withdrawal are committed one after the other, so no answer leaves that was still
    /// waiting when the withdrawal's own answer left.
    /// </remarks>
    public void GuardDecisions(CallerSeen caller)
    {
        var comparedWithADecision = false;
        foreach (var use in Uses.Where(use => use is { Decision: LedgerUse.Permit, ClientId: not null, AccessVersion: not null }))
        {
            comparedWithADecision |= use.PartnerId == caller.PartnerId && use.PartnerAccessVersion == caller.PartnerAccessVersion;
            guards[use.ClientId!.Value] = Counts(StillDecidedSo, new
            {
                GrantClientId = use.ClientId,
                GrantPartnerId = use.PartnerId,
                GrantAccessVersion = use.AccessVersion,
                GrantPartnerAccessVersion = use.PartnerAccessVersion,
            });
            GuardThatTheClientIsTold(use);
        }

        if (caller.Links is { } links)
        {
            guards[caller.PartnerId] = Counts(CallerStillLinkedSo, new
            {
                caller.PartnerId,
                AccessVersion = caller.PartnerAccessVersion,
                links.IssuerId,
                links.Subject,
                Links = links.Count,
                NewestLink = links.Newest,
            });
        }
        else if (!comparedWithADecision)
        {
            guards[caller.PartnerId] = Counts(CallerStillSo, new { caller.PartnerId, AccessVersion = caller.PartnerAccessVersion });
        }
    }

    private static Statement Counts(string sql, object parameters) =>
        new(sql, parameters, 1, WriteMiss.StateChanged, WriteMiss.StateChanged);

    /// <summary>
    /// NOTIFY-PATIENT: nothing read in an emergency leaves unless the client's notice of its declaration is there.
    /// </summary>
    private void GuardThatTheClientIsTold(LedgerUse use)
    {
        if (use is { Basis: { Kind: "emergency", Id: { } emergencyId } } && use.Obligations.HasFlag(Obligations.NotifyPatient))
        {
            guards[emergencyId] = Counts(ClientWasTold, new { EmergencyId = emergencyId, use.ClientId });
        }
    }

    /// <summary>One of several uses that an answer makes, with the grant that it was made under.</summary>
    public void Took(AccessGrant grant, LedgerUse use)
    {
        grants.Add(grant);
        Uses.Add(use);
    }

    /// <summary>A statement on what is no client's data.</summary>
    public void Execute(
        string sql, object parameters, int? expect = 1, WriteMiss otherwise = WriteMiss.StateChanged,
        WriteMiss duplicate = WriteMiss.AlreadyExists) =>
        statements.Add(new Statement(sql, parameters, expect, otherwise, duplicate));

    /// <summary>A last statement, made of rows that the others left; with nothing made of them, none of the unit happens.</summary>
    /// <remarks>It may be made more than once: a transaction that failed is tried again.</remarks>
    public void ExecuteMadeOf<T>(string query, object parameters, Func<IReadOnlyList<T>, (string Sql, object Parameters)?> make) =>
        made.Add(transaction => make(transaction.Connection!.Query<T>(query, parameters, transaction).AsList()) is { } statement
            ? new Statement(statement.Sql, statement.Parameters, 1, WriteMiss.StateChanged, WriteMiss.AlreadyExists)
            : null);

    /// <summary>Forgets what was collected, before the request is decided and handled again.</summary>
    public void Clear()
    {
        statements.Clear();
        made.Clear();
        guards.Clear();
        raises.Clear();
        Uses.Clear();
        grants.Clear();
        Items.Clear();
        FoundMiss = null;
    }

    internal void Found(WriteMiss miss) => FoundMiss ??= miss;

    /// <summary>Makes every decision about the record before this commit outdated.</summary>
    internal void ChangesAccess(AccessGrant grant) =>
        raises[grant.ClientId] = OnRecord(RaiseAccessVersion, grant);

    private void Guard(AccessGrant grant) =>
        guards[grant.ClientId] = OnRecord(StillDecidedSo, grant);

    private static Statement OnRecord(string sql, AccessGrant grant)
    {
        var parameters = new DynamicParameters();
        InReach.BindRecord(grant, parameters);
        return Counts(sql, parameters);
    }
}

/// <summary>Who the caller was found to be made of, for the commit to compare.</summary>
/// <param name="PartnerId">The caller's partner.</param>
/// <param name="PartnerAccessVersion">Its version at which the caller was looked up.</param>
/// <param name="Links">What the subject was linked to then, where nobody has compared that since; else null.</param>
internal sealed record CallerSeen(Guid PartnerId, long PartnerAccessVersion, LinksSeen? Links);

/// <summary>How many links a subject had, and since when the newest; without any, the beginning of time.</summary>
internal sealed record LinksSeen(Guid IssuerId, byte[] Subject, int Count, DateTimeOffset Newest);
