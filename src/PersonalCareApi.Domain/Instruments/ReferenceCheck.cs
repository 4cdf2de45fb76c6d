namespace PersonalCareApi.Domain.Instruments;

/// <summary>Every name a definition uses must lead somewhere, and every rule must have one of the shapes there are.</summary>
internal static class ReferenceCheck
{
    public static IEnumerable<InstrumentFault> Faults(Instrument instrument) =>
    [
        .. AnswerSets(instrument),
        .. instrument.Scales.SelectMany(scale => ScaleItems(instrument, scale)),
        .. instrument.Headings.Concat(instrument.Headings.SelectMany(heading => heading.Parts))
            .SelectMany(heading => Items(instrument, heading.Items, $"heading {heading.Title}", scored: false)),
        .. instrument.Skips.SelectMany(skip => Items(instrument, skip.Items, "skips", scored: false).Concat(Of(instrument, skip.When, "skips"))),
        .. instrument.Critical.SelectMany(critical => Critical(instrument, critical)),
        .. instrument.Cutoffs.SelectMany(cutoff => Of(instrument, cutoff.When, $"cut-off {cutoff.Code}")),
        .. instrument.Algorithms.SelectMany(algorithm => Of(instrument, algorithm.When, $"algorithm {algorithm.Code}")),
    ];

    private static IEnumerable<InstrumentFault> AnswerSets(Instrument instrument)
    {
        foreach (var item in instrument.AllItems.Where(item => item.Answers is { } name && !instrument.AnswerSets.ContainsKey(name)))
        {
            yield return new("unknown-answer-set", $"item {item.Number}", $"There is no answer set {item.Answers}.");
        }

        foreach (var item in instrument.AllItems.Where(item => item.Answers is null && item.Reverse))
        {
            yield return new("text-item-scored", $"item {item.Number}", "An item answered in words cannot be reversed.");
        }
    }

    private static IEnumerable<InstrumentFault> ScaleItems(Instrument instrument, Scale scale)
    {
        var where = $"scale {scale.Code}";
        foreach (var number in scale.Items.GroupBy(number => number).Where(group => group.Count() > 1).Select(group => group.Key))
        {
            yield return new("repeated-item", where, $"Item {number} counts twice; give it a weight instead.");
        }

        foreach (var number in scale.Weights.Where(weight => weight.Value <= 0 || !scale.Items.Contains(weight.Key)).Select(weight => weight.Key))
        {
            yield return new("weight", where, $"The weight of item {number} is not positive, or the scale has no such item.");
        }

        foreach (var number in scale.Items.Where(number => instrument.ExtraItems.Any(extra => extra.Number == number)))
        {
            yield return new("extra-item-scored", where, $"Extra item {number} is not part of the instrument and counts nowhere.");
        }

        if (scale.Items.Count == 0 || scale.Multiply <= 0)
        {
            yield return new("empty-scale", where, "A scale has items and a positive multiplier.");
        }

        foreach (var fault in Items(instrument, scale.Items, where, scored: true))
        {
            yield return fault;
        }
    }

    private static IEnumerable<InstrumentFault> Critical(Instrument instrument, CriticalItem critical) =>
        instrument.Item(critical.Item) is null
            ? [new("unknown-critical-item", critical.Code, $"There is no item {critical.Item}.")]
            : Items(instrument, [critical.Item], $"critical {critical.Code}", scored: true).Concat(
                critical.Op is ConditionOp.All or ConditionOp.Any
                    ? [new InstrumentFault("condition-shape", critical.Code, "A critical item is triggered by a comparison.")]
                    : []);

    private static IEnumerable<InstrumentFault> Of(Instrument instrument, Condition condition, string where)
    {
        var compares = condition is { Of: not null, Value: not null };
        if (condition.Joins != (condition.Conditions.Count > 0) || condition.Joins == compares || condition.Of is null != condition.Value is null)
        {
            return [new("condition-shape", where, "A condition either joins conditions, or compares a quantity with a value.")];
        }

        return condition.Joins ? condition.Conditions.SelectMany(part => Of(instrument, part, where)) : Of(instrument, condition.Of!, where);
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
