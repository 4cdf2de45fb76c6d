using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;

namespace PersonalCareApi.Bench;

/// <summary>
/// Two servers over one database; readers at full speed on both while consents are given and withdrawn through one and the
/// other. An answer with data to a request that began after a withdrawal was acknowledged is a violation.
/// </summary>
internal static class WithdrawalRace
{
    private const int ReadersOfEach = 4;

    /// <summary>How many reads must have begun and ended between a withdrawal and the next consent.</summary>
    private const int ReadsAfterEach = 40;

    private sealed record Read(long Began, long Ended, bool HasData);

    /// <returns>The exit code: 0 where nothing was violated.</returns>
    public static async Task<int> Run(TimeSpan duration, TextWriter output, CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("personal-care-soak-").FullName;
        try
        {
            await using var one = await Server.Start(folder, ct);
            await using var other = await Server.Start(folder, ct);
            return await Race([one, other], duration, output, ct);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<int> Race(Server[] servers, TimeSpan duration, TextWriter output, CancellationToken ct)
    {
        var clients = await Task.WhenAll(servers.Select(server => server.As("client", ct)));
        await clients[0].Assess(ct);
        var reads = new ConcurrentQueue<Read>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var readers = new List<Task>();
        foreach (var server in servers)
        {
            for (var reader = 0; reader < ReadersOfEach; reader++)
            {
                readers.Add(Loop(await server.As("practitioner", ct), reads, stop.Token));
            }
        }

        var (withdrawals, total, withData, after, violations) = (0, 0, 0, 0, 0);
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < duration)
        {
            var consent = await clients[withdrawals % 2].GiveConsent(ct);
            await Until(() => reads.Any(read => read.HasData), ct);
            await clients[(withdrawals / 2) % 2].Withdraw(consent, ct);
            var acknowledged = Stopwatch.GetTimestamp();
            withdrawals++;
            await Until(() => reads.Count(read => read.Began > acknowledged) >= ReadsAfterEach, ct);
            while (reads.TryDequeue(out var read))
            {
                total++;
                withData += read.HasData ? 1 : 0;
                after += read.Began > acknowledged ? 1 : 0;
                violations += read.Began > acknowledged && read.HasData ? 1 : 0;
            }
        }

        await stop.CancelAsync();
        await Task.WhenAll(readers);
        await output.WriteLineAsync(
            $"{withdrawals} withdrawals in {watch.Elapsed.TotalSeconds:F0} s on 2 servers; {total} reads, {withData} with data, "
            + $"{after} begun after a withdrawal was acknowledged; of these {violations} with data");
        return violations == 0 && withData > 0 ? 0 : 1;
    }

    /// <remarks>
    /// What is read between the last look at the queue and the next consent is judged with that consent: it began before the
    /// next withdrawal, so it cannot be taken for a violation, and is not counted as one.
    /// </remarks>
    private static async Task Loop(HttpClient practitioner, ConcurrentQueue<Read> reads, CancellationToken stop)
    {
        using var _ = practitioner;
        var path = new Uri(Requests.Record("/assessments"), UriKind.Relative);
        while (!stop.IsCancellationRequested)
        {
            var began = Stopwatch.GetTimestamp();
            using var answer = await practitioner.GetAsync(path, CancellationToken.None);
            if (answer.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.Forbidden))
            {
                throw new InvalidOperationException($"A read was answered {answer.StatusCode}.");
            }

            reads.Enqueue(new Read(began, Stopwatch.GetTimestamp(), answer.StatusCode == HttpStatusCode.OK));
        }
    }

    private static async Task Until(Func<bool> holds, CancellationToken ct)
    {
        while (!holds())
        {
            await Task.Delay(1, ct);
        }
    }
}
