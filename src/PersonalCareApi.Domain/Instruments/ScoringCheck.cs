namespace PersonalCareApi.Domain.Instruments;

/// <summary>The scoring key must reach every item, give the range it claims, and name a band for every score.</summary>
internal static class ScoringCheck
{
    public static IEnumerable<InstrumentFault> Faults(Instrument instrument) =>
    [
        .. Reach(instrument),
        .. Missing(instrument),
        .. Place.Scales(instrument).SelectMany(scale => Range(instrument, scale.Scale, scale.At)),
        .. Place.Scales(instrument).Where(scale => scale.Scale.Bands is not null).SelectMany(scale => Bands(scale.Scale, scale.Scale.Bands!, $"{scale.At}/bands/ranges")),
        .. Place.Each("#/critical", instrument.Critical).SelectMany(critical => Trigger(instrument, critical.Value, critical.At)),
        .. Place.Each("#/skips", instrument.Skips).SelectMany(skip => Skip(instrument, skip.Value, skip.At)),
        .. Defaults(instrument),
    ];

    private static IEnumerable<InstrumentFault> Reach(Instrument instrument)
    {
        var scored = instrument.Scales.SelectMany(scale => scale.Items).ToHashSet();
        foreach (var (_, at) in Place.Each("#/items", instrument.Items).Where(item => scored.Count > 0 && !scored.Contains(item.Value.Number)))
        {
            yield return new("unscored-item", at, "No scale counts it; an item beside the instrument is an extra item.");
        }
    }

    private static IEnumerable<InstrumentFault> Missing(Instrument instrument)
    {
        var limits = Place.Scales(instrument)
            .Select(scale => (
                At: scale.Scale.MaxMissing is null ? "#/missing/maxMissing" : $"{scale.At}/maxMissing",
                Max: scale.Scale.MaxMissing ?? instrument.Missing.MaxMissing,
                Items: scale.Scale.Items.Count - 1))
            .DefaultIfEmpty(("#/missing/maxMissing", instrument.Missing.MaxMissing, instrument.Items.Count));
        foreach (var (at, max, items) in limits)
        {
            if (max < 0 || max > items)
            {
                yield return new("max-missing", at, $"Between 0 and {items} items may be missing.");
            }
        }
    }

    private static IEnumerable<InstrumentFault> Range(Instrument instrument, Scale scale, string at)
    {
        var plain = instrument.Possible(scale, scale.Method);
        var computed = new ScoreRange(plain.Min * scale.Multiply, plain.Max * scale.Multiply);
        if (computed != scale.Range)
        {
            yield return new("range", $"{at}/range", $"The items give {computed.Min}–{computed.Max}, the definition says {scale.Range.Min}–{scale.Range.Max}.");
        }
    }

    private static IEnumerable<InstrumentFault> Bands(Scale scale, SeverityBands bands, string at)
    {
        var unbounded = Place.Each(at, bands.Ranges)
            .Where(band => band.Value.Min is null == band.Value.Above is null || band.Value.Max is null == band.Value.Below is null).ToList();
        foreach (var (_, where) in unbounded)
        {
            yield return new("band-bounds", where, "A band has min or above, and max or below.");
        }

        if (unbounded.Count > 0)
        {
            yield break;
        }

        // A score is rounded to a whole number, which bounds between whole numbers could miss.
        var whole = bands.Compare == BandComparison.Rounded;
        foreach (var (_, where) in Place.Each(at, bands.Ranges).Where(band => IsBackward(band.Value) || (whole && !IsWhole(band.Value))))
        {
            yield return new("band-bounds", where, whole ? "The bounds are whole numbers, the lower one first." : "The lower bound comes first.");
        }

        if (bands.Ranges.Count == 0 || bands.Ranges[0].Min != scale.Range.Min || bands.Ranges[^1].Max != scale.Range.Max)
        {
            yield return new("band-range", at, $"The bands run from {scale.Range.Min} to {scale.Range.Max}, both in a band.");
        }

        // Between whole numbers nothing can fall; between other values two bands must share the bound, one of them excluding it.
        foreach (var (lower, (upper, where)) in bands.Ranges.Zip(Place.Each(at, bands.Ranges).Skip(1)))
        {
            var end = lower.Max ?? lower.Below!.Value;
            var start = upper.Min ?? upper.Above!.Value;
            var bothIn = lower.Max is not null && upper.Min is not null;
            var bothOut = lower.Below is not null && upper.Above is not null;
            var meets = whole && bothIn ? start == end + 1 : start == end && !bothIn && !bothOut;
            if (!meets)
            {
                yield return start < end || (start == end && bothIn)
                    ? new("band-overlap", where, "A score lies in this band and in the one before it.")
                    : new("band-gap", where, "A score lies in neither this band nor the one before it.");
            }
        }
    }

    private static bool IsBackward(SeverityBand band) => (band.Min ?? band.Above) > (band.Max ?? band.Below);

    private static bool IsWhole(SeverityBand band) =>
        decimal.IsInteger((band.Min ?? band.Above)!.Value) && decimal.IsInteger((band.Max ?? band.Below)!.Value);

    private static IEnumerable<InstrumentFault> Trigger(Instrument instrument, CriticalItem critical, string at)
    {
        var answers = instrument.AnswersOf(instrument.Item(critical.Item)!)!;
        if (!answers.Options.Any(option => Condition.Compare(critical.Op, option.Value, critical.Value)))
        {
            yield return new("trigger-never-fires", at, $"No answer to item {critical.Item} triggers it.");
        }
    }

    private static IEnumerable<InstrumentFault> Skip(Instrument instrument, SkipRule skip, string at)
    {
        foreach (var item in skip.Items.Select(number => instrument.Item(number)!))
        {
            if (skip.CountsAs is { } counts && instrument.AnswersOf(item)?.Options.Any(option => option.Value == counts) != true)
            {
                yield return new("skip-value", $"{at}/countsAs", $"{counts} is no answer to item {item.Number}.");
            }
        }
    }

    private static IEnumerable<InstrumentFault> Defaults(Instrument instrument)
    {
        foreach (var (_, at) in Place.Each("#/cutoffs", instrument.Cutoffs).Where(cutoff => cutoff.Value.DependsOn is not null and not { Fact: FactDependence.Sex, Value: "female" or "male" }))
        {
            yield return new("unknown-fact", $"{at}/dependsOn", "A cut-off may depend on sex, female or male.");
        }

        foreach (var group in instrument.Cutoffs.Where(cutoff => cutoff.DependsOn is not null).GroupBy(cutoff => cutoff.DependsOn!.Fact))
        {
            if (group.Count(cutoff => cutoff.Default) != 1)
            {
                yield return new("fact-default", "#/cutoffs", "Exactly one of the cut-offs that depend on a fact is the one to go by when it is not known.");
            }
        }
    }
}
