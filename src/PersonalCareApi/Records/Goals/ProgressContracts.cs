using System.ComponentModel.DataAnnotations;
using FluentValidation;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Domain.Outcomes;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Records.Goals;

/// <summary>Where somebody sees a goal today.</summary>
[ServerSets("id", "clientId", "goalId", "termsVersion", "recordedBy", "recordedAt", "status", "retraction", "version", "etag")]
internal sealed record RecordProgress
{
    public const string Example = """
        { "kind": "attainment", "level": -1, "note": "Two meetings this month.", "observedAt": "2026-05-18T16:00:00Z" }
        """;

    /// <summary>
    /// <c>attainment</c>, with the <c>level</c> reached; or <c>scaling</c>, with the <c>value</c> of the solution-focused
    /// question "from 0 to 10, where are you today?".
    /// </summary>
    public required ProgressKind Kind { get; init; }

    /// <summary>The attainment level reached, −2 to 2; only with <c>attainment</c>.</summary>
    public int? Level { get; init; }

    /// <summary>0 to 10; only with <c>scaling</c>.</summary>
    public decimal? Value { get; init; }

    public string? Note { get; init; }

    /// <summary>Of when it speaks; now where it is left out.</summary>
    public DateTimeOffset? ObservedAt { get; init; }

    internal sealed class Validator : AbstractValidator<RecordProgress>
    {
        public Validator(TimeProvider time)
        {
            RuleFor(progress => progress.Level).InclusiveBetween(GoalAttainment.Lowest, GoalAttainment.Highest);
            RuleFor(progress => progress.Value).InclusiveBetween(0, 10).PrecisionScale(4, 2, ignoreTrailingZeros: true);
            RuleFor(progress => progress.Level).Must((progress, level) => level is null == (progress.Kind != ProgressKind.Attainment))
                .WithErrorCode(FaultCodes.InvalidValue).WithMessage("Belongs to the kind attainment, and to no other.");
            RuleFor(progress => progress.Value).Must((progress, value) => value is null == (progress.Kind != ProgressKind.Scaling))
                .WithErrorCode(FaultCodes.InvalidValue).WithMessage("Belongs to the kind scaling, and to no other.");
            RuleFor(progress => progress.Note).Length(1, 2000);
            RuleFor(progress => progress.ObservedAt)
                .Must(instant => instant is null || instant <= time.GetUtcNow() + RecordRules.ClockTolerance)
                .WithErrorCode(FaultCodes.OutOfRange).WithMessage("Must not lie in the future.");
        }
    }
}

/// <summary>How a view of a goal is told.</summary>
internal enum ProgressKind
{
    /// <summary>By the attainment level reached.</summary>
    Attainment,

    /// <summary>By a number from 0 to 10 (solution-focused scaling).</summary>
    Scaling,
}

/// <summary>Which views of a goal.</summary>
internal sealed record ProgressQuery : PageQuery
{
    /// <summary>Only those of one side.</summary>
    public Side? By { get; init; }

    public ProgressKind? Kind { get; init; }
}

/// <summary>One view of a goal: the client's and the practitioner's stand side by side and are never merged.</summary>
internal sealed record ProgressResponse : IVersioned
{
    public const string Example = """
        { "id": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d", "clientId": "0197a000-0000-7000-8000-000000000201",
          "goalId": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3c", "termsVersion": 1, "kind": "attainment", "level": -1, "value": null,
          "note": "Two meetings this month.", "observedAt": "2026-05-18T16:00:00Z",
          "recordedBy": { "kind": "client", "id": "0197a000-0000-7000-8000-000000000201" }, "recordedAt": "2026-05-18T16:01:00Z",
          "status": "final", "retraction": null, "version": 1, "etag": "\"1\"" }
        """;

    public required Guid Id { get; init; }

    public required Guid ClientId { get; init; }

    public required Guid GoalId { get; init; }

    /// <summary>The version of the goal's terms that the level speaks of.</summary>
    public required int TermsVersion { get; init; }

    public required ProgressKind Kind { get; init; }

    public required int? Level { get; init; }

    public required decimal? Value { get; init; }

    /// <summary>Null where none was given, or where the purpose, such as payment, needs no narrative.</summary>
    public required string? Note { get; init; }

    public required DateTimeOffset ObservedAt { get; init; }

    public required PartyResponse RecordedBy { get; init; }

    public required DateTimeOffset RecordedAt { get; init; }

    [AllowedValues("final", "retracted")]
    public required string Status { get; init; }

    public required FactResponse? Retraction { get; init; }

    public required int Version { get; init; }

    public string Etag => ETags.For(Version);

    public static ProgressResponse From(AccessGrant grant, Progress progress)
    {
        var content = progress.Content;
        var narrative = !grant.Obligations.HasFlag(Obligations.MinimumNecessary);
        return new ProgressResponse
        {
            Id = progress.Id,
            ClientId = grant.ClientId,
            GoalId = progress.GoalId,
            TermsVersion = content.TermsVersion,
            Kind = content.Kind,
            Level = content.Level,
            Value = content.Value,
            Note = narrative ? content.Note : null,
            ObservedAt = progress.Facts.OccurredAt,
            RecordedBy = content.RecordedBy,
            RecordedAt = content.RecordedAt,
            Status = progress.Status,
            Retraction = FactResponse.From(content.Retraction, narrative),
            Version = progress.Version,
        };
    }
}
