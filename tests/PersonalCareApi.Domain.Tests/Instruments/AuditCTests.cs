using PersonalCareApi.Domain.Instruments;

namespace PersonalCareApi.Domain.Tests.Instruments;

public sealed class AuditCTests
{
    private static readonly Instrument AuditC = Definitions.AuditC;

    [Test]
    public void Who_never_drinks_is_complete_after_the_first_item()
    {
        var scored = AuditC.Scored(0);

        Assert.Multiple(() =>
        {
            Assert.That((scored.Score, scored.Status), Is.EqualTo(((decimal?)0, FormStatus.Final)));
            Assert.That(scored.MissingItems, Is.Empty);
            Assert.That(scored.SkippedItems, Is.EqualTo(new[] { "2", "3" }));
            Assert.That(scored.Prorated, Is.False);
            Assert.That(scored.Cutoffs.Select(cutoff => cutoff.Met), Is.All.False);
        });
    }

    [Test]
    public void A_skipped_item_may_come_with_the_answer_that_the_rule_gives_it()
    {
        Assert.That(AuditC.Scored(0, 0, 0).Score, Is.Zero);
    }

    [Test]
    public void A_skipped_item_with_another_answer_contradicts_the_form()
    {
        var result = Scoring.Score(AuditC, Definitions.Answers(0, 3, 0));

        Assert.That(result.Assessment, Is.Null);
        Assert.That(result.Faults.Select(fault => (fault.Index, fault.Item, fault.Code)), Is.EqualTo(new[] { (1, "2", "contradicts-skip") }));
    }

    [Test]
    public void Nothing_else_may_be_missing()
    {
        var scored = AuditC.Scored(2, 1);

        Assert.That((scored.Score, scored.Status), Is.EqualTo(((decimal?)null, FormStatus.Incomplete)));
        Assert.That(scored.MissingItems, Is.EqualTo(new[] { "3" }));
    }

    [TestCase("female", 2, false)]
    [TestCase("female", 3, true)]
    [TestCase("male", 3, false)]
    [TestCase("male", 4, true)]
    public void A_known_sex_leaves_its_own_cut_off(string sex, int total, bool met)
    {
        var scored = AuditC.ScoredFrom(Definitions.Answers(WithTotal(total)), new ScoringFacts(sex));

        var dependent = scored.Cutoffs.Single(cutoff => cutoff.DependsOn is not null);
        Assert.That((dependent.DependsOn!.Value, dependent.Met, dependent.Default), Is.EqualTo((sex, (bool?)met, false)));
    }

    [TestCase(null)]
    [TestCase("other")]
    [TestCase("unknown")]
    public void An_unknown_sex_leaves_both_and_the_lower_is_the_default(string? sex)
    {
        var scored = AuditC.ScoredFrom(Definitions.Answers(WithTotal(3)), new ScoringFacts(sex));

        Assert.That(scored.Cutoffs.Where(cutoff => cutoff.DependsOn is not null).Select(cutoff => (cutoff.Code, cutoff.Met, cutoff.Default)), Is.EqualTo(new[]
        {
            ("positive-men", (bool?)false, false), ("positive-women", (bool?)true, true),
        }));
    }

    [Test]
    public void Points_from_frequency_alone_bring_the_published_caution()
    {
        Assert.That(Caution(AuditC.Scored(4, 0, 0)), Is.True);
        Assert.That(Caution(AuditC.Scored(4, 1, 0)), Is.False);
        Assert.That(Caution(AuditC.Scored(0, 0, 0)), Is.False);
        Assert.That(Caution(AuditC.Scored(4)), Is.Null);
    }

    [Test]
    public void The_largest_total_is_12_and_has_no_band()
    {
        var scored = AuditC.Scored(4, 4, 4);

        Assert.That((scored.Score, scored.Severity), Is.EqualTo(((decimal?)12, (Severity?)null)));
        Assert.That(scored.Cutoffs.Single(cutoff => cutoff.Code == "uk-primary-care").Met, Is.True);
    }

    [Test]
    public void The_definition_carries_the_published_codes_and_no_wording()
    {
        Assert.Multiple(() =>
        {
            Assert.That(AuditC.Items.Select(item => item.Loinc), Is.EqualTo(new[] { "68518-0", "68519-8", "68520-6" }));
            Assert.That((AuditC.Loinc.Panel, AuditC.Loinc.Total), Is.EqualTo(("72109-2", "75626-2")));
            Assert.That(AuditC.Labels, Is.EqualTo(Domain.Access.Sensitivity.EthUd));
            Assert.That(AuditC.Items.SelectMany(item => item.Text), Is.Empty);
            Assert.That(AuditC.AnswerSets.Values.Select(answers => answers.Status), Is.All.EqualTo(FactStatus.Unconfirmed));
        });
    }

    private static bool? Caution(ScoredAssessment scored) => scored.Cutoffs.Single(cutoff => cutoff.Kind == CutoffKind.Caution).Met;

    private static decimal?[] WithTotal(int total) => [1, total - 1, 0];
}
