using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;

namespace PersonalCareApi.Domain.Ledger;

/// <summary>What all chains were at one instant: the Merkle root over their heads, how many there are, how many entries they have.</summary>
/// <remarks>
/// A chain shows what was changed inside it; only what was counted before shows that its end, or all of it, is gone.
/// Canonical form: one JSON object in UTF-8, members in the order written here, no white space, instants in UTC with six
/// decimals, hashes in lower-case hex. Its SHA-256 names it in the next.
/// </remarks>
public sealed record Checkpoint
{
    /// <summary>1 for the first, and no number left out.</summary>
    public required long Sequence { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>How many chains there are.</summary>
    public required long TreeSize { get; init; }

    /// <summary>How many entries they have together.</summary>
    public required long Entries { get; init; }

    public required byte[] RootHash { get; init; }

    /// <summary>The hash of the one before; of the first, <see cref="LedgerChain.Start"/>.</summary>
    public required byte[] PreviousHash { get; init; }

    public byte[] Canonical()
    {
        var buffer = new ArrayBufferWriter<byte>(384);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("format", 1);
            json.WriteNumber("sequence", Sequence);
            json.WriteString("previousHash", Convert.ToHexStringLower(PreviousHash));
            json.WriteString("at", InstantText.Fixed(At));
            json.WriteNumber("treeSize", TreeSize);
            json.WriteNumber("entries", Entries);
            json.WriteString("rootHash", Convert.ToHexStringLower(RootHash));
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    public byte[] Hash() => SHA256.HashData(Canonical());

    /// <summary>What a checkpoint says; null where the bytes are no checkpoint in its canonical form.</summary>
    public static Checkpoint? Read(byte[] canonical)
    {
        try
        {
            using var document = JsonDocument.Parse(canonical);
            var root = document.RootElement;
            var read = new Checkpoint
            {
                Sequence = root.GetProperty("sequence").GetInt64(),
                At = root.GetProperty("at").GetDateTimeOffset(),
                TreeSize = root.GetProperty("treeSize").GetInt64(),
                Entries = root.GetProperty("entries").GetInt64(),
                RootHash = Convert.FromHexString(root.GetProperty("rootHash").GetString()!),
                PreviousHash = Convert.FromHexString(root.GetProperty("previousHash").GetString()!),
            };
            return read.Canonical().AsSpan().SequenceEqual(canonical) ? read : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentNullException)
        {
            return null;
        }
    }
}
