using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Pipeline;

/// <summary>Whether the program lives, and whether it can serve. Tells a stranger nothing else.</summary>
internal static class Health
{
    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        var health = app.MapGroup("/health").WithTags("health").AllowAnonymous()
            .WithMetadata(new NoClientData("Says up or not, and nothing about anybody."));
        health.MapHandler(HttpMethods.Get, "/live", Live).WithName("GetLiveness");
        health.MapHandler(HttpMethods.Get, "/ready", Ready).WithName("GetReadiness");
    }

    /// <summary>Tells whether the program lives.</summary>
    private static Ok<HealthResponse> Live() => Ok(HealthResponse.Up);

    /// <summary>Tells whether the program can serve: its database answers and has every migration, its writer runs, and its keys open.</summary>
    private static async Task<Results<Ok<HealthResponse>, Problem>> Ready(Readiness readiness, CancellationToken ct) =>
        (await readiness.Missing(ct)).Count == 0 ? Ok(HealthResponse.Up) : Problems.Unavailable(TimeSpan.FromSeconds(5));
}

/// <summary>That it is up.</summary>
internal sealed record HealthResponse([property: AllowedValues("up")] string Status)
{
    public static HealthResponse Up { get; } = new("up");
}
