using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using OxyPlot;

namespace PersonalCareApi.Rendering.Charts;

/// <summary>A plot as SVG that a screen reader can tell, in the colours of the reader's system; it loads and runs nothing.</summary>
internal static partial class AccessibleSvg
{
    public static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private static readonly string Style =
        $".chart{{color-scheme:light dark;{Properties(ink => ink.Light)}}}@media (prefers-color-scheme:dark){{.chart{{{Properties(ink => ink.Dark)}}}}}";

    /// <param name="id">What ids in it begin with: several charts may stand in one page.</param>
    /// <param name="plot">Drawn over the whole of it; its margins leave room for <paramref name="around"/>.</param>
    /// <param name="width">In pixels, as everything here.</param>
    /// <param name="height">The same.</param>
    /// <param name="title">What it is, for who does not see it.</param>
    /// <param name="description">What it shows, for who does not see it.</param>
    /// <param name="around">Words and signs about the plot.</param>
    public static string Write(
        string id, PlotModel plot, double width, double height, string title, string description, IEnumerable<XElement> around)
    {
        using var drawn = new MemoryStream();
        new SvgExporter { Width = width, Height = height, IsDocument = true, UseVerticalTextAlignmentWorkaround = true }.Export(plot, drawn);
        drawn.Position = 0;
        using var reader = XmlReader.Create(drawn, new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null });
        var svg = XElement.Load(reader);
        foreach (var attribute in svg.DescendantsAndSelf().Attributes().Where(attribute => attribute.Value.Contains("clipPath", StringComparison.Ordinal)).ToList())
        {
            attribute.Value = attribute.Value.Replace("clipPath", $"{id}-clip-", StringComparison.Ordinal);
        }

        svg.Add(around);
        foreach (var element in svg.Descendants())
        {
            Recolour(element);
        }

        svg.ReplaceAttributes(
            new XAttribute("class", "chart"),
            new XAttribute("role", "img"),
            new XAttribute("aria-labelledby", $"{id}-title"),
            new XAttribute("aria-describedby", $"{id}-description"),
            new XAttribute(XNamespace.Xml + "lang", "en"),
            new XAttribute("width", width),
            new XAttribute("height", height),
            new XAttribute("viewBox", string.Create(CultureInfo.InvariantCulture, $"0 0 {width} {height}")));
        svg.AddFirst(
            new XElement(Svg + "title", new XAttribute("id", $"{id}-title"), title),
            new XElement(Svg + "desc", new XAttribute("id", $"{id}-description"), description),
            new XElement(Svg + "style", Style));
        return svg.ToString(SaveOptions.DisableFormatting);
    }

    /// <summary>Text without what XML cannot hold.</summary>
    public static string Plain(string text) =>
        string.Concat(text.EnumerateRunes().Where(rune => !rune.IsBmp || XmlConvert.IsXmlChar((char)rune.Value)));

    private static string Properties(Func<Ink, string> colour) => string.Concat(Palette.All.Select(ink => $"{ink.Name}:{colour(ink)};"));

    /// <summary>Puts every colour into the style, where it can follow the scheme; the light one stays before it for readers that know no properties.</summary>
    private static void Recolour(XElement element)
    {
        var style = element.Attribute("style")?.Value ?? "";
        foreach (var name in new[] { "fill", "stroke" })
        {
            if (element.Attribute(name) is { } attribute)
            {
                style = $"{name}:{attribute.Value};{style}";
                attribute.Remove();
            }
        }

        if (style.Length > 0)
        {
            element.SetAttributeValue("style", Colour().Replace(style, match =>
                Palette.All.FirstOrDefault(ink => ink.Drawn == match.Groups["colour"].Value) is { } ink
                    ? $"{match.Groups["name"].Value}:{ink.Light};{match.Groups["name"].Value}:var({ink.Name})"
                    : match.Value));
        }
    }

    [GeneratedRegex(@"(?<name>fill|stroke):(?<colour>rgb\([0-9]+,[0-9]+,[0-9]+\))", RegexOptions.CultureInvariant)]
    private static partial Regex Colour();
}
