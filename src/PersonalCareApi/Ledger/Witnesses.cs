using PersonalCareApi.Domain.Ledger;

namespace PersonalCareApi.Ledger;

/// <summary>Brings every witness up to the newest checkpoint; one that cannot be reached has them later.</summary>
internal sealed partial class Witnesses(
    IEnumerable<Witness> all, CheckpointTree tree, CheckpointRepository checkpoints, LedgerMetrics metrics, ILogger<Witnesses> logger)
{
    private const int AtATime = 200;

    public async Task CatchUp(CancellationToken ct)
    {
        foreach (var witness in all)
        {
            try
            {
                await CatchUp(witness, ct);
            }
            catch (Exception failure) when (failure is not LedgerDiffers && !ct.IsCancellationRequested)
            {
                // Whatever keeps one from being told, the others are told, and it is told with the next.
                metrics.WitnessFailed(witness.Name);
                LogFailed(logger, witness.Name, failure.GetType().Name);
            }
        }
    }

    private async Task CatchUp(Witness witness, CancellationToken ct)
    {
        var last = await witness.Last(ct);
        var after = last?.Sequence ?? 0;
        var (newest, moved) = await tree.MovedSince(after, null, ct) is { } state ? state : (null, (IReadOnlyList<ChainHead>)[]);
        metrics.WitnessIsBehind(witness.Name, (newest?.Sequence ?? 0) - after);
        if (last is not null && !await IsOurs(last, newest, ct))
        {
            // Never written over: what it knows is the evidence.
            metrics.WitnessFailed(witness.Name);
            LogAhead(logger, witness.Name, last.Sequence, newest?.Sequence ?? 0);
            return;
        }

        while (newest is not null && after < newest.Sequence)
        {
            var page = (await checkpoints.After(after, AtATime, ct)).Where(checkpoint => checkpoint.Sequence <= newest.Sequence).ToList();
            if (page.Count == 0)
            {
                return;
            }

            await witness.Take([.. page.Select(one => WitnessLine.Of(one, one.Sequence == newest.Sequence ? moved : []))], ct);
            after = page[^1].Sequence;
            metrics.WitnessIsBehind(witness.Name, newest.Sequence - after);
        }
    }

    /// <summary>Whether the last that the witness has is one of this database's.</summary>
    private async Task<bool> IsOurs(WitnessPlace last, KeptCheckpoint? newest, CancellationToken ct) =>
        newest is not null
        && last.Sequence <= newest.Sequence
        && await checkpoints.After(last.Sequence - 1, 1, ct) is [var same]
        && Convert.ToHexStringLower(same.Hash) == last.Hash;

    [LoggerMessage(LogLevel.Error, "The ledger's witness {Witness} could not be told ({Error}); it is told again with the next checkpoint.")]
    private static partial void LogFailed(ILogger logger, string witness, string error);

    [LoggerMessage(LogLevel.Critical, "The ledger's witness {Witness} knows checkpoint {Witnessed}, which is none of this database's; its newest is {Newest}. Run ledger verify --against.")]
    private static partial void LogAhead(ILogger logger, string witness, long witnessed, long newest);
}
