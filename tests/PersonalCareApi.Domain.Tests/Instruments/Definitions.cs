using PersonalCareApi.Domain.Instruments;

namespace PersonalCareApi.Domain.Tests.Instruments;

/// <summary>The definitions that ship.</summary>
internal static class Definitions
{
    /// <summary>The file of every definition that ships.</summary>
    public static IReadOnlyList<string> Shipped => Files("shipped");

    /// <summary>The file of every definition, by its name.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } =
        Shipped.ToDictionary(file => Path.GetFileNameWithoutExtension(file));

    public static Instrument Phq9 { get; } = Of("phq-9");

    public static Instrument Gad7 { get; } = Of("gad-7");

    public static Instrument AuditC { get; } = Of("audit-c");

    public static string Text(string code) => File.ReadAllText(All[code]);

    public static Instrument Of(string code) => Parsed(Text(code));

    /// <summary>Answers to items 1, 2, 3 … in order; null leaves the item out.</summary>
    public static List<Answer> Answers(params decimal?[] values) =>
    [
        .. values.Index().Where(answer => answer.Item is not null).Select(answer => new Answer($"{answer.Index + 1}", answer.Item)),
    ];

    /// <summary>The same answer to so many items from 1 up.</summary>
    public static decimal?[] Same(int value, int items) => [.. Enumerable.Repeat((decimal?)value, items)];

    public static ScoredAssessment Scored(this Instrument instrument, params decimal?[] values) =>
        instrument.ScoredFrom(Answers(values));

    public static ScoredAssessment ScoredFrom(this Instrument instrument, IReadOnlyList<Answer> answers, ScoringFacts? facts = null)
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

    private static string[] Files(string folder) =>
        Directory.GetFiles(Path.Combine(TestContext.CurrentContext.TestDirectory, "Instruments", folder), "*.json");
}
