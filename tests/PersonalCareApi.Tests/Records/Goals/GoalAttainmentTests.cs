using System.Net;
using PersonalCareApi.Tests.TestHost;

namespace PersonalCareApi.Tests.Records.Goals;

/// <summary>Progress on goals, and the T-score over them.</summary>
[OnEachDatabase]
internal sealed class GoalAttainmentTests(TestDatabase database) : OnOneHost(database)
{
    [Test]
    public async Task The_score_is_of_the_agreed_goals_first_and_last_levels()
    {
        var record = await Record();
        var first = await Agreed(record, 3);
        var second = await Agreed(record, 5);
        var proposed = await Goals.Propose(Practitioner, record);
        await Level(Practitioner, first, -2, "2026-05-01T10:00:00Z");
        await Level(Practitioner, second, -1, "2026-05-01T10:00:00Z");
        await Level(Practitioner, first, 1, "2026-06-01T10:00:00Z");
        await Level(Practitioner, second, 0, "2026-06-01T10:00:00Z");
        await Level(Practitioner, first, 0, "2026-05-15T10:00:00Z"); // recorded late, observed in between
        await Level(Practitioner, proposed, 2, "2026-06-01T10:00:00Z");

        var score = (await Practitioner.Get(Requests.Record(record, "/goal-attainment"))).Expect(HttpStatusCode.OK).Json;

        // 50 + 10 (3·−2 + 5·−1) / √(0.7·34 + 0.3·64) and 50 + 10·3 / the same root, by hand.
        Assert.That(score.GetProperty("baseline").GetDecimal(), Is.EqualTo(33.2252m));
        Assert.That(score.GetProperty("latest").GetDecimal(), Is.EqualTo(54.5750m));
        Assert.That(score.GetProperty("change").GetDecimal(), Is.EqualTo(21.3498m));
        Assert.That(score.GetProperty("goals").GetArrayLength(), Is.EqualTo(2));
    }

    [Test]
    public async Task Each_side_has_a_score_of_its_own()
    {
        var record = await Record();
        var goal = await Agreed(record, 1);
        await Level(Practitioner, goal, 1);
        await Level(Client, goal, -1);

        Assert.That(await Latest(record, "practitioner"), Is.EqualTo(60));
        Assert.That(await Latest(record, "client"), Is.EqualTo(40));
        var views = (await Practitioner.Get($"{goal}/progress")).Json;
        Assert.That(views.GetProperty("total").GetInt32(), Is.EqualTo(2));
        Assert.That((await Practitioner.Get($"{goal}/progress?by=client")).Json.GetProperty("total").GetInt32(), Is.EqualTo(1));
    }

    [Test]
    public async Task Where_it_is_not_defined_the_refusal_says_why()
    {
        var record = await Record();
        Assert.That(await Refusal(record), Does.Contain("no goal that both sides"));
        var weightless = await Agreed(record, 0);
        Assert.That(await Refusal(record), Does.Contain("No level"));
        await Level(Practitioner, weightless, 1);
        Assert.That(await Refusal(record), Does.Contain("weight 0"));
    }

    [Test]
    public async Task Levels_of_earlier_terms_and_retracted_ones_do_not_count()
    {
        var record = await Record();
        var goal = await Agreed(record, 1);
        await Level(Practitioner, goal, 2);
        await Goals.Amend(Practitioner, goal, new { why = "It has become something else." });
        await Goals.Fact(Practitioner, goal, "agreements");
        await Goals.Fact(Client, goal, "agreements");
        Assert.That(await Refusal(record), Does.Contain("No level"));

        var wrong = await Level(Practitioner, goal, -2, "2026-05-01T10:00:00Z");
        await Level(Practitioner, goal, 1, "2026-05-02T10:00:00Z");
        (await Practitioner.Post($"{wrong.Header("Location")}/retraction", new { reason = "Wrong goal." }, ("If-Match", wrong.ETag))).Expect(HttpStatusCode.OK);

        Assert.That(await Latest(record, "practitioner"), Is.EqualTo(60));
        Assert.That((await Client.Post($"{wrong.Header("Location")}/retraction", new { reason = "Not mine." }, ("If-Match", "\"2\""))).Status, Is.EqualTo(HttpStatusCode.Forbidden));
    }

    [Test]
    public async Task What_is_out_of_reach_does_not_go_into_the_score()
    {
        var record = await Record();
        await Level(Practitioner, await Agreed(record, 1), 1);
        var hidden = await Goals.Propose(Client, record, 1);
        await Goals.Fact(Practitioner, hidden, "agreements");
        await Goals.Fact(Client, hidden, "agreements");
        await Level(Practitioner, hidden, -2);
        Assert.That(await Latest(record, "practitioner"), Is.EqualTo(43.7983m).Within(0.0001m));
        await Give(record, Provision.Deny("goals") with { AuthoredBy = [record] });

        Assert.That(await Latest(record, "practitioner"), Is.EqualTo(60));
    }

    [TestCase("""{ "kind": "attainment" }""", "#/level invalid-value")]
    [TestCase("""{ "kind": "attainment", "level": 3 }""", "#/level out-of-range")]
    [TestCase("""{ "kind": "scaling", "level": 1, "value": 3 }""", "#/level invalid-value")]
    [TestCase("""{ "kind": "scaling", "value": 10.5 }""", "#/value out-of-range")]
    [TestCase("""{ "kind": "scaling", "value": 4, "observedAt": "2150-01-01T00:00:00Z" }""", "#/observedAt out-of-range")]
    [TestCase("""{ "kind": "mood", "value": 4 }""", "#/kind unknown-value")]
    public async Task A_view_that_cannot_be_is_refused(string body, string fault)
    {
        var goal = await Goals.Propose(Practitioner, await Record());

        Assert.That((await Practitioner.PostText($"{goal}/progress", body)).Expect(HttpStatusCode.UnprocessableEntity).Faults, Does.Contain(fault));
    }

    private async Task<Guid> Record()
    {
        var record = await Host.NewClient();
        await Give(record, Provision.Permit("goals"));
        return record;
    }

    private async Task<string> Agreed(Guid record, decimal weight)
    {
        var goal = await Goals.Propose(Practitioner, record, weight);
        await Goals.Fact(Practitioner, goal, "agreements");
        await Goals.Fact(Client, goal, "agreements");
        return goal;
    }

    private static async Task<Answer> Level(Api by, string goal, int level, string observedAt = "2026-05-20T10:00:00Z") =>
        (await by.Post($"{goal}/progress", new { kind = "attainment", level, observedAt })).Expect(HttpStatusCode.Created);

    private async Task<decimal> Latest(Guid record, string by) =>
        (await Practitioner.Get(Requests.Record(record, $"/goal-attainment?by={by}"))).Expect(HttpStatusCode.OK).Json.GetProperty("latest").GetDecimal();

    private async Task<string?> Refusal(Guid record)
    {
        var answer = (await Practitioner.Get(Requests.Record(record, "/goal-attainment"))).Expect(HttpStatusCode.Conflict);
        Assert.That(answer.Problem, Is.EqualTo("not-defined"));
        return answer.Json.GetProperty("detail").GetString();
    }
}
