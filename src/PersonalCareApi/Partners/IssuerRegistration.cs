using PersonalCareApi.Data;
using PersonalCareApi.Domain;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Partners;

/// <summary>Registers who signs a partner's tokens, whoever asks for it: the partner's administrator or the operator.</summary>
internal sealed class IssuerRegistration(IssuerRepository issuers, DiscoveredKeys discovered)
{
    /// <summary>The registration of a request that keeps the rules; where the issuer publishes its keys, they must be readable now.</summary>
    public async Task<(Issuer? Value, Fault? Fault)> Make(Guid partnerId, CreateIssuer request, DateTimeOffset now, CancellationToken ct)
    {
        var issuer = request.ToIssuer(Ids.New(now), partnerId, now);
        return await FaultOf(issuer, ct) is { } fault ? (null, fault) : (issuer, null);
    }

    public void Add(Issuer issuer, WriteUnit unit) => issuers.Add(issuer, unit);

    /// <summary>A slip in the URL shows at once, and not when the first person cannot sign in.</summary>
    private async Task<Fault?> FaultOf(Issuer issuer, CancellationToken ct)
    {
        if (!issuer.Discovers)
        {
            return null;
        }

        var keys = await discovered.Look(issuer.Url, ct);
        return keys is null
            ? Fault.InBody("#/url", "no-metadata", "No metadata of this very issuer can be read at /.well-known/openid-configuration below it.")
            : keys.Any(key => key.Kid is { Length: > 0 } && IssuerKeys.Algorithms.Any(algorithm => SigningKeys.Fits(key, algorithm)))
                ? null
                : Fault.InBody("#/url", "no-keys", "The issuer publishes no key with a kid for ES256, RS256 or PS256.");
    }
}
