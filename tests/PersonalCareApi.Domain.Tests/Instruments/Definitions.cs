using PersonalCareApi.Domain.Instruments;

namespace PersonalCareApi.Domain.Tests.Instruments;

/// <summary>The definitions that ship, and those that stand here only to prove that the format holds them.</summary>
internal static class Definitions
{
    public static Instrument Phq9 { get; } = Parsed(Shipped("phq-9"));

    public static Instrument Gad7 { get; } = Parsed(Shipped("gad-7"));

    public static Instrument AuditC { get; } = Parsed(Shipped("audit-c"));

    public static string Shipped(string code) => Read("shipped", code);

    public static Instrument Example(string code) => Parsed(Read("definitions", code));

    public static IEnumerable<string> AllFiles(string folder) =>
        Directory.EnumerateFiles(Path.Combine(TestContext.CurrentContext.TestDirectory, "Instruments", folder), "*.json");

    /// <summary>Answers to items 1, 2, 3 … in order; null leaves the item out.</summary>
    public static List<Answer> Answers(params decimal?[] values) =>
    [
        .. values.Index().Where(answer => answer.Item is not null).Select(answer => new Answer($"{answer.Index + 1}", answer.Item)),
    ];

    public static ScoredAssessment Scored(this Instrument instrument, params decimal?[] values) =>
        instrument.Scored(Answers(values));

    public static ScoredAssessment Scored(this Instrument instrument, IReadOnlyList<Answer> answers, ScoringFacts? facts = null)
    {
        var result = Scoring.Score(instrument, answers, facts);
        Assert.That(result.Faults, Is.Empty);
        return result.Assessment!;
    }

    public static Instrument Parsed(string json)
    {
        var parsed = Instrument.Parse(json);
        Assert.That(parsed.Faults, Is.Empty);
        return parsed.Instrument!;
    }

    private static string Read(string folder, string code) =>
        File.ReadAllText(Path.Combine(TestContext.CurrentContext.TestDirectory, "Instruments", folder, code + ".json"));
}
