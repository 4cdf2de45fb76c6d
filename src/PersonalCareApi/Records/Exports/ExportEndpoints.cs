using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Background;
using PersonalCareApi.Data;
using PersonalCareApi.Domain;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Outgoing;
using PersonalCareApi.Outgoing.Exports;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Protection;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Records.Exports;

internal static class ExportEndpoints
{
    private const int MostAtOnce = 3;
    private const string Operation = "DownloadExport";

    public static void MapExports(this ClientRecordRoutes records)
    {
        // An archive names whose it is: whoever may not have that may have none.
        var exports = records.For("/exports", DataCategory.Demographics);

        exports.Share("/", Start).WithName("StartExport");
        exports.Read("/{id:guid}", Get).WithName("GetExport");
        exports.Fetch("/{id:guid}/content", Download).WithName(Operation).MayTakeLong()
            .Produces<FileContentHttpResult>(StatusCodes.Status200OK, MediaTypes.Zip);
    }

    /// <summary>Begins an archive of everything that you may have of the record.</summary>
    /// <remarks>
    /// It is put together in the background: JSON for each kind of item as this API answers it, a JSON schema for each, a
    /// page to read, a manifest with the hash of each file, and the manifest's signature (keys at
    /// <c>/.well-known/jwks.json</c>). Each data category is a decision of its own, with the action <c>share</c>, made when the
    /// archive is built; what is not permitted is left out, and the manifest says so. The client has the whole record, and of
    /// process notes what their authors released.
    /// </remarks>
    private static async Task<Results<Created<ExportResponse>, Problem>> Start(
        HttpContext http, AccessGrant grant, UseOfData use, ExportRepository exports, ClientKeys keys, WriteUnit unit, CancellationToken ct)
    {
        if (await exports.CountKept(grant, ct) >= MostAtOnce)
        {
            return Problems.StateConflict($"There are {MostAtOnce} archives of this record that you have asked for. They end by themselves.");
        }

        var claimed = use.Asked.ClaimedPurpose;
        var export = new StoredExport
        {
            Id = Ids.New(unit.Now),
            PartnerId = grant.PartnerId,
            ClientId = grant.ClientId,
            Version = 1,
            State = StoredExport.Building,
            RequestedAt = unit.Now,
            Content = new ExportContent
            {
                For = PartyResponse.From(grant.ActingAs),
                Purpose = claimed?.Code,
                Trace = Pipeline.Problem.TraceIdOf(http),
            },
        };
        var ring = await keys.For(grant, ct);
        var jobId = Ids.New(unit.Now);
        StoredExports.Add(export, ring, unit);
        BackgroundJobs.Add(
            new Job
            {
                Id = jobId,
                PartnerId = grant.PartnerId,
                ClientId = grant.ClientId,
                Kind = BuildExport.JobKind,
                AboutId = export.Id,
                DueAt = unit.Now,
                Arguments = ring.Seal(BackgroundJobs.Kind, jobId, 1, StandingCaller.Of(http.SignedIn(), claimed)),
            },
            unit);
        return Created($"/v1/clients/{grant.ClientId}/exports/{export.Id}", ExportResponse.From(export, null));
    }

    /// <summary>Gets how far an archive of yours is.</summary>
    /// <remarks>The client and everybody else see their own archives alone.</remarks>
    private static async Task<Results<Ok<ExportResponse>, Problem>> Get(
        Guid id, AccessGrant grant, ExportRepository exports, BackgroundJobs jobs, CancellationToken ct) =>
        await exports.Find(grant, id, ct) is { } export
            ? Ok(ExportResponse.From(export, await jobs.Progress(grant.PartnerId, BuildExport.JobKind, id, ct)))
            : Problems.NotFound();

    /// <summary>Downloads an archive of yours.</summary>
    /// <remarks>
    /// Every category in it is decided again, and each is an entry of its own. Where one is no longer permitted, or permits
    /// something else than when the archive was built, or anything on the record was changed since, the answer is 409: make
    /// a new one. After <c>expiresAt</c> it is 410.
    /// </remarks>
    private static async Task<Results<FileContentHttpResult, Problem>> Download(
        Guid id, HttpContext http, AccessGrant grant, UseOfData use, ExportRepository exports, StoredExports stored, ExportDecisions decisions,
        ArchiveChunks chunks, ClientKeys keys, WriteUnit unit, CancellationToken ct)
    {
        if (await exports.Find(grant, id, ct) is not { } export)
        {
            return Problems.NotFound();
        }

        if (export.State == StoredExport.Expired || export.ExpiresAt <= unit.Now)
        {
            return Problems.Gone("The archive was kept for a time, and that time is over.");
        }

        if (export.State != StoredExport.Ready)
        {
            return Problems.StateConflict("The archive is not ready.");
        }

        if (export.Content.Purpose != use.Asked.ClaimedPurpose?.Code || await stored.Changes(export, ct) != export.Content.Changes)
        {
            return Outdated();
        }

        foreach (var exported in export.Content.Categories)
        {
            if (!DataCategories.TryParse(exported.Category, out var category)
                || await decisions.Decide(http.SignedIn(), grant.ClientId, use.Asked.ClaimedPurpose, category, ct) is not { Grant: { } again } decided
                || ExportDecisions.Extent(again) != exported.Extent)
            {
                return Outdated();
            }

            again.Meets((Sensitivity)exported.Labels);
            unit.Took(again, decided.Entry(Operation, StatusCodes.Status200OK, Pipeline.Problem.TraceIdOf(http)));
        }

        return Bytes(await chunks.Read(id, grant.PartnerId, await keys.For(grant, ct), ct), MediaTypes.Zip, $"record-{id}.zip");
    }

    private static Problem Outdated() =>
        Problems.StateConflict("What you may have of the record is not what this archive was made of any more. Make a new one.");
}
