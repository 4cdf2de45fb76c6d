using System.ComponentModel.DataAnnotations;
using FluentValidation;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Records.Flags;

/// <summary>How far a flag is.</summary>
internal enum FlagStatus
{
    /// <summary>Waits for somebody to look.</summary>
    Open,

    /// <summary>Somebody has looked, and said what was done.</summary>
    Acknowledged,

    /// <summary>Its assessment was entered in error.</summary>
    Closed,
}

/// <summary>What was done about a flag.</summary>
internal sealed record AcknowledgeFlag
{
    public const string Example = """
        { "action": "Called at 14:10; safe today, safety plan gone through, appointment tomorrow at 9." }
        """;

    /// <summary>In the words of who did it; it stays with the flag, and the client reads it.</summary>
    public required string Action { get; init; }

    internal sealed class Validator : AbstractValidator<AcknowledgeFlag>
    {
        public Validator() => RuleFor(acknowledgement => acknowledgement.Action).NotEmpty().MaximumLength(2000);
    }
}

/// <summary>Which flags.</summary>
internal sealed record FlagQuery : PageQuery
{
    public FlagStatus? Status { get; init; }
}

/// <summary>A critical answer that calls for a person to look.</summary>
internal sealed record FlagResponse : IVersioned
{
    public const string Example = """
        { "id": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3e", "clientId": "0197a000-0000-7000-8000-000000000201",
          "assessmentId": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d", "instrument": "phq-9", "code": "suicide-risk-review", "item": "9", "value": 1,
          "administeredAt": "2026-05-04T09:30:00Z", "raisedAt": "2026-05-04T09:31:00Z", "status": "open", "dueAt": "2026-05-05T09:31:00Z",
          "escalation": { "to": "supervisor", "at": "2026-05-05T09:31:00Z", "escalatedAt": null },
          "acknowledgement": null, "closing": null, "version": 1, "etag": "\"1\"" }
        """;

    public required Guid Id { get; init; }

    public required Guid ClientId { get; init; }

    /// <summary>Where the answer was given.</summary>
    public required Guid AssessmentId { get; init; }

    public required string Instrument { get; init; }

    /// <summary>What a person is called to do, by the instrument's definition. It predicts nothing and ranks nobody.</summary>
    public required string Code { get; init; }

    public required string Item { get; init; }

    public required decimal Value { get; init; }

    public required DateTimeOffset AdministeredAt { get; init; }

    public required DateTimeOffset RaisedAt { get; init; }

    public required FlagStatus Status { get; init; }

    /// <summary>By when somebody must have looked.</summary>
    public required DateTimeOffset DueAt { get; init; }

    public required EscalationResponse Escalation { get; init; }

    /// <summary>Who looked, when, and what was done; null until then.</summary>
    public required AcknowledgementResponse? Acknowledgement { get; init; }

    /// <summary>Who found the assessment entered in error, when and why; null otherwise.</summary>
    public required FactResponse? Closing { get; init; }

    public required int Version { get; init; }

    public string Etag => ETags.For(Version);

    public static FlagResponse From(AccessGrant grant, StoredFlag flag) => new()
    {
        Id = flag.Id,
        ClientId = grant.ClientId,
        AssessmentId = flag.AssessmentId,
        Instrument = flag.Facts.Part,
        Code = flag.Content.Code,
        Item = flag.Content.Item,
        Value = flag.Content.Value,
        AdministeredAt = flag.Facts.OccurredAt,
        RaisedAt = flag.RecordedAt,
        Status = flag.Status,
        DueAt = flag.DueAt,
        Escalation = new EscalationResponse(flag.Content.EscalateTo, flag.EscalateAt, flag.EscalatedAt),
        Acknowledgement = flag.Content.Acknowledgement is { } done ? new AcknowledgementResponse(done.By, done.At, done.Text ?? "") : null,
        Closing = FactResponse.From(flag.Content.Closing, narrative: true),
        Version = flag.Version,
    };
}

/// <summary>That somebody has looked.</summary>
/// <param name="By">Who.</param>
/// <param name="At">When.</param>
/// <param name="Action">What was done.</param>
internal sealed record AcknowledgementResponse(PartyResponse By, DateTimeOffset At, [property: MaxLength(2000)] string Action);

/// <summary>Who is turned to when nobody has looked.</summary>
/// <param name="To">A role in the care team, or of a practitioner, as the partner had settled it when the flag was raised.</param>
/// <param name="At">When.</param>
/// <param name="EscalatedAt">When it did escalate; null where it has not.</param>
internal sealed record EscalationResponse([property: MaxLength(64)] string To, DateTimeOffset At, DateTimeOffset? EscalatedAt);

/// <summary>Which flags of a caseload: those that wait.</summary>
internal sealed record OpenFlagQuery : PageQuery
{
    /// <summary>Only <c>open</c>, which is what it is without.</summary>
    public OnlyOpen? Status { get; init; }

    /// <summary><c>true</c> for those that have escalated, <c>false</c> for those that have not.</summary>
    public bool? Escalated { get; init; }
}

/// <summary>What a list over several clients can be asked for.</summary>
internal enum OnlyOpen
{
    Open,
}

/// <summary>The open flags of one client.</summary>
internal sealed record ClientFlags
{
    public const string Example = """
        { "clientId": "0197a000-0000-7000-8000-000000000201", "decisionId": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3f", "count": 0, "flags": [],
          "withheld": [ "assessments" ] }
        """;

    public required Guid ClientId { get; init; }

    /// <summary>The decision under which this is shown.</summary>
    public required Guid DecisionId { get; init; }

    /// <summary>How many there are; null where they are withheld.</summary>
    [Range(0, int.MaxValue)]
    public required int? Count { get; init; }

    /// <summary>The first that are due, at most 20.</summary>
    [MaxLength(FlagRepository.MostOfOneClient)]
    public required IReadOnlyList<FlagResponse> Flags { get; init; }

    /// <summary><c>assessments</c> where you may not read them: whether there is a flag is not told.</summary>
    public required IReadOnlyList<string> Withheld { get; init; }
}
