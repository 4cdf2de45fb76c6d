namespace PersonalCareApi.Domain.Ledger;

/// <summary>What can be wrong with a ledger.</summary>
public enum LedgerFaultKind
{
    /// <summary>An entry does not say what it said when it was written.</summary>
    Edited,

    /// <summary>An entry between others is gone.</summary>
    Deleted,

    /// <summary>Something stands between the entries that was not written there.</summary>
    Inserted,

    /// <summary>Entries stand in another order than they were written in.</summary>
    Reordered,

    /// <summary>The newest entries of a chain are gone.</summary>
    Truncated,

    /// <summary>A whole chain is gone.</summary>
    Dropped,

    /// <summary>A chain is whole in itself and not the one that was counted: its hashes were made anew.</summary>
    Rewritten,

    /// <summary>What is noted of the newest entry is not the newest entry.</summary>
    Head,

    /// <summary>What an entry is found by is not what it says.</summary>
    Columns,

    /// <summary>A checkpoint is not signed by a key of this installation, or was changed.</summary>
    Forged,

    /// <summary>The checkpoints do not follow from each other, or the chains do not give the newest.</summary>
    Checkpoint,

    /// <summary>The witness knows what the database does not: an older state was put in its place.</summary>
    Restored,

    /// <summary>The witness itself cannot be believed.</summary>
    Witness,
}

/// <summary>One thing wrong, and where: in an entry of a chain, or with a checkpoint.</summary>
public sealed record LedgerFault(LedgerFaultKind Kind, string Detail, Guid? ChainId = null, long? Entry = null, long? Checkpoint = null);

/// <summary>Looks at one chain, entry by entry in the order of the rows, and names the first thing that is wrong.</summary>
public sealed class ChainCheck(Guid chainId)
{
    private LedgerFault? fault;
    private long missing;

    /// <summary>How far the chain is sound.</summary>
    public long Sequence { get; private set; }

    public byte[] Hash { get; private set; } = LedgerChain.Start;

    public LedgerFault? Fault => fault;

    /// <summary>Looks at the next entry.</summary>
    /// <returns>Whether all is sound so far.</returns>
    public bool See(LedgerEntry entry)
    {
        if (fault is not null)
        {
            // Only what is missed further up is still looked for: if it turns up, it was not deleted but moved.
            if (missing > 0 && LedgerChain.PlaceNamedBy(entry.Canonical) is { } late && late == (chainId, missing))
            {
                fault = Found(LedgerFaultKind.Reordered, missing, $"Entry {missing} stands as number {entry.Sequence}.");
                missing = 0;
            }

            return false;
        }

        var expected = Sequence + 1;
        fault = FaultOf(entry, expected);
        if (fault is not null)
        {
            return false;
        }

        (Sequence, Hash) = (entry.Sequence, entry.Hash);
        return true;
    }

    private LedgerFault? FaultOf(LedgerEntry entry, long expected)
    {
        if (entry.Sequence != expected)
        {
            return entry.Sequence > expected
                ? Found(LedgerFaultKind.Deleted, expected, $"Entry {expected} is missing.")
                : Found(LedgerFaultKind.Inserted, entry.Sequence, $"There is an entry {entry.Sequence} that no chain has.");
        }

        if (!LedgerChain.HashOf(entry.PreviousHash, entry.Canonical).AsSpan().SequenceEqual(entry.Hash)
            || LedgerChain.PlaceNamedBy(entry.Canonical) is not { } place)
        {
            return Found(LedgerFaultKind.Edited, expected, $"Entry {expected} has been changed.");
        }

        if (place.ChainId != chainId)
        {
            return Found(LedgerFaultKind.Inserted, expected, $"Entry {expected} was written for the chain {place.ChainId}.");
        }

        if (place.Sequence < expected)
        {
            return Found(LedgerFaultKind.Inserted, expected, $"Number {expected} is entry {place.Sequence}: one was put in, there or before it.");
        }

        if (place.Sequence > expected)
        {
            missing = expected;
            return Found(LedgerFaultKind.Deleted, expected, $"Entry {expected} is missing, and entry {place.Sequence} stands in its place.");
        }

        return entry.PreviousHash.AsSpan().SequenceEqual(Hash) ? null
            : expected == 1 ? Found(LedgerFaultKind.Edited, 1, "Entry 1 does not begin the chain.")
            : Found(LedgerFaultKind.Edited, expected - 1, $"Entry {expected - 1} has been changed and hashed anew: entry {expected} does not follow from it.");
    }

    private LedgerFault Found(LedgerFaultKind kind, long sequence, string detail) => new(kind, detail, chainId, sequence);
}
