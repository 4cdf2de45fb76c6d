using System.ComponentModel.DataAnnotations;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Domain.Ledger;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Records.AccessHistory;

/// <summary>Which entries.</summary>
internal sealed record AccessHistoryQuery : PageQuery
{
    /// <summary>At or after this instant.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Before this instant.</summary>
    public DateTimeOffset? Until { get; init; }
}

/// <summary>One use of the client's data, or one refusal.</summary>
internal sealed record AccessHistoryEntry
{
    public const string Example = """
        { "id": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d", "at": "2026-05-04T09:31:00Z",
          "summary": "A practitioner read assessments for treatment, as a consent allows.",
          "by": { "kind": "practitioner", "id": "0197a000-0000-7000-8000-000000000101" },
          "applicationId": "0197a000-0000-7000-8000-000000000021", "category": "assessments", "action": "read", "purpose": "TREAT",
          "decision": "permit", "reason": null,
          "basis": { "kind": "provision", "consentId": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d", "consentVersion": 1, "provision": 0 },
          "operation": "GetAssessment", "outcome": 200 }
        """;

    /// <summary>The id that the answer carried in <c>Access-Decision</c>.</summary>
    public required Guid Id { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>What happened, in plain words.</summary>
    public required string Summary { get; init; }

    public required PartyResponse By { get; init; }

    /// <summary>The application the request came through.</summary>
    public required Guid ApplicationId { get; init; }

    public required DataCategory Category { get; init; }

    public required DataAction Action { get; init; }

    /// <summary>The HL7 purpose of use.</summary>
    public required string? Purpose { get; init; }

    /// <summary><c>permit</c> or <c>deny</c>.</summary>
    [AllowedValues("permit", "deny")]
    public required string Decision { get; init; }

    [MaxLength(64)]
    public required string? Reason { get; init; }

    public required DecisionBasisResponse Basis { get; init; }

    /// <summary>The operation of this API.</summary>
    [MaxLength(64)]
    public required string Operation { get; init; }

    /// <summary>The HTTP status of the answer.</summary>
    [Range(100, 599)]
    public required int Outcome { get; init; }

    public static AccessHistoryEntry From(LedgerUse use) => new()
    {
        Id = use.Id,
        At = use.At,
        Summary = Summarise(use),
        By = PartyResponse.From(use.ActingAs!),
        ApplicationId = use.ApplicationId,
        Category = use.Use.Category,
        Action = use.Use.Action,
        Purpose = use.Purpose,
        Decision = use.Decision,
        Reason = use.Reason,
        Basis = DecisionBasisResponse.From(use.Basis),
        Operation = use.ToldOperation,
        Outcome = use.Outcome,
    };

    private static string Summarise(LedgerUse use)
    {
        var who = use.ActingAs!.Kind switch
        {
            PartyKind.Client => "You",
            PartyKind.Practitioner => "A practitioner",
            PartyKind.Representative => "A representative",
            PartyKind.Application => "An application",
            _ => throw new ArgumentOutOfRangeException(nameof(use), use.ActingAs.Kind, "Not a party."),
        };
        var what = use.Use.Category.Code().Replace('-', ' ');
        var purpose = use.Purpose is { } code && PurposeOfUse.TryParse(code, out var known) && known != PurposeOfUse.PatientRequest
            ? $" for {known.Display.ToLowerInvariant()}"
            : "";
        if (use.Decision != "permit")
        {
            return $"{who} was refused: {use.Use.Action.Code()} {what}{purpose} ({use.Reason}).";
        }

        var did = use.Use.Action switch
        {
            DataAction.Read => "read",
            DataAction.Write => "wrote",
            DataAction.Share => "shared",
            _ => throw new ArgumentOutOfRangeException(nameof(use), use.Use.Action, "Not an action."),
        };
        var done = use.Outcome < StatusCodes.Status400BadRequest ? did : $"tried to {use.Use.Action.Code()}";
        return $"{who} {done} {what}{purpose}{Because(use.Basis)}.";
    }

    private static string Because(DecisionBasis basis) => basis.Kind switch
    {
        "provision" => ", as a consent allows",
        "representation" => ", on the authority to act for the client",
        "emergency" => ", in a declared emergency",
        "review" => ", to review an emergency access",
        "care-relationship" => ", as part of the care team",
        "partner-rule" => ", under the partner's rule for treatment",
        "author" => ", as the author",
        _ => "",
    };
}
