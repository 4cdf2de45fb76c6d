using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PersonalCareApi.Data;
using PersonalCareApi.Development;
using PersonalCareApi.Domain.Access;

namespace PersonalCareApi.Bench;

/// <summary>
/// What decision and facts add to reading one assessment, and 50 with their total, against the same statements without
/// consent: in this process, on the embedded database, contents left sealed on both sides.
/// </summary>
internal static class ConsentCost
{
    private const int Rows = 50;
    private const int Rounds = 9;
    private const int ReadsOfARound = 400;

    private const string Columns = "id, version, labels, author_id, part, occurred_at, content";

    private const string SelectOne = $"SELECT {Columns} FROM assessment WHERE client_id = @ClientId AND id = @Id";

    private const string SelectOneInReach = $"SELECT {Columns} FROM assessment WHERE {InReach.Where} AND id = @Id";

    private const string SelectPage = $"SELECT {Columns} FROM assessment WHERE client_id = @ClientId ORDER BY occurred_at DESC, id DESC";

    private const string CountAll = "SELECT COUNT(*) FROM assessment WHERE client_id = @ClientId";

    private const string SelectPageInReach = $"SELECT {Columns} FROM assessment WHERE {InReach.Where} ORDER BY occurred_at DESC, id DESC";

    private const string CountAllInReach = $"SELECT COUNT(*) FROM assessment WHERE {InReach.Where}";

    public static async Task<int> Measure(TextWriter output, CancellationToken ct)
    {
        await output.WriteLineAsync("µs a read, median of rounds; in brackets the ratio to the same statements without consent");
        await output.WriteLineAsync("provisions |  one: plain   recalled       facts read     | 50 and total: plain  recalled    facts read");
        foreach (var provisions in new[] { 0, 1, 10, 100 })
        {
            var folder = Directory.CreateTempSubdirectory("personal-care-bench-").FullName;
            try
            {
                await using var program = new InProcess(folder);
                var reads = new Reads(program.Services, await Prepare(program, provisions, ct));
                var (one, page) = (await Compare(reads.PlainOne, reads.DecidedOne, ct), await Compare(reads.PlainPage, reads.DecidedPage, ct));
                await output.WriteLineAsync($"{provisions,10} | {one} | {page}");
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        return 0;
    }

    /// <returns>The id of one assessment.</returns>
    private static async Task<Guid> Prepare(InProcess program, int provisions, CancellationToken ct)
    {
        var client = await program.As("client", ct);
        var id = Guid.Empty;
        for (var row = 0; row < Rows; row++)
        {
            id = await client.Assess(ct);
        }

        if (provisions == 0)
        {
            // With nothing on record it takes the partner's rule to permit anything.
            await program.Execute("UPDATE partner SET default_rule = 'implied-treatment', access_version = access_version + 1");
        }

        for (var given = 0; given < provisions; given += 10)
        {
            var some = Enumerable.Range(given, Math.Min(10, provisions - given)).Select(Provision);
            await client.Create(
                Requests.Record("/consents"),
                new { status = "active", evidence = new { method = "electronic-signature", givenAt = "2026-05-01T08:00:00Z" }, provisions = some },
                ct);
        }

        return id;
    }

    /// <summary>The first permits; of the others a third bears on the read item by item, and the rest on other uses.</summary>
    private static object Provision(int index) => new
    {
        effect = index % 3 == 1 ? "deny" : "permit",
        grantees = new[] { new { kind = "practitioner", id = Requests.PractitionerId } },
        categories = new[] { index % 3 == 2 ? "goals" : "assessments" },
        period = new { from = $"2026-01-01T00:00:{index % 60:00}Z", until = (string?)null },
        actions = new[] { "read" },
        purposes = new[] { "TREAT" },
        sensitivities = index == 0 ? Array.Empty<string>() : ["HIV"],
        dataPeriod = index % 3 == 1 ? new { from = "2020-01-01T00:00:00Z", until = $"2021-{(index / 28) + 1:00}-{(index % 28) + 1:00}T00:00:00Z" } : null,
    };

    private static async Task<string> Compare(
        Func<CancellationToken, Task> plain, Func<bool, CancellationToken, Task> decided, CancellationToken ct)
    {
        var (ofPlain, ofRecalled, ofRead) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = -3; round < Rounds; round++)
        {
            var (one, two, three) = (await Time(plain, ct), await Time(stop => decided(true, stop), ct), await Time(stop => decided(false, stop), ct));
            if (round >= 0)
            {
                ofPlain.Add(one);
                ofRecalled.Add(two);
                ofRead.Add(three);
            }
        }

        var alone = Median(ofPlain);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{alone,11:F0} {Median(ofRecalled),8:F0} ({Median(ofRecalled) / alone:F2}) {Median(ofRead),8:F0} ({Median(ofRead) / alone:F2})");
    }

    private static async Task<double> Time(Func<CancellationToken, Task> read, CancellationToken ct)
    {
        var watch = Stopwatch.StartNew();
        for (var count = 0; count < ReadsOfARound; count++)
        {
            await read(ct);
        }

        return watch.Elapsed.TotalMicroseconds / ReadsOfARound;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    /// <summary>The same reads, with consent and without.</summary>
    private sealed class Reads(IServiceProvider services, Guid id)
    {
        private readonly Database database = services.GetRequiredService<Database>();
        private readonly Facts facts = services.GetRequiredService<Facts>();
        private long partnerAccessVersion;
        private readonly object ids = new { ClientId = Guid.Parse(Requests.ClientId), Id = id };

        private static readonly AccessRequest Request = new()
        {
            Caller = new Caller
            {
                PartnerId = Personas.Harbour.Id,
                ApplicationId = Personas.HarbourApp.Id,
                PractitionerId = Personas.PractitionerId,
                PractitionerRoles = ["therapist"],
                Scopes = Personas.HarbourApp.Scopes.ToHashSet(StringComparer.Ordinal),
                Purposes = new HashSet<PurposeOfUse> { PurposeOfUse.Treatment },
            },
            ClientId = Guid.Parse(Requests.ClientId),
            Use = new DataUse(DataCategory.Assessments, DataAction.Read),
        };

        public Task PlainOne(CancellationToken ct) =>
            database.Read(SelectOne, connection => connection.QuerySingleAsync<Row>(SelectOne, ids), ct);

        public async Task DecidedOne(bool recall, CancellationToken ct) =>
            _ = await database.ForClient(await Decide(recall, ct), DataCategory.Assessments).QueryOne<Row>(SelectOneInReach, ids, ct)
                ?? throw new InvalidOperationException("The item is not in reach.");

        public Task PlainPage(CancellationToken ct) => database.Read(
            SelectPage,
            async connection =>
            {
                var rows = (await connection.QueryAsync<Row>($"{SelectPage}\n{database.Dialect.FirstRows}", new { ClientId = Guid.Parse(Requests.ClientId), Limit = Rows })).AsList();
                await connection.ExecuteScalarAsync<long>(CountAll, ids);
                return rows;
            },
            ct);

        public async Task DecidedPage(bool recall, CancellationToken ct) =>
            await database.ForClient(await Decide(recall, ct), DataCategory.Assessments).QueryPage<Row>(SelectPageInReach, CountAllInReach, new { }, Rows, ct);

        private async Task<AccessGrant> Decide(bool recall, CancellationToken ct)
        {
            var now = TimeProvider.System.GetUtcNow();
            var record = recall ? facts.Recall(Request, partnerAccessVersion, now) : null;
            record ??= await facts.Load(Request, now, ct);
            partnerAccessVersion = record?.PartnerAccessVersion ?? 0;
            return ConsentEngine.Decide(Request, record, now) is AccessDecision.Permitted { Grant: var grant }
                ? grant
                : throw new InvalidOperationException("The read is not permitted.");
        }
    }

    private sealed record Row
    {
        public required Guid Id { get; init; }

        public required int Version { get; init; }

        public required long Labels { get; init; }

        public required Guid AuthorId { get; init; }

        public required string Part { get; init; }

        public required DateTimeOffset OccurredAt { get; init; }

        public required byte[] Content { get; init; }
    }

    /// <summary>The program in this process, on a data folder of its own.</summary>
    private sealed class InProcess(string folder) : WebApplicationFactory<Database>
    {
        public async Task<HttpClient> As(string persona, CancellationToken ct)
        {
            var client = CreateClient();
            using var form = new FormUrlEncodedContent(
                new Dictionary<string, string> { ["grant_type"] = "password", ["username"] = persona, ["password"] = "any" });
            using var response = await client.PostAsync(new Uri("/dev/token", UriKind.Relative), form, ct);
            response.EnsureSuccessStatusCode();
            var token = (await response.Content.ReadFromJsonAsync<JsonElement>(ct)).GetProperty("access_token").GetString();
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
            return client;
        }

        public async Task Execute(string statement)
        {
            await using var connection = Services.GetRequiredService<Dialect>().Connect();
            await connection.OpenAsync();
            await connection.ExecuteAsync(statement);
        }

        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.UseContentRoot(AppContext.BaseDirectory);
            builder.UseEnvironment("Development");
            builder.UseSetting("Data:Folder", folder);
            builder.UseSetting("RateLimit:PermitsPerMinute", "1000000");
            builder.ConfigureLogging(logging => logging.ClearProviders());
        }
    }
}
