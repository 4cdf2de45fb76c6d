using PersonalCareApi.Configuration;

namespace PersonalCareApi.Pipeline;

/// <summary>Which web pages of other origins may call this API: those the operator names, and no other.</summary>
/// <remarks>Credentials of the browser are never allowed: a page sends its bearer token itself.</remarks>
internal static class CrossOrigin
{
    private static readonly TimeSpan AnswerOfPreflightKept = TimeSpan.FromMinutes(10);

    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

    private static readonly string[] Sent =
    [
        "Authorization", "Content-Type", "If-Match", "If-None-Match", "Idempotency-Key", "Purpose-Of-Use", "traceparent", "tracestate",
    ];

    private static readonly string[] Shown =
    [
        "Access-Decision", "ETag", "Location", "Idempotency-Replayed", RateLimits.QuotaHeader, RateLimits.PolicyHeader, "Retry-After",
        "WWW-Authenticate", DisclosureNotice.Header, "Link", "traceparent",
    ];

    public static void AddCrossOrigin(this WebApplicationBuilder builder)
    {
        var origins = Settings.Origins.In(builder.Configuration);

        // A developer's own page is served from whatever port is free.
        var anyLoopback = builder.Environment.IsDevelopment();
        builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
            .SetIsOriginAllowed(origin => origins.Contains(origin, StringComparer.Ordinal) || (anyLoopback && IsLoopback(origin)))
            .WithMethods(Methods)
            .WithHeaders(Sent)
            .WithExposedHeaders(Shown)
            .SetPreflightMaxAge(AnswerOfPreflightKept)));
    }

    private static bool IsLoopback(string origin) => Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.IsLoopback;
}
