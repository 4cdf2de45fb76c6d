using System.Text.Json;
using PersonalCareApi.Background;
using PersonalCareApi.Data;
using PersonalCareApi.Domain;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Partners;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Protection;
using PersonalCareApi.Rendering.Pages;

namespace PersonalCareApi.Outgoing.Exports;

/// <summary>Puts an archive together: every category decided as of now, as the caller who asked, looked up again.</summary>
/// <remarks>
/// A job has no grant of its own and keeps none. It asks the engine for each category when it runs, and every page compares
/// the versions those decisions were made at. When they have moved, or at the commit no longer hold, all of it is thrown
/// away and decided anew: an archive is what one state of the consents allowed, never a mixture of two.
/// </remarks>
internal sealed class BuildExport(
    StoredExports exports, ExportKinds kinds, ExportDecisions decisions, CallerDirectory callers, ArchiveChunks chunks, ClientKeys keys,
    ReceiptKeys signing, ContractSchemas schemas, PartnerRepository partners, ArchiveLifetime lifetime, TimeProvider time) : IRunsInBackground
{
    public const string JobKind = "export";

    private const string Operation = "BuildExport";
    private const int MostTries = 5;
    private static readonly TimeSpan Meanwhile = TimeSpan.FromSeconds(5);

    public string Kind => JobKind;

    public async Task<JobEnd> Run(HeldJob job, CancellationToken ct)
    {
        for (var tries = 0; tries < MostTries; tries++)
        {
            if (await exports.Find(job.Job, ct) is not { State: StoredExport.Building } export)
            {
                return new JobEnd.Finished();
            }

            try
            {
                if (await Build(job, export, ct))
                {
                    return new JobEnd.Finished();
                }
            }
            catch (DecisionOutdated)
            {
                // Decided again with what is so now.
            }
        }

        // The record's consents do not come to rest; the archive waits until they do.
        return new JobEnd.Later(time.GetUtcNow() + Meanwhile);
    }

    /// <summary>One attempt. False where what was decided no longer held when it was to be kept.</summary>
    private async Task<bool> Build(HeldJob job, StoredExport export, CancellationToken ct)
    {
        var (partnerId, clientId) = (export.PartnerId, export.ClientId);
        var ring = await keys.Of(partnerId, clientId, ct);
        var standing = ring.Open<StandingCaller>(BackgroundJobs.Kind, job.Job.Id, 1, job.Job.Arguments ?? []);
        if (await callers.FindAgain(partnerId, standing, ct) is not { } caller)
        {
            return await Stop(job, export, ring, StoredExport.CallerGone, ct);
        }

        var changes = await exports.Changes(export, ct);
        var uses = new List<UseOfData>();
        foreach (var category in kinds.All.Select(kind => kind.Category).Distinct())
        {
            uses.Add(await decisions.Decide(caller, clientId, standing.ClaimedPurpose, category, ct));
        }

        // Whoever asked must still be who they were on this record, and may still have what names it.
        if (!uses.Exists(use => use.Asked.Use.Category == DataCategory.Demographics && use.Grant?.ActingAs == export.For))
        {
            return await Stop(job, export, ring, StoredExport.NotPermitted, ct);
        }

        var now = time.GetUtcNow().ToStored();
        var withheld = uses.Where(use => use.Grant is null)
            .Select(use => new Withheld(use.Asked.Use.Category.Code(), use.ReasonCode ?? RefusalReason.NoConsent.Code()))
            .ToList();
        using var archive = new Archive(now);
        await Fill(archive, job, uses, withheld, export, now, ct);
        var whole = await Close(archive, export, uses, withheld, now, ct);
        await Write(job, export, ring, whole, ct);
        var done = export.Content with
        {
            Categories =
            [
                .. from grant in uses.Select(use => use.Grant).OfType<AccessGrant>()
                   select new ExportedCategory(grant.Use.Category.Code(), ExportDecisions.Extent(grant), (long)grant.LabelsMet),
            ],
            Withheld = withheld,
            Changes = changes,
            Bytes = whole.Length,
            ReadyAt = now,
        };
        var unit = new WriteUnit(time);
        foreach (var use in uses)
        {
            unit.Uses.Add(use.Entry(
                Operation, use.Grant is null ? StatusCodes.Status403Forbidden : StatusCodes.Status200OK, export.Content.Trace));
        }

        var expiresAt = now + lifetime.KeptFor;
        StoredExports.Change(export, StoredExport.Ready, done, expiresAt, ring, unit);
        BackgroundJobs.Add(
            new Job
            {
                Id = Ids.New(now),
                PartnerId = partnerId,
                ClientId = clientId,
                Kind = ExpireExport.JobKind,
                AboutId = export.Id,
                DueAt = expiresAt,
            },
            unit);
        unit.GuardDecisions(caller.Seen);
        return await job.Commit(unit, ct) is CommitOutcome.Committed;
    }

    private async Task Fill(
        Archive archive, HeldJob job, List<UseOfData> uses, List<Withheld> withheld, StoredExport export, DateTimeOffset now, CancellationToken ct)
    {
        var permitted = uses.Where(use => use.Grant is not null).ToDictionary(use => use.Asked.Use.Category);
        var sections = new List<SummarySection>();
        var all = kinds.All;
        foreach (var (index, kind) in all.Index())
        {
            await job.Report(index, all.Count, ct);
            if (!permitted.TryGetValue(kind.Category, out var use))
            {
                continue;
            }

            var items = new List<object>();
            await foreach (var item in kind.Read(new ExportScope(use, [.. permitted.Keys]), ct).WithCancellation(ct))
            {
                items.Add(item);
            }

            var text = JsonSerializer.SerializeToUtf8Bytes(items, Json.Options);
            archive.Add($"{kind.Name}.json", text, kind.Category.Code(), items.Count);
            archive.Add($"schemas/{kind.Name}.schema.json", schemas.OfList(kind.Contract));
            sections.Add(new SummarySection(kind.Name, kind.Category.Code(), JsonSerializer.Deserialize<JsonElement>(text)));
        }

        archive.Add("summary.html", ExportSummaryPage.Render(new ExportSummary
        {
            Partner = await PartnerName(export, ct),
            IsForTheClient = export.For.Kind == PartyKind.Client,
            CreatedAt = now,
            Sections = sections,
            Withheld = [.. withheld.Select(one => one.Category)],
        }));
    }

    private async Task<byte[]> Close(
        Archive archive, StoredExport export, List<UseOfData> uses, List<Withheld> withheld, DateTimeOffset now, CancellationToken ct)
    {
        var grants = uses.Select(use => use.Grant).OfType<AccessGrant>().ToList();
        return await archive.Close(
            new ExportManifest
            {
                Export = export.Id,
                ClientId = export.ClientId,
                Partner = await PartnerName(export, ct),
                For = Records.PartyResponse.From(export.For),
                Purpose = grants[0].Purpose.Code,
                CreatedAt = now,
                Files = archive.Files,
                Withheld = withheld,
                Notice = DisclosureNotice.IsOwed(grants) ? DisclosureNotice.Text : null,
            },
            payload => signing.Sign(payload, Archive.TokenType, ct));
    }

    /// <summary>In pieces, each committed by itself; they are an archive only once the export says that it is ready.</summary>
    private async Task Write(HeldJob job, StoredExport export, ClientKeyRing ring, byte[] whole, CancellationToken ct)
    {
        var empty = new WriteUnit(time);
        ArchiveChunks.Remove(export.Id, export.PartnerId, empty);
        await job.Commit(empty, ct);
        foreach (var piece in chunks.Write(export.Id, export.PartnerId, export.ClientId, ring, whole))
        {
            var unit = new WriteUnit(time);
            piece(unit);
            await job.Commit(unit, ct);
        }
    }

    private async Task<bool> Stop(HeldJob job, StoredExport export, ClientKeyRing ring, string because, CancellationToken ct)
    {
        var unit = new WriteUnit(time);
        ArchiveChunks.Remove(export.Id, export.PartnerId, unit);
        StoredExports.Change(export, StoredExport.Stopped, export.Content with { StoppedBecause = because }, null, ring, unit);
        return await job.Commit(unit, ct) is CommitOutcome.Committed;
    }

    private async Task<string> PartnerName(StoredExport export, CancellationToken ct) =>
        (await partners.Find(export.PartnerId, ct))?.Name ?? throw new InvalidOperationException("The partner is gone.");
}
