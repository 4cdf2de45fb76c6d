using PersonalCareApi.Domain.Instruments;

namespace PersonalCareApi.Domain.Tests.Instruments;

public sealed class Osss3Tests
{
    private static readonly Instrument Osss3 = Definitions.Of("osss-3");

    [TestCase(1, 1, 1, 3, "poor")]
    [TestCase(2, 3, 3, 8, "poor")]
    [TestCase(3, 3, 3, 9, "moderate")]
    [TestCase(3, 4, 4, 11, "moderate")]
    [TestCase(4, 4, 4, 12, "strong")]
    [TestCase(4, 5, 5, 14, "strong")]
    public void The_sum_falls_in_the_published_band(int confidants, int concern, int help, int total, string band)
    {
        var scored = Osss3.Scored(confidants, concern, help);

        Assert.That((scored.Score, scored.Severity!.Code), Is.EqualTo(((decimal?)total, band)));
    }

    [Test]
    public void Nothing_may_be_missing()
    {
        var scored = Osss3.Scored(4, null, 5);

        Assert.That((scored.Score, scored.Severity, scored.Status), Is.EqualTo(((decimal?)null, (Severity?)null, FormStatus.Incomplete)));
        Assert.That(scored.MissingItems, Is.EqualTo(new[] { "2" }));
    }

    [Test]
    public void The_first_item_has_four_options_and_the_others_five()
    {
        var result = Scoring.Score(Osss3, Definitions.Answers(5, 5, 5));

        Assert.That(result.Faults.Select(fault => (fault.Item, fault.Code)), Is.EqualTo(new[] { ("1", "out-of-range") }));
    }

    [Test]
    public void The_norms_are_those_of_the_abstract()
    {
        Assert.That(Osss3.Change.Norms.Select(norm => (norm.Mean, norm.Sd)), Is.EqualTo(new[] { (10.1m, (decimal?)2.3m), (10.2m, 2.2m) }));
    }

    [Test]
    public void Its_wording_ships_with_the_attribution_that_the_licence_asks_for()
    {
        var english = Osss3.Languages.Single();

        Assert.That(english.Attribution, Does.Contain("CC BY 4.0").And.Contain("10.1186/s40359-018-0249-9"));
        Assert.That(english.Status, Is.EqualTo(FactStatus.Partly), "seen in a quotation, not in the article");
        Assert.That(Osss3.Items[1].Text["en"], Is.EqualTo("How much interest and concern do people show in what you do?"));
        Assert.That(Osss3.Labels, Is.EqualTo(Domain.Access.Sensitivity.None));
    }
}
