using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Data;
using PersonalCareApi.Domain;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Reference.Instruments;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Records.AssessmentRequests;

internal static class AssessmentRequestEndpoints
{
    public static void MapAssessmentRequests(this ClientRecordRoutes records)
    {
        var requests = records.For("/assessment-requests", DataCategory.Assessments);

        requests.Read("/", List).WithName("ListAssessmentRequests");
        requests.Read("/{id:guid}", Get).WithName("GetAssessmentRequest");
        requests.Read("/{id:guid}/versions", ListVersions).WithName("ListAssessmentRequestVersions");
        requests.Read("/{id:guid}/versions/{version:int}", GetVersion).WithName("GetAssessmentRequestVersion");
        requests.Write("/", Ask).WithName("RequestAssessment");
        requests.Write("/{id:guid}/ending", End).WithName("EndAssessmentRequest");
    }

    /// <summary>Lists what the client is asked to answer, newest first.</summary>
    private static async Task<Results<Ok<Page<AssessmentRequestResponse>>, Problem>> List(
        Query<AssessmentRequestQuery> query, HttpContext http, AccessGrant grant, AssessmentRequestRepository requests, Cursors cursors,
        CancellationToken ct)
    {
        if (cursors.TryRead(query.Value.Cursor, http, out var after) is { } refusal)
        {
            return refusal;
        }

        var rows = await requests.List(grant, query.Value, after, ct);
        return Ok(cursors.Page(rows, row => AssessmentRequestResponse.From(grant, row), row => new Position(row.RecordedAt, row.Id), http));
    }

    /// <summary>Gets one request.</summary>
    private static async Task<Results<Ok<AssessmentRequestResponse>, Problem>> Get(
        Guid id, AccessGrant grant, AssessmentRequestRepository requests, CancellationToken ct) =>
        await requests.Find(grant, id, ct) is { } request ? Ok(AssessmentRequestResponse.From(grant, request)) : Problems.NotFound();

    /// <summary>Lists every version of a request, oldest first.</summary>
    private static Task<Results<Ok<Page<AssessmentRequestResponse>>, Problem>> ListVersions(
        Guid id, Query<PageQuery> query, HttpContext http, AccessGrant grant, AssessmentRequestRepository requests, Cursors cursors,
        CancellationToken ct) =>
        cursors.Versions(
            query.Value, http, (after, limit) => requests.Versions(grant, id, after, limit, ct),
            version => AssessmentRequestResponse.From(grant, version));

    /// <summary>Gets one version of a request as it was.</summary>
    private static async Task<Results<Ok<AssessmentRequestResponse>, Problem>> GetVersion(
        Guid id, int version, AccessGrant grant, AssessmentRequestRepository requests, CancellationToken ct) =>
        await requests.FindVersion(grant, id, version, ct) is { } request ? Ok(AssessmentRequestResponse.From(grant, request)) : Problems.NotFound();

    /// <summary>Asks the client to answer an instrument, once or again and again.</summary>
    /// <remarks>
    /// Due ones are among the client's <c>/v1/me/tasks</c>. An assessment by that instrument that names the request in <c>requestId</c>
    /// answers it: it is then due at its next time, however many were missed before.
    /// </remarks>
    private static async Task<Results<Created<AssessmentRequestResponse>, Problem>> Ask(
        Body<RequestAssessment> body, AccessGrant grant, InstrumentShelf shelf, InstrumentLicenceRepository licences,
        AssessmentRequestRepository requests, WriteUnit unit, CancellationToken ct)
    {
        var asked = body.Value;
        if (await shelf.Find(grant.PartnerId, asked.Instrument, ct) is not { } instrument)
        {
            return Problems.Invalid(Fault.InBody("#/instrument", "unknown-reference", "There is no instrument with this code."));
        }

        if (await licences.Lacks(instrument, grant.PartnerId, ct) is { } unlicensed)
        {
            return unlicensed;
        }

        var due = asked.DueAt.ToStored();
        var request = new StoredRequest
        {
            Id = Ids.New(unit.Now),
            Version = 1,
            Status = AssessmentRequestStatus.Active,
            Facts = new ItemFacts(instrument.Labels, grant.ActingAs.Id, instrument.Code, unit.Now),
            NextDueAt = due,
            Content = new RequestContent
            {
                DueAt = due,
                NextDueAt = due,
                Recurrence = asked.Recurrence,
                Message = asked.Message,
                RequestedBy = PartyResponse.From(grant.ActingAs),
            },
            RecordedAt = unit.Now,
        };
        await requests.Add(grant, request, unit, ct);
        return Created($"/v1/clients/{grant.ClientId}/assessment-requests/{request.Id}", AssessmentRequestResponse.From(grant, request));
    }

    /// <summary>Ends a request: the client is no longer asked.</summary>
    private static async Task<Results<Ok<AssessmentRequestResponse>, Problem>> End(
        Guid id, Body<EndAssessmentRequest> body, IfMatch ifMatch, AccessGrant grant, AssessmentRequestRepository requests, WriteUnit unit,
        CancellationToken ct)
    {
        if (await requests.Find(grant, id, ct) is not { } request)
        {
            return Problems.NotFound();
        }

        if (request.Version != ifMatch.Version)
        {
            return Problems.PreconditionFailed();
        }

        if (request.Status != AssessmentRequestStatus.Active)
        {
            return Problems.StateConflict("The client is not asked any more.");
        }

        var ended = request with
        {
            Version = request.Version + 1,
            Status = AssessmentRequestStatus.Ended,
            NextDueAt = null,
            Content = request.Content with
            {
                NextDueAt = null,
                Ending = new RecordedFact(PartyResponse.From(grant.ActingAs), unit.Now, body.Value.Reason),
            },
        };
        await requests.Change(grant, ended, unit, WriteMiss.StaleVersion, ct);
        return Ok(AssessmentRequestResponse.From(grant, ended));
    }
}
