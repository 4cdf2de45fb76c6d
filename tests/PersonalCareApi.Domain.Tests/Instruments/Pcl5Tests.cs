using PersonalCareApi.Domain.Instruments;

namespace PersonalCareApi.Domain.Tests.Instruments;

public sealed class Pcl5Tests
{
    private static readonly Instrument Pcl5 = Definitions.Of("pcl-5");

    [Test]
    public void The_total_is_the_sum_of_its_four_clusters()
    {
        var scored = Pcl5.Scored(1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 1);

        Assert.That(scored.Score, Is.EqualTo(41));
        Assert.That(scored.Subscales.Select(scale => (scale.Code, scale.Score)), Is.EqualTo(new[]
        {
            ("B", (decimal?)10), ("C", 3), ("D", 17), ("E", 11),
        }));
    }

    [Test]
    public void The_largest_scores_are_80_20_8_28_and_24_and_none_has_a_band()
    {
        var scored = Pcl5.Scored(Definitions.Same(4, 20));

        Assert.That(scored.Subscales.Prepend(scored.Total!).Select(scale => scale.Score), Is.EqualTo(new decimal?[] { 80, 20, 8, 28, 24 }));
        Assert.That(scored.Subscales.Prepend(scored.Total!).Select(scale => scale.Severity), Is.All.Null, "no severity ranges were ever derived");
    }

    [TestCase(32, false)]
    [TestCase(33, true)]
    public void Provisional_PTSD_begins_at_33(int total, bool met)
    {
        var scored = Pcl5.Scored([.. Enumerable.Range(0, 20).Select(item => (decimal?)Math.Clamp(total - (4 * item), 0, 4))]);

        Assert.That((scored.Score, scored.Cutoffs.Single().Met), Is.EqualTo(((decimal?)total, (bool?)met)));
    }

    [TestCase("1 6 8 9 15 17", true)]
    [TestCase("5 7 13 14 19 20", true)]
    [TestCase("6 8 9 15 17", false, Description = "nothing of B")]
    [TestCase("1 8 9 15 17", false, Description = "nothing of C")]
    [TestCase("1 6 8 15 17", false, Description = "one of D")]
    [TestCase("1 6 8 9 15", false, Description = "one of E")]
    public void The_DSM_5_rule_takes_1_of_B_1_of_C_2_of_D_and_2_of_E_from_2_up(string present, bool met)
    {
        Assert.That(With(present, 2).Algorithms.Single().Met, Is.EqualTo(met));
        Assert.That(With(present, 1).Algorithms.Single().Met, Is.False, "1 does not count");
    }

    [Test]
    public void The_rule_and_the_cut_off_are_different_questions()
    {
        var ruleOnly = With("1 6 8 9 15 17", 2);
        var cutoffOnly = Pcl5.Scored(2, 0, 0, 0, 0, 0, 2, 2, 1, 1, 1, 1, 1, 1, 4, 4, 4, 4, 4, 4);

        Assert.That((ruleOnly.Score, ruleOnly.Cutoffs.Single().Met), Is.EqualTo(((decimal?)12, (bool?)false)));
        Assert.That((cutoffOnly.Score, cutoffOnly.Cutoffs.Single().Met, cutoffOnly.Algorithms.Single().Met), Is.EqualTo(((decimal?)36, (bool?)true, (bool?)false)));
    }

    [TestCase(1, false)]
    [TestCase(2, true)]
    public void Risk_taking_is_flagged_from_2(int value, bool flagged)
    {
        var scored = With("16", value);

        Assert.That(scored.Flags, Is.EqualTo(flagged ? [new Flag("risk-behaviour-review", "16", value)] : Array.Empty<Flag>()));
    }

    [Test]
    public void Nothing_may_be_missing_but_what_is_known_is_told()
    {
        List<Answer> answers = [.. new[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16 }.Select(item => new Answer($"{item}", 2))];

        var scored = Pcl5.ScoredFrom(answers);

        Assert.Multiple(() =>
        {
            Assert.That((scored.Score, scored.Status), Is.EqualTo(((decimal?)null, FormStatus.Incomplete)));
            Assert.That(scored.Subscales.Select(scale => scale.Score), Is.EqualTo(new decimal?[] { 10, 4, null, null }));
            Assert.That(scored.MissingItems, Is.EqualTo(new[] { "10", "11", "12", "13", "14", "17", "18", "19", "20" }));
            Assert.That(scored.Flags.Single().Item, Is.EqualTo("16"));
            Assert.That(scored.Algorithms.Single().Met, Is.True, "whatever the missing answers are");
            Assert.That(scored.Cutoffs.Single().Met, Is.Null);
        });
    }

    [Test]
    public void An_answer_of_the_older_17_item_checklist_is_refused()
    {
        var result = Scoring.Score(Pcl5, [new Answer("1", 5), new Answer("21", 1)]);

        Assert.That(result.Faults.Select(fault => fault.Code), Is.EqualTo(new[] { "out-of-range", "unknown-item" }));
    }

    [Test]
    public void The_definition_carries_the_published_codes_wording_and_change_rules()
    {
        Assert.Multiple(() =>
        {
            Assert.That((Pcl5.Loinc.Panel, Pcl5.Loinc.Total), Is.EqualTo(("101697-1", "101698-9")));
            Assert.That(Pcl5.Items.Select(item => item.Loinc), Is.All.Null, "item codes are not confirmed");
            Assert.That((Pcl5.Change.ReliableChange!.Points, Pcl5.Change.ClinicalRange!.Value), Is.EqualTo((15m, 28m)));
            Assert.That((Pcl5.Change.MinimalImportant[0].Points, Pcl5.Change.MinimalImportant[0].PointsUpTo), Is.EqualTo(((decimal?)9, (decimal?)12)));
            Assert.That(Pcl5.Items[16].Text["en"], Is.EqualTo("Being “superalert” or watchful or on guard?"));
            Assert.That(Pcl5.Critical.Single().Status, Is.EqualTo(FactStatus.Unconfirmed));
            Assert.That(Pcl5.Labels, Is.EqualTo(Domain.Access.Sensitivity.Psy));
        });
    }

    /// <summary>A form with this answer to the items named and 0 to all others.</summary>
    private static ScoredAssessment With(string items, int value) =>
        Pcl5.Scored([.. Enumerable.Range(1, 20).Select(item => (decimal?)(items.Split(' ').Contains($"{item}") ? value : 0))]);
}
