using System.Text.Json.Serialization;

namespace PersonalCareApi.Pipeline;

/// <summary>One thing wrong with a request: where, as a code that programs read, and in words.</summary>
/// <remarks>Exactly one of pointer, parameter and header says where; the factories see to it.</remarks>
internal sealed record Fault
{
    /// <summary>A JSON pointer into the body, in its fragment form (RFC 6901, section 6).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Pointer { get; init; }

    /// <summary>The name of a query parameter.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Parameter { get; init; }

    /// <summary>The name of a request header.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Header { get; init; }

    /// <summary>What is wrong, in kebab case and stable.</summary>
    public required string Code { get; init; }

    /// <summary>What is wrong, for people.</summary>
    public required string Detail { get; init; }

    public static Fault InBody(string pointer, string code, string detail) => new() { Pointer = pointer, Code = code, Detail = detail };

    public static Fault InQuery(string parameter, string code, string detail) => new() { Parameter = parameter, Code = code, Detail = detail };

    public static Fault InHeader(string header, string code, string detail) => new() { Header = header, Code = code, Detail = detail };
}

/// <summary>The codes of <see cref="Fault"/> that the pipeline itself gives; they are part of the contract.</summary>
internal static class FaultCodes
{
    public const string UnknownMember = "unknown-member";
    public const string DuplicateMember = "duplicate-member";
    public const string Required = "required";
    public const string Null = "null";
    public const string WrongType = "wrong-type";
    public const string UnknownValue = "unknown-value";
    public const string InvalidFormat = "invalid-format";
    public const string OutOfRange = "out-of-range";
    public const string InvalidText = "invalid-text";
    public const string InvalidValue = "invalid-value";
    public const string TooManyFaults = "too-many-faults";
    public const string UnknownParameter = "unknown-parameter";
    public const string RepeatedParameter = "repeated-parameter";
    public const string SeveralTags = "several-tags";
    public const string TooLong = "too-long";
    public const string TooShort = "too-short";
    public const string WrongLength = "wrong-length";
    public const string NotAllowed = "not-allowed";
}
