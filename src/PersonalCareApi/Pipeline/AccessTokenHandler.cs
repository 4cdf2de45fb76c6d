using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace PersonalCareApi.Pipeline;

/// <summary>A token that passed: whose it is, by which issuer, through which application. It carries no claims on.</summary>
internal sealed class AcceptedToken(Issuer issuer, string subject, string application, TokenShape shape, SecurityKey key)
    : ClaimsIdentity(JwtBearerDefaults.AuthenticationScheme)
{
    /// <summary>The issuer's key that it was signed with.</summary>
    public SecurityKey Key => key;

    public Issuer Issuer => issuer;

    public string Subject => subject;

    /// <summary>The code of the application, as the token has it.</summary>
    public string Application => application;

    public TokenShape Shape => shape;
}

/// <summary>Decides whether a bearer token is believed.</summary>
/// <remarks>
/// The checks are made here and not from JwtBearer's options, because each issuer has its own, and so that nothing in
/// the configuration section <c>Authentication:Schemes</c> can add a key or an issuer. The reason of a refusal goes
/// to the log alone. What is thrown is no refusal: see <see cref="Authentication"/>.
/// </remarks>
internal sealed class AccessTokenHandler(IssuerDirectory issuers, IssuerKeys keys, TimeProvider time) : TokenHandler
{
    private const int LongestSubject = 200;

    private readonly JsonWebTokenHandler signatures = new() { MapInboundClaims = false };

    public override async Task<TokenValidationResult> ValidateTokenAsync(string token, TokenValidationParameters validationParameters)
    {
        if (TokenShape.Read(token) is not { } shape)
        {
            return Refused("it is malformed");
        }

        if (await issuers.Find(shape.Issuer, shape.Audiences, CancellationToken.None) is not { } issuer)
        {
            return Refused("its issuer and audience are not registered together");
        }

        if (!issuer.Accepts(shape.Type))
        {
            return Refused("its type is not accepted from this issuer");
        }

        if (await keys.Find(issuer, shape.KeyId, shape.Algorithm, CancellationToken.None) is not { } key)
        {
            return Refused("this issuer has no such key for such an algorithm");
        }

        if (shape.Text(issuer.SubjectClaim) is not { Length: <= LongestSubject } subject || string.IsNullOrWhiteSpace(subject)
            || shape.FirstOf(issuer.ApplicationClaim.Split(' ')) is not { Length: > 0 } application)
        {
            return Refused("it names no single subject or application");
        }

        var result = await signatures.ValidateTokenAsync(token, ParametersFor(issuer, key, shape));
        return result.IsValid
            ? new TokenValidationResult
            {
                IsValid = true,
                SecurityToken = result.SecurityToken,
                ClaimsIdentity = new AcceptedToken(issuer, subject, application, shape, key),
            }
            : Refused(result.Exception?.GetType().Name ?? "it does not validate");
    }

    private static TokenValidationResult Refused(string because) =>
        new() { IsValid = false, Exception = new SecurityTokenException($"The token is refused: {because}.") };

    private TokenValidationParameters ParametersFor(Issuer issuer, SecurityKey key, TokenShape shape) => new()
    {
        ValidAlgorithms = IssuerKeys.Algorithms,
        ValidIssuer = issuer.Url,
        ValidAudience = issuer.Audience,
        IgnoreTrailingSlashWhenValidatingAudience = false,
        IssuerSigningKey = key,
        TryAllIssuerSigningKeys = false,
        RequireSignedTokens = true,
        RequireExpirationTime = true,

        // By our clock, which in Development can be moved.
        LifetimeValidator = (_, _, _, _) => shape.IsInForce(time.GetUtcNow()),
    };
}
