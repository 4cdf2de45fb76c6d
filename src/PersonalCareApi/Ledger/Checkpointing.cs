using PersonalCareApi.Configuration;

namespace PersonalCareApi.Ledger;

/// <summary>Makes a checkpoint every few seconds while entries are written, and tells the witnesses.</summary>
/// <remarks>
/// Every server of an installation runs it. One that sees another's new checkpoint leaves this turn to it, so that one makes
/// them and the next takes over within two turns; whoever is late loses in the database, by the checkpoint's number.
/// </remarks>
internal sealed partial class Checkpointing(
    CheckpointTree tree, Witnesses witnesses, LedgerMetrics metrics, IConfiguration configuration, ILogger<Checkpointing> logger) : BackgroundService
{
    private static readonly TimeSpan AtTheEnd = TimeSpan.FromSeconds(5);

    private readonly Lock ending = new();
    private Task? last;
    private long seen;

    /// <summary>One turn: a checkpoint where there is something new, and whatever the witnesses do not have.</summary>
    public async Task Turn(CancellationToken ct)
    {
        try
        {
            await MakeUnlessAnotherDoes(ct);
            await witnesses.CatchUp(ct);
        }
        catch (LedgerDiffers differs)
        {
            // No checkpoint is made over what cannot be explained: the witness's silence is an alarm too.
            metrics.Failed();
            LogDiffers(logger, differs.Message);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // Whatever it is, it must not end the server: entries are written, and the next turn counts them.
            metrics.Failed();
            LogFailed(logger, failure.GetType().Name);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);

        // A host can be told to stop twice at once. When it has stopped, nothing may run any more.
        lock (ending)
        {
            last ??= Task.Run(LastTurn, CancellationToken.None);
        }

        await last;
    }

    /// <summary>What was written since the turn before is counted before the program goes.</summary>
    private async Task LastTurn()
    {
        using var patience = new CancellationTokenSource(AtTheEnd);
        try
        {
            await Turn(patience.Token);
        }
        catch (OperationCanceledException)
        {
            // The next program counts it.
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Two turns: so old the newest checkpoint becomes at most while entries are written.
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(Settings.CheckpointSeconds.In(configuration)!.Value));
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await Turn(stoppingToken);
        }
    }

    private async Task MakeUnlessAnotherDoes(CancellationToken ct)
    {
        var newest = (await tree.Newest(ct))?.Sequence ?? 0;
        var anothers = newest > seen && seen > 0;
        seen = newest;
        if (!anothers && await tree.Make(ct) is { } made)
        {
            seen = made.Sequence;
            metrics.Made();
        }
    }

    [LoggerMessage(LogLevel.Critical, "No checkpoint of the ledger is made: {Reason} Run ledger verify.")]
    private static partial void LogDiffers(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Error, "No checkpoint of the ledger could be made ({Error}); it is tried again.")]
    private static partial void LogFailed(ILogger logger, string error);
}
