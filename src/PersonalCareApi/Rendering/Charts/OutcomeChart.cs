using System.Globalization;
using System.Xml.Linq;
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Series;
using PersonalCareApi.Domain.Instruments;
using PersonalCareApi.Domain.Outcomes;
using PersonalCareApi.Records.Outcomes;

namespace PersonalCareApi.Rendering.Charts;

/// <summary>The scores of one scale over time: severity bands, what is a reliable change from the first score, cut-off and phases.</summary>
/// <remarks>
/// OxyPlot draws what lies in the plot and its axes. Title, names of bands and the key are set beside it, since the widths it assumes of
/// text are smaller than those of a reader's fonts, and what is too wide it cuts.
/// </remarks>
internal static class OutcomeChart
{
    private const double Width = 800;
    private const double Left = 48;
    private const double PlotHeight = 320;
    private const double Border = 14;
    private const double TitleSize = 17;
    private const double FontSize = 12;
    private const double AxisHeight = 44;
    private const double KeyLine = 40;

    /// <summary>How far the date below the end of the axis goes beyond it.</summary>
    private const double HalfADate = 40;

    private const double BetweenNames = 4;

    /// <summary>From one line of text to the next, in sizes of its font.</summary>
    private const double Leading = 1.4;

    /// <summary>The mean width of a letter in sizes of its font; capitals and the broader fonts are wider than usual text.</summary>
    private const double Letter = 0.6;

    private const int TitleLetters = 78;
    private const int SubtitleLetters = 105;
    private const int BandLetters = 22;
    private const int KeyLetters = 98;

    private const string Font = "Helvetica, Arial, sans-serif";

    public static string Draw(OutcomeResponse outcome, MeasuredScale scale)
    {
        var title = Lines(ChartWords.Title(scale), TitleLetters);
        var subtitle = Lines(ChartWords.Subtitle(outcome, scale), SubtitleLetters);
        var top = Border + (title.Count * TitleSize * Leading) + (subtitle.Count * FontSize * Leading) + 8;
        var names = (scale.Scale.Bands?.Ranges ?? []).Select(band => Lines(AccessibleSvg.Plain(band.Label), BandLetters)).ToList();
        var right = Math.Max(HalfADate, Border + names.SelectMany(lines => lines).Select(line => 10 + (line.Length * FontSize * Letter)).DefaultIfEmpty(0).Max());

        var plot = new PlotModel
        {
            DefaultFont = Font,
            DefaultFontSize = FontSize,
            TextColor = Palette.Text.Color,
            PlotAreaBorderColor = Palette.Quiet.Color,
            PlotAreaBorderThickness = new OxyThickness(1),
            Background = Palette.Paper.Color,
            Culture = CultureInfo.InvariantCulture,
            Padding = new OxyThickness(0),
        };
        var time = TimeAxis(outcome);
        var score = ScoreAxis(scale.Scale.Range);
        plot.Axes.Add(time);
        plot.Axes.Add(score);
        var middles = AddBands(plot, scale, score);
        AddReliableChange(plot, outcome, scale, time);
        AddClinicalRange(plot, scale, time);
        AddPhases(plot, outcome, score);
        AddScores(plot, outcome);

        var key = plot.Series.OfType<LineSeries>().Where(line => line.Title is not null).Select(line => (Line: line, Words: Lines(line.Title, KeyLetters))).ToList();
        var bottom = AxisHeight + (key.Sum(entry => entry.Words.Count) * FontSize * Leading) + Border;
        var height = Math.Ceiling(top + PlotHeight + bottom);
        plot.PlotMargins = new OxyThickness(Left, top, right, height - top - PlotHeight);

        var pixels = PlotHeight / (score.Maximum - score.Minimum);
        var places = Spread(
            [.. middles.Select(middle => top + ((score.Maximum - middle) * pixels))], [.. names.Select(lines => (lines.Count * FontSize * Leading) + BetweenNames)], top);
        return AccessibleSvg.Write(
            $"{scale.Instrument.Code}-{scale.Scale.Code}", plot, Width, height, ChartWords.Title(scale), ChartWords.Description(outcome, scale),
            [
                .. Text(title, Left, Border, TitleSize, Palette.Text, bold: true),
                .. Text(subtitle, Left, Border + (title.Count * TitleSize * Leading), FontSize, Palette.Quiet),
                .. names.Index().SelectMany(name => Text(
                    name.Item, Width - right + 10, places[name.Index] - (name.Item.Count * FontSize * Leading / 2), FontSize, Palette.Text)),
                .. Key(key, top + PlotHeight + AxisHeight),
                .. outcome.Points.Count > 0 ? [] : Text([ChartWords.Nothing], Left + 24, top + (PlotHeight / 2), TitleSize, Palette.Text),
            ]);
    }

    private static DateTimeAxis TimeAxis(OutcomeResponse outcome)
    {
        var instants = outcome.Points.Select(point => point.AdministeredAt).Concat(outcome.Phases.Select(phase => phase.From).OfType<DateTimeOffset>()).ToList();
        var first = instants.Count > 0 ? Place(instants.Min()) : 0;
        var last = instants.Count > 0 ? Place(instants.Max()) : 0;

        // A single score, or several of one day, stand in the middle of two weeks.
        var margin = (Math.Max(0, 14 - (last - first)) / 2) + ((last - first) * 0.02);
        return new DateTimeAxis
        {
            Position = AxisPosition.Bottom,
            Minimum = first - margin,
            Maximum = last + margin,
            // Left to itself the axis goes over to years where more than one is shown, and may have a single mark then.
            IntervalType = last - first is > 365 and < 4 * 365 ? DateTimeIntervalType.Months : DateTimeIntervalType.Auto,
            StringFormat = last - first > 2 * 365 ? "MMM yyyy" : "d MMM yyyy",
            LabelFormatter = instants.Count > 0 ? null : _ => "",
            TickStyle = instants.Count > 0 ? TickStyle.Outside : TickStyle.None,
            IntervalLength = 85,
            MinorTickSize = 0,
            TicklineColor = Palette.Quiet.Color,
            TextColor = Palette.Text.Color,
        };
    }

    /// <summary>The whole scale, with room for a mark at either end.</summary>
    private static LinearAxis ScoreAxis(ScoreRange range)
    {
        var room = (double)(range.Max - range.Min) * 0.03;
        return new LinearAxis
        {
            Position = AxisPosition.Left,
            Minimum = (double)range.Min - room,
            Maximum = (double)range.Max + room,
            IntervalLength = 40,
            MinorTickSize = 0,
            TicklineColor = Palette.Quiet.Color,
            TextColor = Palette.Text.Color,
        };
    }

    /// <returns>The score in the middle of each band.</returns>
    private static List<double> AddBands(PlotModel plot, MeasuredScale scale, LinearAxis axis)
    {
        if (scale.Scale.Bands is not { } bands)
        {
            return [];
        }

        // A band over rounded scores begins where rounding begins to reach it.
        var half = bands.Compare == BandComparison.Rounded ? 0.5 : 0;
        var floors = bands.Ranges.Select((band, place) => place == 0 ? axis.Minimum : (double)(band.Min ?? band.Above)!.Value - half).ToList();
        var ceilings = floors.Skip(1).Append(axis.Maximum).ToList();
        foreach (var (place, floor) in floors.Index())
        {
            // The heavier a band, the worse it is.
            var weight = scale.HigherIs == HigherIs.Better ? floors.Count - 1 - place : place;
            plot.Annotations.Add(new RectangleAnnotation
            {
                MinimumY = floor,
                MaximumY = ceilings[place],
                Fill = Palette.Bands[Math.Min(weight, Palette.Bands.Count - 1)].Color,
                Layer = AnnotationLayer.BelowAxes,
            });
        }

        return [.. floors.Zip(ceilings, (floor, ceiling) => (floor + ceiling) / 2)];
    }

    /// <summary>Moves the names of narrow bands apart: down from the highest band, and up again where they would leave the plot.</summary>
    private static double[] Spread(double[] middles, double[] heights, double top)
    {
        for (var place = middles.Length - 1; place >= 0; place--)
        {
            var least = place == middles.Length - 1
                ? top + (heights[place] / 2)
                : middles[place + 1] + ((heights[place + 1] + heights[place]) / 2);
            middles[place] = Math.Max(middles[place], least);
        }

        for (var place = 0; place < middles.Length; place++)
        {
            var most = place == 0 ? top + PlotHeight - (heights[0] / 2) : middles[place - 1] - ((heights[place - 1] + heights[place]) / 2);
            middles[place] = Math.Min(middles[place], most);
        }

        return middles;
    }

    private static void AddReliableChange(PlotModel plot, OutcomeResponse outcome, MeasuredScale scale, DateTimeAxis time)
    {
        if (outcome.Outcome.First is not { Partial: false } first || scale.Change.ReliableChange is not { } fact || scale.HigherIs == HigherIs.Neutral)
        {
            return;
        }

        var up = scale.HigherIs == HigherIs.Better;
        AddLevel(plot, scale, time, first.Score + (up ? fact.Points : -fact.Points), "reliable improvement on the first score", up, Palette.Better, LineStyle.Dash);
        AddLevel(plot, scale, time, first.Score - (up ? fact.Points : -fact.Points), "reliable deterioration from the first score", !up, Palette.Worse, LineStyle.LongDashDot);
    }

    private static void AddLevel(PlotModel plot, MeasuredScale scale, DateTimeAxis time, decimal level, string what, bool above, Ink ink, LineStyle style)
    {
        if (level >= scale.Scale.Range.Min && level <= scale.Scale.Range.Max)
        {
            AddLevel(plot, time, level, $"{what}: {ChartWords.Bound(level, above)}", ink, style);
        }
    }

    private static void AddClinicalRange(PlotModel plot, MeasuredScale scale, DateTimeAxis time)
    {
        if (scale.Change.ClinicalRange is { } range)
        {
            AddLevel(plot, time, range.Value, $"clinical range: {ChartWords.Range(range)}", Palette.Cutoff, LineStyle.Dot);
        }
    }

    private static void AddLevel(PlotModel plot, DateTimeAxis time, decimal level, string title, Ink ink, LineStyle style) =>
        plot.Series.Add(Line([new DataPoint(time.Minimum, (double)level), new DataPoint(time.Maximum, (double)level)], title, ink, style));

    private static void AddPhases(PlotModel plot, OutcomeResponse outcome, LinearAxis score)
    {
        foreach (var (place, begin) in outcome.Phases.Select(phase => phase.From).OfType<DateTimeOffset>().Index())
        {
            plot.Series.Add(Line(
                [new DataPoint(Place(begin), score.Minimum), new DataPoint(Place(begin), score.Maximum)],
                place == 0 ? $"a phase begins: {ChartWords.Day(begin)}" : null,
                Palette.Phase,
                LineStyle.LongDash));
        }
    }

    private static void AddScores(PlotModel plot, OutcomeResponse outcome)
    {
        if (outcome.Points.Count == 0)
        {
            return;
        }

        var gap = Gap(outcome.Points);
        var breaks = outcome.Points.Zip(outcome.Points.Skip(1), (one, next) => next.AdministeredAt - one.AdministeredAt > gap).ToList();
        var line = Line([], breaks.Contains(true) ? "score; thin where assessments are missing in between" : "score", Palette.Score, LineStyle.Solid);
        line.StrokeThickness = 2;
        line.BrokenLineColor = Palette.Score.Color;
        line.BrokenLineStyle = LineStyle.Dot;
        line.BrokenLineThickness = 1;
        line.MarkerType = MarkerType.Circle;
        line.MarkerFill = Palette.Score.Color;
        line.MarkerSize = outcome.Points.Count switch { > 200 => 1.5, > 60 => 2.5, _ => 4 };
        foreach (var (place, point) in outcome.Points.Index())
        {
            if (place > 0 && breaks[place - 1])
            {
                line.Points.Add(DataPoint.Undefined);
            }

            line.Points.Add(new DataPoint(Place(point.AdministeredAt), (double)point.Score));
        }

        plot.Series.Add(line);
    }

    /// <summary>Longer than three times the usual interval, and than three weeks, is a gap.</summary>
    private static TimeSpan Gap(IReadOnlyList<OutcomePoint> points)
    {
        var intervals = points.Zip(points.Skip(1), (one, next) => next.AdministeredAt - one.AdministeredAt).Order().ToList();
        var usual = intervals.Count > 0 ? intervals[intervals.Count / 2] : TimeSpan.Zero;
        var threeWeeks = TimeSpan.FromDays(21);
        return usual * 3 > threeWeeks ? usual * 3 : threeWeeks;
    }

    private static LineSeries Line(IEnumerable<DataPoint> points, string? title, Ink ink, LineStyle style)
    {
        var line = new LineSeries { Title = title, Color = ink.Color, LineStyle = style, StrokeThickness = 1.5 };
        line.Points.AddRange(points);
        return line;
    }

    private static double Place(DateTimeOffset instant) => DateTimeAxis.ToDouble(instant.UtcDateTime);

    /// <summary>One line of text under the other.</summary>
    private static IEnumerable<XElement> Text(IReadOnlyList<string> lines, double x, double top, double size, Ink ink, bool bold = false) =>
        lines.Select((line, place) => new XElement(
            AccessibleSvg.Svg + "text",
            new XAttribute("x", Number(x)),
            new XAttribute("y", Number(top + (((place + 0.5) * Leading) * size) + (0.35 * size))),
            new XAttribute("font-family", Font),
            new XAttribute("font-size", Number(size)),
            new XAttribute("font-weight", bold ? 600 : 400),
            new XAttribute("fill", ink.Drawn),
            line));

    /// <summary>What each line stands for, with a piece of it in front.</summary>
    private static IEnumerable<XElement> Key(IReadOnlyList<(LineSeries Line, List<string> Words)> entries, double top)
    {
        foreach (var (line, words) in entries)
        {
            var middle = Number(top + (FontSize * Leading / 2));
            yield return new XElement(
                AccessibleSvg.Svg + "line",
                new XAttribute("x1", Number(Left)),
                new XAttribute("x2", Number(Left + KeyLine)),
                new XAttribute("y1", middle),
                new XAttribute("y2", middle),
                new XAttribute("stroke", $"rgb({line.Color.R},{line.Color.G},{line.Color.B})"),
                new XAttribute("stroke-width", Number(line.StrokeThickness)),
                line.LineStyle.GetDashArray() is { } dashes
                    ? new XAttribute("stroke-dasharray", string.Join(',', dashes.Select(dash => Number(dash * line.StrokeThickness))))
                    : null);
            foreach (var element in Text(words, Left + KeyLine + 8, top, FontSize, Palette.Text))
            {
                yield return element;
            }

            top += words.Count * FontSize * Leading;
        }
    }

    private static string Number(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>Text in lines of at most so many letters, broken between words where there are any.</summary>
    internal static List<string> Lines(string text, int most)
    {
        var lines = new List<string> { "" };
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries).SelectMany(word => word.Chunk(most)).Select(letters => new string(letters)))
        {
            if (lines[^1].Length > 0 && lines[^1].Length + 1 + word.Length > most)
            {
                lines.Add("");
            }

            lines[^1] += lines[^1].Length > 0 ? " " + word : word;
        }

        return lines;
    }
}
