using System.ComponentModel.DataAnnotations;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Domain.Ledger;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Records;

namespace PersonalCareApi.Partners;

/// <summary>Which events.</summary>
internal sealed record AuditEventQuery : PageQuery
{
    /// <summary>Only what this practitioner did.</summary>
    public Guid? PractitionerId { get; init; }

    /// <summary>Only uses of this client's record; to look at them is a use of it and stands in the client's access history.</summary>
    public Guid? ClientId { get; init; }

    /// <summary>At or after this instant.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Before this instant.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Only this use, such as <c>assessments:read</c>.</summary>
    [MaxLength(40)]
    public string? Use { get; init; }
}

/// <summary>One use of a client's data, or one refusal, without content.</summary>
internal sealed record AuditEvent
{
    public const string Example = """
        { "id": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d", "at": "2026-05-04T09:31:00Z",
          "clientId": "0197a000-0000-7000-8000-000000000201",
          "by": { "kind": "practitioner", "id": "0197a000-0000-7000-8000-000000000101" },
          "applicationId": "0197a000-0000-7000-8000-000000000021", "category": "assessments", "action": "read", "purpose": "TREAT",
          "decision": "permit", "reason": null,
          "basis": { "kind": "provision", "consentId": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d", "consentVersion": 1, "provision": 0 },
          "operation": "GetAssessment", "outcome": 200, "trace": "4bf92f3577b34da6a3ce929d0e0e4736" }
        """;

    /// <summary>The id that the answer carried in <c>Access-Decision</c>, if it carried one.</summary>
    public required Guid Id { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Whose record; null where there is none, or the caller is unrelated to it, and for looks at the ledger itself.</summary>
    public required Guid? ClientId { get; init; }

    /// <summary>As whom the caller acted; null for a sign-in that is linked to nobody.</summary>
    public required PartyResponse? By { get; init; }

    /// <summary>The application the request came through.</summary>
    public required Guid ApplicationId { get; init; }

    public required DataCategory Category { get; init; }

    public required DataAction Action { get; init; }

    /// <summary>The HL7 purpose of use.</summary>
    public required string? Purpose { get; init; }

    /// <summary><c>permit</c>, <c>deny</c>, or <c>not-found</c> for what was answered 404 for want of a relation.</summary>
    [AllowedValues("permit", "deny", "not-found")]
    public required string Decision { get; init; }

    [MaxLength(64)]
    public required string? Reason { get; init; }

    public required DecisionBasisResponse Basis { get; init; }

    /// <summary>The operation of this API; of process notes only that they were used.</summary>
    [MaxLength(64)]
    public required string Operation { get; init; }

    /// <summary>The HTTP status of the answer.</summary>
    [Range(100, 599)]
    public required int Outcome { get; init; }

    /// <summary>The W3C trace id of the request.</summary>
    [MaxLength(64)]
    public required string? Trace { get; init; }

    public static AuditEvent From(LedgerUse use) => new()
    {
        Id = use.Id,
        At = use.At,
        ClientId = use.ClientId,
        By = use.ActingAs is { } party ? PartyResponse.From(party) : null,
        ApplicationId = use.ApplicationId,
        Category = use.Use.Category,
        Action = use.Use.Action,
        Purpose = use.Purpose,
        Decision = use.Decision,
        Reason = use.Reason,
        Basis = DecisionBasisResponse.From(use.Basis),
        Operation = use.ToldOperation,
        Outcome = use.Outcome,
        Trace = use.Trace,
    };
}

/// <summary>Over which time.</summary>
internal sealed record OpenedRecordQuery : PageQuery
{
    /// <summary>At or after this instant.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Before this instant.</summary>
    public DateTimeOffset? Until { get; init; }
}

/// <summary>A record that a practitioner was let into.</summary>
internal sealed record OpenedRecord
{
    public const string Example = """
        { "clientId": "0197a000-0000-7000-8000-000000000201", "firstAt": "2026-05-04T09:31:00Z", "lastAt": "2026-05-11T16:02:00Z", "times": 14 }
        """;

    public required Guid ClientId { get; init; }

    /// <summary>The first permitted use within the time asked for.</summary>
    public required DateTimeOffset FirstAt { get; init; }

    /// <summary>The last.</summary>
    public required DateTimeOffset LastAt { get; init; }

    /// <summary>How many permitted uses there were.</summary>
    [Range(1, int.MaxValue)]
    public required int Times { get; init; }
}
