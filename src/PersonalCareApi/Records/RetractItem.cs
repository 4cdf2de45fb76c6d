using FluentValidation;

namespace PersonalCareApi.Records;

/// <summary>That an item was entered in error.</summary>
internal sealed record RetractItem
{
    public const string Example = """
        { "reason": "Entered for the wrong client." }
        """;

    /// <summary>What was wrong; it stays readable with the item.</summary>
    public required string Reason { get; init; }

    internal sealed class Validator : AbstractValidator<RetractItem>
    {
        public Validator() => RuleFor(retraction => retraction.Reason).NotEmpty().MaximumLength(2000);
    }
}
