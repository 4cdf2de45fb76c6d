using System.Net;
using System.Text.Json;
using PersonalCareApi.Development;
using PersonalCareApi.Outgoing.Research;
using PersonalCareApi.Tests.Promises;
using PersonalCareApi.Tests.Protection;
using PersonalCareApi.Tests.Records.Exports;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Outgoing;

/// <summary>An extract holds what was consented to research and nothing else, and points at nobody.</summary>
[OnEachDatabase]
internal sealed class ResearchExtractTests(TestDatabase database)
{
    private const string FreeText = "because of Tante Adelgunde";
    private static readonly (string, string) ForResearch = ("Purpose-Of-Use", "HRESCH");

    [Test]
    public async Task It_has_what_was_consented_to_research_pseudonymised_and_nothing_else()
    {
        await using var host = new ApiHost(database);
        var platform = await host.As("platform");
        var consented = new List<Guid>();
        for (var number = 0; number < 5; number++)
        {
            consented.Add(await Client(host, $"research-{number}", research: true, born: number == 0 ? "1930-01-01" : "1990-01-01"));
        }

        var silent = await Client(host, "research-silent", research: false);
        using var archive = await Extract(platform, "sleep");
        using var again = await Extract(platform, "sleep");
        using var other = await Extract(platform, "mood");
        var rows = Rows(archive);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(rows, Has.Count.EqualTo(5));
            Assert.That(rows.Select(row => row.Word("age")), Is.EquivalentTo(["90", "36", "36", "36", "36"]));
            Assert.That(rows.Select(row => row.Word("score")), Is.All.EqualTo("7"));
            Assert.That(archive.Everything, Does.Not.Contain(FreeText).And.Not.Contain("2026-05-04T").And.Not.Contain("1990-01-01").And.Not.Contain("1930-01-01"));
            Assert.That(consented.Append(silent).Where(id => archive.Everything.Contains($"{id}", StringComparison.OrdinalIgnoreCase)), Is.Empty);
            Assert.That(Subjects(again), Is.EquivalentTo(Subjects(archive)), "The same project calls them the same.");
            Assert.That(Subjects(other).Intersect(Subjects(archive)), Is.Empty, "Another cannot compare.");
            Assert.That(rows.Select(row => Math.Abs(DateOnly.Parse(row.Word("date")!, null).DayNumber - new DateOnly(2026, 5, 4).DayNumber)), Is.All.InRange(1, 182));
            Assert.That(archive.Json("summary.json")[0].Word("subjects"), Is.EqualTo("5"));
            Assert.That(await Uses(host, "research-0"), Does.Contain("assessments permit provision"));
            Assert.That(await Uses(host, "research-silent"), Is.Empty);
        }
    }

    [TestCase("assessment")]
    [TestCase("goal")]
    public async Task A_record_that_cannot_be_read_is_left_out_and_the_others_are_not(string spoilt)
    {
        await using var host = new ApiHost(database);
        var platform = await host.As("platform");
        var records = new List<Guid>();
        for (var number = 0; number < 6; number++)
        {
            records.Add(await Client(host, $"research-{number}", research: true));
        }

        Assert.That(host.Execute($"UPDATE {spoilt} SET content = @Bytes WHERE client_id = @ClientId", new { Bytes = new byte[120], ClientId = records[0] }), Is.EqualTo(1));
        using var archive = await Extract(platform, "sleep");

        Assert.That(Rows(archive), Has.Count.EqualTo(5));
        Assert.That(await Uses(host, "research-0"), Is.Empty);
        Assert.That(host.Log.All, Does.Contain($"Error A content or key of client {records[0]} does not open"));
    }

    [Test]
    public async Task Of_too_few_people_there_is_no_record_and_what_was_withdrawn_since_is_not_delivered()
    {
        await using var host = new ApiHost(database);
        var platform = await host.As("platform");
        var clientId = await Client(host, "research-alone", research: true);
        var path = await Extracted(platform, "sleep");
        using (var archive = await platform.Download(path, ForResearch))
        {
            Assert.That((archive.Manifest.Word("suppressed"), Rows(archive).Count, archive.Json("summary.json").GetArrayLength()), Is.EqualTo(("True", 0, 0)));
        }

        var client = host.As("research-alone", Personas.HarbourApp.Scopes);
        foreach (var consent in (await client.Get(Record(clientId, "/consents?status=active"))).Ids())
        {
            (await client.Post(Record(clientId, $"/consents/{consent}/withdrawal"), new { })).Expect(HttpStatusCode.OK);
        }

        (await platform.Get($"{path}/content", ForResearch)).Expect(HttpStatusCode.Conflict);
    }

    [Test]
    public async Task An_application_keeps_at_most_three()
    {
        await using var host = new ApiHost(database);
        var platform = await host.As("platform");
        for (var kept = 0; kept < 3; kept++)
        {
            (await platform.Post("/v1/research-extracts", new { project = "sleep" }, ForResearch)).Expect(HttpStatusCode.Created);
        }

        Assert.That((await platform.Post("/v1/research-extracts", new { project = "sleep" }, ForResearch)).Expect(HttpStatusCode.Conflict).Problem,
            Is.EqualTo("state-conflict"));
    }

    [Test]
    public async Task Only_an_application_alone_makes_one_and_only_for_research()
    {
        await using var host = new ApiHost(database);
        var body = new { project = "sleep" };

        (await (await host.As("practitioner")).Post("/v1/research-extracts", body, ForResearch)).Expect(HttpStatusCode.Forbidden);
        (await (await host.As("client")).Post("/v1/research-extracts", body)).Expect(HttpStatusCode.Forbidden);
        (await (await host.As("platform")).Post("/v1/research-extracts", body, ("Purpose-Of-Use", "TREAT"))).Expect(HttpStatusCode.Forbidden);
        (await (await host.As("platform", "assessments:share")).Post("/v1/research-extracts", body, ForResearch)).Expect(HttpStatusCode.Forbidden);
        (await (await host.As("platform")).Post("/v1/research-extracts", new { project = "sleep", minimumCellSize = 4 }, ForResearch)).Expect(HttpStatusCode.UnprocessableEntity);
    }

    [Test]
    public void A_single_small_cell_takes_the_next_smallest_with_it()
    {
        var rows = Enumerable.Range(0, 20).Select(number => Row($"{number}", number < 2 ? "severe" : number < 9 ? "mild" : "none"));

        Assert.That(
            Summary.Of(rows, 5).Select(cell => $"{cell.Severity} {cell.Subjects}"),
            Is.EqualTo(["severe ", "mild ", "none 11"]));
    }

    private static ResearchAssessment Row(string subject, string severity) => new()
    {
        Subject = subject,
        Instrument = "phq-9",
        InstrumentVersion = "1",
        Date = new DateOnly(2026, 5, 4),
        Age = null,
        Score = 1,
        Severity = severity,
        Subscales = new Dictionary<string, decimal?>(),
        Answers = new Dictionary<string, decimal?>(),
    };

    private static async Task<Guid> Client(ApiHost host, string subject, bool research, string born = "1990-01-01")
    {
        var clientId = await host.NewClient(subject, birthDate: born);
        var client = host.As(subject, Personas.HarbourApp.Scopes);
        (await client.Post(Record(clientId, "/assessments"), new
        {
            instrument = "gad-7",
            administeredAt = "2026-05-04T09:30:00Z",
            answers = Enumerable.Range(1, 7).Select(item => new { item = $"{item}", value = 1 }),
        })).Expect(HttpStatusCode.Created);
        (await client.Post(Record(clientId, "/goals"), new
        {
            statement = FreeText,
            levels = Enumerable.Range(-2, 5).Select(level => new { level, description = $"{level}" }),
        })).Expect(HttpStatusCode.Created);
        if (research)
        {
            (await client.Post(Record(clientId, "/consents"), new
            {
                status = "active",
                evidence = new { method = "electronic-signature", givenAt = "2026-05-01T08:00:00Z", @explicit = true },
                provisions = new[]
                {
                    new
                    {
                        effect = "permit",
                        grantees = new[] { new { kind = "application", id = Personas.Platform.Id } },
                        categories = new[] { "assessments", "goals", "demographics" },
                        actions = new[] { "share" },
                        purposes = new[] { "HRESCH" },
                    },
                },
            })).Expect(HttpStatusCode.Created);
        }

        return clientId;
    }

    private static async Task<string> Extracted(Api platform, string project)
    {
        var path = (await platform.Post("/v1/research-extracts", new { project }, ForResearch)).Expect(HttpStatusCode.Created).Header("Location")!;
        await Making.Until(() => platform.Get(path, ForResearch), answer => answer.Word("state") == "ready");
        return path;
    }

    private static async Task<Unpacked> Extract(Api platform, string project) => await platform.Download(await Extracted(platform, project), ForResearch);

    private static IReadOnlyList<JsonElement> Rows(Unpacked archive) =>
        [.. archive.Text("assessments.ndjson").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    private static IEnumerable<string?> Subjects(Unpacked archive) => Rows(archive).Select(row => row.Word("subject"));

    private static async Task<IReadOnlyList<string>> Uses(ApiHost host, string subject)
    {
        var client = host.As(subject, Personas.HarbourApp.Scopes);
        var own = (await client.Get("/v1/me")).Json.GetProperty("identities")[0].GetProperty("id").GetGuid();
        return
        [
            .. (await client.Get(Record(own, "/access-history?limit=200"))).Items()
                .Where(entry => entry.Word("operation") == "BuildResearchExtract")
                .Select(entry => $"{entry.Word("category")} {entry.Word("decision")} {entry.Word("basis.kind")}"),
        ];
    }
}
