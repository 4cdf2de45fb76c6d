using PersonalCareApi.Domain.Outcomes;

namespace PersonalCareApi.Domain.Tests.Outcomes;

[TestFixture]
internal sealed class OnTrackTests
{
    /// <summary>Schueller 2015: 17 or more at week 4, 13 at week 9, 9 at week 14.</summary>
    [TestCase(4, 17, true)]
    [TestCase(4, 16, false)]
    [TestCase(9, 13, true)]
    [TestCase(9, 12, false)]
    [TestCase(14, 9, true)]
    [TestCase(14, 8, false)]
    public void Each_published_week_has_its_own_cut(int week, int score, bool offTrack)
    {
        var weeks = Enumerable.Repeat(score, 15);
        var track = OnTrack.Of(Series.Total("phq-9"), Series.Start, Series.Weekly(weeks)).Value!;

        Assert.That(track.Weeks.Select(one => one.Cut.Week), Is.EqualTo([4, 9, 14]));
        Assert.That(track.Weeks.Single(one => one.Cut.Week == week).OffTrack, Is.EqualTo(offTrack));
        Assert.That(track.Source, Does.Contain("Schueller 2015"));
    }

    [Test]
    public void Without_an_assessment_within_half_a_week_nothing_is_claimed()
    {
        ScoredPoint[] points = [new(Series.Start, 20), new(Series.Start.AddDays(24.4), 20), new(Series.Start.AddDays(31.6), 20)];

        Assert.That(OnTrack.Of(Series.Total("phq-9"), Series.Start, points).Value!.Weeks.Select(week => week.OffTrack), Is.All.Null);
    }

    [Test]
    public void The_nearest_assessment_stands_for_the_week()
    {
        ScoredPoint[] points = [new(Series.Start.AddDays(25), 10), new(Series.Start.AddDays(29), 17), new(Series.Start.AddDays(31), 10)];

        Assert.That(OnTrack.Of(Series.Total("phq-9"), Series.Start, points).Value!.Weeks[0].OffTrack, Is.True);
    }

    [TestCase("gad-7")]
    [TestCase("core-10")]
    public void Without_a_published_table_it_is_not_defined(string instrument) =>
        Assert.That(OnTrack.Of(Series.Total(instrument), Series.Start, Series.Weekly(20, 18)).NotDefined?.Code, Is.EqualTo("no-published-value"));
}
