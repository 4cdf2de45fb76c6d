namespace PersonalCareApi.Domain.Access;

/// <summary>Turns provisions into the boxes of a <see cref="Reach"/>.</summary>
internal static class Boxes
{
    /// <summary>The labels a permit opens. A label this version cannot name opens nothing.</summary>
    public static Sensitivity Opened(ConsentProvision permit) =>
        (permit.Sensitivities & Sensitivities.Known).ReachedByPermit();

    /// <summary>What the permit reaches in the category asked for.</summary>
    public static PermitBox Permitted(Question question, ConsentProvision permit) => new()
    {
        Closed = question.Facts.Rules.AllClosing & ~Opened(permit),
        OpenToAuthor = LabelsDoNotCloseFor(question),
        DataPeriod = permit.DataPeriod,
        Authors = permit.AuthoredBy,
        Parts = PartsPermitted(question.Use.Category, permit),
    };

    /// <summary>The parts the permit names; of process notes only what its author released, whatever it names.</summary>
    public static IReadOnlyList<string>? PartsPermitted(DataCategory category, ConsentProvision permit) =>
        category != DataCategory.ProcessNotes
            ? permit.Parts
            : [.. ProcessNoteRelease.OpenToConsent.Where(part => permit.Parts?.Contains(part) != false)];

    /// <summary>What rules reach that name no label: every item without a closing one.</summary>
    public static PermitBox Ordinary(Question question) => new()
    {
        Closed = question.Facts.Rules.AllClosing,
        OpenToAuthor = LabelsDoNotCloseFor(question),
    };

    /// <summary>What the deny takes away.</summary>
    public static DenyBox Denied(ConsentProvision deny, Guid? sparedAuthor = null) => new()
    {
        Labels = LabelsTaken(deny.Sensitivities),
        DataPeriod = deny.DataPeriod,
        Authors = NullWhereEmpty(deny.AuthoredBy),
        Parts = NullWhereEmpty(deny.Parts),
        SparesAuthor = sparedAuthor,
    };

    /// <summary>Whether one deny takes every item that the permit could ever reach.</summary>
    /// <remarks>
    /// Exact in what it says, not in what it leaves unsaid: it compares one deny with one permit, criterion by
    /// criterion, and finds the deny's absent or at least as wide. Several denies that only together take everything are
    /// not found; then the grant stands and reaches no row.
    /// </remarks>
    public static bool TakesAll(DenyBox deny, PermitBox permit, DataCategory category) =>
        (deny.Labels == Sensitivity.None || (deny.Labels & category.InherentLabel()) != 0)
        && Coverage.IsWithin(permit.DataPeriod, deny.DataPeriod)
        && Coverage.IsWithin(permit.Authors, deny.Authors)
        && Coverage.IsWithin(permit.Parts, deny.Parts);

    /// <summary>Whether one permit reaches every item that another reaches.</summary>
    public static bool IsWithin(PermitBox inner, PermitBox outer) =>
        (outer.Closed & ~inner.Closed) == 0
        && (outer.Closed == Sensitivity.None || inner.OpenToAuthor is null || inner.OpenToAuthor == outer.OpenToAuthor)
        && Coverage.IsWithin(inner.DataPeriod, outer.DataPeriod)
        && Coverage.IsWithin(inner.Authors, outer.Authors)
        && Coverage.IsWithin(inner.Parts, outer.Parts);

    /// <summary>The boxes that lie within no other; of several that are equal, the first.</summary>
    public static IReadOnlyList<T> Widest<T>(IReadOnlyList<T> boxes, Func<T, T, bool> isWithin) => boxes.Count < 2
        ? boxes
        : [.. boxes.Where((box, place) => !boxes.Index().Any(other =>
            other.Index != place && isWithin(box, other.Item) && (other.Index < place || !isWithin(other.Item, box))))];

    /// <summary>Whether one deny takes every item that another takes.</summary>
    public static bool IsWithin(DenyBox inner, DenyBox outer) =>
        (outer.SparesAuthor is null || outer.SparesAuthor == inner.SparesAuthor)
        && (outer.Labels == Sensitivity.None || (inner.Labels != Sensitivity.None && (inner.Labels & ~outer.Labels) == 0))
        && Coverage.IsWithin(inner.DataPeriod, outer.DataPeriod)
        && Coverage.IsWithin(inner.Authors, outer.Authors)
        && Coverage.IsWithin(inner.Parts, outer.Parts);

    /// <summary>Authorship lifts the closing of labels for practitioners, on everything but process notes.</summary>
    private static Guid? LabelsDoNotCloseFor(Question question) =>
        question.Use.Category == DataCategory.ProcessNotes ? null : question.Practitioner;

    /// <summary>A deny on a label this version cannot name takes every item with any such label.</summary>
    private static Sensitivity LabelsTaken(Sensitivity named) =>
        (named & ~Sensitivities.Known) == 0 ? named.ReachedByDeny() : named.ReachedByDeny() | ~Sensitivities.Known;

    /// <summary>An empty list in a deny is read as left out: it takes more, never less.</summary>
    private static IReadOnlyList<T>? NullWhereEmpty<T>(IReadOnlyList<T>? values) => values is { Count: 0 } ? null : values;
}
