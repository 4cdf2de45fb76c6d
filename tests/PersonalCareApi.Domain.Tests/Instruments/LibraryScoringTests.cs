using PersonalCareApi.Domain.Instruments;

namespace PersonalCareApi.Domain.Tests.Instruments;

/// <summary>The keys of the library against numbers typed from the reference: sums, reversals, bands at each edge, cut-offs, flags.</summary>
public sealed class LibraryScoringTests
{
    // One answer to every item: with reversed items the score is not the plain sum.
    [TestCase("phq-2", 3, "total", 6)]
    [TestCase("phq-4", 3, "total", 12)]
    [TestCase("phq-4", 2, "anxiety", 4)]
    [TestCase("audit", 4, "total", 40)]
    [TestCase("audit", 4, "consumption", 12)]
    [TestCase("audit", 4, "harm", 16)]
    [TestCase("dast-10", 0, "total", 1)]
    [TestCase("dast-10", 1, "total", 9)]
    [TestCase("dass-21", 1, "stress", 14)]
    [TestCase("dass-21", 3, "depression", 42)]
    [TestCase("k6", 4, "total", 24)]
    [TestCase("wsas", 8, "total", 40)]
    [TestCase("rses", 3, "total", 15)]
    [TestCase("brief-cope", 4, "religion", 8)]
    [TestCase("mspss", 7, "total", 7)]
    [TestCase("ismi-9", 4, "total", 3.3333)]
    [TestCase("vq", 6, "progress", 30)]
    [TestCase("vq", 6, "obstruction", 30)]
    [TestCase("c-nip", 3, "directiveness", 15)]
    [TestCase("c-nip", -3, "past-orientation", -9)]
    [TestCase("c-nip", 1, "emotional-intensity", 5)]
    [TestCase("isi", 4, "total", 28)]
    [TestCase("wai-sr", 5, "total", 60)]
    [TestCase("wai-sr", 2, "bond", 8)]
    [TestCase("pc-ptsd-5", 1, "total", 5)]
    [TestCase("gbo", 7, "total", 7)]
    [TestCase("ssosh-10", 5, "total", 3)]
    public void The_same_answer_to_every_item_scores_as_the_reference_has_it(string code, int answer, string scale, decimal score)
    {
        var instrument = Definitions.Of(code);

        Assert.That(Score(instrument.Scored(Definitions.Same(answer, instrument.Items.Count)), scale), Is.EqualTo(score));
    }

    [TestCase("rses", "3 0 3 3 0 0 3 0 0 3", 30)]
    [TestCase("rses", "0 3 0 0 3 3 0 3 3 0", 0)]
    [TestCase("dast-10", "1 1 0 1 1 1 1 1 1 1", 10)]
    [TestCase("dast-10", "0 0 1 0 0 0 0 0 0 0", 0)]
    [TestCase("ismi-9", "4 1 4 4 4 4 4 4 1", 4)]
    [TestCase("ismi-9", "1 4 1 1 1 1 1 1 4", 1)]
    [TestCase("ssosh-10", "5 1 5 1 1 5 1 5 1 5", 5)]
    [TestCase("ssosh-10", "1 5 1 5 5 1 5 1 5 1", 1)]
    public void Reversed_items_count_the_other_way_round(string code, string answers, decimal score) =>
        Assert.That(Definitions.Of(code).Scored(Values(answers)).Score, Is.EqualTo(score));

    [TestCase("phq-4", "total", "0 2 normal; 3 5 mild; 6 8 moderate; 9 12 severe")]
    [TestCase("audit", "total", "0 7 zone I low risk; 8 15 zone II hazardous; 16 19 zone III harmful; 20 40 zone IV possible dependence")]
    [TestCase("dast-10", "total", "0 0 none; 1 2 low; 3 5 moderate; 6 8 substantial; 9 10 severe")]
    [TestCase("dass-21", "depression", "0 9 normal; 10 13 mild; 14 20 moderate; 21 27 severe; 28 42 extremely severe")]
    [TestCase("dass-21", "anxiety", "0 7 normal; 8 9 mild; 10 14 moderate; 15 19 severe; 20 42 extremely severe")]
    [TestCase("dass-21", "stress", "0 14 normal; 15 18 mild; 19 25 moderate; 26 33 severe; 34 42 extremely severe")]
    [TestCase("wsas", "total", "0 9 subclinical; 10 20 significant impairment; 21 40 moderately severe or worse")]
    [TestCase("rses", "total", "0 14 low; 15 25 normal; 26 30 high")]
    [TestCase("isi", "total", "0 7 none; 8 14 subthreshold; 15 21 moderate; 22 28 severe")]
    [TestCase("mspss", "total", "1 2.9999 low; 3 5 moderate; 5.0001 7 high")]
    [TestCase("ismi-9", "total", "1 2 minimal; 2.0001 2.5 mild; 2.5001 3 moderate; 3.0001 4 severe")]
    public void Each_band_holds_at_both_its_edges(string code, string scale, string bands)
    {
        var found = Definitions.Of(code).Scales.Single(one => one.Code == scale).Bands!;
        foreach (var band in bands.Split("; ").Select(text => text.Split(' ', 3)))
        {
            Assert.That(found.Of(Number(band[0]))?.Label, Is.EqualTo(band[2]));
            Assert.That(found.Of(Number(band[1]))?.Label, Is.EqualTo(band[2]));
        }

        Assert.That(found.Ranges, Has.Count.EqualTo(bands.Split("; ").Length));
    }

    [TestCase("phq-2", "positive-screen", "1 1", "1 2")]
    [TestCase("phq-4", "anxiety-positive", "1 1 3 3", "1 2 0 0")]
    [TestCase("phq-4", "depression-positive", "3 3 1 1", "0 0 1 2")]
    [TestCase("audit", "hazardous-use", "1 1 1 1 1 1 1 0 0 0", "1 1 1 1 1 1 1 1 0 0")]
    [TestCase("audit", "possible-dependence", "1 1 1 1 1 1 0 0 0 0", "1 1 1 2 1 1 0 0 0 0")]
    [TestCase("dast-10", "possible-problem", "1 1 1 0 0 0 0 0 0 0", "1 1 0 0 0 0 0 0 0 0")]
    [TestCase("k6", "serious-mental-illness", "2 2 2 2 2 2", "3 2 2 2 2 2")]
    [TestCase("wsas", "significant-impairment", "2 2 2 2 1", "2 2 2 2 2")]
    [TestCase("ismi-9", "high", "3 3 3 2 2 2 2 2 2", "3 2 3 3 3 3 3 2 2")]
    [TestCase("pc-ptsd-5", "positive", "1 1 1 0 0", "1 1 1 1 0")]
    [TestCase("pc-ptsd-5", "positive-high-sensitivity", "1 1 0 0 0", "1 1 1 0 0")]
    [TestCase("isi", "clinical", "2 2 2 2 2 2 2", "3 2 2 2 2 2 2")]
    [TestCase("isi", "remission", "2 1 1 1 1 1 1", "1 1 1 1 1 1 1")]
    public void A_cut_off_is_met_from_its_number_on_and_not_before(string code, string cutoff, string before, string at)
    {
        Assert.That(Met(code, cutoff, Values(before)), Is.False);
        Assert.That(Met(code, cutoff, Values(at)), Is.True);
    }

    [TestCase("directiveness-strong-high", 8, "3 3 1 0 0", "3 3 2 0 0", 0)]
    [TestCase("directiveness-strong-low", -3, "-2 0 0 0 0", "-3 0 0 0 0", 0)]
    [TestCase("emotional-intensity-strong-high", 7, "3 3 0 0 0", "3 3 0 0 1", 5)]
    [TestCase("emotional-intensity-strong-low", -1, "0 0 0 0 0", "0 0 0 0 -1", 5)]
    [TestCase("past-orientation-strong-high", 3, "2 0 0", "3 0 0", 10)]
    [TestCase("past-orientation-strong-low", -3, "-2 0 0", "-3 0 0", 10)]
    [TestCase("warm-support-strong-high", 4, "3 0 0 0 0", "3 1 0 0 0", 13)]
    [TestCase("warm-support-strong-low", -4, "-3 0 0 0 0", "-3 -1 0 0 0", 13)]
    public void A_preference_is_strong_from_its_published_number_on(string cutoff, int number, string before, string at, int skip)
    {
        Assert.That(Values(at).Sum(), Is.EqualTo(number));
        Assert.That(Met("c-nip", cutoff, Placed(before, skip)), Is.False);
        Assert.That(Met("c-nip", cutoff, Placed(at, skip)), Is.True);
    }

    [TestCase("dass-21", "21", 1, 2, "hopelessness-review")]
    [TestCase("brief-cope", "4", 2, 3, "substance-coping-note")]
    [TestCase("c-ssrs-screen", "1", 0, 1, "suicide-risk-review")]
    [TestCase("c-ssrs-screen", "6", 0, 1, "suicide-risk-review")]
    public void A_flag_is_raised_from_its_trigger_on_whatever_else_is_missing(string code, string item, int quiet, int raised, string flag)
    {
        var instrument = Definitions.Of(code);

        Assert.That(instrument.ScoredFrom([new(item, quiet)]).Flags, Is.Empty);
        Assert.That(instrument.ScoredFrom([new(item, raised)]).Flags, Is.EqualTo(new[] { new Flag(flag, item, raised) }));
    }

    [Test]
    public void The_screener_tells_which_published_rule_the_answers_meet_and_no_level()
    {
        var screener = Definitions.Of("c-ssrs-screen");
        Assert.That(Rules(("1", 0), ("2", 0), ("6", 0)), Is.EqualTo("False False False"));
        Assert.That(Rules(("1", 1), ("2", 0), ("6", 0)), Is.EqualTo("False False True"));
        Assert.That(Rules(("1", 0), ("2", 1), ("3", 1), ("4", 0), ("5", 0), ("6", 0)), Is.EqualTo("False True True"));
        Assert.That(Rules(("1", 0), ("2", 0), ("6", 1), ("6-recent", 0)), Is.EqualTo("False True False"));
        Assert.That(Rules(("1", 0), ("2", 0), ("6", 1), ("6-recent", 1)), Is.EqualTo("True True False"));
        Assert.That(Rules(("1", 0), ("2", 0), ("6", 1)), Is.EqualTo("? True False"), "when it was is not known");
        Assert.That(screener.Scales, Is.Empty);

        string Rules(params (string Item, int Value)[] answers) => string.Join(' ',
            screener.ScoredFrom([.. answers.Select(answer => new Answer(answer.Item, answer.Value))]).Algorithms.Select(rule => rule.Met?.ToString() ?? "?"));
    }

    [Test]
    public void A_reversed_or_doubled_scale_is_prorated_before_it_is_doubled()
    {
        // Stress: 6 of 7 items answered 2 each: 2 × (12 × 7 / 6) = 28.
        var answers = Definitions.Same(2, 21);
        answers[0] = null;
        var stress = Definitions.Of("dass-21").Scored(answers).Subscales.Single(scale => scale.Code == "stress");
        Assert.That((stress.Score, stress.Prorated), Is.EqualTo(((decimal?)28, true)));

        // Two of three goals in use: (4 + 9) / 2.
        Assert.That(Definitions.Of("gbo").Scored(4, null, 9).Score, Is.EqualTo(6.5m));

        // RSES 9 of 10, item 10 missing: 11 × 10 / 9.
        Assert.That(Definitions.Of("rses").Scored(1, 1, 1, 1, 1, 2, 1, 2, 2, null).Score, Is.EqualTo(12.2222m));
    }

    [TestCase("phq-2")]
    [TestCase("k6")]
    [TestCase("mspss")]
    [TestCase("isi")]
    [TestCase("wai-sr")]
    [TestCase("ssosh-10")]
    [TestCase("dast-10")]
    public void Where_nothing_may_be_missing_a_form_that_lacks_an_item_has_no_score(string code)
    {
        var instrument = Definitions.Of(code);
        var answers = Definitions.Same(1, instrument.Items.Count);
        answers[^1] = null;

        Assert.That((instrument.Scored(answers).Score, instrument.Scored(answers).Status), Is.EqualTo(((decimal?)null, FormStatus.Incomplete)));
    }

    [Test]
    public void What_is_no_scored_questionnaire_has_no_total()
    {
        foreach (var code in new[] { "cfi", "c-ssrs-screen", "star-p", "brief-cope", "mini-ipip", "vq", "c-nip", "dass-21" })
        {
            Assert.That(Definitions.Of(code).Total, Is.Null, code);
        }
    }

    private static decimal? Score(ScoredAssessment scored, string scale) =>
        scale == Scale.TotalCode ? scored.Score : scored.Subscales.Single(one => one.Code == scale).Score;

    private static bool? Met(string code, string cutoff, decimal?[] answers) =>
        Definitions.Of(code).Scored(answers).Cutoffs.Single(one => one.Code == cutoff).Met;

    private static decimal?[] Placed(string answers, int skip) => [.. new decimal?[skip], .. Values(answers)];

    private static decimal?[] Values(string answers) => [.. answers.Split(' ').Select(value => (decimal?)Number(value))];

    private static decimal Number(string text) => decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
