using System.Net;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.Records.Representatives;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.Records.Representatives.RepresentativeRequests;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records.Safeguards;

/// <summary>While endangerment is recorded a representative's authority rests, and nothing shows why.</summary>
[OnEachDatabase]
internal sealed class SafeguardTests(TestDatabase database) : OnOneHost(database)
{
    [Test]
    public async Task From_its_answer_on_the_representative_is_answered_as_if_the_authority_had_ended()
    {
        var (record, father, _) = await Family("sg-rests");
        (await father.Get(Record(record, "/goals"))).Expect(HttpStatusCode.OK);

        await Suspend(record);

        var after = (await father.Get(Record(record, "/goals"))).Expect(HttpStatusCode.NotFound);
        var unknown = (await father.Get(Record(Nobody, "/goals"))).Expect(HttpStatusCode.NotFound);
        Assert.That(after.Headers.Keys, Is.EquivalentTo(unknown.Headers.Keys));
        foreach (var path in new[] { "", "/representatives", "/safeguards", "/notices", "/consents", "/access", "/emergency-accesses" })
        {
            (await father.Get(Record(record, path))).Expect(HttpStatusCode.NotFound);
        }

        Assert.That((await father.Get("/v1/clients")).Ids(), Is.Empty);
    }

    [Test]
    public async Task It_ends_with_a_reason_and_the_authority_holds_again()
    {
        var (record, father, _) = await Family("sg-ends");
        var safeguard = await Suspend(record);
        var path = Record(record, $"/safeguards/{safeguard.Id}");
        (await Practitioner.Post($"{path}/termination", new { reason = "" }, ("If-Match", safeguard.ETag))).Expect(HttpStatusCode.UnprocessableEntity);

        var ended = (await Practitioner.Post($"{path}/termination", new { reason = "settled" }, ("If-Match", safeguard.ETag))).Expect(HttpStatusCode.OK);

        Assert.That(ended.Word("termination.reason"), Is.EqualTo("settled"));
        (await father.Get(Record(record, "/goals"))).Expect(HttpStatusCode.OK);
        (await Practitioner.Post($"{path}/termination", new { reason = "again" }, ("If-Match", ended.ETag))).Expect(HttpStatusCode.Conflict);
        await Suspend(record);
        (await father.Get(Record(record, "/goals"))).Expect(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task There_is_one_at_a_time_against_a_representative_of_this_record()
    {
        var (record, _, representative) = await Family("sg-once");
        await Suspend(record);
        (await Practitioner.Post(Record(record, "/safeguards"), Body(representative))).Expect(HttpStatusCode.Conflict);
        var foreign = (await Practitioner.Post(Record(record, "/safeguards"), Body(Personas.RepresentativeId))).Expect(HttpStatusCode.UnprocessableEntity);
        Assert.That(foreign.Faults, Is.EqualTo(["#/representativeId unknown-reference"]));
        var past = (await Practitioner.Post(
            Record(record, "/safeguards"), new { representativeId = representative, reason = "r", reviewAt = "2020-01-01T00:00:00Z" })).Expect(HttpStatusCode.UnprocessableEntity);
        Assert.That(past.Faults, Is.EqualTo(["#/reviewAt out-of-range"]));
    }

    [Test]
    public async Task The_care_team_alone_records_and_sees_it_and_the_refusal_is_the_same_with_and_without_one()
    {
        var (record, _, representative) = await Family("sg-who");
        var mother = await Host.Representing(record, "sg-who-mother");
        (await mother.Post(
            Record(record, "/consents"), Consent(Provision.Permit("demographics") with { Grantees = [Grantee.Practitioner(Personas.SupervisorId)] })))
            .Expect(HttpStatusCode.Created);
        (string Who, Api Api, (string, string)[] Headers)[] others =
        [
            ("the client", Client, []),
            ("another representative", mother, []),
            ("a practitioner by consent, not in care", Supervisor, []),
            ("the platform", Platform, [ForTreatment]),
        ];
        var before = await Answers();
        var safeguard = await Suspend(record);
        var after = await Answers();

        Assert.That(before.Select(one => one.Status), Is.All.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(after.Select(one => (one.Who, one.Status, one.Detail)), Is.EqualTo(before.Select(one => (one.Who, one.Status, one.Detail))));
        foreach (var (who, api, headers) in others)
        {
            Assert.That((await api.Get(Record(record, $"/safeguards/{safeguard.Id}"), headers)).Status, Is.EqualTo(HttpStatusCode.Forbidden), who);
            Assert.That(
                (await api.Post(Record(record, $"/safeguards/{safeguard.Id}/termination"), new { reason = "r" }, [("If-Match", safeguard.ETag), .. headers])).Status,
                Is.EqualTo(HttpStatusCode.Forbidden), who);
        }

        (await Colleague.Get(Record(record, "/safeguards"))).Expect(HttpStatusCode.NotFound);
        Assert.That((await Practitioner.Get(Record(record, "/safeguards"))).Ids(), Is.EqualTo([safeguard.Id]));

        async Task<List<(string Who, HttpStatusCode Status, string? Detail)>> Answers()
        {
            var answers = new List<(string, HttpStatusCode, string?)>();
            foreach (var (who, api, headers) in others)
            {
                var list = await api.Get(Record(record, "/safeguards"), headers);
                var post = await api.Post(Record(record, "/safeguards"), Body(representative), headers);
                answers.Add(($"{who} lists", list.Status, list.Word("detail")));
                answers.Add(($"{who} records", post.Status, post.Word("detail")));
            }

            return answers;
        }
    }

    [Test]
    public async Task Nothing_that_the_client_or_another_representative_reads_tells_of_it()
    {
        var (record, _, representative) = await Family("sg-hidden");
        var mother = await Host.Representing(record, "sg-hidden-mother", ["demographics", "consents", "goals"]);
        string[] paths =
        [
            "", "/representatives", $"/representatives/{representative}", $"/representatives/{representative}/versions", "/notices", "/care-relationships",
            "/emergency-accesses", "/consents", "/access",
        ];
        var before = await Read();

        var safeguard = await Suspend(record);

        Assert.That(await Read(), Is.EqualTo(before));
        var history = (await Client.Get(Record(record, "/access-history?limit=200"))).Text;
        Assert.That(history, Does.Not.Contain("afeguard").And.Not.Contain($"{safeguard.Id}"));
        var decision = safeguard.Header("Access-Decision");
        var told = (await Client.Get(Record(record, $"/access-decisions/{decision}"))).Expect(HttpStatusCode.OK).Text;
        Assert.That(told, Does.Not.Contain("afeguard").And.Not.Contain($"{safeguard.Id}"));
        Assert.That(Count($"change_row WHERE kind = 'safeguard'"), Is.Zero, "no feed of changes either");

        var asked = new { caller = new { kind = "representative", id = representative }, category = "goals", action = "read" };
        (await Client.Post(Record(record, "/access-decisions"), asked)).Expect(HttpStatusCode.Forbidden);
        (await mother.Post(Record(record, "/access-decisions"), asked)).Expect(HttpStatusCode.Forbidden);

        async Task<IReadOnlyList<string>> Read()
        {
            var texts = new List<string>();
            foreach (var path in paths)
            {
                foreach (var (who, api) in new[] { ("client", Client), ("mother", mother) })
                {
                    var answer = await api.Get(Record(record, path));
                    var text = answer.Status == HttpStatusCode.OK ? answer.Text : $"{answer.Status}";
                    texts.Add($"{who} {path}: {(path == "/access" ? text.Split("\"at\"")[0] : text)}");
                }
            }

            return texts;
        }
    }

    [Test]
    public async Task Its_own_use_stands_in_the_history_as_one_of_demographics()
    {
        var (record, _, _) = await Family("sg-ledger");
        await Suspend(record);
        var newest = (await Client.Get(Record(record, "/access-history"))).Items()[0];
        Assert.That(newest.Word("summary"), Is.EqualTo("A practitioner wrote demographics for treatment, as part of the care team."));
        Assert.That(newest.Word("operation"), Is.EqualTo("UseDemographics"));
    }

    [Test]
    public async Task The_others_keep_their_authority_and_the_suspended_one_keeps_that_for_a_sibling()
    {
        var (record, father, representative) = await Family("sg-sibling");
        var mother = await Host.Representing(record, "sg-sibling-mother");
        var sibling = await Host.NewClient(birthDate: "2014-09-02");
        await Host.Representing(sibling, "sg-sibling");

        await Suspend(record, representative);

        (await mother.Get(Record(record, "/goals"))).Expect(HttpStatusCode.OK);
        (await father.Get(Record(sibling, "/goals"))).Expect(HttpStatusCode.OK);
        Assert.That((await father.Get("/v1/clients")).Ids(), Is.EqualTo([sibling]));
    }

    [Test]
    public async Task A_second_authority_or_being_a_practitioner_leads_around_nothing()
    {
        var record = await Host.NewClient(birthDate: "2014-09-02");
        await Give(record, Provision.Permit("goals") with { Grantees = [Grantee.Practitioner(Personas.SupervisorId)] });
        var first = (await Platform.Post(Record(record, "/representatives"), Parent(subject: "supervisor"), ForTreatment)).Expect(HttpStatusCode.Created);
        (await Platform.Post(Record(record, "/representatives"), Proxy(subject: "supervisor"), ForTreatment)).Expect(HttpStatusCode.Created);
        (await Supervisor.Get(Record(record, "/goals"))).Expect(HttpStatusCode.OK);

        await Suspend(record, first.Id);

        (await Supervisor.Get(Record(record, "/goals"))).Expect(HttpStatusCode.NotFound);
        (await Supervisor.Post(Record(record, "/emergency-accesses"), EmergencyAccesses.Emergencies.Body())).Expect(HttpStatusCode.NotFound);
        Assert.That((await Supervisor.AllPages("/v1/clients", 200)).Select(one => one.Word("id")), Does.Not.Contain($"{record}"));
    }

    private static object Body(Guid representative) =>
        new { representativeId = representative, reason = "Threats were disclosed.", reviewAt = "2099-01-01T00:00:00Z" };

    /// <summary>A child, a parent signed in under this subject, and the parent's id on the record.</summary>
    private async Task<(Guid Record, Api Parent, Guid Representative)> Family(string subject)
    {
        var record = await Host.NewClient(birthDate: "2014-09-02");
        var parent = await Host.Representing(record, subject);
        return (record, parent, (await parent.Get(Record(record, "/representatives"))).Ids()[0]);
    }

    private async Task<Answer> Suspend(Guid record, Guid? representative = null)
    {
        var id = representative ?? (await Practitioner.Get(Record(record, "/representatives"))).Ids()[^1];
        return (await Practitioner.Post(Record(record, "/safeguards"), Body(id))).Expect(HttpStatusCode.Created);
    }
}
