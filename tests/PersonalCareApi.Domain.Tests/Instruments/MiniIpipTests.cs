using PersonalCareApi.Domain.Instruments;

namespace PersonalCareApi.Domain.Tests.Instruments;

public sealed class MiniIpipTests
{
    private static readonly Instrument MiniIpip = Definitions.Of("mini-ipip");

    [Test]
    public void It_gives_five_means_with_their_sums_and_no_total()
    {
        var scored = MiniIpip.Scored(5, 4, 3, 2, 5, 1, 2, 3, 4, 1, 5, 4, 3, 2, 1, 1, 2, 3, 4, 1);

        Assert.That((scored.Score, scored.Severity, scored.Status), Is.EqualTo(((decimal?)null, (Severity?)null, FormStatus.Final)));
        Assert.That(scored.Subscales.Select(scale => (scale.Code, scale.Score, scale.Sum, scale.Severity)), Is.EqualTo(new[]
        {
            ("extraversion", (decimal?)5, (decimal?)20, (Severity?)null),
            ("agreeableness", 4, 16, null),
            ("conscientiousness", 3, 12, null),
            ("neuroticism", 2, 8, null),
            ("intellect", 5, 20, null),
        }));
    }

    [Test]
    public void Eleven_items_are_reversed_three_of_them_of_intellect()
    {
        Assert.That(MiniIpip.Items.Where(item => item.Reverse).Select(item => item.Number), Is.EqualTo(new[]
        {
            "6", "7", "8", "9", "10", "15", "16", "17", "18", "19", "20",
        }));

        // Agreement with everything: two of four items reversed give 3, three of four give 2.
        Assert.That(MiniIpip.Scored(Definitions.Same(5, 20)).Subscales.Select(scale => scale.Score), Is.EqualTo(new decimal?[] { 3, 3, 3, 3, 2 }));
    }

    [Test]
    public void A_mean_of_quarters_is_exact()
    {
        var scored = MiniIpip.Scored(4, 4, 3, 2, 5, 1, 2, 3, 4, 1, 5, 4, 3, 2, 1, 1, 2, 3, 4, 1);

        Assert.That((scored.Subscales[0].Score, scored.Subscales[0].Sum), Is.EqualTo(((decimal?)4.75m, (decimal?)19)));
    }

    [Test]
    public void One_item_of_each_scale_may_be_missing_and_its_mean_has_4_decimals()
    {
        // Extraversion without item 16: 5, 6 - 2 and 5 over 3 items = 4.6667; the sum stands for 4 items, 18.6667.
        var scored = MiniIpip.Scored(5, 4, 3, 2, 5, 2, 2, 3, 4, 1, 5, 4, 3, 2, 1, null, 2, 3, 4, 1);

        var extraversion = scored.Subscales[0];
        Assert.That((extraversion.Score, extraversion.Sum, extraversion.Prorated), Is.EqualTo(((decimal?)4.6667m, (decimal?)18.6667m, true)));
        Assert.That((scored.Status, scored.Prorated, scored.MissingItems.Single()), Is.EqualTo((FormStatus.Final, true, "16")));
    }

    [Test]
    public void A_scale_without_enough_answers_is_the_only_one_without_a_score()
    {
        var scored = MiniIpip.Scored(5, 4, 3, 2, null, 1, 2, 3, 4, null, 5, 4, 3, 2, 1, null, 2, 3, 4, 1);

        Assert.That(scored.Subscales.Select(scale => (scale.Score, scale.Prorated)), Is.EqualTo(new[]
        {
            ((decimal?)5, true), (4, false), (3, false), (2, false), (null, false),
        }));
        Assert.That((scored.Status, scored.Prorated), Is.EqualTo((FormStatus.Incomplete, true)));
        Assert.That(scored.MissingItems, Is.EqualTo(new[] { "5", "10", "16" }));
    }

    [TestCase(0)]
    [TestCase(6)]
    public void An_answer_outside_1_to_5_is_refused(int value)
    {
        Assert.That(Scoring.Score(MiniIpip, [new Answer("20", value)]).Faults.Single().Code, Is.EqualTo("out-of-range"));
    }

    [Test]
    public void A_trait_is_neither_better_nor_worse_and_carries_no_label()
    {
        Assert.That((MiniIpip.HigherIs, MiniIpip.Labels), Is.EqualTo((HigherIs.Neutral, Domain.Access.Sensitivity.None)));
    }

    [Test]
    public void Its_wording_is_in_the_public_domain_and_names_its_source()
    {
        var english = MiniIpip.Languages.Single();

        Assert.That(english.Status, Is.EqualTo(FactStatus.Confirmed));
        Assert.That(english.Attribution, Does.Contain("International Personality Item Pool").And.Contain("public domain"));
        Assert.That(MiniIpip.Items[0].Text["en"], Is.EqualTo("Am the life of the party"));
        Assert.That(MiniIpip.Items[19].Text["en"], Is.EqualTo("Do not have a good imagination"));
    }
}
