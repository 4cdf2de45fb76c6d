using Microsoft.Net.Http.Headers;

namespace PersonalCareApi.Pipeline;

/// <summary>Which form of an answer the Accept header asks for (RFC 9110, 12.5.1).</summary>
internal static class Negotiation
{
    /// <summary>The best of what is offered; of equals, and where nothing is asked, the first. Null where none will do.</summary>
    /// <remarks>Parameters other than the quality are not compared: no form here has any that matters.</remarks>
    public static string? Choose(HttpRequest request, params IReadOnlyList<string> offered)
    {
        request.HttpContext.Response.Headers.Append(HeaderNames.Vary, HeaderNames.Accept);

        // A header that cannot be read asks for nothing.
        if (!MediaTypeHeaderValue.TryParseList([.. request.Headers.Accept.OfType<string>()], out var ranges) || ranges.Count == 0)
        {
            return offered[0];
        }

        var best = offered.MaxBy(type => QualityOf(type, ranges));
        return best is not null && QualityOf(best, ranges) > 0 ? best : null;
    }

    /// <summary>The quality of the most specific range that names the type; 0 where none does.</summary>
    private static double QualityOf(string type, IEnumerable<MediaTypeHeaderValue> ranges) => ranges
        .Where(range => Names(range, type))
        .OrderBy(range => range.MatchesAllTypes ? 2 : range.MatchesAllSubTypes ? 1 : 0)
        .Select(range => range.Quality ?? 1)
        .FirstOrDefault();

    private static bool Names(MediaTypeHeaderValue range, string type) =>
        range.MatchesAllTypes
        || (range.MatchesAllSubTypes
            ? type.StartsWith($"{range.Type}/", StringComparison.OrdinalIgnoreCase)
            : range.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase));
}

/// <summary>Endpoint metadata for the document: the answer comes in these forms beside JSON, if Accept asks for them, or in them alone.</summary>
internal sealed record AlsoAnswers(params IReadOnlyList<string> MediaTypes);
