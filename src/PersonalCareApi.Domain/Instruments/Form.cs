namespace PersonalCareApi.Domain.Instruments;

/// <summary>A form whose answers fit its instrument, with the skip rules applied: what conditions and scales look at.</summary>
internal sealed class Form
{
    private readonly Instrument instrument;
    private readonly Dictionary<string, decimal> given;
    private readonly HashSet<string> textGiven;
    private readonly Dictionary<string, decimal> skipped = [];
    private readonly HashSet<string> leftOut = [];
    private readonly HashSet<string> contradicting = [];

    public Form(Instrument instrument, IEnumerable<Answer> answers)
    {
        var answered = answers.Where(answer => !answer.Declined).ToList();
        this.instrument = instrument;
        given = answered.Where(answer => answer.Value is not null).ToDictionary(answer => answer.Item, answer => answer.Value!.Value);
        textGiven = [.. answered.Where(answer => answer.Value is null).Select(answer => answer.Item)];
        Flags =
        [
            .. instrument.Critical
                .Where(critical => given.TryGetValue(critical.Item, out var value) && Condition.Compare(critical.Op, value, critical.Value))
                .Select(critical => new Flag(critical.Code, critical.Item, given[critical.Item])),
        ];

        foreach (var rule in instrument.Skips)
        {
            if (rule.When.Holds(this) == true)
            {
                Skip(rule);
            }
        }
    }

    public IReadOnlyList<Flag> Flags { get; }

    /// <summary>Items answered against a rule that skips them. One that raised a flag is not among them: it is heard, not refused.</summary>
    public IEnumerable<string> Contradicting => contradicting;

    public IReadOnlyList<string> Skipped => Ordered(item => skipped.ContainsKey(item.Number));

    public IReadOnlyList<string> LeftOut => Ordered(item => leftOut.Contains(item.Number));

    public IReadOnlyList<string> Missing => Ordered(item => Value(item.Number) is null && !textGiven.Contains(item.Number) && !leftOut.Contains(item.Number));

    /// <summary>The answer to an item, or every answer it could have had.</summary>
    public ScoreRange Possible(string number)
    {
        if (Value(number) is { } value)
        {
            return new ScoreRange(value, value);
        }

        var answers = instrument.AnswersOf(instrument.Item(number)!)!;
        return new ScoreRange(answers.Lowest, answers.Highest);
    }

    /// <summary>A scale's unrounded score, or its whole range when it has none, or one that is not on the whole scale.</summary>
    public ScoreRange PossibleScore(string code, ScaleMethod? take)
    {
        var scale = instrument.Scales.First(scale => scale.Code == code);
        if (!LeavesOutOf(scale) && Plain(scale, take ?? scale.Method) is { } plain)
        {
            var score = take is null ? plain * scale.Multiply : plain;
            return new ScoreRange(score, score);
        }

        return take is { } method ? instrument.Possible(scale, method) : scale.Range;
    }

    public ScaleScore Score(Scale scale)
    {
        var score = Plain(scale, scale.Method) * scale.Multiply;
        var band = score is { } unrounded && !LeavesOutOf(scale) ? scale.Bands?.Of(unrounded) : null;
        return new ScaleScore(
            scale.Code,
            Rounded(score),
            band is null ? null : new Severity(band.Code, band.Label),
            score is not null && MissingFrom(scale) > 0,
            scale.Also.Contains(ScaleMethod.Sum) ? Rounded(Plain(scale, ScaleMethod.Sum)) : null,
            scale.Also.Contains(ScaleMethod.Mean) ? Rounded(Plain(scale, ScaleMethod.Mean)) : null);
    }

    private decimal? Plain(Scale scale, ScaleMethod method)
    {
        // Plain loops: every scale of every form passes here, several times where cut-offs look at it.
        var (points, weight, whole) = (0m, 0m, 0m);
        var (answered, missing) = (0, 0);
        for (var place = 0; place < scale.Items.Count; place++)
        {
            var number = scale.Items[place];
            if (leftOut.Contains(number))
            {
                continue;
            }

            var weighs = scale.Weight(number);
            whole += weighs;
            if (Value(number) is not { } value)
            {
                missing++;
                continue;
            }

            answered++;
            weight += weighs;
            points += weighs * Oriented(number, value);
        }

        if (answered == 0 || missing > (scale.MaxMissing ?? instrument.Missing.MaxMissing))
        {
            return null;
        }

        // Multiplied before it is divided, so that a complete sum stays a whole number.
        return method == ScaleMethod.Sum ? points * whole / weight : points / weight;
    }

    private bool LeavesOutOf(Scale scale) => leftOut.Count > 0 && scale.Items.Any(leftOut.Contains);

    private int MissingFrom(Scale scale) => scale.Items.Count(number => Value(number) is null && !leftOut.Contains(number));

    private decimal Oriented(string number, decimal value)
    {
        var item = instrument.Item(number)!;
        return item.Reverse && instrument.AnswersOf(item) is { } answers ? answers.Highest + answers.Lowest - value : value;
    }

    private decimal? Value(string number) =>
        given.TryGetValue(number, out var answer) || skipped.TryGetValue(number, out answer) ? answer : null;

    private void Skip(SkipRule rule)
    {
        foreach (var item in rule.Items)
        {
            if (given.TryGetValue(item, out var answer))
            {
                if (answer != rule.CountsAs && Flags.All(flag => flag.Item != item))
                {
                    contradicting.Add(item);
                }
            }
            else if (rule.CountsAs is { } counts)
            {
                skipped[item] = counts;
            }
            else
            {
                leftOut.Add(item);
            }
        }
    }

    private List<string> Ordered(Func<InstrumentItem, bool> which) => [.. instrument.Items.Where(which).Select(item => item.Number)];

    private static decimal? Rounded(decimal? value) =>
        value is { } unrounded ? Math.Round(unrounded, 4, MidpointRounding.AwayFromZero) : null;
}
