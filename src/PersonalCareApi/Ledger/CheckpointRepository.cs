using PersonalCareApi.Data;
using PersonalCareApi.Domain.Ledger;

namespace PersonalCareApi.Ledger;

/// <summary>A checkpoint as it is kept: what it says is in the signed statement.</summary>
internal sealed record KeptCheckpoint
{
    public required long Sequence { get; init; }

    public required DateTimeOffset At { get; init; }

    public required byte[] Hash { get; init; }

    public required string Statement { get; init; }
}

/// <summary>The head of a chain as a checkpoint counts it, and the first checkpoint that did.</summary>
internal sealed record CountedHead
{
    public required Guid ChainId { get; init; }

    public required long Sequence { get; init; }

    /// <summary>Null where the entry that was counted is gone.</summary>
    public byte[]? Hash { get; init; }

    public required long CountedIn { get; init; }

    public ChainHead Head => new(ChainId, Sequence, Hash ?? []);
}

/// <summary>The checkpoints, and which entry of each chain the newest one counts.</summary>
internal sealed class CheckpointRepository(Database database)
{
    private const string Columns = "sequence, at, hash, statement";

    private const string SelectNewest = $"""
        SELECT {Columns}
        FROM ledger_checkpoint
        WHERE sequence = (SELECT MAX(sequence) FROM ledger_checkpoint)
        """;

    private const string SelectAfter = $"""
        SELECT {Columns}
        FROM ledger_checkpoint
        WHERE sequence > @After
        ORDER BY sequence
        """;

    private const string Moved = "(checkpoint_sequence IS NULL OR checkpoint_sequence <> sequence)";

    private const string CountMoved = $"SELECT COUNT(*) FROM ledger_head WHERE {Moved}";

    private const string CountThem = $"""
        UPDATE ledger_head
        SET checkpoint_sequence = sequence, counted_in = @Sequence
        WHERE {Moved}
        """;

    // After the update, so that they are exactly those: their rows are this transaction's own.
    private const string SelectCounted = """
        SELECT chain_id, sequence, hash, counted_in
        FROM ledger_head
        WHERE counted_in = @Sequence
        """;

    // Most heads are the entry that was counted; only of the others is it looked for.
    private const string SelectCountedAfter = """
        SELECT head.chain_id, head.checkpoint_sequence AS sequence, head.counted_in,
               CASE WHEN head.checkpoint_sequence = head.sequence THEN head.hash
                    ELSE (SELECT entry.hash FROM ledger_entry AS entry
                          WHERE entry.chain_id = head.chain_id AND entry.sequence = head.checkpoint_sequence) END AS hash
        FROM ledger_head AS head
        WHERE head.counted_in > @After
        """;

    private const string Insert = """
        INSERT INTO ledger_checkpoint (sequence, at, hash, statement)
        VALUES (@Sequence, @At, @Hash, @Statement)
        """;

    private SystemScope Scope => database.ForSystem(SystemReason.Ledger);

    public Task<KeptCheckpoint?> Newest(CancellationToken ct) => Scope.QueryOne<KeptCheckpoint>(SelectNewest, null, ct);

    /// <summary>Those after the one given, oldest first.</summary>
    public Task<IReadOnlyList<KeptCheckpoint>> After(long sequence, int limit, CancellationToken ct) =>
        Scope.Query<KeptCheckpoint>($"{SelectAfter}\n{database.Dialect.FirstRows}", new { After = sequence, Limit = limit }, ct);

    /// <summary>How many chains have entries that no checkpoint counts.</summary>
    public Task<int> Uncounted(CancellationToken ct) => Scope.QueryOne<int>(CountMoved, null, ct);

    /// <summary>The heads that checkpoints after the one given were the first to count.</summary>
    public Task<IReadOnlyList<CountedHead>> CountedAfter(long sequence, CancellationToken ct) =>
        Scope.Query<CountedHead>(SelectCountedAfter, new { After = sequence }, ct);

    /// <summary>Counts the heads that have moved and keeps the checkpoint over them, in one transaction; of several programs one can.</summary>
    /// <param name="sequence">Its number: of two with the same one is refused.</param>
    /// <param name="make">Makes it of the heads that have moved; more than once where the transaction is tried again.</param>
    /// <param name="unit">What it is committed with.</param>
    public static void Add(long sequence, Func<IReadOnlyList<CountedHead>, KeptCheckpoint> make, WriteUnit unit)
    {
        unit.Execute(CountThem, new { Sequence = sequence }, expect: null);
        unit.ExecuteMadeOf<CountedHead>(
            SelectCounted, new { Sequence = sequence }, moved => moved.Count == 0 ? null : (Insert, make(moved)));
    }
}
