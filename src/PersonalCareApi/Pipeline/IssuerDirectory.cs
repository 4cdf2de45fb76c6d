using PersonalCareApi.Data;

namespace PersonalCareApi.Pipeline;

/// <summary>One registration of who signs a partner's tokens.</summary>
internal sealed record Issuer
{
    public required Guid Id { get; init; }

    public required Guid PartnerId { get; init; }

    public required string Url { get; init; }

    public required string Audience { get; init; }

    /// <summary>The signing keys as a JSON Web Key Set; null where they come from elsewhere.</summary>
    public string? Jwks { get; init; }

    /// <summary>The accepted <c>typ</c>s, separated by spaces.</summary>
    public required string TokenTypes { get; init; }

    public required string SubjectClaim { get; init; }

    /// <summary>Which claim names the application; several, separated by spaces, are tried in that order.</summary>
    public required string ApplicationClaim { get; init; }

    public bool Accepts(string tokenType) =>
        TokenTypes.Split(' ').Contains(tokenType, StringComparer.OrdinalIgnoreCase) && tokenType.Length > 0;
}

/// <summary>The table <c>issuer</c>: the pair of issuer and audience selects the partner.</summary>
internal sealed class IssuerDirectory(Database database)
{
    private const string SelectByUrlAndAudience = """
        SELECT id, partner_id, url, audience, jwks, token_types, subject_claim, application_claim
        FROM issuer
        WHERE url = @Url AND audience IN @Audiences
        """;

    /// <summary>The registration for one of these audiences; null if there is none, or more than one partner is meant.</summary>
    public async Task<Issuer?> Find(string url, IReadOnlyList<string> audiences, CancellationToken ct)
    {
        if (url.Length == 0 || audiences.Count == 0)
        {
            return null;
        }

        var found = await database.ForSystem(SystemReason.CallerLookup).Query<Issuer>(
            SelectByUrlAndAudience, new { Url = url, Audiences = audiences }, ct);

        // Compared again: to a database "harbour" and "harbour " may be equal.
        var meant = audiences
            .Select(audience => found.FirstOrDefault(issuer => issuer.Audience == audience && issuer.Url == url))
            .OfType<Issuer>()
            .ToList();
        return meant.DistinctBy(issuer => issuer.PartnerId).Count() == 1 ? meant[0] : null;
    }
}
