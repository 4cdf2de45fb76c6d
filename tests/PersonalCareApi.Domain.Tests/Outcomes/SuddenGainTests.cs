using PersonalCareApi.Domain.Outcomes;

namespace PersonalCareApi.Domain.Tests.Outcomes;

[TestFixture]
internal sealed class SuddenGainTests
{
    /// <summary>The example of the R package suddengains: means 32 and 6, both SD 1, critical value 2.776.</summary>
    [Test]
    public void The_packages_example_is_a_sudden_gain()
    {
        var gain = Gains(32, 31, 33, 5, 6, 7).Single();

        Assert.That((gain.ScoreBefore, gain.ScoreAfter), Is.EqualTo((33m, 5m)));
        Assert.That((gain.MeanBefore, gain.MeanAfter), Is.EqualTo((32m, 6m)));
        Assert.That(gain.Threshold, Is.EqualTo(2.776m));
        Assert.That((gain.From, gain.To), Is.EqualTo((Series.Start.AddDays(14), Series.Start.AddDays(21))));
    }

    /// <summary>With a score less on each side: t 4.303 for 2 degrees of freedom, pooled SD √2.</summary>
    [Test]
    public void With_fewer_scores_around_it_more_is_asked()
    {
        var gain = Gains(31, 33, 5, 7).Single();

        Assert.That((gain.MeanBefore, gain.MeanAfter), Is.EqualTo((32m, 6m)));
        Assert.That(gain.Threshold, Is.EqualTo(6.0854m));
    }

    [TestCase(14, 14, 14, 9, 9, 9, TestName = "A fall of five is less than the reliable change of PHQ-9")]
    [TestCase(27, 27, 27, 21, 21, 21, TestName = "A fall of six of 27 is less than a quarter")]
    [TestCase(20, 8, 20, 12, 20, 9, TestName = "A fall between unsteady scores does not last")]
    [TestCase(5, 5, 5, 20, 20, 20, TestName = "A rise is none")]
    public void A_fall_that_misses_a_criterion_is_none(params int[] scores) => Assert.That(Gains(scores), Is.Empty);

    [Test]
    public void The_first_and_the_last_interval_have_too_little_beside_them() =>
        Assert.That(Gains(27, 10, 10, 10, 10, 2), Is.Empty);

    [TestCase("phq-9", 3, "too-few-points")]
    [TestCase("brs", 5, "no-definition")]
    [TestCase("who-5", 5, "no-definition")]
    [TestCase("k10", 5, "no-published-value")]
    public void Where_it_is_not_defined_the_reason_is_told(string instrument, int points, string reason) =>
        Assert.That(SuddenGain.Of(Series.Total(instrument), Series.Weekly(Enumerable.Repeat(3, points))).NotDefined?.Code, Is.EqualTo(reason));

    private static IReadOnlyList<SuddenGain> Gains(params int[] scores) => SuddenGain.Of(Series.Total("phq-9"), Series.Weekly(scores)).Value!;
}
