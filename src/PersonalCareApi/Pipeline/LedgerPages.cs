using PersonalCareApi.Rendering.Pages;

namespace PersonalCareApi.Pipeline;

/// <summary>The page that tells how to verify the ledger without believing this program.</summary>
internal static class LedgerPages
{
    public const string Verification = "/ledger/verification";

    public static void MapLedgerPages(this IEndpointRouteBuilder app) => app.MapHandler(HttpMethods.Get, Verification, Page)
        .AllowAnonymous()
        .ExcludeFromDescription()
        .WithMetadata(new NoClientData("The page tells how proofs are verified; it is made from constants."))
        .WithContentPolicy(Layout.ContentPolicy);

    private static IResult Page() => ProblemPages.Document(LedgerVerificationPage.Title, LedgerVerificationPage.Body);
}
