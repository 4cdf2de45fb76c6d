using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Data;
using PersonalCareApi.Domain;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Records.Representatives;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Records.Safeguards;

/// <remarks>
/// A representative who endangers the client may look over the client's shoulder, or make the client show what there is. So
/// nothing of this shows to the client's own side: every refusal here is the same whether there is a safeguard or none, and
/// the uses stand on the ledger, and so in the client's history, under a name that does not tell them from others.
/// </remarks>
internal static class SafeguardEndpoints
{
    private const string CareTeamAlone = "Safeguards are the care team's.";

    /// <summary>How each of these operations stands on the ledger.</summary>
    private static readonly ToldAs Neutral = new("UseDemographics");

    public static void MapSafeguards(this ClientRecordRoutes records)
    {
        var safeguards = records.For("/safeguards", DataCategory.Demographics);

        safeguards.Read("/", List).WithName("ListSafeguards").WithMetadata(Neutral);
        safeguards.Read("/{id:guid}", Get).WithName("GetSafeguard").WithMetadata(Neutral);
        safeguards.Read("/{id:guid}/versions", ListVersions).WithName("ListSafeguardVersions").WithMetadata(Neutral);
        safeguards.Read("/{id:guid}/versions/{version:int}", GetVersion).WithName("GetSafeguardVersion").WithMetadata(Neutral);
        safeguards.Write("/", Record).WithName("RecordSafeguard").WithMetadata(Neutral);
        safeguards.Write("/{id:guid}/termination", End).WithName("EndSafeguard").WithMetadata(Neutral);
    }

    /// <summary>Lists the safeguards of the client, newest first.</summary>
    /// <remarks>For practitioners of the care team alone: not for the client, since who endangers a client may read along.</remarks>
    private static async Task<Results<Ok<Page<SafeguardResponse>>, Problem>> List(
        Query<PageQuery> query, HttpContext http, AccessGrant grant, UseOfData use, SafeguardRepository safeguards, Cursors cursors,
        CancellationToken ct)
    {
        if (!use.InCareTeam)
        {
            return Problems.Forbidden(CareTeamAlone);
        }

        if (cursors.TryRead(query.Value.Cursor, http, out var after) is { } refusal)
        {
            return refusal;
        }

        var rows = await safeguards.List(grant, after, query.Value.Size, ct);
        return Ok(cursors.Page(
            rows, row => SafeguardResponse.Of(grant, row), row => new Position(row.Facts.OccurredAt, row.Id), http));
    }

    /// <summary>Gets one safeguard.</summary>
    private static async Task<Results<Ok<SafeguardResponse>, Problem>> Get(
        Guid id, AccessGrant grant, UseOfData use, SafeguardRepository safeguards, CancellationToken ct)
    {
        if (!use.InCareTeam)
        {
            return Problems.Forbidden(CareTeamAlone);
        }

        return await safeguards.Find(grant, id, ct) is { } safeguard ? Ok(SafeguardResponse.Of(grant, safeguard)) : Problems.NotFound();
    }

    /// <summary>Lists every version of a safeguard, oldest first.</summary>
    private static async Task<Results<Ok<Page<SafeguardResponse>>, Problem>> ListVersions(
        Guid id, Query<PageQuery> query, HttpContext http, AccessGrant grant, UseOfData use, SafeguardRepository safeguards, Cursors cursors,
        CancellationToken ct) =>
        use.InCareTeam
            ? await cursors.Versions(
                query.Value, http, (after, limit) => safeguards.Versions(grant, id, after, limit, ct), version => SafeguardResponse.Of(grant, version))
            : Problems.Forbidden(CareTeamAlone);

    /// <summary>Gets one version of a safeguard as it was.</summary>
    private static async Task<Results<Ok<SafeguardResponse>, Problem>> GetVersion(
        Guid id, int version, AccessGrant grant, UseOfData use, SafeguardRepository safeguards, CancellationToken ct)
    {
        if (!use.InCareTeam)
        {
            return Problems.Forbidden(CareTeamAlone);
        }

        return await safeguards.FindVersion(grant, id, version, ct) is { } safeguard
            ? Ok(SafeguardResponse.Of(grant, safeguard))
            : Problems.NotFound();
    }

    /// <summary>Records that a representative endangers the client: their authority rests from this answer on.</summary>
    /// <remarks>
    /// To the representative every answer is from now on as if the authority had ended, whatever else they are, and nothing
    /// shows why. It lasts until it is ended; <c>reviewAt</c> says when to think again.
    /// </remarks>
    private static async Task<Results<Created<SafeguardResponse>, Problem>> Record(
        Body<RecordSafeguard> body, AccessGrant grant, UseOfData use, SafeguardRepository safeguards,
        RepresentativeRepository representatives, WriteUnit unit, CancellationToken ct)
    {
        if (!use.InCareTeam)
        {
            return Problems.Forbidden(CareTeamAlone);
        }

        var request = body.Value;
        if (await representatives.Find(grant, request.RepresentativeId, ct) is null)
        {
            return Problems.Invalid(Fault.InBody("#/representativeId", "unknown-reference", "There is no such representative."));
        }

        if (use.Facts!.Representations.Any(one => one.Id == request.RepresentativeId && one.Suspended))
        {
            return Problems.AlreadyExists("A safeguard against this representative is in force.");
        }

        var safeguard = new Safeguard
        {
            Id = Ids.New(unit.Now),
            RepresentativeId = request.RepresentativeId,
            Period = new Period(unit.Now, null),
            Version = 1,
            Facts = new ItemFacts(Sensitivity.None, grant.ActingAs.Id, "", unit.Now),
            Content = new SafeguardContent
            {
                Reason = request.Reason,
                ReviewAt = request.ReviewAt.ToStored(),
                RecordedBy = PartyResponse.From(grant.ActingAs),
            },
        };
        await safeguards.Add(grant, safeguard, unit, ct);
        return Created($"/v1/clients/{grant.ClientId}/safeguards/{safeguard.Id}", SafeguardResponse.Of(grant, safeguard));
    }

    /// <summary>Ends a safeguard: the representative's authority holds again, as far as it goes.</summary>
    private static async Task<Results<Ok<SafeguardResponse>, Problem>> End(
        Guid id, Body<EndSafeguard> body, IfMatch ifMatch, AccessGrant grant, UseOfData use, SafeguardRepository safeguards,
        WriteUnit unit, CancellationToken ct)
    {
        if (!use.InCareTeam)
        {
            return Problems.Forbidden(CareTeamAlone);
        }

        if (await safeguards.Find(grant, id, ct) is not { } safeguard)
        {
            return Problems.NotFound();
        }

        if (safeguard.Version != ifMatch.Version)
        {
            return Problems.PreconditionFailed();
        }

        if (safeguard.Period.Until is not null)
        {
            return Problems.StateConflict("The safeguard has ended already.");
        }

        var ended = safeguard with
        {
            Period = safeguard.Period with { Until = unit.Now },
            Content = safeguard.Content with
            {
                Termination = new RecordedFact(PartyResponse.From(grant.ActingAs), unit.Now, body.Value.Reason),
            },
        };
        return Ok(SafeguardResponse.Of(grant, await safeguards.Change(grant, ended, unit, ct)));
    }
}
