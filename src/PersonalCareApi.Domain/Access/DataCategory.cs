namespace PersonalCareApi.Domain.Access;

/// <summary>The kind of data a use touches; every endpoint names one, every consent speaks of them.</summary>
public enum DataCategory
{
    Demographics,
    Profile,
    Assessments,
    Goals,
    Plans,
    SessionNotes,
    ProcessNotes,
    Journal,
    Measurements,
    Genetics,
    Consents,
    AccessHistory,
}

/// <summary>The codes of <see cref="DataCategory"/> as they stand in JSON, scopes and the ledger.</summary>
public static class DataCategories
{
    private static readonly Dictionary<DataCategory, string> ByCategory = new()
    {
        [DataCategory.Demographics] = "demographics",
        [DataCategory.Profile] = "profile",
        [DataCategory.Assessments] = "assessments",
        [DataCategory.Goals] = "goals",
        [DataCategory.Plans] = "plans",
        [DataCategory.SessionNotes] = "session-notes",
        [DataCategory.ProcessNotes] = "process-notes",
        [DataCategory.Journal] = "journal",
        [DataCategory.Measurements] = "measurements",
        [DataCategory.Genetics] = "genetics",
        [DataCategory.Consents] = "consents",
        [DataCategory.AccessHistory] = "access-history",
    };

    private static readonly Dictionary<string, DataCategory> ByCode =
        ByCategory.ToDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);

    /// <summary>Every category, in the order of the enumeration.</summary>
    public static IReadOnlyList<DataCategory> All { get; } = [.. ByCategory.Keys];

    /// <summary>
    /// What the word <c>all</c> in a provision stands for: every category but process notes, which only a
    /// consent of their own can reach.
    /// </summary>
    public static IReadOnlyList<DataCategory> AllInAProvision { get; } =
        [.. ByCategory.Keys.Where(category => category != DataCategory.ProcessNotes)];

    /// <summary>
    /// The categories of ordinary clinical work, the only ones the partner rule <c>implied-treatment</c> reaches.
    /// </summary>
    public static IReadOnlyList<DataCategory> Clinical { get; } =
    [
        DataCategory.Demographics,
        DataCategory.Profile,
        DataCategory.Assessments,
        DataCategory.Goals,
        DataCategory.Plans,
        DataCategory.SessionNotes,
        DataCategory.Measurements,
    ];

    /// <summary>What no representative's authority covers: the client's own journal and view of the ledger, and process notes.</summary>
    public static IReadOnlyList<DataCategory> NeverRepresented { get; } =
        [DataCategory.Journal, DataCategory.AccessHistory, DataCategory.ProcessNotes];

    /// <summary>The categories whose items belong to a part: a profile section, an instrument, a stream, to whom a process note is released.</summary>
    public static IReadOnlyList<DataCategory> HaveParts { get; } =
        [DataCategory.Profile, DataCategory.Assessments, DataCategory.ProcessNotes, DataCategory.Measurements];

    /// <summary>The label that every item of the category carries by nature, whatever else it is stamped with.</summary>
    public static Sensitivity InherentLabel(this DataCategory category) => category switch
    {
        DataCategory.ProcessNotes => Sensitivity.PsyThPn,
        DataCategory.Genetics => Sensitivity.Gdis,
        _ => Sensitivity.None,
    };

    public static string Code(this DataCategory category) => ByCategory[category];

    public static bool TryParse(string code, out DataCategory category) => ByCode.TryGetValue(code, out category);
}
