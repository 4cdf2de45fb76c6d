using System.Globalization;
using System.Text.Encodings.Web;

namespace PersonalCareApi.Rendering.Pages;

/// <summary>HTML that is safe to send: whatever was put into it that is not markup itself has been encoded.</summary>
internal readonly record struct Markup
{
    private Markup(string text) => Text = text;

    public static Markup Nothing { get; } = new("");

    public string Text => field ?? "";

    /// <summary>The text with everything put into it encoded, but for markup.</summary>
    public static Markup Of(FormattableString text) => new(string.Format(
        CultureInfo.InvariantCulture, text.Format, [.. text.GetArguments().Select(Encode)]));

    public static Markup Join(IEnumerable<Markup> parts) => new(string.Concat(parts.Select(part => part.Text)));

    /// <summary>A constant of the program's, as it stands.</summary>
    public static Markup Constant(string html) => new(html);

    public override string ToString() => Text;

    private static string Encode(object? argument) =>
        argument is Markup markup ? markup.Text : HtmlEncoder.Default.Encode($"{argument}");
}
