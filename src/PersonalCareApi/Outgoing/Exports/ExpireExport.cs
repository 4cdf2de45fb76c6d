using PersonalCareApi.Background;
using PersonalCareApi.Data;
using PersonalCareApi.Protection;

namespace PersonalCareApi.Outgoing.Exports;

/// <summary>Removes an archive whose time is over.</summary>
internal sealed class ExpireExport(StoredExports exports, ClientKeys keys, TimeProvider time) : IRunsInBackground
{
    public const string JobKind = "export-expiry";

    public string Kind => JobKind;

    public async Task<JobEnd> Run(HeldJob job, CancellationToken ct)
    {
        if (await exports.Find(job.Job, ct) is { State: StoredExport.Ready } export)
        {
            var unit = new WriteUnit(time);
            ArchiveChunks.Remove(export.Id, export.PartnerId, unit);
            StoredExports.Change(
                export, StoredExport.Expired, export.Content, export.ExpiresAt, await keys.Of(export.PartnerId, export.ClientId, ct), unit);
            await job.Commit(unit, ct);
        }

        return new JobEnd.Finished();
    }
}
