using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using PersonalCareApi.Domain;

namespace PersonalCareApi.Bench;

/// <summary>
/// A server is killed at random moments under write load and started again: every acknowledged write must be there and on
/// the ledger, a write that was not acknowledged is there once after its retry, and the chains must verify.
/// </summary>
internal static class KillRace
{
    private const int Writers = 8;

    /// <summary>One write: its key for retries, and what its acknowledgement said; null where there was none.</summary>
    private sealed record Write(string Key, Guid? Id, string? Decision);

    /// <returns>The exit code: 0 where nothing was violated.</returns>
    public static Task<int> Run(TimeSpan duration, TextWriter output, CancellationToken ct) => Soak.InFolder(async folder =>
    {
        var (kills, acknowledged, retried, faults) = (0, 0, 0, new List<string>());
        var random = new Random(1);
        var watch = Stopwatch.StartNew();
        await using (var server = await Server.Start(folder, ct))
        {
            using var client = await server.As("client", ct);
            await client.GiveConsent(ct);
        }

        var expected = await Count(folder, ct);
        while (watch.Elapsed < duration && faults.Count == 0)
        {
            var writes = await KilledUnderLoad(folder, TimeSpan.FromMilliseconds(random.Next(200, 3000)), ct);
            kills++;
            acknowledged += writes.Count(write => write.Id is not null);
            retried += writes.Count(write => write.Id is null);
            expected += writes.Count;
            await using var server = await Server.Start(folder, ct);
            faults.AddRange(await Faults(server, writes, expected, ct));
            faults.AddRange(await Soak.LedgerFaults(folder, ct));
        }

        return await Soak.Tell(
            output,
            $"{kills} kills in {watch.Elapsed.TotalSeconds:F0} s; {acknowledged} acknowledged writes, all there and on the ledger; "
            + $"{retried} without an answer, each there once after its retry",
            faults,
            acknowledged > 0);
    });

    private static async Task<IReadOnlyCollection<Write>> KilledUnderLoad(string folder, TimeSpan after, CancellationToken ct)
    {
        var server = await Server.Start(folder, ct);
        var writes = new ConcurrentBag<Write>();
        using var practitioner = await server.As("practitioner", ct);
        var writers = Enumerable.Range(0, Writers).Select(_ => WriteUntilItEnds(practitioner, writes, ct)).ToList();
        await Task.Delay(after, ct);
        await server.DisposeAsync();
        await Task.WhenAll(writers);
        return writes;
    }

    private static async Task WriteUntilItEnds(HttpClient practitioner, ConcurrentBag<Write> writes, CancellationToken ct)
    {
        while (true)
        {
            var key = Ids.New(TimeProvider.System.GetUtcNow()).ToString();
            try
            {
                using var answer = await practitioner.PostOnce(Requests.Record("/assessments"), Requests.Gad7, key, ct);
                writes.Add(new Write(key, await IdOf(answer, ct), answer.Headers.GetValues("Access-Decision").Single()));
            }
            catch (Exception broken) when (broken is HttpRequestException or IOException)
            {
                writes.Add(new Write(key, null, null));
                return;
            }
        }
    }

    private static async Task<List<string>> Faults(Server server, IReadOnlyCollection<Write> writes, int expected, CancellationToken ct)
    {
        var faults = new List<string>();
        using var practitioner = await server.As("practitioner", ct);
        using var client = await server.As("client", ct);
        foreach (var write in writes)
        {
            if (write is { Id: { } id, Decision: { } decision })
            {
                await ExpectThere(practitioner, Requests.Record($"/assessments/{id}"), faults, ct);
                await ExpectThere(client, Requests.Record($"/access-decisions/{decision}"), faults, ct);
            }
            else
            {
                using var again = await practitioner.PostOnce(Requests.Record("/assessments"), Requests.Gad7, write.Key, ct);
                await IdOf(again, ct);
            }
        }

        var total = await practitioner.Total(Requests.Record("/assessments"), ct);
        if (total != expected)
        {
            faults.Add($"{total} assessments instead of {expected}: a retry wrote twice, or a write is lost.");
        }

        return faults;
    }

    private static async Task ExpectThere(HttpClient by, string path, List<string> faults, CancellationToken ct)
    {
        using var answer = await by.GetAsync(new Uri(path, UriKind.Relative), ct);
        if (answer.StatusCode != HttpStatusCode.OK)
        {
            faults.Add($"{path} was acknowledged and is now {answer.StatusCode}.");
        }
    }

    private static async Task<int> Count(string folder, CancellationToken ct)
    {
        await using var server = await Server.Start(folder, ct);
        using var practitioner = await server.As("practitioner", ct);
        return await practitioner.Total(Requests.Record("/assessments"), ct);
    }

    private static async Task<Guid> IdOf(HttpResponseMessage answer, CancellationToken ct)
    {
        if (answer.StatusCode != HttpStatusCode.Created)
        {
            throw new InvalidOperationException($"A write was answered {answer.StatusCode}: {await answer.Content.ReadAsStringAsync(ct)}");
        }

        return (await answer.Content.ReadFromJsonAsync<JsonElement>(ct)).GetProperty("id").GetGuid();
    }
}
