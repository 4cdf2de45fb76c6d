using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Records.AccessHistory;

internal static class AccessHistoryEndpoints
{
    public static void MapAccessHistory(this ClientRecordRoutes records)
    {
        var history = records.For("/access-history", DataCategory.AccessHistory);

        history.Read("/", List).WithName("ListAccessHistory");
    }

    /// <summary>Lists who used the client's data, newest first: what for, on which consent, and who was refused.</summary>
    /// <remarks>The client's own view of the ledger. Each entry is the decision that was made then, by ids alone.</remarks>
    private static async Task<Results<Ok<Page<AccessHistoryEntry>>, Problem>> List(
        Query<AccessHistoryQuery> query, HttpContext http, AccessGrant grant, AccessHistoryRepository history, Cursors cursors,
        CancellationToken ct)
    {
        if (cursors.TryRead(query.Value.Cursor, http, out var after) is { } refusal)
        {
            return refusal;
        }

        var rows = await history.List(grant, query.Value, after, ct);
        return Ok(cursors.Page(
            rows, row => AccessHistoryEntry.From(row.Use), row => new Position(row.Use.At, row.Use.Id), http));
    }
}
