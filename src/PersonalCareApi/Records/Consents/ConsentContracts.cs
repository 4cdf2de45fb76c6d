using FluentValidation;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Records.Consents;

/// <summary>A decision of the client's, to be recorded.</summary>
internal sealed record CreateConsent
{
    public const string Example = """
        { "status": "active",
          "evidence": { "method": "electronic-signature", "givenAt": "2026-05-04T09:00:00Z",
            "wording": { "id": "intake", "version": "3", "language": "en" } },
          "provisions": [ { "effect": "permit",
            "grantees": [ { "kind": "practitioner", "id": "0197a000-0000-7000-8000-000000000101" } ],
            "categories": [ "assessments" ], "actions": [ "read", "write" ], "purposes": [ "TREAT" ] } ] }
        """;

    /// <summary><c>active</c>, or <c>draft</c> to confirm later. What somebody else records for the client stays a draft.</summary>
    public required NewConsentStatus Status { get; init; }

    public required EvidenceContent Evidence { get; init; }

    /// <summary>What is permitted and what is denied; at least one, at most 100.</summary>
    public required IReadOnlyList<ProvisionContent> Provisions { get; init; }

    /// <summary>The consent this one takes the place of, once it is active.</summary>
    public Guid? Replaces { get; init; }

    internal sealed class Validator : AbstractValidator<CreateConsent>
    {
        public Validator(TimeProvider time)
        {
            RuleFor(consent => consent.Evidence).SetValidator(new EvidenceRules(time));
            RuleFor(consent => consent.Provisions).OfOneConsent();
            RuleForEach(consent => consent.Provisions).SetValidator(new ProvisionWordRules());
        }
    }
}

/// <summary>The status a consent is recorded with.</summary>
internal enum NewConsentStatus
{
    Draft,
    Active,
}

/// <summary>Why a consent is taken back. Nothing needs to be said.</summary>
[MayBeLeftOut]
internal sealed record WithdrawConsent
{
    public const string Example = """
        { "reason": "I would rather wait." }
        """;

    /// <summary>The client's own words, if they wish.</summary>
    public string? Reason { get; init; }

    internal sealed class Validator : AbstractValidator<WithdrawConsent>
    {
        public Validator() => RuleFor(withdrawal => withdrawal.Reason).Length(1, 2000);
    }
}

/// <summary>Which consents.</summary>
internal sealed record ConsentQuery : PageQuery
{
    /// <summary>Only those with this status.</summary>
    public ConsentStatus? Status { get; init; }
}

/// <summary>A recorded decision of the client's.</summary>
internal sealed record ConsentResponse : IVersioned
{
    public const string Example = """
        { "id": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d", "clientId": "0197a000-0000-7000-8000-000000000201", "status": "active",
          "evidence": { "method": "electronic-signature", "givenAt": "2026-05-04T09:00:00Z", "explicit": false,
            "wording": { "id": "intake", "version": "3", "language": "en" } },
          "provisions": [ { "effect": "permit",
            "grantees": [ { "kind": "practitioner", "id": "0197a000-0000-7000-8000-000000000101", "code": null } ],
            "categories": [ "assessments" ], "actions": [ "read", "write" ], "purposes": [ "TREAT" ], "sensitivities": null,
            "period": null, "dataPeriod": null, "authoredBy": null, "parts": null } ],
          "complete": true, "givenBy": { "kind": "client", "id": "0197a000-0000-7000-8000-000000000201" },
          "recordedBy": { "kind": "client", "id": "0197a000-0000-7000-8000-000000000201" }, "recordedAt": "2026-05-04T09:00:01Z",
          "confirmation": null, "authorisations": [], "withdrawal": null, "replaces": null, "replacedBy": null, "version": 1,
          "etag": "\"1\"" }
        """;

    public required Guid Id { get; init; }

    public required Guid ClientId { get; init; }

    public required ConsentStatus Status { get; init; }

    /// <summary>How it was given; shown to the client, representatives, and who recorded it.</summary>
    public required EvidenceContent? Evidence { get; init; }

    /// <summary>What is permitted and denied. Others than the client see what concerns them.</summary>
    public required IReadOnlyList<ProvisionContent> Provisions { get; init; }

    /// <summary>False where provisions that do not concern the caller are left out.</summary>
    public required bool Complete { get; init; }

    public required PartyContent? GivenBy { get; init; }

    public required PartyContent RecordedBy { get; init; }

    public required DateTimeOffset RecordedAt { get; init; }

    public required ActContent? Confirmation { get; init; }

    public required IReadOnlyList<ActContent> Authorisations { get; init; }

    public required ActContent? Withdrawal { get; init; }

    public required Guid? Replaces { get; init; }

    public required Guid? ReplacedBy { get; init; }

    public required int Version { get; init; }

    public string Etag => ETags.For(Version);

    /// <summary>The consent as this caller may see it: the client and representatives all of it, others what concerns them.</summary>
    public static ConsentResponse From(AccessGrant grant, Consent consent, bool inCareTeam)
    {
        var content = consent.Content;
        var whole = grant.ActingAs.Kind is PartyKind.Client or PartyKind.Representative;
        var concerning = whole
            ? content.Provisions
            : [.. content.Provisions.Where(provision => Concerns(provision, grant.Caller, grant.ActingAs, inCareTeam))];
        var own = whole || content.RecordedBy == PartyContent.From(grant.ActingAs);
        return new ConsentResponse
        {
            Id = consent.Id,
            ClientId = grant.ClientId,
            Status = consent.Status,
            Evidence = own ? content.Evidence : null,
            Provisions = own ? content.Provisions : concerning,
            Complete = own || concerning.Count == content.Provisions.Count,
            GivenBy = content.GivenBy,
            RecordedBy = content.RecordedBy,
            RecordedAt = consent.RecordedAt,
            Confirmation = content.Confirmation,
            Authorisations = content.Authorisations,

            // What the client said when taking it back is the client's.
            Withdrawal = whole ? content.Withdrawal : content.Withdrawal is { } act ? act with { Reason = null } : null,
            Replaces = content.Replaces,
            ReplacedBy = content.ReplacedBy,
            Version = consent.Version,
        };
    }

    private static bool Concerns(ProvisionContent provision, Caller caller, Party actingAs, bool inCareTeam) =>
        provision.Grantees is null
        || provision.Grantees.Any(grantee => grantee switch
        {
            { Kind: "partner" } => true,
            { Kind: "care-team" } => inCareTeam,
            { Kind: "role", Code: { } code } => caller.PractitionerRoles.Contains(code, StringComparer.Ordinal),
            { Kind: "practitioner" or "application", Id: { } id } => grantee.Kind == actingAs.KindCode && id == actingAs.Id,
            _ => false,
        });
}
