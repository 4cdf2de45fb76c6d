using PersonalCareApi.Domain.Instruments;
using PersonalCareApi.Domain.Outcomes;

namespace PersonalCareApi.Domain.Tests.Outcomes;

[TestFixture]
internal sealed class ClinicalChangeTests
{
    /// <summary>Jacobson &amp; Truax 1991, table 2: thirty couples before and after, a scale on which higher is better.</summary>
    private static readonly (double Before, double After)[] Couples =
    [
        (90.5, 97), (74, 124), (97, 97.5), (73.5, 88), (61, 96.5), (66.5, 62.5), (68.5, 112.5), (86.5, 103.5), (88.5, 90), (68.5, 82.5),
        (98, 105), (80.5, 99.5), (89.5, 112.5), (91.5, 101), (83.5, 99.5), (60.5, 79.5), (83, 88), (88, 100.5), (98.5, 119), (78.5, 116),
        (99.5, 116), (79.5, 129), (84.5, 113), (92.5, 118), (93, 92), (85, 114), (64, 68), (61, 52), (80, 60.5), (82.5, 104.5),
    ];

    [Test]
    public void The_couples_of_the_article_fall_into_its_categories()
    {
        var mean = Couples.Average(couple => couple.Before);
        var sd = Math.Sqrt(Couples.Sum(couple => Math.Pow(couple.Before - mean, 2)) / (Couples.Length - 1));
        var inputs = new ReliableChangeInputs { Sd = (decimal)sd, Reliability = 0.84m, ReliabilityType = "test-retest", Status = FactStatus.Confirmed, Source = "the article" };
        var cutoff = ClinicalCutoffs.Of(HigherIs.Better, Norm((decimal)mean, (decimal)sd), null).A!.Value;
        var categories = Couples.CountBy(couple =>
        {
            var (before, after) = ((decimal)couple.Before, (decimal)couple.After);
            var index = ReliableChangeIndex.Of(inputs, before, after);
            var direction = !index.IsReliable ? ReliableDirection.None : index.Value > 0 ? ReliableDirection.Improvement : ReliableDirection.Deterioration;
            return ClinicalChange.Categorise(direction, before < cutoff, after < cutoff);
        }).ToDictionary();

        Assert.That(Math.Round(sd, 4), Is.EqualTo(11.8257));
        Assert.That(ReliableChangeIndex.Of(inputs, 0, 0).StandardErrorOfDifference, Is.EqualTo(6.6896m));
        Assert.That(cutoff, Is.EqualTo(105.2347m));
        Assert.That(categories, Is.EquivalentTo(new Dictionary<ClinicalCategory, int>
        {
            [ClinicalCategory.Recovered] = 10,
            [ClinicalCategory.Improved] = 8,
            [ClinicalCategory.Unchanged] = 11,
            [ClinicalCategory.Deteriorated] = 1,
        }));
    }

    /// <summary>Jacobson &amp; Truax 1991 (M1 40, M0 60, SD 7.5); Claus 2020 with BDI-II; the norms of the CORE-10 manual.</summary>
    [TestCase(HigherIs.Better, 40, 7.5, 60, 7.5, 55, 45, 50)]
    [TestCase(HigherIs.Worse, 35.48, 8.16, 7.69, 7.52, 19.16, 22.73, 21.0179)]
    [TestCase(HigherIs.Worse, 19.7, 7.7, 4.7, 4.8, 4.3, 14.3, 10.46)]
    public void The_cut_offs_are_those_of_the_published_examples(
        HigherIs higherIs, double clinical, double clinicalSd, double functional, double functionalSd, double a, double b, double c)
    {
        var cutoffs = ClinicalCutoffs.Of(higherIs, Norm((decimal)clinical, (decimal)clinicalSd), Norm((decimal)functional, (decimal)functionalSd));

        Assert.That(cutoffs.A, Is.EqualTo((decimal)a));
        Assert.That(cutoffs.B, Is.EqualTo((decimal)b));
        Assert.That(cutoffs.C, Is.EqualTo((decimal)c));
    }

    [TestCase("phq-9", 16, 8, ClinicalCategory.Recovered)]
    [TestCase("phq-9", 22, 12, ClinicalCategory.Improved)]
    [TestCase("phq-9", 9, 3, ClinicalCategory.Improved)]
    [TestCase("phq-9", 12, 8, ClinicalCategory.Unchanged)]
    [TestCase("phq-9", 12, 18, ClinicalCategory.Deteriorated)]
    [TestCase("phq-9", 4, 12, ClinicalCategory.Harmed)]
    [TestCase("core-10", 17, 11, ClinicalCategory.Improved)]
    [TestCase("core-10", 17, 10, ClinicalCategory.Recovered)]
    [TestCase("pcl-5", 50, 28, ClinicalCategory.Recovered)]
    [TestCase("pcl-5", 50, 29, ClinicalCategory.Improved)]
    public void Reliability_and_cut_off_together_make_the_category(string instrument, int first, int latest, ClinicalCategory category) =>
        Assert.That(ClinicalChange.Between(Series.Total(instrument), first, latest).Value!.Category, Is.EqualTo(category));

    [Test]
    public void The_norms_used_and_their_source_stand_beside_the_cut_offs()
    {
        var computed = ClinicalChange.Between(Series.Total("core-10"), 20, 10).Value!.Computed.Value!;

        Assert.That(computed.C, Is.EqualTo(10.46m));
        Assert.That(computed.Clinical!.Source, Does.Contain("novopsych"));
        Assert.That(ClinicalChange.Between(Series.Total("phq-9"), 20, 10).Value!.Computed.NotDefined?.Code, Is.EqualTo("no-norms"));
    }

    [TestCase("who-5", "no-published-value")]
    [TestCase("brs", "no-published-value")]
    public void Without_a_published_cut_off_it_is_not_defined(string instrument, string reason) =>
        Assert.That(ClinicalChange.Between(Series.Total(instrument), 4, 2).NotDefined?.Code, Is.EqualTo(reason));

    private static Norm Norm(decimal mean, decimal sd) =>
        new() { Population = "as published", Mean = mean, Sd = sd, Status = FactStatus.Confirmed, Source = "the article" };
}
