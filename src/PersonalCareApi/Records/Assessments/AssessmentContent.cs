using FluentValidation;
using PersonalCareApi.Domain.Instruments;

namespace PersonalCareApi.Records.Assessments;

/// <summary>What of an assessment is sealed: the answers and all that was made of them.</summary>
internal sealed record AssessmentContent
{
    public required string Language { get; init; }

    /// <summary><c>self-report</c>, <c>interview</c> or <c>observation</c>.</summary>
    public required string Mode { get; init; }

    /// <summary>The sex named for cut-offs that depend on it, where one was.</summary>
    public string? Sex { get; init; }

    public required IReadOnlyList<AnswerContent> Answers { get; init; }

    /// <summary>As scored when it was administered, with the instrument's version of then.</summary>
    public required ScoredAssessment Scored { get; init; }

    /// <summary>The request that it answers.</summary>
    public Guid? RequestId { get; init; }

    public RetractionContent? Retraction { get; init; }
}

/// <summary>What was answered to one item.</summary>
internal sealed record AnswerContent
{
    /// <summary>The item's number in the instrument.</summary>
    public required string Item { get; init; }

    /// <summary>The value of the option chosen.</summary>
    public decimal? Value { get; init; }

    /// <summary>True where the client chose not to answer; it counts as missing.</summary>
    public bool Declined { get; init; }

    /// <summary>The answer to an item that asks for words; at most 4000 characters.</summary>
    public string? Text { get; init; }

    internal sealed class Validator : AbstractValidator<AnswerContent>
    {
        public Validator()
        {
            RuleFor(answer => answer.Item).Length(1, 64);
            RuleFor(answer => answer.Text).Length(1, 4000);
        }
    }
}

/// <summary>That an assessment was entered in error.</summary>
internal sealed record RetractionContent(PartyResponse By, DateTimeOffset At, string? Reason);
