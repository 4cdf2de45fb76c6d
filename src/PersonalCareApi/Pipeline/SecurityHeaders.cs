using Microsoft.Net.Http.Headers;

namespace PersonalCareApi.Pipeline;

/// <summary>Puts the headers that protect on every answer, whoever made it.</summary>
internal static class SecurityHeaders
{
    private const string NothingAtAll = "default-src 'none'; frame-ancestors 'none'";

    /// <summary>Comes first in the pipeline.</summary>
    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        // On the way out: the exception handler clears whatever was set on the way in.
        context.Response.OnStarting(Set, context);
        return next(context);
    });

    /// <summary>Gives pages for people the Content-Security-Policy they need; everything else may load nothing.</summary>
    /// <remarks>Remembered on the request, as Swagger UI takes the endpoint and its metadata off it before it answers.</remarks>
    public static TBuilder WithContentPolicy<TBuilder>(this TBuilder builder, string policy)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint =>
        {
            var answer = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = context =>
            {
                context.Features.Set(new ContentPolicy(policy));
                return answer(context);
            };
        });
        return builder;
    }

    private static Task Set(object state)
    {
        var context = (HttpContext)state;
        var headers = context.Response.Headers;
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = PolicyOf(context) ?? NothingAtAll;
        headers["Referrer-Policy"] = "no-referrer";
        headers.Remove(HeaderNames.Server);
        if (context.Request.IsHttps)
        {
            headers.StrictTransportSecurity = "max-age=31536000; includeSubDomains";
        }

        return Task.CompletedTask;
    }

    /// <summary>A page's own policy; a refusal is no page, and must look like every other.</summary>
    private static string? PolicyOf(HttpContext context) => context.Response.StatusCode < StatusCodes.Status400BadRequest
        ? context.Features.Get<ContentPolicy>()?.Value
        : null;

    private sealed record ContentPolicy(string Value);
}
