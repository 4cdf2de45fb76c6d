using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using PersonalCareApi.Development;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Protection;
using PersonalCareApi.Tests.Protection;
using PersonalCareApi.Tests.Records;
using PersonalCareApi.Tests.Records.EmergencyAccesses;
using PersonalCareApi.Tests.TestHost;
using Grantee = PersonalCareApi.Tests.Records.Grantee;

namespace PersonalCareApi.Tests.Promises;

/// <summary>What does not open denies for its own client: a list over several goes on for the others, and tells of it to the operator.</summary>
[OnEachDatabase]
internal sealed class UnreadableRecordTests(TestDatabase database) : OnOneHost(database)
{
    private const string SpoilClient = "UPDATE client SET content = @Bytes WHERE client_id = @record";
    private const string SpoilKey = "UPDATE client_key SET wrapped = @Bytes WHERE client_id = @record";
    private const string RemoveKey = "DELETE FROM client_key WHERE client_id = @record";

    private Guid sound;
    private Guid spoilt;

    /// <summary>Two clients of whom each list has something to say: their partner needs no consent for ordinary treatment.</summary>
    [SetUp]
    public async Task Live()
    {
        Settle("default_rule = 'implied-treatment'");
        spoilt = await Record();
        sound = await Record();
    }

    [TestCase(SpoilClient)]
    [TestCase(SpoilKey)]
    [TestCase(RemoveKey)]
    public async Task A_client_who_cannot_be_read_is_in_no_caseload_and_in_no_count(string spoil)
    {
        var before = (await Practitioner.Get("/v1/clients?limit=1&total=exact")).Total();
        Spoil(spoil);
        var entries = Entries(spoilt);

        var listed = (await Practitioner.AllPages("/v1/clients", 200)).Select(one => one.GetProperty("id").GetGuid()).ToList();
        var oneByOne = (await Practitioner.AllPages("/v1/clients", 1)).Select(one => one.GetProperty("id").GetGuid()).ToList();
        var caseload = await Caseload();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(listed, Does.Contain(sound).And.Not.Contain(spoilt));
            Assert.That(oneByOne, Is.EqualTo(listed));
            Assert.That((await Practitioner.Get("/v1/clients?limit=1&total=exact")).Total(), Is.EqualTo(before - 1).And.EqualTo(listed.Count));
            Assert.That(caseload.Keys, Is.EquivalentTo(listed));
            Assert.That(caseload[sound].GetProperty("latest").GetArrayLength(), Is.EqualTo(1));
            Assert.That(Entries(spoilt), Is.EqualTo(entries), "What is not shown is no use.");
            Assert.That(Host.Log.All, Does.Contain($"Error A content or key of client {spoilt} does not open: left out of what is about several clients (demographics)"));
        }
    }

    [TestCase(SpoilKey)]
    [TestCase(RemoveKey)]
    public async Task Of_a_client_whose_key_is_gone_nothing_that_waits_is_shown(string spoil)
    {
        Assert.That((await Flags()).Keys, Does.Contain(spoilt));
        Spoil(spoil);
        var entries = Entries(spoilt);

        // Flags lie under assessments alone, so nothing of the client is left.
        var flags = await Flags();
        Assert.That(flags.Keys, Does.Contain(sound).And.Not.Contain(spoilt));
        Assert.That(Entries(spoilt), Is.EqualTo(entries));
        Assert.That(Host.Log.All, Does.Contain($"Error A content or key of client {spoilt} does not open: left out of what is about several clients (assessments)"));

        // Of prompts those of one category wait, of tasks those of two; in the others nothing does, sealed or not.
        var (prompts, tasks) = (await Prompts(), await Tasks());
        using (Assert.EnterMultipleScope())
        {
            Assert.That((Withheld(prompts[spoilt]), prompts[spoilt].GetProperty("prompts").GetArrayLength()), Is.EqualTo((new[] { "assessments" }, 0)));
            Assert.That((Withheld(tasks[spoilt]), Kinds(tasks[spoilt])), Is.EqualTo((new[] { "assessments", "goals" }, Array.Empty<string>())));
            Assert.That((Withheld(tasks[sound]), Kinds(tasks[sound])), Is.EqualTo((Array.Empty<string>(), new[] { "flag", "prompt", "goal-agreement" })));
        }
    }

    /// <summary>A critical answer that is in reach and opens waits for somebody to look, whatever else of the record does not.</summary>
    [Test]
    public async Task Flags_that_can_be_read_are_shown_of_a_client_who_cannot()
    {
        Spoil(SpoilClient);

        Assert.That((await Flags())[spoilt].Word("count"), Is.EqualTo("1"));
        Assert.That(Kinds((await Tasks())[spoilt]), Does.Contain("flag"));
    }

    [Test]
    public async Task An_assessment_that_cannot_be_read_withholds_the_assessments_of_its_client_in_the_caseload()
    {
        Spoil("UPDATE assessment SET content = @Bytes WHERE client_id = @record");

        var caseload = await Caseload();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Withheld(caseload[spoilt]), Is.EqualTo(["assessments"]));
            Assert.That(caseload[spoilt].GetProperty("latest").GetArrayLength(), Is.Zero);
            Assert.That(caseload[spoilt].Word("assessmentsDecisionId"), Is.Null);
            Assert.That(Withheld(caseload[sound]), Is.Empty);
            Assert.That(caseload[sound].GetProperty("latest").GetArrayLength(), Is.EqualTo(1));
        }
    }

    [Test]
    public async Task What_waits_and_cannot_be_read_withholds_its_category_and_nothing_of_the_others()
    {
        Spoil("UPDATE flag SET content = @Bytes WHERE client_id = @record");
        using (Assert.EnterMultipleScope())
        {
            var flags = await Flags();
            Assert.That((flags[spoilt].Word("count"), flags[spoilt].GetProperty("flags").GetArrayLength()), Is.EqualTo(((string?)null, 0)));
            Assert.That(Withheld(flags[spoilt]), Is.EqualTo(["assessments"]));
            Assert.That(flags[sound].Word("count"), Is.EqualTo("1"));
            var tasks = await Tasks();
            Assert.That((Kinds(tasks[spoilt]), Withheld(tasks[spoilt])), Is.EqualTo((new[] { "goal-agreement" }, new[] { "assessments" })));
            Assert.That(Withheld((await Prompts())[spoilt]), Is.Empty);
        }

        Spoil("UPDATE prompt SET content = @Bytes WHERE client_id = @record");
        Spoil("UPDATE goal SET content = @Bytes WHERE client_id = @record");
        using (Assert.EnterMultipleScope())
        {
            var prompts = await Prompts();
            Assert.That((Withheld(prompts[spoilt]), prompts[spoilt].GetProperty("prompts").GetArrayLength()), Is.EqualTo((new[] { "assessments" }, 0)));
            Assert.That(prompts[sound].GetProperty("prompts").GetArrayLength(), Is.EqualTo(1));
            var tasks = await Tasks();
            Assert.That((Kinds(tasks[spoilt]), Withheld(tasks[spoilt])), Is.EqualTo((Array.Empty<string>(), new[] { "assessments", "goals" })));
            Assert.That(Kinds(tasks[sound]), Is.EquivalentTo(["goal-agreement", "flag", "prompt"]));
        }
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task What_the_client_is_asked_or_began_and_cannot_be_read_withholds_their_own_tasks(bool asked)
    {
        if (asked)
        {
            (await Practitioner.Post(Record(spoilt, "/assessment-requests"), new { instrument = "phq-9", dueAt = "2026-05-01T09:00:00Z" })).Expect(HttpStatusCode.Created);
        }
        else
        {
            (await Client.Post(Record(spoilt, "/assessments-in-progress"), new { instrument = "phq-9", answers = new[] { new { item = "1", value = 1 } } })).Expect(HttpStatusCode.Created);
        }

        Spoil($"UPDATE {(asked ? "assessment_request" : "assessment_draft")} SET content = @Bytes WHERE client_id = @record");

        var tasks = (await Client.AllPages("/v1/me/tasks", 200)).ToDictionary(item => item.GetProperty("clientId").GetGuid());
        Assert.That((Kinds(tasks[spoilt]), Withheld(tasks[spoilt])), Is.EqualTo((new[] { "goal-agreement" }, new[] { "assessments" })));
        Assert.That(Withheld(tasks[sound]), Is.Empty);
    }

    /// <summary>What is listed for review is not sealed, so nothing of it is unreadable: an emergency access is not hidden by spoiling who the client is.</summary>
    [Test]
    public async Task An_emergency_access_waits_for_its_review_though_the_client_cannot_be_read()
    {
        await Practitioner.Declare(spoilt);
        Spoil(SpoilClient);

        var due = await (await Host.As("auditor")).AllPages("/v1/emergency-accesses?review=due", 200);

        Assert.That(due.Select(one => one.Word("clientId")), Does.Contain($"{spoilt}"));
    }

    [Test]
    public async Task The_view_of_a_service_counts_the_others()
    {
        var permit = Provision.Permit("assessments") with { Grantees = [Grantee.Application(Personas.Platform.Id)], Actions = ["read"], Purposes = ["HOPERAT"] };
        Guid[] counted = [spoilt, sound, await Record(), await Record(), await Record(), await Record()];
        foreach (var record in counted)
        {
            await Give(record, permit);
        }

        Assert.That(await Clients(), Is.EqualTo("6"));
        Spoil("UPDATE assessment SET content = @Bytes WHERE client_id = @record");
        Assert.That(await Clients(), Is.EqualTo("5"));

        foreach (var record in counted)
        {
            Host.Execute("UPDATE consent SET status = 'withdrawn' WHERE client_id = @record; UPDATE client SET access_version = access_version + 1 WHERE client_id = @record", new { record });
        }

        async Task<string?> Clients() =>
            (await Platform.Get("/v1/service-outcomes", ("Purpose-Of-Use", "HOPERAT"))).Expect(HttpStatusCode.OK).Json.GetProperty("instruments").EnumerateArray().Single().Word("clients");
    }

    /// <summary>A key that was retired between a row and its key is no fault: the row as it is then opens.</summary>
    [Test]
    public async Task What_opens_when_it_is_read_again_is_not_left_out()
    {
        var keys = Host.Services.GetRequiredService<ClientKeys>();
        AccessGrant[] grants = [Grants.Reaching(Reach.Everything, spoilt), Grants.Reaching(Reach.Everything, sound)];
        var read = new List<int>();

        var found = await keys.OpenEach(
            grants,
            some =>
            {
                read.Add(some.Count);
                return Task.FromResult<IReadOnlyList<Guid>>([.. some.Select(grant => grant.ClientId)]);
            },
            clientId => clientId,
            (clientId, ring) => ring.HasKey && (clientId == sound || read.Count > 1) ? "opened" : throw new CryptographicException(),
            CancellationToken.None);

        Assert.That(found.Unreadable, Is.Empty);
        Assert.That(grants.SelectMany(grant => found[grant.ClientId]), Is.EqualTo(["opened", "opened"]));
        Assert.That(read, Is.EqualTo([2, 1]));
    }

    private async Task<Guid> Record()
    {
        var record = await Host.NewClient();
        await Assess(Client, record, Forms.Phq9("2026-04-06T09:30:00Z", value: 0));
        await Assess(Client, record, Forms.Phq9("2026-04-20T09:30:00Z", value: 2, item9: 1));
        (await Client.Post(Record(record, "/goals"), Records.Goals.Goals.Terms())).Expect(HttpStatusCode.Created);
        return record;
    }

    private static string Record(Guid record, string path) => Requests.Record(record, path);

    /// <summary>As a server finds it that remembers nothing of the record.</summary>
    private void Spoil(string statement)
    {
        Assert.That(Host.Execute(statement, new { Bytes = RandomNumberGenerator.GetBytes(120), record = spoilt }), Is.Positive);
        Host.Execute("UPDATE client SET access_version = access_version + 1 WHERE client_id = @record", new { record = spoilt });
    }

    private long Entries(Guid record) => Host.Value<long>("SELECT COUNT(*) FROM ledger_entry WHERE client_id = @record", new { record });

    private Task<Dictionary<Guid, JsonElement>> Flags() => Listed("/v1/flags");

    private Task<Dictionary<Guid, JsonElement>> Prompts() => Listed("/v1/prompts");

    private Task<Dictionary<Guid, JsonElement>> Tasks() => Listed("/v1/me/tasks");

    private async Task<Dictionary<Guid, JsonElement>> Listed(string path) =>
        (await Practitioner.AllPages(path, 200)).ToDictionary(item => item.GetProperty("clientId").GetGuid());

    private async Task<Dictionary<Guid, JsonElement>> Caseload() =>
        (await Practitioner.AllPages("/v1/caseload?include=latest:phq-9", 200)).ToDictionary(item => item.GetProperty("client").GetProperty("id").GetGuid());

    private static string?[] Withheld(JsonElement item) => [.. item.GetProperty("withheld").EnumerateArray().Select(one => one.GetString())];

    private static string?[] Kinds(JsonElement item) => [.. item.GetProperty("tasks").EnumerateArray().Select(one => one.Word("kind"))];
}
