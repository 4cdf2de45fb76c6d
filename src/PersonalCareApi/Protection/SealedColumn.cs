namespace PersonalCareApi.Protection;

/// <summary>A column that holds what a client's key sealed: where it stands, and to what its content belongs.</summary>
/// <remarks>The one list of them. A test reads the schema for a column of bytes in a client's table that is not here.</remarks>
internal sealed record SealedColumn
{
    /// <summary>Every one. Whoever adds a table with sealed content adds it here: else rotation would not reach it.</summary>
    public static IReadOnlyList<SealedColumn> All { get; } =
    [
        Item("client", "client", id: "client_id"),
        Item("representative", "representative"),
        Item("safeguard", "safeguard"),
        Item("emergency_access", "emergency-access"),
        Item("client_notice", "notice"),
        Item("consent", "consent"),
        Item("assessment", "assessment"),
        Item("assessment_request", "assessment-request"),
        Item("assessment_draft", "assessment-draft"),
        Item("flag", "flag"),
        Item("prompt", "prompt"),
        Item("goal", "goal"),
        Item("goal_progress", "goal-progress"),
        Item("process_note", "process-note"),
        Item("care_session", "session"),
        Item("session_note", "session-note"),
        Item("session_note_addendum", "session-note-addendum"),
        Item("alliance_check_in", "alliance-check-in"),
        Item("record_export", "export"),
        Item("restriction", "restriction"),
        Item("disagreement", "disagreement"),
        new("archive_chunk", "content", kind: "'archive-chunk'", id: "archive_id", version: "sequence"),
        new("background_job", "arguments", kind: "'background-job'", id: "id", version: null),
        new("item_version", "content", kind: "kind", id: "item_id", version: "version"),
        new("idempotency", "answer", kind: "'idempotency'", id: "digest", version: null),
    ];

    private SealedColumn(string table, string column, string kind, string id, string? version)
    {
        Table = table;
        Column = column;
        Kind = kind;
        StartsAfter = id == "digest" ? Array.Empty<byte>() : Guid.Empty;

        // The generation stands in bytes 2 to 5, the highest first, so that bytes compare as numbers.
        Select = $"""
            SELECT {id} AS id, {version ?? "1"} AS version, {kind} AS kind, {column} AS content
            FROM {table}
            WHERE client_id = @ClientId AND partner_id = @PartnerId AND SUBSTRING({column}, 2, 4) < @Newest
              AND ({id} > @AfterId OR ({id} = @AfterId AND {version ?? "1"} > @AfterVersion))
            ORDER BY {(version is null ? id : $"{id}, {version}")}
            """;
        Replace = $"""
            UPDATE {table}
            SET {column} = @Resealed
            WHERE client_id = @ClientId AND partner_id = @PartnerId AND {id} = @Id AND {version ?? "1"} = @Version
              AND {column} = @Previous
            """;
    }

    public string Table { get; }

    public string Column { get; }

    /// <summary>What gives the kind that a content was sealed for: the word in quotes, or the column that has it.</summary>
    public string Kind { get; }

    /// <summary>Less than every key of the table.</summary>
    public object StartsAfter { get; }

    /// <summary>The client's contents that an older generation sealed, by key.</summary>
    public string Select { get; }

    /// <summary>Puts a content in the place of exactly the one that was read: what changed meanwhile is newer anyway.</summary>
    public string Replace { get; }

    /// <summary>The table of one kind of item.</summary>
    private static SealedColumn Item(string table, string kind, string id = "id") => new(table, "content", $"'{kind}'", id, "version");

    /// <summary>One content as it is read.</summary>
    internal sealed record Row
    {
        /// <summary>The key as the database has it: an id, or the digest of a kept answer.</summary>
        public required object Id { get; init; }

        public required int Version { get; init; }

        public required string Kind { get; init; }

        public required byte[] Content { get; init; }

        /// <summary>The key as a parameter.</summary>
        public object Key => Id is string text ? Guid.Parse(text) : Id;

        /// <summary>The id that the content was sealed for.</summary>
        public Guid BelongsTo => Key is byte[] digest ? ClientKeyRing.IdOf(digest) : (Guid)Key;
    }
}
