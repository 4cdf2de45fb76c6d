using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Background;
using PersonalCareApi.Data;
using PersonalCareApi.Domain;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Outgoing.Research;

internal static class ExtractEndpoints
{
    private const int MostAtOnce = 3;

    public static void MapResearchExtracts(this IEndpointRouteBuilder v1)
    {
        var extracts = v1.MapGroup("/research-extracts").WithTags("research-extracts").RequireAuthorization().WithMetadata(new ExtractsForResearch());
        extracts.MapHandler(HttpMethods.Post, "/", Start).WithName("StartResearchExtract");
        extracts.MapHandler(HttpMethods.Get, "/{id:guid}", Get).WithName("GetResearchExtract");
        extracts.MapHandler(HttpMethods.Get, "/{id:guid}/content", Download).WithName("DownloadResearchExtract").MayTakeLong()
            .Produces<FileContentHttpResult>(StatusCodes.Status200OK, MediaTypes.Zip);
    }

    /// <summary>Begins an extract of what your clients have consented to research, and of nothing else.</summary>
    /// <remarks>
    /// For an application that acts alone, with the purpose <c>HRESCH</c>. Every record is decided by itself, with the action
    /// <c>share</c>, and each that is used has its entries on its ledger. Assessments and goals as NDJSON: pseudonyms that this
    /// project alone has, dates moved by up to 182 days (the same for all of a client), ages instead of birth dates (90 stands
    /// for above), no free text; and a summary without small counts. Ages only where demographics were consented to as well.
    /// </remarks>
    private static async Task<Results<Created<ExtractResponse>, Problem>> Start(
        Body<StartExtract> body, HttpContext http, UseOfData use, StoredExtracts extracts, WriteUnit unit, CancellationToken ct)
    {
        var caller = use.Asked.Caller;
        if (await extracts.CountKept(caller.PartnerId, caller.ApplicationId, ct) >= MostAtOnce)
        {
            return Problems.StateConflict($"There are {MostAtOnce} extracts that this application has asked for. They end by themselves.");
        }

        var extract = new StoredExtract
        {
            Id = Ids.New(unit.Now),
            PartnerId = caller.PartnerId,
            ApplicationId = caller.ApplicationId,
            State = StoredExtract.Building,
            CreatedAt = unit.Now,
            Content = new ExtractContent
            {
                Project = body.Value.Project,
                MinimumCellSize = body.Value.MinimumCellSize,
                Caller = StandingCaller.Of(http.SignedIn(), PurposeOfUse.Research),
                Trace = Pipeline.Problem.TraceIdOf(http),
            },
        };
        extracts.Add(extract, unit);
        BackgroundJobs.Add(
            new Job { Id = Ids.New(unit.Now), PartnerId = caller.PartnerId, Kind = BuildExtract.JobKind, AboutId = extract.Id, DueAt = unit.Now },
            unit);
        return Created($"/v1/research-extracts/{extract.Id}", ExtractResponse.From(extract, null));
    }

    /// <summary>Gets how far an extract of yours is.</summary>
    private static async Task<Results<Ok<ExtractResponse>, Problem>> Get(
        Guid id, UseOfData use, StoredExtracts extracts, BackgroundJobs jobs, CancellationToken ct) =>
        await Own(id, use, extracts, ct) is { } extract
            ? Ok(ExtractResponse.From(extract, await jobs.Progress(extract.PartnerId, BuildExtract.JobKind, id, ct)))
            : Problems.NotFound();

    /// <summary>Downloads an extract of yours.</summary>
    /// <remarks>Where any consent, or anything else that bears on who is in it, has changed since it was made, the answer is 409: make a new one.</remarks>
    private static async Task<Results<FileContentHttpResult, Problem>> Download(
        Guid id, HttpContext http, UseOfData use, StoredExtracts extracts, ArchiveChunks chunks, TimeProvider time, CancellationToken ct)
    {
        if (await Own(id, use, extracts, ct) is not { } extract)
        {
            return Problems.NotFound();
        }

        if (extract.State == StoredExtract.Expired || extract.ExpiresAt <= time.GetUtcNow())
        {
            return Problems.Gone("The extract was kept for a time, and that time is over.");
        }

        if (extract.State != StoredExtract.Ready)
        {
            return Problems.StateConflict(extract.State == StoredExtract.Building ? "The extract is not ready." : "The extract is no longer kept. Make a new one.");
        }

        return await extracts.IsStillSo(extract, http.SignedIn().PartnerAccessVersion, ct)
            ? Bytes(await chunks.Read(id, extract.PartnerId, null, ct), MediaTypes.Zip, $"research-{id}.zip")
            : Problems.StateConflict("Somebody has changed what may be used since. Make a new extract.");
    }

    private static async Task<StoredExtract?> Own(Guid id, UseOfData use, StoredExtracts extracts, CancellationToken ct) =>
        await extracts.Find(use.Asked.Caller.PartnerId, id, ct) is { } extract && extract.ApplicationId == use.Asked.Caller.ApplicationId ? extract : null;
}
