using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Records.Flags;
using PersonalCareApi.Records.Prompts;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Records.Assessments;

internal static class AssessmentEndpoints
{
    public static void MapAssessments(this ClientRecordRoutes records)
    {
        var assessments = records.For("/assessments", DataCategory.Assessments);

        assessments.Read("/", List).WithName("ListAssessments");
        assessments.Read("/{id:guid}", Get).WithName("GetAssessment");
        assessments.Read("/{id:guid}/versions", ListVersions).WithName("ListAssessmentVersions");
        assessments.Read("/{id:guid}/versions/{version:int}", GetVersion).WithName("GetAssessmentVersion");
        assessments.Write("/", Administration.Administer, clientIsAuthor: true).WithName("AdministerInstrument");
        assessments.Write("/{id:guid}/retraction", Retract, clientIsAuthor: true).WithName("RetractAssessment");
    }

    /// <summary>Lists the client's assessments, newest first.</summary>
    /// <remarks>Exactly those that you may read: the total counts them and no others.</remarks>
    private static async Task<Results<Ok<Page<AssessmentResponse>>, Problem>> List(
        Query<AssessmentQuery> query, HttpContext http, AccessGrant grant, AssessmentRepository assessments, Cursors cursors,
        CancellationToken ct)
    {
        if (cursors.TryRead(query.Value.Cursor, http, out var after) is { } refusal)
        {
            return refusal;
        }

        var rows = await assessments.List(grant, query.Value, after, ct);
        return Ok(cursors.Page(
            rows, row => AssessmentResponse.From(grant, row), row => new Position(row.Facts.OccurredAt, row.Id), http));
    }

    /// <summary>Gets one assessment with its answers and score.</summary>
    private static async Task<Results<Ok<AssessmentResponse>, Problem>> Get(
        Guid id, AccessGrant grant, AssessmentRepository assessments, CancellationToken ct) =>
        await assessments.Find(grant, id, ct) is { } assessment
            ? Ok(AssessmentResponse.From(grant, assessment))
            : Problems.NotFound();

    /// <summary>Lists every version of an assessment, oldest first.</summary>
    private static Task<Results<Ok<Page<AssessmentResponse>>, Problem>> ListVersions(
        Guid id, Query<PageQuery> query, HttpContext http, AccessGrant grant, AssessmentRepository assessments, Cursors cursors,
        CancellationToken ct) =>
        cursors.Versions(
            query.Value, http, (after, limit) => assessments.Versions(grant, id, after, limit, ct), version => AssessmentResponse.From(grant, version));

    /// <summary>Gets one version of an assessment as it was.</summary>
    private static async Task<Results<Ok<AssessmentResponse>, Problem>> GetVersion(
        Guid id, int version, AccessGrant grant, AssessmentRepository assessments, CancellationToken ct) =>
        await assessments.FindVersion(grant, id, version, ct) is { } assessment
            ? Ok(AssessmentResponse.From(grant, assessment))
            : Problems.NotFound();

    /// <summary>Retracts an assessment that was entered in error.</summary>
    /// <remarks>It stays readable, marked, with who, when and why; its flags are closed, and so are the prompts
    /// that rest on it and that nobody has answered. The client and representatives retract what they entered.</remarks>
    private static async Task<Results<Ok<AssessmentResponse>, Problem>> Retract(
        Guid id, Body<RetractAssessment> body, IfMatch ifMatch, AccessGrant grant, AssessmentRepository assessments, FlagRepository flags,
        PromptRepository prompts, WriteUnit unit, CancellationToken ct)
    {
        if (await assessments.Find(grant, id, ct) is not { } assessment)
        {
            return Problems.NotFound();
        }

        if (grant.ActingAs.Kind is PartyKind.Client or PartyKind.Representative && assessment.Facts.AuthorId != grant.ActingAs.Id)
        {
            return Problems.Forbidden("The client and representatives retract what they entered themselves.");
        }

        if (assessment.Version != ifMatch.Version)
        {
            return Problems.PreconditionFailed();
        }

        if (assessment.Status == Assessment.Retracted)
        {
            return Problems.StateConflict("The assessment is retracted already.");
        }

        var retraction = new RetractionContent(PartyResponse.From(grant.ActingAs), unit.Now, body.Value.Reason);
        var closing = new RecordedFact(retraction.By, retraction.At, retraction.Reason);
        await flags.CloseOf(grant, id, closing, unit, ct);
        await prompts.CloseOn(grant, id, closing, unit, ct);
        return Ok(AssessmentResponse.From(grant, await assessments.Retract(grant, assessment, retraction, unit, ct)));
    }
}
