using System.Text.Json;
using PersonalCareApi.Data;

namespace PersonalCareApi.Records;

/// <summary>That something was done to an item: by whom, when, and in which words.</summary>
internal sealed record RecordedFact(PartyResponse By, DateTimeOffset At, string? Text);

/// <summary>That something was done to an item: by whom, when, and why.</summary>
/// <param name="By">Who.</param>
/// <param name="At">When.</param>
/// <param name="Reason">Null where the purpose, such as payment, needs no narrative.</param>
internal sealed record FactResponse(PartyResponse By, DateTimeOffset At, string? Reason)
{
    public static FactResponse? From(RecordedFact? fact, bool narrative) =>
        fact is null ? null : new FactResponse(fact.By, fact.At, narrative ? fact.Text : null);
}

/// <summary>Values as they are stored, to compare what two of them say.</summary>
internal static class StoredText
{
    public static string Of<T>(T value) => JsonSerializer.Serialize(value, StoredJson.Options);
}
