using System.ComponentModel.DataAnnotations;
using FluentValidation;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Domain.Instruments;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Records.Prompts;

/// <summary>How far a prompt is.</summary>
internal enum PromptStatus
{
    /// <summary>Waits for an answer.</summary>
    Open,

    /// <summary>Put off; from <c>deferredUntil</c> on it is among the open ones again.</summary>
    Deferred,

    /// <summary>The plan is changed.</summary>
    Accepted,

    /// <summary>The plan stays as it is.</summary>
    Declined,

    /// <summary>What it rested on was entered in error, or is no longer pursued, before anybody answered.</summary>
    Closed,
}

/// <summary>What a prompt can be answered with.</summary>
internal enum PromptAnswer
{
    Accept,
    Defer,
    Decline,
}

/// <summary>The answer to a prompt: with a reason, always.</summary>
internal sealed record RespondToPrompt
{
    public const string Example = """
        { "answer": "accept", "reason": "Worse for three weeks, and she says so herself.",
          "planChange": "Two sessions a week until the end of June; activities first, thoughts later." }
        """;

    /// <summary>The longest that a prompt can be put off.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    public required PromptAnswer Answer { get; init; }

    public required string Reason { get; init; }

    /// <summary>How the plan changes; with <c>accept</c>, and only then.</summary>
    public string? PlanChange { get; init; }

    /// <summary>When it comes back; with <c>defer</c>, and only then. At most a year ahead.</summary>
    public DateTimeOffset? Until { get; init; }

    internal sealed class Validator : AbstractValidator<RespondToPrompt>
    {
        public Validator(TimeProvider time)
        {
            RuleFor(response => response.Reason).NotEmpty().MaximumLength(2000);
            RuleFor(response => response.PlanChange).NotEmpty().When(response => response.Answer == PromptAnswer.Accept);
            RuleFor(response => response.PlanChange).Length(1, 2000);
            RuleFor(response => response.PlanChange).Null().When(response => response.Answer != PromptAnswer.Accept)
                .WithErrorCode(FaultCodes.NotAllowed).WithMessage("Only who accepts says how the plan changes.");
            RuleFor(response => response.Until).NotNull().When(response => response.Answer == PromptAnswer.Defer);
            RuleFor(response => response.Until).Null().When(response => response.Answer != PromptAnswer.Defer)
                .WithErrorCode(FaultCodes.NotAllowed).WithMessage("Only who defers says until when.");
            RuleFor(response => response.Until)
                .Must(until => until is null || (until > time.GetUtcNow() && until <= time.GetUtcNow() + Longest))
                .WithErrorCode(FaultCodes.OutOfRange).WithMessage("Must lie ahead, at most a year.");
        }
    }
}

/// <summary>Which prompts.</summary>
internal sealed record PromptQuery : PageQuery
{
    /// <summary><c>open</c> finds those that were put off as well, once their time is over; so <c>deferred</c> finds those still put off.</summary>
    public PromptStatus? Status { get; init; }
}

/// <summary>Which prompts of a caseload: those that wait.</summary>
internal sealed record OpenPromptQuery : PageQuery
{
    /// <summary>Only <c>open</c>, which is what it is without.</summary>
    public Flags.OnlyOpen? Status { get; init; }
}

/// <summary>What those who care are asked to look at, on which evidence, and what they answered.</summary>
internal sealed record PromptResponse : IVersioned
{
    public const string Example = """
        { "id": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3e", "clientId": "0197a000-0000-7000-8000-000000000201", "category": "assessments",
          "rule": { "code": "deterioration", "statement": "The latest score is reliably worse than the first, by the points published for the instrument.",
            "status": "confirmed", "source": "Jacobson & Truax 1991, doi:10.1037/0022-006X.59.1.12", "thresholds": { "points": 6 },
            "thresholdsStatus": "confirmed", "thresholdsSource": "NHS Talking Therapies" },
          "subject": { "instrument": "phq-9", "scale": "total", "goalId": null }, "measured": { "first": 8, "latest": 15 },
          "evidence": [ { "kind": "assessment", "id": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d", "at": "2026-04-06T09:30:00Z" },
            { "kind": "assessment", "id": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3f", "at": "2026-05-04T09:30:00Z" } ],
          "raisedAt": "2026-05-04T09:31:00Z", "status": "open", "deferredUntil": null, "responses": [], "closing": null, "version": 1, "etag": "\"1\"" }
        """;

    public required Guid Id { get; init; }

    public required Guid ClientId { get; init; }

    /// <summary>The category of its evidence, under which it is decided.</summary>
    public required DataCategory Category { get; init; }

    public required PromptRuleResponse Rule { get; init; }

    public required PromptSubject Subject { get; init; }

    /// <summary>The numbers it was raised for, by name.</summary>
    public required IReadOnlyDictionary<string, decimal> Measured { get; init; }

    /// <summary>Everything it rests on, oldest first.</summary>
    public required IReadOnlyList<PromptEvidence> Evidence { get; init; }

    public required DateTimeOffset RaisedAt { get; init; }

    public required PromptStatus Status { get; init; }

    public required DateTimeOffset? DeferredUntil { get; init; }

    /// <summary>Every answer, oldest first: one that defers is followed by another.</summary>
    public required IReadOnlyList<PromptResponseContent> Responses { get; init; }

    /// <summary>Who ended what it rested on, when and why, before anybody answered; null otherwise.</summary>
    public required FactResponse? Closing { get; init; }

    public required int Version { get; init; }

    public string Etag => ETags.For(Version);

    public static PromptResponse From(AccessGrant grant, StoredPrompt prompt) => new()
    {
        Id = prompt.Id,
        ClientId = grant.ClientId,
        Category = prompt.Category,
        Rule = prompt.Content.Rule,
        Subject = prompt.Content.Subject,
        Measured = prompt.Content.Measured,
        Evidence = prompt.Content.Evidence,
        RaisedAt = prompt.RecordedAt,
        Status = prompt.Status,
        DeferredUntil = prompt.DeferredUntil,
        Responses = prompt.Content.Responses,
        Closing = FactResponse.From(prompt.Content.Closing, narrative: true),
        Version = prompt.Version,
    };
}

/// <summary>The rule as it was when the prompt was raised.</summary>
/// <param name="Code">Which rule.</param>
/// <param name="Statement">When it asks.</param>
/// <param name="Status">How far the rule has been checked.</param>
/// <param name="Source">The public material; null for a rule of this project.</param>
/// <param name="Thresholds">The numbers it went by.</param>
/// <param name="ThresholdsStatus">How far these have been checked; what a partner settles is unconfirmed.</param>
/// <param name="ThresholdsSource">Where these come from; null where the partner settled them.</param>
internal sealed record PromptRuleResponse(
    string Code, string Statement, FactStatus Status, string? Source, IReadOnlyDictionary<string, decimal> Thresholds,
    FactStatus ThresholdsStatus, string? ThresholdsSource);

/// <summary>What it is about: a scale of an instrument, a goal, or neither for the alliance.</summary>
internal sealed record PromptSubject(string? Instrument, string? Scale, Guid? GoalId);

/// <summary>An item that a prompt rests on.</summary>
/// <param name="Kind"><c>assessment</c>, <c>goal</c>, <c>goal-progress</c> or <c>alliance-check-in</c>.</param>
/// <param name="Id">Its id.</param>
/// <param name="At">When it happened.</param>
internal sealed record PromptEvidence(
    [property: AllowedValues("assessment", "goal", "goal-progress", "alliance-check-in")] string Kind, Guid Id, DateTimeOffset At);

/// <summary>One answer to a prompt.</summary>
internal sealed record PromptResponseContent(
    PartyResponse By, DateTimeOffset At, PromptAnswer Answer, string Reason, string? PlanChange, DateTimeOffset? Until);

/// <summary>A page of one client's prompts, over the categories that the caller may read.</summary>
internal sealed record PromptPage
{
    [MaxLength(PageQuery.LargestLimit)]
    public required IReadOnlyList<PromptResponse> Items { get; init; }

    /// <summary>Give it as <c>cursor</c> to go on; null on the last page.</summary>
    public required string? NextCursor { get; init; }

    /// <summary>How many there are that you may see.</summary>
    [Range(0, int.MaxValue)]
    public required int Total { get; init; }

    /// <summary>Categories whose prompts you may not read: whether there are any is not told.</summary>
    public required IReadOnlyList<string> Withheld { get; init; }
}

/// <summary>The open prompts of one client.</summary>
internal sealed record ClientPrompts
{
    public const string Example = """
        { "clientId": "0197a000-0000-7000-8000-000000000201",
          "decisions": [ { "category": "goals", "decisionId": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3f" } ],
          "count": 0, "prompts": [], "withheld": [ "assessments", "session-notes" ] }
        """;

    public required Guid ClientId { get; init; }

    /// <summary>The decisions under which this is shown, one for each category.</summary>
    public required IReadOnlyList<CategoryDecision> Decisions { get; init; }

    /// <summary>How many there are that you may see.</summary>
    [Range(0, int.MaxValue)]
    public required int Count { get; init; }

    /// <summary>The oldest, at most 20 of each category.</summary>
    [MaxLength(3 * PromptRepository.MostOfOneClient)]
    public required IReadOnlyList<PromptResponse> Prompts { get; init; }

    /// <inheritdoc cref="PromptPage.Withheld"/>
    public required IReadOnlyList<string> Withheld { get; init; }
}

/// <summary>Under which decision a category is shown.</summary>
internal sealed record CategoryDecision(DataCategory Category, Guid DecisionId);
