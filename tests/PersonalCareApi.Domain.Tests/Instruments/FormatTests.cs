using PersonalCareApi.Domain.Instruments;

namespace PersonalCareApi.Domain.Tests.Instruments;

/// <summary>The one format holds instruments of every kind; each is scored as it was published.</summary>
public sealed class FormatTests
{
    [Test]
    public void Every_definition_here_and_every_one_that_ships_is_without_fault()
    {
        Assert.That(Definitions.All, Has.Count.GreaterThanOrEqualTo(17));
        foreach (var (code, file) in Definitions.All)
        {
            var parsed = Instrument.Parse(File.ReadAllText(file));
            Assert.That(parsed.Faults, Is.Empty, code);
            Assert.That(parsed.Instrument!.Code, Is.EqualTo(code), "a file is named after its instrument");
        }
    }

    [TestCase(new[] { 4, 4, 4, 4, 4 }, 20, "significant-impairment", Description = "exactly 20 belongs to the middle band")]
    [TestCase(new[] { 5, 4, 4, 4, 4 }, 21, "moderately-severe-or-worse")]
    [TestCase(new[] { 1, 2, 2, 2, 2 }, 9, "subclinical")]
    public void WSAS_takes_any_whole_number_from_0_to_8(int[] values, int total, string band)
    {
        var scored = Definitions.Of("wsas").Scored(All(values));

        Assert.That((scored.Score, scored.Severity!.Code), Is.EqualTo(((decimal?)total, band)));
    }

    [Test]
    public void WSAS_without_work_is_neither_rescaled_nor_banded()
    {
        List<Answer> answers = [new("not-working", 1), new("2", 8), new("3", 8), new("4", 8), new("5", 8)];

        var scored = Definitions.Of("wsas").ScoredFrom(answers);

        Assert.Multiple(() =>
        {
            Assert.That((scored.Score, scored.Severity, scored.Status), Is.EqualTo(((decimal?)32, (Severity?)null, FormStatus.Final)));
            Assert.That(scored.LeftOutItems, Is.EqualTo(new[] { "1" }));
            Assert.That(scored.MissingItems, Is.Empty);
            Assert.That(scored.Prorated, Is.False);
            Assert.That(scored.Cutoffs.Single().Met, Is.Null, "the cut-off was published for the whole scale");
        });
    }

    [Test]
    public void WSAS_with_work_answered_and_said_not_to_apply_contradicts_itself()
    {
        var result = Scoring.Score(Definitions.Of("wsas"), [.. Definitions.Answers(4, 4, 4, 4, 4), new Answer("not-working", 1)]);

        Assert.That(result.Faults.Select(fault => (fault.Index, fault.Code)), Is.EqualTo(new[] { (0, "contradicts-skip") }));
    }

    [Test]
    public void AUDIT_skips_to_the_end_and_is_complete()
    {
        var audit = Definitions.Of("audit");
        var never = audit.ScoredFrom([new("1", 0), new("9", 0), new("10", 2)]);
        var light = audit.ScoredFrom([new("1", 3), new("2", 0), new("3", 0), new("9", 0), new("10", 0)]);
        var unanswered = audit.ScoredFrom([new("1", 3), new("2", 1), new("3", 0), new("9", 0), new("10", 0)]);

        Assert.That((never.Score, never.Status, never.SkippedItems.Count), Is.EqualTo(((decimal?)2, FormStatus.Final, 7)));
        Assert.That((light.Score, light.Status, light.SkippedItems.Count), Is.EqualTo(((decimal?)3, FormStatus.Final, 5)));
        Assert.That((unanswered.Score, unanswered.Status), Is.EqualTo(((decimal?)null, FormStatus.Incomplete)));
        Assert.That(unanswered.MissingItems, Is.EqualTo(new[] { "4", "5", "6", "7", "8" }));
        Assert.That(unanswered.Subscales.Select(scale => scale.Score), Is.EqualTo(new decimal?[] { 4, null, null }));
    }

    [Test]
    public void AUDIT_steps_up_without_changing_the_total_or_the_zone()
    {
        var audit = Definitions.Of("audit");
        var each = audit.Scored(2, 1, 0, 2, 2, 2, 0, 0, 0, 0);
        var two = audit.Scored(2, 1, 0, 2, 2, 1, 1, 0, 0, 0);
        var injury = audit.Scored(1, 0, 1, 0, 0, 0, 0, 0, 4, 0);

        Assert.That((each.Score, each.Severity!.Code, each.Algorithms.Single().Met), Is.EqualTo(((decimal?)9, "zone-2", (bool?)true)));
        Assert.That(two.Algorithms.Single().Met, Is.False);
        Assert.That((injury.Score, injury.Severity!.Code, injury.Algorithms.Single().Met), Is.EqualTo(((decimal?)6, "zone-1", (bool?)true)));
        Assert.That(Scoring.Score(audit, [new Answer("9", 1)]).Faults.Single().Code, Is.EqualTo("out-of-range"), "items 9 and 10 take 0, 2, 4");
    }

    [Test]
    public void DASS_21_doubles_its_sums_and_bands_each_scale_by_itself()
    {
        // Ones everywhere: 14 on each scale, and 14 means something else on each.
        var scored = Definitions.Of("dass-21").Scored([.. Enumerable.Repeat((decimal?)1, 21)]);

        Assert.That(scored.Score, Is.Null);
        Assert.That(scored.Subscales.Select(scale => (scale.Code, scale.Score, scale.Severity!.Code)), Is.EqualTo(new[]
        {
            ("stress", (decimal?)14, "normal"), ("anxiety", 14, "moderate"), ("depression", 14, "moderate"),
        }));
    }

    [Test]
    public void DASS_21_prorates_within_a_scale_and_flags_item_21()
    {
        var values = Enumerable.Repeat((decimal?)2, 21).ToArray();
        values[2] = null;

        var scored = Definitions.Of("dass-21").Scored(values);

        // Depression: 2 × 12 × 7 / 6 = 28.
        Assert.That((scored.Subscales[2].Score, scored.Subscales[2].Severity!.Code, scored.Subscales[2].Prorated), Is.EqualTo(((decimal?)28, "extremely-severe", true)));
        Assert.That(scored.Flags, Is.EqualTo(new[] { new Flag("hopelessness-review", "21", 2) }));
    }

    [TestCase(new[] { 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 2 }, 2.9167, "low")]
    [TestCase(new[] { 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3 }, 3, "moderate")]
    [TestCase(new[] { 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5 }, 5, "moderate")]
    [TestCase(new[] { 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 6 }, 5.0833, "high")]
    public void MSPSS_bands_compare_the_unrounded_mean(int[] values, double mean, string band)
    {
        var scored = Definitions.Of("mspss").Scored(All(values));

        Assert.That((scored.Score, scored.Severity!.Code), Is.EqualTo(((decimal?)(decimal)mean, band)));
    }

    [Test]
    public void MSPSS_subscales_are_means_of_their_own_items()
    {
        var scored = Definitions.Of("mspss").Scored(7, 7, 1, 1, 7, 4, 4, 1, 4, 7, 1, 4);

        Assert.That(scored.Subscales.Select(scale => (scale.Code, scale.Score)), Is.EqualTo(new[]
        {
            ("significant-other", (decimal?)7), ("family", 1), ("friends", 4),
        }));
    }

    [Test]
    public void The_screener_repeats_answers_and_ranks_nobody()
    {
        var screener = Definitions.Of("c-ssrs-screen");
        var no = screener.ScoredFrom([new("1", 0), new("2", 0), new("6", 0)]);
        var open = screener.ScoredFrom([new("1", 1), new("2", 1), new("3", 0), new("6", 0)]);

        Assert.That((no.Status, no.Score, no.Severity, no.SkippedItems.Count), Is.EqualTo((FormStatus.Final, (decimal?)null, (Severity?)null, 3)));
        Assert.That(open.Status, Is.EqualTo(FormStatus.Incomplete));
        Assert.That(open.MissingItems, Is.EqualTo(new[] { "4", "5" }));
        Assert.That(open.Flags.Select(flag => flag.Item), Is.EqualTo(new[] { "1", "2" }));
    }

    [Test]
    public void An_answer_that_raises_a_flag_is_heard_even_where_it_should_have_been_skipped()
    {
        var scored = Definitions.Of("c-ssrs-screen").ScoredFrom([new("1", 0), new("2", 0), new("5", 1), new("6", 0)]);

        Assert.That(scored.Flags, Is.EqualTo(new[] { new Flag("suicide-risk-review", "5", 1) }));
    }

    [Test]
    public void A_gate_answered_no_completes_the_form_with_0()
    {
        var scored = Definitions.Of("pc-ptsd-5").ScoredFrom([new("gate", 0)]);

        Assert.That((scored.Score, scored.Status, scored.SkippedItems.Count), Is.EqualTo(((decimal?)0, FormStatus.Final, 5)));
    }

    [Test]
    public void An_interview_in_free_text_is_kept_and_not_scored()
    {
        var scored = Definitions.Of("cfi").ScoredFrom([new("1", Text: "We call it thinking too much."), new("2", Declined: true)]);

        Assert.That((scored.Status, scored.Score, scored.MissingItems.Count), Is.EqualTo((FormStatus.Final, (decimal?)null, 15)));
    }

    private static decimal?[] All(int[] values) => [.. values.Select(value => (decimal?)value)];
}
