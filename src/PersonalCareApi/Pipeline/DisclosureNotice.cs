using Microsoft.Net.Http.Headers;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Rendering.Pages;

namespace PersonalCareApi.Pipeline;

/// <summary>PART2-NOTICE: answers that hold substance-use data of a programme under 42 CFR Part 2 say what its 2.32 has them say.</summary>
/// <remarks>
/// Decided here and nowhere else, from the labels of what was read or written under the grant: no handler has to think of
/// it. Rows that a handler read and left out count as well; the notice then says too much, never too little.
/// </remarks>
internal static class DisclosureNotice
{
    public const string Header = "Disclosure-Notice";

    /// <summary>42 CFR 2.32(a)(2), word by word.</summary>
    public const string Text = "42 CFR part 2 prohibits unauthorized use or disclosure of these records.";

    private const string Page = "/notices/42-cfr-2.32";

    /// <param name="http">The answer.</param>
    /// <param name="grants">All that it was made under.</param>
    public static void Attach(HttpContext http, IReadOnlyList<AccessGrant> grants)
    {
        if (IsOwed(grants)
            && http.Response.StatusCode < StatusCodes.Status400BadRequest)
        {
            http.Response.Headers[Header] = Text;
            http.Response.Headers[HeaderNames.Link] = $"<{http.Request.PathBase}{Page}>; rel=\"terms-of-service\"";
        }
    }

    /// <summary>Whether what was read under these grants must be accompanied by the notice.</summary>
    public static bool IsOwed(IReadOnlyList<AccessGrant> grants) =>
        grants.Any(grant => grant.Obligations.HasFlag(Obligations.Part2Notice))
        && grants.Any(grant => (grant.LabelsMet & Sensitivities.SubstanceUse) != 0);

    public static void MapNoticePages(this IEndpointRouteBuilder app) =>
        app.MapHandler(HttpMethods.Get, Page, Explain)
            .AllowAnonymous()
            .ExcludeFromDescription()
            .WithMetadata(new NoClientData("The page explains a notice; it is made from constants."))
            .WithContentPolicy(Layout.ContentPolicy);

    private static IResult Explain() => ProblemPages.Document("Notice to accompany disclosure (42 CFR 2.32)", Markup.Of(
        $"""
        <p><strong>{Text}</strong></p>
        <p>The answer that led you here holds records on substance use disorder of a programme under 42 CFR Part 2. Use and
        pass them on only as that regulation permits, and keep this notice with them.</p>
        """));
}
