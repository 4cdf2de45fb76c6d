namespace PersonalCareApi.Pipeline;

/// <summary>Where the keys of an issuer come from.</summary>
internal enum KeySource
{
    /// <summary>From the key set in the registration.</summary>
    Given,

    /// <summary>From the issuer's own OpenID Connect metadata.</summary>
    Discovery,
}

/// <summary>One registration of who signs a partner's tokens, and how its tokens are to be read.</summary>
internal sealed record Issuer
{
    /// <summary>The columns of the table that make a registration.</summary>
    public const string Columns = """
        id, partner_id, version, url, audience, key_source, jwks, token_types, subject_claim, application_claim, created_at
        """;

    public required Guid Id { get; init; }

    public required Guid PartnerId { get; init; }

    public required int Version { get; init; }

    public required string Url { get; init; }

    public required string Audience { get; init; }

    /// <summary>The word in the table; see <see cref="Discovers"/>.</summary>
    public required string KeySource { get; init; }

    /// <summary>The signing keys as a JSON Web Key Set; null where they come from elsewhere.</summary>
    public string? Jwks { get; init; }

    /// <summary>The accepted <c>typ</c>s, separated by spaces.</summary>
    public required string TokenTypes { get; init; }

    public required string SubjectClaim { get; init; }

    /// <summary>Which claim names the application; several, separated by spaces, are tried in that order.</summary>
    public required string ApplicationClaim { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Whether the keys are those that the issuer publishes.</summary>
    public bool Discovers => KeySource == "discovery";

    public bool Accepts(string tokenType) =>
        TokenTypes.Split(' ').Contains(tokenType, StringComparer.OrdinalIgnoreCase) && tokenType.Length > 0;
}
