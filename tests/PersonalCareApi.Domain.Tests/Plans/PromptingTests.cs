using PersonalCareApi.Domain.Instruments;
using PersonalCareApi.Domain.Plans;
using PersonalCareApi.Domain.Tests.Outcomes;

namespace PersonalCareApi.Domain.Tests.Plans;

/// <summary>When a rule asks those who care to look, and on what it then rests.</summary>
[TestFixture]
internal sealed class PromptingTests
{
    /// <summary>Six points of PHQ-9 and four of GAD-7 are reliable (NHS Talking Therapies); fewer are not, and better is not worse.</summary>
    [TestCase("phq-9", 8, 14, true)]
    [TestCase("phq-9", 8, 13, false)]
    [TestCase("phq-9", 14, 8, false)]
    [TestCase("gad-7", 5, 9, true)]
    [TestCase("gad-7", 5, 8, false)]
    public void Deterioration_goes_by_the_published_points(string instrument, int first, int latest, bool asks)
    {
        var raised = Prompting.Deterioration(Series.Total(instrument), Fact(0, first), Fact(7, latest));

        Assert.That(raised is not null, Is.EqualTo(asks));
        if (raised is not null)
        {
            Assert.That(raised.Source, Is.Not.Null);
            Assert.That(raised.Evidence, Has.Count.EqualTo(2));
            Assert.That((raised.Measured["first"], raised.Measured["latest"]), Is.EqualTo(((decimal)first, (decimal)latest)));
        }
    }

    [Test]
    public void Where_more_is_better_less_is_deterioration() =>
        Assert.That(
            Prompting.Deterioration(Series.Total("who-5"), Fact(0, 80), Fact(7, 8)) is not null,
            Is.EqualTo(Series.Total("who-5").Change.ReliableChange is not null));

    /// <summary>Schueller 2015: at least 17 at week 4, 13 at week 9, 9 at week 14.</summary>
    [TestCase(28, 17, true)]
    [TestCase(28, 16, false)]
    [TestCase(31, 17, true, TestName = "within half a week")]
    [TestCase(33, 17, false, TestName = "further than half a week")]
    [TestCase(63, 13, true)]
    [TestCase(98, 9, true)]
    [TestCase(98, 8, false)]
    public void A_week_off_track_goes_by_the_published_table(int day, int score, bool asks)
    {
        var raised = Prompting.NotOnTrack(Series.Total("phq-9"), [Fact(0, 20), Fact(day, score)]);

        Assert.That(raised is not null, Is.EqualTo(asks));
        Assert.That(raised?.Source, asks ? Does.Contain("Schueller 2015") : Is.Null);
    }

    [Test]
    public void No_other_instrument_has_a_table() =>
        Assert.That(Prompting.NotOnTrack(Series.Total("gad-7"), [Fact(0, 20), Fact(28, 21)]), Is.Null);

    [TestCase(new[] { -2, -2 }, new[] { 0, 28 }, true)]
    [TestCase(new[] { -2, -2 }, new[] { 0, 27 }, false, TestName = "not yet so long")]
    [TestCase(new[] { -2, -1, -2 }, new[] { 0, 14, 28 }, false, TestName = "it rose between")]
    [TestCase(new[] { -1, -2, -2 }, new[] { 0, 14, 28 }, true, TestName = "it fell")]
    [TestCase(new[] { 0, 0 }, new[] { 0, 28 }, false, TestName = "as expected")]
    [TestCase(new[] { -2, -1, -1 }, new[] { 0, 20, 50 }, true, TestName = "it rose before that")]
    [TestCase(new[] { -2 }, new[] { 0 }, false, TestName = "one level")]
    public void A_goal_has_stood_still_when_no_level_rose_for_so_many_days(int[] levels, int[] days, bool asks)
    {
        var facts = levels.Zip(days, (level, day) => Fact(day, level)).ToList();
        var raised = Prompting.StalledGoal(facts, days: 28);

        Assert.That(raised is not null, Is.EqualTo(asks));
        Assert.That(raised?.Status, asks ? Is.EqualTo(FactStatus.Unconfirmed) : Is.Null);
        Assert.That(raised?.Evidence, asks ? Does.Contain(facts[^1].Id) : Is.Null);
    }

    [TestCase(new[] { 8.0, 8, 8, 6 }, true)]
    [TestCase(new[] { 8.0, 8, 8, 6.5 }, false)]
    [TestCase(new[] { 8.0, 8, 6 }, false, TestName = "too few ratings")]
    [TestCase(new[] { 2.0, 8, 8, 8, 6 }, true, TestName = "only the ones just before")]
    [TestCase(new[] { 6.0, 8, 8, 8 }, false, TestName = "it rose")]
    public void The_alliance_falls_when_the_latest_rating_lies_below_the_mean_before_it(double[] ratings, bool asks)
    {
        List<PromptFact> facts = [.. ratings.Select((rating, week) => Fact(7 * week, (decimal)rating))];
        var raised = Prompting.FallingAlliance(facts, points: 2, before: 3);

        Assert.That(raised is not null, Is.EqualTo(asks));
        Assert.That(raised?.Evidence.Count, asks ? Is.EqualTo(4) : Is.Null);
        Assert.That(raised?.Source, Is.Null, "nothing has been published for this scale");
    }

    private static PromptFact Fact(int day, decimal value) => new(Ids.New(Series.Start.AddDays(day)), Series.Start.AddDays(day), value);
}
