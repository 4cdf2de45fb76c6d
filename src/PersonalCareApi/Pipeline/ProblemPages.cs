using System.Text;
using System.Text.Encodings.Web;

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
            .WithContentPolicy("default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");

        pages.MapGet("/", Index);
        pages.MapGet("/{slug}", Page);
    }

    private static IResult Index(HttpRequest request)
    {
        var list = new StringBuilder();
        foreach (var kind in ProblemCatalogue.All)
        {
            list.Append(Html($"<li><a href=\"{request.PathBase}/problems/{kind.Slug}\">{kind.Slug}</a> ({kind.Status}): {kind.Title}</li>"));
        }

        return Document("Problems of this API", $"<ul>{list}</ul>");
    }

    private static IResult Page(string slug) =>
        ProblemCatalogue.Find(slug) is { } kind
            ? Document(kind.Title, Html(
                $"""
                <p><code>{kind.Slug}</code>, HTTP status {kind.Status}</p>
                <h2>What it means</h2><p>{kind.Meaning}</p>
                <h2>What to do</h2><p>{kind.Remedy}</p>
                """))
            : Problems.NotFound();

    internal static IResult Document(string title, string body) => Results.Content(
        Html($"<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>")
        + "<style>:root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem}</style>"
        + Html($"</head><body><h1>{title}</h1>") + body + "</body></html>",
        "text/html; charset=utf-8");

    /// <summary>Encodes everything put into the text.</summary>
    internal static string Html(FormattableString text) => string.Format(
        System.Globalization.CultureInfo.InvariantCulture,
        text.Format,
        [.. text.GetArguments().Select(argument => HtmlEncoder.Default.Encode($"{argument}"))]);
}
