using Microsoft.IdentityModel.Tokens;

namespace PersonalCareApi.Pipeline;

/// <summary>Which keys may sign tokens here.</summary>
internal static class SigningKeys
{
    // In bits; RFC 7518, 3.3 and 3.5.
    private const int ShortestRsaKey = 2048;

    /// <summary>Whether a signature with this algorithm may be verified with the key.</summary>
    public static bool Fits(JsonWebKey key, string algorithm) =>
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
}
