using System.ComponentModel.DataAnnotations;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Records.Prompts;

namespace PersonalCareApi.Records.Tasks;

/// <summary>What can wait for somebody.</summary>
internal enum TaskKind
{
    /// <summary>An instrument that the client is asked to answer, due or overdue.</summary>
    Questionnaire,

    /// <summary>An instrument in the middle of being answered.</summary>
    QuestionnaireInProgress,

    /// <summary>A goal that your side has not signed.</summary>
    GoalAgreement,

    /// <summary>A note of your own that is not signed.</summary>
    NoteSignature,

    /// <summary>A note that waits for you to cosign it.</summary>
    NoteCosignature,

    /// <summary>A critical answer that nobody has looked at.</summary>
    Flag,

    /// <summary>A flag that has escalated to a role of yours.</summary>
    EscalatedFlag,

    /// <summary>A prompt that nobody has answered.</summary>
    Prompt,
}

/// <summary>Something that waits for the caller.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Category">Under which category it is decided.</param>
/// <param name="Id">The id of what waits: the request, goal, note, flag or prompt.</param>
/// <param name="Href">Where it is.</param>
/// <param name="Since">Since when it waits.</param>
/// <param name="DueAt">By when it is due; null where nothing says so.</param>
internal sealed record TaskResponse(
    TaskKind Kind, DataCategory Category, Guid Id, [property: MaxLength(200)] string Href, DateTimeOffset Since, DateTimeOffset? DueAt);

/// <summary>What waits for the caller in one client's record.</summary>
internal sealed record ClientTasks
{
    public const string Example = """
        { "clientId": "0197a000-0000-7000-8000-000000000201",
          "actingAs": { "kind": "client", "id": "0197a000-0000-7000-8000-000000000201" },
          "decisions": [ { "category": "assessments", "decisionId": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3f" } ],
          "tasks": [ { "kind": "questionnaire", "category": "assessments", "id": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3e",
            "href": "/v1/clients/0197a000-0000-7000-8000-000000000201/assessment-requests/01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3e",
            "since": "2026-12-01T08:00:00Z", "dueAt": "2026-12-01T08:00:00Z" } ],
          "withheld": [] }
        """;

    public required Guid ClientId { get; init; }

    /// <summary>As whom: a caller may be a client here and a practitioner there.</summary>
    public required PartyResponse ActingAs { get; init; }

    /// <summary>The decisions under which this is shown, one for each category.</summary>
    public required IReadOnlyList<CategoryDecision> Decisions { get; init; }

    /// <summary>At most 20 of each kind, by when they are due.</summary>
    [MaxLength(200)]
    public required IReadOnlyList<TaskResponse> Tasks { get; init; }

    /// <summary>Categories that you may not read: whether something waits there is not told.</summary>
    public required IReadOnlyList<string> Withheld { get; init; }
}
