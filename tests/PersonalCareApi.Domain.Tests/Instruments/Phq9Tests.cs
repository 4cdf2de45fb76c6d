using PersonalCareApi.Domain.Instruments;

namespace PersonalCareApi.Domain.Tests.Instruments;

public sealed class Phq9Tests
{
    private static readonly Instrument Phq9 = Definitions.Phq9;

    [TestCase(0, "minimal")]
    [TestCase(4, "minimal")]
    [TestCase(5, "mild")]
    [TestCase(9, "mild")]
    [TestCase(10, "moderate")]
    [TestCase(14, "moderate")]
    [TestCase(15, "moderately-severe")]
    [TestCase(19, "moderately-severe")]
    [TestCase(20, "severe")]
    [TestCase(27, "severe")]
    public void Bands_begin_and_end_where_they_were_published(int total, string band)
    {
        var scored = Phq9.Scored(WithTotal(total));

        Assert.That((scored.Score, scored.Severity!.Code), Is.EqualTo(((decimal?)total, band)));
    }

    [Test]
    public void A_complete_form_is_final_and_not_prorated()
    {
        var scored = Phq9.Scored(2, 2, 2, 2, 2, 2, 1, 1, 0);

        Assert.Multiple(() =>
        {
            Assert.That(scored.Score, Is.EqualTo(14));
            Assert.That(scored.Severity, Is.EqualTo(new Severity("moderate", "moderate")));
            Assert.That(scored.Status, Is.EqualTo(AssessmentStatus.Final));
            Assert.That(scored.Prorated, Is.False);
            Assert.That(scored.MissingItems, Is.Empty);
            Assert.That(scored.Flags, Is.Empty);
            Assert.That(scored.Subscales, Is.Empty);
        });
    }

    [Test]
    public void One_missing_item_is_replaced_by_the_mean()
    {
        var scored = Phq9.Scored(null, 2, 1, 1, 1, 1, 1, 1, 1);

        Assert.That((scored.Score, scored.Prorated, scored.Status), Is.EqualTo(((decimal?)10.125m, true, AssessmentStatus.Final)));
        Assert.That(scored.MissingItems, Is.EqualTo(new[] { "1" }));
    }

    [Test]
    public void Two_missing_items_are_replaced_by_the_mean_and_given_to_four_decimals()
    {
        // 13 points over 7 items: 13 × 9 / 7 = 16.714…
        var scored = Phq9.Scored(3, 2, 2, 2, 2, 1, 1, null, null);

        Assert.That((scored.Score, scored.Severity!.Code), Is.EqualTo(((decimal?)16.7143m, "moderately-severe")));
        Assert.That(scored.MissingItems, Is.EqualTo(new[] { "8", "9" }));
    }

    [Test]
    public void Three_missing_items_leave_no_score_and_are_named()
    {
        var scored = Phq9.Scored(null, 2, null, 2, 2, 2, 2, null, 1);

        Assert.Multiple(() =>
        {
            Assert.That(scored.Score, Is.Null);
            Assert.That(scored.Severity, Is.Null);
            Assert.That(scored.Prorated, Is.False);
            Assert.That(scored.Status, Is.EqualTo(AssessmentStatus.Incomplete));
            Assert.That(scored.MissingItems, Is.EqualTo(new[] { "1", "3", "8" }));
            Assert.That(scored.Flags, Is.EqualTo(new[] { new Flag("suicide-risk-review", "9", 1) }), "flags are raised on incomplete forms");
        });
    }

    [TestCase(13, 16.7143, "moderately-severe", Description = "16.71 → 17")]
    [TestCase(11, 14.1429, "moderate", Description = "14.14 → 14")]
    [TestCase(7, 9, "mild")]
    public void A_prorated_score_is_rounded_only_to_choose_its_band(int points, double score, string band)
    {
        var scored = Phq9.Scored([.. WithTotal(points).Take(7)]);

        Assert.That((scored.Score, scored.Severity!.Code), Is.EqualTo(((decimal?)(decimal)score, band)));
    }

    [Test]
    public void A_prorated_score_rounds_up_into_a_band_whose_cut_off_it_does_not_reach()
    {
        // 12 points over 8 items are 13.5, half up 14; 13 are 14.625, half up 15: a band further, while 14.625 stays below 15.
        var half = Phq9.Scored([.. WithTotal(12).Take(8)]);
        var above = Phq9.Scored([.. WithTotal(13).Take(8)]);

        Assert.That((half.Score, half.Severity!.Code), Is.EqualTo(((decimal?)13.5m, "moderate")));
        Assert.That((above.Score, above.Severity!.Code), Is.EqualTo(((decimal?)14.625m, "moderately-severe")));
    }

    [Test]
    public void An_empty_form_is_incomplete()
    {
        var scored = Phq9.Scored([]);

        Assert.That((scored.Status, scored.Score, scored.MissingItems.Count), Is.EqualTo((AssessmentStatus.Incomplete, (decimal?)null, 9)));
    }

    [Test]
    public void A_declined_item_is_missing()
    {
        var answers = Definitions.Answers(1, 1, 1, 1, 1, 1, 1, 1);
        answers.Add(new Answer("9", Declined: true));

        var scored = Phq9.Scored(answers);

        Assert.That((scored.Score, scored.Prorated), Is.EqualTo(((decimal?)9, true)));
        Assert.That(scored.MissingItems, Is.EqualTo(new[] { "9" }));
        Assert.That(scored.Flags, Is.Empty);
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void Any_answer_above_zero_to_item_9_is_flagged_whatever_the_total(int value)
    {
        var scored = Phq9.Scored(0, 0, 0, 0, 0, 0, 0, 0, value);

        Assert.That(scored.Flags, Is.EqualTo(new[] { new Flag("suicide-risk-review", "9", value) }));
        Assert.That(scored.Severity!.Code, Is.EqualTo("minimal"));
    }

    [Test]
    public void The_difficulty_item_is_taken_and_changes_no_score()
    {
        var answers = Definitions.Answers(1, 1, 1, 1, 1, 1, 1, 1, 0);
        answers.Add(new Answer("difficulty", 3));

        Assert.That(Phq9.Scored(answers).Score, Is.EqualTo(8));
    }

    [TestCase(new[] { 2, 0, 2, 2, 2, 0, 0, 0, 1 }, true, false, Description = "five count, item 9 from 1")]
    [TestCase(new[] { 1, 1, 2, 2, 2, 2, 2, 2, 3 }, false, false, Description = "neither item 1 nor item 2 reaches 2")]
    [TestCase(new[] { 0, 2, 2, 2, 2, 1, 1, 1, 0 }, false, true, Description = "four count")]
    [TestCase(new[] { 3, 0, 0, 0, 0, 0, 0, 0, 1 }, false, true, Description = "two count")]
    [TestCase(new[] { 3, 0, 0, 0, 0, 0, 0, 0, 0 }, false, false, Description = "one counts")]
    [TestCase(new[] { 3, 3, 3, 3, 3, 3, 3, 3, 3 }, true, false, Description = "all count")]
    public void The_DSM_count_is_read_from_the_answers(int[] values, bool major, bool other)
    {
        var scored = Phq9.Scored([.. values.Select(value => (decimal?)value)]);

        Assert.That(scored.Algorithms, Is.EqualTo(new[]
        {
            new AlgorithmResult("major-depressive-syndrome", "major depressive syndrome (DSM count)", major),
            new AlgorithmResult("other-depressive-syndrome", "other depressive syndrome", other),
        }));
    }

    [Test]
    public void An_algorithm_that_missing_answers_could_decide_either_way_is_not_known()
    {
        var open = Phq9.Scored(2, 2, 2, 2, null, 0, 0, 0, 0);
        var decided = Phq9.Scored(2, 2, 2, 2, 2, null, null, null, null);

        Assert.That(open.Algorithms.Select(rule => rule.Met), Is.EqualTo(new bool?[] { null, null }));
        Assert.That(decided.Algorithms.Select(rule => rule.Met), Is.EqualTo(new bool?[] { true, false }));
    }

    [TestCase(4, false, true)]
    [TestCase(5, false, false)]
    [TestCase(9, false, false)]
    [TestCase(10, true, false)]
    public void Cut_offs_are_met_from_the_published_score_on(int total, bool caseness, bool remission)
    {
        var met = Phq9.Scored(WithTotal(total)).Cutoffs.ToDictionary(cutoff => cutoff.Code, cutoff => cutoff.Met);

        Assert.That((met["caseness"], met["mdd-screen"], met["remission"]), Is.EqualTo(((bool?)caseness, (bool?)caseness, (bool?)remission)));
        Assert.That(met["more-severe-depression"], Is.False);
    }

    [Test]
    public void Cut_offs_of_a_score_that_does_not_exist_are_not_known()
    {
        Assert.That(Phq9.Scored(1, 1, 1).Cutoffs.Select(cutoff => cutoff.Met), Is.All.Null);
    }

    [Test]
    public void The_definition_carries_the_published_codes_and_change_rules()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Phq9.Items.Select(item => item.Loinc), Is.EqualTo(new[]
            {
                "44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3", "44260-8",
            }));
            Assert.That((Phq9.Loinc.Panel, Phq9.Loinc.Total), Is.EqualTo(("44249-1", "44261-6")));
            Assert.That(Phq9.AnswerSets["frequency"].Options.Select(option => option.Loinc), Is.EqualTo(new[]
            {
                "LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9",
            }));
            Assert.That(Phq9.Change.ReliableChange!.Points, Is.EqualTo(6));
            Assert.That(Phq9.Change.ClinicalRange!.Value, Is.EqualTo(10));
            Assert.That(Phq9.Change.OnTrack!.Cuts, Is.EqualTo(new[]
            {
                new OnTrackCut(4, ConditionOp.AtLeast, 17), new OnTrackCut(9, ConditionOp.AtLeast, 13), new OnTrackCut(14, ConditionOp.AtLeast, 9),
            }));
            Assert.That(Phq9.Sensitivities, Is.EqualTo(new[] { "PSY" }));
            Assert.That(Phq9.Item("9")!.Text["en"], Is.EqualTo("Thoughts that you would be better off dead or of hurting yourself in some way"));
        });
    }

    private static decimal?[] WithTotal(int total) =>
        [.. Enumerable.Range(0, 9).Select(item => (decimal?)Math.Clamp(total - (3 * item), 0, 3))];
}
