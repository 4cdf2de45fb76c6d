namespace PersonalCareApi.Domain.Access;

/// <summary>Why a related caller was refused. Where several apply, the first of this list is given.</summary>
public enum RefusalReason
{
    PurposeNotPermitted,
    ScopeMissing,
    DeniedByClient,
    LabelNotNamed,
    Expired,
    NoConsent,
}

/// <summary>The codes of <see cref="RefusalReason"/> as they stand in problems, explanations and the ledger.</summary>
public static class RefusalReasons
{
    public static string Code(this RefusalReason reason) => reason switch
    {
        RefusalReason.PurposeNotPermitted => "purpose-not-permitted",
        RefusalReason.ScopeMissing => "scope-missing",
        RefusalReason.DeniedByClient => "denied-by-client",
        RefusalReason.LabelNotNamed => "label-not-named",
        RefusalReason.Expired => "expired",
        RefusalReason.NoConsent => "no-consent",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "Not a reason for refusal."),
    };
}

/// <summary>On what a decision rests.</summary>
/// <param name="Kind">
/// One of <c>own-record</c>, <c>representation</c>, <c>author</c>, <c>emergency</c>, <c>provision</c>,
/// <c>partner-rule</c>, <c>care-relationship</c> (the start under opt-in), <c>admission</c> (a client being created),
/// <c>review</c> (the auditor on emergency accesses), <c>restriction</c> (a category the client has closed),
/// <c>relation</c> (a question about access itself), <c>none</c>.
/// </param>
/// <param name="Id">The consent, representation, care relationship, emergency access or restriction; null where there is none.</param>
/// <param name="Version">The consent's version; null otherwise.</param>
/// <param name="Provision">The index of the provision in that consent; null otherwise.</param>
public sealed record DecisionBasis(string Kind, Guid? Id = null, int? Version = null, int? Provision = null)
{
    public static DecisionBasis None { get; } = new("none");
}

/// <summary>What the API itself must do when it acts on a permit (HL7 obligation codes).</summary>
[Flags]
public enum Obligations
{
    None = 0,

    /// <summary>AUDIT: the use is on the ledger before the answer leaves. Always set.</summary>
    Audit = 1,

    /// <summary>NOTIFY-PATIENT: the client is told.</summary>
    NotifyPatient = 2,

    /// <summary>POST-ACCESS-REVIEW: somebody else reviews.</summary>
    PostAccessReview = 4,

    /// <summary>The answer carries the notice of 42 CFR 2.32 when it holds substance-use data.</summary>
    Part2Notice = 8,

    /// <summary>MINEC, minimum necessary: no narrative and no item answers.</summary>
    MinimumNecessary = 16,
}

/// <summary>The codes of <see cref="Obligations"/> as they stand in explanations.</summary>
public static class ObligationCodes
{
    private static readonly Dictionary<Obligations, string> ByObligation = new()
    {
        [Obligations.Audit] = "AUDIT",
        [Obligations.NotifyPatient] = "NOTIFY-PATIENT",
        [Obligations.PostAccessReview] = "POST-ACCESS-REVIEW",
        [Obligations.Part2Notice] = "PART2-NOTICE",
        [Obligations.MinimumNecessary] = "MINEC",
    };

    public static IReadOnlyList<string> Codes(this Obligations obligations) =>
        [.. ByObligation.Where(pair => obligations.HasFlag(pair.Key)).Select(pair => pair.Value)];
}

/// <summary>One provision the engine looked at.</summary>
/// <param name="FirstUnmet">The first criterion that did not match, or null when all did.</param>
public sealed record ConsideredProvision(Guid ConsentId, int ConsentVersion, int Provision, ProvisionEffect Effect, string? FirstUnmet)
{
    public bool Matched => FirstUnmet is null;
}

/// <summary>The answer to an <see cref="AccessRequest"/>: permitted, refused, or not found. There is no fourth.</summary>
public abstract record AccessDecision
{
    private AccessDecision()
    {
    }

    /// <summary>As whom the caller acts on this record.</summary>
    public required Party ActingAs { get; init; }

    /// <summary>The purpose that was judged; null where a caller that must name one named none.</summary>
    public required PurposeOfUse? Purpose { get; init; }

    /// <summary>The provisions looked at, in the order of the record; empty where none had to be.</summary>
    public IReadOnlyList<ConsideredProvision> Considered { get; init; } = [];

    /// <summary>A yes, with the grant that every statement on the data is bound to.</summary>
    public sealed record Permitted : AccessDecision
    {
        internal Permitted()
        {
        }

        public required AccessGrant Grant { get; init; }
    }

    /// <summary>A no to somebody related to the record, who may know that it exists.</summary>
    public sealed record Refused : AccessDecision
    {
        public required RefusalReason Reason { get; init; }

        public DecisionBasis Basis { get; init; } = DecisionBasis.None;
    }

    /// <summary>A no that must not tell whether there is such a record.</summary>
    public sealed record NotFound : AccessDecision;
}
