using System.ComponentModel.DataAnnotations;
using FluentValidation;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Records.AssessmentRequests;

/// <summary>How far a request is.</summary>
internal enum AssessmentRequestStatus
{
    Active,

    /// <summary>Answered, and not due again.</summary>
    Completed,

    /// <summary>Ended before that.</summary>
    Ended,
}

/// <summary>What the client is asked to answer, and when.</summary>
internal sealed record RequestAssessment
{
    public const string Example = """
        { "instrument": "gad-7", "dueAt": "2026-12-01T09:00:00+01:00", "recurrence": "FREQ=WEEKLY;INTERVAL=2;COUNT=6",
          "message": "Before each of our sessions, please." }
        """;

    private const int LongestRecurrence = 200;

    /// <summary>The instrument's code, such as <c>gad-7</c>.</summary>
    public required string Instrument { get; init; }

    /// <summary>When it is due, or due first.</summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>
    /// When it is due again, as an RRULE (RFC 5545) of <c>FREQ</c> (<c>DAILY</c>, <c>WEEKLY</c>, <c>MONTHLY</c>), <c>INTERVAL</c>, and
    /// <c>COUNT</c> or <c>UNTIL</c> in UTC; at the same hour in the client's time zone. Once, where it is left out.
    /// </summary>
    public string? Recurrence { get; init; }

    /// <summary>What the client reads with it.</summary>
    public string? Message { get; init; }

    internal sealed class Validator : AbstractValidator<RequestAssessment>
    {
        public Validator()
        {
            RuleFor(request => request.Instrument).Length(1, 64);
            RuleFor(request => request.Message).Length(1, 2000);
            RuleFor(request => request.Recurrence).Length(1, LongestRecurrence);
            RuleFor(request => request.Recurrence)
                .Must(rule => rule is null or { Length: 0 or > LongestRecurrence } || Domain.Plans.Recurrence.TryParse(rule, out _))
                .WithErrorCode(FaultCodes.InvalidFormat)
                .WithMessage("Must be FREQ=DAILY, WEEKLY or MONTHLY, with INTERVAL, and COUNT or UNTIL, such as FREQ=WEEKLY;INTERVAL=2;COUNT=6.");
        }
    }
}

/// <summary>That the client is no longer asked.</summary>
internal sealed record EndAssessmentRequest
{
    public const string Example = """
        { "reason": "We go on with another questionnaire." }
        """;

    public required string Reason { get; init; }

    internal sealed class Validator : AbstractValidator<EndAssessmentRequest>
    {
        public Validator() => RuleFor(ending => ending.Reason).NotEmpty().MaximumLength(2000);
    }
}

/// <summary>Which requests.</summary>
internal sealed record AssessmentRequestQuery : PageQuery
{
    public AssessmentRequestStatus? Status { get; init; }
}

/// <summary>An instrument that the client is asked to answer.</summary>
internal sealed record AssessmentRequestResponse : IVersioned
{
    public const string Example = """
        { "id": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3e", "clientId": "0197a000-0000-7000-8000-000000000201", "instrument": "gad-7",
          "dueAt": "2026-12-01T08:00:00Z", "recurrence": "FREQ=WEEKLY;INTERVAL=2;COUNT=6", "nextDueAt": "2026-12-01T08:00:00Z",
          "message": "Before each of our sessions, please.", "answered": 0, "requestedAt": "2026-11-20T10:00:00Z",
          "requestedBy": { "kind": "practitioner", "id": "0197a000-0000-7000-8000-000000000101" }, "status": "active", "ending": null,
          "version": 1, "etag": "\"1\"" }
        """;

    public required Guid Id { get; init; }

    public required Guid ClientId { get; init; }

    public required string Instrument { get; init; }

    public required DateTimeOffset DueAt { get; init; }

    [MaxLength(200)]
    public required string? Recurrence { get; init; }

    /// <summary>When it is due next; in the past where it is overdue, null where it is not due any more.</summary>
    public required DateTimeOffset? NextDueAt { get; init; }

    public required string? Message { get; init; }

    /// <summary>How often it has been answered: by an assessment that named it in <c>requestId</c>.</summary>
    [Range(0, int.MaxValue)]
    public required int Answered { get; init; }

    public required DateTimeOffset RequestedAt { get; init; }

    public required PartyResponse RequestedBy { get; init; }

    public required AssessmentRequestStatus Status { get; init; }

    /// <summary>Who ended it, when and why; null otherwise.</summary>
    public required FactResponse? Ending { get; init; }

    public required int Version { get; init; }

    public string Etag => ETags.For(Version);

    public static AssessmentRequestResponse From(AccessGrant grant, StoredRequest request)
    {
        var narrative = !grant.Obligations.HasFlag(Obligations.MinimumNecessary);
        return new AssessmentRequestResponse
        {
            Id = request.Id,
            ClientId = grant.ClientId,
            Instrument = request.Facts.Part,
            DueAt = request.Content.DueAt,
            Recurrence = request.Content.Recurrence,
            NextDueAt = request.NextDueAt,
            Message = narrative ? request.Content.Message : null,
            Answered = request.Content.Answered,
            RequestedAt = request.RecordedAt,
            RequestedBy = request.Content.RequestedBy,
            Status = request.Status,
            Ending = FactResponse.From(request.Content.Ending, narrative),
            Version = request.Version,
        };
    }
}
