using PersonalCareApi.Data;

namespace PersonalCareApi.Pipeline;

/// <summary>The table <c>issuer</c>: the pair of issuer and audience selects the partner.</summary>
internal sealed class IssuerDirectory(Database database)
{
    private const string SelectByUrlAndAudience = $"""
        SELECT {Issuer.Columns}
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
