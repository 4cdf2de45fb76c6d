using PersonalCareApi.Domain.Instruments;

namespace PersonalCareApi.Domain.Tests.Instruments;

public sealed class Who5Tests
{
    private static readonly Instrument Who5 = Definitions.Of("who-5");

    [TestCase(5, 5, 5, 5, 5, 100, 25, false, false)]
    [TestCase(3, 3, 3, 2, 2, 52, 13, false, false, Description = "the lowest raw sum that is not poor")]
    [TestCase(3, 3, 2, 2, 2, 48, 12, true, false)]
    [TestCase(5, 5, 5, 5, 1, 84, 21, true, false, Description = "any item 0 or 1")]
    [TestCase(5, 5, 5, 5, 0, 80, 20, true, false)]
    [TestCase(2, 2, 2, 1, 1, 32, 8, true, false)]
    [TestCase(2, 2, 1, 1, 1, 28, 7, true, true, Description = "28 is in")]
    [TestCase(0, 0, 0, 0, 0, 0, 0, true, true)]
    public void The_percent_score_is_four_times_the_raw_sum(
        int cheerful, int calm, int active, int rested, int interested, int percent, int raw, bool poor, bool depression)
    {
        var scored = Who5.Scored(cheerful, calm, active, rested, interested);

        Assert.That((scored.Score, scored.Total!.Sum, scored.Status), Is.EqualTo(((decimal?)percent, (decimal?)raw, FormStatus.Final)));
        Assert.That(scored.Cutoffs.Select(cutoff => (cutoff.Code, cutoff.Met)), Is.EqualTo(new[]
        {
            ("poor-wellbeing", (bool?)poor), ("likely-depression", depression),
        }));
    }

    [Test]
    public void Nothing_may_be_missing()
    {
        var scored = Who5.Scored(5, 5, 5, 5);

        Assert.That((scored.Score, scored.Total!.Sum, scored.Status), Is.EqualTo(((decimal?)null, (decimal?)null, FormStatus.Incomplete)));
        Assert.That(scored.MissingItems, Is.EqualTo(new[] { "5" }));
    }

    [Test]
    public void A_cut_off_that_one_answer_decides_is_met_on_an_incomplete_form()
    {
        Assert.That(Who5.Scored(5, 1).Cutoffs.Select(cutoff => cutoff.Met), Is.EqualTo(new bool?[] { true, null }));
    }

    [Test]
    public void It_has_no_bands_and_no_wording()
    {
        Assert.That(Who5.Scored(3, 3, 3, 3, 3).Severity, Is.Null, "bands such as 51-79 moderate were never published");
        Assert.That(Who5.Items.SelectMany(item => item.Text), Is.Empty);
    }

    [Test]
    public void What_no_source_was_named_for_is_unconfirmed()
    {
        Assert.That((Who5.Change.ReliableChange!.Points, Who5.Change.ReliableChange.Status), Is.EqualTo((10m, FactStatus.Confirmed)));
        Assert.That(Who5.Cutoffs.Select(cutoff => cutoff.Status), Is.EqualTo(new[] { FactStatus.Confirmed, FactStatus.Unconfirmed }));
        Assert.That((Who5.Missing.Status, Who5.Licence.Confidence), Is.EqualTo((FactStatus.Unconfirmed, FactStatus.Unconfirmed)));
    }

    [Test]
    public void Its_cut_offs_speak_of_depression_so_it_is_labelled()
    {
        Assert.That(Who5.Labels, Is.EqualTo(Domain.Access.Sensitivity.Psy));
    }

    [TestCase(6)]
    [TestCase(-1)]
    [TestCase(2.5)]
    public void An_answer_outside_0_to_5_is_refused(double value)
    {
        Assert.That(Scoring.Score(Who5, [new Answer("1", (decimal)value)]).Faults.Single().Code, Is.EqualTo("out-of-range"));
    }
}
