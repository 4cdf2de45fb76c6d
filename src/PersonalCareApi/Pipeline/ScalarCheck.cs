using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace PersonalCareApi.Pipeline;

/// <summary>Says what is wrong with a single JSON value, given the type it is to become.</summary>
internal static class ScalarCheck
{
    private static readonly Dictionary<Type, Func<JsonElement, bool>> WholeNumbers = new()
    {
        [typeof(byte)] = value => value.TryGetByte(out _),
        [typeof(short)] = value => value.TryGetInt16(out _),
        [typeof(int)] = value => value.TryGetInt32(out _),
        [typeof(long)] = value => value.TryGetInt64(out _),
    };

    private static readonly Dictionary<Type, Func<JsonElement, bool>> Numbers = new()
    {
        [typeof(decimal)] = value => value.TryGetDecimal(out _),
        // 1e999 reads as infinity without complaint.
        [typeof(double)] = value => value.TryGetDouble(out var number) && double.IsFinite(number),
        [typeof(float)] = value => value.TryGetSingle(out var number) && float.IsFinite(number),
    };

    /// <summary>Whether the type takes JSON of any shape.</summary>
    public static bool IsFree(Type type) =>
        type == typeof(JsonElement) || type == typeof(object) || typeof(JsonNode).IsAssignableFrom(type);

    public static Complaint? Complaint(JsonElement element, JsonTypeInfo info)
    {
        var type = info.Type;
        if (IsFree(type))
        {
            return null;
        }

        if (type == typeof(bool))
        {
            return element.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : WrongType("true or false");
        }

        if (WholeNumbers.TryGetValue(type, out var fitsWhole))
        {
            return WholeNumber(element, fitsWhole);
        }

        if (Numbers.TryGetValue(type, out var fits))
        {
            return element.ValueKind != JsonValueKind.Number ? WrongType("a number") : fits(element) ? null : TooBig;
        }

        if (type == typeof(string) || TextFormats.Knows(type))
        {
            return element.ValueKind != JsonValueKind.String ? WrongType("a string")
                : Text(element, out var text) is { } complaint ? complaint
                : type == typeof(string) ? null
                : TextFormats.Read(type, text, out _);
        }

        return ByTrying(element, info);
    }

    /// <summary>The text of a string; a lone surrogate, which JSON can escape but nothing can keep, is a complaint.</summary>
    public static Complaint? Text(JsonElement element, out string text) => Readable(() => element.GetString()!, out text);

    /// <inheritdoc cref="Text"/>
    public static Complaint? Name(JsonProperty property, out string name) => Readable(() => property.Name, out name);

    private static Complaint? Readable(Func<string> get, out string text)
    {
        try
        {
            text = get();
            return TextFormats.Text(text);
        }
        catch (InvalidOperationException)
        {
            text = "";
            return new(FaultCodes.InvalidText, "Must not contain half of a surrogate pair.");
        }
    }

    private static Complaint? WholeNumber(JsonElement element, Func<JsonElement, bool> fits) =>
        element.ValueKind != JsonValueKind.Number || element.GetRawText().AsSpan().ContainsAny(".eE")
            ? WrongType("a whole number, without fraction or exponent")
            : fits(element) ? null : TooBig;

    /// <summary>A type that only its own converter knows.</summary>
    private static Complaint? ByTrying(JsonElement element, JsonTypeInfo info)
    {
        try
        {
            element.Deserialize(info);
            return null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or ArgumentException)
        {
            return new(FaultCodes.InvalidValue, "Is not a value that is accepted here.");
        }
    }

    private static Complaint TooBig { get; } = new(FaultCodes.OutOfRange, "Is larger or smaller than can be kept.");

    private static Complaint WrongType(string called) => new(FaultCodes.WrongType, $"Must be {called}.");
}
