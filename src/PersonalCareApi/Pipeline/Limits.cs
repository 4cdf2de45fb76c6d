using System.Collections;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FluentValidation;
using FluentValidation.Validators;
using Microsoft.OpenApi;

namespace PersonalCareApi.Pipeline;

/// <summary>How long, how many, which words, which form: what a rule holds a value to, and what the document says of it.</summary>
internal sealed record Limits
{
    public int? MinLength { get; init; }

    public int? MaxLength { get; init; }

    public int? MinItems { get; init; }

    public int? MaxItems { get; init; }

    /// <summary>The whole text matches; written so that .NET and ECMAScript read it alike.</summary>
    public Regex? Pattern { get; init; }

    /// <summary>The only words there are.</summary>
    public IReadOnlyList<string>? Words { get; init; }

    /// <summary>Whether a value keeps to the limits; nothing at all does.</summary>
    public bool Hold(object? value) => value switch
    {
        null => true,
        string text => Within(text.Length, MinLength, MaxLength) && Matches(text) && Words?.Contains(text, StringComparer.Ordinal) != false,
        IEnumerable items => Within(items.Cast<object?>().Count(), MinItems, MaxItems),
        _ => throw new NotSupportedException($"{value.GetType()} has no limits of this kind."),
    };

    public void Describe(OpenApiSchema schema)
    {
        schema.MinLength = MinLength ?? schema.MinLength;
        schema.MaxLength = MaxLength ?? schema.MaxLength;
        schema.MinItems = MinItems ?? schema.MinItems;
        schema.MaxItems = MaxItems ?? schema.MaxItems;
        schema.Pattern = Pattern?.ToString() ?? schema.Pattern;
        if (Words is not null)
        {
            var words = Words.Select(JsonNode (word) => JsonValue.Create(word));
            // An enumeration lists every value, so null too where the value may be null.
            schema.Enum = schema.Type?.HasFlag(JsonSchemaType.Null) == true ? [.. words, JsonNullSentinel.JsonNull] : [.. words];
        }
    }

    private static bool Within(int count, int? least, int? most) => count >= (least ?? 0) && count <= (most ?? int.MaxValue);

    /// <summary>To the last letter: $ alone would let a line break follow.</summary>
    private bool Matches(string text) => Pattern is null || (Pattern.Match(text) is { Success: true } match && match.Length == text.Length);
}

/// <summary>A rule that holds a value to <see cref="Limits"/>, from which the document is written as well.</summary>
internal sealed class LimitsValidator<T, TProperty>(Limits limits) : PropertyValidator<T, TProperty>, IHasLimits
{
    public override string Name => "LimitsValidator";

    public Limits Limits { get; } = limits;

    public override bool IsValid(ValidationContext<T> context, TProperty value) => Limits.Hold(value);
}

/// <summary>A rule whose limits the document can tell.</summary>
internal interface IHasLimits
{
    Limits Limits { get; }
}

/// <summary>How contracts name their limits.</summary>
internal static class LimitRules
{
    public static IRuleBuilderOptions<T, TProperty> Within<T, TProperty>(this IRuleBuilder<T, TProperty> rule, Limits limits) =>
        rule.SetValidator(new LimitsValidator<T, TProperty>(limits));

    /// <summary>A list that may hold no more.</summary>
    public static IRuleBuilderOptions<T, IReadOnlyList<TItem>?> AtMost<T, TItem>(this IRuleBuilder<T, IReadOnlyList<TItem>?> rule, int most) =>
        rule.Within(new Limits { MaxItems = most }).WithErrorCode(FaultCodes.TooLong).WithMessage($"May hold at most {most}.");

    /// <summary>One of a closed set of words.</summary>
    public static IRuleBuilderOptions<T, string> OneOf<T>(this IRuleBuilder<T, string> rule, params IReadOnlyList<string> words) =>
        rule.Within(new Limits { Words = words }).WithErrorCode(FaultCodes.UnknownValue).WithMessage($"Must be one of {string.Join(", ", words)}.");
}
