using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using PersonalCareApi.Configuration;

namespace PersonalCareApi.Pipeline;

/// <summary>The quota of every caller: refused with 429 before anything is decided or read, and told on every answer under /v1.</summary>
/// <remarks>
/// Counted in this process alone: behind several servers a caller has as many quotas. Health is exempt, or whoever
/// floods it through a load balancer could have the server taken for dead.
/// </remarks>
internal static class RateLimits
{
    public const string QuotaHeader = "RateLimit";
    public const string PolicyHeader = "RateLimit-Policy";

    /// <summary>The policy's name in both headers (draft-ietf-httpapi-ratelimit-headers).</summary>
    public const string PolicyName = "caller";

    public static void AddRateLimits(this IServiceCollection services) => services.AddSingleton(provider =>
        new CallerQuotas(Settings.PermitsPerMinute.In(provider.GetRequiredService<IConfiguration>())!.Value));

    /// <summary>Comes after authentication, to count per caller, and before authorization, which decides and reads.</summary>
    public static void UseRateLimits(this WebApplication app)
    {
        var quotas = app.Services.GetRequiredService<CallerQuotas>();
        app.UseWhen(
            context => context.Request.Path.StartsWithSegments("/v1", StringComparison.Ordinal),
            v1 => v1.Use((context, next) => Count(context, next, quotas)));
    }

    private static async Task Count(HttpContext context, RequestDelegate next, CallerQuotas quotas)
    {
        var taken = quotas.TryTake(context, out var quota);

        // On the way out: refusals and retries clear what was set before.
        context.Response.OnStarting(() =>
        {
            context.Response.Headers[PolicyHeader] = quotas.Policy;
            context.Response.Headers[QuotaHeader] = quota.Header;
            return Task.CompletedTask;
        });
        await (taken ? next(context) : Problems.TooManyRequests(quota.NextAfter).ExecuteAsync(context));
    }
}

/// <summary>What a caller has left, when one more request is possible, and when the quota is whole again.</summary>
internal readonly record struct Quota(long Left, TimeSpan NextAfter, TimeSpan WholeAfter)
{
    public string Header => string.Create(
        CultureInfo.InvariantCulture, $"\"{RateLimits.PolicyName}\";r={Left};t={Math.Ceiling(WholeAfter.TotalSeconds)}");
}

/// <summary>One bucket for each application and caller, and for each address that nobody signed in from; it refills evenly.</summary>
internal sealed class CallerQuotas(int perMinute) : IDisposable
{
    private readonly TimeSpan refill = TimeSpan.FromMinutes(1) / perMinute;

    private readonly PartitionedRateLimiter<HttpContext> limiter = PartitionedRateLimiter.Create<HttpContext, string>(
        context => RateLimitPartition.GetTokenBucketLimiter(KeyOf(context), _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = perMinute,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = TimeSpan.FromMinutes(1) / perMinute,
            QueueLimit = 0,
        }));

    /// <summary>The published quota: so many requests in 60 seconds.</summary>
    public string Policy { get; } = string.Create(CultureInfo.InvariantCulture, $"\"{RateLimits.PolicyName}\";q={perMinute};w=60");

    /// <summary>Takes one request from the caller's quota, if there is one left.</summary>
    public bool TryTake(HttpContext context, out Quota quota)
    {
        using var lease = limiter.AttemptAcquire(context);
        var left = lease.IsAcquired ? limiter.GetStatistics(context)?.CurrentAvailablePermits ?? 0 : 0;
        quota = new Quota(left, refill, refill * (perMinute - left));
        return lease.IsAcquired;
    }

    public void Dispose() => limiter.Dispose();

    private static string KeyOf(HttpContext context) => context.Features.Get<SignedIn>() is { } signedIn
        ? signedIn.Name
        : $"from {Network(context.Connection.RemoteIpAddress)}";

    /// <summary>The address; of IPv6 the network, as one household has 2⁶⁴ addresses.</summary>
    private static IPAddress? Network(IPAddress? address) => address switch
    {
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4(),
        { AddressFamily: AddressFamily.InterNetworkV6 } => new IPAddress([.. address.GetAddressBytes().AsSpan(0, 8), .. new byte[8]]),
        _ => address,
    };
}
