using CsCheck;
using PersonalCareApi.Domain.Outcomes;

namespace PersonalCareApi.Domain.Tests.Outcomes;

[TestFixture]
internal sealed class TalkingTherapiesTests
{
    /// <summary>Caseness PHQ-9 ≥ 10 or GAD-7 ≥ 8; reliable PHQ-9 6, GAD-7 4. Worked from the definitions of the service.</summary>
    [TestCase(18, 9, 15, 7, "case recovery improvement reliable-recovery")]
    [TestCase(18, 10, 15, 7, "case case-at-last improvement")]
    [TestCase(10, 9, 7, 7, "case recovery")]
    [TestCase(9, 3, 7, 3, "improvement")]
    [TestCase(12, 18, 10, 10, "case case-at-last deterioration")]
    [TestCase(18, 9, 8, 12, "case case-at-last mixed")]
    [TestCase(9, 9, 7, 7, "")]
    [TestCase(4, 9, 8, 7, "case recovery", Description = "GAD-7 alone makes the case, and a rise of five points of PHQ-9 is not reliable.")]
    public void The_definitions_are_applied_to_both_measures_together(int phqFirst, int phqLatest, int gadFirst, int gadLatest, string expected)
    {
        var course = Course(phqFirst, phqLatest, gadFirst, gadLatest);
        (bool Holds, string Word)[] words =
        [
            (course.CaseAtFirst, "case"),
            (course.CaseAtLatest, "case-at-last"),
            (course.Recovery, "recovery"),
            (course.ReliableImprovement, "improvement"),
            (course.ReliableDeterioration, "deterioration"),
            (course.ReliableRecovery, "reliable-recovery"),
            (course.Mixed, "mixed"),
        ];

        Assert.That(string.Join(' ', words.Where(word => word.Holds).Select(word => word.Word)), Is.EqualTo(expected));
    }

    [TestCase("who-5")]
    [TestCase("pcl-5")]
    [TestCase("core-10")]
    public void Other_measures_have_no_caseness(string instrument) =>
        Assert.That(TalkingTherapiesMeasure.Between(Series.Total(instrument), 40, 20).NotDefined?.Code, Is.EqualTo("no-definition"));

    [Test]
    public void Improvement_and_deterioration_exclude_each_other_and_reliable_recovery_is_both() =>
        Gen.Select(Gen.Int[0, 27], Gen.Int[0, 27], Gen.Int[0, 21], Gen.Int[0, 21]).Sample((phqFirst, phqLatest, gadFirst, gadLatest) =>
        {
            var course = Course(phqFirst, phqLatest, gadFirst, gadLatest);
            return !(course.ReliableImprovement && course.ReliableDeterioration)
                && course.ReliableRecovery == (course.Recovery && course.ReliableImprovement)
                && !(course.Recovery && course.CaseAtLatest);
        });

    private static TalkingTherapies Course(int phqFirst, int phqLatest, int gadFirst, int gadLatest) => TalkingTherapies.Of(
        TalkingTherapiesMeasure.Between(Series.Total("phq-9"), phqFirst, phqLatest).Value!,
        TalkingTherapiesMeasure.Between(Series.Total("gad-7"), gadFirst, gadLatest).Value!);
}
