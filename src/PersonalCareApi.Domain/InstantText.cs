using System.Globalization;

namespace PersonalCareApi.Domain;

/// <summary>Instants as text: RFC 3339, in UTC, to the microsecond; what is finer is cut off.</summary>
/// <remarks>
/// By way of the platform's round-trip form, which has a writer and a reader of its own: with a format in letters both take
/// several times as long, and a page of a list has a hundred instants.
/// </remarks>
public static class InstantText
{
    private const string RoundTrip = "O";

    /// <summary><c>2026-05-04T09:30:00.0000000Z</c>: seven decimals.</summary>
    private const int RoundTripLength = 28;

    private const int FixedLength = RoundTripLength - 1;
    private const int SecondsLength = 19;

    /// <summary>Of fixed width, with six decimals: the order of the texts is that of the instants.</summary>
    public static string Fixed(DateTimeOffset at) => string.Create(FixedLength, at, static (text, at) => Write(at, text));

    /// <summary>With as many decimals as it has, and none where the second is whole.</summary>
    public static string Short(DateTimeOffset at)
    {
        Span<char> text = stackalloc char[FixedLength];
        Write(at, text);
        var end = text[..^1].TrimEnd('0').Length;
        end = end == SecondsLength + 1 ? SecondsLength : end;
        text[end] = 'Z';
        return new string(text[..(end + 1)]);
    }

    /// <summary>Reads what <see cref="Fixed"/> has written.</summary>
    /// <exception cref="FormatException">It has written nothing of the kind.</exception>
    public static DateTimeOffset ParseFixed(ReadOnlySpan<char> text)
    {
        if (text.Length != FixedLength || text[^1] != 'Z')
        {
            throw new FormatException("Not an instant of fixed width.");
        }

        Span<char> roundTrip = stackalloc char[RoundTripLength];
        text[..^1].CopyTo(roundTrip);
        roundTrip[^2] = '0';
        roundTrip[^1] = 'Z';
        return DateTimeOffset.ParseExact(roundTrip, RoundTrip, CultureInfo.InvariantCulture);
    }

    private static void Write(DateTimeOffset at, Span<char> text)
    {
        Span<char> roundTrip = stackalloc char[RoundTripLength];
        at.UtcDateTime.TryFormat(roundTrip, out _, RoundTrip, CultureInfo.InvariantCulture);
        roundTrip[..(FixedLength - 1)].CopyTo(text);
        text[FixedLength - 1] = 'Z';
    }
}
