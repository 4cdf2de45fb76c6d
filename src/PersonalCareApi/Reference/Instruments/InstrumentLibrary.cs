using System.Globalization;
using PersonalCareApi.Domain.Instruments;

namespace PersonalCareApi.Reference.Instruments;

/// <summary>Every instrument definition that ships with the program, checked once when it starts.</summary>
internal sealed class InstrumentLibrary
{
    private const string Prefix = "instruments/";

    private readonly Dictionary<(string Code, string Version), Instrument> byVersion;
    private readonly Dictionary<string, Instrument> newest;

    private InstrumentLibrary(IReadOnlyList<Instrument> instruments)
    {
        All = instruments;
        byVersion = instruments.ToDictionary(instrument => (instrument.Code, instrument.Version));
        newest = instruments.GroupBy(instrument => instrument.Code).ToDictionary(
            versions => versions.Key,
            versions => versions.MaxBy(instrument => int.Parse(instrument.Version, CultureInfo.InvariantCulture))!);
    }

    /// <summary>The notice that the LOINC licence asks for, word by word, wherever its codes are shown.</summary>
    public const string LoincNotice =
        "This material contains content from LOINC (http://loinc.org). LOINC is copyright © Regenstrief Institute, Inc. and the "
        + "Logical Observation Identifiers Names and Codes (LOINC) Committee and is available at no cost under the license at "
        + "http://loinc.org/license. LOINC® is a registered United States trademark of Regenstrief Institute, Inc.";

    /// <summary>Every version of every instrument, by code and then by version.</summary>
    public IReadOnlyList<Instrument> All { get; }

    /// <summary>The newest version of an instrument.</summary>
    public Instrument? Find(string code) => newest.GetValueOrDefault(code);

    public Instrument? Find(string code, string version) => byVersion.GetValueOrDefault((code, version));

    /// <summary>Loads the embedded definitions.</summary>
    /// <exception cref="InvalidDataException">A definition is wrong; the message names each file and each fault.</exception>
    public static InstrumentLibrary Load() => Load(Embedded());

    /// <summary>Loads definitions given as text, by file name.</summary>
    /// <exception cref="InvalidDataException">As above.</exception>
    internal static InstrumentLibrary Load(IEnumerable<(string File, string Json)> definitions)
    {
        var parsed = definitions.Select(definition => (definition.File, Result: Instrument.Parse(definition.Json))).ToList();
        var faults = parsed.SelectMany(definition => definition.Result.Faults.Select(fault => $"{definition.File}: {fault}"))
            .Concat(parsed.Where(definition => definition.Result.Instrument is not null)
                .GroupBy(definition => (definition.Result.Instrument!.Code, definition.Result.Instrument.Version))
                .Where(same => same.Count() > 1)
                .Select(same => $"{string.Join(", ", same.Select(definition => definition.File))}: "
                    + $"duplicate-instrument: version {same.Key.Version} of {same.Key.Code} is defined more than once."))
            .ToList();

        // A server that scores with a wrong key is worse than one that does not start.
        return faults.Count > 0
            ? throw new InvalidDataException($"The instrument library has faults:{Environment.NewLine}{string.Join(Environment.NewLine, faults)}")
            : new InstrumentLibrary(
            [
                .. parsed.Select(definition => definition.Result.Instrument!)
                    .OrderBy(instrument => instrument.Code, StringComparer.Ordinal)
                    .ThenBy(instrument => int.Parse(instrument.Version, CultureInfo.InvariantCulture)),
            ]);
    }

    private static IEnumerable<(string File, string Json)> Embedded()
    {
        var assembly = typeof(InstrumentLibrary).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Order())
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            yield return (name[Prefix.Length..], reader.ReadToEnd());
        }
    }
}
