using System.Globalization;
using System.Xml.Linq;
using PersonalCareApi.Data;
using PersonalCareApi.Domain;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Domain.Instruments;
using PersonalCareApi.Domain.Outcomes;
using PersonalCareApi.Records.Assessments;
using PersonalCareApi.Records.Outcomes;
using PersonalCareApi.Reference.Instruments;
using PersonalCareApi.Rendering.Charts;

namespace PersonalCareApi.Tests.Rendering;

/// <summary>Charts for any number of scores: well formed, within their bounds, in colours that follow the reader's system.</summary>
[TestFixture]
internal sealed class OutcomeChartTests
{
    private static readonly InstrumentLibrary Library = InstrumentLibrary.Load();

    private static readonly DateTimeOffset Begin = new(2016, 1, 4, 9, 30, 0, TimeSpan.Zero);

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(20)]
    [TestCase(500)]
    [TestCase(1200)]
    public void Nothing_lies_outside_and_every_score_is_marked(int count)
    {
        var svg = Drawn(Library.Find("phq-9")!, Enumerable.Range(0, count).Select(week => week % 28));
        var (width, height) = (Length(svg, "width"), Length(svg, "height"));
        var texts = svg.Descendants().Where(element => element.Name.LocalName == "text" && element.Attribute("x") is not null).ToList();

        Assert.That(texts.Select(text => Length(text, "x") + (0.6 * Length(text, "font-size") * text.Value.Length)), Is.All.LessThanOrEqualTo(width));
        Assert.That(texts.Select(text => Length(text, "y")), Is.All.InRange(0, height));
        Assert.That(svg.Descendants().Count(element => element.Name.LocalName == "ellipse"), Is.EqualTo(Math.Min(count, OutcomeSeries.MostPoints)));
        Assert.That(svg.ToString(), Has.Length.LessThan(400_000));
    }

    [Test]
    public void Every_colour_follows_the_scheme()
    {
        var svg = Drawn(Library.Find("phq-9")!, [20, 14, 8]);

        Assert.That(svg.ToString(), Does.Contain("prefers-color-scheme:dark").And.Not.Contain("rgb("));
        Assert.That(Palette.All.Select(ink => ink.Light).Concat(Palette.All.Select(ink => ink.Name)), Is.Unique);
    }

    /// <summary>WCAG 2.2: text at least 4.5:1 against the paper, lines at least 3:1 against each band, in both schemes.</summary>
    [Test]
    public void Text_and_lines_stand_out_in_light_and_in_dark()
    {
        foreach (var shown in new Func<Ink, string>[] { ink => ink.Light, ink => ink.Dark })
        {
            Assert.That(new[] { Palette.Text, Palette.Quiet }.Select(ink => Contrast(shown(ink), shown(Palette.Paper))), Is.All.AtLeast(4.5));
            Assert.That(
                from line in new[] { Palette.Score, Palette.Better, Palette.Worse, Palette.Cutoff, Palette.Phase }
                from ground in Palette.Bands.Append(Palette.Paper)
                select Contrast(shown(line), shown(ground)),
                Is.All.AtLeast(3));
        }
    }

    [Test]
    public void Markup_and_control_characters_in_names_do_no_harm()
    {
        var instrument = Library.Find("phq-9")!;
        var svg = Drawn(instrument with { Name = "<script>\u0001&amp;\"" }, [5, 6]);

        Assert.That(svg.Elements().First().Value, Does.StartWith("<script>&amp;\""));
        Assert.That(svg.Descendants().Select(element => element.Name.LocalName), Has.None.EqualTo("script"));
    }

    private static XElement Drawn(Instrument instrument, IEnumerable<int> scores)
    {
        var scale = new MeasuredScale(instrument, instrument.Total!);
        var all = scores.Select((score, week) => Assessed(scale, Begin.AddDays(7 * week), score)).ToList();
        List<SeriesEnd> ends = all.Count == 0 ? [] : [new(all[0], all.Count), new(all[^1], all.Count)];
        var newest = new Rows<Assessment>([.. all.AsEnumerable().Reverse().Take(OutcomeSeries.MostPoints + 1)], OutcomeSeries.MostPoints, all.Count);
        return XElement.Parse(OutcomeChart.Draw(OutcomeResponse.From(scale, ends, newest, Begin.AddDays(10)), scale));
    }

    private static Assessment Assessed(MeasuredScale scale, DateTimeOffset at, int score) => new()
    {
        Id = Ids.New(at),
        Version = 1,
        Status = Assessment.Final,
        Facts = new ItemFacts(Sensitivity.Psy, Guid.Empty, scale.Instrument.Code, at),
        AuthorKind = "client",
        InstrumentVersion = scale.Instrument.Version,
        RecordedAt = at,
        Content = new AssessmentContent
        {
            Language = "en",
            Mode = "SelfReport",
            Answers = [],
            Scored = new ScoredAssessment
            {
                Status = FormStatus.Final,
                Total = new ScaleScore(Scale.TotalCode, score, null, Prorated: false),
                Subscales = [],
                MissingItems = [],
                SkippedItems = [],
                LeftOutItems = [],
                Flags = [],
                Cutoffs = [],
                Algorithms = [],
            },
        },
    };

    private static double Length(XElement element, string attribute) => double.Parse(element.Attribute(attribute)!.Value, CultureInfo.InvariantCulture);

    private static double Contrast(string one, string other)
    {
        var (lighter, darker) = (Math.Max(Luminance(one), Luminance(other)), Math.Min(Luminance(one), Luminance(other)));
        return (lighter + 0.05) / (darker + 0.05);
    }

    private static double Luminance(string colour)
    {
        var channels = new[] { 1, 3, 5 }.Select(place => int.Parse(colour.AsSpan(place, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0)
            .Select(channel => channel <= 0.04045 ? channel / 12.92 : Math.Pow((channel + 0.055) / 1.055, 2.4)).ToList();
        return (0.2126 * channels[0]) + (0.7152 * channels[1]) + (0.0722 * channels[2]);
    }
}
