using System.Text.Json.Serialization;

namespace PersonalCareApi.Domain.Instruments;

/// <summary>The comparisons and connectives a <see cref="Condition"/> may use; there are no others.</summary>
[JsonConverter(typeof(ByMemberName<ConditionOp>))]
public enum ConditionOp
{
    [JsonStringEnumMemberName(">=")]
    AtLeast,

    [JsonStringEnumMemberName(">")]
    Above,

    [JsonStringEnumMemberName("<=")]
    AtMost,

    [JsonStringEnumMemberName("<")]
    Below,

    [JsonStringEnumMemberName("=")]
    Equal,

    [JsonStringEnumMemberName("all")]
    All,

    [JsonStringEnumMemberName("any")]
    Any,
}

/// <summary>
/// A rule over a form: <c>{"op":"&gt;=","of":{"item":"9"},"value":1}</c>, or several joined,
/// <c>{"op":"all","conditions":[…]}</c>.
/// </summary>
/// <remarks>
/// It is true or false only when every way of filling in the missing answers agrees; otherwise it is not known (null).
/// So an incomplete form never reads "not met" by accident.
/// </remarks>
public sealed record Condition
{
    public required ConditionOp Op { get; init; }

    /// <summary>What is compared; with a comparison only.</summary>
    public Quantity? Of { get; init; }

    /// <summary>What it is compared with; with a comparison only.</summary>
    public decimal? Value { get; init; }

    /// <summary>What is joined; with <c>all</c> and <c>any</c> only.</summary>
    public IReadOnlyList<Condition> Conditions { get; init; } = [];

    [JsonIgnore]
    internal bool Joins => Op is ConditionOp.All or ConditionOp.Any;

    internal bool? Holds(Form form) => Op switch
    {
        ConditionOp.All => Join(form, decisive: false),
        ConditionOp.Any => Join(form, decisive: true),
        _ => Compare(Op, Of!.In(form), Value!.Value),
    };

    private bool? Join(Form form, bool decisive)
    {
        bool? joined = !decisive;
        foreach (var condition in Conditions)
        {
            var holds = condition.Holds(form);
            if (holds == decisive)
            {
                return decisive;
            }

            joined = holds is null ? null : joined;
        }

        return joined;
    }

    internal static bool? Compare(ConditionOp op, ScoreRange possible, decimal value)
    {
        var lowest = Compare(op, possible.Min, value);
        var highest = Compare(op, possible.Max, value);

        // Equality may be false at both ends of a range and still be true in between.
        var between = op == ConditionOp.Equal && possible.Min < value && value < possible.Max;
        return lowest == highest && !between ? lowest : null;
    }

    internal static bool Compare(ConditionOp op, decimal left, decimal right) => op switch
    {
        ConditionOp.AtLeast => left >= right,
        ConditionOp.Above => left > right,
        ConditionOp.AtMost => left <= right,
        ConditionOp.Below => left < right,
        ConditionOp.Equal => left == right,
        ConditionOp.All or ConditionOp.Any => throw new ArgumentException($"{op} compares nothing.", nameof(op)),
        _ => throw new ArgumentOutOfRangeException(nameof(op), op, "A comparison this version does not know."),
    };
}
