namespace PersonalCareApi.Domain.Access;

/// <summary>One reason for a yes: the items it opens, on what it rests, and when that ends.</summary>
/// <param name="Box">The items it opens.</param>
/// <param name="Basis">What the decision names as its basis.</param>
/// <param name="Ends">The end of every period it rests on; null for one without end.</param>
/// <param name="NamesTheVeryThing">Whether a provision named the parts, so that payment and operations get them whole.</param>
internal sealed record Ground(
    PermitBox Box, DecisionBasis Basis, IReadOnlyList<DateTimeOffset?> Ends, bool NamesTheVeryThing = false);
