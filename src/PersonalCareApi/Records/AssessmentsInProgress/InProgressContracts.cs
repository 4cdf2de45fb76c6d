using System.ComponentModel.DataAnnotations;
using FluentValidation;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Records.Assessments;

namespace PersonalCareApi.Records.AssessmentsInProgress;

/// <summary>An instrument that the client begins to answer.</summary>
internal sealed record BeginAssessment
{
    public const string Example = """
        { "instrument": "gad-7", "answers": [ { "item": "1", "value": 1 }, { "item": "2", "value": 0 } ] }
        """;

    /// <summary>The instrument's code, such as <c>gad-7</c>.</summary>
    public required string Instrument { get; init; }

    /// <summary>The language it is shown in; <c>en</c> where it is left out.</summary>
    public string Language { get; init; } = "en";

    /// <summary>The request that it will answer.</summary>
    public Guid? RequestId { get; init; }

    /// <summary>What is answered so far.</summary>
    public IReadOnlyList<AnswerContent> Answers { get; init; } = [];

    internal sealed class Validator : AbstractValidator<BeginAssessment>
    {
        public Validator()
        {
            RuleFor(begun => begun.Instrument).Length(1, 64);
            RuleFor(begun => begun.Language).NotEmpty().Language();
            RuleFor(begun => begun.Answers).AtMost(SaveAnswers.MostAnswers);
            RuleForEach(begun => begun.Answers).SetValidator(new AnswerContent.Validator());
        }
    }
}

/// <summary>What is answered by now, as a merge patch: the answers given take the place of all that were.</summary>
[ServerSets("id", "clientId", "instrument", "instrumentVersion", "language", "requestId", "status", "begunAt", "savedAt", "version", "etag")]
internal sealed record SaveAnswers
{
    public const string Example = """
        { "answers": [ { "item": "1", "value": 1 }, { "item": "2", "value": 0 }, { "item": "3", "value": 2 } ] }
        """;

    public const int MostAnswers = 500;

    public required IReadOnlyList<AnswerContent> Answers { get; init; }

    internal sealed class Validator : AbstractValidator<SaveAnswers>
    {
        public Validator()
        {
            RuleFor(saved => saved.Answers).AtMost(MostAnswers);
            RuleForEach(saved => saved.Answers).SetValidator(new AnswerContent.Validator());
        }
    }
}

/// <summary>That all is answered that will be.</summary>
internal sealed record CompleteAssessment
{
    public const string Example = """
        { "administeredAt": "2026-05-04T09:30:00Z" }
        """;

    /// <summary>When the client answered; now where it is left out.</summary>
    public DateTimeOffset? AdministeredAt { get; init; }

    /// <summary><c>female</c> or <c>male</c>: names the cut-off to go by where it depends on sex. Both are shown otherwise.</summary>
    public Sex? Sex { get; init; }

    internal sealed class Validator : AbstractValidator<CompleteAssessment>
    {
        public Validator(TimeProvider time) => RuleFor(completion => completion.AdministeredAt).NotInTheFuture(time);
    }
}

/// <summary>An instrument that somebody is in the middle of answering.</summary>
internal sealed record InProgressResponse : IVersioned
{
    public const string Example = """
        { "id": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d", "clientId": "0197a000-0000-7000-8000-000000000201", "instrument": "gad-7",
          "instrumentVersion": "1", "language": "en", "requestId": null,
          "answers": [ { "item": "1", "value": 1, "declined": false, "text": null } ], "status": "in-progress",
          "begunAt": "2026-05-04T09:28:00Z", "savedAt": "2026-05-04T09:29:00Z", "version": 2, "etag": "\"2\"" }
        """;

    /// <summary>The id that the assessment will have.</summary>
    public required Guid Id { get; init; }

    public required Guid ClientId { get; init; }

    public required string Instrument { get; init; }

    public required string InstrumentVersion { get; init; }

    public required string Language { get; init; }

    public required Guid? RequestId { get; init; }

    public required IReadOnlyList<AnswerContent> Answers { get; init; }

    [AllowedValues(InProgress.Status)]
    public required string Status { get; init; }

    public required DateTimeOffset BegunAt { get; init; }

    public required DateTimeOffset SavedAt { get; init; }

    public required int Version { get; init; }

    public string Etag => ETags.For(Version);

    public static InProgressResponse From(AccessGrant grant, InProgress begun) => new()
    {
        Id = begun.Id,
        ClientId = grant.ClientId,
        Instrument = begun.Facts.Part,
        InstrumentVersion = begun.Content.InstrumentVersion,
        Language = begun.Content.Language,
        RequestId = begun.Content.RequestId,
        Answers = begun.Content.Answers,
        Status = InProgress.Status,
        BegunAt = begun.RecordedAt,
        SavedAt = begun.Content.SavedAt,
        Version = begun.Version,
    };
}
