using System.Collections.Concurrent;
using Microsoft.IdentityModel.Tokens;

namespace PersonalCareApi.Pipeline;

/// <summary>A key that the program itself holds for an issuer. Only a Development server has one.</summary>
internal sealed record OwnKey(string IssuerUrl, JsonWebKey Key);

/// <summary>The one key that may have signed a token: of the registered issuer, with exactly the token's <c>kid</c>.</summary>
/// <remarks>
/// No key is ever taken from the token, none is tried on suspicion, and a symmetric one is never a key here. A given set
/// is read once and remembered beside the text it was read from, so a registration that changes holds with the next
/// token on every replica.
/// </remarks>
internal sealed partial class IssuerKeys(IEnumerable<OwnKey> own, DiscoveredKeys discovered, ILogger<IssuerKeys> logger)
{
    public static readonly string[] Algorithms =
        [SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSsaPssSha256];

    private readonly ConcurrentDictionary<Guid, Given> remembered = new();

    /// <summary>The key, or null if this issuer has no such key for that algorithm.</summary>
    /// <exception cref="KeysUnavailable">The issuer's keys are not known and cannot be read now.</exception>
    public async ValueTask<SecurityKey?> Find(Issuer issuer, string keyId, string algorithm, CancellationToken ct)
    {
        if (keyId.Length == 0 || !Algorithms.Contains(algorithm))
        {
            return null;
        }

        var keys = issuer.Discovers ? await discovered.Of(issuer.Url, keyId, ct) : KeysOf(issuer);
        return keys.Where(key => key.Kid == keyId && SigningKeys.Fits(key, algorithm)).ToList() is [var only] ? only : null;
    }

    private IReadOnlyList<JsonWebKey> KeysOf(Issuer issuer)
    {
        if (issuer.Jwks is not { } jwks)
        {
            return [.. own.Where(key => key.IssuerUrl == issuer.Url).Select(key => key.Key)];
        }

        if (remembered.TryGetValue(issuer.Id, out var known) && known.Jwks == jwks)
        {
            return known.Keys;
        }

        var read = new Given(jwks, Read(issuer.Id, jwks));
        remembered[issuer.Id] = read;
        return read.Keys;
    }

    private IReadOnlyList<JsonWebKey> Read(Guid issuerId, string jwks)
    {
        try
        {
            return [.. new JsonWebKeySet(jwks).Keys];
        }
        catch (Exception error) when (error is ArgumentException or FormatException)
        {
            // An unreadable registration admits nobody, and whoever keeps it should know.
            LogUnreadable(logger, issuerId, error);
            return [];
        }
    }

    private sealed record Given(string Jwks, IReadOnlyList<JsonWebKey> Keys);

    [LoggerMessage(LogLevel.Error, "The key set of issuer {IssuerId} cannot be read.")]
    private static partial void LogUnreadable(ILogger logger, Guid issuerId, Exception error);
}
