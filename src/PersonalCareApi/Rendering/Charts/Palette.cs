using OxyPlot;

namespace PersonalCareApi.Rendering.Charts;

/// <summary>One colour of a chart, for light and for dark, under the name of its style property.</summary>
/// <param name="Name">The custom property: <c>--ink</c>.</param>
/// <param name="Light">As <c>#rrggbb</c>; the colour it is drawn in, so that a reader without style sheets sees the chart in light.</param>
/// <param name="Dark">As <c>#rrggbb</c>.</param>
internal sealed record Ink(string Name, string Light, string Dark)
{
    public OxyColor Color { get; } = OxyColor.Parse(Light);

    /// <summary>The light colour as a plot writes it.</summary>
    public string Drawn => $"rgb({Color.R},{Color.G},{Color.B})";
}

/// <summary>The colours of charts. No two lights are the same: a drawn colour is known again by its light.</summary>
/// <remarks>
/// Text has at least 7:1 against the paper, lines at least 3:1 against every band behind them (WCAG 2.2). Nothing is told by colour
/// alone: lines differ in their dashes, bands are named at their side.
/// </remarks>
internal static class Palette
{
    public static readonly Ink Paper = new("--paper", "#fdfdfe", "#14171a");
    public static readonly Ink Text = new("--ink", "#1f2328", "#e6e8ea");
    public static readonly Ink Quiet = new("--quiet", "#4d565f", "#a7b0ba");
    public static readonly Ink Score = new("--score", "#0b4a82", "#86c5ff");
    public static readonly Ink Better = new("--better", "#13602f", "#7ad796");
    public static readonly Ink Worse = new("--worse", "#97300b", "#ffa37c");
    public static readonly Ink Cutoff = new("--cutoff", "#652b99", "#d0abf8");
    public static readonly Ink Phase = new("--phase", "#2b2f36", "#d5d8db");

    /// <summary>From the lightest to the heaviest.</summary>
    public static readonly IReadOnlyList<Ink> Bands =
    [
        new("--band-1", "#f4f7fa", "#191e23"),
        new("--band-2", "#e8eef4", "#1e262e"),
        new("--band-3", "#dbe5ee", "#242f39"),
        new("--band-4", "#cddbe8", "#2a3845"),
        new("--band-5", "#bfd1e2", "#304151"),
        new("--band-6", "#b1c7dc", "#364a5d"),
    ];

    public static IReadOnlyList<Ink> All { get; } = [Paper, Text, Quiet, Score, Better, Worse, Cutoff, Phase, .. Bands];
}
