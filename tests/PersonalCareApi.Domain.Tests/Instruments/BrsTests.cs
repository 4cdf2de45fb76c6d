using PersonalCareApi.Domain.Instruments;

namespace PersonalCareApi.Domain.Tests.Instruments;

public sealed class BrsTests
{
    private static readonly Instrument Brs = Definitions.Of("brs");

    [TestCase(5, 1, 5, 1, 5, 1, 5, "high")]
    [TestCase(1, 5, 1, 5, 1, 5, 1, "low")]
    [TestCase(5, 5, 5, 5, 5, 5, 3, "normal", Description = "who agrees to everything stands in the middle")]
    [TestCase(3, 3, 3, 3, 2, 3, 2.8333, "low", Description = "17/6")]
    [TestCase(3, 3, 3, 3, 3, 3, 3, "normal", Description = "exactly 3.00 is normal")]
    [TestCase(4, 2, 4, 2, 4, 1, 4.1667, "normal", Description = "25/6")]
    [TestCase(5, 2, 4, 1, 4, 2, 4.3333, "high", Description = "26/6 is above 4.30")]
    public void The_mean_after_reversal_falls_in_the_band_of_the_unrounded_mean(
        int first, int second, int third, int fourth, int fifth, int sixth, double mean, string band)
    {
        var scored = Brs.Scored(first, second, third, fourth, fifth, sixth);

        Assert.That((scored.Score, scored.Severity!.Code), Is.EqualTo(((decimal?)(decimal)mean, band)));
    }

    [TestCase(1, "low")]
    [TestCase(2.9999, "low")]
    [TestCase(3, "normal")]
    [TestCase(4.3, "normal")]
    [TestCase(4.3001, "high")]
    [TestCase(5, "high")]
    public void The_bands_meet_at_3_00_and_4_30(double mean, string band)
    {
        Assert.That(Brs.Total!.Bands!.Of((decimal)mean)!.Code, Is.EqualTo(band));
    }

    [Test]
    public void The_second_fourth_and_sixth_items_are_reversed()
    {
        Assert.That(Brs.Items.Where(item => item.Reverse).Select(item => item.Number), Is.EqualTo(new[] { "2", "4", "6" }));
    }

    [Test]
    public void With_one_item_missing_the_others_give_the_mean()
    {
        var scored = Brs.Scored(4, 2, 4, 1, 4);

        Assert.That((scored.Score, scored.Severity!.Code, scored.Prorated, scored.Status), Is.EqualTo(((decimal?)4.2m, "normal", true, FormStatus.Final)));
        Assert.That(scored.MissingItems, Is.EqualTo(new[] { "6" }));
    }

    [Test]
    public void With_two_items_missing_there_is_no_score()
    {
        var scored = Brs.Scored(4, 2, 4, 1);

        Assert.That((scored.Score, scored.Severity, scored.Status), Is.EqualTo(((decimal?)null, (Severity?)null, FormStatus.Incomplete)));
    }

    [Test]
    public void Resilience_carries_no_label_and_ships_no_wording()
    {
        Assert.That(Brs.Labels, Is.EqualTo(Domain.Access.Sensitivity.None));
        Assert.That(Brs.Items.SelectMany(item => item.Text), Is.Empty);
    }

    [TestCase(0)]
    [TestCase(6)]
    public void An_answer_outside_1_to_5_is_refused(int value)
    {
        Assert.That(Scoring.Score(Brs, [new Answer("2", value)]).Faults.Single().Code, Is.EqualTo("out-of-range"));
    }
}
