using System.Diagnostics.Metrics;
using PersonalCareApi.Background;
using PersonalCareApi.Data;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Telemetry;

/// <summary>What waits: units for the writer, jobs for whoever takes them. Looked up when somebody collects, and not otherwise.</summary>
internal sealed class Backlog : IHostedService
{
    private readonly BackgroundJobs jobs;
    private readonly TimeProvider time;

    public Backlog(IMeterFactory meters, WriteQueue queue, BackgroundJobs jobs, TimeProvider time)
    {
        this.jobs = jobs;
        this.time = time;
        var meter = meters.Create($"{Signals.Name}.Backlog");
        meter.CreateObservableGauge("personalcare.commit.queue", () => queue.Waiting, "{unit}", "Units that wait for the writer.");
        meter.CreateObservableGauge("personalcare.background.jobs", Jobs, "{job}", "Jobs that are due and not done, by state; failed ones need a person.");
        meter.CreateObservableGauge("personalcare.background.oldest", Oldest, "s", "For how long the oldest job has been due that is not done.");
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private IEnumerable<Measurement<long>> Jobs() =>
        Due().Select(state => new Measurement<long>(state.Jobs, new KeyValuePair<string, object?>("personalcare.state", state.State)));

    private IEnumerable<Measurement<double>> Oldest()
    {
        var undone = Due().Where(state => state.State != JobProgress.Failed).ToList();
        return undone.Count == 0 ? [new Measurement<double>(0)] : [new Measurement<double>((time.GetUtcNow() - undone.Min(state => state.OldestDueAt)).TotalSeconds)];
    }

    private IReadOnlyList<DueJobs> Due()
    {
        try
        {
            // Meters ask without waiting; the thread is the collector's own.
            return jobs.Due(CancellationToken.None).GetAwaiter().GetResult();
        }
        catch (Exception failure) when (Failures.IsOfTheDatabase(failure))
        {
            // No number rather than a wrong one; that the database is away is told elsewhere.
            return [];
        }
    }
}
