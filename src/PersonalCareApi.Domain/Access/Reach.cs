namespace PersonalCareApi.Domain.Access;

/// <summary>Which items a grant reaches: the union of the permits' boxes, less the denies'.</summary>
/// <remarks>
/// <see cref="Covers"/> is the rule; the SQL that the data layer makes from the boxes must give the same answer for
/// every row, and a test compares the two.
/// </remarks>
public sealed record Reach
{
    /// <summary>An item must lie wholly in one of them. A box within another says nothing and is left out.</summary>
    public required IReadOnlyList<PermitBox> Permits { get; init => field = Boxes.Widest(value, Boxes.IsWithin); }

    /// <summary>An item in any of them is out of reach. A box within another says nothing and is left out.</summary>
    public IReadOnlyList<DenyBox> Denies { get; init => field = Boxes.Widest(value, Boxes.IsWithin); } = [];

    /// <summary>
    /// A second reach, with denies of its own, beside this one: an item need only be in either. So an open emergency adds to
    /// what consents permit, and a deny that holds against emergencies alone takes nothing from them.
    /// </summary>
    public Reach? Beside { get; init; }

    /// <summary>Every item, whatever its labels: the client's own view.</summary>
    public static Reach Everything { get; } = new() { Permits = [new PermitBox()] };

    /// <summary>No item at all.</summary>
    public static Reach Nothing { get; } = new() { Permits = [] };

    /// <summary>The reach in words that are the same for the same boxes, in whatever order they came.</summary>
    public string InWords() => $"{BoxesInWords()}{(Beside is { } other ? $"\n|\n{other.InWords()}" : "")}";

    public bool Covers(ItemFacts item) =>
        (Permits.Any(box => box.Covers(item)) && !Denies.Any(box => box.Covers(item))) || Beside?.Covers(item) == true;

    private string BoxesInWords() => string.Join(
        '\n',
        Permits.Select(box => $"+{box.Closed:d} {box.OpenToAuthor} {box.DataPeriod} {InWords(box.Authors)} {InWords(box.Parts)}").Distinct().Order(StringComparer.Ordinal)
            .Concat(Denies.Select(box => $"-{box.Labels:d} {box.SparesAuthor} {box.DataPeriod} {InWords(box.Authors)} {InWords(box.Parts)}").Distinct().Order(StringComparer.Ordinal)));

    private static string InWords<T>(IReadOnlyList<T>? values) => values is null ? "any" : string.Join(',', values.Order());
}

/// <summary>The items one permit reaches. A null criterion is not asked.</summary>
public sealed record PermitBox
{
    /// <summary>The closing labels that the permit does not name: an item with one of them is out of this box.</summary>
    public Sensitivity Closed { get; init; }

    /// <summary>For whose own items the labels do not close; null for nobody.</summary>
    public Guid? OpenToAuthor { get; init; }

    public Period? DataPeriod { get; init; }

    public IReadOnlyList<Guid>? Authors { get; init; }

    public IReadOnlyList<string>? Parts { get; init; }

    public bool Covers(ItemFacts item) =>
        ((item.Labels & Closed) == 0 || (OpenToAuthor is { } author && author == item.AuthorId))
        && (DataPeriod?.Contains(item.OccurredAt) ?? true)
        && (Authors?.Contains(item.AuthorId) ?? true)
        && (Parts?.Contains(item.Part, StringComparer.Ordinal) ?? true);
}

/// <summary>The items one deny takes away. A null criterion is not asked.</summary>
public sealed record DenyBox
{
    /// <summary>Items with any of these labels; <see cref="Sensitivity.None"/> means whatever the labels.</summary>
    public Sensitivity Labels { get; init; }

    public Period? DataPeriod { get; init; }

    public IReadOnlyList<Guid>? Authors { get; init; }

    public IReadOnlyList<string>? Parts { get; init; }

    /// <summary>
    /// Whose own items the deny leaves alone; null for nobody. Set only for the author of process notes, whose right to
    /// them is decided before any deny.
    /// </summary>
    public Guid? SparesAuthor { get; init; }

    public bool Covers(ItemFacts item) =>
        (SparesAuthor is not { } author || author != item.AuthorId)
        && (Labels == Sensitivity.None || (item.Labels & Labels) != 0)
        && (DataPeriod?.Contains(item.OccurredAt) ?? true)
        && (Authors?.Contains(item.AuthorId) ?? true)
        && (Parts?.Contains(item.Part, StringComparer.Ordinal) ?? true);
}
