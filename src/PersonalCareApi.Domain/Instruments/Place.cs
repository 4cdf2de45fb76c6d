namespace PersonalCareApi.Domain.Instruments;

/// <summary>Where in a definition something stands: a JSON pointer in its fragment form (RFC 6901, section 6).</summary>
internal static class Place
{
    /// <summary><c>Of("answerSets", "yes/no", "options", 1)</c> is <c>#/answerSets/yes~1no/options/1</c>.</summary>
    public static string Of(params IEnumerable<object> segments) => Within("#", segments);

    public static string Within(string place, params IEnumerable<object> segments) => string.Join('/', segments
        .Select(segment => FormattableString.Invariant($"{segment}"))
        .Select(name => Uri.EscapeDataString(name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)))
        .Prepend(place));

    /// <summary>The members of a list, each with its place.</summary>
    public static IEnumerable<(T Value, string At)> Each<T>(string place, IEnumerable<T> list) =>
        list.Select((value, index) => (value, Within(place, index)));

    /// <summary>Every item, extra items too.</summary>
    public static IEnumerable<(InstrumentItem Item, string At)> Items(Instrument instrument) =>
        Each("#/items", instrument.Items).Concat(Each("#/extraItems", instrument.ExtraItems));

    /// <summary>The total, if there is one, and the subscales.</summary>
    public static IEnumerable<(Scale Scale, string At)> Scales(Instrument instrument)
    {
        var subscales = Each("#/subscales", instrument.Subscales);
        return instrument.Total is { } total ? subscales.Prepend((total, "#/total")) : subscales;
    }

    /// <summary>Every option of every answer set.</summary>
    public static IEnumerable<(AnswerOption Option, string At)> Options(Instrument instrument) =>
        instrument.AnswerSets.SelectMany(set => Each(Of("answerSets", set.Key, "options"), set.Value.Options));

    /// <summary>Headings at every depth.</summary>
    public static IEnumerable<(InstrumentHeading Heading, string At)> Headings(Instrument instrument) =>
        Headings("#/headings", instrument.Headings);

    private static IEnumerable<(InstrumentHeading Heading, string At)> Headings(string place, IEnumerable<InstrumentHeading> headings) =>
        Each(place, headings).SelectMany(heading => Headings($"{heading.At}/parts", heading.Value.Parts).Prepend(heading));
}
