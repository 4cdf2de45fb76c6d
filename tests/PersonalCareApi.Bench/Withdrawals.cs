using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;

namespace PersonalCareApi.Bench;

/// <summary>
/// Readers on every server while a consent is given and withdrawn through one and the other. An answer with data to a request
/// that began after a withdrawal was acknowledged is a violation, whichever server gave it.
/// </summary>
/// <param name="serversMayEnd">Whether a read may break off, because its server was killed; then it has answered nothing.</param>
internal sealed class Withdrawals(bool serversMayEnd)
{
    /// <summary>How many reads must have begun and ended between a withdrawal and the next consent.</summary>
    private const int ReadsAfterEach = 40;

    private readonly ConcurrentQueue<Read> reads = new();

    /// <summary>Withdrawals that were acknowledged.</summary>
    public int Acknowledged { get; private set; }

    public int Reads { get; private set; }

    public int WithData { get; private set; }

    /// <summary>Reads that began after a withdrawal was acknowledged.</summary>
    public int After { get; private set; }

    /// <summary>Those of them that another server answered than the one that had acknowledged.</summary>
    public int AfterOnAnother { get; private set; }

    public int Violations { get; private set; }

    private sealed record Read(int Server, long Began, bool HasData);

    /// <summary>Gives the consent and withdraws it, again and again.</summary>
    /// <param name="give">Gives it.</param>
    /// <param name="withdraw">Withdraws it, and says which server has acknowledged that.</param>
    /// <param name="stop">Ends it, once a withdrawal has been judged.</param>
    public async Task Race(Func<Task<Guid>> give, Func<Guid, Task<int>> withdraw, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var consent = await give();
            await Until(() => reads.Any(read => read.HasData));
            var by = await withdraw(consent);
            var acknowledged = Stopwatch.GetTimestamp();
            Acknowledged++;
            await Until(() => reads.Count(read => read.Began > acknowledged) >= ReadsAfterEach);
            while (reads.TryDequeue(out var read))
            {
                var after = read.Began > acknowledged;
                Reads++;
                WithData += read.HasData ? 1 : 0;
                After += after ? 1 : 0;
                AfterOnAnother += after && read.Server != by ? 1 : 0;
                Violations += after && read.HasData ? 1 : 0;
            }
        }
    }

    /// <remarks>
    /// What is read between the last look at the queue and the next consent is judged with that consent: it began before the
    /// next withdrawal, so it cannot be taken for a violation, and is not counted as one.
    /// </remarks>
    public async Task ReadOn(int server, HttpClient practitioner, TimeSpan pause, CancellationToken stop)
    {
        var path = new Uri(Requests.Record("/assessments"), UriKind.Relative);
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(pause, CancellationToken.None);
            try
            {
                var began = Stopwatch.GetTimestamp();
                using var answer = await practitioner.GetAsync(path, CancellationToken.None);
                if (answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Forbidden)
                {
                    reads.Enqueue(new Read(server, began, answer.StatusCode == HttpStatusCode.OK));
                }
                else if (!serversMayEnd || answer.StatusCode != HttpStatusCode.ServiceUnavailable)
                {
                    throw new InvalidOperationException($"A read was answered {answer.StatusCode}.");
                }
            }
            catch (HttpRequestException) when (serversMayEnd)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), CancellationToken.None);
            }
        }
    }

    private static async Task Until(Func<bool> holds)
    {
        while (!holds())
        {
            await Task.Delay(1, CancellationToken.None);
        }
    }
}
