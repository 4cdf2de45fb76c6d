using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Data;
using PersonalCareApi.Domain;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Records.Restrictions;

internal static class RestrictionEndpoints
{
    private const string TheClients = "Restrictions are the client's, or a representative's whose authority covers what is closed.";

    public static void MapRestrictions(this ClientRecordRoutes records)
    {
        var restrictions = records.For("/restrictions", DataCategory.Consents);

        restrictions.Read("/", List).WithName("ListRestrictions");
        restrictions.Read("/{id:guid}", Get).WithName("GetRestriction");
        restrictions.Read("/{id:guid}/versions", ListVersions).WithName("ListRestrictionVersions");
        restrictions.Read("/{id:guid}/versions/{version:int}", GetVersion).WithName("GetRestrictionVersion");
        restrictions.Write("/", Restrict, clientIsAuthor: true).WithName("RestrictRecord");
        restrictions.Write("/{id:guid}/lifting", Lift, clientIsAuthor: true).WithName("LiftRestriction");
    }

    /// <summary>Lists the restrictions of the record, newest first.</summary>
    /// <remarks>Whoever may read the list of consents sees what is closed; why is shown to the client and representatives.</remarks>
    private static async Task<Results<Ok<Page<RestrictionResponse>>, Problem>> List(
        Query<PageQuery> query, HttpContext http, AccessGrant grant, RestrictionRepository restrictions, Cursors cursors, CancellationToken ct)
    {
        if (cursors.TryRead(query.Value.Cursor, http, out var after) is { } refusal)
        {
            return refusal;
        }

        var rows = await restrictions.List(grant, after, query.Value.Size, ct);
        return Ok(cursors.Page(rows, row => RestrictionResponse.Of(grant, row), row => new Position(row.Facts.OccurredAt, row.Id), http));
    }

    /// <summary>Gets one restriction.</summary>
    private static async Task<Results<Ok<RestrictionResponse>, Problem>> Get(
        Guid id, AccessGrant grant, RestrictionRepository restrictions, CancellationToken ct) =>
        await restrictions.Find(grant, id, ct) is { } restriction ? Ok(RestrictionResponse.Of(grant, restriction)) : Problems.NotFound();

    /// <summary>Lists every version of a restriction, oldest first.</summary>
    private static Task<Results<Ok<Page<RestrictionResponse>>, Problem>> ListVersions(
        Guid id, Query<PageQuery> query, HttpContext http, AccessGrant grant, RestrictionRepository restrictions, Cursors cursors,
        CancellationToken ct) =>
        cursors.Versions(
            query.Value, http, (after, limit) => restrictions.Versions(grant, id, after, limit, ct), version => RestrictionResponse.Of(grant, version));

    /// <summary>Gets one version of a restriction as it was.</summary>
    private static async Task<Results<Ok<RestrictionResponse>, Problem>> GetVersion(
        Guid id, int version, AccessGrant grant, RestrictionRepository restrictions, CancellationToken ct) =>
        await restrictions.FindVersion(grant, id, version, ct) is { } restriction
            ? Ok(RestrictionResponse.Of(grant, restriction))
            : Problems.NotFound();

    /// <summary>Closes data categories to everybody but the client, until it is lifted.</summary>
    /// <remarks>
    /// GDPR 18: what is restricted is stored and nothing else. From this answer on nobody but the client reads, writes or
    /// shares it, whatever consents permit; to practitioners the reason is <c>denied-by-client</c>. An emergency access that is
    /// open, or is declared, still reads: it is for vital interests.
    /// </remarks>
    private static async Task<Results<Created<RestrictionResponse>, Problem>> Restrict(
        Body<RestrictRecord> body, AccessGrant grant, UseOfData use, RestrictionRepository restrictions, WriteUnit unit, CancellationToken ct)
    {
        var categories = body.Value.Categories.Distinct().ToList();
        if (!IsTheirs(grant, use, categories))
        {
            return Problems.Forbidden(TheClients);
        }

        var restriction = new StoredRestriction
        {
            Id = Ids.New(unit.Now),
            Version = 1,
            Facts = new ItemFacts(Sensitivity.None, grant.ActingAs.Id, "", unit.Now),
            Content = new RestrictionContent
            {
                Categories = categories,
                Reason = body.Value.Reason,
                RecordedBy = PartyResponse.From(grant.ActingAs),
            },
        };
        await restrictions.Add(grant, restriction, unit, ct);
        return Created($"/v1/clients/{grant.ClientId}/restrictions/{restriction.Id}", RestrictionResponse.Of(grant, restriction));
    }

    /// <summary>Lifts a restriction: what consents permit holds again.</summary>
    /// <remarks>By the client; a representative lifts what a representative has restricted, and nothing that the client has.</remarks>
    private static async Task<Results<Ok<RestrictionResponse>, Problem>> Lift(
        Guid id, IfMatch ifMatch, AccessGrant grant, UseOfData use, RestrictionRepository restrictions, WriteUnit unit, CancellationToken ct)
    {
        if (await restrictions.Find(grant, id, ct) is not { } restriction)
        {
            return Problems.NotFound();
        }

        if (!IsTheirs(grant, use, restriction.Content.Categories)
            || (grant.ActingAs.Kind == PartyKind.Representative && restriction.Content.RecordedBy.Kind != grant.ActingAs.KindCode))
        {
            return Problems.Forbidden(TheClients);
        }

        if (restriction.Version != ifMatch.Version)
        {
            return Problems.PreconditionFailed();
        }

        if (restriction.Content.Lifting is not null)
        {
            return Problems.StateConflict("The restriction has been lifted already.");
        }

        var lifted = restriction with
        {
            Content = restriction.Content with { Lifting = new RecordedFact(PartyResponse.From(grant.ActingAs), unit.Now, null) },
        };
        return Ok(RestrictionResponse.Of(grant, await restrictions.Change(grant, lifted, unit, ct)));
    }

    private static bool IsTheirs(AccessGrant grant, UseOfData use, IReadOnlyList<string> categories) =>
        grant.ActingAs.Kind == PartyKind.Client
        || use.Facts!.Representations.Any(authority => authority.Id == grant.ActingAs.Id
            && categories.All(code => authority.Categories.Any(category => category.Code() == code)));
}
