using PersonalCareApi.Data;
using PersonalCareApi.Domain.Ledger;
using PersonalCareApi.Protection;

namespace PersonalCareApi.Ledger;

/// <summary>The tree over all chains as the newest checkpoint has it, kept in memory and brought up to it when it is needed.</summary>
/// <remarks>
/// Only heads that have moved are read and hashed again. Whatever is read, the tree is believed only once it gives the root
/// that the newest checkpoint was signed over: neither another program's checkpoint in between nor a changed row passes.
/// </remarks>
internal sealed class CheckpointTree(CheckpointRepository checkpoints, CheckpointKeys keys, WriteQueue queue, TimeProvider time) : IDisposable
{
    /// <summary>Another program may make a checkpoint between two of our reads; not five times in a row.</summary>
    private const int Attempts = 5;

    private readonly SemaphoreSlim turn = new(1);
    private HeadTree heads = new();
    private Dictionary<Guid, long> countedIn = [];
    private KeptCheckpoint? newest;

    public void Dispose() => turn.Dispose();

    /// <summary>The newest checkpoint, once the chains give its root; null before the first.</summary>
    /// <exception cref="LedgerDiffers">They do not.</exception>
    public Task<KeptCheckpoint?> Newest(CancellationToken ct) => Alone(() => CatchUp(ct), ct);

    /// <summary>The newest checkpoint, and where a chain stands in it; null before the first.</summary>
    /// <inheritdoc cref="Newest"/>
    public Task<(KeptCheckpoint Checkpoint, HeadInclusion? Inclusion)?> Find(Guid chainId, CancellationToken ct) =>
        Alone<(KeptCheckpoint, HeadInclusion?)?>(async () => await CatchUp(ct) is { } caughtUp ? (caughtUp, heads.Find(chainId)) : null, ct);

    /// <summary>The newest checkpoint, and the heads that it counts otherwise than the one given did.</summary>
    /// <param name="sequence">The checkpoint given.</param>
    /// <param name="signers">The keys that may have signed the newest; the installation's own where null.</param>
    /// <param name="ct">Ends it.</param>
    /// <inheritdoc cref="Newest"/>
    public Task<(KeptCheckpoint Checkpoint, IReadOnlyList<ChainHead> Moved)?> MovedSince(
        long sequence, IReadOnlyList<PublishedKey>? signers, CancellationToken ct) => Alone<(KeptCheckpoint, IReadOnlyList<ChainHead>)?>(
            async () => await CatchUp(ct, signers) is { } caughtUp ? (caughtUp, [.. heads.Heads.Where(head => countedIn[head.ChainId] > sequence)]) : null, ct);

    /// <summary>Makes a checkpoint over what has been written since the newest; null where nothing has, or another program was first.</summary>
    /// <inheritdoc cref="Newest"/>
    public Task<KeptCheckpoint?> Make(CancellationToken ct) => Alone(() => MakeNext(ct), ct);

    private async Task<KeptCheckpoint?> MakeNext(CancellationToken ct)
    {
        var previous = await CatchUp(ct);
        if (await checkpoints.Uncounted(ct) == 0)
        {
            return null;
        }

        KeptCheckpoint? made = null;
        var unit = new WriteUnit(time);
        var sequence = (previous?.Sequence ?? 0) + 1;
        CheckpointRepository.Add(sequence, moved => made = Sign(sequence, previous, moved, unit.Now), unit);
        try
        {
            if (await queue.Commit(unit, ct) is CommitOutcome.Committed)
            {
                return newest = made;
            }
        }
        catch
        {
            Forget();
            throw;
        }

        // The heads have moved in memory, and not in the database.
        Forget();
        return null;
    }

    private KeptCheckpoint Sign(long sequence, KeptCheckpoint? previous, IReadOnlyList<CountedHead> moved, DateTimeOffset now)
    {
        Set(moved);
        var checkpoint = new Checkpoint
        {
            Sequence = sequence,
            At = now,
            TreeSize = heads.Size,
            Entries = heads.Entries,
            RootHash = heads.Root,
            PreviousHash = previous?.Hash ?? LedgerChain.Start,
        };
        return new KeptCheckpoint { Sequence = sequence, At = now, Hash = checkpoint.Hash(), Statement = keys.Sign(checkpoint.Canonical()) };
    }

    private async Task<KeptCheckpoint?> CatchUp(CancellationToken ct, IReadOnlyList<PublishedKey>? signers = null)
    {
        for (var attempt = 1; ; attempt++)
        {
            var kept = await checkpoints.Newest(ct);
            if (kept is null)
            {
                Forget();
                return null;
            }

            if (newest is not null && kept.Sequence == newest.Sequence && kept.Hash.AsSpan().SequenceEqual(newest.Hash))
            {
                return newest;
            }

            if (attempt > 1 || kept.Sequence <= newest?.Sequence)
            {
                Forget();
            }

            var stated = Stated(kept, signers ?? keys.Published());
            Set(await checkpoints.CountedAfter(newest?.Sequence ?? 0, ct));
            if (heads.Size == stated.TreeSize && heads.Entries == stated.Entries && heads.Root.AsSpan().SequenceEqual(stated.RootHash))
            {
                return newest = kept;
            }

            if (attempt == Attempts)
            {
                Forget();
                throw new LedgerDiffers($"The chains do not give the root that checkpoint {kept.Sequence} was signed over.");
            }
        }
    }

    private static Checkpoint Stated(KeptCheckpoint kept, IReadOnlyList<PublishedKey> signers) =>
        CheckpointKeys.Read(kept.Statement, signers, out var fault) is { } payload && Checkpoint.Read(payload) is { } stated && stated.Sequence == kept.Sequence
            ? stated
            : throw new LedgerDiffers($"Checkpoint {kept.Sequence} cannot be believed. {fault}");

    private void Set(IReadOnlyList<CountedHead> moved)
    {
        // In the tree's order, so that new chains are added at its end instead of each moving all behind it.
        foreach (var head in moved.OrderBy(head => head.ChainId))
        {
            heads.Set(head.Head);
            countedIn[head.ChainId] = head.CountedIn;
        }
    }

    private void Forget() => (heads, countedIn, newest) = (new HeadTree(), [], null);

    private async Task<T> Alone<T>(Func<Task<T>> work, CancellationToken ct)
    {
        await turn.WaitAsync(ct);
        try
        {
            return await work();
        }
        finally
        {
            turn.Release();
        }
    }
}

/// <summary>The ledger is not what its newest checkpoint says: it was changed behind the program's back.</summary>
internal sealed class LedgerDiffers(string message) : Exception(message);
