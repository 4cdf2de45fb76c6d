using CsCheck;
using PersonalCareApi.Domain.Instruments;
using PersonalCareApi.Domain.Outcomes;

namespace PersonalCareApi.Domain.Tests.Outcomes;

[TestFixture]
internal sealed class NonOverlapTests
{
    private static readonly Gen<List<decimal>> Scores = Gen.Int[0, 12].Select(score => (decimal)score).List[1, 14];

    /// <summary>Parker, Vannest &amp; Davis 2011; Parker et al. 2011; Tarlow 2017.</summary>
    [TestCase(new[] { 20, 20, 26, 25, 22, 23 }, new[] { 28, 25, 24, 27, 30, 30, 29 }, 38.5 / 42, 35.0 / 42, 31.0 / 42)]
    [TestCase(new[] { 3, 3, 4, 5 }, new[] { 4, 5, 6, 7, 7 }, 0.90, 16.0 / 20, 11.0 / 20)]
    [TestCase(new[] { 1, 2, 3, 4, 5 }, new[] { 6, 7, 8, 9, 10 }, 1, 1, 0.60)]
    public void The_published_examples_come_out(int[] before, int[] after, double nap, double tau, double tauU)
    {
        var overlap = NonOverlap.Of([.. before], [.. after.Select(score => (decimal)score)], HigherIs.Better);

        Assert.That(overlap.Nap, Is.EqualTo(Math.Round((decimal)nap, 4)));
        Assert.That(overlap.Tau, Is.EqualTo(Math.Round((decimal)tau, 4)));
        Assert.That(overlap.TauU, Is.EqualTo(Math.Round((decimal)tauU, 4)));
    }

    /// <summary>A baseline that gets better by itself, and a worse phase after it: S_AB −25, S_A 10, over 25 pairs.</summary>
    [Test]
    public void Tau_U_is_not_clamped()
    {
        var overlap = NonOverlap.Of([6, 7, 8, 9, 10], [1, 2, 3, 4, 5], HigherIs.Better);

        Assert.That(overlap.TauU, Is.EqualTo(-1.4m));
        Assert.That(overlap.BaselineTrend, Is.EqualTo(10));
    }

    [Test]
    public void NAP_lies_between_0_and_1_and_Tau_is_twice_NAP_less_one() =>
        Gen.Select(Scores, Scores).Sample((before, after) =>
        {
            var overlap = NonOverlap.Of(before, after, HigherIs.Worse);
            return overlap.Nap is >= 0 and <= 1
                && Math.Abs(overlap.Tau - ((2 * overlap.Nap) - 1)) <= 0.0002m
                && overlap.Improved + overlap.Worsened + overlap.Ties == before.Count * after.Count;
        });

    [Test]
    public void The_other_direction_turns_every_sign() =>
        Gen.Select(Scores, Scores).Sample((before, after) =>
        {
            var one = NonOverlap.Of(before, after, HigherIs.Better);
            var other = NonOverlap.Of(before, after, HigherIs.Worse);
            return one.TauU == -other.TauU && one.Tau == -other.Tau && one.BaselineTrend == -other.BaselineTrend
                && Math.Abs(one.Nap + other.Nap - 1) <= 0.0001m;
        });

    [Test]
    public void Reflected_scores_are_the_other_direction() =>
        Gen.Select(Scores, Scores).Sample((before, after) =>
            NonOverlap.Of(before, after, HigherIs.Better) == NonOverlap.Of(
                [.. before.Select(score => 12 - score)], [.. after.Select(score => 12 - score)], HigherIs.Worse));

    [TestCase(4, 5)]
    [TestCase(5, 4)]
    [TestCase(0, 9)]
    public void Too_few_points_are_refused(int before, int after)
    {
        var points = Series.Weekly(Enumerable.Repeat(10, before + after));
        var phases = Phase.Divide(points, [Series.Start.AddDays((7 * before) - 1)]);

        Assert.That(Phase.Compare(Series.Total("phq-9"), phases).Value!.Single().NotDefined?.Code, Is.EqualTo("too-few-points"));
    }

    [Test]
    public void Phases_are_compared_each_with_the_one_before_it()
    {
        var points = Series.Weekly(20, 20, 20, 20, 20, 15, 15, 15, 15, 15, 16, 16, 16, 16, 16);
        var phases = Phase.Divide(points, [points[10].At, points[5].At]);

        Assert.That(phases.Select(phase => phase.Points.Count), Is.EqualTo([5, 5, 5]));
        Assert.That(phases.Select(phase => phase.From), Is.EqualTo(new DateTimeOffset?[] { null, points[5].At, points[10].At }));
        Assert.That(Phase.Compare(Series.Total("phq-9"), phases).Value!.Select(one => one.Value!.Nap), Is.EqualTo([1m, 0m]));
    }

    [Test]
    public void One_phase_and_a_scale_without_direction_have_nothing_to_compare()
    {
        var points = Series.Weekly(Enumerable.Repeat(3, 12));

        Assert.That(Phase.Compare(Series.Total("phq-9"), Phase.Divide(points, [])).NotDefined?.Code, Is.EqualTo("no-phases"));
        Assert.That(
            Phase.Compare(Series.Of("mini-ipip", "intellect"), Phase.Divide(points, [points[6].At])).Value!.Single().NotDefined?.Code,
            Is.EqualTo("neutral-scale"));
    }
}
