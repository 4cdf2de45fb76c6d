using System.Text.Json;
using FluentValidation;
using Microsoft.IdentityModel.Tokens;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Partners;

/// <summary>What a key set that is given must be: public signing keys, each with an id of its own, and nothing secret.</summary>
internal static class GivenKeySet
{
    private const int Longest = 64 * 1024;
    private const int MostKeys = 20;
    private static readonly string[] Private = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

    public static IRuleBuilderOptionsConditions<T, JsonElement?> GivenKeys<T>(this IRuleBuilder<T, JsonElement?> rule) =>
        rule.Custom((jwks, context) =>
        {
            if (Fault(jwks!.Value) is var (code, detail))
            {
                context.AddFailure(new FluentValidation.Results.ValidationFailure(context.PropertyPath, detail) { ErrorCode = code });
            }
        });

    /// <summary>The first thing wrong with the set, by a name of its own; null for a sound one.</summary>
    public static (string Code, string Detail)? Fault(JsonElement jwks)
    {
        if (jwks.ValueKind != JsonValueKind.Object || !jwks.TryGetProperty("keys", out var keys) || keys.ValueKind != JsonValueKind.Array
            || jwks.GetRawText().Length > Longest || keys.GetArrayLength() > MostKeys
            || keys.EnumerateArray().Any(key => key.ValueKind != JsonValueKind.Object))
        {
            return ("invalid-key-set", "Must be a JSON Web Key Set: an object with at most 20 keys in the array keys.");
        }

        if (keys.GetArrayLength() == 0)
        {
            return ("no-keys", "Must hold a key.");
        }

        if (keys.EnumerateArray().Any(key => Private.Any(member => key.TryGetProperty(member, out _))))
        {
            return ("private-key", "Holds a private or symmetric key. It must be replaced, since it has left its owner; send public keys alone.");
        }

        if (Read(jwks) is not { } read)
        {
            return ("invalid-key-set", "Cannot be read as a JSON Web Key Set.");
        }

        if (read.Any(key => string.IsNullOrEmpty(key.Kid)) || read.DistinctBy(key => key.Kid).Count() < read.Count)
        {
            return ("key-id", "Each key must have a kid of its own.");
        }

        return read.Any(key => !IssuerKeys.Algorithms.Any(algorithm => SigningKeys.Fits(key, algorithm) && CanVerify(key, algorithm)))
            ? ("weak-or-unknown-key", "Each key must be for ES256 (EC, P-256), or RS256 or PS256 (RSA, 2048 bits or more), and for signatures.")
            : null;
    }

    private static List<JsonWebKey>? Read(JsonElement jwks)
    {
        try
        {
            return [.. new JsonWebKeySet(jwks.GetRawText()).Keys];
        }
        catch (Exception error) when (error is ArgumentException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Whether its numbers make a key: a point that is not on the curve looks like one until it is used.</summary>
    private static bool CanVerify(JsonWebKey key, string algorithm)
    {
        try
        {
            // The key is made when the first signature is looked at; that this one is wrong does not matter.
            using var verifying = new CryptoProviderFactory { CacheSignatureProviders = false }.CreateForVerifying(key, algorithm);
            verifying.Verify([0], new byte[64]);
            return true;
        }
        catch (Exception error) when (error is ArgumentException or FormatException or InvalidOperationException
            or NotSupportedException or System.Security.Cryptography.CryptographicException)
        {
            return false;
        }
    }
}
