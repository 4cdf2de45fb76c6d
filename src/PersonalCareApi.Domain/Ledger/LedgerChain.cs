using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using PersonalCareApi.Domain.Access;

namespace PersonalCareApi.Domain.Ledger;

/// <summary>An entry in its place: its canonical bytes name the chain and the sequence, and its hash is over the previous hash and theirs.</summary>
public sealed record LedgerEntry(Guid ChainId, long Sequence, byte[] PreviousHash, byte[] Hash, byte[] Canonical);

/// <summary>The hash chain: how a use becomes an entry, and how entries are read and checked.</summary>
/// <remarks>
/// Canonical form: one JSON object in UTF-8, members in the order written here, no white space, no member left out
/// (null where there is nothing), instants in UTC with six decimals. Anybody can rebuild it. The hash of an entry is
/// SHA-256(previous hash ‖ SHA-256(canonical)): whoever may not see an entry can still follow the chain past it, by the
/// hash of what it says.
/// </remarks>
public static class LedgerChain
{
    /// <summary>The previous hash of the first entry.</summary>
    public static byte[] Start { get; } = new byte[SHA256.HashSizeInBytes];

    /// <summary>What this thread wrote the last entry into.</summary>
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? canonical;

    /// <summary>The entry that follows <paramref name="sequence"/> (0 for an empty chain) and its hash.</summary>
    public static LedgerEntry Append(LedgerUse use, long sequence, byte[] previousHash)
    {
        var canonical = Canonical(use, sequence + 1);
        return new LedgerEntry(use.ChainId, sequence + 1, previousHash, HashOf(previousHash, canonical), canonical);
    }

    /// <summary>The hash of what an entry says.</summary>
    public static byte[] ContentHash(byte[] canonical) => SHA256.HashData(canonical);

    /// <summary>The hash of an entry that follows from another.</summary>
    public static byte[] HashOf(byte[] previousHash, byte[] canonical) => Follow(previousHash, ContentHash(canonical));

    /// <summary>The same by the hash of what it says.</summary>
    public static byte[] Follow(byte[] previousHash, byte[] contentHash) => SHA256.HashData([.. previousHash, .. contentHash]);

    /// <summary>The first thing wrong with a whole chain given in order, or null when every entry follows from the one before.</summary>
    public static LedgerFault? FirstFault(IEnumerable<LedgerEntry> chain)
    {
        ChainCheck? check = null;
        foreach (var entry in chain)
        {
            (check ??= new ChainCheck(entry.ChainId)).See(entry);
        }

        return check?.Fault;
    }

    /// <summary>Where an entry says that it belongs; null where it cannot be read.</summary>
    public static (Guid ChainId, long Sequence)? PlaceNamedBy(byte[] canonical)
    {
        try
        {
            using var document = JsonDocument.Parse(canonical);
            return (document.RootElement.GetProperty("chain").GetGuid(), document.RootElement.GetProperty("sequence").GetInt64());
        }
        catch (Exception unreadable) when (unreadable is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    /// <summary>What an entry says.</summary>
    /// <exception cref="JsonException">The canonical bytes are not an entry's.</exception>
    public static LedgerUse Read(byte[] canonical)
    {
        using var document = JsonDocument.Parse(canonical);
        var root = document.RootElement;
        return new LedgerUse
        {
            Id = root.GetProperty("id").GetGuid(),
            At = root.GetProperty("at").GetDateTimeOffset(),
            PartnerId = root.GetProperty("partner").GetGuid(),
            ClientId = OptionalGuid(root, "client"),
            ActingAs = root.GetProperty("actingAs") is { ValueKind: JsonValueKind.Object } party ? ReadParty(party) : null,
            ApplicationId = root.GetProperty("application").GetGuid(),
            Operation = root.GetProperty("operation").GetString()!,
            Use = new DataUse(
                DataCategories.TryParse(root.GetProperty("category").GetString()!, out var category) ? category : throw new JsonException(),
                DataActions.TryParse(root.GetProperty("action").GetString()!, out var action) ? action : throw new JsonException()),
            Purpose = root.GetProperty("purpose").GetString(),
            Decision = root.GetProperty("decision").GetString()!,
            Reason = root.GetProperty("reason").GetString(),
            Basis = ReadBasis(root.GetProperty("basis")),
            Obligations = (Obligations)root.GetProperty("obligations").GetInt32(),
            AccessVersion = OptionalLong(root, "accessVersion"),
            PartnerAccessVersion = OptionalLong(root, "partnerAccessVersion"),
            Considered = [.. root.GetProperty("considered").EnumerateArray().Select(ReadConsidered)],
            Outcome = root.GetProperty("outcome").GetInt32(),
            Trace = root.GetProperty("trace").GetString(),
        };
    }

    private static byte[] Canonical(LedgerUse use, long sequence)
    {
        var buffer = canonical ??= new ArrayBufferWriter<byte>();
        buffer.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("format", 2);
            json.WriteString("chain", use.ChainId);
            json.WriteNumber("sequence", sequence);
            json.WriteString("id", use.Id);
            json.WriteString("at", InstantText.Fixed(use.At));
            json.WriteString("partner", use.PartnerId);
            WriteGuid(json, "client", use.ClientId);
            WriteParty(json, use.ActingAs);
            json.WriteString("application", use.ApplicationId);
            json.WriteString("operation", use.Operation);
            json.WriteString("category", use.Use.Category.Code());
            json.WriteString("action", use.Use.Action.Code());
            json.WriteString("purpose", use.Purpose);
            json.WriteString("decision", use.Decision);
            json.WriteString("reason", use.Reason);
            WriteBasis(json, use.Basis);
            json.WriteNumber("obligations", (int)use.Obligations);
            WriteLong(json, "accessVersion", use.AccessVersion);
            WriteLong(json, "partnerAccessVersion", use.PartnerAccessVersion);
            WriteConsidered(json, use.Considered);
            json.WriteNumber("outcome", use.Outcome);
            json.WriteString("trace", use.Trace);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteParty(Utf8JsonWriter json, Party? party)
    {
        if (party is null)
        {
            json.WriteNull("actingAs");
            return;
        }

        json.WriteStartObject("actingAs");
        json.WriteString("kind", party.KindCode);
        json.WriteString("id", party.Id);
        json.WriteEndObject();
    }

    private static void WriteBasis(Utf8JsonWriter json, DecisionBasis basis)
    {
        json.WriteStartObject("basis");
        json.WriteString("kind", basis.Kind);
        WriteGuid(json, "id", basis.Id);
        WriteLong(json, "version", basis.Version);
        WriteLong(json, "provision", basis.Provision);
        json.WriteEndObject();
    }

    private static void WriteConsidered(Utf8JsonWriter json, IReadOnlyList<ConsideredProvision> considered)
    {
        json.WriteStartArray("considered");
        foreach (var provision in considered)
        {
            json.WriteStartArray();
            json.WriteStringValue(provision.ConsentId);
            json.WriteNumberValue(provision.ConsentVersion);
            json.WriteNumberValue(provision.Provision);
            json.WriteStringValue(provision.Effect == ProvisionEffect.Permit ? "permit" : "deny");
            json.WriteStringValue(provision.FirstUnmet);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static void WriteGuid(Utf8JsonWriter json, string name, Guid? value)
    {
        if (value is { } guid)
        {
            json.WriteString(name, guid);
            return;
        }

        json.WriteNull(name);
    }

    private static void WriteLong(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
            return;
        }

        json.WriteNull(name);
    }

    private static Party ReadParty(JsonElement party) => new(
        Party.TryParseKind(party.GetProperty("kind").GetString()!, out var kind) ? kind : throw new JsonException(),
        party.GetProperty("id").GetGuid());

    private static DecisionBasis ReadBasis(JsonElement basis) => new(
        basis.GetProperty("kind").GetString()!,
        OptionalGuid(basis, "id"),
        (int?)OptionalLong(basis, "version"),
        (int?)OptionalLong(basis, "provision"));

    private static ConsideredProvision ReadConsidered(JsonElement provision) => new(
        provision[0].GetGuid(),
        provision[1].GetInt32(),
        provision[2].GetInt32(),
        provision[3].GetString() == "permit" ? ProvisionEffect.Permit : ProvisionEffect.Deny,
        provision[4].GetString());

    private static Guid? OptionalGuid(JsonElement element, string name) =>
        element.GetProperty(name) is { ValueKind: JsonValueKind.String } value ? value.GetGuid() : null;

    private static long? OptionalLong(JsonElement element, string name) =>
        element.GetProperty(name) is { ValueKind: JsonValueKind.Number } value ? value.GetInt64() : null;
}
