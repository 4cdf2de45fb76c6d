using PersonalCareApi.Domain.Plans;

namespace PersonalCareApi.Reference.Modalities;

/// <summary>Every modality that ships with the program, checked once when it starts.</summary>
internal sealed class ModalityLibrary
{
    private const string Prefix = "modalities/";

    private readonly Dictionary<string, Modality> byCode;

    private ModalityLibrary(IReadOnlyList<Modality> modalities)
    {
        All = modalities;
        byCode = modalities.ToDictionary(modality => modality.Code, StringComparer.Ordinal);
    }

    /// <summary>How the facts are to be read; it goes with them wherever they are shown.</summary>
    public const string Notice =
        "Strengths stand in the words of their guidelines: to offer is stronger than to consider. The order of the tables of NICE NG222 "
        + "blends effectiveness, cost and practicality and is no ranking by effect: match care to the person. What is unconfirmed has not "
        + "been checked against its source. Preference fit is a mapping of this project, not published evidence.";

    /// <summary>Every modality, by code.</summary>
    public IReadOnlyList<Modality> All { get; }

    public Modality? Find(string code) => byCode.GetValueOrDefault(code);

    /// <summary>Loads the embedded definitions.</summary>
    /// <exception cref="InvalidDataException">A definition is wrong; the message names each file and each fault.</exception>
    public static ModalityLibrary Load() => Load(Embedded());

    /// <summary>Loads definitions given as text, by file name.</summary>
    /// <exception cref="InvalidDataException">As above.</exception>
    internal static ModalityLibrary Load(IEnumerable<(string File, string Json)> definitions)
    {
        var parsed = definitions.Select(definition => (definition.File, Result: Modality.Parse(definition.Json))).ToList();
        var faults = parsed.SelectMany(definition => definition.Result.Faults.Select(fault => $"{definition.File}: {fault}"))
            .Concat(parsed.Where(definition => definition.Result.Modality is not null)
                .GroupBy(definition => definition.Result.Modality!.Code)
                .Where(same => same.Count() > 1)
                .Select(same => $"{string.Join(", ", same.Select(definition => definition.File))}: "
                    + $"duplicate-modality: {same.Key} is defined more than once."))
            .ToList();
        return faults.Count > 0
            ? throw new InvalidDataException($"The modality library has faults:{Environment.NewLine}{string.Join(Environment.NewLine, faults)}")
            : new ModalityLibrary(
                [.. parsed.Select(definition => definition.Result.Modality!).OrderBy(modality => modality.Code, StringComparer.Ordinal)]);
    }

    private static IEnumerable<(string File, string Json)> Embedded()
    {
        var assembly = typeof(ModalityLibrary).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Order())
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            yield return (name[Prefix.Length..], reader.ReadToEnd());
        }
    }
}
