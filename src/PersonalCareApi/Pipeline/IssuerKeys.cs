using Microsoft.IdentityModel.Tokens;

namespace PersonalCareApi.Pipeline;

/// <summary>A key that the program itself holds for an issuer. Only a Development server has one.</summary>
internal sealed record OwnKey(string IssuerUrl, JsonWebKey Key);

/// <summary>The one key that may have signed a token: of the registered issuer, with exactly the token's <c>kid</c>.</summary>
/// <remarks>
/// No key is ever taken from the token, none is tried on suspicion, and a symmetric one is never a key here. A
/// registration without a key set has the program's own key or none; a set found by discovery would join here.
/// </remarks>
internal sealed partial class IssuerKeys(IEnumerable<OwnKey> own, ILogger<IssuerKeys> logger)
{
    public static readonly string[] Algorithms =
        [SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSsaPssSha256];

    // In bits; RFC 7518, 3.3 and 3.5.
    private const int ShortestRsaKey = 2048;

    public SecurityKey? Find(Issuer issuer, string keyId, string algorithm)
    {
        try
        {
            return keyId.Length > 0 && KeysOf(issuer).Where(key => key.Kid == keyId && Fits(key, algorithm)).ToList() is [var only]
                ? only
                : null;
        }
        catch (Exception error) when (error is ArgumentException or FormatException)
        {
            // An unreadable registration admits nobody, and whoever keeps it should know.
            LogUnreadable(logger, issuer.Id, error);
            return null;
        }
    }

    private static bool Fits(JsonWebKey key, string algorithm) =>
        IsOfTypeFor(key, algorithm)
        && (key.Use is null or JsonWebKeyUseNames.Sig)
        && (key.Alg is null || key.Alg == algorithm)
        && (key.KeyOps.Count == 0 || key.KeyOps.Contains("verify"));

    private static bool IsOfTypeFor(JsonWebKey key, string algorithm) => algorithm switch
    {
        SecurityAlgorithms.EcdsaSha256 =>
            key is { Kty: JsonWebAlgorithmsKeyTypes.EllipticCurve, Crv: JsonWebKeyECTypes.P256 },
        SecurityAlgorithms.RsaSha256 or SecurityAlgorithms.RsaSsaPssSha256 =>
            key is { Kty: JsonWebAlgorithmsKeyTypes.RSA, KeySize: >= ShortestRsaKey },

        // "none", HS256 and all others: there is no key for them.
        _ => false,
    };

    private IEnumerable<JsonWebKey> KeysOf(Issuer issuer) => issuer.Jwks is { } jwks
        ? new JsonWebKeySet(jwks).Keys
        : own.Where(key => key.IssuerUrl == issuer.Url).Select(key => key.Key);

    [LoggerMessage(LogLevel.Error, "The key set of issuer {IssuerId} cannot be read.")]
    private static partial void LogUnreadable(ILogger logger, Guid issuerId, Exception error);
}
