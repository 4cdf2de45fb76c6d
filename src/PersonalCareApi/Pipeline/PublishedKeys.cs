using PersonalCareApi.Protection;

namespace PersonalCareApi.Pipeline;

/// <summary>The public keys that receipts and the ledger's checkpoints are verified with, as a JSON Web Key Set (RFC 7517).</summary>
internal static class PublishedKeys
{
    public const string Path = "/.well-known/jwks.json";

    private const string MediaType = "application/jwk-set+json";

    public static void MapPublishedKeys(this IEndpointRouteBuilder app) => app.MapHandler(HttpMethods.Get, Path, Keys)
        .AllowAnonymous()
        .ExcludeFromDescription()
        .WithMetadata(new NoClientData("Public keys alone, so that anybody to whom a receipt or a proof is shown can verify it."));

    private static async Task<IResult> Keys(ReceiptKeys receipts, CheckpointKeys checkpoints, CancellationToken ct) =>
        Results.Json(new { Keys = (IReadOnlyList<PublishedKey>)[.. await receipts.Published(ct), .. checkpoints.Published()] }, Json.Options, MediaType);
}
