using CsCheck;
using PersonalCareApi.Domain.Instruments;
using PersonalCareApi.Domain.Outcomes;

namespace PersonalCareApi.Domain.Tests.Outcomes;

[TestFixture]
internal sealed class ReliableChangeTests
{
    /// <summary>Jacobson &amp; Truax 1991: SD 7.5, r .80, from 32.5 to 47.5.</summary>
    [Test]
    public void The_index_is_that_of_the_authors_example()
    {
        var index = ReliableChangeIndex.Of(Inputs(7.5m, 0.80m), 32.5m, 47.5m);

        Assert.That(index.StandardErrorOfDifference, Is.EqualTo(4.7434m));
        Assert.That(Math.Round(index.Value, 2), Is.EqualTo(3.16m));
        Assert.That(index.IsReliable, Is.True);
    }

    [TestCase("phq-9", 1.8241, 2.5797, 5.0563, 95)]
    [TestCase("gad-7", 1.2728, 1.8000, 3.5280, 95)]
    [TestCase("core-10", 2.4350, 3.4435, 6.7493, 90)]
    public void Each_instruments_errors_are_those_of_the_reference(string instrument, double error, double difference, double threshold, int confidence)
    {
        var change = ReliableChange.Between(Series.Total(instrument), 20, 10).Value!;

        Assert.That(change.Index.Value!.StandardError, Is.EqualTo((decimal)error));
        Assert.That(change.Index.Value.StandardErrorOfDifference, Is.EqualTo((decimal)difference));
        Assert.That(change.Index.Value.Threshold, Is.EqualTo((decimal)threshold));
        Assert.That(change.Confidence, Is.EqualTo(confidence));
    }

    [TestCase("phq-9", 14, 8, ReliableDirection.Improvement)]
    [TestCase("phq-9", 14, 9, ReliableDirection.None)]
    [TestCase("phq-9", 8, 14, ReliableDirection.Deterioration)]
    [TestCase("gad-7", 10, 6, ReliableDirection.Improvement)]
    [TestCase("who-5", 40, 50, ReliableDirection.Improvement)]
    [TestCase("who-5", 50, 40, ReliableDirection.Deterioration)]
    [TestCase("pcl-5", 60, 46, ReliableDirection.None)]
    public void The_verdict_goes_by_the_published_points_and_the_instruments_direction(
        string instrument, int first, int latest, ReliableDirection direction) =>
        Assert.That(ReliableChange.Between(Series.Total(instrument), first, latest).Value!.Direction, Is.EqualTo(direction));

    [Test]
    public void Where_the_published_points_and_the_index_differ_both_are_told()
    {
        var change = ReliableChange.Between(Series.Total("core-10"), 20, 14).Value!;

        Assert.That(change.Direction, Is.EqualTo(ReliableDirection.Improvement));
        Assert.That(change.Index.Value!.IsReliable, Is.False);
    }

    [TestCase("brs", "total", "no-published-value")]
    [TestCase("osss-3", "total", "no-published-value")]
    [TestCase("pcl-5", "B", "no-published-value")]
    [TestCase("mini-ipip", "extraversion", "neutral-scale")]
    public void Without_published_facts_it_is_not_defined(string instrument, string scale, string reason) =>
        Assert.That(ReliableChange.Between(Series.Of(instrument, scale), 3, 2).NotDefined?.Code, Is.EqualTo(reason));

    [Test]
    public void Without_norms_the_points_hold_and_the_index_is_not_defined()
    {
        var change = ReliableChange.Between(Series.Total("pcl-5"), 60, 40).Value!;

        Assert.That(change.Direction, Is.EqualTo(ReliableDirection.Improvement));
        Assert.That(change.Confidence, Is.Null);
        Assert.That(change.Index.NotDefined?.Code, Is.EqualTo("no-norms"));
    }

    [Test]
    public void The_index_turns_its_sign_with_the_change_and_so_does_the_verdict() =>
        Gen.Select(Gen.Int[0, 27], Gen.Int[0, 27]).Sample((first, latest) =>
        {
            var there = ReliableChange.Between(Series.Total("phq-9"), first, latest).Value!;
            var back = ReliableChange.Between(Series.Total("phq-9"), latest, first).Value!;
            return there.Index.Value!.Value == -back.Index.Value!.Value
                && there.Index.Value.IsReliable == back.Index.Value.IsReliable
                && (there.Direction, back.Direction) is (ReliableDirection.None, ReliableDirection.None)
                    or (ReliableDirection.Improvement, ReliableDirection.Deterioration)
                    or (ReliableDirection.Deterioration, ReliableDirection.Improvement);
        });

    /// <summary>Whole scores of PHQ-9 and GAD-7: the published points and the 95 % interval say the same of every change.</summary>
    [TestCase("phq-9", 27)]
    [TestCase("gad-7", 21)]
    public void Points_of_the_95_percent_interval_agree_with_the_index(string instrument, int highest)
    {
        for (var latest = 0; latest <= highest; latest++)
        {
            var change = ReliableChange.Between(Series.Total(instrument), highest / 2, latest).Value!;
            Assert.That(change.Direction != ReliableDirection.None, Is.EqualTo(change.Index.Value!.IsReliable), $"{latest}");
        }
    }

    private static ReliableChangeInputs Inputs(decimal sd, decimal reliability) =>
        new() { Sd = sd, Reliability = reliability, ReliabilityType = "test-retest", Status = FactStatus.Confirmed, Source = "the article" };
}
