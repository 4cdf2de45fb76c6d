using PersonalCareApi.Protection;

namespace PersonalCareApi.Pipeline;

/// <summary>The public keys that receipts are verified with, as a JSON Web Key Set (RFC 7517).</summary>
internal static class PublishedKeys
{
    public const string Path = "/.well-known/jwks.json";

    private const string MediaType = "application/jwk-set+json";

    public static void MapPublishedKeys(this IEndpointRouteBuilder app) => app.MapGet(Path, Keys)
        .AllowAnonymous()
        .ExcludeFromDescription()
        .WithMetadata(new NoClientData("Public keys alone, so that anybody to whom a receipt is shown can verify it."));

    private static async Task<IResult> Keys(ReceiptKeys keys, CancellationToken ct) =>
        Results.Json(new { Keys = await keys.Published(ct) }, Json.Options, MediaType);
}
