using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.Records;
using PersonalCareApi.Tests.Records.SessionNotes;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Promises;

/// <summary>
/// What a caller may not see cannot be inferred either: a record with items out of reach answers every request as one
/// without them, in status, words, totals, cursors, ETags and conditional answers.
/// </summary>
[OnEachDatabase]
internal sealed partial class InferenceTests(TestDatabase database)
{
    private static readonly (string, string)[][] Conditions =
    [
        [], [("If-None-Match", "\"1\"")], [("If-None-Match", "*")], [("If-Match", "\"1\"")], [("If-Match", "\"7\"")], [("If-Match", "*")],
    ];

    private static readonly object SinceApril = new { from = "2026-04-01T00:00:00Z" };

    private static readonly Guid Unknown = Guid.Parse("0197a000-0000-7000-8000-00000000dead");

    private ApiHost host = null!;
    private Api client = null!;
    private Api practitioner = null!;
    private Api colleague = null!;
    private Dictionary<string, string> examples = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        host = new ApiHost(database);
        client = await host.As("client");
        practitioner = await host.As("practitioner");
        colleague = await host.As("colleague");
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(RealProgram.Root(), "openapi", "personal-care.v1.json")));
        examples = (from path in document.RootElement.GetProperty("paths").EnumerateObject()
                    from operation in path.Value.EnumerateObject()
                    where operation.Value.TryGetProperty("requestBody", out _)
                    let content = operation.Value.GetProperty("requestBody").GetProperty("content").EnumerateObject().First().Value
                    where content.TryGetProperty("example", out _)
                    select (operation.Value.GetProperty("operationId").GetString()!, content.GetProperty("example").GetRawText()))
            .ToDictionary();
    }

    [OneTimeTearDown]
    public async Task Stop() => await host.DisposeAsync();

    [Test]
    public async Task Items_out_of_reach_change_no_answer()
    {
        var (full, hidden) = await RecordWithHiddenItems();
        var empty = await RecordWithNothing();
        var operations = Operation.Of(host).Where(operation => operation.UnderRecord).ToList();
        var compared = 0;
        var differences = new List<string>();
        foreach (var (who, api) in new[] { ("practitioner", practitioner), ("colleague", colleague) })
        {
            // Reads first: a write that is permitted is made on both records, and both grow alike.
            foreach (var operation in operations.OrderBy(operation => operation.Method == HttpMethod.Get ? 0 : 1))
            {
                foreach (var conditions in Conditions)
                {
                    foreach (var body in Bodies(operation))
                    {
                        var there = await Ask(api, operation, full, hidden, body, conditions);
                        var nothing = await Ask(api, operation, empty, null, body, conditions);
                        compared++;
                        if (Normal(there) != Normal(nothing))
                        {
                            differences.Add($"{who} {operation} {string.Join(' ', conditions)} {body}\n{Normal(there)}\n{Normal(nothing)}");
                        }
                    }
                }
            }
        }

        Assert.That(differences, Is.Empty);
        Assert.That(compared, Is.GreaterThan(500));
    }

    [Test]
    public async Task The_caseload_shows_both_records_alike()
    {
        var (full, _) = await RecordWithHiddenItems();
        var empty = await RecordWithNothing();
        foreach (var list in new[] { "/v1/clients?limit=200", "/v1/caseload?limit=200&include=latest:phq-9,latest:gad-7,latest:audit-c" })
        {
            var items = (await practitioner.Get(list)).Items();
            Assert.That(Normal(Of(full)), Is.EqualTo(Normal(Of(empty))), list);

            string Of(Guid record) => items.Single(item => item.ToString().Contains(record.ToString(), StringComparison.Ordinal)).ToString();
        }

        // Nothing waits in either that the practitioner may know of.
        foreach (var list in new[] { "/v1/flags?limit=200", "/v1/prompts?limit=200", "/v1/me/tasks?limit=200" })
        {
            Assert.That((await practitioner.Get(list)).Text, Does.Not.Contain(full.ToString()).And.Not.Contain(empty.ToString()), list);
        }
    }

    [Test]
    public async Task An_item_in_reach_is_told_apart_and_found()
    {
        var record = await RecordWithNothing();
        var seen = (await client.Post(Record(record, "/assessments"), Forms.Gad7("2026-05-01T10:00:00Z"))).Expect(HttpStatusCode.Created);
        var path = Record(record, $"/assessments/{seen.Id}");
        var unknown = Record(record, $"/assessments/{Unknown}");

        // Planted: each way of asking tells an item that is in reach from one that is not there.
        Assert.That(Normal(await practitioner.Get(path)), Is.Not.EqualTo(Normal(await practitioner.Get(unknown))));
        Assert.That(
            Normal(await practitioner.Get(path, ("If-None-Match", "\"1\""))), Is.Not.EqualTo(Normal(await practitioner.Get(unknown, ("If-None-Match", "\"1\"")))));
        Assert.That(
            Normal(await practitioner.Post($"{path}/retraction", new { reason = "By mistake." }, ("If-Match", "\"7\""))),
            Is.Not.EqualTo(Normal(await practitioner.Post($"{unknown}/retraction", new { reason = "By mistake." }, ("If-Match", "\"7\"")))));
    }

    /// <summary>A record in which the practitioner may use three categories since April, and the colleague reads one.</summary>
    private async Task<Guid> RecordWithNothing() => (await Make(filled: false)).Record;

    /// <summary>The same with items of closing labels and of last year, and another's draft.</summary>
    private Task<(Guid Record, IReadOnlyDictionary<string, Guid> Hidden)> RecordWithHiddenItems() => Make(filled: true);

    /// <returns>The record, and its items out of reach by the path segment before their id.</returns>
    private async Task<(Guid Record, IReadOnlyDictionary<string, Guid> Hidden)> Make(bool filled)
    {
        var record = await host.NewClient();
        (await client.Post(Record(record, "/consents"), Consent(
            Provision.Permit("assessments", "goals", "session-notes") with { DataPeriod = SinceApril },
            Provision.Permit("assessments") with
            {
                Grantees = [Grantee.Practitioner(Personas.ColleagueId)],
                Actions = ["read"],
                DataPeriod = SinceApril,
            }))).Expect(HttpStatusCode.Created);
        var broad = (await client.Post(Record(record, "/consents"), Consent(Provision.Permit("assessments", "goals", "session-notes") with
        {
            Grantees = [Grantee.Practitioner(Personas.SupervisorId)],
            Sensitivities = ["PSY", "SUD", "HIV"],
        }))).Expect(HttpStatusCode.Created);
        var hidden = filled ? await Fill(record, await host.As("supervisor")) : [];
        (await client.Post(Record(record, $"/consents/{broad.Id}/withdrawal"), new { })).Expect(HttpStatusCode.OK);
        return (record, hidden);
    }

    private async Task<Dictionary<string, Guid>> Fill(Guid record, Api supervisor)
    {
        var assessment = (await client.Post(Record(record, "/assessments"), Forms.Phq9("2025-05-01T10:00:00Z"))).Expect(HttpStatusCode.Created);
        var goal = (await supervisor.Post(Record(record, "/goals"), Records.Goals.Goals.Terms(sensitivities: ["HIV"]))).Expect(HttpStatusCode.Created);
        var progress = (await supervisor.Post(
            Record(record, $"/goals/{goal.Id}/progress"), new { kind = "scaling", value = 5, observedAt = "2026-05-01T10:00:00Z" })).Expect(HttpStatusCode.Created);
        var note = await supervisor.Signed(record, Notes.Body("2025-05-01T10:00:00Z", sensitivities: ["HIV"]));
        var addendum = (await supervisor.Post(Record(record, $"/session-notes/{note.Id}/addenda"), new { text = "Later." })).Expect(HttpStatusCode.Created);
        await supervisor.Draft(record, Notes.Body("2025-05-02T10:00:00Z"));
        var rating = (await client.Post(Record(record, "/alliance-check-ins"), new { value = 7, at = "2025-05-01T10:00:00Z" })).Expect(HttpStatusCode.Created);
        (await client.Post(Record(record, "/assessments"), Forms.Phq9("2025-06-15T10:00:00Z", item9: 1, value: 3))).Expect(HttpStatusCode.Created);
        var begun = (await client.Post(Record(record, "/assessments-in-progress"), new { instrument = "gad-7" })).Expect(HttpStatusCode.Created);
        return new Dictionary<string, Guid>
        {
            ["flags"] = (await client.Get(Record(record, "/flags"))).Ids().Single(),
            ["prompts"] = (await client.Get(Record(record, "/prompts"))).Ids().Single(),
            ["assessments-in-progress"] = begun.Id,
            ["assessments"] = assessment.Id,
            ["goals"] = goal.Id,
            ["progress"] = progress.Id,
            ["session-notes"] = note.Id,
            ["addenda"] = addendum.Id,
            ["sessions"] = note.Json.GetProperty("sessionId").GetGuid(),
            ["alliance-check-ins"] = rating.Id,
        };
    }

    private async Task<Answer> Ask(
        Api api, Operation operation, Guid record, IReadOnlyDictionary<string, Guid>? hidden, string? body, (string, string)[] conditions)
    {
        var segments = operation.Path(record).Split('/');
        for (var place = 1; place < segments.Length; place++)
        {
            if (segments[place] == Operation.SomeId)
            {
                segments[place] = (hidden?.GetValueOrDefault(segments[place - 1], Unknown) ?? Unknown).ToString();
            }
        }

        var content = body is null
            ? null
            : new StringContent(body, Encoding.UTF8, MediaTypeHeaderValue.Parse(operation.Body!.MediaType));
        return await api.Send(operation.Method, string.Join('/', segments), content, conditions);
    }

    private IEnumerable<string?> Bodies(Operation operation) =>
        operation.Body is null ? [null] : examples.TryGetValue(operation.Name!, out var example) ? ["{}", example] : ["{}"];

    /// <summary>
    /// An answer without what differs between any two: ids, instants (and so the length), traces, hashes, and what is left
    /// of a quota.
    /// </summary>
    private static string Normal(Answer answer) => Normal(
        $"{answer.Status}\n{answer.Text}\n{string.Join('\n', answer.Headers.Where(header => header.Key is not ("RateLimit" or "Content-Length")).Select(header => $"{header.Key}: {header.Value}").Order(StringComparer.Ordinal))}");

    private static string Normal(string text) => Hex().Replace(Instant().Replace(Id().Replace(text, "<id>"), "<instant>"), "<hex>");

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Id();

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", RegexOptions.CultureInvariant)]
    private static partial Regex Instant();

    [GeneratedRegex("[0-9a-f]{32,64}", RegexOptions.CultureInvariant)]
    private static partial Regex Hex();
}
