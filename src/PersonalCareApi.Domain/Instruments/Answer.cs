namespace PersonalCareApi.Domain.Instruments;

/// <summary>What was answered to one item: a value, or a refusal to answer, or words where the item asks for words.</summary>
/// <param name="Item">The item's number in the instrument as text.</param>
/// <param name="Value">The value of the chosen option.</param>
/// <param name="Declined">Whether the client chose not to answer; it counts as missing.</param>
/// <param name="Text">The answer to a free-text item; beside a value, a remark that nothing scores.</param>
public sealed record Answer(string Item, decimal? Value = null, bool Declined = false, string? Text = null);

/// <summary>One thing wrong with one answer.</summary>
/// <param name="Index">The answer's place in the list, from 0.</param>
/// <param name="Item">The item it named.</param>
/// <param name="Member">The member of the answer at fault: <c>item</c>, <c>value</c>, <c>text</c> or <c>declined</c>.</param>
/// <param name="Code">One of the codes of <see cref="AnswerFault"/>.</param>
/// <param name="Detail">A sentence for whoever reads the refusal.</param>
public sealed record AnswerFault(int Index, string Item, string Member, string Code, string Detail)
{
    public const string UnknownItem = "unknown-item";
    public const string DuplicateItem = "duplicate-item";
    public const string OutOfRange = "out-of-range";
    public const string ValueRequired = "value-required";
    public const string DeclinedWithValue = "declined-with-value";

    /// <summary>A free-text item came with a value.</summary>
    public const string TextItem = "text-item";

    /// <summary>The answers say that the item was to be skipped, and it came with another answer than the rule gives it.</summary>
    public const string ContradictsSkip = "contradicts-skip";
}

/// <summary>What about the client decides which cut-offs apply.</summary>
/// <param name="Sex"><c>female</c> or <c>male</c>; anything else, or null, leaves every alternative standing.</param>
public sealed record ScoringFacts(string? Sex = null)
{
    public static ScoringFacts None { get; } = new();

    /// <summary>Whether a cut-off's alternative holds for the client: null when the fact is not known.</summary>
    internal bool? Hold(FactDependence dependence) => dependence.Fact switch
    {
        FactDependence.Sex => Sex is "female" or "male" ? Sex == dependence.Value : null,
        _ => null,
    };
}
