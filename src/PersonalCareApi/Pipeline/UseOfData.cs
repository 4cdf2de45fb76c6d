using PersonalCareApi.Data;
using PersonalCareApi.Domain;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Domain.Ledger;
using PersonalCareApi.Protection;
using PersonalCareApi.Records.Clients;

namespace PersonalCareApi.Pipeline;

/// <summary>The use of client data that one request makes: the question, the facts, the decision, and its ledger entry.</summary>
internal sealed class UseOfData(Facts facts, TimeProvider time)
{
    private const string AdmissionBasis = "admission";
    private static readonly DecisionBasis AuditBasis = new("audit");

    private AccessRequest? request;
    private RefusalReason? refusedBeforeRecord;
    private bool decidesPerClient;
    private bool auditsAll;
    private Func<SignedIn, CancellationToken, Task<bool>>? again;
    private Guid id;
    private DateTimeOffset at;

    /// <summary>What the decision saw; null where there is no such record.</summary>
    public RecordFacts? Facts { get; private set; }

    /// <summary>The question that was put.</summary>
    public AccessRequest Asked => request ?? throw new InvalidOperationException("Nothing was asked.");

    public AccessDecision? Decision { get; private set; }

    /// <summary>The proof of a yes; null after anything else.</summary>
    public AccessGrant? Grant { get; private set; }

    /// <summary>The key ring of a record that this request creates: its row is not there to be read yet.</summary>
    public ClientKeyRing? NewRing { get; set; }

    /// <summary>Whether the caller cares for this client now.</summary>
    public bool InCareTeam => Grant?.ActingAs is { Kind: PartyKind.Practitioner, Id: var practitioner }
        && Facts?.CareRelationships.Any(one => one.PractitionerId == practitioner && one.Period.Contains(at)) == true;

    /// <summary>The partner's access version at which the caller was looked up.</summary>
    public long CallerSeenAt { get; set; }

    /// <summary>Whether any use was declared and judged.</summary>
    public bool IsJudged => request is not null;

    /// <summary>Whether this request is a use of its own; a list over several clients is one for each of them instead.</summary>
    public bool HasEntry => IsJudged && !decidesPerClient;

    /// <summary>Decides about one record.</summary>
    public Task<bool> Decide(AccessRequest asked, CancellationToken ct)
    {
        // Not recalled then: what was remembered may be what is outdated.
        again = (now, cancel) => DecideOn(asked with { Caller = now.Caller }, cancel);
        return Recalls(asked) ? Task.FromResult(true) : DecideOn(asked, ct);
    }

    /// <summary>Decides about one record, for the first of these uses that is permitted; where none is, the answer is that to the first.</summary>
    public Task<bool> DecideAny(AccessRequest asked, IReadOnlyList<DataUse> uses, CancellationToken ct)
    {
        again = (now, cancel) => DecideOnAny(asked with { Caller = now.Caller }, uses, cancel);
        return DecideOnAny(asked, uses, ct);
    }

    /// <summary>Another use of the same record on the same facts; null where it is not permitted.</summary>
    public PermittedUse? Also(DataUse other, string operation, string trace) =>
        Facts is { } record && ConsentEngine.Decide(Asked with { Use = other }, record, at) is AccessDecision.Permitted permitted
            ? new PermittedUse(permitted.Grant, Caseload.UseOf(permitted, record, at, operation, trace))
            : null;

    private async Task<bool> DecideOnAny(AccessRequest asked, IReadOnlyList<DataUse> uses, CancellationToken ct)
    {
        // Read once, so that neither the answer nor the time it takes tells how many categories were tried.
        Task<RecordFacts?>? reading = null;
        foreach (var use in uses)
        {
            if (await TryOne(asked with { Use = use }))
            {
                return true;
            }
        }

        // The category that comes first for every id: the answer must not tell where the item lies.
        return await TryOne(asked);

        async Task<bool> TryOne(AccessRequest one)
        {
            Ask(one);
            refusedBeforeRecord = ConsentEngine.CheckCaller(one);
            if (refusedBeforeRecord is null)
            {
                Judge(await (reading ??= facts.Load(one, at, ct)) is { } read ? read with { PartnerAccessVersion = CallerSeenAt } : null);
            }

            return Grant is not null;
        }
    }

    /// <summary>Decides about one record on the facts as they are now, whatever is remembered: for what leaves, and for work without a request.</summary>
    public Task<bool> DecideAfresh(AccessRequest asked, CancellationToken ct) => DecideOn(asked, ct);

    private async Task<bool> DecideOn(AccessRequest asked, CancellationToken ct)
    {
        Ask(asked);
        refusedBeforeRecord = ConsentEngine.CheckCaller(asked);
        if (refusedBeforeRecord is not null)
        {
            return false;
        }

        // Who the caller is was read before these facts. Bound to the version of then, the decision is outdated where a
        // suspension, a role or a revocation came in between.
        Judge(await facts.Load(asked, at, ct) is { } read ? read with { PartnerAccessVersion = CallerSeenAt } : null);
        return Grant is not null;
    }

    /// <summary>Whether the facts as they were last read permit it. Where they do not, they may have changed, and are read.</summary>
    private bool Recalls(AccessRequest asked)
    {
        Ask(asked);
        if (ConsentEngine.CheckCaller(asked) is null && facts.Recall(asked, CallerSeenAt, at) is { } recalled)
        {
            Judge(recalled);
        }

        return Grant is not null;
    }

    private void Judge(RecordFacts? record)
    {
        Facts = record;
        Decision = ConsentEngine.Decide(Asked, Facts, at);
        Grant = (Decision as AccessDecision.Permitted)?.Grant;
    }

    /// <summary>Puts the first question again: for who the caller is now, on the facts as they are now.</summary>
    public Task<bool> DecideAgain(SignedIn caller, CancellationToken ct)
    {
        CallerSeenAt = caller.PartnerAccessVersion;
        return again?.Invoke(caller, ct) ?? throw new InvalidOperationException("Nothing was asked.");
    }

    /// <summary>Puts the same question about another record: the one that a retried creation made.</summary>
    public Task<bool> DecideAbout(Guid clientId, CancellationToken ct) =>
        DecideOn(Asked with { ClientId = clientId }, ct);

    /// <summary>Decides whether another record may be read: that of whom a creation found instead of creating.</summary>
    public Task<bool> DecideReading(Guid clientId, CancellationToken ct) =>
        DecideOn(Asked with { ClientId = clientId, Use = new DataUse(Asked.Use.Category, DataAction.Read) }, ct);

    /// <summary>Refuses a purpose that is no code at all, before anything is looked up.</summary>
    public bool RefusePurpose(AccessRequest asked)
    {
        Ask(asked);
        refusedBeforeRecord = RefusalReason.PurposeNotPermitted;
        return false;
    }

    /// <summary>Decides whether the caller may create a record.</summary>
    public bool Admit(AccessRequest asked)
    {
        again = (now, _) => Task.FromResult(Admit(asked with { Caller = now.Caller }));
        Ask(asked);
        refusedBeforeRecord = ConsentEngine.CheckCaller(asked);
        Grant = refusedBeforeRecord is null ? ConsentEngine.Admit(asked.Caller, asked.ClaimedPurpose, asked.ClientId, at) : null;
        if (Grant is null)
        {
            refusedBeforeRecord ??= RefusalReason.NoConsent;
        }

        return Grant is not null;
    }

    /// <summary>Checks scope and purpose for a use of several records, each of which is decided on its own.</summary>
    public bool CheckCaller(AccessRequest asked)
    {
        again = (now, _) => Task.FromResult(CheckCaller(asked with { Caller = now.Caller }));
        Ask(asked);
        refusedBeforeRecord = ConsentEngine.CheckCaller(asked);
        decidesPerClient = refusedBeforeRecord is null;
        return decidesPerClient;
    }

    /// <summary>Decides whether the caller may audit: one record, decided about like any other, or all of the partner's.</summary>
    public async Task<bool> Audit(AccessRequest asked, CancellationToken ct)
    {
        again = (now, cancel) => Audit(asked with { Caller = now.Caller }, cancel);
        Ask(asked);
        refusedBeforeRecord = ConsentEngine.CheckCaller(asked);
        if (refusedBeforeRecord is null && !asked.Caller.IsAuditor)
        {
            refusedBeforeRecord = RefusalReason.NoConsent;
        }

        if (refusedBeforeRecord is null && asked.ClientId != Guid.Empty)
        {
            return await DecideOn(asked, ct);
        }

        auditsAll = refusedBeforeRecord is null;
        return auditsAll;
    }

    /// <summary>The answer to somebody who did not get a grant.</summary>
    public Problem Refusal() => (refusedBeforeRecord, Decision) switch
    {
        (RefusalReason.NoConsent, null) when Asked.Audits => Problems.Forbidden("Only the partner's auditor looks at the uses of all records."),
        ({ } reason, _) => Problems.Forbidden(reason, request!.Scope),
        (_, AccessDecision.Refused refused) => Problems.Forbidden(refused.Reason, request!.Scope),

        // Unknown, unrelated, and anything unforeseen: there is nothing here.
        _ => Problems.NotFound(),
    };

    /// <summary>Why it was refused, by its code; null where it was not, or where nothing may be told.</summary>
    public string? ReasonCode => (refusedBeforeRecord ?? (Decision as AccessDecision.Refused)?.Reason)?.Code();

    /// <summary>The entry of this use.</summary>
    public LedgerUse Entry(string operation, int outcome, string trace)
    {
        // A creation that made nothing has no record to be on the chain of.
        var ofRecord = Grant?.Basis.Kind != AdmissionBasis || outcome == StatusCodes.Status201Created;
        var asked = Asked;
        var entry = new LedgerUse
        {
            Id = id,
            At = at,
            PartnerId = asked.Caller.PartnerId,
            ClientId = null,
            ActingAs = asked.Caller.Foremost(),
            ApplicationId = asked.Caller.ApplicationId,
            Operation = operation,
            Use = asked.Use,
            Purpose = asked.ClaimedPurpose?.Code,
            Decision = "not-found",
            Outcome = outcome,
            Trace = trace,
        };
        return (refusedBeforeRecord, Decision, Grant) switch
        {
            ({ } reason, _, _) => entry with { Decision = "deny", Reason = reason.Code() },
            (_, AccessDecision.Refused refused, _) => Decided(entry, refused) with
            {
                Decision = "deny",
                Reason = refused.Reason.Code(),
                Basis = refused.Basis,
                Obligations = Obligations.Audit,
            },
            (_, _, { } grant) => Decided(entry, Decision) with
            {
                ClientId = ofRecord ? grant.ClientId : null,
                ActingAs = grant.ActingAs,
                Purpose = grant.Purpose.Code,
                Decision = LedgerUse.Permit,
                Basis = grant.Basis,
                Obligations = grant.Obligations,
            },

            // Over all records: one use of the partner's ledger, and of no client's record.
            _ when auditsAll => entry with { Decision = LedgerUse.Permit, Basis = AuditBasis, Obligations = Obligations.Audit },

            // On the partner's chain: a client's chain must not tell of who is unrelated, nor grow for it.
            _ => entry,
        };
    }

    private LedgerUse Decided(LedgerUse entry, AccessDecision? decision) => entry with
    {
        ClientId = request!.ClientId,
        ActingAs = decision?.ActingAs ?? entry.ActingAs,
        Purpose = decision?.Purpose?.Code ?? entry.Purpose,
        AccessVersion = Facts?.AccessVersion,
        PartnerAccessVersion = Facts?.PartnerAccessVersion,
        Considered = decision?.Considered ?? [],
    };

    private void Ask(AccessRequest asked)
    {
        at = time.GetUtcNow().ToStored();
        id = Ids.New(at);
        request = asked;
        Facts = null;
        Decision = null;
        Grant = null;
        NewRing = null;
        decidesPerClient = false;
        auditsAll = false;
        refusedBeforeRecord = null;
    }
}

/// <summary>One of several uses that an answer makes of a record: its grant, and the entry it becomes.</summary>
internal sealed record PermittedUse(AccessGrant Grant, LedgerUse Entry);
