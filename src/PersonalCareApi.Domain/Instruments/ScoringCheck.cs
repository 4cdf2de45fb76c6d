namespace PersonalCareApi.Domain.Instruments;

/// <summary>The scoring key must reach every item, give the range it claims, and name a band for every score.</summary>
internal static class ScoringCheck
{
    public static IEnumerable<InstrumentFault> Faults(Instrument instrument) =>
    [
        .. Reach(instrument),
        .. Missing(instrument),
        .. instrument.Scales.SelectMany(scale => Range(instrument, scale)),
        .. instrument.Scales.Where(scale => scale.Bands is not null).SelectMany(scale => Bands(scale, scale.Bands!)),
        .. instrument.Critical.SelectMany(critical => Trigger(instrument, critical)),
        .. instrument.Skips.SelectMany(skip => Skip(instrument, skip)),
        .. Defaults(instrument),
    ];

    private static IEnumerable<InstrumentFault> Reach(Instrument instrument)
    {
        if (instrument.Total is { } total && total.Code != Scale.TotalCode)
        {
            yield return new("total-code", total.Code, $"The code of the total is {Scale.TotalCode}.");
        }

        var scored = instrument.Scales.SelectMany(scale => scale.Items).ToHashSet();
        foreach (var item in instrument.Items.Where(item => scored.Count > 0 && !scored.Contains(item.Number)))
        {
            yield return new("unscored-item", $"item {item.Number}", "No scale counts it; an item beside the instrument is an extra item.");
        }
    }

    private static IEnumerable<InstrumentFault> Missing(Instrument instrument)
    {
        var limits = instrument.Scales
            .Select(scale => (scale.Code, Max: scale.MaxMissing ?? instrument.Missing.MaxMissing, Items: scale.Items.Count - 1))
            .DefaultIfEmpty(("missing", instrument.Missing.MaxMissing, instrument.Items.Count));
        foreach (var (where, max, items) in limits)
        {
            if (max < 0 || max > items)
            {
                yield return new("max-missing", where, $"Between 0 and {items} items may be missing.");
            }
        }
    }

    private static IEnumerable<InstrumentFault> Range(Instrument instrument, Scale scale)
    {
        var plain = instrument.Possible(scale, scale.Method);
        var computed = new ScoreRange(plain.Min * scale.Multiply, plain.Max * scale.Multiply);
        if (computed != scale.Range)
        {
            yield return new("range", scale.Code, $"The items give {computed.Min}–{computed.Max}, the definition says {scale.Range.Min}–{scale.Range.Max}.");
        }
    }

    private static IEnumerable<InstrumentFault> Bands(Scale scale, SeverityBands bands)
    {
        foreach (var band in bands.Ranges.Where(band => band.Min is null == band.Above is null || band.Max is null == band.Below is null))
        {
            yield return new("band-bounds", $"{scale.Code}, {band.Code}", "A band has min or above, and max or below.");
            yield break;
        }

        if (bands.Ranges.Count == 0 || bands.Ranges[0].Min != scale.Range.Min || bands.Ranges[^1].Max != scale.Range.Max)
        {
            yield return new("band-range", scale.Code, $"The bands run from {scale.Range.Min} to {scale.Range.Max}, both in a band.");
        }

        // Between whole numbers nothing can fall; between other values two bands must share the bound, one of them excluding it.
        var whole = bands.Compare == BandComparison.Rounded;
        foreach (var (lower, upper) in bands.Ranges.Zip(bands.Ranges.Skip(1)))
        {
            var where = $"{scale.Code}, {lower.Code} to {upper.Code}";
            var end = lower.Max ?? lower.Below!.Value;
            var start = upper.Min ?? upper.Above!.Value;
            var bothIn = lower.Max is not null && upper.Min is not null;
            var bothOut = lower.Below is not null && upper.Above is not null;
            var meets = whole && bothIn ? start == end + 1 : start == end && !bothIn && !bothOut;
            if (!meets)
            {
                yield return start < end || (start == end && bothIn)
                    ? new("band-overlap", where, "A score lies in both bands.")
                    : new("band-gap", where, "A score lies in neither band.");
            }
        }
    }

    private static IEnumerable<InstrumentFault> Trigger(Instrument instrument, CriticalItem critical)
    {
        var answers = instrument.AnswersOf(instrument.Item(critical.Item)!)!;
        if (!answers.Options.Any(option => Condition.Compare(critical.Op, option.Value, critical.Value)))
        {
            yield return new("trigger-never-fires", critical.Code, $"No answer to item {critical.Item} triggers it.");
        }
    }

    private static IEnumerable<InstrumentFault> Skip(Instrument instrument, SkipRule skip)
    {
        foreach (var item in skip.Items.Select(number => instrument.Item(number)!))
        {
            if (skip.CountsAs is { } counts && instrument.AnswersOf(item)?.Options.Any(option => option.Value == counts) != true)
            {
                yield return new("skip-value", $"item {item.Number}", $"{counts} is no answer to it.");
            }
        }
    }

    private static IEnumerable<InstrumentFault> Defaults(Instrument instrument)
    {
        foreach (var cutoff in instrument.Cutoffs.Where(cutoff => cutoff.DependsOn is not null and not { Fact: FactDependence.Sex, Value: "female" or "male" }))
        {
            yield return new("unknown-fact", cutoff.Code, "A cut-off may depend on sex, female or male.");
        }

        foreach (var group in instrument.Cutoffs.Where(cutoff => cutoff.DependsOn is not null).GroupBy(cutoff => cutoff.DependsOn!.Fact))
        {
            if (group.Count(cutoff => cutoff.Default) != 1)
            {
                yield return new("fact-default", group.Key, "Exactly one of the cut-offs that depend on a fact is the one to go by when it is not known.");
            }
        }
    }
}
