using System.Text.Json;
using System.Text.Json.Serialization;

namespace PersonalCareApi.Domain.Instruments;

/// <summary>How far a fact of an instrument has been checked. An unconfirmed fact is shown as unverified, never as checked.</summary>
[JsonConverter(typeof(KebabCase<FactStatus>))]
public enum FactStatus
{
    /// <summary>Seen in the public material that the fact names.</summary>
    Confirmed,

    /// <summary>Seen in part, or sources disagree; the note says how.</summary>
    Partly,

    /// <summary>General knowledge or a rule of this project; to be checked before anyone relies on it.</summary>
    Unconfirmed,
}

/// <summary>A statement about an instrument, with how sure it is and where it was seen.</summary>
public abstract record SourcedFact
{
    public required FactStatus Status { get; init; }

    /// <summary>The public material it was seen in. A confirmed fact always has one.</summary>
    public string? Source { get; init; }

    public string? Note { get; init; }
}

/// <summary>A statement that no other member of the definition holds: a wrong key seen elsewhere, a rule superseded.</summary>
public sealed record InstrumentNote : SourcedFact
{
    public required string About { get; init; }

    public required string Text { get; init; }
}

/// <summary>Reads and writes an enumeration as the kebab-case codes that stand in definitions and answers.</summary>
public sealed class KebabCase<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false)
    where T : struct, Enum;

/// <summary>Reads and writes an enumeration by the names its members declare, and by nothing else: no number stands for one.</summary>
public sealed class ByMemberName<T>() : JsonStringEnumConverter<T>(namingPolicy: null, allowIntegerValues: false)
    where T : struct, Enum;
