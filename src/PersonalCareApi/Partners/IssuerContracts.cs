using System.Text.Json;
using FluentValidation;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Partners;

/// <summary>Somebody who signs tokens for you, to be registered with how their tokens are to be read.</summary>
internal sealed record CreateIssuer
{
    public const string Example = """
        { "url": "https://id.example.org", "audience": "personal-care", "keySource": "given", "tokenTypes": ["at+jwt"],
          "subjectClaim": "sub", "applicationClaims": ["client_id", "azp"],
          "jwks": { "keys": [ { "kty": "EC", "crv": "P-256", "kid": "2026-05", "use": "sig",
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0" } ] } }
        """;

    /// <summary>The token's <c>iss</c>, letter by letter.</summary>
    public required string Url { get; init; }

    /// <summary>The token's <c>aud</c> that means you. Several partners may share a provider; together with it this selects you.</summary>
    public required string Audience { get; init; }

    /// <summary>Whether the keys are those given in <c>jwks</c>, or those that the issuer publishes and rotates.</summary>
    public KeySource KeySource { get; init; } = KeySource.Discovery;

    /// <summary>The public keys as a JSON Web Key Set, each with its <c>kid</c>; only where they are given.</summary>
    public JsonElement? Jwks { get; init; }

    /// <summary>The <c>typ</c>s of access tokens of this issuer. RFC 9068 has <c>at+jwt</c>; some providers say <c>JWT</c>.</summary>
    public IReadOnlyList<string> TokenTypes { get; init; } = ["at+jwt"];

    /// <summary>The claim that names the person, or the application where it acts alone.</summary>
    public string SubjectClaim { get; init; } = "sub";

    /// <summary>The claims that name the application; the first that the token has counts.</summary>
    public IReadOnlyList<string> ApplicationClaims { get; init; } = ["client_id"];

    public static CreateIssuer From(Issuer issuer) => new()
    {
        Url = issuer.Url,
        Audience = issuer.Audience,
        TokenTypes = issuer.TokenTypes.Split(' '),
        SubjectClaim = issuer.SubjectClaim,
        ApplicationClaims = issuer.ApplicationClaim.Split(' '),
    };

    public Issuer ToIssuer(Guid id, Guid partnerId, DateTimeOffset now) => new()
    {
        Id = id,
        PartnerId = partnerId,
        Version = 1,
        Url = Url,
        Audience = Audience,
        KeySource = KeySource == KeySource.Discovery ? "discovery" : "given",
        Jwks = KeySource == KeySource.Given ? Jwks?.GetRawText() : null,
        TokenTypes = string.Join(' ', TokenTypes.Distinct()),
        SubjectClaim = SubjectClaim,
        ApplicationClaim = string.Join(' ', ApplicationClaims.Distinct()),
        CreatedAt = now,
    };

    internal sealed class Validator : AbstractValidator<CreateIssuer>
    {
        private const int MostWords = 20;
        private const int LongestUrl = 400;
        private const int LongestAudience = 200;
        private const int LongestTypes = 200;
        private const int LongestClaims = 64;

        public Validator(IssuerUrls urls)
        {
            RuleFor(issuer => issuer.Url).MaximumLength(LongestUrl)
                .Must(urls.Allows).WithErrorCode("not-https").WithMessage("Must be an absolute https URL.")
                .Must(IsPlain).WithErrorCode(FaultCodes.InvalidFormat).WithMessage("Must have no query, fragment, user or space.");
            RuleFor(issuer => issuer.Audience).NotEmpty().MaximumLength(LongestAudience)
                .Must(audience => audience == audience.Trim()).WithErrorCode(FaultCodes.InvalidFormat).WithMessage("Must have no space at either end.");
            RuleFor(issuer => issuer.TokenTypes).AtMost(MostWords);
            RuleForEach(issuer => issuer.TokenTypes).MaximumLength(LongestTypes);
            RuleFor(issuer => issuer.ApplicationClaims).AtMost(MostWords);
            RuleForEach(issuer => issuer.ApplicationClaims).MaximumLength(LongestClaims);
            RuleFor(issuer => issuer.SubjectClaim).MaximumLength(LongestClaims);
            RuleFor(issuer => issuer.TokenTypes).Must(types => types.Count > 0 && types.All(IsToken) && Fit(types, LongestTypes))
                .WithErrorCode("invalid-token-types").WithMessage("Must name one or more types such as at+jwt, without the prefix application/.");
            RuleFor(issuer => issuer.SubjectClaim).Must(claim => IsClaim(claim) && claim.Length <= LongestClaims)
                .WithErrorCode("invalid-claim").WithMessage("Must be the name of a claim, such as sub.");
            RuleFor(issuer => issuer.ApplicationClaims).Must(claims => claims.Count > 0 && claims.All(IsClaim) && Fit(claims, LongestClaims))
                .WithErrorCode("invalid-claim").WithMessage("Must name one or more claims, such as client_id or azp.");
            RuleFor(issuer => issuer.Jwks).Null().When(issuer => issuer.KeySource == KeySource.Discovery)
                .WithErrorCode(FaultCodes.NotAllowed).WithMessage("The keys of this issuer come from its metadata.");
            RuleFor(issuer => issuer.Jwks).NotNull().When(issuer => issuer.KeySource == KeySource.Given)
                .WithErrorCode(FaultCodes.Required).WithMessage("Must be given, or keySource be discovery.");
            RuleFor(issuer => issuer.Jwks).GivenKeys().When(issuer => issuer.KeySource == KeySource.Given && issuer.Jwks is not null);
        }

        private static bool IsPlain(string url) =>
            Uri.TryCreate(url, UriKind.Absolute, out var uri)
            && uri.Query.Length == 0 && uri.Fragment.Length == 0 && uri.UserInfo.Length == 0 && url.All(c => c is > ' ' and < (char)127);

        private static bool IsToken(string type) => type.Length > 0 && type.All(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '-' or '.' or '_');

        private static bool IsClaim(string claim) => claim.Length > 0 && claim.All(c => c is > ' ' and < (char)127 and not '"' and not '\\');

        private static bool Fit(IEnumerable<string> words, int length) => string.Join(' ', words).Length <= length;
    }
}

/// <summary>A registration of who signs your tokens.</summary>
internal sealed record IssuerResponse : IVersioned
{
    public const string Example = """
        { "id": "0197a000-0000-7000-8000-000000000011", "url": "https://id.example.org", "audience": "personal-care",
          "keySource": "discovery", "jwks": null, "tokenTypes": [ "at+jwt" ], "subjectClaim": "sub",
          "applicationClaims": [ "client_id" ], "version": 1, "etag": "\"1\"", "createdAt": "2026-05-04T08:00:00Z" }
        """;

    public required Guid Id { get; init; }

    public required string Url { get; init; }

    public required string Audience { get; init; }

    public required KeySource KeySource { get; init; }

    /// <summary>The given public keys; null where the issuer publishes them.</summary>
    public required JsonElement? Jwks { get; init; }

    public required IReadOnlyList<string> TokenTypes { get; init; }

    public required string SubjectClaim { get; init; }

    public required IReadOnlyList<string> ApplicationClaims { get; init; }

    public required int Version { get; init; }

    public string Etag => ETags.For(Version);

    public required DateTimeOffset CreatedAt { get; init; }

    public static IssuerResponse From(Issuer issuer) => new()
    {
        Id = issuer.Id,
        Url = issuer.Url,
        Audience = issuer.Audience,
        KeySource = issuer.Discovers ? KeySource.Discovery : KeySource.Given,
        Jwks = issuer.Jwks is { } jwks ? JsonElement.Parse(jwks) : null,
        TokenTypes = issuer.TokenTypes.Split(' '),
        SubjectClaim = issuer.SubjectClaim,
        ApplicationClaims = issuer.ApplicationClaim.Split(' '),
        Version = issuer.Version,
        CreatedAt = issuer.CreatedAt,
    };
}
