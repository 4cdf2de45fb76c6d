using System.Net;
using System.Text.Json;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records.AssessmentRequests;

/// <summary>A client is asked to answer, answers bit by bit, and everybody finds what waits for them.</summary>
[OnEachDatabase]
internal sealed class AskingTests(TestDatabase database) : OnOneHost(database)
{
    private Guid record;

    [SetUp]
    public async Task NewRecord()
    {
        record = await Host.NewClient();
        await Give(record, Provision.Permit("assessments", "goals", "session-notes"));
    }

    private string Asked => Record(record, "/assessment-requests");

    private string Begun => Record(record, "/assessments-in-progress");

    [Test]
    public async Task A_request_that_recurs_is_due_at_its_next_time_once_it_is_answered()
    {
        var first = Host.Clock.GetUtcNow().AddDays(-15);
        var request = await Ask(new { instrument = "gad-7", dueAt = first, recurrence = "FREQ=WEEKLY;COUNT=4", message = "Please." });
        var answered = await Assess(Client, record, Answer(request));
        var next = await Client.Get(request);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(answered.Word("requestId"), Is.EqualTo(request.Split('/')[^1]));
            Assert.That((next.Word("status"), next.Word("answered"), next.ETag), Is.EqualTo(("active", "1", "\"2\"")));
            Assert.That(next.Json.GetProperty("nextDueAt").GetDateTimeOffset(), Is.EqualTo(first.AddDays(21)).Within(TimeSpan.FromMilliseconds(1)), "what was missed is over");
        }

        // Early, for the last time.
        await Assess(Client, record, Answer(request));
        var done = await Client.Get(request);
        Assert.That((done.Word("status"), done.Word("nextDueAt"), done.Word("answered")), Is.EqualTo(("completed", (string?)null, "2")));
        Assert.That((await Client.Get($"{request}/versions")).Items().Select(one => one.Word("answered")), Is.EqualTo(["0", "1", "2"]));
    }

    [Test]
    public async Task A_request_without_recurrence_is_answered_once_and_one_that_is_ended_asks_no_more()
    {
        var once = await Ask(new { instrument = "gad-7", dueAt = "2026-05-01T09:00:00Z" });
        await Assess(Client, record, Answer(once));
        Assert.That((await Client.Get(once)).Word("status"), Is.EqualTo("completed"));

        var other = await Ask(new { instrument = "gad-7", dueAt = "2026-05-01T09:00:00Z" });
        Assert.That((await Client.Post($"{other}/ending", new { reason = "No." }, ("If-Match", "\"1\""))).Status, Is.EqualTo(HttpStatusCode.Forbidden), "it is not the client's");
        var ended = (await Practitioner.Post($"{other}/ending", new { reason = "Another one." }, ("If-Match", "\"1\""))).Expect(HttpStatusCode.OK);
        Assert.That((ended.Word("status"), ended.Word("ending.reason")), Is.EqualTo(("ended", "Another one.")));
        Assert.That((await Practitioner.Post($"{other}/ending", new { reason = "Again." }, ("If-Match", ended.ETag))).Problem, Is.EqualTo("state-conflict"));
        Assert.That((await Practitioner.Get($"{Asked}?status=ended")).Total(), Is.EqualTo(1));
    }

    [TestCase("""{"instrument":"nope","dueAt":"2026-05-01T09:00:00Z"}""", "#/instrument unknown-reference")]
    [TestCase("""{"instrument":"gad-7"}""", "#/dueAt required")]
    [TestCase("""{"instrument":"gad-7","dueAt":"2026-05-01T09:00:00Z","recurrence":"FREQ=YEARLY"}""", "#/recurrence invalid-format")]
    [TestCase("""{"instrument":"gad-7","dueAt":"2026-05-01T09:00:00Z","recurrence":"FREQ=WEEKLY;BYDAY=MO"}""", "#/recurrence invalid-format")]
    [TestCase("""{"instrument":"gad-7","dueAt":"2026-05-01T09:00:00Z","recurrence":"","message":""}""", "#/message wrong-length,#/recurrence wrong-length")]
    public async Task A_faulty_request_names_its_faults(string body, string faults)
    {
        var answer = (await Practitioner.PostText(Asked, body)).Expect(HttpStatusCode.UnprocessableEntity);
        Assert.That(string.Join(',', answer.Faults.Order(StringComparer.Ordinal)), Is.EqualTo(faults));
    }

    [Test]
    public async Task Only_a_request_for_the_same_instrument_in_reach_is_answered()
    {
        var request = await Ask(new { instrument = "audit-c", dueAt = "2026-05-01T09:00:00Z" });
        Assert.That((await Client.Post(Record(record, "/assessments"), Answer(request))).Faults, Is.EqualTo(["#/requestId unknown-reference"]));
        Assert.That((await Client.Post(Record(record, "/assessments"), Answer($"/{Nobody}"))).Faults, Is.EqualTo(["#/requestId unknown-reference"]));
        Assert.That((await Colleague.Get(Asked)).Status, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task Answers_are_saved_bit_by_bit_seen_by_nobody_else_and_scored_when_complete()
    {
        var request = await Ask(new { instrument = "gad-7", dueAt = "2026-05-01T09:00:00Z" });
        var begun = (await Client.Post(Begun, new { instrument = "gad-7", requestId = request.Split('/')[^1], answers = Items(3) })).Expect(HttpStatusCode.Created);
        var path = begun.Header("Location")!;
        var saved = (await Client.Patch(path, new { answers = Items(5) }, ("If-Match", begun.ETag))).Expect(HttpStatusCode.OK);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((saved.Word("status"), saved.ETag), Is.EqualTo(("in-progress", "\"2\"")));
            Assert.That((await Client.Patch(path, new { answers = Items(1) }, ("If-Match", begun.ETag))).Status, Is.EqualTo(HttpStatusCode.PreconditionFailed), "another device");
            Assert.That((await Practitioner.Get(path)).Status, Is.EqualTo(HttpStatusCode.NotFound));
            Assert.That((await Practitioner.Get($"{path}/versions")).Status, Is.EqualTo(HttpStatusCode.NotFound));
            Assert.That((await Practitioner.Get(Begun)).Total(), Is.Zero);
            Assert.That((await Practitioner.Post($"{path}/completion", new { }, ("If-Match", saved.ETag))).Status, Is.EqualTo(HttpStatusCode.NotFound));
            Assert.That((await Practitioner.Get(Record(record, "/assessments"))).Total(), Is.Zero);
            Assert.That((await Practitioner.Get(Record(record, "/outcomes"))).Json.GetProperty("items").GetArrayLength(), Is.Zero);
            Assert.That((await Client.Get($"{path}/versions")).Total(), Is.EqualTo(2));
        }

        saved = (await Client.Patch(path, new { answers = Items(7) }, ("If-Match", saved.ETag))).Expect(HttpStatusCode.OK);
        var assessment = (await Client.Post($"{path}/completion", new { }, ("If-Match", saved.ETag))).Expect(HttpStatusCode.Created);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((assessment.Id, assessment.Word("score"), assessment.Word("status")), Is.EqualTo((begun.Id, "7", "final")));
            Assert.That((await Client.Get(path)).Status, Is.EqualTo(HttpStatusCode.NotFound));
            Assert.That((await Practitioner.Get(assessment.Header("Location")!)).Text, Is.EqualTo(assessment.Text));
            Assert.That((await Practitioner.Get($"{assessment.Header("Location")}/versions")).Total(), Is.EqualTo(1), "of what was before nothing is left");
            Assert.That((await Client.Get(request)).Word("status"), Is.EqualTo("completed"));
        }
    }

    [Test]
    public async Task A_critical_answer_raises_its_flag_with_the_completion_and_not_before()
    {
        var begun = (await Client.Post(Begun, new { instrument = "phq-9", answers = new[] { new { item = "9", value = 2 } } })).Expect(HttpStatusCode.Created);
        Assert.That((await Practitioner.Get(Record(record, "/flags"))).Total(), Is.Zero);
        (await Client.Post($"{begun.Header("Location")}/completion", new { }, ("If-Match", begun.ETag))).Expect(HttpStatusCode.Created);
        Assert.That((await Practitioner.Get(Record(record, "/flags"))).Total(), Is.EqualTo(1), "incomplete, and flagged all the same");
    }

    [Test]
    public async Task Where_nobody_could_read_the_flag_the_answers_stay_saved()
    {
        var unread = await Host.NewClient();
        var begun = (await Client.Post(Record(unread, "/assessments-in-progress"), new { instrument = "phq-9" })).Expect(HttpStatusCode.Created);
        Assert.That((await Client.Post($"{begun.Header("Location")}/completion", new { }, ("If-Match", begun.ETag))).Problem, Is.EqualTo("no-reader"));
        Assert.That((await Client.Get(begun.Header("Location")!)).Text, Is.EqualTo(begun.Text));
    }

    [Test]
    public async Task What_is_wrong_is_told_when_it_is_saved_and_only_the_client_answers_bit_by_bit()
    {
        Assert.That((await Client.Post(Begun, new { instrument = "gad-7", answers = new[] { new { item = "1", value = 9 } } })).Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        Assert.That((await Client.Post(Begun, new { instrument = "none" })).Faults, Is.EqualTo(["#/instrument unknown-reference"]));
        Assert.That((await Practitioner.Post(Begun, new { instrument = "gad-7" })).Status, Is.EqualTo(HttpStatusCode.Forbidden));
        var begun = (await Client.Post(Begun, new { instrument = "gad-7" })).Expect(HttpStatusCode.Created);
        Assert.That((await Client.Patch(begun.Header("Location")!, new { answers = new[] { new { item = "99", value = 1 } } }, ("If-Match", begun.ETag))).Status,
            Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        Assert.That((await Client.Send(HttpMethod.Delete, begun.Header("Location")!, null, ("If-Match", begun.ETag))).Status, Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That((await Client.Get(Begun)).Total(), Is.Zero);
        Assert.That(Count($"item_version WHERE item_id = '{begun.Id.ToString().ToUpperInvariant()}'"), Is.Zero);
    }

    [Test]
    public async Task Everybody_finds_what_waits_for_them_and_nothing_else()
    {
        var due = await Ask(new { instrument = "gad-7", dueAt = Host.Clock.GetUtcNow().AddDays(-1) });
        await Ask(new { instrument = "gad-7", dueAt = Host.Clock.GetUtcNow().AddDays(1) });
        var begun = (await Client.Post(Begun, new { instrument = "audit-c" })).Expect(HttpStatusCode.Created);
        var goal = await Goals.Goals.Propose(Practitioner, record);
        (await Practitioner.Post($"{goal}/agreements", null, ("If-Match", "\"1\""))).Expect(HttpStatusCode.OK);
        await Assess(Client, record, Forms.Phq9("2026-04-06T09:30:00Z", value: 0));
        await Assess(Client, record, Forms.Phq9("2026-05-06T09:30:00Z", item9: 1));
        (await Practitioner.Post(Record(record, "/session-notes"), SessionNotes.Notes.Body("2026-05-04T09:30:00Z"))).Expect(HttpStatusCode.Created);

        var ofClient = (await Tasks(Client))[record];
        var ofPractitioner = (await Tasks(Practitioner))[record];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Kinds(ofClient), Is.EquivalentTo(["questionnaire", "questionnaire-in-progress", "goal-agreement"]));
            Assert.That(ofClient.Word("actingAs.kind"), Is.EqualTo("client"));
            Assert.That(ofClient.GetProperty("tasks").EnumerateArray().First().Word("href"), Is.EqualTo(due));
            Assert.That(ofClient.GetProperty("tasks").EnumerateArray().Select(one => one.Word("id")), Does.Contain(begun.Id.ToString()));
            Assert.That(Kinds(ofPractitioner), Is.EquivalentTo(["flag", "prompt", "note-signature"]));
            Assert.That((await Tasks(Colleague)).Keys, Does.Not.Contain(record));
            Assert.That((await Tasks(Elsewhere)).Keys, Does.Not.Contain(record));
            foreach (var task in ofPractitioner.GetProperty("tasks").EnumerateArray().Concat(ofClient.GetProperty("tasks").EnumerateArray()))
            {
                var by = Kinds(ofClient).Contains(task.Word("kind")!) ? Client : Practitioner;
                Assert.That((await by.Get(task.Word("href")!)).Status, Is.EqualTo(HttpStatusCode.OK), task.Word("kind"));
            }
        }
    }

    [Test]
    public async Task What_a_category_that_is_refused_holds_is_withheld()
    {
        var narrow = await Host.NewClient();
        await Give(narrow, Provision.Permit("goals"));
        await Goals.Goals.Propose(Client, narrow);
        (await Client.Post(Record(narrow, "/assessments"), Forms.Gad7())).Expect(HttpStatusCode.Created);
        var tasks = (await Tasks(Practitioner))[narrow];
        Assert.That(Kinds(tasks), Is.EqualTo(["goal-agreement"]));
        Assert.That(tasks.GetProperty("withheld").EnumerateArray().Select(one => one.GetString()), Is.EqualTo(["assessments", "session-notes"]));
        Assert.That(tasks.GetProperty("decisions").EnumerateArray().Select(one => one.Word("category")), Is.EqualTo(["goals"]));
    }

    private async Task<string> Ask(object request) => (await Practitioner.Post(Asked, request)).Expect(HttpStatusCode.Created).Header("Location")!;

    private static object Answer(string request) => new
    {
        instrument = "gad-7",
        administeredAt = "2026-05-04T09:30:00Z",
        answers = Items(7),
        requestId = request.Split('/')[^1],
    };

    private static object[] Items(int count) => [.. Enumerable.Range(1, count).Select(item => new { item = $"{item}", value = 1 })];

    private static IReadOnlyList<string> Kinds(JsonElement client) =>
        [.. client.GetProperty("tasks").EnumerateArray().Select(task => task.Word("kind")!)];

    private static async Task<Dictionary<Guid, JsonElement>> Tasks(Api api) =>
        (await api.AllPages("/v1/me/tasks", 200)).ToDictionary(item => item.GetProperty("clientId").GetGuid());
}
