using System.Net;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using PersonalCareApi.Background;
using PersonalCareApi.Data;
using PersonalCareApi.Development;
using PersonalCareApi.Domain;
using PersonalCareApi.Tests.Records.Exports;
using PersonalCareApi.Tests.TestHost;

namespace PersonalCareApi.Tests.Background;

/// <summary>A job is done once among several programs, survives the one that had it, and ends when it fails for good.</summary>
[OnEachDatabase]
internal sealed class BackgroundJobTests(TestDatabase database)
{
    private static CancellationToken Ct => CancellationToken.None;

    [Test]
    public async Task Of_several_programs_one_has_a_job_and_another_takes_it_when_the_lease_has_run_out()
    {
        await using var host = new ApiHost(database, register: WithoutWork);
        var jobs = host.Services.GetRequiredService<BackgroundJobs>();
        var queue = host.Services.GetRequiredService<WriteQueue>();
        await Add(host, queue, "tested-by-hand", host.Clock.GetUtcNow());

        var taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Take(host))));
        var first = taken.OfType<HeldJob>().Single();
        Assert.That(await Take(host), Is.Null);

        host.Clock.Advance(BackgroundJobs.Lease);
        var second = (await Take(host))!;
        Assert.That((second.Job.Id, second.Job.Attempt), Is.EqualTo((first.Job.Id, 2)));
        Assert.That(async () => await first.Commit(new WriteUnit(host.Clock), Ct), Throws.TypeOf<LeaseLost>());
        Assert.That(await second.Commit(new WriteUnit(host.Clock), Ct), Is.TypeOf<CommitOutcome.Committed>());
        Assert.That((await jobs.Renew(first, Ct), await jobs.Renew(second, Ct)), Is.EqualTo((false, true)));
    }

    [Test]
    public async Task A_job_that_fails_is_tried_again_and_given_up_in_the_end()
    {
        var failing = new Failing();
        await using var host = new ApiHost(database, register: services => services.AddSingleton<IRunsInBackground>(failing));
        var id = await Add(host, host.Services.GetRequiredService<WriteQueue>(), failing.Kind, host.Clock.GetUtcNow());
        for (var run = 1; run <= 8; run++)
        {
            // The clock stands still while it runs: moved on, it would end the lease under which it is counted.
            for (var waited = 0; waited < 600 && (failing.Runs < run || State(host, id) == "running"); waited++)
            {
                await Task.Delay(100);
            }

            host.Clock.Advance(TimeSpan.FromHours(1));
        }

        for (var waited = 0; waited < 600 && State(host, id) != "failed"; waited++)
        {
            await Task.Delay(100);
        }

        Assert.That((State(host, id), failing.Runs), Is.EqualTo(("failed", 8)));
        Assert.That(host.Log.All, Does.Contain("given up").And.Not.Contain(Failing.Words));
    }

    [Test]
    public async Task A_program_that_stops_lets_go_of_its_job_and_the_next_one_goes_on()
    {
        var data = new OwnData(database);
        var slow = new Slow();
        Guid id;
        await using (var host = new ApiHost(data, register: services => services.AddSingleton<IRunsInBackground>(slow)))
        {
            id = await Add(host, host.Services.GetRequiredService<WriteQueue>(), slow.Kind, host.Clock.GetUtcNow());
            await slow.Begun.Task.WaitAsync(TimeSpan.FromSeconds(60));
        }

        Assert.That(slow.Ended, "It was told that the program stops.");
        var quick = new Slow { Quick = true };
        await using (var host = new ApiHost(data, register: services => services.AddSingleton<IRunsInBackground>(quick)))
        {
            host.CreateClient().Dispose();
            await quick.Begun.Task.WaitAsync(TimeSpan.FromSeconds(60));
            for (var waited = 0; waited < 100 && State(host, id) != "done"; waited++)
            {
                await Task.Delay(100);
            }

            Assert.That(State(host, id), Is.EqualTo("done"));
        }

        data.Dispose();
    }

    [Test]
    public async Task What_was_due_while_the_program_started_is_done_by_the_whole_program()
    {
        using var data = new OwnData(database);
        string export;
        Guid clientId;
        await using (var before = new ApiHost(data, register: WithoutWork))
        {
            clientId = await before.NewClient();
            export = (await (await before.As("client")).Post(Requests.Record(clientId, "/exports"), null)).Expect(HttpStatusCode.Created).Header("Location")!;
        }

        await using var host = new ApiHost(data, register: StartingSlowly);
        var client = await host.As("client");
        await Making.Until(() => client.Get(export), answer => answer.Word("state") is not "building");

        // An archive holds the schemas of what endpoints answer, and hosted services start before these are there.
        Assert.That((await client.Get(export)).Word("state"), Is.EqualTo("ready"));
        Assert.That(host.Log.All, Does.Not.Contain("failed and is tried again"));
    }

    /// <summary>Between what works in the background and the endpoints, as any of the program's own services may.</summary>
    private static void StartingSlowly(IServiceCollection services)
    {
        var work = services.Single(service => service.ImplementationType == typeof(BackgroundWork));
        services.Insert(services.IndexOf(work) + 1, ServiceDescriptor.Singleton<IHostedService, StartsSlowly>());
    }

    /// <summary>The program takes nothing by itself.</summary>
    private static void WithoutWork(IServiceCollection services) =>
        services.Remove(services.Single(service => service.ImplementationType == typeof(BackgroundWork)));

    private static async Task<HeldJob?> Take(ApiHost host)
    {
        var services = host.Services;
        var another = new BackgroundJobs(services.GetRequiredService<Database>(), services.GetRequiredService<WriteQueue>(), host.Clock);
        return await another.Take(Ct);
    }

    private static async Task<Guid> Add(ApiHost host, WriteQueue queue, string kind, DateTimeOffset dueAt)
    {
        var unit = new WriteUnit(host.Clock);
        var job = new Job { Id = Ids.New(dueAt), PartnerId = Personas.Harbour.Id, Kind = kind, AboutId = Ids.New(dueAt), DueAt = dueAt };
        BackgroundJobs.Add(job, unit);
        Assert.That(await queue.Commit(unit, Ct), Is.TypeOf<CommitOutcome.Committed>());
        return job.Id;
    }

    private static string? State(ApiHost host, Guid id)
    {
        using var connection = host.OpenDatabase();
        return connection.ExecuteScalar<string>("SELECT state FROM background_job WHERE id = @id", new { id });
    }

    private sealed class Failing : IRunsInBackground
    {
        public const string Words = "what must not be logged";
        private int runs;

        public int Runs => runs;

        public string Kind => "always-fails";

        public Task<JobEnd> Run(HeldJob job, CancellationToken ct)
        {
            Interlocked.Increment(ref runs);
            throw new InvalidOperationException(Words);
        }
    }

    private sealed class StartsSlowly : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.Delay(TimeSpan.FromSeconds(4), cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class Slow : IRunsInBackground
    {
        public bool Quick { get; init; }

        public bool Ended { get; private set; }

        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Kind => "takes-long";

        public async Task<JobEnd> Run(HeldJob job, CancellationToken ct)
        {
            Begun.TrySetResult();
            if (!Quick)
            {
                try
                {
                    await Task.Delay(Timeout.Infinite, ct);
                }
                finally
                {
                    Ended = true;
                }
            }

            return new JobEnd.Finished();
        }
    }
}
