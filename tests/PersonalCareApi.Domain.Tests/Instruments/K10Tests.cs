using PersonalCareApi.Domain.Instruments;

namespace PersonalCareApi.Domain.Tests.Instruments;

public sealed class K10Tests
{
    private static readonly Instrument K10 = Definitions.Of("k10");

    [TestCase(10, "low")]
    [TestCase(15, "low")]
    [TestCase(16, "moderate")]
    [TestCase(21, "moderate")]
    [TestCase(22, "high")]
    [TestCase(29, "high")]
    [TestCase(30, "very-high")]
    [TestCase(50, "very-high")]
    public void The_sum_of_the_Australian_scoring_falls_in_the_published_band(int total, string band)
    {
        var scored = K10.Scored(WithTotal(total));

        Assert.That((scored.Score, scored.Severity!.Code, scored.Status), Is.EqualTo(((decimal?)total, band, FormStatus.Final)));
    }

    [Test]
    public void Never_nervous_and_never_restless_answer_the_stronger_items()
    {
        var scored = K10.Scored(2, 1, null, 2, 1, null, 2, 2, 2, 2);

        Assert.That((scored.Score, scored.Severity!.Code, scored.Prorated), Is.EqualTo(((decimal?)16, "moderate", false)));
        Assert.That(scored.SkippedItems, Is.EqualTo(new[] { "3", "6" }));
        Assert.That(scored.MissingItems, Is.Empty);
    }

    [Test]
    public void A_skipped_item_may_come_with_1_and_with_nothing_else()
    {
        Assert.That(K10.Scored(Definitions.Same(1, 10)).Score, Is.EqualTo(10));

        var result = Scoring.Score(K10, Definitions.Answers(1, 1, 2, 1, 1, 1, 1, 1, 1, 1));
        Assert.That(result.Faults.Select(fault => (fault.Item, fault.Code)), Is.EqualTo(new[] { ("3", "contradicts-skip") }));
    }

    [Test]
    public void With_one_item_missing_the_sum_is_prorated_and_rounded_only_for_its_band()
    {
        // 14 points over 9 items: 14 × 10 / 9 = 15.5556, and 16 begins the next band.
        var scored = K10.Scored(2, 2, 2, 2, 2, 1, 1, 1, 1, null);

        Assert.That((scored.Score, scored.Severity!.Code, scored.Prorated), Is.EqualTo(((decimal?)15.5556m, "moderate", true)));
        Assert.That(scored.MissingItems, Is.EqualTo(new[] { "10" }));
    }

    [Test]
    public void With_two_items_missing_there_is_no_score()
    {
        var scored = K10.Scored(2, 2, 2, 2, 2, 2, 2, 2);

        Assert.That((scored.Score, scored.Status), Is.EqualTo(((decimal?)null, FormStatus.Incomplete)));
    }

    [Test]
    public void The_American_zero_is_refused()
    {
        Assert.That(Scoring.Score(K10, [new Answer("1", 0)]).Faults.Single().Code, Is.EqualTo("out-of-range"));
    }

    [Test]
    public void What_no_source_was_named_for_is_unconfirmed()
    {
        Assert.That(K10.Total!.Bands!.Status, Is.EqualTo(FactStatus.Confirmed));
        Assert.That(K10.Skips.Select(skip => skip.Status), Is.All.EqualTo(FactStatus.Unconfirmed));
        Assert.That((K10.Missing.Status, K10.Licence.Confidence), Is.EqualTo((FactStatus.Unconfirmed, FactStatus.Unconfirmed)));
        Assert.That(K10.Labels, Is.EqualTo(Domain.Access.Sensitivity.Psy));
        Assert.That(K10.Items.SelectMany(item => item.Text), Is.Empty);
    }

    // Items 2 and 5 are filled first, so that no skip rule is met before items 3 and 6 are above 1.
    private static decimal?[] WithTotal(int total)
    {
        decimal?[] values = Definitions.Same(1, 10);
        int[] order = [1, 4, 0, 2, 3, 5, 6, 7, 8, 9];
        for (var left = total - 10; left > 0; left--)
        {
            values[order[(total - 10 - left) % 10]]++;
        }

        return values;
    }
}
