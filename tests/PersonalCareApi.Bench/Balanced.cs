using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using PersonalCareApi.Domain;

namespace PersonalCareApi.Bench;

/// <summary>A write that was acknowledged.</summary>
internal sealed record Written
{
    public required string Path { get; init; }

    public required HttpStatusCode Status { get; init; }

    /// <summary>What was made; null where nothing was, or the answer names nothing.</summary>
    public required Guid? Id { get; init; }

    /// <summary>The ledger entry that the answer named; null where it named none.</summary>
    public required Guid? Decision { get; init; }

    /// <summary>The W3C trace id it was sent under, each time.</summary>
    public required string Trace { get; init; }

    /// <summary>Which replica has acknowledged it.</summary>
    public required int Server { get; init; }

    /// <summary>Whether it had been sent before and had no answer.</summary>
    public required bool Again { get; init; }
}

/// <summary>
/// Somebody signed in who asks any of the replicas, as from behind a load balancer: where one breaks off before it has answered,
/// another is asked the same under the same <c>Idempotency-Key</c>, until one answers.
/// </summary>
internal sealed class Balanced(IReadOnlyList<HttpClient> replicas, ConcurrentBag<Written> writes) : IDisposable
{
    /// <summary>How a problem is called whose request came while the first with its key was still running.</summary>
    private const string KeyInUse = "idempotency-key-in-use";

    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(50);

    public HttpClient On(int replica) => replicas[replica];

    /// <summary>Writes through one of them, by chance.</summary>
    /// <exception cref="InvalidOperationException">The answer is neither of those that are expected.</exception>
    public Task<Written> Write(string path, object? body, HttpStatusCode expected, HttpStatusCode? orElse = null) =>
        Write(path, body, NewKey(), NewTrace(), Random.Shared.Next(replicas.Count), expected, orElse);

    /// <summary>Writes the same through all of them at once.</summary>
    public Task<Written[]> WriteOnAll(string path, object? body, HttpStatusCode expected)
    {
        var (key, trace) = (NewKey(), NewTrace());
        return Task.WhenAll(replicas.Select((_, first) => Write(path, body, key, trace, first, expected, null)));
    }

    public void Dispose()
    {
        foreach (var replica in replicas)
        {
            replica.Dispose();
        }
    }

    private static string NewKey() => Ids.New(TimeProvider.System.GetUtcNow()).ToString();

    private static string NewTrace() => ActivityTraceId.CreateRandom().ToHexString();

    private async Task<Written> Write(
        string path, object? body, string key, string trace, int first, HttpStatusCode expected, HttpStatusCode? orElse)
    {
        var again = false;
        for (var replica = first; ; replica = (replica + 1) % replicas.Count)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = body is null ? null : JsonContent.Create(body) };
                request.Headers.Add("Idempotency-Key", key);
                request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom().ToHexString()}-01");
                using var answer = await replicas[replica].SendAsync(request);
                if (answer.StatusCode == expected || answer.StatusCode == orElse)
                {
                    var written = await Read(answer, path, trace, replica, again);
                    writes.Add(written);
                    return written;
                }

                var refusal = await answer.Content.ReadAsStringAsync();
                if (answer.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.RequestTimeout)
                {
                    // Given up, and may have been done all the same; or the body did not come in time, on a machine that is too busy.
                    again = true;
                }
                else if (!refusal.Contains(KeyInUse, StringComparison.Ordinal))
                {
                    throw new InvalidOperationException($"POST {path} was answered {answer.StatusCode}: {refusal}");
                }
            }
            catch (HttpRequestException broken)
            {
                again |= broken is not ReplicaDown;
            }

            await Task.Delay(BetweenTries);
        }
    }

    private static async Task<Written> Read(HttpResponseMessage answer, string path, string trace, int replica, bool again)
    {
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return new Written
        {
            Path = path,
            Status = answer.StatusCode,
            Id = body.TryGetProperty("id", out var id) ? id.GetGuid() : null,
            Decision = answer.Headers.TryGetValues("Access-Decision", out var decisions) ? Guid.Parse(decisions.Single()) : null,
            Trace = trace,
            Server = replica,
            Again = again,
        };
    }
}
