using System.Net;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records.Goals;

/// <summary>Goals that a client and a practitioner set together.</summary>
[OnEachDatabase]
internal sealed class GoalTests(TestDatabase database) : OnOneHost(database)
{
    [Test]
    public async Task A_goal_is_agreed_once_both_sides_have_signed_the_same_terms()
    {
        var goal = await Proposed();

        var first = await Goals.Fact(Practitioner, goal, "agreements");
        Assert.That(Goals.Status(first), Is.EqualTo("proposed"));
        var second = await Goals.Fact(Client, goal, "agreements");

        Assert.That(Goals.Status(second), Is.EqualTo("agreed"));
        Assert.That(second.Json.GetProperty("agreements").EnumerateArray().Select(one => one.GetProperty("inForce").GetBoolean()), Is.EqualTo([true, true]));
        Assert.That(second.Json.GetProperty("agreements")[1].GetProperty("by").GetProperty("kind").GetString(), Is.EqualTo("client"));
    }

    [Test]
    public async Task An_amendment_voids_both_signatures_until_both_have_signed_again()
    {
        var goal = await Agreed();

        var amended = await Goals.Amend(Client, goal, new { weight = 3 });
        Assert.That(Goals.Status(amended), Is.EqualTo("proposed"));
        Assert.That(amended.Json.GetProperty("agreements").EnumerateArray().Select(one => one.GetProperty("inForce").GetBoolean()), Is.EqualTo([false, false]));
        Assert.That(amended.Json.GetProperty("termsVersion").GetInt32(), Is.EqualTo(amended.Json.GetProperty("version").GetInt32()));
        Assert.That(amended.Json.GetProperty("changedBy").GetProperty("kind").GetString(), Is.EqualTo("client"));

        Assert.That(Goals.Status(await Goals.Fact(Client, goal, "agreements")), Is.EqualTo("proposed"));
        var again = await Goals.Fact(Practitioner, goal, "agreements");
        Assert.That(Goals.Status(again), Is.EqualTo("agreed"));
        Assert.That(again.Json.GetProperty("agreements").GetArrayLength(), Is.EqualTo(4));
    }

    [Test]
    public async Task A_patch_that_changes_nothing_voids_nothing()
    {
        var goal = await Agreed();
        var before = (await Client.Get(goal)).Expect(HttpStatusCode.OK);

        var same = await Goals.Amend(Client, goal, new { weight = 2 });

        Assert.That(same.Text, Is.EqualTo(before.Text));
    }

    [Test]
    public async Task Who_signs_terms_that_have_changed_meanwhile_signs_nothing()
    {
        var goal = await Proposed();
        var seen = (await Client.Get(goal)).Expect(HttpStatusCode.OK).ETag;
        await Goals.Amend(Practitioner, goal, new { statement = "Something else altogether." });

        (await Client.Post($"{goal}/agreements", null, ("If-Match", seen))).Expect(HttpStatusCode.PreconditionFailed);

        Assert.That((await Client.Get(goal)).Json.GetProperty("agreements").GetArrayLength(), Is.Zero);
    }

    [Test]
    public async Task Both_signing_at_once_leaves_both_signatures_in_the_end()
    {
        var goal = await Proposed();
        var seen = (await Client.Get(goal)).Expect(HttpStatusCode.OK).ETag;

        var answers = await Task.WhenAll(
            Client.Post($"{goal}/agreements", null, ("If-Match", seen)), Practitioner.Post($"{goal}/agreements", null, ("If-Match", seen)));

        Assert.That(answers.Select(answer => answer.Status), Is.EquivalentTo([HttpStatusCode.OK, HttpStatusCode.PreconditionFailed]));
        var late = answers[0].Status == HttpStatusCode.OK ? Practitioner : Client;
        Assert.That(Goals.Status(await Goals.Fact(late, goal, "agreements")), Is.EqualTo("agreed"));
    }

    [Test]
    public async Task Nobody_signs_twice_and_no_practitioner_signs_beside_another()
    {
        var record = await Record();
        await Give(record, Provision.Permit("goals") with { Grantees = [Grantee.Practitioner(Personas.SupervisorId)] });
        (await Practitioner.Post(Requests.Record(record, "/care-relationships"), new { practitionerId = Personas.SupervisorId, role = "supervisor" }))
            .Expect(HttpStatusCode.Created);
        var goal = await Goals.Propose(Practitioner, record);
        await Goals.Fact(Practitioner, goal, "agreements");

        Assert.That((await Goals.Try(Practitioner, goal, "agreements")).Problem, Is.EqualTo("state-conflict"));
        Assert.That((await Goals.Try(Supervisor, goal, "agreements")).Problem, Is.EqualTo("state-conflict"));
    }

    [Test]
    public async Task A_practitioner_with_a_permit_but_no_part_in_the_care_proposes_and_does_not_sign()
    {
        var record = await Record();
        await Give(record, Provision.Permit("goals") with { Grantees = [Grantee.Practitioner(Personas.ColleagueId)] });

        var goal = await Goals.Propose(Colleague, record);

        foreach (var fact in new[] { "agreements", "setting-aside", "retraction" })
        {
            Assert.That((await Goals.Try(Colleague, goal, fact)).Status, Is.EqualTo(HttpStatusCode.Forbidden), fact);
        }
    }

    [Test]
    public async Task A_representative_signs_in_the_clients_place()
    {
        var parent = await Host.As("representative");
        var child = await Host.As("other-client");
        var record = Personas.OtherClientId;
        var consent = (await child.Post(Requests.Record(record, "/consents"), Permit(["goals"]))).Expect(HttpStatusCode.Created);
        await parent.Post(Requests.Record(record, $"/consents/{consent.Id}/authorisations"), null, ("If-Match", consent.ETag));
        var goal = await Goals.Propose(Practitioner, record);

        await Goals.Fact(Practitioner, goal, "agreements");
        var agreed = await Goals.Fact(parent, goal, "agreements");

        Assert.That(Goals.Status(agreed), Is.EqualTo("agreed"));
        Assert.That((await Goals.Try(child, goal, "agreements")).Problem, Is.EqualTo("state-conflict"));
    }

    [Test]
    public async Task Every_version_can_be_read_as_it_was()
    {
        var goal = await Agreed();
        await Goals.Amend(Practitioner, goal, new { statement = "A new statement." });

        var versions = (await Client.Get($"{goal}/versions")).Expect(HttpStatusCode.OK).Json.GetProperty("items").EnumerateArray().ToList();

        Assert.That(versions.Select(version => version.GetProperty("status").GetString()), Is.EqualTo(["proposed", "proposed", "agreed", "proposed"]));
        Assert.That(versions.Select(version => version.GetProperty("agreements").GetArrayLength()), Is.EqualTo([0, 1, 2, 2]));
        Assert.That((await Client.Get($"{goal}/versions/1")).Json.GetProperty("statement").GetString(), Does.StartWith("Meet a friend"));
        Assert.That((await Client.Get($"{goal}/versions/4")).Json.GetProperty("statement").GetString(), Is.EqualTo("A new statement."));
        (await Client.Get($"{goal}/versions/5")).Expect(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task Each_fault_of_the_terms_is_named()
    {
        var record = await Record();
        var answer = await Client.Post(Requests.Record(record, "/goals"), new
        {
            statement = "",
            weight = -1,
            levels = new object[] { new { level = 0, description = "a" }, new { level = 0, description = "" }, new { level = 3, description = "c" } },
            sensitivities = new[] { "PSYTHPN" },
        });

        Assert.That(answer.Expect(HttpStatusCode.UnprocessableEntity).Faults, Is.EquivalentTo(
        [
            "#/statement required", "#/weight out-of-range", "#/levels invalid-value", "#/levels/1/description required",
            "#/levels/2/level out-of-range", "#/sensitivities/0 unknown-value",
        ]));
        Assert.That(
            (await Client.Post(Requests.Record(record, "/goals"), Goals.Terms(instruments: ["no-such"]))).Faults,
            Is.EqualTo(["#/instruments/0 unknown-reference"]));
    }

    [Test]
    public async Task A_labelled_goal_is_out_of_reach_of_a_permit_that_does_not_name_the_label_and_of_its_totals()
    {
        var record = await Record();
        await Goals.Propose(Client, record);
        var labelled = await Goals.Propose(Client, record, sensitivities: ["SDV"]);

        (await Practitioner.Get(labelled)).Expect(HttpStatusCode.NotFound);
        (await Practitioner.Get($"{labelled}/versions")).Expect(HttpStatusCode.NotFound);
        (await Practitioner.Get($"{labelled}/progress")).Expect(HttpStatusCode.NotFound);
        Assert.That((await Practitioner.Get(Requests.Record(record, "/goals"))).Json.GetProperty("total").GetInt32(), Is.EqualTo(1));
        Assert.That((await Client.Get(Requests.Record(record, "/goals"))).Json.GetProperty("total").GetInt32(), Is.EqualTo(2));
    }

    [Test]
    public async Task Progress_recorded_before_a_goal_was_labelled_is_closed_with_it()
    {
        var record = await Record();
        var goal = await Goals.Propose(Client, record);
        var progress = (await Client.Post($"{goal}/progress", new { kind = "scaling", value = 4.5 })).Expect(HttpStatusCode.Created);
        (await Practitioner.Get(progress.Header("Location")!)).Expect(HttpStatusCode.OK);

        await Goals.Amend(Client, goal, new { sensitivities = new[] { "SDV" } });

        (await Practitioner.Get(progress.Header("Location")!)).Expect(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task Without_consent_goals_are_refused_and_to_strangers_they_are_not_there()
    {
        var record = await Host.NewClient();
        var goal = await Goals.Propose(Client, record);

        Assert.That((await Practitioner.Get(goal)).Expect(HttpStatusCode.Forbidden).Reason, Is.EqualTo("no-consent"));
        (await Colleague.Get(goal)).Expect(HttpStatusCode.NotFound);
        (await Elsewhere.Get(goal)).Expect(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task Payment_gets_no_words_of_a_goal()
    {
        var record = await Record();
        await Give(record, Provision.Permit("goals") with { Purposes = ["HPAYMT"] });
        var goal = await Goals.Propose(Client, record);

        var seen = (await Practitioner.Get(goal, ("Purpose-Of-Use", "HPAYMT"))).Expect(HttpStatusCode.OK);

        Assert.That(seen.Text, Does.Not.Contain("friend").And.Not.Contain("laughing").And.Not.Contain("company"));
        Assert.That(seen.Json.GetProperty("weight").GetDecimal(), Is.EqualTo(2));
    }

    [Test]
    public async Task The_client_sees_who_looked_at_the_goals()
    {
        var record = await Record();
        var goal = await Goals.Propose(Client, record);
        (await Practitioner.Get(goal)).Expect(HttpStatusCode.OK);

        var history = (await Client.Get(Requests.Record(record, "/access-history"))).Expect(HttpStatusCode.OK);

        Assert.That(history.Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("operation").GetString()), Does.Contain("GetGoal"));
    }

    private async Task<Guid> Record()
    {
        var record = await Host.NewClient();
        await Give(record, Provision.Permit("goals"));
        return record;
    }

    private async Task<string> Proposed() => await Goals.Propose(Practitioner, await Record());

    private async Task<string> Agreed()
    {
        var goal = await Proposed();
        await Goals.Fact(Practitioner, goal, "agreements");
        await Goals.Fact(Client, goal, "agreements");
        return goal;
    }
}
