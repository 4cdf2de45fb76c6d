using FluentValidation;
using FluentValidation.Results;

namespace PersonalCareApi.Pipeline;

/// <summary>Runs a contract's FluentValidation rules and tells their breaches as <see cref="Fault"/>s.</summary>
/// <remarks>Rules are synchronous: what needs the database is the handler's to decide, inside its write.</remarks>
internal static class Rules
{
    /// <summary>FluentValidation's own error codes, in the words of this API.</summary>
    private static readonly Dictionary<string, string> Codes = new(StringComparer.Ordinal)
    {
        ["NotNullValidator"] = FaultCodes.Required,
        ["NotEmptyValidator"] = FaultCodes.Required,
        ["NullValidator"] = FaultCodes.NotAllowed,
        ["EmptyValidator"] = FaultCodes.NotAllowed,
        ["MaximumLengthValidator"] = FaultCodes.TooLong,
        ["MinimumLengthValidator"] = FaultCodes.TooShort,
        ["LengthValidator"] = FaultCodes.WrongLength,
        ["ExactLengthValidator"] = FaultCodes.WrongLength,
        ["InclusiveBetweenValidator"] = FaultCodes.OutOfRange,
        ["ExclusiveBetweenValidator"] = FaultCodes.OutOfRange,
        ["GreaterThanValidator"] = FaultCodes.OutOfRange,
        ["GreaterThanOrEqualValidator"] = FaultCodes.OutOfRange,
        ["LessThanValidator"] = FaultCodes.OutOfRange,
        ["LessThanOrEqualValidator"] = FaultCodes.OutOfRange,
        ["ScalePrecisionValidator"] = FaultCodes.OutOfRange,
        ["RegularExpressionValidator"] = FaultCodes.InvalidFormat,
        ["EmailValidator"] = FaultCodes.InvalidFormat,
        ["EnumValidator"] = FaultCodes.UnknownValue,
        ["EqualValidator"] = FaultCodes.NotAllowed,
        ["NotEqualValidator"] = FaultCodes.NotAllowed,
    };

    public static IReadOnlyList<Fault> BreachesInBody<T>(IValidator<T>? validator, T value) =>
        Breaches(validator, value, failure => Fault.InBody(PointerTo(failure.PropertyName), CodeOf(failure), failure.ErrorMessage));

    public static IReadOnlyList<Fault> BreachesInQuery<T>(IValidator<T>? validator, T value) =>
        Breaches(validator, value, failure => Fault.InQuery(CamelCase(failure.PropertyName), CodeOf(failure), failure.ErrorMessage));

    private static List<Fault> Breaches<T>(IValidator<T>? validator, T value, Func<ValidationFailure, Fault> tell) =>
        validator is null ? [] : [.. validator.Validate(value).Errors.Select(tell)];

    /// <summary><c>Answers[3].Value</c> as <c>#/answers/3/value</c>.</summary>
    public static string PointerTo(string propertyName)
    {
        // A rule over a whole document names places itself.
        if (propertyName.StartsWith('#'))
        {
            return propertyName;
        }

        var segments = propertyName.Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal)
            .Split('.', StringSplitOptions.RemoveEmptyEntries)
            .Select(segment => JsonPointer.Escape(CamelCase(segment)));
        return string.Join('/', segments.Prepend("#"));
    }

    /// <summary>A code of ours as it is; one of FluentValidation's translated, so that its class names are no contract.</summary>
    private static string CodeOf(ValidationFailure failure) =>
        string.IsNullOrEmpty(failure.ErrorCode) ? FaultCodes.InvalidValue
        : failure.ErrorCode.EndsWith("Validator", StringComparison.Ordinal) ? Codes.GetValueOrDefault(failure.ErrorCode, FaultCodes.InvalidValue)
        : failure.ErrorCode;

    public static string CamelCase(string name) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(name);
}
