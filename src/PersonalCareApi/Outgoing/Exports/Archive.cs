using System.IO.Compression;
using System.Text;
using System.Text.Json;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Protection;
using PersonalCareApi.Records;

namespace PersonalCareApi.Outgoing.Exports;

/// <summary>What an archive says of itself: whose, for whom, what is in it, and what was left out and why.</summary>
internal sealed record ExportManifest
{
    public required Guid Export { get; init; }

    public required Guid ClientId { get; init; }

    public required string Partner { get; init; }

    public required PartyResponse For { get; init; }

    public required string Purpose { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required IReadOnlyList<ManifestFile> Files { get; init; }

    public required IReadOnlyList<Withheld> Withheld { get; init; }

    /// <summary>What must go with the archive wherever it goes; null where nothing must.</summary>
    public required string? Notice { get; init; }
}

/// <summary>One file of an archive.</summary>
/// <param name="Path">Within the archive.</param>
/// <param name="Category">Under which decision it was read; null for what is made of several.</param>
/// <param name="Items">How many items it holds; null where it holds none.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Its hash, in hex.</param>
internal sealed record ManifestFile(string Path, string? Category, int? Items, long Bytes, string Sha256);

/// <summary>A category that was left out.</summary>
/// <param name="Category">Which.</param>
/// <param name="Reason">The reason code of the refusal.</param>
internal sealed record Withheld(string Category, string Reason);

/// <summary>An archive that is being put together, in memory: a plain copy is never on a disk.</summary>
internal sealed class Archive : IDisposable
{
    public const string ManifestPath = "manifest.json";
    public const string SignaturePath = "manifest.jws";

    /// <summary>What the header of a signed manifest says it is, so that it is taken for no other token (RFC 8725, 3.11).</summary>
    public const string TokenType = "export-manifest+jwt";

    /// <summary>Far more than a record holds; more than this is refused before memory is short.</summary>
    public const long Largest = 256 * 1024 * 1024;

    private readonly MemoryStream bytes = new();
    private readonly ZipArchive zip;
    private readonly List<ManifestFile> files = [];
    private readonly DateTimeOffset at;

    public Archive(DateTimeOffset at)
    {
        this.at = at;
        zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true);
    }

    public IReadOnlyList<ManifestFile> Files => files;

    public void Add(string path, byte[] content, string? category = null, int? items = null)
    {
        files.Add(new ManifestFile(path, category, items, content.Length, FileDigest.Sha256(content)));
        Write(path, content);
        if (bytes.Length > Largest)
        {
            throw new ArchiveTooLarge();
        }
    }

    public void Add(string path, string text, string? category = null) => Add(path, Encoding.UTF8.GetBytes(text), category);

    /// <summary>Ends the archive with its manifest and the signature of that.</summary>
    /// <param name="manifest">What it says of itself.</param>
    /// <param name="sign">Signs a payload.</param>
    public async Task<byte[]> Close<T>(T manifest, Func<string, Task<string>> sign)
    {
        var text = JsonSerializer.SerializeToUtf8Bytes(manifest, Json.Options);
        Write(ManifestPath, text);
        Write(SignaturePath, Encoding.UTF8.GetBytes(await sign(JsonSerializer.Serialize(
            new Dictionary<string, object>
            {
                ["iat"] = at.ToUnixTimeSeconds(),
                ["manifest_sha256"] = FileDigest.Sha256(text),
                ["manifest"] = manifest!,
            },
            Json.Options))));
        zip.Dispose();
        return bytes.ToArray();
    }

    public void Dispose()
    {
        zip.Dispose();
        bytes.Dispose();
    }

    private void Write(string path, byte[] content)
    {
        var entry = zip.CreateEntry(path, CompressionLevel.Optimal);

        // A ZIP holds no year before 1980, which a server's clock may yet show.
        entry.LastWriteTime = at.Year >= 1980 ? at : entry.LastWriteTime;
        using var stream = entry.Open();
        stream.Write(content);
    }
}

/// <summary>The archive would be larger than this program puts together.</summary>
internal sealed class ArchiveTooLarge : Exception
{
    public ArchiveTooLarge()
        : base("The archive would be too large.")
    {
    }
}
