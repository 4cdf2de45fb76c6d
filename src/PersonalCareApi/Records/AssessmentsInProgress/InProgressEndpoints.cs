using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Data;
using PersonalCareApi.Domain;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Records.AssessmentRequests;
using PersonalCareApi.Records.Assessments;
using PersonalCareApi.Reference.Instruments;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Records.AssessmentsInProgress;

internal static class InProgressEndpoints
{
    private const string TheClientAlone = "Only the client, or a representative, answers an instrument bit by bit.";

    public static void MapAssessmentsInProgress(this ClientRecordRoutes records)
    {
        var begun = records.For("/assessments-in-progress", DataCategory.Assessments);

        begun.Read("/", List).WithName("ListAssessmentsInProgress");
        begun.Read("/{id:guid}", Get).WithName("GetAssessmentInProgress");
        begun.Read("/{id:guid}/versions", ListVersions).WithName("ListAssessmentInProgressVersions");
        begun.Read("/{id:guid}/versions/{version:int}", GetVersion).WithName("GetAssessmentInProgressVersion");
        begun.Write("/", Begin, clientIsAuthor: true).WithName("BeginAssessment");
        begun.Change("/{id:guid}", Save, clientIsAuthor: true).WithName("SaveAnswers");
        begun.Discard("/{id:guid}", Discard, clientIsAuthor: true).WithName("DiscardAssessmentInProgress");
        begun.Write("/{id:guid}/completion", Complete, clientIsAuthor: true).WithName("CompleteAssessment");
    }

    /// <summary>Lists what you are in the middle of answering, newest first.</summary>
    /// <remarks>Your own alone: until it is completed nobody else sees any of it, whatever is consented to.</remarks>
    private static async Task<Results<Ok<Page<InProgressResponse>>, Problem>> List(
        Query<PageQuery> query, HttpContext http, AccessGrant grant, InProgressRepository inProgress, Cursors cursors, CancellationToken ct)
    {
        if (cursors.TryRead(query.Value.Cursor, http, out var after) is { } refusal)
        {
            return refusal;
        }

        var rows = await inProgress.List(grant, after, query.Value.Size, ct);
        return Ok(cursors.Page(rows, row => InProgressResponse.From(grant, row), row => new Position(row.RecordedAt, row.Id), http));
    }

    /// <summary>Gets one of them with the answers so far.</summary>
    private static async Task<Results<Ok<InProgressResponse>, Problem>> Get(
        Guid id, AccessGrant grant, InProgressRepository inProgress, CancellationToken ct) =>
        await inProgress.Find(grant, id, ct) is { } begun ? Ok(InProgressResponse.From(grant, begun)) : Problems.NotFound();

    /// <summary>Lists every version of the answers so far, oldest first.</summary>
    private static Task<Results<Ok<Page<InProgressResponse>>, Problem>> ListVersions(
        Guid id, Query<PageQuery> query, HttpContext http, AccessGrant grant, InProgressRepository inProgress, Cursors cursors,
        CancellationToken ct) =>
        cursors.Versions(
            query.Value, http, (after, limit) => inProgress.Versions(grant, id, after, limit, ct), version => InProgressResponse.From(grant, version));

    /// <summary>Gets one version of the answers so far.</summary>
    private static async Task<Results<Ok<InProgressResponse>, Problem>> GetVersion(
        Guid id, int version, AccessGrant grant, InProgressRepository inProgress, CancellationToken ct) =>
        await inProgress.FindVersion(grant, id, version, ct) is { } begun ? Ok(InProgressResponse.From(grant, begun)) : Problems.NotFound();

    /// <summary>Begins to answer an instrument; the answers are saved until it is completed.</summary>
    /// <remarks>By the client, or a representative. Nothing is scored and no flag is raised before it is completed: nobody sees it yet.</remarks>
    private static async Task<Results<Created<InProgressResponse>, Problem>> Begin(
        Body<BeginAssessment> body, AccessGrant grant, InstrumentShelf shelf, InstrumentLicenceRepository licences,
        InProgressRepository inProgress, AssessmentRequestRepository requests, WriteUnit unit, CancellationToken ct)
    {
        if (grant.ActingAs.Kind is not (PartyKind.Client or PartyKind.Representative))
        {
            return Problems.Forbidden(TheClientAlone);
        }

        var first = body.Value;
        if (await shelf.Find(grant.PartnerId, first.Instrument, ct) is not { } instrument)
        {
            return Problems.Invalid(Fault.InBody("#/instrument", "unknown-reference", "There is no instrument with this code."));
        }

        if (await licences.Lacks(instrument, grant.PartnerId, ct) is { } unlicensed)
        {
            return unlicensed;
        }

        if (Administering.FaultsOf(instrument, first.Answers) is { } faulty)
        {
            return faulty;
        }

        if (first.RequestId is { } asked && (await requests.Find(grant, asked, ct))?.Facts.Part != instrument.Code)
        {
            return Administering.UnknownRequest();
        }

        var begun = new InProgress
        {
            Id = Ids.New(unit.Now),
            Version = 1,
            Facts = new ItemFacts(instrument.Labels, grant.ActingAs.Id, instrument.Code, unit.Now),
            Content = new InProgressContent
            {
                InstrumentVersion = instrument.Version,
                Language = first.Language,
                RequestId = first.RequestId,
                Answers = first.Answers,
                SavedAt = unit.Now,
            },
            RecordedAt = unit.Now,
        };
        await inProgress.Add(grant, begun, unit, ct);
        return Created($"/v1/clients/{grant.ClientId}/assessments-in-progress/{begun.Id}", InProgressResponse.From(grant, begun));
    }

    /// <summary>Saves the answers so far.</summary>
    /// <remarks>A merge patch (RFC 7396): <c>answers</c> takes the place of all that were. <c>If-Match</c> keeps two devices apart.</remarks>
    private static async Task<Results<Ok<InProgressResponse>, Problem>> Save(
        Guid id, MergePatch<SaveAnswers> patch, IfMatch ifMatch, AccessGrant grant, InstrumentShelf shelf, InProgressRepository inProgress,
        WriteUnit unit, CancellationToken ct)
    {
        if (await inProgress.Find(grant, id, ct) is not { } begun)
        {
            return Problems.NotFound();
        }

        if (begun.Version != ifMatch.Version)
        {
            return Problems.PreconditionFailed();
        }

        if (patch.Apply(new SaveAnswers { Answers = begun.Content.Answers }, out var saved) is { } refusal)
        {
            return refusal;
        }

        if (await shelf.Find(grant.PartnerId, begun.Facts.Part, begun.Content.InstrumentVersion, ct) is { } instrument
            && Administering.FaultsOf(instrument, saved.Answers) is { } faulty)
        {
            return faulty;
        }

        var next = begun with { Version = begun.Version + 1, Content = begun.Content with { Answers = saved.Answers, SavedAt = unit.Now } };
        await inProgress.Save(grant, next, unit, ct);
        return Ok(InProgressResponse.From(grant, next));
    }

    /// <summary>Discards the answers so far, with all their versions.</summary>
    private static async Task<Results<NoContent, Problem>> Discard(
        Guid id, IfMatch ifMatch, AccessGrant grant, InProgressRepository inProgress, WriteUnit unit, CancellationToken ct)
    {
        if (await inProgress.Find(grant, id, ct) is not { } begun)
        {
            return Problems.NotFound();
        }

        if (begun.Version != ifMatch.Version)
        {
            return Problems.PreconditionFailed();
        }

        await inProgress.Remove(grant, begun, unit, ct);
        return NoContent();
    }

    /// <summary>Completes it: it is scored, critical answers raise their flags, and it is an assessment like any other.</summary>
    /// <remarks>
    /// The assessment has the same id, under <c>assessments</c>. An instrument with critical items is not taken where no practitioner
    /// could read its flag (409 <c>no-reader</c>); the answers stay saved then.
    /// </remarks>
    private static async Task<Results<Created<AssessmentResponse>, Problem>> Complete(
        Guid id, Body<CompleteAssessment> body, IfMatch ifMatch, AccessGrant grant, UseOfData use, InProgressRepository inProgress,
        Administering administering, WriteUnit unit, CancellationToken ct)
    {
        if (await inProgress.Find(grant, id, ct) is not { } begun)
        {
            return Problems.NotFound();
        }

        if (begun.Version != ifMatch.Version)
        {
            return Problems.PreconditionFailed();
        }

        // First, since what is deleted has versions under the id that the assessment takes over.
        await inProgress.Remove(grant, begun, unit, ct);
        var form = new AdministerInstrument
        {
            Instrument = begun.Facts.Part,
            InstrumentVersion = begun.Content.InstrumentVersion,
            Language = begun.Content.Language,
            AdministeredAt = body.Value.AdministeredAt ?? unit.Now,
            Mode = AdministrationMode.SelfReport,
            Sex = body.Value.Sex,
            Answers = begun.Content.Answers,
            RequestId = begun.Content.RequestId,
        };
        var (assessment, refusal) = await administering.Take(grant, use, form, id, unit, ct);
        return assessment is null
            ? refusal!
            : Created($"/v1/clients/{grant.ClientId}/assessments/{assessment.Id}", AssessmentResponse.From(grant, assessment));
    }
}
