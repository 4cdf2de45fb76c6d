using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Records.Notices;

internal static class NoticeEndpoints
{
    private const string NotTheirs = "Notices are the client's letters: only the client and representatives read them.";

    public static void MapNotices(this ClientRecordRoutes records)
    {
        var notices = records.For("/notices", DataCategory.Demographics);

        notices.Read("/", List).WithName("ListNotices");
        notices.Read("/{id:guid}", Get).WithName("GetNotice");
        notices.Read("/{id:guid}/versions", ListVersions).WithName("ListNoticeVersions");
        notices.Read("/{id:guid}/versions/{version:int}", GetVersion).WithName("GetNoticeVersion");
        notices.Write("/{id:guid}/acknowledgement", Acknowledge, clientIsAuthor: true).WithName("AcknowledgeNotice");
    }

    /// <summary>Lists what the client has been told, newest first.</summary>
    /// <remarks>
    /// Emergency accesses, and what others recorded on the client's behalf. A representative sees the notices on what their
    /// authority covers; practitioners and applications see none.
    /// </remarks>
    private static async Task<Results<Ok<Page<NoticeResponse>>, Problem>> List(
        Query<NoticeQuery> query, HttpContext http, AccessGrant grant, UseOfData use, NoticeRepository notices, Cursors cursors,
        CancellationToken ct)
    {
        if (!IsTheirs(grant))
        {
            return Problems.Forbidden(NotTheirs);
        }

        if (cursors.TryRead(query.Value.Cursor, http, out var after) is { } refusal)
        {
            return refusal;
        }

        var rows = await notices.List(grant, CategoriesOf(use), query.Value.Unread == true, after, query.Value.Size, ct);
        return Ok(cursors.Page(rows, row => NoticeResponse.From(grant, row), row => new Position(row.RecordedAt, row.Id), http));
    }

    /// <summary>Gets one notice.</summary>
    private static async Task<Results<Ok<NoticeResponse>, Problem>> Get(
        Guid id, AccessGrant grant, UseOfData use, NoticeRepository notices, CancellationToken ct)
    {
        if (!IsTheirs(grant))
        {
            return Problems.Forbidden(NotTheirs);
        }

        return await notices.Find(grant, id, CategoriesOf(use), ct) is { } notice
            ? Ok(NoticeResponse.From(grant, notice))
            : Problems.NotFound();
    }

    /// <summary>Lists every version of a notice, oldest first: who acknowledged it, one by one.</summary>
    private static async Task<Results<Ok<Page<NoticeResponse>>, Problem>> ListVersions(
        Guid id, Query<PageQuery> query, HttpContext http, AccessGrant grant, UseOfData use, NoticeRepository notices, Cursors cursors,
        CancellationToken ct) =>
        IsTheirs(grant)
            ? await cursors.Versions(
                query.Value, http, (after, limit) => notices.Versions(grant, id, CategoriesOf(use), after, limit, ct),
                version => NoticeResponse.From(grant, version))
            : Problems.Forbidden(NotTheirs);

    /// <summary>Gets one version of a notice as it was.</summary>
    private static async Task<Results<Ok<NoticeResponse>, Problem>> GetVersion(
        Guid id, int version, AccessGrant grant, UseOfData use, NoticeRepository notices, CancellationToken ct)
    {
        if (!IsTheirs(grant))
        {
            return Problems.Forbidden(NotTheirs);
        }

        return await notices.FindVersion(grant, id, CategoriesOf(use), version, ct) is { } notice
            ? Ok(NoticeResponse.From(grant, notice))
            : Problems.NotFound();
    }

    /// <summary>Says that a notice has been seen.</summary>
    /// <remarks>A representative's acknowledgement is not the client's: for the client the notice stays unread.</remarks>
    private static async Task<Results<Ok<NoticeResponse>, Problem>> Acknowledge(
        Guid id, IfMatch ifMatch, AccessGrant grant, UseOfData use, NoticeRepository notices, WriteUnit unit, CancellationToken ct)
    {
        if (!IsTheirs(grant))
        {
            return Problems.Forbidden(NotTheirs);
        }

        if (await notices.Find(grant, id, CategoriesOf(use), ct) is not { } notice)
        {
            return Problems.NotFound();
        }

        if (notice.Version != ifMatch.Version)
        {
            return Problems.PreconditionFailed();
        }

        if (NoticeResponse.From(grant, notice).AcknowledgedAt is not null)
        {
            return Problems.StateConflict("The notice has been acknowledged already.");
        }

        return Ok(NoticeResponse.From(grant, await notices.Acknowledge(grant, notice, unit, ct)));
    }

    private static bool IsTheirs(AccessGrant grant) => grant.ActingAs.Kind is PartyKind.Client or PartyKind.Representative;

    /// <summary>The categories of which the caller may read, by the same decision as everywhere.</summary>
    private static IReadOnlyList<string> CategoriesOf(UseOfData use) =>
    [
        .. from category in DataCategories.All
           let asked = use.Asked with
           {
               Caller = ConsentEngine.Unrestricted(use.Asked.Caller),
               Use = new DataUse(category, DataAction.Read),
           }
           where ConsentEngine.Decide(asked, use.Facts, use.Grant!.At) is AccessDecision.Permitted
           select category.Code(),
    ];
}
