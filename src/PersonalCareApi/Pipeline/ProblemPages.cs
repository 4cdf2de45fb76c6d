using PersonalCareApi.Rendering.Pages;

namespace PersonalCareApi.Pipeline;

/// <summary>The pages that a problem's <c>type</c> leads to: what it means, and what to do.</summary>
internal static class ProblemPages
{
    public static void MapProblemPages(this IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup("/problems")
            .AllowAnonymous()
            .ExcludeFromDescription()
            .WithMetadata(new NoClientData("The pages explain kinds of problems; they are made from constants."))
            .WithContentPolicy(Layout.ContentPolicy);

        pages.MapHandler(HttpMethods.Get, "/", Index);
        pages.MapHandler(HttpMethods.Get, "/{slug}", Page);
    }

    private static IResult Index(HttpRequest request) => Document("Problems of this API", Markup.Of($"<ul>{Markup.Join(
        ProblemCatalogue.All.Select(kind => Markup.Of(
            $"<li><a href=\"{request.PathBase}/problems/{kind.Slug}\">{kind.Slug}</a> ({kind.Status}): {kind.Title}</li>")))}</ul>"));

    private static IResult Page(string slug) =>
        ProblemCatalogue.Find(slug) is { } kind
            ? Document(kind.Title, Markup.Of(
                $"""
                <p><code>{kind.Slug}</code>, HTTP status {kind.Status}</p>
                <h2>What it means</h2><p>{kind.Meaning}</p>
                <h2>What to do</h2><p>{kind.Remedy}</p>
                """))
            : Problems.NotFound();

    internal static IResult Document(string title, Markup body) => Results.Content(
        Layout.Page(title, Markup.Of($"<h1>{title}</h1>{body}")), $"{MediaTypes.Html}; charset=utf-8");
}
