namespace PersonalCareApi.Domain.Instruments;

/// <summary>Every name a definition uses must lead somewhere, and every rule must have one of the shapes there are.</summary>
internal static class ReferenceCheck
{
    public static IEnumerable<InstrumentFault> Faults(Instrument instrument) =>
    [
        .. AnswerSets(instrument),
        .. Place.Scales(instrument).SelectMany(scale => ScaleItems(instrument, scale.Scale, scale.At)),
        .. Place.Headings(instrument).SelectMany(heading => Items(instrument, heading.Heading.Items, $"{heading.At}/items", scored: false)),
        .. Place.Each("#/skips", instrument.Skips).SelectMany(skip =>
            Items(instrument, skip.Value.Items, $"{skip.At}/items", scored: false).Concat(Of(instrument, skip.Value.When, $"{skip.At}/when"))),
        .. Place.Each("#/skips", instrument.Skips).Where(skip => LooksAtScores(skip.Value.When)).Select(
            skip => new InstrumentFault("condition-shape", $"{skip.At}/when", "A skip looks at answers: scores are made when all skips are done.")),
        .. Place.Each("#/critical", instrument.Critical).SelectMany(critical => Critical(instrument, critical.Value, critical.At)),
        .. Place.Each("#/cutoffs", instrument.Cutoffs).SelectMany(cutoff => Of(instrument, cutoff.Value.When, $"{cutoff.At}/when")),
        .. Place.Each("#/algorithms", instrument.Algorithms).SelectMany(algorithm => Of(instrument, algorithm.Value.When, $"{algorithm.At}/when")),
        .. Change(instrument),
    ];

    private static bool LooksAtScores(Condition condition) => condition.Of?.Scale is not null || condition.Conditions.Any(LooksAtScores);

    private static IEnumerable<InstrumentFault> Change(Instrument instrument)
    {
        var change = instrument.Change;
        var named = Place.Each("#/change/norms", change.Norms).Select(norm => (norm.Value.Scale, norm.At))
            .Concat(Place.Each("#/change/reliabilities", change.Reliabilities).Select(reliability => (reliability.Value.Scale, reliability.At)));
        foreach (var (scale, at) in named.Where(name => instrument.Scales.All(known => known.Code != name.Scale)))
        {
            yield return new("unknown-scale", $"{at}/scale", $"There is no scale {scale}.");
        }

        if (change.ClinicalRange?.Op is ConditionOp.All or ConditionOp.Any)
        {
            yield return new("condition-shape", "#/change/clinicalRange/op", "A score is compared, not joined.");
        }

        foreach (var (_, at) in Place.Each("#/change/onTrack/cuts", change.OnTrack?.Cuts ?? []).Where(cut => cut.Value.Op is ConditionOp.All or ConditionOp.Any))
        {
            yield return new("condition-shape", $"{at}/op", "A score is compared, not joined.");
        }
    }

    private static IEnumerable<InstrumentFault> AnswerSets(Instrument instrument)
    {
        foreach (var (item, at) in Place.Items(instrument).Where(item => item.Item.Answers is { } name && !instrument.AnswerSets.ContainsKey(name)))
        {
            yield return new("unknown-answer-set", $"{at}/answers", $"There is no answer set {item.Answers}.");
        }

        foreach (var (_, at) in Place.Items(instrument).Where(item => item.Item.Answers is null && item.Item.Reverse))
        {
            yield return new("text-item-scored", $"{at}/reverse", "An item answered in words cannot be reversed.");
        }
    }

    private static IEnumerable<InstrumentFault> ScaleItems(Instrument instrument, Scale scale, string at)
    {
        var where = $"{at}/items";
        foreach (var number in scale.Items.GroupBy(number => number).Where(group => group.Count() > 1).Select(group => group.Key))
        {
            yield return new("repeated-item", where, $"Item {number} counts twice; give it a weight instead.");
        }

        foreach (var number in scale.Weights.Where(weight => weight.Value <= 0 || !scale.Items.Contains(weight.Key)).Select(weight => weight.Key))
        {
            yield return new("weight", Place.Within(at, "weights", number), $"The weight of item {number} is not positive, or the scale has no such item.");
        }

        foreach (var number in scale.Items.Where(number => instrument.ExtraItems.Any(extra => extra.Number == number)))
        {
            yield return new("extra-item-scored", where, $"Extra item {number} is not part of the instrument and counts nowhere.");
        }

        if (scale.Items.Count == 0 || scale.Multiply <= 0)
        {
            yield return new("empty-scale", at, "A scale has items and a positive multiplier.");
        }

        foreach (var fault in Items(instrument, scale.Items, where, scored: true))
        {
            yield return fault;
        }
    }

    private static IEnumerable<InstrumentFault> Critical(Instrument instrument, CriticalItem critical, string at) =>
        instrument.Item(critical.Item) is null
            ? [new("unknown-critical-item", $"{at}/item", $"There is no item {critical.Item}.")]
            : Items(instrument, [critical.Item], $"{at}/item", scored: true).Concat(
                critical.Op is ConditionOp.All or ConditionOp.Any
                    ? [new InstrumentFault("condition-shape", $"{at}/op", "A critical item is triggered by a comparison.")]
                    : []);

    private static IEnumerable<InstrumentFault> Of(Instrument instrument, Condition condition, string where)
    {
        var compares = condition is { Of: not null, Value: not null };
        if (condition.Joins != (condition.Conditions.Count > 0) || condition.Joins == compares || condition.Of is null != condition.Value is null)
        {
            return [new("condition-shape", where, "A condition either joins conditions, or compares a quantity with a value.")];
        }

        return condition.Joins ? Place.Each($"{where}/conditions", condition.Conditions).SelectMany(part => Of(instrument, part.Value, part.At)) : Of(instrument, condition.Of!, $"{where}/of");
    }

    private static IEnumerable<InstrumentFault> Of(Instrument instrument, Quantity quantity, string where)
    {
        object?[] takes = [quantity.Item, quantity.Sum, quantity.Count, quantity.Scale];
        if (takes.Count(take => take is not null) != 1 || (quantity.Take is not null && quantity.Scale is null))
        {
            return [new("condition-shape", where, "A quantity is one of item, sum, count or scale; only a scale takes another method.")];
        }

        if (quantity.Count?.Any(group => group.Op is ConditionOp.All or ConditionOp.Any) == true)
        {
            return [new("condition-shape", where, "What is counted is compared, not joined.")];
        }

        if (quantity.Scale is { } scale)
        {
            return instrument.Scales.Any(known => known.Code == scale)
                ? []
                : [new("unknown-scale", where, $"There is no scale {scale}.")];
        }

        var items = quantity.Item is { } item ? [item] : quantity.Sum ?? quantity.Count!.SelectMany(group => group.Items);
        return Items(instrument, items, where, scored: true);
    }

    private static IEnumerable<InstrumentFault> Items(Instrument instrument, IEnumerable<string> numbers, string where, bool scored)
    {
        foreach (var number in numbers)
        {
            var item = instrument.Item(number);
            if (item is null)
            {
                yield return new("unknown-item", where, $"There is no item {number}.");
            }
            else if (scored && item.Answers is null)
            {
                yield return new("text-item-scored", where, $"Item {number} is answered in words and has no value.");
            }
        }
    }
}
