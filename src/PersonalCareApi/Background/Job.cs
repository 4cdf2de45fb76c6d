using PersonalCareApi.Data;

namespace PersonalCareApi.Background;

/// <summary>Something to be done in the background, once among all servers.</summary>
internal sealed record Job
{
    public required Guid Id { get; init; }

    public required Guid PartnerId { get; init; }

    /// <summary>Whose record it is about; null where it is about several.</summary>
    public Guid? ClientId { get; init; }

    /// <summary>Which of the kinds of work it is.</summary>
    public required string Kind { get; init; }

    /// <summary>The resource that it makes or ends.</summary>
    public required Guid AboutId { get; init; }

    /// <summary>What it needs to know beside that, sealed by whoever asked for it.</summary>
    public byte[]? Arguments { get; init; }

    /// <summary>From when it is to be done.</summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>How often it has been begun.</summary>
    public int Attempt { get; init; }
}

/// <summary>How far a job is.</summary>
internal sealed record JobProgress
{
    public const string Failed = "failed";

    /// <summary><c>waiting</c>, <c>running</c>, <c>done</c> or <c>failed</c>.</summary>
    public required string State { get; init; }

    /// <summary>Steps that are done.</summary>
    public required int Done { get; init; }

    /// <summary>Steps that there are; 0 until that is known.</summary>
    public required int Total { get; init; }
}

/// <summary>Jobs in one state that are due.</summary>
internal sealed record DueJobs
{
    public required string State { get; init; }

    public required long Jobs { get; init; }

    public required DateTimeOffset OldestDueAt { get; init; }
}

/// <summary>How a run of a job ended that was not interrupted.</summary>
internal abstract record JobEnd
{
    private JobEnd()
    {
    }

    /// <summary>There is nothing left to do.</summary>
    public sealed record Finished : JobEnd;

    /// <summary>It goes on then.</summary>
    public sealed record Later(DateTimeOffset At) : JobEnd;
}

/// <summary>One kind of work in the background.</summary>
/// <remarks>
/// A run may be ended at any point and begun again by another server: each step is committed with
/// <see cref="HeldJob.Commit"/>, and what a step has done must be seen from what is there.
/// </remarks>
internal interface IRunsInBackground
{
    string Kind { get; }

    Task<JobEnd> Run(HeldJob job, CancellationToken ct);
}

/// <summary>A job in the hands of this program, for as long as the lease is renewed.</summary>
internal sealed class HeldJob(Job job, Guid holder, BackgroundJobs jobs)
{
    public Job Job => job;

    public Guid Holder => holder;

    /// <summary>Commits a step, if the job is still held: of two programs that both believe so, one writes.</summary>
    /// <exception cref="LeaseLost">Another program has the job.</exception>
    public async Task<CommitOutcome> Commit(WriteUnit unit, CancellationToken ct)
    {
        jobs.Fence(this, unit);
        var outcome = await jobs.Commit(unit, ct);
        return outcome is CommitOutcome.Missed { Miss: WriteMiss.DoneMeanwhile } ? throw new LeaseLost() : outcome;
    }

    /// <summary>Says how far the job is.</summary>
    public Task Report(int done, int total, CancellationToken ct) => jobs.Report(this, done, total, ct);
}

/// <summary>The lease ran out and another program took the job: this one lets it go.</summary>
internal sealed class LeaseLost : Exception
{
    public LeaseLost()
        : base("Another program has the job.")
    {
    }
}
