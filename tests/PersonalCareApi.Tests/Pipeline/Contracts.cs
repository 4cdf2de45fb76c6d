using FluentValidation;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Tests.Pipeline;

internal enum Mode
{
    SelfReport,
    Interview,
}

/// <summary>An answer to one item.</summary>
internal sealed record ItemAnswer(string Item, int? Value = null, bool Declined = false);

/// <summary>A request with a member of every kind that contracts are made of.</summary>
[ServerSets("id", "version", "score")]
internal sealed record Questionnaire(string Instrument, Mode Mode, DateTimeOffset AdministeredAt, IReadOnlyList<ItemAnswer> Answers)
{
    /// <summary>What the client said beside the answers.</summary>
    public string? Note { get; init; }

    public DateOnly? Day { get; init; }

    public TimeOnly? Time { get; init; }

    public Guid? GoalId { get; init; }

    public bool? Private { get; init; }

    public long? Steps { get; init; }

    public decimal? Weight { get; init; }

    public double? Rate { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    public IReadOnlyList<string?>? Remarks { get; init; }

    public IReadOnlyDictionary<string, int>? Marks { get; init; }

    public ItemAnswer? Worst { get; init; }

    /// <summary>Computed: comes back from a caller who edits what it read.</summary>
    public int AnswerCount => Answers.Count;

    public const string Example = Sound;

    public const string Sound = """{"instrument":"phq-9","mode":"self-report","administeredAt":"2026-05-04T11:30:00.1234567+02:00","answers":[{"item":"1","value":2}]}""";

    /// <summary>The sound body with members put in front.</summary>
    public static string With(string members) => Sound.Insert(1, members + ",");
}

internal sealed class QuestionnaireRules : AbstractValidator<Questionnaire>
{
    public QuestionnaireRules()
    {
        RuleFor(questionnaire => questionnaire.Instrument).NotEmpty().MaximumLength(20);
        RuleFor(questionnaire => questionnaire.Note).Must(note => note != "forbidden word").WithErrorCode("forbidden-word").WithMessage("Not this word.");
        RuleForEach(questionnaire => questionnaire.Answers).ChildRules(answer => answer.RuleFor(one => one.Value).InclusiveBetween(0, 3));
    }
}

internal sealed record QuestionnaireQuery : PageQuery
{
    /// <summary>Only from this instant on.</summary>
    public DateTimeOffset? From { get; init; }

    public DateOnly? Day { get; init; }

    public string? Instrument { get; init; }

    public Guid? GoalId { get; init; }

    public bool? Private { get; init; }

    public Mode? Mode { get; init; }
}

internal sealed class QuestionnaireQueryRules : AbstractValidator<QuestionnaireQuery>
{
    public QuestionnaireQueryRules() => RuleFor(query => query.Instrument).MaximumLength(20);
}
