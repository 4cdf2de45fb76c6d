using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;

namespace PersonalCareApi.Bench;

/// <summary>
/// One of several servers over one data folder. Killed and started again it is another process at another address, and stays the
/// same replica to whoever asks it.
/// </summary>
internal sealed class Replica : IAsyncDisposable
{
    private readonly string folder;
    private readonly IReadOnlyList<string> settings;
    private volatile Server? server;
    private TimeSpan ahead;

    public Replica(string folder, int number, IReadOnlyList<string> settings)
    {
        this.folder = folder;
        Number = number;
        this.settings = settings;
    }

    /// <summary>Which of them it is, from 0.</summary>
    public int Number { get; }

    /// <summary>How often it has given each status.</summary>
    public ConcurrentDictionary<HttpStatusCode, int> Answers { get; } = new();

    /// <summary>Whatever it has logged that an operator must be woken for.</summary>
    public ConcurrentQueue<string> Alarms { get; } = new();

    /// <summary>Starts it, with its clock where the others have theirs.</summary>
    public async Task Start(CancellationToken ct)
    {
        var started = await Server.Start(folder, ct, settings: settings);
        await SetClock(started, ct);
        server = started;
    }

    /// <summary>Kills it, as a power cut would.</summary>
    /// <returns>Whether it was still running until then.</returns>
    public async Task<bool> Kill()
    {
        if (Interlocked.Exchange(ref server, null) is not { } running)
        {
            return false;
        }

        var ran = !running.HasEnded;
        await running.DisposeAsync();

        // The category stands on the line of the level, the message below it.
        foreach (var (line, message) in running.Said.Zip(running.Said.Skip(1)))
        {
            if (line.StartsWith("crit:", StringComparison.Ordinal))
            {
                Alarms.Enqueue($"{line} {message.Trim()}");
            }
        }

        return ran;
    }

    /// <summary>Moves its clock so far ahead of the machine's, now and after each start.</summary>
    public Task MoveClock(TimeSpan by, CancellationToken ct)
    {
        ahead = by;
        return server is { } running ? SetClock(running, ct) : Task.CompletedTask;
    }

    /// <summary>Somebody signed in who asks this replica, wherever it is now.</summary>
    public async Task<HttpClient> As(string persona, CancellationToken ct)
    {
        var running = server ?? throw new InvalidOperationException("Nobody signs in at a replica that is down.");
        var client = new HttpClient(new ToWhereItIs(this)) { BaseAddress = running.Address };
        client.DefaultRequestHeaders.Authorization = await running.SignIn(persona, ct);
        return client;
    }

    public async ValueTask DisposeAsync() => await Kill();

    private async Task SetClock(Server running, CancellationToken ct)
    {
        if (ahead == TimeSpan.Zero)
        {
            return;
        }

        using var client = new HttpClient { BaseAddress = running.Address };
        using var answer = await client.PutAsJsonAsync("/dev/clock", new { now = TimeProvider.System.GetUtcNow() + ahead }, ct);
        answer.EnsureSuccessStatusCode();
    }

    private sealed class ToWhereItIs(Replica replica) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (replica.server is not { } running)
            {
                throw new ReplicaDown();
            }

            request.RequestUri = new Uri(running.Address, request.RequestUri!.PathAndQuery);
            var answer = await base.SendAsync(request, cancellationToken);
            replica.Answers.AddOrUpdate(answer.StatusCode, 1, (_, count) => count + 1);
            return answer;
        }
    }
}

/// <summary>Nobody was there to be asked, so nothing can have been done.</summary>
internal sealed class ReplicaDown() : HttpRequestException("The replica is down.");
