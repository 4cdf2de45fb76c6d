using System.Text.Json;
using PersonalCareApi.Background;
using PersonalCareApi.Data;
using PersonalCareApi.Domain;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Outgoing.Exports;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Protection;
using PersonalCareApi.Records.Assessments;
using PersonalCareApi.Records.Goals;

namespace PersonalCareApi.Outgoing.Research;

/// <summary>Puts an extract together: each record of the partner decided by itself, for research, as the application that asked.</summary>
/// <remarks>
/// What a record gives is kept only if its ledger entries are: both are committed while the decisions still hold, record by
/// record. The extract remembers the versions, and is given to nobody once one of them has moved.
/// </remarks>
internal sealed class BuildExtract(
    StoredExtracts extracts, Facts facts, CallerDirectory callers, ResearchProjects projects, AssessmentRepository assessments,
    GoalRepository goals, ArchiveChunks chunks, ReceiptKeys signing, ArchiveLifetime lifetime, TimeProvider time,
    ILogger<BuildExtract> logger) : IRunsInBackground
{
    public const string JobKind = "research-extract";

    private const string Operation = "BuildResearchExtract";
    private const int ClientsAtATime = 50;
    private const int MostTries = 5;
    private const int OldestToldApart = 90;

    public string Kind => JobKind;

    public async Task<JobEnd> Run(HeldJob job, CancellationToken ct)
    {
        if (await extracts.Find(job.Job.PartnerId, job.Job.AboutId, ct) is not { State: StoredExtract.Building } extract)
        {
            return new JobEnd.Finished();
        }

        var caller = await callers.FindAgain(extract.PartnerId, extract.Content.Caller, ct);
        if (caller is null || caller.Caller.ApplicationId != extract.ApplicationId || ConsentEngine.CheckCaller(Asked(caller, Guid.Empty, DataCategory.Assessments)) is not null)
        {
            await End(job, extract, StoredExtract.Stopped, extract.Content, null, ct);
            return new JobEnd.Finished();
        }

        var project = projects.Of(extract.PartnerId, extract.Content.Project);
        var found = new Found();
        var total = await extracts.ClientCount(extract.PartnerId, ct);
        var after = Guid.Empty;
        while (await extracts.ClientsAfter(extract.PartnerId, after, ClientsAtATime, ct) is [.., var last] some)
        {
            foreach (var clientId in some)
            {
                await Add(job, extract, caller, clientId, project, found, ct);
            }

            after = last;
            await job.Report(found.LookedAt += some.Count, total, ct);
        }

        await Close(job, extract, caller, found, ct);
        return new JobEnd.Finished();
    }

    private static AccessRequest Asked(SignedIn caller, Guid clientId, DataCategory category) => new()
    {
        Caller = caller.Caller,
        ClientId = clientId,
        Use = new DataUse(category, DataAction.Share),
        ClaimedPurpose = PurposeOfUse.Research,
        ExtractsForResearch = true,
    };

    /// <summary>What one record gives; nothing where its consents do not come to rest, or something of it cannot be read.</summary>
    private async Task Add(
        HeldJob job, StoredExtract extract, SignedIn caller, Guid clientId, ResearchProject project, Found found, CancellationToken ct)
    {
        for (var tries = 0; tries < MostTries; tries++)
        {
            try
            {
                if (await TryAdd(job, extract, caller, clientId, project, found, ct))
                {
                    return;
                }
            }
            catch (DecisionOutdated)
            {
                // Decided again with what is so now.
            }
            catch (Exception failure) when (Unreadable.Is(failure))
            {
                // A key may have been retired between the row and its key; else it is left out, and the others are not.
                if (tries == MostTries - 1)
                {
                    Unreadable.LeftOut(logger, clientId, DataCategory.Assessments, DataCategory.Goals);
                }
            }
        }
    }

    private async Task<bool> TryAdd(
        HeldJob job, StoredExtract extract, SignedIn caller, Guid clientId, ResearchProject project, Found found, CancellationToken ct)
    {
        var tested = await Decide(caller, clientId, DataCategory.Assessments, ct);
        var pursued = await Decide(caller, clientId, DataCategory.Goals, ct);
        if (tested.Grant is null && pursued.Grant is null)
        {
            return true;
        }

        var known = tested.Grant is null ? null : await Decide(caller, clientId, DataCategory.Demographics, ct);
        var birthDate = known?.Grant is null ? null : known.Facts?.BirthDate;
        var subject = project.Subject(clientId);
        var shift = project.ShiftInDays(clientId);
        var rows = new List<ResearchAssessment>();
        var aims = new List<ResearchGoal>();
        if (tested.Grant is { } toTests)
        {
            rows.AddRange((await All(after => assessments.List(toTests, new AssessmentQuery { Limit = PageQuery.LargestLimit }, after, ct), row => new Position(row.Facts.OccurredAt, row.Id)))
                .Where(row => row.Status != Assessment.Retracted)
                .Select(row => Told(row, subject, shift, birthDate)));
        }

        if (pursued.Grant is { } toGoals)
        {
            aims.AddRange((await All(after => goals.List(toGoals, new GoalQuery { Limit = PageQuery.LargestLimit }, after, ct), row => new Position(row.Facts.OccurredAt, row.Id)))
                .Where(row => row.Status != GoalStatus.Retracted)
                .Select(row => new ResearchGoal { Subject = subject, Date = Shifted(row.Facts.OccurredAt, shift), Status = JsonNamingPolicy.KebabCaseLower.ConvertName($"{row.Status}") }));
        }

        if (rows.Count == 0 && aims.Count == 0)
        {
            return true;
        }

        var unit = new WriteUnit(time);
        var used = new[] { tested, pursued, known }.OfType<UseOfData>().Where(use => use.Grant is not null).ToList();
        foreach (var use in used)
        {
            unit.Uses.Add(use.Entry(Operation, StatusCodes.Status200OK, extract.Content.Trace));
        }

        unit.GuardDecisions(caller.Seen);
        switch (await job.Commit(unit, ct))
        {
            case CommitOutcome.Committed:
                found.Assessments.AddRange(rows);
                found.Goals.AddRange(aims);
                found.Grants.AddRange(used.Select(use => use.Grant!));
                found.Records.Add(new ExtractedRecord(clientId, used[0].Grant!.AccessVersion));
                return true;
            default:
                return false;
        }
    }

    private async Task<UseOfData> Decide(SignedIn caller, Guid clientId, DataCategory category, CancellationToken ct)
    {
        var use = new UseOfData(facts, time) { CallerSeenAt = caller.PartnerAccessVersion };
        await use.DecideAfresh(Asked(caller, clientId, category), ct);
        return use;
    }

    private static ResearchAssessment Told(Assessment row, string subject, int shift, DateOnly? birthDate) => new()
    {
        Subject = subject,
        Instrument = row.Facts.Part,
        InstrumentVersion = row.InstrumentVersion,
        Date = Shifted(row.Facts.OccurredAt, shift),
        Age = birthDate is { } born ? Math.Min(OldestToldApart, YearsBetween(born, DateOnly.FromDateTime(row.Facts.OccurredAt.UtcDateTime))) : null,
        Score = row.Content.Scored.Score,
        Severity = row.Content.Scored.Severity?.Code,
        Subscales = row.Content.Scored.Subscales.ToDictionary(scale => scale.Code, scale => scale.Score),
        Answers = row.Content.Answers.ToDictionary(answer => answer.Item, answer => answer.Value),
    };

    private static DateOnly Shifted(DateTimeOffset at, int days) => DateOnly.FromDateTime(at.UtcDateTime.AddDays(days));

    private static int YearsBetween(DateOnly from, DateOnly to) =>
        to.Year - from.Year - ((to.Month, to.Day).CompareTo((from.Month, from.Day)) < 0 ? 1 : 0);

    private static async Task<List<T>> All<T>(Func<Position?, Task<Rows<T>>> page, Func<T, Position> position)
    {
        var all = new List<T>();
        for (Position? after = null; ; after = position(all[^1]))
        {
            var rows = await page(after);
            all.AddRange(rows.Items);
            if (!rows.HasMore)
            {
                return all;
            }
        }
    }

    private async Task Close(HeldJob job, StoredExtract extract, SignedIn caller, Found found, CancellationToken ct)
    {
        var now = time.GetUtcNow().ToStored();
        var smallest = extract.Content.MinimumCellSize;

        // Of so few people even a row without a name points at somebody.
        var suppressed = found.Records.Count < smallest;
        using var archive = new Archive(now);
        archive.Add("assessments.ndjson", Lines(suppressed ? [] : found.Assessments), DataCategory.Assessments.Code());
        archive.Add("goals.ndjson", Lines(suppressed ? [] : found.Goals), DataCategory.Goals.Code());
        archive.Add("summary.json", JsonSerializer.Serialize(suppressed ? [] : Summary.Of(found.Assessments, smallest), Json.Options));
        var whole = await archive.Close(
            new ExtractManifest
            {
                Extract = extract.Id,
                Project = extract.Content.Project,
                Purpose = PurposeOfUse.Research.Code,
                CreatedAt = now,
                MinimumCellSize = smallest,
                Suppressed = suppressed,
                Files = archive.Files,
                Notice = DisclosureNotice.IsOwed(found.Grants) ? DisclosureNotice.Text : null,
            },
            payload => signing.Sign(payload, Archive.TokenType, ct));
        var empty = new WriteUnit(time);
        ArchiveChunks.Remove(extract.Id, extract.PartnerId, empty);
        await job.Commit(empty, ct);
        foreach (var piece in chunks.Write(extract.Id, extract.PartnerId, null, null, whole))
        {
            var unit = new WriteUnit(time);
            piece(unit);
            await job.Commit(unit, ct);
        }

        await End(
            job,
            extract,
            StoredExtract.Ready,
            extract.Content with { Records = found.Records, PartnerAccessVersion = caller.PartnerAccessVersion, Bytes = whole.Length },
            now + lifetime.KeptFor,
            ct);
    }

    private async Task End(HeldJob job, StoredExtract extract, string state, ExtractContent content, DateTimeOffset? expiresAt, CancellationToken ct)
    {
        var unit = new WriteUnit(time);
        extracts.Change(extract, state, content, expiresAt, unit);
        if (expiresAt is { } end)
        {
            BackgroundJobs.Add(
                new Job { Id = Ids.New(unit.Now), PartnerId = extract.PartnerId, Kind = ExpireExtract.JobKind, AboutId = extract.Id, DueAt = end },
                unit);
        }

        if (await job.Commit(unit, ct) is not CommitOutcome.Committed)
        {
            // An erasure has outdated it meanwhile: nothing of it stays.
            var removal = new WriteUnit(time);
            ArchiveChunks.Remove(extract.Id, extract.PartnerId, removal);
            await job.Commit(removal, ct);
        }
    }

    private static string Lines<T>(IEnumerable<T> rows) => string.Concat(rows.Select(row => JsonSerializer.Serialize(row, Json.Options) + "\n"));

    /// <summary>What has been gathered so far.</summary>
    private sealed class Found
    {
        public List<ResearchAssessment> Assessments { get; } = [];

        public List<ResearchGoal> Goals { get; } = [];

        public List<ExtractedRecord> Records { get; } = [];

        public List<AccessGrant> Grants { get; } = [];

        public int LookedAt { get; set; }
    }
}
