using System.Collections.Concurrent;
using System.Net;
using System.Text;
using PersonalCareApi.Ledger;

namespace PersonalCareApi.Bench;

/// <summary>Takes the checkpoints that servers tell a witness over HTTP, and counts how often it was told each.</summary>
internal sealed class WitnessReceiver : IAsyncDisposable
{
    private readonly HttpListener listener = new();
    private readonly ConcurrentDictionary<long, ConcurrentBag<string>> told = new();
    private readonly Task taking;

    public WitnessReceiver(Uri address)
    {
        Address = address;
        listener.Prefixes.Add(address.ToString());
        listener.Start();
        taking = Take();
    }

    public Uri Address { get; }

    /// <summary>Different checkpoints.</summary>
    public int Checkpoints => told.Count;

    /// <summary>Deliveries beyond the first of each: a server that is killed behind one cannot know that it arrived.</summary>
    public int DeliveredAgain => told.Values.Sum(hashes => hashes.Count - 1);

    /// <summary>Numbers that stand for two checkpoints, and numbers that were never told.</summary>
    public IEnumerable<string> Faults()
    {
        foreach (var (number, hashes) in told.Where(one => one.Value.Distinct().Count() > 1))
        {
            yield return $"The witness was told {hashes.Distinct().Count()} different checkpoints {number}.";
        }

        if (told.IsEmpty || told.Keys.Max() != told.Count)
        {
            yield return $"The witness was told {told.Count} checkpoints, the newest of them {(told.IsEmpty ? 0 : told.Keys.Max())}.";
        }
    }

    public async ValueTask DisposeAsync()
    {
        listener.Stop();
        await taking;
        listener.Close();
    }

    private async Task Take()
    {
        while (true)
        {
            try
            {
                var context = await listener.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                foreach (var line in Lines(body.ToArray()))
                {
                    told.GetOrAdd(line.Sequence, _ => []).Add(line.Hash);
                }

                context.Response.StatusCode = (int)HttpStatusCode.NoContent;
                context.Response.Close();
            }
            catch (Exception ended) when (ended is HttpListenerException or ObjectDisposedException && !listener.IsListening)
            {
                return;
            }
            catch (Exception broken) when (broken is HttpListenerException or IOException)
            {
                // The server that told it was killed.
            }
        }
    }

    private static IEnumerable<WitnessLine> Lines(byte[] body) =>
        Encoding.UTF8.GetString(body).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => WitnessLine.Read(Encoding.UTF8.GetBytes(line)) ?? throw new InvalidDataException("The witness was told something else."));
}
