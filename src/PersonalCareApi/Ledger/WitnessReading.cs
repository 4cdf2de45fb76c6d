using System.Runtime.CompilerServices;
using PersonalCareApi.Domain.Ledger;
using PersonalCareApi.Protection;

namespace PersonalCareApi.Ledger;

/// <summary>Reads a witness beside the database, line by line.</summary>
internal sealed class WitnessReading(
    IAsyncEnumerable<WitnessLine?> lines, IReadOnlyList<PublishedKey> signers, LedgerMarks marks, LedgerFindings found, CancellationToken ct) : IAsyncDisposable
{
    private readonly IAsyncEnumerator<WitnessLine?> reading = lines.GetAsyncEnumerator(ct);
    private readonly HeadTree heads = new();
    private WitnessLine? current;
    private string hash = Convert.ToHexStringLower(LedgerChain.Start);
    private bool ended;
    private bool believed = true;

    public long? Last { get; private set; }

    /// <summary>The line with that number, if there is one.</summary>
    public async Task<WitnessLine?> At(long sequence)
    {
        while (!ended && (current?.Sequence ?? 0) < sequence)
        {
            await Next();
        }

        return current?.Sequence == sequence && believed ? current : null;
    }

    /// <summary>The last number that the witness has.</summary>
    public async Task<long> ToTheEnd()
    {
        while (!ended)
        {
            await Next();
        }

        return Last ?? 0;
    }

    public ValueTask DisposeAsync() => reading.DisposeAsync();

    private async Task Next()
    {
        if (!believed || !await reading.MoveNextAsync())
        {
            ended = true;
            return;
        }

        var (line, expected) = (reading.Current, (Last ?? 0) + 1);
        var fault = FaultOf(line, expected);
        if (fault is not null)
        {
            // What comes behind it proves nothing.
            found.Add(new LedgerFault(LedgerFaultKind.Witness, $"Line {expected} of the witness: {fault}", Checkpoint: expected));
            believed = false;
            ended = true;
            return;
        }

        (current, hash, Last) = (line, line!.Hash, line.Sequence);
    }

    private string? FaultOf(WitnessLine? line, long expected)
    {
        if (line is null)
        {
            return "It cannot be read.";
        }

        if (CheckpointKeys.Read(line.Statement, signers, out var unsigned) is not { } payload
            || Checkpoint.Read(payload) is not { } stated || stated.Sequence != line.Sequence || Convert.ToHexStringLower(stated.Hash()) != line.Hash)
        {
            return unsigned ?? "It does not say what was signed.";
        }

        if (line.Sequence != expected || Convert.ToHexStringLower(stated.PreviousHash) != hash)
        {
            return $"It is checkpoint {line.Sequence}, which does not follow from the line before.";
        }

        foreach (var head in line.Heads)
        {
            var known = new ChainHead(head.Chain, head.Sequence, Convert.FromHexString(head.Hash));
            heads.Set(known);
            marks.Set(known);
        }

        return line.Heads.Count == 0 || heads.Root.AsSpan().SequenceEqual(stated.RootHash) ? null : "Its heads do not give the root that was signed.";
    }

    /// <summary>The lines of a file up to a length; null for one that is no line of a witness.</summary>
    public static async IAsyncEnumerable<WitnessLine?> Lines(Stream file, long length, [EnumeratorCancellation] CancellationToken ct)
    {
        using var reader = new StreamReader(file, leaveOpen: true);
        long read = 0;
        while (read < length && await reader.ReadLineAsync(ct) is { } text)
        {
            var bytes = System.Text.Encoding.UTF8.GetBytes(text);
            read += bytes.Length + 1;

            // Without its line feed it was cut off by a crash, and never taken.
            if (read <= length)
            {
                yield return WitnessLine.Read(bytes);
            }
        }
    }
}
