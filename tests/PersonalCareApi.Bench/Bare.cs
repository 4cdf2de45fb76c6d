using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace PersonalCareApi.Bench;

/// <summary>What everything is compared with: Minimal-API endpoints that return bytes which were given, and do nothing else.</summary>
internal static class Bare
{
    /// <param name="url">Where it listens.</param>
    /// <param name="folder">Holds the answers: <c>one.json</c>, <c>list.json</c> and <c>created.json</c>.</param>
    /// <param name="ct">Ends it.</param>
    public static async Task<int> Serve(string url, string folder, CancellationToken ct)
    {
        var (one, list, created) = (Bytes("one"), Bytes("list"), Bytes("created"));
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapGet("/v1/clients/{clientId:guid}/assessments/{id:guid}", (Guid clientId, Guid id) => TypedResults.Bytes(one, "application/json"));
        app.MapGet("/v1/clients/{clientId:guid}/assessments", (Guid clientId) => TypedResults.Bytes(list, "application/json"));
        app.MapPost("/v1/clients/{clientId:guid}/assessments", async (Guid clientId, HttpContext http) =>
        {
            await http.Request.Body.CopyToAsync(Stream.Null, http.RequestAborted);
            http.Response.StatusCode = StatusCodes.Status201Created;
            return TypedResults.Bytes(created, "application/json");
        });
        app.Urls.Add(url);
        await using var ending = ct.Register(app.Lifetime.StopApplication);
        await app.RunAsync();
        return 0;

        byte[] Bytes(string name) => File.ReadAllBytes(Path.Combine(folder, $"{name}.json"));
    }
}
