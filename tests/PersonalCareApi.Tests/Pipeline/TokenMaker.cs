using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace PersonalCareApi.Tests.Pipeline;

/// <summary>A partner's identity provider with one key of each kind, which signs whatever a test wants signed.</summary>
internal sealed class TokenMaker
{
    public const string Url = "https://id.harbour.example";
    public const string EcKeyId = "ec-1";
    public const string RsaKeyId = "rsa-1";

    private readonly ECDsa ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly RSA rsa = RSA.Create(2048);

    /// <summary>The public keys, as the issuer would publish them.</summary>
    public string Jwks => new JsonObject { ["keys"] = new JsonArray(EcKey(), RsaKey()) }.ToJsonString();

    public JsonObject EcKey()
    {
        var point = ec.ExportParameters(includePrivateParameters: false).Q;
        return new JsonObject
        {
            ["kty"] = "EC",
            ["crv"] = "P-256",
            ["kid"] = EcKeyId,
            ["use"] = "sig",
            ["x"] = Encode(point.X!),
            ["y"] = Encode(point.Y!),
        };
    }

    public byte[] EcPublicPem => Encoding.ASCII.GetBytes(ec.ExportSubjectPublicKeyInfoPem());

    private JsonObject RsaKey()
    {
        var key = rsa.ExportParameters(includePrivateParameters: false);
        return new JsonObject { ["kty"] = "RSA", ["kid"] = RsaKeyId, ["n"] = Encode(key.Modulus!), ["e"] = Encode(key.Exponent!) };
    }

    public static JsonObject Header() => new() { ["alg"] = "ES256", ["kid"] = EcKeyId, ["typ"] = "at+jwt" };

    public static JsonObject Payload()
    {
        var now = Now;
        return new JsonObject
        {
            ["iss"] = Url,
            ["aud"] = "harbour",
            ["sub"] = "practitioner",
            ["client_id"] = "harbour-app",
            ["scope"] = "assessments:read goals:read",
            ["iat"] = now,
            ["nbf"] = now,
            ["exp"] = now + 3600,
            ["jti"] = "1",
        };
    }

    public static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>A good token, after the changes of the test.</summary>
    public string Make(Action<JsonObject>? payload = null, Action<JsonObject>? header = null)
    {
        var (head, body) = (Header(), Payload());
        header?.Invoke(head);
        payload?.Invoke(body);
        return Sign(head.ToJsonString(), body.ToJsonString());
    }

    /// <summary>Exactly this text, signed; the algorithm is read from the header's first occurrence.</summary>
    public string Sign(string header, string payload)
    {
        var signed = $"{Encode(Encoding.UTF8.GetBytes(header))}.{Encode(Encoding.UTF8.GetBytes(payload))}";
        var bytes = Encoding.ASCII.GetBytes(signed);
        var signature = header switch
        {
            _ when header.Contains("RS256", StringComparison.Ordinal) =>
                rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            _ when header.Contains("PS256", StringComparison.Ordinal) =>
                rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
            _ when header.Contains("RS512", StringComparison.Ordinal) =>
                rsa.SignData(bytes, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1),
            _ when header.Contains("HS256", StringComparison.Ordinal) => HMACSHA256.HashData(EcPublicPem, bytes),
            _ => ec.SignData(bytes, HashAlgorithmName.SHA256),
        };
        return $"{signed}.{Encode(signature)}";
    }

    public static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);

    /// <summary>The registration of this provider for a partner.</summary>
    public Task Register(
        AuthenticationHost host, Guid issuerId, Guid partnerId, string audience, string? url = null, string? jwks = null,
        string applicationClaim = "client_id") =>
        host.Execute(
            """
            INSERT INTO issuer (id, partner_id, url, audience, jwks, token_types, subject_claim, application_claim, created_at)
            VALUES (@Id, @PartnerId, @Url, @Audience, @Jwks, 'JWT at+jwt', 'sub', @ApplicationClaim, @Now)
            """,
            new
            {
                Id = issuerId,
                PartnerId = partnerId,
                Url = url ?? Url,
                Audience = audience,
                Jwks = jwks ?? Jwks,
                ApplicationClaim = applicationClaim,
                Now = TimeProvider.System.GetUtcNow(),
            });
}
