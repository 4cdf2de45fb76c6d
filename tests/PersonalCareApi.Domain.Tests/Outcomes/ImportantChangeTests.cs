using PersonalCareApi.Domain.Outcomes;

namespace PersonalCareApi.Domain.Tests.Outcomes;

[TestFixture]
internal sealed class ImportantChangeTests
{
    /// <summary>PHQ-9: 1.7 points, or 21 % of the first score (PMC9340848).</summary>
    [TestCase(15, 11, true, true)]
    [TestCase(15, 12, true, false)]
    [TestCase(15, 14, false, false)]
    [TestCase(15, 20, false, false)]
    public void Points_and_percent_are_judged_apart(int first, int latest, bool points, bool percent)
    {
        var published = ImportantChange.Between(Series.Total("phq-9"), first, latest).Value![0];

        Assert.That(published.PointsReached, Is.EqualTo(points));
        Assert.That(published.PercentReached, Is.EqualTo(percent));
    }

    /// <summary>PCL-5: 9 to 12 points (Blanchard 2023).</summary>
    [TestCase(38, true)]
    [TestCase(40, null)]
    [TestCase(42, false)]
    public void Within_a_published_range_nothing_is_claimed(int latest, bool? reached) =>
        Assert.That(ImportantChange.Between(Series.Total("pcl-5"), 50, latest).Value![0].PointsReached, Is.EqualTo(reached));

    [Test]
    public void Where_higher_is_better_an_improvement_is_a_rise()
    {
        Assert.That(ImportantChange.Between(Series.Total("who-5"), 40, 52).Value![0].PointsReached, Is.True);
        Assert.That(ImportantChange.Between(Series.Total("who-5"), 52, 40).Value![0].PointsReached, Is.False);
        Assert.That(ImportantChange.Between(Series.Total("brs"), 2, 4).NotDefined?.Code, Is.EqualTo("no-published-value"));
        Assert.That(ImportantChange.Between(Series.Of("mini-ipip", "intellect"), 2, 4).NotDefined?.Code, Is.EqualTo("neutral-scale"));
    }

    /// <summary>PHQ-9: a fall of at least half is a response (10.1176/appi.ps.201900295).</summary>
    [TestCase(16, 8, 50, true)]
    [TestCase(16, 9, 43.75, false)]
    [TestCase(10, 12, -20, false)]
    public void A_fall_by_half_is_a_response(int first, int latest, double percent, bool reached)
    {
        var response = TreatmentResponse.Between(Series.Total("phq-9"), first, latest).Value!;

        Assert.That(response.Percent, Is.EqualTo((decimal)percent));
        Assert.That(response.Reached, Is.EqualTo(reached));
    }

    [Test]
    public void Nothing_falls_from_zero() =>
        Assert.That(TreatmentResponse.Between(Series.Total("phq-9"), 0, 4).NotDefined?.Code, Is.EqualTo("no-fall"));
}
