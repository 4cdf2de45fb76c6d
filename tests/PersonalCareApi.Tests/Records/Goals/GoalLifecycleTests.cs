using System.Globalization;
using System.Net;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.TestHost;

namespace PersonalCareApi.Tests.Records.Goals;

/// <summary>The truth table of a goal: every status, every action, every kind of caller, and the answer.</summary>
[OnEachDatabase]
internal sealed class GoalLifecycleTests(TestDatabase database) : OnOneHost(database)
{
    private static readonly string[] Statuses = ["proposed", "agreed", "achieved", "set-aside", "retracted"];
    private static readonly string[] Callers = ["client", "practitioner", "permitted", "platform", "unpermitted", "elsewhere"];

    /// <summary>
    /// For each status the answers of: the client, the practitioner of the care team (both of whom have signed where it is
    /// agreed), a practitioner with a permit alone, an application with a permit. The practitioner proposed.
    /// </summary>
    private static readonly Dictionary<string, string[]> Answers = new()
    {
        // action         client  care  permitted  application
        ["proposed read"] = ["200", "200", "200", "200"],
        ["proposed amend"] = ["200", "200", "200", "403"],
        ["proposed agreements"] = ["200", "200", "403", "403"],
        ["proposed achievement"] = ["409", "409", "403", "403"],
        ["proposed setting-aside"] = ["200", "200", "403", "403"],
        ["proposed retraction"] = ["403", "200", "403", "403"],
        ["proposed progress"] = ["201", "201", "201", "403"],
        ["agreed read"] = ["200", "200", "200", "200"],
        ["agreed amend"] = ["200", "200", "200", "403"],
        ["agreed agreements"] = ["409", "409", "403", "403"],
        ["agreed achievement"] = ["200", "200", "403", "403"],
        ["agreed setting-aside"] = ["200", "200", "403", "403"],
        ["agreed retraction"] = ["403", "200", "403", "403"],
        ["agreed progress"] = ["201", "201", "201", "403"],
        ["achieved read"] = ["200", "200", "200", "200"],
        ["achieved amend"] = ["409", "409", "409", "403"],
        ["achieved agreements"] = ["409", "409", "403", "403"],
        ["achieved achievement"] = ["409", "409", "403", "403"],
        ["achieved setting-aside"] = ["409", "409", "403", "403"],
        ["achieved retraction"] = ["403", "200", "403", "403"],
        ["achieved progress"] = ["201", "201", "201", "403"],
        ["set-aside read"] = ["200", "200", "200", "200"],
        ["set-aside amend"] = ["409", "409", "409", "403"],
        ["set-aside agreements"] = ["409", "409", "403", "403"],
        ["set-aside achievement"] = ["409", "409", "403", "403"],
        ["set-aside setting-aside"] = ["409", "409", "403", "403"],
        ["set-aside retraction"] = ["403", "200", "403", "403"],
        ["set-aside progress"] = ["409", "409", "409", "403"],
        ["retracted read"] = ["200", "200", "200", "200"],
        ["retracted amend"] = ["409", "409", "409", "403"],
        ["retracted agreements"] = ["409", "409", "403", "403"],
        ["retracted achievement"] = ["409", "409", "403", "403"],
        ["retracted setting-aside"] = ["409", "409", "403", "403"],
        ["retracted retraction"] = ["403", "409", "403", "403"],
        ["retracted progress"] = ["409", "409", "409", "403"],
    };

    private static IEnumerable<TestCaseData> Cases() =>
        from status in Statuses
        from action in new[] { "read", "amend", "agreements", "achievement", "setting-aside", "retraction", "progress" }
        select new TestCaseData(status, action).SetArgDisplayNames(status, action);

    [TestCaseSource(nameof(Cases))]
    public async Task Each_caller_gets_the_answer_of_the_table(string status, string action)
    {
        var expected = Answers[$"{status} {action}"].Concat(["403", "404"]).ToArray();
        foreach (var (caller, answer) in Callers.Zip(expected))
        {
            var goal = await In(status);
            var got = await Do(action, await As(caller), goal);
            Assert.That(((int)got.Status).ToString(CultureInfo.InvariantCulture), Is.EqualTo(answer), $"{caller}: {got.Text}");
        }
    }

    /// <summary>A goal of a new record in that status.</summary>
    private async Task<string> In(string status)
    {
        var record = await Host.NewClient();
        await Give(
            record,
            Provision.Permit("goals"),
            Provision.Permit("goals") with { Grantees = [Grantee.Practitioner(Personas.ColleagueId), Grantee.Application(Personas.Platform.Id)] });
        (await Practitioner.Post(Requests.Record(record, "/care-relationships"), new { practitionerId = Personas.SupervisorId, role = "supervisor" }))
            .Expect(HttpStatusCode.Created);
        var goal = await Goals.Propose(Practitioner, record);
        if (status is "agreed" or "achieved")
        {
            await Goals.Fact(Practitioner, goal, "agreements");
            await Goals.Fact(Client, goal, "agreements");
        }

        if (status != "proposed" && status != "agreed")
        {
            await Goals.Fact(Practitioner, goal, status switch { "achieved" => "achievement", "set-aside" => "setting-aside", _ => "retraction" });
        }

        return goal;
    }

    private Task<Api> As(string caller) => Task.FromResult(caller switch
    {
        "client" => Client,
        "practitioner" => Practitioner,
        "permitted" => Colleague,
        "platform" => Platform,
        "unpermitted" => Supervisor,
        _ => Elsewhere,
    });

    private async Task<Answer> Do(string action, Api by, string goal)
    {
        (string, string)[] headers = [("If-Match", (await Client.Get(goal)).ETag), .. by == Platform ? [("Purpose-Of-Use", "TREAT")] : Array.Empty<(string, string)>()];
        return action switch
        {
            "read" => await by.Get(goal, headers[1..]),
            "amend" => await by.Patch(goal, new { weight = 7 }, headers),
            "agreements" => await by.Post($"{goal}/agreements", null, headers),
            "progress" => await by.Post($"{goal}/progress", new { kind = "scaling", value = 3 }, headers),
            "achievement" => await by.Post($"{goal}/achievement", new { }, headers),
            _ => await by.Post($"{goal}/{action}", new { reason = "Because." }, headers),
        };
    }
}
