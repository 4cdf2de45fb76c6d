using System.Net;
using System.Text.Json;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records.Prompts;

/// <summary>A rule asks those who care to look, where all that it rests on is in reach; what they answer is kept.</summary>
[OnEachDatabase]
internal sealed class PromptTests(TestDatabase database) : OnOneHost(database)
{
    private static readonly object Accepting = new { answer = "accept", reason = "Worse for weeks.", planChange = "Two sessions a week." };

    private Guid record;

    [SetUp]
    public async Task NewRecord()
    {
        record = await Host.NewClient();
        await Give(record, Provision.Permit("assessments", "goals", "session-notes"));
    }

    private string Path => Record(record, "/prompts");

    [Test]
    public async Task Reliable_deterioration_raises_one_prompt_with_its_evidence_and_source()
    {
        var first = await Assess(Client, record, Forms.Phq9("2026-04-06T09:30:00Z", value: 0));
        await Assess(Client, record, Forms.Phq9("2026-04-13T09:30:00Z", value: 0));
        var latest = await Assess(Client, record, Forms.Phq9("2026-04-20T09:30:00Z", value: 2));
        await Assess(Client, record, Forms.Phq9("2026-04-27T09:30:00Z", value: 2));
        var prompt = (await Practitioner.Get(Path)).Items().Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That((prompt.Word("category"), prompt.Word("rule.code"), prompt.Word("status")), Is.EqualTo(("assessments", "deterioration", "open")));
            Assert.That(prompt.GetProperty("evidence").EnumerateArray().Select(one => one.GetProperty("id").GetGuid()), Is.EqualTo([first.Id, latest.Id]));
            Assert.That((prompt.Word("measured.first"), prompt.Word("measured.latest")), Is.EqualTo(("0", "16")));
            Assert.That(prompt.Word("rule.thresholds.points"), Is.EqualTo("6"));
            Assert.That(prompt.Word("rule.thresholdsSource"), Is.Not.Null);
            Assert.That((prompt.Word("subject.instrument"), prompt.Word("subject.scale")), Is.EqualTo(("phq-9", "total")));
        }
    }

    [Test]
    public async Task What_is_entered_later_about_the_past_raises_none()
    {
        await Assess(Client, record, Forms.Phq9("2026-04-20T09:30:00Z", value: 0));
        await Assess(Client, record, Forms.Phq9("2026-04-13T09:30:00Z", value: 2));
        Assert.That((await Practitioner.Get(Path)).Total(), Is.Zero);
    }

    [Test]
    public async Task A_retry_raises_it_once()
    {
        await Assess(Client, record, Forms.Phq9("2026-04-06T09:30:00Z", value: 0));
        var key = ("Idempotency-Key", $"{record}");
        var form = Forms.Phq9("2026-04-20T09:30:00Z", value: 2);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Client.Post(Record(record, "/assessments"), form, key)));
        (await Client.Post(Record(record, "/assessments"), form, key)).Expect(HttpStatusCode.Created);
        Assert.That((await Practitioner.Get(Path)).Total(), Is.EqualTo(1));
    }

    [Test]
    public async Task Facts_written_at_once_raise_the_same_question_once()
    {
        await Assess(Client, record, Forms.Phq9("2026-04-06T09:30:00Z", value: 0));
        var answers = await Task.WhenAll(Enumerable.Range(1, 8).Select(day => Task.Run(() =>
            Client.Post(Record(record, "/assessments"), Forms.Phq9($"2026-04-2{day}T09:30:00Z", value: 2)))));
        Assert.That(answers.Select(answer => answer.Status), Is.All.EqualTo(HttpStatusCode.Created));
        Assert.That((await Practitioner.Get(Path)).Items().Select(prompt => prompt.Word("rule.code")), Is.Unique);
    }

    [Test]
    public async Task A_week_off_track_raises_one_by_the_published_table()
    {
        await Assess(Client, record, Forms.Phq9("2026-03-02T09:30:00Z", value: 2));
        await Assess(Client, record, Forms.Phq9("2026-03-30T09:30:00Z", value: 2, item9: 1));
        var prompt = (await Practitioner.Get(Path)).Items().Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(prompt.Word("rule.code"), Is.EqualTo("not-on-track"));
            Assert.That(prompt.Word("rule.source"), Does.Contain("Schueller 2015"));
            Assert.That((prompt.Word("rule.thresholds.week"), prompt.Word("rule.thresholds.score")), Is.EqualTo(("4", "17")));
        }
    }

    [Test]
    public async Task One_fact_may_raise_two_questions()
    {
        await Assess(Client, record, Forms.Phq9("2026-03-02T09:30:00Z", value: 2));
        await Assess(Client, record, Forms.Phq9("2026-03-30T09:30:00Z", value: 3));
        Assert.That((await Practitioner.Get(Path)).Items().Select(prompt => prompt.Word("rule.code")), Is.EquivalentTo(["deterioration", "not-on-track"]));
    }

    [Test]
    public async Task A_goal_that_stands_still_raises_one_and_ends_with_the_goal()
    {
        var goal = await AgreedGoal();
        await Level(goal, -1, "2026-03-01T10:00:00Z");
        await Level(goal, -1, "2026-03-20T10:00:00Z");
        Assert.That((await Practitioner.Get(Path)).Total(), Is.Zero);
        await Level(goal, -1, "2026-04-02T10:00:00Z");
        var prompt = (await Practitioner.Get(Path)).Items().Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That((prompt.Word("category"), prompt.Word("rule.code"), prompt.Word("rule.status")), Is.EqualTo(("goals", "stalled-goal", "unconfirmed")));
            Assert.That(prompt.Word("subject.goalId"), Is.EqualTo(goal.Split('/')[^1]));
            Assert.That(prompt.GetProperty("evidence").EnumerateArray().Select(one => one.Word("kind")), Is.EqualTo(["goal", "goal-progress", "goal-progress", "goal-progress"]));
        }

        (await Practitioner.Post($"{goal}/setting-aside", new { reason = "No longer wanted." }, ("If-Match", (await Practitioner.Get(goal)).ETag))).Expect(HttpStatusCode.OK);
        Assert.That((await Practitioner.Get($"{Path}/{prompt.Word("id")}")).Word("status"), Is.EqualTo("closed"));
    }

    [Test]
    public async Task A_falling_alliance_raises_one()
    {
        foreach (var (value, at) in new[] { (8.0, "2026-04-01"), (8.5, "2026-04-08"), (8.0, "2026-04-15"), (5.0, "2026-04-22") })
        {
            (await Client.Post(Record(record, "/alliance-check-ins"), new { value, at = $"{at}T10:00:00Z" })).Expect(HttpStatusCode.Created);
        }

        var prompt = (await Practitioner.Get(Path)).Items().Single();
        Assert.That((prompt.Word("category"), prompt.Word("rule.code"), prompt.Word("measured.latest")), Is.EqualTo(("session-notes", "falling-alliance", "5")));
    }

    [Test]
    public async Task Who_may_not_see_one_item_it_rests_on_does_not_see_the_prompt()
    {
        await Assess(Client, record, Forms.Phq9("2026-04-06T09:30:00Z", value: 0));
        await Assess(Client, record, Forms.Phq9("2026-05-06T09:30:00Z", value: 2));
        await Give(record, Provision.Permit("assessments") with
        {
            Grantees = [Grantee.Practitioner(Personas.SupervisorId)],
            DataPeriod = new { from = "2026-05-01T00:00:00Z" },
        });
        var id = (await Practitioner.Get(Path)).Ids().Single();
        var listed = await Supervisor.Get(Path);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((await Supervisor.Get(Record(record, "/assessments"))).Total(), Is.EqualTo(1), "the newest is in reach");
            Assert.That((listed.Total(), listed.Items().Count), Is.EqualTo((0, 0)));
            Assert.That(listed.Json.GetProperty("withheld").EnumerateArray().Select(one => one.GetString()), Is.EqualTo(["goals", "session-notes"]));
            Assert.That(Told(await Supervisor.Get($"{Path}/{id}"), id), Is.EqualTo(Told(await Supervisor.Get($"{Path}/{Nobody}"), Nobody)));
            Assert.That((await Supervisor.Post($"{Path}/{id}/response", Accepting, ("If-Match", "\"1\""))).Status, Is.EqualTo(HttpStatusCode.NotFound));
            Assert.That((await Open(Supervisor)).GetValueOrDefault(record).Word("count"), Is.EqualTo("0"));
            Assert.That((await Client.Get(Path)).Total(), Is.EqualTo(1));
        }
    }

    [Test]
    public async Task A_prompt_in_a_category_that_is_refused_answers_as_one_that_is_not_there()
    {
        await Assess(Client, record, Forms.Phq9("2026-04-06T09:30:00Z", value: 0));
        await Assess(Client, record, Forms.Phq9("2026-05-06T09:30:00Z", value: 2));
        var id = (await Practitioner.Get(Path)).Ids().Single();
        await Give(record, Provision.Permit("goals") with { Grantees = [Grantee.Practitioner(Personas.SupervisorId)] });
        await Give(record, Provision.Permit("demographics") with { Grantees = [Grantee.Practitioner(Personas.ColleagueId)] });
        using (Assert.EnterMultipleScope())
        {
            foreach (var (who, status) in new[] { (Supervisor, HttpStatusCode.NotFound), (Colleague, HttpStatusCode.Forbidden), (Elsewhere, HttpStatusCode.NotFound) })
            {
                var there = await who.Get($"{Path}/{id}");
                Assert.That(there.Status, Is.EqualTo(status));
                Assert.That(Told(there, id), Is.EqualTo(Told(await who.Get($"{Path}/{Nobody}"), Nobody)));
                Assert.That(
                    Told(await who.Post($"{Path}/{id}/response", Accepting, ("If-Match", "\"1\"")), id),
                    Is.EqualTo(Told(await who.Post($"{Path}/{Nobody}/response", Accepting, ("If-Match", "\"1\"")), Nobody)));
            }

            Assert.That((await Supervisor.Get(Path)).Json.GetProperty("withheld").GetArrayLength(), Is.EqualTo(2));
            Assert.That((await Colleague.Get(Path)).Status, Is.EqualTo(HttpStatusCode.Forbidden));
        }
    }

    [Test]
    public async Task A_prompt_over_a_goal_closes_to_whom_a_later_label_closes_the_goal()
    {
        // Its author would see it still: no label closes an item to who wrote it.
        var goal = await AgreedGoal(by: Client);
        await Level(goal, -1, "2026-03-01T10:00:00Z");
        await Level(goal, -1, "2026-04-02T10:00:00Z");
        var id = (await Practitioner.Get(Path)).Ids().Single();
        (await Client.Patch(goal, new { sensitivities = new[] { "HIV" } }, ("If-Match", (await Client.Get(goal)).ETag))).Expect(HttpStatusCode.OK);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((await Practitioner.Get(Path)).Total(), Is.Zero);
            Assert.That((await Practitioner.Get($"{Path}/{id}")).Status, Is.EqualTo(HttpStatusCode.NotFound));
            Assert.That((await Client.Get($"{Path}/{id}")).Status, Is.EqualTo(HttpStatusCode.OK));
        }
    }

    [Test]
    public async Task A_prompt_is_answered_with_a_reason_and_the_answer_is_kept()
    {
        var prompt = await Raised();
        var accepted = (await Practitioner.Post($"{prompt}/response", Accepting, ("If-Match", "\"1\""))).Expect(HttpStatusCode.OK);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(accepted.Word("status"), Is.EqualTo("accepted"));
            Assert.That(accepted.Json.GetProperty("responses")[0].Word("planChange"), Is.EqualTo("Two sessions a week."));
            Assert.That((await Client.Get(prompt)).Text, Is.EqualTo(accepted.Text));
            Assert.That((await Practitioner.Post($"{prompt}/response", Accepting, ("If-Match", accepted.ETag))).Problem, Is.EqualTo("state-conflict"));
            Assert.That((await Practitioner.Get($"{Path}?status=open")).Total(), Is.Zero);
            Assert.That((await Practitioner.Get($"{Path}?status=accepted")).Total(), Is.EqualTo(1));
            Assert.That((await Practitioner.Get($"{prompt}/versions")).Items().Select(one => one.Word("status")), Is.EqualTo(["open", "accepted"]));
            Assert.That((await Practitioner.Get($"{prompt}/versions/1")).Json.GetProperty("responses").GetArrayLength(), Is.Zero);
        }
    }

    [TestCase("""{"answer":"accept","reason":"x"}""", "#/planChange required")]
    [TestCase("""{"answer":"decline"}""", "#/reason required")]
    [TestCase("""{"answer":"decline","reason":"x","planChange":"y"}""", "#/planChange not-allowed")]
    [TestCase("""{"answer":"defer","reason":"x"}""", "#/until required")]
    [TestCase("""{"answer":"defer","reason":"x","until":"2020-01-01T00:00:00Z"}""", "#/until out-of-range")]
    [TestCase("""{"answer":"accept","reason":"x","planChange":"y","until":"2020-01-01T00:00:00Z"}""", "#/until not-allowed,#/until out-of-range")]
    [TestCase("""{"answer":"ignore","reason":"x"}""", "#/answer unknown-value")]
    public async Task A_faulty_answer_names_its_faults(string body, string faults)
    {
        var prompt = await Raised();
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        var answer = (await Practitioner.Send(HttpMethod.Post, $"{prompt}/response", content, ("If-Match", "\"1\""))).Expect(HttpStatusCode.UnprocessableEntity);
        Assert.That(string.Join(',', answer.Faults), Is.EqualTo(faults));
    }

    [Test]
    public async Task Who_may_not_answer_is_refused()
    {
        var prompt = await Raised();
        using (Assert.EnterMultipleScope())
        {
            Assert.That((await Client.Post($"{prompt}/response", Accepting, ("If-Match", "\"1\""))).Status, Is.EqualTo(HttpStatusCode.Forbidden));
            Assert.That((await Colleague.Post($"{prompt}/response", Accepting, ("If-Match", "\"1\""))).Status, Is.EqualTo(HttpStatusCode.NotFound));
            Assert.That((await Practitioner.Post($"{prompt}/response", Accepting)).Status, Is.EqualTo(HttpStatusCode.PreconditionRequired));
            Assert.That((await Practitioner.Post($"{prompt}/response", Accepting, ("If-Match", "\"3\""))).Status, Is.EqualTo(HttpStatusCode.PreconditionFailed));
        }
    }

    [Test]
    public async Task What_is_put_off_comes_back_at_its_date()
    {
        var prompt = await Raised();
        var until = Host.Clock.GetUtcNow().AddMinutes(5);
        (await Practitioner.Post($"{prompt}/response", new { answer = "defer", reason = "On holiday.", until }, ("If-Match", "\"1\""))).Expect(HttpStatusCode.OK);
        Assert.That((await Totals(), (await Open(Practitioner)).ContainsKey(record)), Is.EqualTo((((int?)0, (int?)1), false)));
        Host.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.That(await Totals(), Is.EqualTo(((int?)1, (int?)0)));
        Assert.That((await Open(Practitioner))[record].Word("count"), Is.EqualTo("1"));
        var declined = await Practitioner.Post($"{prompt}/response", new { answer = "decline", reason = "Better since." }, ("If-Match", "\"2\""));
        Assert.That(declined.Expect(HttpStatusCode.OK).Json.GetProperty("responses").EnumerateArray().Select(one => one.Word("answer")), Is.EqualTo(["defer", "decline"]));

        async Task<(int?, int?)> Totals() =>
            ((await Practitioner.Get($"{Path}?status=open")).Total(), (await Practitioner.Get($"{Path}?status=deferred")).Total());
    }

    [Test]
    public async Task Retracting_what_it_rests_on_closes_it_unless_it_was_answered()
    {
        var first = await Assess(Client, record, Forms.Phq9("2026-04-06T09:30:00Z", value: 0));
        var latest = await Assess(Client, record, Forms.Phq9("2026-05-06T09:30:00Z", value: 2));
        var prompt = $"{Path}/{(await Practitioner.Get(Path)).Ids().Single()}";
        (await Client.Post(Record(record, $"/assessments/{latest.Id}/retraction"), new { reason = "Slipped." }, ("If-Match", latest.ETag))).Expect(HttpStatusCode.OK);
        var closed = await Practitioner.Get(prompt);
        Assert.That((closed.Word("status"), closed.Word("closing.reason")), Is.EqualTo(("closed", "Slipped.")));

        await Assess(Client, record, Forms.Phq9("2026-05-07T09:30:00Z", value: 2));
        var next = $"{Path}/{(await Practitioner.Get($"{Path}?status=open")).Ids().Single()}";
        (await Practitioner.Post($"{next}/response", Accepting, ("If-Match", "\"1\""))).Expect(HttpStatusCode.OK);
        (await Client.Post(Record(record, $"/assessments/{first.Id}/retraction"), new { reason = "Slipped." }, ("If-Match", first.ETag))).Expect(HttpStatusCode.OK);
        Assert.That((await Practitioner.Get(next)).Word("status"), Is.EqualTo("accepted"), "what was answered is kept for review");
    }

    [Test]
    public async Task The_open_prompts_of_a_caseload_are_those_in_reach_with_a_decision_for_each_category()
    {
        await Raised();
        var goal = await AgreedGoal();
        await Level(goal, -1, "2026-03-01T10:00:00Z");
        await Level(goal, -1, "2026-04-02T10:00:00Z");
        var silent = await Host.NewClient();
        var quiet = await Host.NewClient();
        await Give(quiet, Provision.Permit("assessments", "goals", "session-notes"));
        var listed = await Open(Practitioner);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(listed[record].Word("count"), Is.EqualTo("2"));
            Assert.That(listed[record].GetProperty("prompts").EnumerateArray().Select(one => one.Word("rule.code")), Is.EqualTo(["deterioration", "stalled-goal"]));
            Assert.That(listed[record].GetProperty("decisions").EnumerateArray().Select(one => one.Word("category")), Is.EqualTo(["assessments", "goals", "session-notes"]));
            Assert.That(listed[silent].GetProperty("withheld").GetArrayLength(), Is.EqualTo(3));
            Assert.That(listed[silent].GetProperty("decisions").EnumerateArray().Select(one => one.Word("category")), Is.EqualTo(["demographics"]));
            Assert.That(listed.Keys, Does.Not.Contain(quiet));
            Assert.That((await Open(Colleague)).Keys, Does.Not.Contain(record));
        }

        var history = (await Client.Get(Record(record, "/access-history?limit=200"))).Items().Where(one => one.Word("operation") == "ListOpenPrompts");
        Assert.That(history.Select(one => one.Word("category")).Distinct(), Is.EquivalentTo(["assessments", "goals", "session-notes"]));
    }

    [Test]
    public async Task A_list_goes_on_over_its_categories_without_a_gap()
    {
        await Raised();
        var goal = await AgreedGoal();
        await Level(goal, -1, "2026-03-01T10:00:00Z");
        await Level(goal, -1, "2026-04-02T10:00:00Z");
        var all = (await Practitioner.Get(Path)).Ids();
        var first = await Practitioner.Get($"{Path}?limit=1");
        var second = await Practitioner.Get($"{Path}?limit=1&cursor={Uri.EscapeDataString(first.NextCursor()!)}");
        Assert.That(all, Has.Count.EqualTo(2));
        Assert.That(first.Ids().Concat(second.Ids()), Is.EqualTo(all));
        Assert.That((first.Total(), second.Total(), second.NextCursor()), Is.EqualTo(((int?)2, (int?)2, (string?)null)));
    }

    [Test]
    public async Task A_partner_turns_a_rule_off_and_sets_its_numbers()
    {
        var settings = await Platform.Get("/v1/settings");
        var changed = (await Platform.Patch("/v1/settings", new { prompts = new { deterioration = false, alliancePoints = 1, allianceRatings = 1 } }, ("If-Match", settings.ETag)))
            .Expect(HttpStatusCode.OK);
        try
        {
            Assert.That((await Platform.Patch("/v1/settings", new { prompts = new { stalledGoalDays = 0, alliancePoints = 0.1 } }, ("If-Match", changed.ETag))).Faults,
                Is.EqualTo(["#/prompts/stalledGoalDays out-of-range", "#/prompts/alliancePoints out-of-range"]));
            await Assess(Client, record, Forms.Phq9("2026-04-06T09:30:00Z", value: 0));
            await Assess(Client, record, Forms.Phq9("2026-04-20T09:30:00Z", value: 2));
            Assert.That((await Practitioner.Get(Path)).Total(), Is.Zero);
            foreach (var (value, at) in new[] { (8.0, "2026-04-01"), (7.0, "2026-04-08") })
            {
                (await Client.Post(Record(record, "/alliance-check-ins"), new { value, at = $"{at}T10:00:00Z" })).Expect(HttpStatusCode.Created);
            }

            Assert.That((await Practitioner.Get(Path)).Items().Single().Word("rule.thresholds.points"), Is.EqualTo("1"));
        }
        finally
        {
            Settle("care = '{}'");
        }
    }

    [Test]
    public async Task Whose_purpose_needs_no_answers_sees_no_prompts()
    {
        await Raised();
        await Give(record, Provision.Permit("assessments") with { Purposes = ["HPAYMT"] });
        Assert.That((await Practitioner.Get(Path, ("Purpose-Of-Use", "HPAYMT"))).Status, Is.EqualTo(HttpStatusCode.Forbidden));
    }

    private async Task<string> Raised()
    {
        await Assess(Client, record, Forms.Phq9("2026-04-06T09:30:00Z", value: 0));
        await Assess(Client, record, Forms.Phq9("2026-05-06T09:30:00Z", value: 2));
        return $"{Path}/{(await Practitioner.Get(Path)).Ids()[0]}";
    }

    private async Task<string> AgreedGoal(Api? by = null)
    {
        var goal = await Goals.Goals.Propose(by ?? Practitioner, record);
        foreach (var side in new[] { Client, Practitioner })
        {
            (await side.Post($"{goal}/agreements", null, ("If-Match", (await side.Get(goal)).ETag))).Expect(HttpStatusCode.OK);
        }

        return goal;
    }

    private async Task Level(string goal, int level, string observedAt) =>
        (await Practitioner.Post($"{goal}/progress", new { kind = "attainment", level, observedAt })).Expect(HttpStatusCode.Created);

    private static string Told(Answer answer, Guid id) =>
        $"{answer.Status} {System.Text.RegularExpressions.Regex.Replace(answer.Text, "\"traceId\":\"[^\"]*\"", "")}".Replace(id.ToString(), "", StringComparison.Ordinal);

    private static async Task<Dictionary<Guid, JsonElement>> Open(Api api) =>
        (await api.AllPages("/v1/prompts?status=open", 200)).ToDictionary(item => item.GetProperty("clientId").GetGuid());
}
