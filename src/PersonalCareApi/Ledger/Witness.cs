using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using PersonalCareApi.Data;
using PersonalCareApi.Domain.Ledger;
using Polly;
using Polly.Retry;

namespace PersonalCareApi.Ledger;

/// <summary>What a witness is told of one checkpoint: one line of JSON.</summary>
/// <param name="Sequence">Its number.</param>
/// <param name="Hash">Its hash, in hex.</param>
/// <param name="Statement">The checkpoint, signed.</param>
/// <param name="Heads">
/// The heads that moved since the last line that named any. With them a verifier names the chain that is gone; ids, numbers
/// and hashes alone. Empty where the witness was behind: the newest line then has them all.
/// </param>
internal sealed record WitnessLine(long Sequence, string Hash, string Statement, IReadOnlyList<WitnessedHead> Heads)
{
    public static WitnessLine Of(KeptCheckpoint checkpoint, IEnumerable<ChainHead> heads) => new(
        checkpoint.Sequence,
        Convert.ToHexStringLower(checkpoint.Hash),
        checkpoint.Statement,
        [.. heads.Select(head => new WitnessedHead(head.ChainId, head.Sequence, Convert.ToHexStringLower(head.Hash)))]);

    /// <summary>Null where the text is no such line.</summary>
    public static WitnessLine? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize<WitnessLine>(json, Pipeline.Json.Options) is { } line && line.Heads.All(head => head.IsWellFormed) ? line : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public byte[] ToJson() => [.. JsonSerializer.SerializeToUtf8Bytes(this, Pipeline.Json.Options), (byte)'\n'];
}

/// <summary>The head of a chain, as a witness knows it.</summary>
internal sealed record WitnessedHead(Guid Chain, long Sequence, string Hash)
{
    private const int HashLength = 64;

    [JsonIgnore]
    public bool IsWellFormed => Hash.Length == HashLength && Hash.All(char.IsAsciiHexDigitLower);
}

/// <summary>How far a witness has the checkpoints.</summary>
internal sealed record WitnessPlace(long Sequence, string Hash);

/// <summary>Somewhere outside the database that keeps checkpoints, so that an older database cannot be put in its place unseen.</summary>
internal abstract class Witness(string name)
{
    /// <summary>For logs and metrics.</summary>
    public string Name { get; } = name;

    /// <summary>The last that it has; null where it has none.</summary>
    public abstract Task<WitnessPlace?> Last(CancellationToken ct);

    /// <summary>Takes those that follow, in their order; when it returns it has them.</summary>
    public abstract Task Take(IReadOnlyList<WitnessLine> lines, CancellationToken ct);
}

/// <summary>A file elsewhere, to which lines are only ever added.</summary>
internal sealed class WitnessFile(string path) : Witness("file")
{
    private const int Chunk = 64 * 1024;
    private const int LockAttempts = 100;
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(20);

    public override Task<WitnessPlace?> Last(CancellationToken ct)
    {
        if (!File.Exists(path))
        {
            return Task.FromResult<WitnessPlace?>(null);
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return Task.FromResult(LastIn(file, out _));
    }

    public override async Task Take(IReadOnlyList<WitnessLine> lines, CancellationToken ct)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
        {
            Directory.CreateDirectory(folder);
        }

        await using var writing = await Lock(ct);
        await using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        var last = LastIn(file, out var end);
        if ((last?.Sequence ?? 0) != lines[0].Sequence - 1)
        {
            throw new IOException("Another program has added to the witness file meanwhile.");
        }

        // A line that was cut off by a crash was never taken.
        file.SetLength(end);
        file.Seek(0, SeekOrigin.End);
        foreach (var line in lines)
        {
            await file.WriteAsync(line.ToJson(), ct);
        }

        file.Flush(flushToDisk: true);
    }

    /// <summary>One writer at a time, whichever program it is; readers may read.</summary>
    /// <remarks>
    /// A file beside it, since on Unix what shares reading shares writing too: two that write at once would leave a line that
    /// nobody can read, and behind that no other is ever taken. The file stays; the lock is gone with who holds it, however it ends.
    /// </remarks>
    private async Task<FileStream> Lock(CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream($"{path}.lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (attempt < LockAttempts)
            {
                await Task.Delay(LockPause, ct);
            }
        }
    }

    /// <summary>The last whole line, and where it ends.</summary>
    private static WitnessPlace? LastIn(FileStream file, out long end)
    {
        end = EndOfLine(file, file.Length);
        if (end == 0)
        {
            return null;
        }

        var begin = EndOfLine(file, end - 1);
        var text = new byte[end - begin];
        file.Seek(begin, SeekOrigin.Begin);
        file.ReadExactly(text);
        return WitnessLine.Read(text) is { } line
            ? new WitnessPlace(line.Sequence, line.Hash)
            : throw new IOException("The last line of the witness file is no checkpoint.");
    }

    /// <summary>Behind the last line feed before a place; 0 where there is none.</summary>
    private static long EndOfLine(FileStream file, long before)
    {
        var buffer = new byte[Chunk];
        for (var end = before; end > 0;)
        {
            var begin = Math.Max(0, end - Chunk);
            var part = buffer.AsSpan(0, (int)(end - begin));
            file.Seek(begin, SeekOrigin.Begin);
            file.ReadExactly(part);
            if (part.LastIndexOf((byte)'\n') is >= 0 and var place)
            {
                return begin + place + 1;
            }

            end = begin;
        }

        return 0;
    }
}

/// <summary>Somebody else's server, which gets the same lines by POST; each at least once.</summary>
internal sealed class WitnessWebhook(Uri url, string? authorization, IHttpClientFactory clients, Database database, TimeProvider time) : Witness("webhook")
{
    /// <summary>The name of the HTTP client.</summary>
    public const string Client = "ledger-witness";

    private const string MediaType = "application/x-ndjson";

    private const string SelectPlace = "SELECT sequence, hash FROM ledger_witness WHERE name = @Name";

    private const string MovePlace = """
        UPDATE ledger_witness
        SET sequence = @Sequence, hash = @Hash
        WHERE name = @Name AND sequence < @Sequence
        """;

    private const string InsertPlace = """
        INSERT INTO ledger_witness (name, sequence, hash)
        SELECT @Name, @Sequence, @Hash
        WHERE NOT EXISTS (SELECT 1 FROM ledger_witness WHERE name = @Name)
        """;

    private readonly ResiliencePipeline retry = new ResiliencePipelineBuilder { TimeProvider = time }
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>(),
            MaxRetryAttempts = 3,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = TimeSpan.FromMilliseconds(200),
        })
        .Build();

    private SystemScope Scope => database.ForSystem(SystemReason.Ledger);

    public override async Task<WitnessPlace?> Last(CancellationToken ct) =>
        await Scope.QueryOne<Row>(SelectPlace, new { Name }, ct) is { } row ? new WitnessPlace(row.Sequence, Convert.ToHexStringLower(row.Hash)) : null;

    public override async Task Take(IReadOnlyList<WitnessLine> lines, CancellationToken ct)
    {
        byte[] body = [.. lines.SelectMany(line => line.ToJson())];
        await retry.ExecuteAsync(
            async token =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
                request.Content.Headers.ContentType = new MediaTypeHeaderValue(MediaType, Encoding.UTF8.WebName);
                if (authorization is not null)
                {
                    request.Headers.TryAddWithoutValidation("Authorization", authorization);
                }

                using var answer = await clients.CreateClient(Client).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token);
                answer.EnsureSuccessStatusCode();
            },
            ct);
        var place = new { Name, lines[^1].Sequence, Hash = Convert.FromHexString(lines[^1].Hash) };
        if (await Scope.Execute(MovePlace, place, ct) == 0)
        {
            await Scope.Execute(InsertPlace, place, ct);
        }
    }

    private sealed record Row
    {
        public required long Sequence { get; init; }

        public required byte[] Hash { get; init; }
    }
}
