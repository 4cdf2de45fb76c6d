using PersonalCareApi.Domain.Instruments;

namespace PersonalCareApi.Domain.Tests.Instruments;

public sealed class Gad7Tests
{
    private static readonly Instrument Gad7 = Definitions.Gad7;

    [TestCase(0, "minimal", false)]
    [TestCase(4, "minimal", false)]
    [TestCase(5, "mild", false)]
    [TestCase(7, "mild", false)]
    [TestCase(8, "mild", true)]
    [TestCase(9, "mild", true)]
    [TestCase(10, "moderate", true)]
    [TestCase(14, "moderate", true)]
    [TestCase(15, "severe", true)]
    [TestCase(21, "severe", true)]
    public void Bands_and_caseness_are_where_they_were_published(int total, string band, bool caseness)
    {
        var scored = Gad7.Scored(WithTotal(total));

        Assert.That((scored.Score, scored.Severity!.Code), Is.EqualTo(((decimal?)total, band)));
        Assert.That(scored.Cutoffs.Single(cutoff => cutoff.Code == "caseness").Met, Is.EqualTo(caseness));
        Assert.That(scored.Cutoffs.Single(cutoff => cutoff.Code == "gad-screen").Met, Is.EqualTo(total >= 10));
    }

    [TestCase(0, 14d)]
    [TestCase(1, 14d)]
    [TestCase(2, 14d)]
    [TestCase(3, null)]
    public void Up_to_two_missing_items_are_replaced_by_the_mean(int missing, double? score)
    {
        var scored = Gad7.Scored([.. Enumerable.Repeat((decimal?)2, 7 - missing)]);

        Assert.That(scored.Score, Is.EqualTo((decimal?)score));
        Assert.That(scored.Prorated, Is.EqualTo(missing is 1 or 2));
        Assert.That(scored.Status, Is.EqualTo(missing > 2 ? FormStatus.Incomplete : FormStatus.Final));
        Assert.That(scored.MissingItems, Is.EqualTo(Enumerable.Range(8 - missing, missing).Select(item => $"{item}")));
    }

    [Test]
    public void A_rule_of_this_project_is_shown_as_unconfirmed()
    {
        Assert.That((Gad7.Missing.Status, Gad7.Missing.Source), Is.EqualTo((FactStatus.Unconfirmed, (string?)null)));
    }

    [Test]
    public void The_lowest_option_reads_not_at_all()
    {
        Assert.That(Gad7.AnswerSets["frequency"].Options.Select(option => option.Text["en"]), Is.EqualTo(new[]
        {
            "Not at all", "Several days", "More than half the days", "Nearly every day",
        }));
    }

    [Test]
    public void The_definition_carries_the_published_codes_and_change_rules()
    {
        Assert.That(Gad7.Items.Select(item => item.Loinc), Is.EqualTo(new[]
        {
            "69725-0", "68509-9", "69733-4", "69734-2", "69735-9", "69689-8", "69736-7",
        }));
        Assert.That((Gad7.Loinc.Panel, Gad7.Loinc.Total), Is.EqualTo(("69737-5", "70274-6")));
        Assert.That((Gad7.Change.ReliableChange!.Points, Gad7.Change.ClinicalRange!.Value), Is.EqualTo((4m, 8m)));
        Assert.That(Gad7.Labels, Is.EqualTo(Domain.Access.Sensitivity.Psy));
    }

    private static decimal?[] WithTotal(int total) =>
        [.. Enumerable.Range(0, 7).Select(item => (decimal?)Math.Clamp(total - (3 * item), 0, 3))];
}
