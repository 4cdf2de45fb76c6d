using PersonalCareApi.Domain.Instruments;

namespace PersonalCareApi.Domain.Tests.Instruments;

public sealed class Core10Tests
{
    private static readonly Instrument Core10 = Definitions.Of("core-10");

    [TestCase(0, "healthy", false, false)]
    [TestCase(5, "healthy", false, false)]
    [TestCase(6, "low-level", false, false)]
    [TestCase(10, "low-level", false, false)]
    [TestCase(11, "mild", true, false)]
    [TestCase(12, "mild", true, false)]
    [TestCase(13, "mild", true, true)]
    [TestCase(14, "mild", true, true)]
    [TestCase(15, "moderate", true, true)]
    [TestCase(19, "moderate", true, true)]
    [TestCase(20, "moderate-to-severe", true, true)]
    [TestCase(24, "moderate-to-severe", true, true)]
    [TestCase(25, "severe", true, true)]
    [TestCase(40, "severe", true, true)]
    public void Bands_and_cut_offs_are_where_they_were_published(int total, string band, bool clinical, bool depression)
    {
        var scored = Core10.Scored(WithTotal(total));

        Assert.That((scored.Score, scored.Severity!.Code, scored.Total!.Mean), Is.EqualTo(((decimal?)total, band, (decimal?)(total / 10m))));
        Assert.That(scored.Cutoffs.Select(cutoff => (cutoff.Code, cutoff.Met)), Is.EqualTo(new[]
        {
            ("clinical", (bool?)clinical), ("depression", depression),
        }));
    }

    [Test]
    public void Support_and_coping_are_reversed()
    {
        Assert.That(Core10.Items.Where(item => item.Reverse).Select(item => item.Number), Is.EqualTo(new[] { "2", "3" }));
        Assert.That(Core10.Scored(Definitions.Same(0, 10)).Score, Is.EqualTo(8));
        Assert.That(Core10.Scored(Definitions.Same(4, 10)).Score, Is.EqualTo(32));
    }

    [TestCase(0, false)]
    [TestCase(1, true)]
    [TestCase(4, true)]
    public void Any_plan_to_end_life_is_flagged_whatever_the_total(int value, bool flagged)
    {
        var scored = Core10.Scored(0, 4, 4, 0, 0, value, 0, 0, 0, 0);

        Assert.That(scored.Severity!.Code, Is.EqualTo("healthy"));
        Assert.That(scored.Flags, Is.EqualTo(flagged ? [new Flag("suicide-risk-review", "6", value)] : Array.Empty<Flag>()));
    }

    [Test]
    public void The_flag_is_raised_on_an_incomplete_form_as_well()
    {
        var scored = Core10.ScoredFrom([new Answer("6", 2)]);

        Assert.That((scored.Score, scored.Status, scored.Flags.Single().Code), Is.EqualTo(((decimal?)null, FormStatus.Incomplete, "suicide-risk-review")));
    }

    [Test]
    public void With_one_item_missing_the_score_is_ten_times_the_mean_of_the_others()
    {
        // Items 2 and 3 count 4 - 3 each: 10 points over 9 items are 11.1111.
        var scored = Core10.Scored(2, 3, 3, 1, 1, 0, 1, 1, 2, null);

        Assert.That((scored.Score, scored.Severity!.Code, scored.Prorated, scored.Status), Is.EqualTo(((decimal?)11.1111m, "mild", true, FormStatus.Final)));
        Assert.That((scored.Total!.Mean, scored.MissingItems.Single()), Is.EqualTo(((decimal?)1.1111m, "10")));
    }

    [Test]
    public void A_reversed_item_may_be_the_missing_one()
    {
        // Items 1 and 3 to 10: 1, 4 - 3, 7 × 1 = 9 points over 9 items.
        Assert.That(Core10.Scored(1, null, 3, 1, 1, 1, 1, 1, 1, 1).Score, Is.EqualTo(10));
    }

    [TestCase(4, 4.4444, "healthy")]
    [TestCase(5, 5.5556, "low-level", Description = "between the bands as printed; 6 when rounded")]
    [TestCase(13, 14.4444, "mild")]
    [TestCase(14, 15.5556, "moderate")]
    public void A_prorated_score_is_rounded_only_to_look_up_its_band(int pointsOverNine, double score, string band)
    {
        var scored = Core10.Scored([.. WithTotal(pointsOverNine)[..9], null]);

        Assert.That((scored.Score, scored.Severity!.Code), Is.EqualTo(((decimal?)(decimal)score, band)));
    }

    [Test]
    public void With_two_items_missing_there_is_no_score()
    {
        var scored = Core10.Scored(1, 3, 3, 1, 1, 0, 1, 1);

        Assert.That((scored.Score, scored.Severity, scored.Total!.Mean, scored.Status), Is.EqualTo(((decimal?)null, (Severity?)null, (decimal?)null, FormStatus.Incomplete)));
        Assert.That(scored.MissingItems, Is.EqualTo(new[] { "9", "10" }));
    }

    [Test]
    public void The_definition_carries_the_published_change_rules()
    {
        var change = Core10.Change;

        Assert.That((change.ReliableChange!.Points, change.ClinicalRange!.Value), Is.EqualTo((6m, 11m)));
        Assert.That((change.ReliableChange.Recompute!.Sd, change.ReliableChange.Recompute.Reliability), Is.EqualTo((7.7m, 0.9m)));
        Assert.That(change.Norms.Select(norm => (norm.Mean, norm.Sd, norm.N)), Is.EqualTo(new[]
        {
            (19.7m, (decimal?)7.7m, (int?)1835), (4.7m, 4.8m, 535),
        }));
    }

    [Test]
    public void Wording_that_copies_disagree_on_does_not_ship()
    {
        Assert.That(Core10.Licence.ShipItemText, Is.EqualTo(ShipItemText.Verbatim));
        Assert.That(Core10.Languages, Is.Empty);
        Assert.That(Core10.Items.SelectMany(item => item.Text), Is.Empty);
        Assert.That(Core10.Notes.Select(note => note.About), Is.EqualTo(new[] { "wording", "licence" }));
        Assert.That(Core10.Licence.Confidence, Is.EqualTo(FactStatus.Partly));
    }

    [TestCase("6", 5, "out-of-range")]
    [TestCase("11", 1, "unknown-item")]
    public void An_answer_that_the_form_does_not_have_is_refused(string item, int value, string code)
    {
        Assert.That(Scoring.Score(Core10, [new Answer(item, value)]).Faults.Single().Code, Is.EqualTo(code));
    }

    // Points as counted: items 2 and 3 are answered the other way round.
    private static decimal?[] WithTotal(int total) =>
    [
        .. Enumerable.Range(0, 10).Select(item => Math.Clamp(total - (4 * item), 0, 4)).Select((points, item) => (decimal?)(item is 1 or 2 ? 4 - points : points)),
    ];
}
