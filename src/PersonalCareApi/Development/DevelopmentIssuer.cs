using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using PersonalCareApi.Configuration;
using PersonalCareApi.Data;
using PersonalCareApi.Domain;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Development;

/// <summary>The Development server's own identity provider. Its key is a file that is made at the first start.</summary>
/// <remarks>
/// Its registrations carry no keys, so with this class absent, as it is everywhere but in Development, no token for
/// them can be valid, even on a database that was once a Development server's.
/// </remarks>
internal sealed class DevelopmentIssuer
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly JsonWebTokenHandler tokens = new();
    private readonly TimeProvider time;
    private readonly SigningCredentials credentials;

    public DevelopmentIssuer(DataFolder folder, IConfiguration configuration, TimeProvider time)
    {
        this.time = time;
        Url = Settings.DevelopmentIssuer.In(configuration) ?? Settings.DevelopmentIssuer.Otherwise;

        var signing = ECDsa.Create();
        signing.ImportFromPem(KeyIn(folder.File("development-signing-key.pem")));
        var key = JsonWebKeyConverter.ConvertFromECDsaSecurityKey(
            new ECDsaSecurityKey(ECDsa.Create(signing.ExportParameters(includePrivateParameters: false))));

        // The key's RFC 7638 thumbprint names it.
        key.Kid = Base64UrlEncoder.Encode(key.ComputeJwkThumbprint());
        Key = new OwnKey(Url, key);
        credentials = new SigningCredentials(new ECDsaSecurityKey(signing) { KeyId = key.Kid }, SecurityAlgorithms.EcdsaSha256);
    }

    public string Url { get; }

    /// <summary>What its tokens are verified with; the private part is not in it.</summary>
    public OwnKey Key { get; }

    /// <summary>An access token as RFC 9068 describes it.</summary>
    public string Issue(string audience, string subject, string application, string scope)
    {
        var now = time.GetUtcNow();
        return tokens.CreateToken(new SecurityTokenDescriptor
        {
            TokenType = "at+jwt",
            Issuer = Url,
            Audience = audience,
            IssuedAt = now.UtcDateTime,
            NotBefore = now.UtcDateTime,
            Expires = (now + Lifetime).UtcDateTime,
            SigningCredentials = credentials,
            Claims = new Dictionary<string, object>
            {
                ["sub"] = subject,
                ["client_id"] = application,
                ["scope"] = scope,
                ["jti"] = Ids.New(now).ToString("N"),
            },
        });
    }

    private static string KeyIn(string file)
    {
        if (!File.Exists(file))
        {
            using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using var writer = new StreamWriter(file, OwnersAlone());
            writer.Write(made.ExportPkcs8PrivateKeyPem());
        }

        return File.ReadAllText(file);
    }

    private static FileStreamOptions OwnersAlone()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }
}
