using System.Collections.Concurrent;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace PersonalCareApi.Pipeline;

/// <summary>The keys that issuers publish in their OpenID Connect metadata, fetched when they are needed and remembered.</summary>
/// <remarks>
/// One memory per issuer URL: several partners on one provider share it, and no key of one issuer is ever looked for at
/// another. Not the library's ConfigurationManager, which refreshes behind the request: the first token after a
/// rotation would be refused, and old keys would be believed for as long as the provider is down.
/// </remarks>
internal sealed partial class DiscoveredKeys(
    IHttpClientFactory clients, IssuerUrls urls, TimeProvider time, ILogger<DiscoveredKeys> logger)
{
    /// <summary>The name of the HTTP client.</summary>
    public const string Client = "issuer-metadata";

    /// <summary>How often metadata are read again because a token names an unknown key; strangers can send such tokens.</summary>
    public static readonly TimeSpan BetweenRefreshes = TimeSpan.FromMinutes(1);

    /// <summary>How old keys may become before they are read again: so long a withdrawn key may still be believed.</summary>
    public static readonly TimeSpan GoodFor = TimeSpan.FromHours(1);

    /// <summary>How long keys are believed while the provider cannot be reached. Then nobody is admitted.</summary>
    public static readonly TimeSpan BelievedFor = TimeSpan.FromHours(24);

    /// <summary>How soon a provider of which nothing is known is asked again after it failed.</summary>
    public static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, Provider> providers = new(StringComparer.Ordinal);

    /// <summary>The issuer's keys, read again where they are old or the key with this id is not among them.</summary>
    /// <exception cref="KeysUnavailable">None are known that may still be believed.</exception>
    public async Task<IReadOnlyList<JsonWebKey>> Of(string url, string keyId, CancellationToken ct)
    {
        var provider = providers.GetOrAdd(url, _ => new Provider());
        var known = provider.Known;
        if (known is null || !IsEnough(known, keyId))
        {
            // Whoever comes meanwhile waits for the one who asks and sees what came of it, unless the old keys will do.
            var patience = known is not null && Serves(known, keyId) ? TimeSpan.Zero : Timeout.InfiniteTimeSpan;
            if (!await provider.Asking.WaitAsync(patience, ct))
            {
                return known!.Keys;
            }

            try
            {
                known = provider.Known;
                if ((known is null || !IsEnough(known, keyId)) && MayAsk(provider))
                {
                    known = provider.Known = await Fetch(url, ct) ?? known;
                    provider.AskedAt = time.GetTimestamp();
                }
            }
            finally
            {
                provider.Asking.Release();
            }
        }

        return known is not null && AgeOf(known) < BelievedFor ? known.Keys : throw new KeysUnavailable();
    }

    /// <summary>The issuer's keys as they are published now; null where they cannot be read.</summary>
    public async Task<IReadOnlyList<JsonWebKey>?> Look(string url, CancellationToken ct) => (await Fetch(url, ct))?.Keys;

    private bool IsEnough(Published known, string keyId) => AgeOf(known) < GoodFor && Serves(known, keyId);

    private bool Serves(Published known, string keyId) => AgeOf(known) < BelievedFor && known.Keys.Any(key => key.Kid == keyId);

    private bool MayAsk(Provider provider) =>
        provider.AskedAt is not { } asked
        || time.GetElapsedTime(asked) >= (provider.Known is null ? AfterFailure : BetweenRefreshes);

    private TimeSpan AgeOf(Published known) => time.GetElapsedTime(known.ReadAt);

    private async Task<Published?> Fetch(string url, CancellationToken ct)
    {
        try
        {
            var readAt = time.GetTimestamp();
            var metadata = await OpenIdConnectConfigurationRetriever.GetAsync(
                $"{url.TrimEnd('/')}/.well-known/openid-configuration", new Retriever(clients.CreateClient(Client), urls), ct);

            // OpenID Connect Discovery, 4.3: exactly the issuer that was asked for.
            if (metadata.Issuer == url && metadata.JsonWebKeySet is { } keys)
            {
                return new Published([.. keys.Keys], readAt);
            }

            LogOther(logger, url);
        }
        catch (Exception error) when (!ct.IsCancellationRequested)
        {
            // Whatever a provider answers, it admits nobody; the next token tries again.
            LogUnreadable(logger, url, error.GetType().Name, error.InnerException?.GetType().Name);
        }

        return null;
    }

    private sealed class Provider
    {
        public SemaphoreSlim Asking { get; } = new(1);

        public Published? Known { get; set; }

        public long? AskedAt { get; set; }
    }

    private sealed record Published(IReadOnlyList<JsonWebKey> Keys, long ReadAt);

    /// <summary>Reads metadata and key set, each from an address that may be believed.</summary>
    private sealed class Retriever(HttpClient client, IssuerUrls urls) : IDocumentRetriever
    {
        public async Task<string> GetDocumentAsync(string address, CancellationToken cancel) =>
            urls.Allows(address)
                ? await client.GetStringAsync(new Uri(address), cancel)
                : throw new HttpRequestException("The address is not one that may be believed.");
    }

    [LoggerMessage(LogLevel.Warning, "The metadata of {Issuer} cannot be read: {Error} {Cause}.")]
    private static partial void LogUnreadable(ILogger logger, string issuer, string error, string? cause);

    [LoggerMessage(LogLevel.Warning, "The metadata at {Issuer} are of another issuer or name no keys.")]
    private static partial void LogOther(ILogger logger, string issuer);
}

/// <summary>An issuer's keys are not known and cannot be read now: its tokens can be neither believed nor refused.</summary>
internal sealed class KeysUnavailable() : Exception("The issuer's keys cannot be read now.");
