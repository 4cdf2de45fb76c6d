using System.Text.Json;

namespace PersonalCareApi.Domain.Instruments;

/// <summary>How large a definition and each thing in it may be, so that scoring with it stays quick and never overflows.</summary>
internal static class SizeCheck
{
    /// <summary>Three times what the longest published inventory of symptoms has.</summary>
    public const int MostItems = 200;

    /// <summary>Members of any list or map.</summary>
    private const int MostMembers = 200;

    private const int LongestText = 4000;

    private const int LongestName = 64;

    /// <summary>Of weights, answers and multipliers: their product over all items is far from what a decimal holds.</summary>
    private const decimal Largest = 1_000_000;

    public static IEnumerable<InstrumentFault> Faults(Instrument instrument, JsonElement definition)
    {
        if (instrument.Items.Count + instrument.ExtraItems.Count > MostItems)
        {
            yield return new("too-many-items", "#/items", $"An instrument has at most {MostItems} items, extra items among them.");
        }

        foreach (var (item, at) in Place.Items(instrument).Where(item => item.Item.Number.Length is 0 or > LongestName))
        {
            yield return new("item-number", $"{at}/number", $"The number of an item has 1 to {LongestName} characters.");
        }

        foreach (var fault in Of(definition, "#"))
        {
            yield return fault;
        }
    }

    private static IEnumerable<InstrumentFault> Of(JsonElement element, string at) => element.ValueKind switch
    {
        JsonValueKind.String when element.GetString()!.Length > LongestText =>
            [new InstrumentFault("too-long", at, $"Text has at most {LongestText} characters.")],
        JsonValueKind.Number when Math.Abs(element.GetDecimal()) > Largest =>
            [new InstrumentFault("out-of-range", at, $"Numbers lie between -{Largest} and {Largest}.")],
        JsonValueKind.Array when element.GetArrayLength() > MostMembers =>
            [new InstrumentFault("too-long", at, $"A list has at most {MostMembers} members.")],
        JsonValueKind.Array => element.EnumerateArray().SelectMany((member, index) => Of(member, Place.Within(at, index))),
        JsonValueKind.Object => Members(element, at),
        _ => [],
    };

    private static IEnumerable<InstrumentFault> Members(JsonElement element, string at)
    {
        if (element.GetPropertyCount() > MostMembers || element.EnumerateObject().Any(member => member.Name.Length > LongestName))
        {
            return [new("too-long", at, $"A map has at most {MostMembers} members, each with a name of at most {LongestName} characters.")];
        }

        return element.EnumerateObject().SelectMany(member => Of(member.Value, Place.Within(at, member.Name)));
    }
}
