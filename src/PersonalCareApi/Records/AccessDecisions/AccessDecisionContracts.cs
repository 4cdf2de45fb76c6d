using System.ComponentModel.DataAnnotations;
using FluentValidation;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Domain.Ledger;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Records.Consents;

namespace PersonalCareApi.Records.AccessDecisions;

/// <summary>A question about access: how would this use be decided now, and what would a draft consent change?</summary>
internal sealed record AskAboutAccess
{
    public const string Example = """
        { "caller": { "kind": "practitioner", "id": "0197a000-0000-7000-8000-000000000101" }, "category": "assessments",
          "action": "read", "purpose": "TREAT", "item": { "sensitivities": [ "PSY" ], "part": "phq-9" } }
        """;

    /// <summary>Of whom it is asked; yourself where it is left out. Only the client, a representative and the auditor ask of others.</summary>
    public PartyResponse? Caller { get; init; }

    /// <summary>The data category, such as <c>assessments</c>.</summary>
    public required string Category { get; init; }

    /// <summary><c>read</c>, <c>write</c> or <c>share</c>.</summary>
    public required string Action { get; init; }

    /// <summary>The HL7 purpose of use; treatment for a practitioner where it is left out.</summary>
    public string? Purpose { get; init; }

    /// <summary>One item of the category, as far as it bears on the decision; the use as a whole where it is left out.</summary>
    public AskedItem? Item { get; init; }

    /// <summary>A consent as it would be posted: the answer then tells who would gain and who would lose what.</summary>
    public CreateConsent? DraftConsent { get; init; }

    internal sealed class Validator : AbstractValidator<AskAboutAccess>
    {
        public Validator(TimeProvider time)
        {
            RuleFor(question => question.Caller).SetValidator(new PartyRules()!);
            RuleFor(question => question.Category).OneOf([.. DataCategories.All.Select(category => category.Code())]);
            RuleFor(question => question.Action).OneOf([.. Enum.GetValues<DataAction>().Select(action => action.Code())]);
            RuleFor(question => question.Purpose!).OneOf([.. PurposeOfUse.All.Select(purpose => purpose.Code)]);
            RuleFor(question => question.Item).SetValidator(new AskedItem.Validator()!);
            RuleFor(question => question.DraftConsent).SetValidator(new CreateConsent.Validator(time)!);
        }
    }
}

/// <summary>How somebody is named.</summary>
internal sealed class PartyRules : AbstractValidator<PartyResponse>
{
    public PartyRules() => RuleFor(party => party.Kind).OneOf("practitioner", "client", "representative", "application");
}

/// <summary>What of an item bears on whether it is in reach.</summary>
internal sealed record AskedItem
{
    /// <summary>The HL7 sensitivity labels it carries.</summary>
    public IReadOnlyList<string> Sensitivities { get; init; } = [];

    /// <summary>When its fact happened; now where it is left out.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Who recorded it; somebody whom no consent names where it is left out.</summary>
    public Guid? AuthorId { get; init; }

    /// <summary>The part of the category, such as an instrument's code.</summary>
    public string? Part { get; init; }

    public ItemFacts ToFacts(DateTimeOffset now) =>
        new(Domain.Access.Sensitivities.Of(Sensitivities), AuthorId ?? Guid.Empty, Part ?? "", At ?? now);

    internal sealed class Validator : AbstractValidator<AskedItem>
    {
        public Validator()
        {
            RuleFor(item => item.Sensitivities).AtMost(20);
            RuleForEach(item => item.Sensitivities).OneOf([.. Domain.Access.Sensitivities.Known.Codes()]);
            RuleFor(item => item.Part).Length(1, 64);
        }
    }
}

/// <summary>How a use would be decided now, why, and what a draft would change.</summary>
internal sealed record AccessAnswer
{
    public const string Example = """
        { "decision": "deny", "reason": "denied-by-client",
          "basis": { "kind": "provision", "consentId": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d", "consentVersion": 2, "provision": 1 },
          "obligations": [ "AUDIT" ],
          "considered": [ { "consentId": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d", "consentVersion": 2, "provision": 0, "effect": "permit",
            "matched": false, "firstUnmet": "purpose" } ],
          "gains": [], "losses": [], "affected": [], "at": "2026-05-04T09:31:00Z" }
        """;

    /// <summary><c>permit</c>, <c>deny</c>, or <c>not-found</c> for somebody who may not know that the record exists.</summary>
    [AllowedValues("permit", "deny", "not-found")]
    public required string Decision { get; init; }

    [MaxLength(64)]
    public required string? Reason { get; init; }

    /// <summary>On what it rests; kind <c>none</c> for who may not ask about others.</summary>
    public required DecisionBasisResponse Basis { get; init; }

    /// <summary>What the API itself does with a permit, by HL7's codes.</summary>
    public required IReadOnlyList<string> Obligations { get; init; }

    /// <summary>Every provision looked at; null for who may not ask about others.</summary>
    public required IReadOnlyList<ConsideredResponse>? Considered { get; init; }

    /// <summary>Uses that the draft would open.</summary>
    public required IReadOnlyList<AccessLineResponse> Gains { get; init; }

    /// <summary>Uses that the draft would close.</summary>
    public required IReadOnlyList<AccessLineResponse> Losses { get; init; }

    /// <summary>Uses that the draft leaves permitted, of which it may open or close single items.</summary>
    public required IReadOnlyList<AccessLineResponse> Affected { get; init; }

    public required DateTimeOffset At { get; init; }
}

/// <summary>One provision that was looked at.</summary>
/// <param name="ConsentId">The consent.</param>
/// <param name="ConsentVersion">Its version then.</param>
/// <param name="Provision">The provision's index in it.</param>
/// <param name="Effect"><c>permit</c> or <c>deny</c>.</param>
/// <param name="Matched">Whether it matched in every criterion.</param>
/// <param name="FirstUnmet">The first criterion that it did not match by; null where it matched.</param>
internal sealed record ConsideredResponse(
    Guid ConsentId, int ConsentVersion, int Provision, [property: AllowedValues("permit", "deny")] string Effect, bool Matched,
    [property: MaxLength(64)] string? FirstUnmet)
{
    public static ConsideredResponse From(ConsideredProvision one) => new(
        one.ConsentId, one.ConsentVersion, one.Provision, one.Effect == ProvisionEffect.Permit ? "permit" : "deny", one.Matched, one.FirstUnmet);
}

/// <summary>One use by one grantee.</summary>
internal sealed record AccessLineResponse(
    PartyResponse Grantee, [property: MaxLength(64)] string Category, [property: AllowedValues("read", "write", "share")] string Action,
    [property: MaxLength(64)] string Purpose)
{
    public static AccessLineResponse From(AccessLine line) =>
        new(PartyResponse.From(line.Grantee), line.Category.Code(), line.Action.Code(), line.Purpose.Code);
}

/// <summary>A decision as it was made: what it looked at then, whatever has changed since.</summary>
internal sealed record RecordedDecision
{
    public const string Example = """
        { "id": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d", "at": "2026-05-04T09:31:00Z",
          "caller": { "kind": "practitioner", "id": "0197a000-0000-7000-8000-000000000101" },
          "applicationId": "0197a000-0000-7000-8000-000000000021", "operation": "ListAssessments", "category": "assessments",
          "action": "read", "purpose": "TREAT", "decision": "permit", "reason": null,
          "basis": { "kind": "provision", "consentId": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d", "consentVersion": 1, "provision": 0 },
          "obligations": [ "AUDIT" ],
          "considered": [ { "consentId": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d", "consentVersion": 1, "provision": 0, "effect": "permit",
            "matched": true, "firstUnmet": null } ], "outcome": 200 }
        """;

    /// <summary>The id that the answer carried in <c>Access-Decision</c>.</summary>
    public required Guid Id { get; init; }

    public required DateTimeOffset At { get; init; }

    public required PartyResponse Caller { get; init; }

    public required Guid ApplicationId { get; init; }

    [MaxLength(64)]
    public required string Operation { get; init; }

    [MaxLength(64)]
    public required string Category { get; init; }

    [AllowedValues("read", "write", "share")]
    public required string Action { get; init; }

    [MaxLength(64)]
    public required string? Purpose { get; init; }

    [AllowedValues("permit", "deny")]
    public required string Decision { get; init; }

    [MaxLength(64)]
    public required string? Reason { get; init; }

    public required DecisionBasisResponse Basis { get; init; }

    public required IReadOnlyList<string> Obligations { get; init; }

    /// <summary>Every provision looked at, by the versions of then; null for who may not ask about others.</summary>
    public required IReadOnlyList<ConsideredResponse>? Considered { get; init; }

    /// <summary>The HTTP status of the answer.</summary>
    [Range(100, 599)]
    public required int Outcome { get; init; }

    /// <param name="use">The entry.</param>
    /// <param name="whole">Whether to show what was looked at; else who asked learns the yes or no and its reason alone.</param>
    public static RecordedDecision From(LedgerUse use, bool whole) => new()
    {
        Id = use.Id,
        At = use.At,
        Caller = PartyResponse.From(use.ActingAs!),
        ApplicationId = use.ApplicationId,
        Operation = use.ToldOperation,
        Category = use.Use.Category.Code(),
        Action = use.Use.Action.Code(),
        Purpose = use.Purpose,
        Decision = use.Decision,
        Reason = use.Reason,
        Basis = DecisionBasisResponse.From(whole ? use.Basis : DecisionBasis.None),
        Obligations = use.Obligations.Codes(),
        Considered = whole ? [.. use.Considered.Select(ConsideredResponse.From)] : null,
        Outcome = use.Outcome,
    };
}

/// <summary>What the caller may do now on one record.</summary>
internal sealed record AccessNow
{
    public const string Example = """
        { "clientId": "0197a000-0000-7000-8000-000000000201",
          "actingAs": { "kind": "practitioner", "id": "0197a000-0000-7000-8000-000000000101" }, "purpose": "TREAT",
          "at": "2026-05-04T09:31:00Z",
          "categories": [ { "category": "assessments",
            "read": { "permitted": true, "reason": null, "items": "some", "until": null },
            "write": { "permitted": true, "reason": null, "items": "some", "until": null },
            "share": { "permitted": false, "reason": "no-consent", "items": null, "until": null } } ] }
        """;

    public required Guid ClientId { get; init; }

    /// <summary>As whom you act on this record.</summary>
    public required PartyResponse ActingAs { get; init; }

    /// <summary>The purpose that was judged.</summary>
    [MaxLength(64)]
    public required string? Purpose { get; init; }

    public required DateTimeOffset At { get; init; }

    public required IReadOnlyList<CategoryAccess> Categories { get; init; }
}

/// <summary>What the caller may do now with one category.</summary>
internal sealed record CategoryAccess(
    [property: MaxLength(64)] string Category, UseNow Read, UseNow Write, UseNow Share);

/// <summary>One use, as it would be decided now.</summary>
/// <param name="Permitted">Whether it is permitted.</param>
/// <param name="Reason">The reason code of the refusal; null where it is permitted.</param>
/// <param name="Items"><c>all</c>, or <c>some</c> where labels, dates, authors or parts set limits; null where it is refused.</param>
/// <param name="Until">When it ends by what is known now; null where it has no end.</param>
internal sealed record UseNow(
    bool Permitted, [property: MaxLength(64)] string? Reason, [property: AllowedValues("all", "some")] string? Items, DateTimeOffset? Until)
{
    public static UseNow From(AccessDecision decision) => decision switch
    {
        AccessDecision.Permitted { Grant: var grant } => new(true, null, IsEverything(grant.Reach) ? "all" : "some", grant.Until),
        AccessDecision.Refused refused => new(false, refused.Reason.Code(), null, null),

        // Who asks is related; what is not found is not theirs for this purpose.
        _ => new(false, RefusalReason.NoConsent.Code(), null, null),
    };

    private static bool IsEverything(Reach reach) =>
        reach.Denies.Count == 0
        && reach.Permits.Any(box => box is { Closed: Sensitivity.None, DataPeriod: null, Authors: null, Parts: null });
}
