using System.Text.Json.Serialization;

namespace PersonalCareApi.Pipeline;

/// <summary>One thing wrong with a request: where, as a code that programs read, and in words.</summary>
/// <remarks>Exactly one of pointer, parameter and header says where; the factories see to it.</remarks>
internal sealed record Fault
{
    private Fault(string code, string detail) => (Code, Detail) = (code, detail);

    /// <summary>A JSON pointer into the body, in its fragment form (RFC 6901, section 6).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Pointer { get; private init; }

    /// <summary>The name of a query parameter.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Parameter { get; private init; }

    /// <summary>The name of a request header.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Header { get; private init; }

    /// <summary>What is wrong, in kebab case and stable: one of <see cref="FaultCodes"/> or a rule's own.</summary>
    public string Code { get; }

    /// <summary>What is wrong, for people.</summary>
    public string Detail { get; }

    public static Fault InBody(string pointer, string code, string detail) => new(code, detail) { Pointer = pointer };

    public static Fault InQuery(string parameter, string code, string detail) => new(code, detail) { Parameter = parameter };

    public static Fault InHeader(string header, string code, string detail) => new(code, detail) { Header = header };
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
