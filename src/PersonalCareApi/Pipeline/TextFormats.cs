using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;

namespace PersonalCareApi.Pipeline;

/// <summary>What is wrong with one value, before it is known where it stood.</summary>
internal sealed record Complaint(string Code, string Detail);

/// <summary>Reads the values that JSON and queries both write as text: ids, dates, instants, times and words of a list.</summary>
internal static class TextFormats
{
    /// <summary>No fact of care lies outside; dates that do are slips, and the edges of the calendar break arithmetic.</summary>
    public const int FirstYear = 1900;

    /// <inheritdoc cref="FirstYear"/>
    public const int LastYear = 2199;

    private static readonly Complaint YearOutOfRange =
        new(FaultCodes.OutOfRange, string.Create(CultureInfo.InvariantCulture, $"The year must lie between {FirstYear} and {LastYear}."));

    private static readonly ConcurrentDictionary<Type, IReadOnlyDictionary<string, object>> WordsByType = new();

    public static bool Knows(Type type) =>
        type.IsEnum || type == typeof(Guid) || type == typeof(DateOnly) || type == typeof(DateTimeOffset) || type == typeof(TimeOnly);

    /// <summary>The value, or the complaint why there is none. Only for types it <see cref="Knows"/>.</summary>
    public static Complaint? Read(Type type, string text, out object? value)
    {
        value = null;
        if (type.IsEnum)
        {
            return Words(type).TryGetValue(text, out value)
                ? null
                : new(FaultCodes.UnknownValue, $"Must be one of: {string.Join(", ", Words(type).Keys)}.");
        }

        if (type == typeof(Guid))
        {
            return Give(Guid.TryParseExact(text, "D", out var id), id, out value, "Must be a UUID such as 01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d.");
        }

        if (type == typeof(DateOnly))
        {
            var complaint = Give(DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date),
                date, out value, "Must be a date such as 2026-05-04.");
            return complaint ?? YearWithin(date.Year);
        }

        if (type == typeof(DateTimeOffset))
        {
            var complaint = Give(Instants.TryParse(text, out var instant), instant, out value,
                "Must be an instant with its offset (RFC 3339), such as 2026-05-04T09:30:00Z or 2026-05-04T11:30:00+02:00.");
            return complaint ?? YearWithin(instant.Year);
        }

        return Give(TimeOnly.TryParseExact(text, ["HH:mm:ss", "HH:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time),
            time, out value, "Must be a time of day such as 09:30:00.");
    }

    /// <summary>The words of an enumeration as they stand in JSON.</summary>
    public static IReadOnlyDictionary<string, object> Words(Type type) => WordsByType.GetOrAdd(type, static enumeration =>
        Enum.GetValues(enumeration).Cast<object>().Distinct().ToDictionary(
            value => JsonSerializer.SerializeToElement(value, enumeration, Json.Options).GetString()!,
            StringComparer.Ordinal));

    /// <summary>Text that can be kept and shown: no NUL, no control characters but tab and line breaks, no half characters.</summary>
    public static Complaint? Text(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsControl(c) && c is not ('\t' or '\n' or '\r'))
            {
                return new(FaultCodes.InvalidText, "Must not contain control characters other than tab and line breaks.");
            }

            if (char.IsSurrogate(c) && !(i + 1 < text.Length && char.IsSurrogatePair(c, text[i + 1])))
            {
                return new(FaultCodes.InvalidText, "Must not contain half of a surrogate pair.");
            }

            i += char.IsHighSurrogate(c) ? 1 : 0;
        }

        return null;
    }

    private static Complaint? Give<T>(bool read, T found, out object? value, string otherwise)
    {
        value = read ? found : null;
        return read ? null : new(FaultCodes.InvalidFormat, otherwise);
    }

    private static Complaint? YearWithin(int year) => year is >= FirstYear and <= LastYear ? null : YearOutOfRange;
}
