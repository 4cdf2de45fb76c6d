using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Data;
using PersonalCareApi.Domain;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Records.EmergencyAccesses;

internal static class EmergencyAccessEndpoints
{
    /// <summary>How long after its end somebody else has to look at an emergency access.</summary>
    private static readonly TimeSpan ReviewWithin = TimeSpan.FromDays(3);

    public static void MapEmergencyAccesses(this IEndpointRouteBuilder v1, ClientRecordRoutes records)
    {
        v1.MapHandler(HttpMethods.Get, "/emergency-accesses", ListDue).WithTags("emergency-accesses").RequireAuthorization().WithName("ListDueEmergencyReviews")
            .WithMetadata(new DecidesPerClient(new DataUse(DataCategory.Demographics, DataAction.Read)) { ReviewsEmergencies = true });

        var accesses = records.For("/emergency-accesses", DataCategory.Demographics);
        accesses.ReadEmergencies("/", List).WithName("ListEmergencyAccesses");
        accesses.ReadEmergencies("/{id:guid}", Get).WithName("GetEmergencyAccess");
        accesses.ReadEmergencies("/{id:guid}/versions", ListVersions).WithName("ListEmergencyAccessVersions");
        accesses.ReadEmergencies("/{id:guid}/versions/{version:int}", GetVersion).WithName("GetEmergencyAccessVersion");
        accesses.ReviewEmergency("/{id:guid}/review", Review).WithName("ReviewEmergencyAccess");
        records.DeclareEmergency("/emergency-accesses", Declare, "emergency-accesses").WithName("DeclareEmergency");
        records.DeclareEmergency("/emergency-accesses/{id:guid}/termination", End, "emergency-accesses").WithName("EndEmergencyAccess");
    }

    /// <summary>Lists the emergency accesses that wait for a review, oldest first.</summary>
    /// <remarks>
    /// For the partner's auditor (role <c>auditor</c>, scope <c>audit:read</c>), over all clients: ids and times, and no data
    /// but that there was an emergency. Each is listed until its review is recorded.
    /// </remarks>
    private static async Task<Results<Ok<Page<DueReviewResponse>>, Problem>> ListDue(
        Query<DueReviewQuery> query, HttpContext http, UseOfData use, DueReviews due, Cursors cursors, WriteUnit unit, CancellationToken ct)
    {
        if (!http.Caller().IsAuditor)
        {
            return Problems.Forbidden("Only the partner's auditor lists the reviews of all clients.");
        }

        if (cursors.TryRead(query.Value.Cursor, http, out var after) is { } refusal)
        {
            return refusal;
        }

        var page = await due.Find(use, after, query.Value.Size, "ListDueEmergencyReviews", Pipeline.Problem.TraceIdOf(http), ct);
        foreach (var (grant, entry) in page.Uses)
        {
            unit.Took(grant, entry);
        }

        return Ok(new Page<DueReviewResponse>
        {
            Items = page.Items,
            NextCursor = page.Next is { } next ? cursors.After(next, http) : null,
            Total = null,
        });
    }

    /// <summary>Lists the emergency accesses to this record, newest first.</summary>
    /// <remarks>The client sees each at once; the partner's auditor sees them to review, and nothing else of the record.</remarks>
    private static async Task<Results<Ok<Page<EmergencyAccessResponse>>, Problem>> List(
        Query<PageQuery> query, HttpContext http, AccessGrant grant, EmergencyAccessRepository accesses, Cursors cursors, CancellationToken ct)
    {
        if (cursors.TryRead(query.Value.Cursor, http, out var after) is { } refusal)
        {
            return refusal;
        }

        var rows = await accesses.List(grant, after, query.Value.Size, ct);
        return Ok(cursors.Page(
            rows, row => EmergencyAccessResponse.Of(grant, row), row => new Position(row.Facts.OccurredAt, row.Id), http));
    }

    /// <summary>Gets one emergency access.</summary>
    private static async Task<Results<Ok<EmergencyAccessResponse>, Problem>> Get(
        Guid id, AccessGrant grant, EmergencyAccessRepository accesses, CancellationToken ct) =>
        await accesses.Find(grant, id, ct) is { } access ? Ok(EmergencyAccessResponse.Of(grant, access)) : Problems.NotFound();

    /// <summary>Lists every version of an emergency access, oldest first.</summary>
    private static Task<Results<Ok<Page<EmergencyAccessResponse>>, Problem>> ListVersions(
        Guid id, Query<PageQuery> query, HttpContext http, AccessGrant grant, EmergencyAccessRepository accesses, Cursors cursors,
        CancellationToken ct) =>
        cursors.Versions(
            query.Value, http, (after, limit) => accesses.Versions(grant, id, after, limit, ct),
            version => EmergencyAccessResponse.Of(grant, version));

    /// <summary>Gets one version of an emergency access as it was.</summary>
    private static async Task<Results<Ok<EmergencyAccessResponse>, Problem>> GetVersion(
        Guid id, int version, AccessGrant grant, EmergencyAccessRepository accesses, CancellationToken ct) =>
        await accesses.FindVersion(grant, id, version, ct) is { } access
            ? Ok(EmergencyAccessResponse.Of(grant, access))
            : Problems.NotFound();

    /// <summary>Declares an emergency: from this answer on the record can be read, for a time.</summary>
    /// <remarks>
    /// By a practitioner whom the partner entitles to it, related to the record or not. It opens reading alone, of every
    /// label, but no process notes; every use stands in the access history as made in an emergency, the client is told at
    /// once, and somebody else reviews it. One at a time: it cannot be made longer, only declared anew once it has ended.
    /// It opens nothing from the moment on in which the partner takes the entitlement away.
    /// Refused with <c>denied-by-client</c> where the client's own denial names emergencies (<c>ETREAT</c>, <c>BTG</c>) and
    /// leaves nothing to read.
    /// </remarks>
    private static async Task<Results<Created<EmergencyAccessResponse>, Problem>> Declare(
        Body<DeclareEmergency> body, AccessGrant grant, UseOfData use, EmergencyAccessRepository accesses, WriteUnit unit, CancellationToken ct)
    {
        var practitioner = grant.ActingAs.Id;

        // Not whether it has begun: one that was declared while this request waited begins after this request's now.
        if (use.Facts!.Emergencies.Any(one => one.PractitionerId == practitioner && one.Period.Until > unit.Now))
        {
            return Problems.StateConflict("Your emergency access to this record is still open.");
        }

        var until = unit.Now.AddMinutes(body.Value.Minutes);
        var access = new DeclaredEmergency
        {
            ClientId = grant.ClientId,
            Access = new EmergencyAccess(Ids.New(unit.Now), practitioner, new Period(unit.Now, until)),
            Version = 1,
            Facts = new ItemFacts(Sensitivity.None, practitioner, Emergency.Part, unit.Now),
            ReviewDueAt = until + ReviewWithin,
            Content = new EmergencyContent
            {
                Reason = body.Value.Reason,
                ClientCannotBeAskedBecause = body.Value.ClientCannotBeAskedBecause,
                DeclaredUntil = until,
            },
        };
        await accesses.Add(grant, access, unit, ct);
        return Created($"/v1/clients/{grant.ClientId}/emergency-accesses/{access.Id}", EmergencyAccessResponse.Of(grant, access));
    }

    /// <summary>Ends an emergency access before its time: by its holder, once it is no longer needed.</summary>
    private static async Task<Results<Ok<EmergencyAccessResponse>, Problem>> End(
        Guid id, IfMatch ifMatch, AccessGrant grant, EmergencyAccessRepository accesses, WriteUnit unit, CancellationToken ct)
    {
        // The grant reaches one's own declarations alone: another's is not found.
        if (await accesses.Find(grant, id, ct) is not { } access)
        {
            return Problems.NotFound();
        }

        if (access.Version != ifMatch.Version)
        {
            return Problems.PreconditionFailed();
        }

        if (access.Access.Period.Until <= unit.Now)
        {
            return Problems.StateConflict("The emergency access has ended already.");
        }

        var ended = access with
        {
            Access = access.Access with { Period = access.Access.Period with { Until = unit.Now } },
            Content = access.Content with { TerminatedAt = unit.Now },
        };
        return Ok(EmergencyAccessResponse.Of(grant, await accesses.Change(grant, ended, unit, ct)));
    }

    /// <summary>Records the review of an emergency access.</summary>
    /// <remarks>
    /// By the partner's auditor, or by another member of the care team; never by its holder. It is reviewed once it has
    /// ended, so that nothing is read after the review, and once.
    /// </remarks>
    private static async Task<Results<Ok<EmergencyAccessResponse>, Problem>> Review(
        Guid id, Body<ReviewEmergency> body, IfMatch ifMatch, AccessGrant grant, UseOfData use, EmergencyAccessRepository accesses,
        WriteUnit unit, CancellationToken ct)
    {
        if (use.Facts!.Emergencies.Any(one => one.Id == id && one.PractitionerId == grant.ActingAs.Id))
        {
            return Problems.Forbidden("Nobody reviews their own access.");
        }

        if (await accesses.Find(grant, id, ct) is not { } access)
        {
            return Problems.NotFound();
        }

        if (!grant.Caller.IsAuditor && !use.InCareTeam)
        {
            return Problems.Forbidden("The partner's auditor or the care team reviews an emergency access.");
        }

        if (access.Version != ifMatch.Version)
        {
            return Problems.PreconditionFailed();
        }

        if (access.Access.Period.Until > unit.Now)
        {
            return Problems.StateConflict("The emergency access is still open.");
        }

        if (access.ReviewedAt is not null)
        {
            return Problems.StateConflict("The emergency access has been reviewed already.");
        }

        var reviewed = access with
        {
            ReviewedAt = unit.Now,
            Content = access.Content with
            {
                Review = new Review(PartyResponse.From(grant.ActingAs), unit.Now, body.Value.Outcome, body.Value.Note),
            },
        };
        return Ok(EmergencyAccessResponse.Of(grant, await accesses.Change(grant, reviewed, unit, ct)));
    }
}
