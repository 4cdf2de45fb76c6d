namespace PersonalCareApi.Domain.Instruments;

/// <summary>
/// A number taken from a form; exactly one member is given: <c>{"item":"9"}</c>, <c>{"sum":["2","3"]}</c>,
/// <c>{"count":[{"items":["1","2"],"op":"&gt;=","value":2}]}</c> or <c>{"scale":"total"}</c>.
/// </summary>
/// <remarks>Items are taken as answered, before any reversal: triggers are published that way.</remarks>
public sealed record Quantity
{
    /// <summary>The answer to one item.</summary>
    public string? Item { get; init; }

    /// <summary>The sum of several answers.</summary>
    public IReadOnlyList<string>? Sum { get; init; }

    /// <summary>How many answers compare as told, over all groups.</summary>
    public IReadOnlyList<CountedItems>? Count { get; init; }

    /// <summary>The score of a scale, unrounded.</summary>
    public string? Scale { get; init; }

    /// <summary>With <see cref="Scale"/>: its plain sum or mean instead, before multiplying.</summary>
    public ScaleMethod? Take { get; init; }

    /// <summary>The lowest and highest number it can be, given what was answered; the same twice when nothing is missing.</summary>
    internal ScoreRange In(Form form) => this switch
    {
        { Item: { } item } => form.Possible(item),
        { Sum: { } items } => Add(items.Select(form.Possible)),
        { Count: { } groups } => Add(groups.SelectMany(group => group.Items, (group, item) => Counted(group, form.Possible(item)))),
        { Scale: { } scale } => form.PossibleScore(scale, Take),
        _ => throw new InvalidOperationException("A quantity that takes nothing; the definition was not checked."),
    };

    private static ScoreRange Counted(CountedItems group, ScoreRange answer) =>
        Condition.Compare(group.Op, answer, group.Value) switch
        {
            true => new ScoreRange(1, 1),
            false => new ScoreRange(0, 0),
            null => new ScoreRange(0, 1),
        };

    private static ScoreRange Add(IEnumerable<ScoreRange> parts) =>
        parts.Aggregate(new ScoreRange(0, 0), (sum, part) => new ScoreRange(sum.Min + part.Min, sum.Max + part.Max));
}

/// <summary>Items that count one each when their answer compares as told.</summary>
public sealed record CountedItems
{
    public required IReadOnlyList<string> Items { get; init; }

    public required ConditionOp Op { get; init; }

    public required decimal Value { get; init; }
}
