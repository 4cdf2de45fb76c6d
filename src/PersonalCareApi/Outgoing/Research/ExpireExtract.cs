using PersonalCareApi.Background;
using PersonalCareApi.Data;

namespace PersonalCareApi.Outgoing.Research;

/// <summary>Removes an extract whose time is over.</summary>
internal sealed class ExpireExtract(StoredExtracts extracts, TimeProvider time) : IRunsInBackground
{
    public const string JobKind = "extract-expiry";

    public string Kind => JobKind;

    public async Task<JobEnd> Run(HeldJob job, CancellationToken ct)
    {
        if (await extracts.Find(job.Job.PartnerId, job.Job.AboutId, ct) is { State: StoredExtract.Ready } extract)
        {
            var unit = new WriteUnit(time);
            ArchiveChunks.Remove(extract.Id, extract.PartnerId, unit);
            extracts.Change(extract, StoredExtract.Expired, extract.Content with { Records = [] }, extract.ExpiresAt, unit);
            await job.Commit(unit, ct);
        }

        return new JobEnd.Finished();
    }
}
