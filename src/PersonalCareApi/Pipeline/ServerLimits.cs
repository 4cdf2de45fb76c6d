using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace PersonalCareApi.Pipeline;

/// <summary>What one connection, and one request on it, may take of the server: bytes, time, and how slowly.</summary>
internal static class ServerLimits
{
    /// <summary>Bytes of the request line: no path and query of this API comes near it.</summary>
    public const int RequestLine = 8 * 1024;

    /// <summary>Bytes of all headers: a large token and what proxies add.</summary>
    public const int Headers = 32 * 1024;

    public const int HeaderCount = 64;

    /// <summary>Connections at once; what comes beyond is closed unheard, so that sockets cannot use the memory up.</summary>
    public const int Connections = 10_000;

    /// <summary>Bytes a second that a body has to come, or an answer be taken, with; who stays below it is cut off.</summary>
    public const int SlowestRate = 240;

    /// <summary>How long a request's headers may take to arrive.</summary>
    public static readonly TimeSpan HeadersWithin = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection may be slow before it counts.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>How long an idle connection is kept: longer than the minute of most load balancers, so that theirs ends first.</summary>
    public static readonly TimeSpan IdleFor = TimeSpan.FromSeconds(130);

    /// <summary>How long a request may take, its body and its answer included, before it is given up with a 503.</summary>
    public static readonly TimeSpan AnsweredWithin = TimeSpan.FromSeconds(30);

    /// <summary>The same for what is large: archives, and what looks at every record of a partner.</summary>
    public static readonly TimeSpan LargeAnsweredWithin = TimeSpan.FromMinutes(10);

    public static IServiceCollection AddServerLimits(this IServiceCollection services) => services
        .Configure<KestrelServerOptions>(kestrel => Set(kestrel.Limits))
        .AddRequestTimeouts(timeouts => timeouts.DefaultPolicy = GivenUpAfter(AnsweredWithin));

    /// <summary>The route is given the time of what is large.</summary>
    public static RouteHandlerBuilder MayTakeLong(this RouteHandlerBuilder route)
    {
        route.WithRequestTimeout(GivenUpAfter(LargeAnsweredWithin));
        return route;
    }

    private static RequestTimeoutPolicy GivenUpAfter(TimeSpan time) =>
        new() { Timeout = time, TimeoutStatusCode = StatusCodes.Status503ServiceUnavailable };

    private static void Set(KestrelServerLimits limits)
    {
        limits.MaxRequestLineSize = RequestLine;
        limits.MaxRequestHeadersTotalSize = Headers;
        limits.MaxRequestHeaderCount = HeaderCount;
        limits.MaxRequestBodySize = RequestBody.DefaultLimit;
        limits.MaxConcurrentConnections = Connections;
        limits.MaxConcurrentUpgradedConnections = 0;
        limits.RequestHeadersTimeout = HeadersWithin;
        limits.KeepAliveTimeout = IdleFor;
        limits.MinRequestBodyDataRate = new MinDataRate(SlowestRate, Grace);
        limits.MinResponseDataRate = new MinDataRate(SlowestRate, Grace);
    }
}
