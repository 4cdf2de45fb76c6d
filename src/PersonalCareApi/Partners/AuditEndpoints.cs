using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Partners;

/// <summary>What the partner's auditor sees of all records: who used them, and no data of theirs.</summary>
internal static class AuditEndpoints
{
    public static void MapAudit(this IEndpointRouteBuilder v1)
    {
        v1.MapHandler(HttpMethods.Get, "/audit-events", List).WithTags("audit-events").RequireAuthorization().WithMetadata(new Audits()).WithName("ListAuditEvents");
        v1.MapHandler(HttpMethods.Get, "/practitioners/{id:guid}/opened-records", ListOpened).WithTags("audit-events").RequireAuthorization().WithMetadata(new Audits())
            .WithName("ListOpenedRecords");
    }

    /// <summary>Lists who used your clients' data, newest first: every use and every refusal, of all records.</summary>
    /// <remarks>
    /// For the partner's auditor (role <c>auditor</c>, scope <c>audit:read</c>). Ids and codes, no content. Requests for what is
    /// not there, or is nothing to the caller, are among them. Looking is itself an event: over all records one of your own,
    /// with <c>clientId</c> one of that client's access history.
    /// </remarks>
    private static async Task<Results<Ok<Page<AuditEvent>>, Problem>> List(
        Query<AuditEventQuery> query, HttpContext http, UseOfData use, AuditRepository audit, Cursors cursors, CancellationToken ct)
    {
        var asked = query.Value;
        if (cursors.TryRead(asked.Cursor, http, out var after) is { } refusal)
        {
            return refusal;
        }

        DataUse? only = null;
        if (asked.Use is { } words && !TryParse(words, out only))
        {
            return Problems.Invalid(Fault.InQuery("use", FaultCodes.UnknownValue, "Must be a category and an action, such as assessments:read."));
        }

        var found = await audit.List(use.Asked.Caller.PartnerId, asked, only, after, ct);
        return Ok(PageOf(found, asked.Size, AuditEvent.From, one => new Position(one.At, one.Id), cursors, http));
    }

    /// <summary>Lists the records that a practitioner was let into, the last used first.</summary>
    /// <remarks>For the partner's auditor (role <c>auditor</c>, scope <c>audit:read</c>). Clients by id; when first, when last, how often.</remarks>
    private static async Task<Results<Ok<Page<OpenedRecord>>, Problem>> ListOpened(
        Guid id, Query<OpenedRecordQuery> query, HttpContext http, UseOfData use, AuditRepository audit, PractitionerRepository practitioners,
        Cursors cursors, CancellationToken ct)
    {
        if (cursors.TryRead(query.Value.Cursor, http, out var after) is { } refusal)
        {
            return refusal;
        }

        var partnerId = use.Asked.Caller.PartnerId;
        if (await practitioners.Find(partnerId, id, ct) is null)
        {
            return Problems.NotFound();
        }

        var found = await audit.Opened(partnerId, id, query.Value, after, ct);
        return Ok(PageOf(
            found,
            query.Value.Size,
            row => new OpenedRecord { ClientId = row.ClientId, FirstAt = row.FirstAt, LastAt = row.LastAt, Times = row.Times },
            row => new Position(row.LastAt, row.ClientId),
            cursors,
            http));
    }

    private static Page<TResponse> PageOf<TRow, TResponse>(
        IReadOnlyList<TRow> oneMoreThanAsked, int limit, Func<TRow, TResponse> answer, Func<TRow, Position> position, Cursors cursors, HttpContext http)
        where TResponse : notnull => new()
        {
            Items = [.. oneMoreThanAsked.Take(limit).Select(answer)],
            NextCursor = oneMoreThanAsked.Count > limit ? cursors.After(position(oneMoreThanAsked[limit - 1]), http) : null,
            Total = null,
        };

    private static bool TryParse(string words, out DataUse? use)
    {
        use = words.Split(':') is [var category, var action]
            && DataCategories.TryParse(category, out var ofData)
            && DataActions.TryParse(action, out var done)
                ? new DataUse(ofData, done)
                : null;
        return use is not null;
    }
}
