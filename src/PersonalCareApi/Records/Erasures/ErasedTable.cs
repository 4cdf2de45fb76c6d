using PersonalCareApi.Domain.Access;

namespace PersonalCareApi.Records.Erasures;

/// <summary>A table with a client's data, and how its rows go when the record is erased.</summary>
/// <remarks>The one list of them, in an order that foreign keys allow. A test reads the schema for a table that is not here.</remarks>
internal sealed record ErasedTable
{
    /// <summary>Tables that keep rows of an erased client, each with what they say.</summary>
    public static IReadOnlyDictionary<string, string> Staying { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["ledger_entry"] = "who used the record and why, by ids and codes; the chain must verify",
        ["erasure"] = "that the record was erased, by ids and counts",
    };

    /// <summary>Every one. Whoever adds a table with a client's data adds it here.</summary>
    public static IReadOnlyList<ErasedTable> All { get; } =
    [
        // First what works on the record, so that nothing is written beside the erasure.
        new("background_job", null, "id <> @JobId"),
        new("idempotency", null),
        new("archive_chunk", null),
        new("record_export", null),
        new("change_row", null),
        new("client_notice", DataCategory.Demographics),
        new("emergency_access", DataCategory.Demographics),
        new("safeguard", DataCategory.Demographics),
        new("representative", DataCategory.Demographics),
        new("care_relationship", DataCategory.Demographics),
        new("consent_grantee", DataCategory.Consents),
        new("consent", DataCategory.Consents),
        new("restriction", DataCategory.Consents),
        new("disagreement", DataCategory.Assessments, "item_kind = 'assessment'"),
        new("disagreement", DataCategory.Goals, "item_kind = 'goal'"),
        new("disagreement", DataCategory.SessionNotes, "item_kind = 'session-note'"),
        new("assessment_request", DataCategory.Assessments),
        new("assessment_draft", null),
        new("flag", DataCategory.Assessments),
        new("assessment", DataCategory.Assessments),
        new("goal_progress", DataCategory.Goals),
        new("goal", DataCategory.Goals),
        new("process_note", DataCategory.ProcessNotes),
        new("session_note_mark", DataCategory.SessionNotes),
        new("session_note_addendum", DataCategory.SessionNotes),
        new("session_note", DataCategory.SessionNotes),
        new("alliance_check_in", DataCategory.SessionNotes),
        new("care_session", DataCategory.SessionNotes),

        new("prompt_evidence", DataCategory.Assessments, Evidence(DataCategory.Assessments)),
        new("prompt_evidence", DataCategory.Goals, Evidence(DataCategory.Goals)),
        new("prompt_evidence", DataCategory.SessionNotes, Evidence(DataCategory.SessionNotes)),
        new("prompt", DataCategory.Assessments, $"category = '{DataCategory.Assessments.Code()}'"),
        new("prompt", DataCategory.Goals, $"category = '{DataCategory.Goals.Code()}'"),
        new("prompt", DataCategory.SessionNotes, $"category = '{DataCategory.SessionNotes.Code()}'"),

        // By now the disputes and prompts that go are gone, and so their versions are those of nothing.
        new("item_version", null, """
            (kind NOT IN @KeptKinds
                OR (kind = 'disagreement' AND item_id NOT IN (SELECT said.id FROM disagreement AS said WHERE said.client_id = @ClientId))
                OR (kind = 'prompt' AND item_id NOT IN (SELECT asked.id FROM prompt AS asked WHERE asked.client_id = @ClientId)))
            """),
    ];

    /// <summary>What is sealed with the client's key in <c>item_version</c>, kind by kind.</summary>
    private static readonly Dictionary<DataCategory, string[]> Kinds = new()
    {
        [DataCategory.Demographics] = ["client", "care-relationship", "representative", "safeguard", "emergency-access", "notice"],
        [DataCategory.Consents] = ["consent", "restriction"],
        [DataCategory.Assessments] = ["assessment", "assessment-request", "flag", "prompt", "disagreement"],
        [DataCategory.Goals] = ["goal", "goal-progress", "prompt", "disagreement"],
        [DataCategory.SessionNotes] = ["session", "session-note", "session-note-addendum", "alliance-check-in", "prompt", "disagreement"],
        [DataCategory.ProcessNotes] = ["process-note"],
    };

    private static string Evidence(DataCategory category) =>
        $"prompt_id IN (SELECT asked.id FROM prompt AS asked WHERE asked.client_id = @ClientId AND asked.category = '{category.Code()}')";

    private ErasedTable(string table, DataCategory? category, string condition = "1 = 1")
    {
        Table = table;
        Category = category;
        Count = $"""
            SELECT COUNT(*)
            FROM {table}
            WHERE client_id = @ClientId AND partner_id = @PartnerId AND {condition}
            """;
        Delete = $"""
            DELETE FROM {table}
            WHERE client_id = @ClientId AND partner_id = @PartnerId AND {condition}
            """;
    }

    public string Table { get; }

    /// <summary>Whose retention keeps it; null where nothing does.</summary>
    public DataCategory? Category { get; }

    public string Count { get; }

    public string Delete { get; }

    /// <summary>Whether a partner may have to keep the category: only what there are tables for.</summary>
    public static bool CanBeKept(string code) => DataCategories.TryParse(code, out var category) && Kinds.ContainsKey(category);

    /// <summary>The kinds of item in these categories.</summary>
    public static IReadOnlyList<string> KindsOf(IEnumerable<DataCategory> categories) =>
        [.. categories.SelectMany(category => Kinds[category]).Distinct()];
}
