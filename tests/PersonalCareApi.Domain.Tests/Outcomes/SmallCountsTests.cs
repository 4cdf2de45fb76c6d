using PersonalCareApi.Domain.Outcomes;

namespace PersonalCareApi.Domain.Tests.Outcomes;

/// <summary>No count that is told, and no difference between two, is that of a few people.</summary>
[TestFixture]
internal sealed class SmallCountsTests
{
    [TestCase(new[] { 20, 10, 12 }, "20 10 12")]
    [TestCase(new[] { 20, 3, 12 }, "20 - -", TestName = "the next smallest goes with it")]
    [TestCase(new[] { 20, 0, 12 }, "20 - -", TestName = "a zero tells of everybody")]
    [TestCase(new[] { 20, 1, 2 }, "- - -", TestName = "two that are few together take a third with them")]
    [TestCase(new[] { 20, 4, 3 }, "20 - -", TestName = "two that are not few together are enough")]
    [TestCase(new[] { 1, 1, 1 }, "- - -")]
    [TestCase(new[] { 0, 0 }, "- -")]
    public void Small_counts_are_not_told_nor_can_they_be_computed(int[] counts, string told) =>
        Assert.That(string.Join(' ', SmallCounts.Hide(counts, 5).Select(count => count?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "-")), Is.EqualTo(told));

    [Test]
    public void What_lies_between_two_tables_is_a_count_too()
    {
        Assert.That(SmallCounts.Hide([20, 10, 12], 5, within: [22, 20, 30]), Is.EqualTo(new int?[] { null, null, 12 }));
        Assert.That(SmallCounts.Hide([20, 10, 12], 5, within: [20, 20, 30]), Is.EqualTo(new int?[] { 20, 10, 12 }));
    }

    [Test]
    public void In_random_tables_nothing_told_is_few_and_nothing_hidden_is_alone()
    {
        var random = new Random(1);
        for (var draw = 0; draw < 5000; draw++)
        {
            int[] counts = [.. Enumerable.Range(0, random.Next(2, 6)).Select(_ => random.Next(0, 15))];
            var told = SmallCounts.Hide(counts, 5);
            var hidden = counts.Where((_, index) => told[index] is null).ToList();

            Assert.That(told.OfType<int>(), Is.All.GreaterThanOrEqualTo(5));
            Assert.That(hidden.Count is 0 || hidden.Count == counts.Length || (hidden.Count > 1 && hidden.Sum() >= 5), string.Join(' ', counts));
        }
    }
}
