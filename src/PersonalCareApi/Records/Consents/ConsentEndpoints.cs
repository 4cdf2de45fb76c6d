using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Records.Consents;

internal static class ConsentEndpoints
{
    public static void MapConsents(this ClientRecordRoutes records)
    {
        var consents = records.For("/consents", DataCategory.Consents);

        consents.Read("/", List).WithName("ListConsents");
        consents.Read("/{id:guid}", Get).WithName("GetConsent");
        consents.Read("/{id:guid}/versions", ListVersions).WithName("ListConsentVersions");
        consents.Read("/{id:guid}/versions/{version:int}", GetVersion).WithName("GetConsentVersion");
        consents.Read("/{id:guid}/receipt", ConsentReceipts.Get).WithName("GetConsentReceipt").InEveryForm();
        consents.Read("/{id:guid}/versions/{version:int}/receipt", ConsentReceipts.GetOfVersion).WithName("GetConsentVersionReceipt").InEveryForm();
        consents.Write("/", GiveConsent.Give, clientIsAuthor: true).WithName("GiveConsent");
        consents.Write("/{id:guid}/confirmation", ChangeConsent.Confirm, clientIsAuthor: true).WithName("ConfirmConsent");
        consents.Write("/{id:guid}/authorisations", ChangeConsent.Authorise, clientIsAuthor: true).WithName("AuthoriseConsent");
        consents.Write("/{id:guid}/withdrawal", ChangeConsent.Withdraw, clientIsAuthor: true).WithName("WithdrawConsent");
    }

    /// <summary>Lists the client's consents, newest first.</summary>
    /// <remarks>The client and representatives see all of each; others see that it is there and what of it concerns them.</remarks>
    private static async Task<Results<Ok<Page<ConsentResponse>>, Problem>> List(
        Query<ConsentQuery> query, HttpContext http, AccessGrant grant, UseOfData use, ConsentRepository consents, Cursors cursors,
        CancellationToken ct)
    {
        if (cursors.TryRead(query.Value.Cursor, http, out var after) is { } refusal)
        {
            return refusal;
        }

        var rows = await consents.List(grant, query.Value.Status, after, query.Value.Size, ct);
        return Ok(cursors.Page(
            rows, row => ConsentResponse.From(grant, row, use.InCareTeam), row => new Position(row.RecordedAt, row.Id), http));
    }

    /// <summary>Gets one consent.</summary>
    private static async Task<Results<Ok<ConsentResponse>, Problem>> Get(
        Guid id, AccessGrant grant, UseOfData use, ConsentRepository consents, CancellationToken ct) =>
        await consents.Find(grant, id, ct) is { } consent
            ? Ok(ConsentResponse.From(grant, consent, use.InCareTeam))
            : Problems.NotFound();

    /// <summary>Lists every version of a consent, oldest first.</summary>
    private static Task<Results<Ok<Page<ConsentResponse>>, Problem>> ListVersions(
        Guid id, Query<PageQuery> query, HttpContext http, AccessGrant grant, UseOfData use, ConsentRepository consents, Cursors cursors,
        CancellationToken ct) =>
        cursors.Versions(
            query.Value, http, (after, limit) => consents.Versions(grant, id, after, limit, ct), version => ConsentResponse.From(grant, version, use.InCareTeam));

    /// <summary>Gets one version of a consent as it was.</summary>
    private static async Task<Results<Ok<ConsentResponse>, Problem>> GetVersion(
        Guid id, int version, AccessGrant grant, UseOfData use, ConsentRepository consents, CancellationToken ct) =>
        await consents.FindVersion(grant, id, version, ct) is { } consent
            ? Ok(ConsentResponse.From(grant, consent, use.InCareTeam))
            : Problems.NotFound();
}
