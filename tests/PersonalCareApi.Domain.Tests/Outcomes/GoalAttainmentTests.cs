using PersonalCareApi.Domain.Outcomes;

namespace PersonalCareApi.Domain.Tests.Outcomes;

[TestFixture]
internal sealed class GoalAttainmentTests
{
    /// <summary>Worked by hand from the published formula, T = 50 + 10 Σwx / √(0.7 Σw² + 0.3 (Σw)²).</summary>
    [TestCase(new[] { 1 }, new[] { 1.0 }, 60)]
    [TestCase(new[] { -2 }, new[] { 5.0 }, 30)]
    [TestCase(new[] { 0, 0, 0 }, new[] { 1.0, 2.0, 3.0 }, 50)]
    [TestCase(new[] { 1, 1 }, new[] { 1.0, 1.0 }, 62.4035)]
    [TestCase(new[] { -1, -1 }, new[] { 1.0, 1.0 }, 37.5965)]
    [TestCase(new[] { 2, -2 }, new[] { 1.0, 1.0 }, 50)]
    [TestCase(new[] { -2, 0, -1, 2, 0, 1 }, new[] { 3.0, 5.0, 1.0, 4.0, 2.0, 6.0 }, 55)]
    [TestCase(new[] { 2, 1 }, new[] { 0.0, 3.0 }, 60)]
    public void The_score_is_that_of_the_formula(int[] levels, double[] weights, double score) =>
        Assert.That(GoalAttainment.TScore(Goals(levels, weights)), Is.EqualTo((decimal)score));

    [Test]
    public void Without_goals_or_weights_there_is_no_score()
    {
        Assert.That(GoalAttainment.TScore([]), Is.Null);
        Assert.That(GoalAttainment.TScore([new GoalLevel(0, 2), new GoalLevel(0, -1)]), Is.Null);
    }

    [TestCase(3, 1)]
    [TestCase(-3, 1)]
    [TestCase(0, -1)]
    public void A_level_or_weight_that_cannot_be_is_refused(int level, int weight) =>
        Assert.That(() => GoalAttainment.TScore([new GoalLevel(weight, level)]), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public void The_score_is_symmetrical_about_50_does_not_depend_on_the_unit_of_weight_and_rises_with_every_level()
    {
        var random = new Random(20261122);
        for (var round = 0; round < 500; round++)
        {
            var goals = Enumerable.Range(0, random.Next(1, 8)).Select(_ => new GoalLevel(random.Next(1, 100), random.Next(-2, 3))).ToList();
            var score = GoalAttainment.TScore(goals)!.Value;

            Assert.That(GoalAttainment.TScore([.. goals.Select(goal => goal with { Level = -goal.Level })]), Is.EqualTo(100 - score).Within(0.0001m));
            Assert.That(GoalAttainment.TScore([.. goals.Select(goal => goal with { Weight = goal.Weight / 4 })]), Is.EqualTo(score).Within(0.0001m));
            var raised = goals.FindIndex(goal => goal.Level < 2);
            if (raised >= 0)
            {
                goals[raised] = goals[raised] with { Level = goals[raised].Level + 1 };
                Assert.That(GoalAttainment.TScore(goals), Is.GreaterThan(score));
            }
        }
    }

    private static List<GoalLevel> Goals(int[] levels, double[] weights) =>
        [.. levels.Zip(weights, (level, weight) => new GoalLevel((decimal)weight, level))];
}
