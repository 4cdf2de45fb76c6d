using System.Globalization;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using PersonalCareApi.Domain;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Rendering;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Records.AccessHistory;

internal static class AccessHistoryEndpoints
{
    private static readonly string[] Header =
    [
        "at", "summary", "decision", "reason", "category", "action", "purpose", "by_kind", "by_id", "application_id", "basis", "consent_id",
        "consent_version", "operation", "outcome", "id",
    ];

    public static void MapAccessHistory(this ClientRecordRoutes records)
    {
        var history = records.For("/access-history", DataCategory.AccessHistory);

        history.Read("/", List).WithName("ListAccessHistory").WithMetadata(new AlsoAnswers(MediaTypes.Csv));
        history.Read("/proof", ProveEntry.Get).WithName("GetAccessHistoryProof");
    }

    /// <summary>Lists who used the client's data, newest first: what for, on which consent, and who was refused.</summary>
    /// <remarks>
    /// The client's own view of the ledger. Each entry is the decision that was made then, by ids alone; uses in a declared
    /// emergency and refusals are among them. With <c>Accept: text/csv</c> the same page as a table (RFC 4180), and
    /// <c>Link: rel="next"</c> where there are more.
    /// </remarks>
    private static async Task<Results<Ok<Page<AccessHistoryEntry>>, ContentHttpResult, Problem>> List(
        Query<AccessHistoryQuery> query, HttpContext http, AccessGrant grant, AccessHistoryRepository history, Cursors cursors,
        CancellationToken ct)
    {
        if (Negotiation.Choose(http.Request, MediaTypes.Json, MediaTypes.Csv) is not { } form)
        {
            return Problems.NotAcceptable($"The access history comes as {MediaTypes.Json} or {MediaTypes.Csv}.");
        }

        if (cursors.TryRead(query.Value.Cursor, http, out var after) is { } refusal)
        {
            return refusal;
        }

        var rows = await history.List(grant, query.Value, after, ct);
        var page = cursors.Page(
            rows, row => AccessHistoryEntry.From(row.Use), row => new Position(row.Use.At, row.Use.Id), http);
        if (form == MediaTypes.Json)
        {
            return Ok(page);
        }

        if (page.NextCursor is { } next)
        {
            http.Response.Headers.Append(HeaderNames.Link, $"<{http.Request.PathBase}{http.Request.Path}{NextQuery(http.Request, next)}>; rel=\"next\"");
        }

        return Content(Csv.Table(Header, page.Items.Select(Row)), $"{MediaTypes.Csv}; charset=utf-8; header=present");
    }

    private static QueryString NextQuery(HttpRequest request, string cursor) => new QueryBuilder(
        request.Query.Where(parameter => parameter.Key != "cursor").Select(parameter => KeyValuePair.Create(parameter.Key, parameter.Value.ToString())))
    {
        { "cursor", cursor },
    }.ToQueryString();

    private static string?[] Row(AccessHistoryEntry entry) =>
    [
        InstantText.Fixed(entry.At), entry.Summary, entry.Decision, entry.Reason, entry.Category.Code(),
        entry.Action.Code(), entry.Purpose, entry.By.Kind, entry.By.Id.ToString(), entry.ApplicationId.ToString(), entry.Basis.Kind,
        entry.Basis.ConsentId?.ToString(), entry.Basis.ConsentVersion?.ToString(CultureInfo.InvariantCulture), entry.Operation,
        entry.Outcome.ToString(CultureInfo.InvariantCulture), entry.Id.ToString(),
    ];
}
