using PersonalCareApi.Domain.Instruments;

namespace PersonalCareApi.Domain.Tests.Instruments;

public sealed class AnswerFaultTests
{
    [Test]
    public void Every_fault_is_named_at_once_with_its_index()
    {
        var result = Scoring.Score(Definitions.Phq9,
        [
            new Answer("1", 4),
            new Answer("10", 1),
            new Answer("2", 1),
            new Answer("2", 2),
            new Answer("3"),
            new Answer("4", 1, Declined: true),
            new Answer("5", 1.5m),
            new Answer("6", -1),
            new Answer("7", Text: "often"),
            new Answer("difficulty", 9),
            new Answer("8", 0),
        ]);

        Assert.That(result.Assessment, Is.Null);
        Assert.That(result.Faults.Select(fault => (fault.Index, fault.Item, fault.Member, fault.Code)), Is.EqualTo(new[]
        {
            (0, "1", "value", "out-of-range"),
            (1, "10", "item", "unknown-item"),
            (3, "2", "item", "duplicate-item"),
            (4, "3", "value", "value-required"),
            (5, "4", "declined", "declined-with-value"),
            (6, "5", "value", "out-of-range"),
            (7, "6", "value", "out-of-range"),
            (8, "7", "value", "value-required"),
            (9, "difficulty", "value", "out-of-range"),
        }));
    }

    [TestCase("01")]
    [TestCase(" 1")]
    [TestCase("")]
    [TestCase("total")]
    public void An_item_is_known_by_its_exact_number_only(string item)
    {
        Assert.That(Scoring.Score(Definitions.Phq9, [new Answer(item, 1)]).Faults.Single().Code, Is.EqualTo("unknown-item"));
    }

    [Test]
    public void One_answer_can_be_wrong_in_several_ways()
    {
        var result = Scoring.Score(Definitions.Phq9, [new Answer("1", 1), new Answer("1", 7, Declined: true)]);

        Assert.That(result.Faults.Select(fault => fault.Code), Is.EqualTo(new[] { "duplicate-item", "declined-with-value", "out-of-range" }));
    }

    [Test]
    public void A_whole_number_may_be_written_with_decimals()
    {
        Assert.That(Definitions.Phq9.ScoredFrom([.. Enumerable.Range(1, 9).Select(item => new Answer($"{item}", 2.00m))]).Score, Is.EqualTo(18));
    }

    [Test]
    public void A_free_text_item_takes_words_and_nothing_else()
    {
        var result = Scoring.Score(Definitions.Of("cfi"),
        [
            new Answer("1", Text: "We call it thinking too much."),
            new Answer("2", 1),
            new Answer("3"),
            new Answer("4", Text: " "),
            new Answer("5", Declined: true),
            new Answer("6", Declined: true, Text: "no"),
        ]);

        Assert.That(result.Faults.Select(fault => (fault.Index, fault.Member, fault.Code)), Is.EqualTo(new[]
        {
            (1, "value", "text-item"), (2, "text", "value-required"), (3, "text", "value-required"), (5, "declined", "declined-with-value"),
        }));
    }
}
