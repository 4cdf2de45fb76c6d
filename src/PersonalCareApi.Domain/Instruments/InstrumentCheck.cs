using System.Globalization;
using System.Text.RegularExpressions;
using PersonalCareApi.Domain.Access;

namespace PersonalCareApi.Domain.Instruments;

/// <summary>What must hold of every definition, rule by rule; each fault names its rule.</summary>
/// <remarks>
/// Of what is not too large, in two steps, because the scoring key can only be followed once every name in it leads somewhere: names, facts, words
/// and codes first, and when the names are right the key itself (<see cref="ScoringCheck"/>).
/// </remarks>
internal static partial class InstrumentCheck
{
    /// <summary>What an instrument's code may have where it is kept.</summary>
    private const int LongestCode = 64;

    public static IReadOnlyList<InstrumentFault> Faults(Instrument instrument)
    {
        // What is too large is looked at no further.
        if (SizeCheck.Faults(instrument, instrument.ToJsonElement()).ToList() is { Count: > 0 } sizes)
        {
            return sizes;
        }

        List<InstrumentFault> names = [.. Names(instrument), .. ReferenceCheck.Faults(instrument)];
        List<InstrumentFault> rest = [.. Codes(instrument), .. Facts(instrument), .. Words(instrument), .. Loinc(instrument)];
        return names.Count > 0 ? [.. names, .. rest] : [.. rest, .. ScoringCheck.Faults(instrument)];
    }

    private static IEnumerable<InstrumentFault> Names(Instrument instrument)
    {
        if (!int.TryParse(instrument.Version, NumberStyles.None, CultureInfo.InvariantCulture, out var version) || version < 1
            || instrument.Version != version.ToString(CultureInfo.InvariantCulture))
        {
            yield return new("version", "#/version", "A version is a whole number from 1, as text.");
        }

        if (instrument.Items.Count == 0)
        {
            yield return new("no-items", "#/items", "An instrument has items.");
        }

        if (instrument.Total is { } total && total.Code != Scale.TotalCode)
        {
            yield return new("total-code", "#/total/code", $"The code of the total is {Scale.TotalCode}.");
        }

        foreach (var (number, at) in Repeated(Place.Items(instrument).Select(item => (item.Item.Number, $"{item.At}/number"))))
        {
            yield return new("duplicate-item", at, $"Another item has the number {number} already.");
        }

        foreach (var (_, at) in Place.Each("#/sensitivities", instrument.Sensitivities).Where(label => !Sensitivities.TryParse(label.Value, out _)))
        {
            yield return new("unknown-sensitivity", at, "No such HL7 sensitivity label.");
        }

        foreach (var (name, answers) in instrument.AnswerSets)
        {
            if (answers.Options.Count < 2)
            {
                yield return new("too-few-options", Place.Of("answerSets", name, "options"), "An answer set has at least two options.");
            }

            foreach (var (value, at) in Repeated(Place.Each(Place.Of("answerSets", name, "options"), answers.Options)
                .Select(option => (option.Value.Value, $"{option.At}/value"))))
            {
                yield return new("duplicate-option", at, $"Another option has the value {value} already.");
            }
        }
    }

    private static IEnumerable<InstrumentFault> Codes(Instrument instrument)
    {
        List<(string Kind, string Code, string At)> codes =
        [
            ("code", instrument.Code, "#/code"),
            .. Place.Scales(instrument).Select(scale => ("scale", scale.Scale.Code, $"{scale.At}/code")),
            .. Place.Each("#/cutoffs", instrument.Cutoffs).Select(cutoff => ("cut-off", cutoff.Value.Code, $"{cutoff.At}/code")),
            .. Place.Each("#/algorithms", instrument.Algorithms).Select(algorithm => ("algorithm", algorithm.Value.Code, $"{algorithm.At}/code")),
            .. Place.Each("#/critical", instrument.Critical).Select(critical => ("critical", critical.Value.Code, $"{critical.At}/code")),
            .. Place.Scales(instrument).SelectMany(scale => Place.Each($"{scale.At}/bands/ranges", scale.Scale.Bands?.Ranges ?? [])
                .Select(band => ("band of " + scale.Scale.Code, band.Value.Code, $"{band.At}/code"))),
        ];

        foreach (var (kind, code, at) in codes.Where(code => code.Code.Length > LongestCode || !CodeShape().IsMatch(code.Code)))
        {
            yield return new("code-shape", at, $"The code of a {kind} is letters and digits joined by hyphens, at most {LongestCode} characters.");
        }

        // Several critical items may call for the same thing; everything else is asked for by its code alone.
        foreach (var ((kind, _), at) in Repeated(codes.Where(code => code.Kind != "critical").Select(code => ((code.Kind, code.Code), code.At))))
        {
            yield return new("duplicate-code", at, $"Another of kind {kind} has this code already.");
        }
    }

    private static IEnumerable<InstrumentFault> Facts(Instrument instrument)
    {
        foreach (var (at, fact) in SourcedFacts(instrument))
        {
            if (fact is { Status: FactStatus.Confirmed, Source: null or "" })
            {
                yield return new("confirmed-without-source", at, "What is confirmed names where it was seen.");
            }
        }

        if (instrument.Licence is { Confidence: FactStatus.Confirmed, Source: null or "" })
        {
            yield return new("confirmed-without-source", "#/licence", "What is confirmed names where it was seen.");
        }

        if (instrument.Change.ReliableChange is { } change
            && (change.Points <= 0 || change.Recompute is { } inputs && (inputs.Sd <= 0 || inputs.Reliability is <= 0 or >= 1)))
        {
            yield return new("reliable-change", "#/change/reliableChange", "Points and SD are positive, the reliability lies between 0 and 1.");
        }
    }

    private static IEnumerable<(string At, SourcedFact Fact)> SourcedFacts(Instrument instrument)
    {
        var change = instrument.Change;
        IEnumerable<(string, SourcedFact?)> facts =
        [
            ("#/missing", instrument.Missing),
            ("#/loinc", instrument.Loinc),
            ("#/change/reliableChange", change.ReliableChange),
            ("#/change/reliableChange/recompute", change.ReliableChange?.Recompute),
            ("#/change/clinicalRange", change.ClinicalRange),
            ("#/change/response", change.Response),
            ("#/change/onTrack", change.OnTrack),
            .. In("#/change/minimalImportant", change.MinimalImportant),
            .. In("#/change/norms", change.Norms),
            .. In("#/change/reliabilities", change.Reliabilities),
            .. instrument.AnswerSets.Select(set => (Place.Of("answerSets", set.Key), (SourcedFact?)set.Value)),
            .. In("#/languages", instrument.Languages),
            .. Place.Headings(instrument).Select(heading => (heading.At, (SourcedFact?)heading.Heading)),
            .. Place.Scales(instrument).Select(scale => ($"{scale.At}/bands", (SourcedFact?)scale.Scale.Bands)),
            .. In("#/skips", instrument.Skips),
            .. In("#/cutoffs", instrument.Cutoffs),
            .. In("#/algorithms", instrument.Algorithms),
            .. In("#/critical", instrument.Critical),
            .. In("#/notes", instrument.Notes),
        ];
        return facts.Where(fact => fact.Item2 is not null).Select(fact => (fact.Item1, fact.Item2!));

        static IEnumerable<(string, SourcedFact?)> In(string place, IEnumerable<SourcedFact> list) =>
            Place.Each(place, list).Select(fact => (fact.At, (SourcedFact?)fact.Value));
    }

    private static IEnumerable<InstrumentFault> Words(Instrument instrument)
    {
        var slots = Place.Items(instrument).Select(item => (item.At, item.Item.Text))
            .Concat(Place.Options(instrument).Select(option => (option.At, option.Option.Text)))
            .ToList();
        var languages = instrument.Languages.Select(language => language.Tag).ToHashSet();

        if (instrument.Licence.ShipItemText == ShipItemText.No && (languages.Count > 0 || slots.Any(slot => slot.Text.Count > 0)))
        {
            yield return new("text-not-licensed", "#/licence/shipItemText", "The licence lets no wording ship, and wording is here.");
        }

        if (instrument.Licence.ShipItemText == ShipItemText.Verbatim && languages.Count > 1)
        {
            yield return new("text-not-licensed", "#/languages", "The licence lets no translation ship.");
        }

        foreach (var (_, at) in Repeated(Place.Each("#/languages", instrument.Languages).Select(language => (language.Value.Tag, $"{language.At}/tag"))))
        {
            yield return new("duplicate-language", at, "This language is declared twice.");
        }

        foreach (var (at, text) in slots)
        {
            foreach (var tag in text.Keys.Where(tag => !languages.Contains(tag)))
            {
                yield return new("undeclared-language", Place.Within(at, "text", tag), "Wording needs its language declared, with attribution and source.");
            }

            foreach (var tag in languages.Where(tag => string.IsNullOrWhiteSpace(text.GetValueOrDefault(tag))))
            {
                yield return new("text-missing", Place.Within(at, "text", tag), "A declared language has the wording of every item and option.");
            }
        }
    }

    private static IEnumerable<InstrumentFault> Loinc(Instrument instrument)
    {
        IEnumerable<(string At, string? Code, Func<string, bool> IsValid)> codes =
        [
            ("#/loinc/panel", instrument.Loinc.Panel, LoincCode.IsTerm),
            ("#/loinc/total", instrument.Loinc.Total, LoincCode.IsTerm),
            .. Place.Each("#/loinc/other", instrument.Loinc.Other).Select(other => ($"{other.At}/code", (string?)other.Value.Code, (Func<string, bool>)LoincCode.IsValid)),
            .. Place.Items(instrument).Select(item => ($"{item.At}/loinc", item.Item.Loinc, (Func<string, bool>)LoincCode.IsTerm)),
            .. Place.Scales(instrument).Select(scale => ($"{scale.At}/loinc", scale.Scale.Loinc, (Func<string, bool>)LoincCode.IsTerm)),
            .. instrument.AnswerSets.Select(set => (Place.Of("answerSets", set.Key, "loinc"), set.Value.Loinc, (Func<string, bool>)LoincCode.IsAnswerList)),
            .. Place.Options(instrument).Select(option => ($"{option.At}/loinc", option.Option.Loinc, (Func<string, bool>)LoincCode.IsAnswer)),
        ];

        foreach (var (at, code, _) in codes.Where(code => code.Code is { } given && !code.IsValid(given)))
        {
            yield return new("loinc-check-digit", at, $"{code} is no LOINC code of that kind, or its check digit is wrong.");
        }

        if (instrument.Loinc.Version is { } version
            && instrument.Loinc.Source?.Contains($"LOINC {version}", StringComparison.Ordinal) != true)
        {
            yield return new("loinc-version", "#/loinc/version", $"The source does not name LOINC {version}.");
        }
    }

    /// <summary>Each value that was there before, at its second place.</summary>
    private static IEnumerable<(T Value, string At)> Repeated<T>(IEnumerable<(T Value, string At)> values) =>
        values.GroupBy(value => value.Value).Where(group => group.Count() > 1).Select(group => group.ElementAt(1));

    [GeneratedRegex("^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$")]
    private static partial Regex CodeShape();
}
