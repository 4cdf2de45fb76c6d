using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Data;
using PersonalCareApi.Domain;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Partners;
using PersonalCareApi.Pipeline;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Records.CareRelationships;

internal static class CareRelationshipEndpoints
{
    public static void MapCareRelationships(this ClientRecordRoutes records)
    {
        var relationships = records.For("/care-relationships", DataCategory.Demographics);

        relationships.Read("/", List).WithName("ListCareRelationships");
        relationships.Read("/{id:guid}", Get).WithName("GetCareRelationship");
        relationships.Read("/{id:guid}/versions", ListVersions).WithName("ListCareRelationshipVersions");
        relationships.Read("/{id:guid}/versions/{version:int}", GetVersion).WithName("GetCareRelationshipVersion");
        relationships.Write("/", Begin).WithName("BeginCareRelationship");
        relationships.Write("/{id:guid}/termination", End).WithName("EndCareRelationship");
    }

    /// <summary>Lists who cares for the client, and who did.</summary>
    private static async Task<Results<Ok<Page<CareRelationshipResponse>>, Problem>> List(
        Query<PageQuery> query, HttpContext http, AccessGrant grant, CareRelationshipRepository relationships, Cursors cursors,
        CancellationToken ct)
    {
        if (cursors.TryRead(query.Value.Cursor, http, out var after) is { } refusal)
        {
            return refusal;
        }

        var rows = await relationships.List(grant, after, query.Value.Size, ct);
        return Ok(cursors.Page(
            rows, row => CareRelationshipResponse.Of(grant, row), row => new Position(row.RecordedAt, row.Relationship.Id), http));
    }

    /// <summary>Gets one care relationship.</summary>
    private static async Task<Results<Ok<CareRelationshipResponse>, Problem>> Get(
        Guid id, AccessGrant grant, CareRelationshipRepository relationships, CancellationToken ct) =>
        await relationships.Find(grant, id, ct) is { } stored ? Ok(CareRelationshipResponse.Of(grant, stored)) : Problems.NotFound();

    /// <summary>Lists every version of a care relationship, oldest first.</summary>
    private static Task<Results<Ok<Page<CareRelationshipResponse>>, Problem>> ListVersions(
        Guid id, Query<PageQuery> query, HttpContext http, AccessGrant grant, CareRelationshipRepository relationships, Cursors cursors,
        CancellationToken ct) =>
        cursors.Versions(
            query.Value, http, (after, limit) => relationships.Versions(grant, id, after, limit, ct),
            version => CareRelationshipResponse.Of(grant, version));

    /// <summary>Gets one version of a care relationship as it was.</summary>
    private static async Task<Results<Ok<CareRelationshipResponse>, Problem>> GetVersion(
        Guid id, int version, AccessGrant grant, CareRelationshipRepository relationships, CancellationToken ct) =>
        await relationships.FindVersion(grant, id, version, ct) is { } stored
            ? Ok(CareRelationshipResponse.Of(grant, stored))
            : Problems.NotFound();

    /// <summary>Begins a care relationship.</summary>
    /// <remarks>A practitioner brings in a colleague, never themself: nobody widens their own part in somebody's care.</remarks>
    private static async Task<Results<Created<CareRelationshipResponse>, Problem>> Begin(
        Body<CreateCareRelationship> body, AccessGrant grant, CareRelationshipRepository relationships, PractitionerRepository practitioners,
        WriteUnit unit, CancellationToken ct)
    {
        var request = body.Value;
        if (grant.ActingAs == new Party(PartyKind.Practitioner, request.PractitionerId))
        {
            return Problems.Forbidden("Nobody begins or widens their own care relationship.");
        }

        if (!await practitioners.IsActive(grant.PartnerId, request.PractitionerId, ct))
        {
            return Problems.Invalid(Fault.InBody("#/practitionerId", "unknown-reference", "There is no such practitioner."));
        }

        var period = new Period((request.From ?? unit.Now).ToStored(), request.Until?.ToStored());
        var stored = await relationships.Add(
            grant, new CareRelationship(Ids.New(unit.Now), request.PractitionerId, request.Role, period), unit, ct);
        return Created($"/v1/clients/{grant.ClientId}/care-relationships/{stored.Relationship.Id}", CareRelationshipResponse.Of(grant, stored));
    }

    /// <summary>Ends a care relationship now.</summary>
    private static async Task<Results<Ok<CareRelationshipResponse>, Problem>> End(
        Guid id, IfMatch ifMatch, AccessGrant grant, CareRelationshipRepository relationships, WriteUnit unit, CancellationToken ct)
    {
        if (await relationships.Find(grant, id, ct) is not { } stored)
        {
            return Problems.NotFound();
        }

        if (stored.Version != ifMatch.Version)
        {
            return Problems.PreconditionFailed();
        }

        if (stored.Relationship.Period.Until is { } until && until <= unit.Now)
        {
            return Problems.StateConflict("The care relationship has ended already.");
        }

        return Ok(CareRelationshipResponse.Of(grant, await relationships.End(grant, stored, unit.Now, unit, ct)));
    }
}
