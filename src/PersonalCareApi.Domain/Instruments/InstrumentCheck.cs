using System.Globalization;
using System.Text.RegularExpressions;
using PersonalCareApi.Domain.Access;

namespace PersonalCareApi.Domain.Instruments;

/// <summary>What must hold of every definition, rule by rule; each fault names its rule.</summary>
/// <remarks>
/// In two steps, because the scoring key can only be followed once every name in it leads somewhere: names, facts, words
/// and codes first, and when the names are right the key itself (<see cref="ScoringCheck"/>).
/// </remarks>
internal static partial class InstrumentCheck
{
    public static IReadOnlyList<InstrumentFault> Faults(Instrument instrument)
    {
        List<InstrumentFault> names = [.. Names(instrument), .. ReferenceCheck.Faults(instrument)];
        List<InstrumentFault> rest = [.. Codes(instrument), .. Facts(instrument), .. Words(instrument), .. Loinc(instrument)];
        return names.Count > 0 ? [.. names, .. rest] : [.. rest, .. ScoringCheck.Faults(instrument)];
    }

    private static IEnumerable<InstrumentFault> Names(Instrument instrument)
    {
        if (!int.TryParse(instrument.Version, NumberStyles.None, CultureInfo.InvariantCulture, out var version) || version < 1)
        {
            yield return new("version", "version", "A version is a whole number from 1, as text.");
        }

        if (instrument.Items.Count == 0)
        {
            yield return new("no-items", "items", "An instrument has items.");
        }

        if (instrument.Total is { } total && total.Code != Scale.TotalCode)
        {
            yield return new("total-code", total.Code, $"The code of the total is {Scale.TotalCode}.");
        }

        foreach (var number in Repeated(instrument.AllItems.Select(item => item.Number)))
        {
            yield return new("duplicate-item", number, "Two items have this number.");
        }

        foreach (var label in instrument.Sensitivities.Where(label => !Sensitivities.TryParse(label, out _)))
        {
            yield return new("unknown-sensitivity", label, "No such HL7 sensitivity label.");
        }

        foreach (var (name, answers) in instrument.AnswerSets)
        {
            if (answers.Options.Count < 2)
            {
                yield return new("too-few-options", name, "An answer set has at least two options.");
            }

            foreach (var value in Repeated(answers.Options.Select(option => option.Value)))
            {
                yield return new("duplicate-option", name, $"Two options have the value {value}.");
            }
        }
    }

    private static IEnumerable<InstrumentFault> Codes(Instrument instrument)
    {
        IEnumerable<(string Kind, string Code)> codes =
        [
            ("code", instrument.Code),
            .. instrument.Scales.Select(scale => ("scale", scale.Code)),
            .. instrument.Cutoffs.Select(cutoff => ("cut-off", cutoff.Code)),
            .. instrument.Algorithms.Select(algorithm => ("algorithm", algorithm.Code)),
            .. instrument.Critical.Select(critical => ("critical", critical.Code)),
            .. instrument.Scales.SelectMany(scale => (scale.Bands?.Ranges ?? []).Select(band => ("band of " + scale.Code, band.Code))),
        ];

        foreach (var (kind, code) in codes.Where(code => !CodeShape().IsMatch(code.Code)))
        {
            yield return new("code-shape", code, $"The code of a {kind} is letters and digits joined by hyphens.");
        }

        // Several critical items may call for the same thing; everything else is asked for by its code alone.
        foreach (var (kind, code) in Repeated(codes.Where(code => code.Kind != "critical")))
        {
            yield return new("duplicate-code", code, $"Two of kind {kind} have this code.");
        }
    }

    private static IEnumerable<InstrumentFault> Facts(Instrument instrument)
    {
        foreach (var (where, fact) in SourcedFacts(instrument))
        {
            if (fact is { Status: FactStatus.Confirmed, Source: null or "" })
            {
                yield return new("confirmed-without-source", where, "What is confirmed names where it was seen.");
            }
        }

        if (instrument.Licence is { Confidence: FactStatus.Confirmed, Source: null or "" })
        {
            yield return new("confirmed-without-source", "licence", "What is confirmed names where it was seen.");
        }

        if (instrument.Change.ReliableChange is { } change
            && (change.Points <= 0 || change.Recompute is { } inputs && (inputs.Sd <= 0 || inputs.Reliability is <= 0 or >= 1)))
        {
            yield return new("reliable-change", "change.reliableChange", "Points and SD are positive, the reliability lies between 0 and 1.");
        }
    }

    private static IEnumerable<(string Where, SourcedFact Fact)> SourcedFacts(Instrument instrument)
    {
        var change = instrument.Change;
        IEnumerable<(string, SourcedFact?)> facts =
        [
            ("missing", instrument.Missing),
            ("loinc", instrument.Loinc),
            ("change.reliableChange", change.ReliableChange),
            ("change.reliableChange.recompute", change.ReliableChange?.Recompute),
            ("change.clinicalRange", change.ClinicalRange),
            ("change.response", change.Response),
            ("change.onTrack", change.OnTrack),
            .. change.MinimalImportant.Select(fact => ("change.minimalImportant", (SourcedFact?)fact)),
            .. change.Norms.Select(fact => ($"change.norms.{fact.Population}", (SourcedFact?)fact)),
            .. change.Reliabilities.Select(fact => ($"change.reliabilities.{fact.Type}", (SourcedFact?)fact)),
            .. instrument.AnswerSets.Select(pair => ($"answerSets.{pair.Key}", (SourcedFact?)pair.Value)),
            .. instrument.Languages.Select(fact => ($"languages.{fact.Tag}", (SourcedFact?)fact)),
            .. instrument.Headings.Concat(instrument.Headings.SelectMany(heading => heading.Parts))
                .Select(fact => ($"headings.{fact.Title}", (SourcedFact?)fact)),
            .. instrument.Scales.Select(scale => ($"{scale.Code}.bands", (SourcedFact?)scale.Bands)),
            .. instrument.Skips.Select(fact => ("skips", (SourcedFact?)fact)),
            .. instrument.Cutoffs.Select(fact => ($"cutoffs.{fact.Code}", (SourcedFact?)fact)),
            .. instrument.Algorithms.Select(fact => ($"algorithms.{fact.Code}", (SourcedFact?)fact)),
            .. instrument.Critical.Select(fact => ($"critical.{fact.Code}", (SourcedFact?)fact)),
            .. instrument.Notes.Select(fact => ($"notes.{fact.About}", (SourcedFact?)fact)),
        ];
        return facts.Where(fact => fact.Item2 is not null).Select(fact => (fact.Item1, fact.Item2!));
    }

    private static IEnumerable<InstrumentFault> Words(Instrument instrument)
    {
        var slots = instrument.AllItems.Select(item => ($"item {item.Number}", item.Text))
            .Concat(instrument.AnswerSets.SelectMany(set => set.Value.Options.Select(option => ($"option {option.Value} of {set.Key}", option.Text))))
            .ToList();
        var languages = instrument.Languages.Select(language => language.Tag).ToHashSet();

        if (instrument.Licence.ShipItemText == ShipItemText.No && (languages.Count > 0 || slots.Any(slot => slot.Text.Count > 0)))
        {
            yield return new("text-not-licensed", "licence.shipItemText", "The licence lets no wording ship, and wording is here.");
        }

        if (instrument.Licence.ShipItemText == ShipItemText.Verbatim && languages.Count > 1)
        {
            yield return new("text-not-licensed", "languages", "The licence lets no translation ship.");
        }

        foreach (var tag in Repeated(instrument.Languages.Select(language => language.Tag)))
        {
            yield return new("duplicate-language", tag, "This language is declared twice.");
        }

        foreach (var (where, text) in slots)
        {
            foreach (var tag in text.Keys.Where(tag => !languages.Contains(tag)))
            {
                yield return new("undeclared-language", $"{where}, {tag}", "Wording needs its language declared, with attribution and source.");
            }

            foreach (var tag in languages.Where(tag => string.IsNullOrWhiteSpace(text.GetValueOrDefault(tag))))
            {
                yield return new("text-missing", $"{where}, {tag}", "A declared language has the wording of every item and option.");
            }
        }
    }

    private static IEnumerable<InstrumentFault> Loinc(Instrument instrument)
    {
        IEnumerable<(string Where, string? Code, Func<string, bool> IsValid)> codes =
        [
            ("loinc.panel", instrument.Loinc.Panel, LoincCode.IsTerm),
            ("loinc.total", instrument.Loinc.Total, LoincCode.IsTerm),
            .. instrument.Loinc.Other.Select(other => ("loinc.other", (string?)other.Code, (Func<string, bool>)LoincCode.IsValid)),
            .. instrument.AllItems.Select(item => ($"item {item.Number}", item.Loinc, (Func<string, bool>)LoincCode.IsTerm)),
            .. instrument.Scales.Select(scale => ($"scale {scale.Code}", scale.Loinc, (Func<string, bool>)LoincCode.IsTerm)),
            .. instrument.AnswerSets.Select(set => ($"answer set {set.Key}", set.Value.Loinc, (Func<string, bool>)LoincCode.IsAnswerList)),
            .. instrument.AnswerSets.SelectMany(set => set.Value.Options.Select(
                option => ($"option {option.Value} of {set.Key}", option.Loinc, (Func<string, bool>)LoincCode.IsAnswer))),
        ];

        foreach (var (where, code, _) in codes.Where(code => code.Code is { } given && !code.IsValid(given)))
        {
            yield return new("loinc-check-digit", where, $"{code} is no LOINC code of that kind, or its check digit is wrong.");
        }

        if (instrument.Loinc.Version is { } version
            && instrument.Loinc.Source?.Contains($"LOINC {version}", StringComparison.Ordinal) != true)
        {
            yield return new("loinc-version", "loinc.version", $"The source does not name LOINC {version}.");
        }
    }

    private static IEnumerable<T> Repeated<T>(IEnumerable<T> values) =>
        values.GroupBy(value => value).Where(group => group.Count() > 1).Select(group => group.Key);

    [GeneratedRegex("^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$")]
    private static partial Regex CodeShape();
}
