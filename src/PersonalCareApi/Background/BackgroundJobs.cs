using PersonalCareApi.Data;
using PersonalCareApi.Domain;

namespace PersonalCareApi.Background;

/// <summary>The table <c>background_job</c>: what is to be done, and which program has it until when.</summary>
/// <remarks>
/// A job is taken by one UPDATE whose condition says that nobody holds it, so that one of several programs gets it. Leases
/// are compared with each program's own clock: servers whose clocks differ by more than a lease would take jobs from each
/// other, and even then only the one that holds the row writes.
/// </remarks>
internal sealed class BackgroundJobs(Database database, WriteQueue queue, TimeProvider time)
{
    /// <summary>What the arguments of a job are sealed as.</summary>
    public const string Kind = "background-job";

    /// <summary>How long a program may be silent before another takes its job.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    private const int LookedAt = 8;

    private const string SelectDue = """
        SELECT id, partner_id, client_id, kind, about_id, due_at, attempt, arguments
        FROM background_job
        WHERE state IN ('waiting', 'running') AND due_at <= @Now AND (lease_until IS NULL OR lease_until <= @Now)
        ORDER BY due_at, id
        """;

    private const string SelectProgress = """
        SELECT state, done, total
        FROM background_job
        WHERE about_id = @AboutId AND kind = @JobKind AND partner_id = @PartnerId
        """;

    private const string SelectBacklog = """
        SELECT state, COUNT(*) AS jobs, MIN(due_at) AS oldest_due_at
        FROM background_job
        WHERE state IN ('waiting', 'running', 'failed') AND due_at <= @Now
        GROUP BY state
        """;

    private const string Insert = """
        INSERT INTO background_job (
            id, partner_id, client_id, kind, about_id, state, due_at, attempt, done, total, arguments, created_at, updated_at)
        VALUES (
            @Id, @PartnerId, @ClientId, @JobKind, @AboutId, 'waiting', @DueAt, 0, 0, 0, @Arguments, @Now, @Now)
        """;

    private const string Claim = """
        UPDATE background_job
        SET state = 'running', holder = @Holder, lease_until = @LeaseUntil, attempt = attempt + 1, updated_at = @Now
        WHERE id = @Id AND state IN ('waiting', 'running') AND due_at <= @Now AND (lease_until IS NULL OR lease_until <= @Now)
        """;

    private const string Hold = """
        UPDATE background_job
        SET lease_until = @LeaseUntil, updated_at = @Now
        WHERE id = @Id AND holder = @Holder AND state = 'running' AND lease_until > @Now
        """;

    private const string SetProgress = """
        UPDATE background_job
        SET done = @Done, total = @Total, updated_at = @Now
        WHERE id = @Id AND holder = @Holder AND state = 'running'
        """;

    private const string LetGo = """
        UPDATE background_job
        SET state = @State, holder = NULL, lease_until = NULL, due_at = @DueAt, attempt = @Attempt, updated_at = @Now
        WHERE id = @Id AND holder = @Holder AND state = 'running'
        """;

    /// <summary>Adds a job, in the unit of what asks for it.</summary>
    public static void Add(Job job, WriteUnit unit) => unit.Execute(
        Insert,
        new { job.Id, job.PartnerId, job.ClientId, JobKind = job.Kind, job.AboutId, job.DueAt, job.Arguments, unit.Now });

    /// <summary>How far the job about this is; null where there is none.</summary>
    public Task<JobProgress?> Progress(Guid partnerId, string jobKind, Guid aboutId, CancellationToken ct) =>
        database.ForSystem(SystemReason.BackgroundWork)
            .QueryOne<JobProgress>(SelectProgress, new { PartnerId = partnerId, JobKind = jobKind, AboutId = aboutId }, ct);

    /// <summary>What is due and not done, by state.</summary>
    public Task<IReadOnlyList<DueJobs>> Due(CancellationToken ct) =>
        database.ForSystem(SystemReason.BackgroundWork).Query<DueJobs>(SelectBacklog, new { Now }, ct);

    /// <summary>Takes a job that is due and that nobody holds; null where there is none.</summary>
    public async Task<HeldJob?> Take(CancellationToken ct)
    {
        var now = Now;
        var due = await database.ForSystem(SystemReason.BackgroundWork)
            .Query<Job>($"{SelectDue}\n{database.Dialect.FirstRows}", new { Now = now, Limit = LookedAt }, ct);
        foreach (var job in due)
        {
            var holder = Ids.New(now);
            var unit = new WriteUnit(time);
            unit.Execute(Claim, new { job.Id, Holder = holder, Now = now, LeaseUntil = now + Lease }, otherwise: WriteMiss.DoneMeanwhile);
            if (await queue.Commit(unit, ct) is CommitOutcome.Committed)
            {
                return new HeldJob(job with { Attempt = job.Attempt + 1 }, holder, this);
            }
        }

        return null;
    }

    /// <summary>Goes on holding the job.</summary>
    /// <returns>Whether it was still held.</returns>
    public async Task<bool> Renew(HeldJob held, CancellationToken ct)
    {
        var unit = new WriteUnit(time);
        Fence(held, unit);
        return await queue.Commit(unit, ct) is CommitOutcome.Committed;
    }

    /// <summary>Makes the unit void unless the job is still held.</summary>
    public void Fence(HeldJob held, WriteUnit unit)
    {
        var now = Now;
        unit.Execute(
            Hold, new { held.Job.Id, held.Holder, Now = now, LeaseUntil = now + Lease }, otherwise: WriteMiss.DoneMeanwhile);
    }

    public Task<CommitOutcome> Commit(WriteUnit unit, CancellationToken ct) => queue.Commit(unit, ct);

    public async Task Report(HeldJob held, int done, int total, CancellationToken ct)
    {
        var unit = new WriteUnit(time);
        unit.Execute(SetProgress, new { held.Job.Id, held.Holder, Done = done, Total = total, Now }, expect: null);
        await queue.Commit(unit, ct);
    }

    /// <summary>Ends the run: done, failed for good, or to go on at some time.</summary>
    public async Task Release(HeldJob held, string state, DateTimeOffset dueAt, int attempt)
    {
        var unit = new WriteUnit(time);
        unit.Execute(LetGo, new { held.Job.Id, held.Holder, State = state, DueAt = dueAt, Attempt = attempt, Now }, expect: null);
        await queue.Commit(unit, CancellationToken.None);
    }

    private DateTimeOffset Now => time.GetUtcNow().ToStored();
}
