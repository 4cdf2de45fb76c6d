using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.IdentityModel.Tokens;
using PersonalCareApi.Configuration;
using PersonalCareApi.Data;

namespace PersonalCareApi.Protection;

/// <summary>The installation's keys for signing checkpoints of the ledger: P-256, in files beside the master key, never in the database.</summary>
/// <remarks>
/// Whoever can write the database could make a whole ledger that agrees with itself; without this key no checkpoint over it.
/// The newest file signs, or the key that <c>Ledger:SigningKey:File</c> names; every one stays published. A file is wrapped
/// by the master key, as every other key is.
/// </remarks>
internal sealed class CheckpointKeys(DataFolder folder, IDataProtectionProvider protection, IConfiguration configuration, IHostEnvironment environment)
{
    /// <summary>What the header of a signed checkpoint says it is, so that it is taken for no token (RFC 8725, 3.11).</summary>
    public const string Type = "ledger-checkpoint+json";

    public const string Setting = "Ledger:SigningKey:File";
    private const string Purpose = "PersonalCareApi.LedgerSigning.v1";
    private const string RingFolder = "keys";
    private const string Prefix = "ledger-signing.";
    private const string Suffix = ".key";
    private const string FirstName = $"{Prefix}000001{Suffix}";

    private readonly ConcurrentDictionary<string, SigningKey> opened = new(StringComparer.Ordinal);

    /// <summary>The payload as a signed JWS (RFC 7515, ES256, compact), with the key that signs now; made where there is none yet.</summary>
    public string Sign(byte[] payload)
    {
        var key = Configured() ?? Newest() ?? Make(FirstName);
        var header = JsonSerializer.Serialize(new { alg = SecurityAlgorithms.EcdsaSha256, kid = key.Public.Kid, typ = Type });
        var signed = $"{Base64UrlEncoder.Encode(header)}.{Base64UrlEncoder.Encode(payload)}";
        return $"{signed}.{Base64UrlEncoder.Encode(key.Private.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256))}";
    }

    /// <summary>The public part of every key that ever signed here, oldest first.</summary>
    public IReadOnlyList<PublishedKey> Published() =>
        [.. Names().Select(Open).Append(Configured()).OfType<SigningKey>().Select(key => key.Public).DistinctBy(key => key.Kid)];

    /// <summary>Makes a key that signs from now on, unless one is configured.</summary>
    public PublishedKey Rotate()
    {
        if (Configured() is not null)
        {
            throw new InvalidOperationException($"{Setting} names the key that signs. Put another file in its place.");
        }

        return Make(Newest() is { } newest ? NameOf(newest.Generation + 1) : FirstName).Public;
    }

    /// <summary>Wraps the files again with the master key of now, and tells how many were wrapped with another.</summary>
    public int WrapAgain()
    {
        var count = 0;
        foreach (var name in Names())
        {
            if (MasterKey.WrapAgain(ProtectorOf(name), File.ReadAllBytes(PathOf(name))) is { } wrapped)
            {
                Write($"{name}.new", wrapped, FileMode.Create);
                File.Move(PathOf($"{name}.new"), PathOf(name), overwrite: true);
                count++;
            }
        }

        return count;
    }

    /// <summary>What a statement says, if one of these keys signed it; else null and why it cannot be believed.</summary>
    public static byte[]? Read(string statement, IEnumerable<PublishedKey> keys, out string? fault)
    {
        fault = "It is not a signed statement.";
        if (statement.Split('.') is not [var header, var payload, var signature])
        {
            return null;
        }

        try
        {
            using var named = JsonDocument.Parse(Base64UrlEncoder.DecodeBytes(header));
            if (Member(named, "alg") != SecurityAlgorithms.EcdsaSha256 || Member(named, "typ") != Type)
            {
                return null;
            }

            if (keys.FirstOrDefault(key => key.Kid == Member(named, "kid")) is not { } known)
            {
                fault = $"It is signed by the key {Member(named, "kid")}, which is none of this installation's.";
                return null;
            }

            using var key = ECDsa.Create(new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new ECPoint { X = Base64UrlEncoder.DecodeBytes(known.X), Y = Base64UrlEncoder.DecodeBytes(known.Y) },
            });
            fault = key.VerifyData(Encoding.ASCII.GetBytes($"{header}.{payload}"), Base64UrlEncoder.DecodeBytes(signature), HashAlgorithmName.SHA256)
                ? null
                : "Its signature is not that of the key it names.";
            return fault is null ? Base64UrlEncoder.DecodeBytes(payload) : null;
        }
        catch (Exception unreadable) when (unreadable is FormatException or JsonException or CryptographicException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string? Member(JsonDocument header, string name) =>
        header.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private SigningKey? Configured()
    {
        return Settings.SigningKey.In(configuration) is { } file ? opened.GetOrAdd(Path.Combine(environment.ContentRootPath, file), Read) : null;
    }

    /// <summary>What is wrong with the key that is configured, if one is.</summary>
    public static IEnumerable<string> FaultsIn(IConfiguration configuration, string root)
    {
        if (Settings.SigningKey.In(configuration) is not { } file)
        {
            return [];
        }

        try
        {
            using var key = Read(Path.Combine(root, file)).Private;
            return [];
        }
        catch (InvalidOperationException fault)
        {
            return [fault.Message];
        }
    }

    private static SigningKey Read(string path)
    {
        try
        {
            var key = ECDsa.Create();
            key.ImportFromPem(File.ReadAllText(path));
            key.ExportParameters(includePrivateParameters: true);
            return key.KeySize == 256
                ? SigningKey.Of(0, key)
                : throw new InvalidOperationException($"{Setting} must hold a key on the curve P-256.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or CryptographicException)
        {
            throw new InvalidOperationException($"{Setting} names no file with a private key in PEM that can be read.", error);
        }
    }

    private SigningKey? Newest() => Names() is [.., var newest] ? Open(newest) : null;

    private string[] Names()
    {
        var ring = folder.File(RingFolder);
        return Directory.Exists(ring)
            ? [.. Directory.GetFiles(ring, $"{Prefix}*{Suffix}").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)]
            : [];
    }

    private SigningKey Open(string name) => opened.GetOrAdd(name, static (name, keys) =>
    {
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(keys.ProtectorOf(name).Unprotect(File.ReadAllBytes(keys.PathOf(name))), out _);
        return SigningKey.Of(int.Parse(name[Prefix.Length..^Suffix.Length], NumberStyles.None, CultureInfo.InvariantCulture), key);
    }, this);

    private SigningKey Make(string name)
    {
        using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Directory.CreateDirectory(folder.File(RingFolder));
        var beside = $"{name}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
        Write(beside, ProtectorOf(name).Protect(made.ExportPkcs8PrivateKey()), FileMode.CreateNew);
        try
        {
            // Whole or not at all, and never over another.
            File.Move(PathOf(beside), PathOf(name), overwrite: false);
        }
        catch (IOException) when (File.Exists(PathOf(name)))
        {
            // Another program on the same folder was first, and its key is the one.
            File.Delete(PathOf(beside));
        }

        return Open(name);
    }

    private void Write(string name, byte[] bytes, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var file = new FileStream(PathOf(name), options);
        file.Write(bytes);
        file.Flush(flushToDisk: true);
    }

    private string PathOf(string name) => Path.Combine(folder.Path, RingFolder, name);

    private IDataProtector ProtectorOf(string name) => protection.CreateProtector(Purpose).CreateProtector(name);

    private static string NameOf(int generation) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{generation:D6}{Suffix}");

    private sealed record SigningKey(int Generation, ECDsa Private, PublishedKey Public)
    {
        public static SigningKey Of(int generation, ECDsa pair)
        {
            var published = JsonWebKeyConverter.ConvertFromECDsaSecurityKey(
                new ECDsaSecurityKey(ECDsa.Create(pair.ExportParameters(includePrivateParameters: false))));

            // The key's RFC 7638 thumbprint names it.
            published.Kid = Base64UrlEncoder.Encode(published.ComputeJwkThumbprint());
            return new SigningKey(generation, pair, PublishedKey.From(published));
        }
    }
}
