using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using PersonalCareApi.Data;

namespace PersonalCareApi.Protection;

/// <summary>A public key as RFC 7517 has it; only what verifying needs.</summary>
internal sealed record PublishedKey(string Kty, string Crv, string X, string Y, string Kid, string Use, string Alg)
{
    public static PublishedKey From(JsonWebKey key) =>
        new(key.Kty, key.Crv, key.X, key.Y, key.Kid, JsonWebKeyUseNames.Sig, SecurityAlgorithms.EcdsaSha256);
}

/// <summary>The installation's keys for signing receipts: P-256, wrapped in the table <c>secret</c>, the same for every replica.</summary>
/// <remarks>
/// The newest signs. Every one stays published, so that a receipt can be verified as long as the installation lives. Rows
/// are read with each use, never remembered: a key that one replica has just made is published by all before the first
/// receipt that it signed can reach anybody.
/// </remarks>
internal sealed class ReceiptKeys(Database database, IDataProtectionProvider protection, TimeProvider time)
{
    private const string Prefix = "receipt-signing.";

    private const string SelectAll = """
        SELECT name, wrapped
        FROM secret
        WHERE name LIKE 'receipt-signing.%'
        ORDER BY name
        """;

    private const string Insert = "INSERT INTO secret (name, wrapped, created_at) VALUES (@Name, @Wrapped, @CreatedAt)";

    private readonly IDataProtector wrapping = protection.CreateProtector("PersonalCareApi.Secrets.v1");
    private readonly ConcurrentDictionary<string, SigningKey> opened = new(StringComparer.Ordinal);

    /// <summary>The payload as a signed JWT (ES256, compact), with the type its header names.</summary>
    public async Task<string> Sign(string payload, string type, CancellationToken ct)
    {
        var key = await Newest(ct) ?? await Make(1, ct);
        return new JsonWebTokenHandler().CreateToken(
            payload,
            new SigningCredentials(key.Private, SecurityAlgorithms.EcdsaSha256),
            new Dictionary<string, object> { [JwtHeaderParameterNames.Typ] = type });
    }

    /// <summary>The public part of every key that ever signed, oldest first; none before the first receipt was signed.</summary>
    public async Task<IReadOnlyList<PublishedKey>> Published(CancellationToken ct) =>
        [.. (await All(ct)).Select(key => PublishedKey.From(key.Public))];

    /// <summary>Makes a key that signs from now on.</summary>
    public async Task<PublishedKey> Rotate(CancellationToken ct) =>
        PublishedKey.From((await Make((await Newest(ct))?.Generation + 1 ?? 1, ct)).Public);

    private async Task<SigningKey?> Newest(CancellationToken ct) => await All(ct) is [.., var newest] ? newest : null;

    private async Task<IReadOnlyList<SigningKey>> All(CancellationToken ct)
    {
        var rows = await database.ForSystem(SystemReason.Keys).Query<Row>(SelectAll, null, ct);
        return [.. rows.Select(row => opened.GetOrAdd(row.Name, static (name, given) => given.Keys.Open(name, given.Wrapped), (Keys: this, row.Wrapped)))];
    }

    private async Task<SigningKey> Make(int generation, CancellationToken ct)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{generation:D6}");
        using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        try
        {
            await database.ForSystem(SystemReason.Keys).Execute(
                Insert,
                new { Name = name, Wrapped = wrapping.CreateProtector(name).Protect(made.ExportPkcs8PrivateKey()), CreatedAt = time.GetUtcNow() },
                ct);
        }
        catch (DbException error) when (database.Dialect.IsDuplicate(error))
        {
            // Another replica was first, and its key is the one.
        }

        return (await All(ct)).FirstOrDefault(key => key.Generation == generation)
            ?? throw new CryptographicException("The signing key was not kept.");
    }

    private SigningKey Open(string name, byte[] wrapped)
    {
        var pair = ECDsa.Create();
        pair.ImportPkcs8PrivateKey(wrapping.CreateProtector(name).Unprotect(wrapped), out _);
        var published = JsonWebKeyConverter.ConvertFromECDsaSecurityKey(
            new ECDsaSecurityKey(ECDsa.Create(pair.ExportParameters(includePrivateParameters: false))));

        // The key's RFC 7638 thumbprint names it.
        published.Kid = Base64UrlEncoder.Encode(published.ComputeJwkThumbprint());
        return new SigningKey(
            int.Parse(name.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture),
            new ECDsaSecurityKey(pair) { KeyId = published.Kid },
            published);
    }

    private sealed record SigningKey(int Generation, ECDsaSecurityKey Private, JsonWebKey Public);

    private sealed record Row
    {
        public required string Name { get; init; }

        public required byte[] Wrapped { get; init; }
    }
}
