namespace PersonalCareApi.Background;

/// <summary>Does what is due in the background, a few jobs at a time, and lets go of them when the program stops.</summary>
internal sealed partial class BackgroundWork(
    BackgroundJobs jobs, IServiceScopeFactory scopes, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<BackgroundWork> logger)
    : BackgroundService
{
    private const int AtOnce = 2;
    private const int MostAttempts = 8;
    private const string Waiting = "waiting";
    private const string Done = "done";

    /// <summary>Measured by the machine's clock, since that of a Development server may stand still or leap.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan RenewEvery = BackgroundJobs.Lease / 4;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Started(stoppingToken);
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(() => WorkUntil(stoppingToken), CancellationToken.None)));
    }

    /// <summary>Returns when the whole program has started, or is to stop.</summary>
    /// <remarks>
    /// Hosted services start before the endpoints are there, and jobs are due at a start whenever a server was killed. An archive
    /// holds the schemas of what endpoints answer: made too early they would be empty, and remembered as long as the program runs.
    /// </remarks>
    private async Task Started(CancellationToken stopping)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var signal = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        await started.Task.WaitAsync(stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task WorkUntil(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (await jobs.Take(stopping) is { } held)
                {
                    await Work(held, stopping);
                    continue;
                }
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                // The database is away, or busy: what is due stays due.
                LogFailed(logger, failure.GetType().Name);
            }

            await Task.Delay(Pause, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task Work(HeldJob held, CancellationToken stopping)
    {
        var job = held.Job;
        if (job.Attempt > MostAttempts)
        {
            LogGivenUp(logger, job.Kind, job.Id);
            await jobs.Release(held, JobProgress.Failed, job.DueAt, job.Attempt);
            return;
        }

        using var lost = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var renewing = Renew(held, lost);
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var kind = scope.ServiceProvider.GetServices<IRunsInBackground>().Single(one => one.Kind == job.Kind);
            var end = await kind.Run(held, lost.Token);
            await (end is JobEnd.Later later
                ? jobs.Release(held, Waiting, later.At, attempt: 0)
                : jobs.Release(held, Done, job.DueAt, job.Attempt));
        }
        catch (LeaseLost)
        {
            LogLost(logger, job.Kind, job.Id);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The program stops, which is no fault of the job: another goes on at once.
            await jobs.Release(held, Waiting, job.DueAt, job.Attempt - 1);
        }
        catch (Exception failure)
        {
            // Never the message: it may quote a value.
            LogJobFailed(logger, job.Kind, job.Id, failure.GetType().Name);
            await jobs.Release(held, Waiting, time.GetUtcNow() + TimeSpan.FromSeconds(1 << job.Attempt), job.Attempt);
        }
        finally
        {
            await lost.CancelAsync();
            await renewing;
        }
    }

    /// <summary>Renews the lease until the run ends; a lease that is lost ends the run.</summary>
    private async Task Renew(HeldJob held, CancellationTokenSource run)
    {
        try
        {
            using var timer = new PeriodicTimer(RenewEvery);
            while (await timer.WaitForNextTickAsync(run.Token))
            {
                if (!await jobs.Renew(held, run.Token))
                {
                    await run.CancelAsync();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The run has ended.
        }
        catch (Exception failure)
        {
            LogFailed(logger, failure.GetType().Name);
            await run.CancelAsync();
        }
    }

    [LoggerMessage(LogLevel.Warning, "Background work could not be looked for: {Error}.")]
    private static partial void LogFailed(ILogger logger, string error);

    [LoggerMessage(LogLevel.Warning, "The job {Kind} {JobId} failed and is tried again: {Error}.")]
    private static partial void LogJobFailed(ILogger logger, string kind, Guid jobId, string error);

    [LoggerMessage(LogLevel.Error, "The job {Kind} {JobId} has failed too often and is given up.")]
    private static partial void LogGivenUp(ILogger logger, string kind, Guid jobId);

    [LoggerMessage(LogLevel.Information, "The job {Kind} {JobId} was taken over by another server.")]
    private static partial void LogLost(ILogger logger, string kind, Guid jobId);
}
