using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Dapper;
using Microsoft.Data.Sqlite;
using PersonalCareApi.Data;
using PersonalCareApi.Domain.Ledger;
using PersonalCareApi.Records.Erasures;

namespace PersonalCareApi.Bench;

/// <summary>Holds what servers have acknowledged against what is in their database, row by row and entry by entry.</summary>
/// <remarks>
/// What completes a job is counted where only its completion writes: an export's version and the job that will expire it, the
/// entries of its uses; an erasure's entry, change row and certificate; a flag's version. A run that was broken off by a kill
/// and begun again is no second completion, and is counted apart.
/// </remarks>
internal sealed class Reckoning(
    string folder, ConcurrentBag<Written> writes, ConcurrentQueue<string> faults, ConcurrentDictionary<Guid, string> certificates)
{
    private static readonly string[] Collections = ["assessments", "consents", "goals", "exports", "erasures"];

    private readonly HashSet<Guid> kept = [];
    private Dictionary<string, Dictionary<Guid, int>> before = [];
    private int exports, expiries, extracts, erasures, keptInPart, flags, takenOver;

    static Reckoning() => ColumnTypes.Register();

    /// <summary>Acknowledged writes whose entry was sought, and found once.</summary>
    public int Entries { get; private set; }

    /// <summary>Whether a job of every kind was completed; by how many, the line tells.</summary>
    public bool SawEveryKind => exports > 0 && expiries > 0 && extracts > 0 && erasures > 0 && keptInPart > 0 && flags > 0;

    /// <summary>What was completed.</summary>
    public string Jobs =>
        $"{exports} exports, {extracts} research extracts, {expiries} expiries, {erasures} erasures ({keptInPart} of them kept a part, which "
        + $"went later), {flags} escalations; {takenOver} jobs begun again after a kill";

    /// <summary>The writes to collections of that name.</summary>
    public static IEnumerable<Written> Of(IEnumerable<Written> writes, string collection) =>
        writes.Where(write => write.Path.EndsWith(collection, StringComparison.Ordinal) && write.Status == HttpStatusCode.Created)
            .DistinctBy(write => write.Id);

    /// <summary>How many items the acknowledged writes to this path have made.</summary>
    public static int Made(IEnumerable<Written> writes, string path) => writes.Where(write => write.Path == path).DistinctBy(write => write.Id).Count();

    /// <summary>How many jobs are due, or still run.</summary>
    public static async Task<int> Due(string folder, TimeSpan ahead)
    {
        await using var database = Open(folder);

        // A job that waits for a moment, because somebody was in its way, is as good as due.
        return await database.ExecuteScalarAsync<int>(
            "SELECT COUNT(*) FROM background_job WHERE state IN ('waiting', 'running') AND due_at <= @Soon",
            new { Soon = TimeProvider.System.GetUtcNow() + ahead + TimeSpan.FromSeconds(30) });
    }

    /// <summary>What is there before the load.</summary>
    public async Task Begin()
    {
        await using var database = Open(folder);
        before = await Rows(database);
    }

    /// <summary>When the load has ended and all that was ordered is done.</summary>
    public async Task AfterTheLoad()
    {
        await using var database = Open(folder);
        var ledger = await Ledger(database);
        EachWriteHasItsEntry(ledger);
        await EachWriteIsThereOnce(database);
        await ExportsAreCompletedOnce(database, ledger, version: 2, "ready");
        await ExtractsAreCompletedOnce(database, ledger);
        await ErasuresAreCertifiedOnce(database, ledger, allGone: false);
        await FlagsHaveVersion(database, 1);
        await NoJobFailed(database);
    }

    /// <summary>When everything has expired, escalated and gone.</summary>
    public async Task WhenAllIsOver()
    {
        await using var database = Open(folder);
        var ledger = await Ledger(database);
        EachWriteHasItsEntry(ledger);
        await ExportsAreCompletedOnce(database, ledger, version: 3, "expired");
        await ErasuresAreCertifiedOnce(database, ledger, allGone: true);
        await FlagsHaveVersion(database, 2);
        await NoJobFailed(database);
        foreach (var kind in await database.QueryAsync<string>("SELECT kind FROM background_job WHERE state <> 'done'"))
        {
            faults.Enqueue($"A job {kind} is not done in the end.");
        }

        var pieces = await database.ExecuteScalarAsync<int>("SELECT COUNT(*) FROM archive_chunk");
        Expect(pieces == 0, $"{pieces} pieces of archives are left after all have expired.");
        expiries = await database.ExecuteScalarAsync<int>("SELECT COUNT(*) FROM background_job WHERE kind IN ('export-expiry', 'extract-expiry')");
        takenOver += await database.ExecuteScalarAsync<int>("SELECT COUNT(*) FROM background_job WHERE attempt > 1");
    }

    private void EachWriteHasItsEntry(ILookup<Guid, LedgerUse> ledger)
    {
        Entries = 0;
        foreach (var write in writes)
        {
            if (write.Decision is { } decision)
            {
                Entries++;
                Expect(ledger[decision].Count() == 1, $"The entry {decision} of {write.Path} is on the ledger {ledger[decision].Count()} times.");
            }
            else
            {
                // Over all records there is nothing to decide about yet: each is decided, and has its entries, by the job.
                Expect(write.Path == "/v1/research-extracts", $"{write.Path} was acknowledged without an entry.");
            }
        }
    }

    private async Task EachWriteIsThereOnce(SqliteConnection database)
    {
        var erased = Of(writes, "/erasures").Select(ClientOf).ToHashSet();
        var rows = await Rows(database);
        foreach (var collection in Collections)
        {
            var made = Of(writes, $"/{collection}").Where(write => collection == "erasures" || !erased.Contains(ClientOf(write))).CountBy(ClientOf).ToDictionary();
            var there = rows[collection];
            foreach (var clientId in made.Keys.Union(there.Keys).Where(id => collection == "erasures" || !erased.Contains(id)))
            {
                var expected = made.GetValueOrDefault(clientId) + before[collection].GetValueOrDefault(clientId);
                var found = there.GetValueOrDefault(clientId);
                Expect(found == expected, $"{clientId} has {found} of {expected} {collection}.");
            }
        }

        var ids = (await database.QueryAsync<Guid>(string.Join(" UNION ALL ", Collections.Append("clients").Select(one => $"SELECT {IdOf(one)} FROM {TableOf(one)}")))).ToHashSet();
        foreach (var write in writes.Where(write => write is { Status: HttpStatusCode.Created, Id: not null } && write.Path != "/v1/research-extracts"))
        {
            var gone = write.Path == "/v1/clients" ? erased.Contains(write.Id!.Value) : !write.Path.EndsWith("/erasures", StringComparison.Ordinal) && erased.Contains(ClientOf(write));
            Expect(gone || ids.Contains(write.Id!.Value), $"{write.Id} was acknowledged at {write.Path}, and is not there.");
        }

        var active = await database.ExecuteScalarAsync<int>(
            "SELECT COUNT(*) FROM consent WHERE status = 'active' AND id IN @Ids", new { Ids = WithdrawnIds() });
        Expect(active == 0, $"{active} consents whose withdrawal was acknowledged are active.");
    }

    private async Task ExportsAreCompletedOnce(SqliteConnection database, ILookup<Guid, LedgerUse> ledger, int version, string state)
    {
        var uses = ledger.SelectMany(one => one).Where(use => use.Operation == "BuildExport").ToLookup(use => use.Trace);
        var stored = (await database.QueryAsync<ExportRow>("SELECT id, version, state FROM record_export")).ToDictionary(row => row.Id);
        var jobs = (await JobsAbout(database)).ToLookup(job => job.AboutId);
        exports = 0;
        foreach (var export in Of(writes, "/exports"))
        {
            var entries = uses[export.Trace].CountBy(use => use.Use.Category).ToList();
            Expect(entries.All(category => category.Value == 1), $"The export {export.Id} has two entries for a category: it was completed twice.");

            // Of a record that was erased, the exports went with it, whether they were ready or not.
            if (stored.TryGetValue(export.Id!.Value, out var row))
            {
                exports++;
                Expect(entries.Count > 0, $"The export {export.Id} is ready and has no entry.");
                Expect((row.State, row.Version) == (state, version), $"The export {export.Id} is {row.State} in version {row.Version}, not {state} in version {version}.");
                ExpectJobs(jobs[export.Id.Value], export.Id.Value, ("export", 1), ("export-expiry", 1));
            }
        }
    }

    private async Task ExtractsAreCompletedOnce(SqliteConnection database, ILookup<Guid, LedgerUse> ledger)
    {
        var uses = ledger.SelectMany(one => one).Where(use => use.Operation == "BuildResearchExtract").ToLookup(use => use.Trace);
        var stored = (await database.QueryAsync<ExtractRow>("SELECT id, state FROM research_extract")).ToDictionary(row => row.Id);
        var jobs = (await JobsAbout(database)).ToLookup(job => job.AboutId);
        extracts = 0;
        foreach (var extract in Of(writes, "/research-extracts"))
        {
            extracts++;
            var state = stored.TryGetValue(extract.Id!.Value, out var row) ? row.State : "gone";
            Expect(state is "ready" or "outdated", $"The research extract {extract.Id} is {state}.");
            var about = jobs[extract.Id.Value].ToList();

            // Outdated before it was ready, it has nothing that expires.
            var expires = state == "ready" || about.Any(job => job.Kind == "extract-expiry");
            ExpectJobs(about, extract.Id.Value, ("research-extract", 1), ("extract-expiry", expires ? 1 : 0));

            // Records are read, and their entries made, one by one: a run that begins again reads them again.
            var runs = about.Where(job => job.Kind == "research-extract").Sum(job => job.Attempt);
            var most = uses[extract.Trace].CountBy(use => (use.ClientId, use.Use.Category)).Select(one => one.Value).DefaultIfEmpty().Max();
            Expect(most <= runs, $"The research extract {extract.Id} was begun {runs} times and has read a record {most} times.");
        }
    }

    private async Task ErasuresAreCertifiedOnce(SqliteConnection database, ILookup<Guid, LedgerUse> ledger, bool allGone)
    {
        var ends = ledger.SelectMany(one => one).Where(use => use is { Operation: "EraseRecord", ClientId: not null, Outcome: (int)HttpStatusCode.OK })
            .CountBy(use => use.ClientId!.Value).ToDictionary();
        var told = (await database.QueryAsync<CountRow>("SELECT client_id AS id, COUNT(*) AS rows FROM change_row WHERE what = 'erased' GROUP BY client_id"))
            .ToDictionary(row => row.Id, row => row.Rows);
        var stored = (await database.QueryAsync<ErasureRow>("SELECT id, state, certificate FROM erasure")).ToDictionary(row => row.Id);
        var jobs = (await JobsAbout(database)).ToLookup(job => job.AboutId);
        if (!allGone)
        {
            keptInPart = stored.Values.Count(row => row.State == Erasure.KeptInPart);
        }

        erasures = 0;
        foreach (var erasure in Of(writes, "/erasures"))
        {
            erasures++;
            var (id, clientId) = (erasure.Id!.Value, ClientOf(erasure));
            if (!stored.TryGetValue(id, out var row))
            {
                faults.Enqueue($"The erasure {id} is not there.");
                continue;
            }

            // What was kept has a second end of its own, when its time is over.
            var expected = allGone && kept.Contains(id) ? 2 : 1;
            if (!allGone && row.State == Erasure.KeptInPart)
            {
                kept.Add(id);
            }

            Expect(row.State == Erasure.Erased || (!allGone && row.State == Erasure.KeptInPart), $"The erasure {id} is {row.State}.");
            Expect(ends.GetValueOrDefault(clientId) == expected, $"The erasure {id} has ended {ends.GetValueOrDefault(clientId)} times on the ledger, not {expected}.");
            Expect(told.GetValueOrDefault(clientId) == 1, $"The erasure {id} is {told.GetValueOrDefault(clientId)} times in the feed of changes.");
            Expect(expected == 2 || !certificates.TryGetValue(id, out var given) || given == row.Certificate, $"The certificate of the erasure {id} was replaced.");
            ExpectJobs(jobs[id], id, ("erasure", 1));
        }
    }

    /// <summary>Raised by the assessment, they are escalated once, which is their second version.</summary>
    private async Task FlagsHaveVersion(SqliteConnection database, int version)
    {
        var rows = (await database.QueryAsync<FlagRow>("""
            SELECT flag.id, flag.version,
                   (SELECT COUNT(*) FROM item_version WHERE item_id = flag.id) AS versions,
                   (SELECT COUNT(*) FROM change_row WHERE item_id = flag.id) AS changes
            FROM flag
            """)).ToList();
        flags = rows.Count(row => row.Version == 2);
        var jobs = (await JobsAbout(database)).ToLookup(job => job.AboutId);
        foreach (var row in rows)
        {
            Expect(
                (row.Version, row.Versions, row.Changes) == (version, version, version),
                $"The flag {row.Id} is in version {row.Version} with {row.Versions} versions and {row.Changes} changes, each of which should be {version}.");
            ExpectJobs(jobs[row.Id], row.Id, ("flag-escalation", 1));
        }
    }

    private async Task NoJobFailed(SqliteConnection database)
    {
        foreach (var kind in await database.QueryAsync<string>("SELECT kind FROM background_job WHERE state = 'failed'"))
        {
            faults.Enqueue($"A job {kind} was given up.");
        }
    }

    private void ExpectJobs(IEnumerable<JobRow> jobs, Guid about, params (string Kind, int Count)[] expected)
    {
        var found = jobs.CountBy(job => job.Kind).ToDictionary();
        foreach (var (kind, count) in expected)
        {
            Expect(found.GetValueOrDefault(kind) == count, $"{about} has {found.GetValueOrDefault(kind)} jobs {kind}, not {count}.");
        }
    }

    private void Expect(bool holds, string otherwise)
    {
        if (!holds)
        {
            faults.Enqueue(otherwise);
        }
    }

    private List<Guid> WithdrawnIds() =>
        [.. writes.Where(write => write.Path.EndsWith("/withdrawal", StringComparison.Ordinal)).Select(write => Guid.Parse(write.Path.Split('/')[^2], CultureInfo.InvariantCulture))];

    /// <summary>The client whose record the path is under.</summary>
    private static Guid ClientOf(Written write) => Guid.Parse(write.Path.Split('/')[3], CultureInfo.InvariantCulture);

    private static async Task<Dictionary<string, Dictionary<Guid, int>>> Rows(SqliteConnection database)
    {
        var all = new Dictionary<string, Dictionary<Guid, int>>();
        foreach (var collection in Collections)
        {
            var counted = await database.QueryAsync<CountRow>($"SELECT client_id AS id, COUNT(*) AS rows FROM {TableOf(collection)} GROUP BY client_id");
            all.Add(collection, counted.ToDictionary(row => row.Id, row => row.Rows));
        }

        return all;
    }

    private static string TableOf(string collection) => collection == "exports" ? "record_export" : collection[..^1];

    private static string IdOf(string collection) => collection == "clients" ? "client_id" : "id";

    private static async Task<ILookup<Guid, LedgerUse>> Ledger(SqliteConnection database) =>
        (await database.QueryAsync<byte[]>("SELECT canonical FROM ledger_entry")).Select(LedgerChain.Read).ToLookup(use => use.Id);

    private static Task<IEnumerable<JobRow>> JobsAbout(SqliteConnection database) =>
        database.QueryAsync<JobRow>("SELECT about_id, kind, attempt FROM background_job");

    private static SqliteConnection Open(string folder)
    {
        var database = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = Path.Combine(folder, "personal-care.db"),
            Pooling = false,
            DefaultTimeout = 60,
        }.ToString());
        database.Open();
        return database;
    }

    private sealed record CountRow
    {
        public required Guid Id { get; init; }

        public required int Rows { get; init; }
    }

    private sealed record JobRow
    {
        public required Guid AboutId { get; init; }

        public required string Kind { get; init; }

        public required int Attempt { get; init; }
    }

    private sealed record ExportRow
    {
        public required Guid Id { get; init; }

        public required int Version { get; init; }

        public required string State { get; init; }
    }

    private sealed record ExtractRow
    {
        public required Guid Id { get; init; }

        public required string State { get; init; }
    }

    private sealed record ErasureRow
    {
        public required Guid Id { get; init; }

        public required string State { get; init; }

        public string? Certificate { get; init; }
    }

    private sealed record FlagRow
    {
        public required Guid Id { get; init; }

        public required int Version { get; init; }

        public required int Versions { get; init; }

        public required int Changes { get; init; }
    }
}
