using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace PersonalCareApi.Rendering.Pages;

/// <summary>One kind of item in an archive, as its file has it.</summary>
/// <param name="Kind">The file's name.</param>
/// <param name="Category">The data category.</param>
/// <param name="Items">The list of items.</param>
internal sealed record SummarySection(string Kind, string Category, JsonElement Items)
{
    /// <summary>A picture of the kind, above its items; a chart comes here.</summary>
    public Markup Picture { get; init; } = Markup.Nothing;
}

/// <summary>What the page of an archive shows.</summary>
internal sealed record ExportSummary
{
    public required string Partner { get; init; }

    /// <summary>Whether the page speaks to the client.</summary>
    public required bool IsForTheClient { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required IReadOnlyList<SummarySection> Sections { get; init; }

    /// <summary>The categories that were left out.</summary>
    public required IReadOnlyList<string> Withheld { get; init; }
}

/// <summary>An archive as a page to read: every item of every kind, with nothing to load or run.</summary>
internal static partial class ExportSummaryPage
{
    /// <summary>What is for programs, and says nothing to people.</summary>
    private static readonly HashSet<string> ForPrograms = new(StringComparer.Ordinal) { "id", "clientId", "etag", "version", "contentHash" };

    public static string Render(ExportSummary summary) => Layout.Page(
        summary.IsForTheClient ? "Your record" : "A client's record",
        Markup.Join(
        [
            Markup.Of($"<h1>{(summary.IsForTheClient ? "Your record" : "A client’s record")}</h1>"),
            Markup.Of($"<p class=\"state\">Kept by {summary.Partner}. Put together on {PlainWords.Instant(summary.CreatedAt)}.</p>"),
            Markup.Of($"<p>Each part is also in a file of its own, for programs. Keep this archive where only you can open it.</p>"),
            Contents(summary),
            LeftOut(summary),
            .. summary.Sections.Select(Section),
        ]));

    private static Markup Contents(ExportSummary summary) => Markup.Of(
        $"<nav aria-labelledby=\"contents\"><h2 id=\"contents\">What is here</h2><ul>{Markup.Join(summary.Sections.Select(section =>
            Markup.Of($"<li><a href=\"#{section.Kind}\">{Words(section.Kind)}</a>: {section.Items.GetArrayLength()}</li>")))}</ul></nav>");

    private static Markup LeftOut(ExportSummary summary) => summary.Withheld.Count == 0
        ? Markup.Nothing
        : Markup.Of($"""
            <section aria-labelledby="left-out"><h2 id="left-out">What is left out</h2>
            <p>It may not be given to whoever asked for this archive, whether or not there is any:</p>
            <ul>{Markup.Join(summary.Withheld.Select(category => Markup.Of($"<li>{PlainWords.Category(category)}</li>")))}</ul></section>
            """);

    private static Markup Section(SummarySection section) => Markup.Of($"""
        <section aria-labelledby="{section.Kind}"><h2 id="{section.Kind}">{Words(section.Kind)}</h2>{section.Picture}{(section.Items.GetArrayLength() == 0
            ? Markup.Of($"<p>There are none.</p>")
            : Markup.Of($"<ul class=\"cards\">{Markup.Join(section.Items.EnumerateArray().Select(item => Markup.Of($"<li class=\"card\">{Value(item)}</li>")))}</ul>"))}</section>
        """);

    private static Markup Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => Markup.Of($"<dl>{Markup.Join(value.EnumerateObject().Where(IsTold).Select(member => Markup.Of($"<dt>{Words(member.Name)}</dt><dd>{Value(member.Value)}</dd>")))}</dl>"),
        JsonValueKind.Array => Markup.Of($"<ul>{Markup.Join(value.EnumerateArray().Select(element => Markup.Of($"<li>{Value(element)}</li>")))}</ul>"),
        JsonValueKind.True => Markup.Of($"yes"),
        JsonValueKind.False => Markup.Of($"no"),
        JsonValueKind.String when DateTimeOffset.TryParseExact(
            value.GetString(), "yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) =>
            Markup.Of($"{PlainWords.Instant(instant)}"),
        _ => Markup.Of($"{value}"),
    };

    private static bool IsTold(JsonProperty member) =>
        !ForPrograms.Contains(member.Name)
        && member.Value is not { ValueKind: JsonValueKind.Null }
        && !(member.Value.ValueKind == JsonValueKind.Array && member.Value.GetArrayLength() == 0);

    /// <summary>A name of the contract as words: <c>recordedAt</c> is "Recorded at".</summary>
    private static string Words(string name)
    {
        var words = Capital().Replace(name.Replace('-', ' '), " $0").ToLowerInvariant();
        return char.ToUpperInvariant(words[0]) + words[1..];
    }

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex Capital();
}
