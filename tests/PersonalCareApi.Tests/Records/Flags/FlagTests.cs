using System.Net;
using Dapper;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.Records.Exports;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records.Flags;

/// <summary>A critical answer opens a flag, in the reach of its assessment, until a practitioner says what was done.</summary>
[OnEachDatabase]
internal sealed class FlagTests(TestDatabase database) : OnOneHost(database)
{
    private static readonly Provision SinceMay = Provision.Permit("assessments") with { DataPeriod = new { from = "2026-05-01T00:00:00Z" } };

    /// <summary>Else no critical answer is taken.</summary>
    private static readonly Provision ReadBySomebody = Provision.Permit("assessments") with { Grantees = [Grantee.Practitioner(Personas.SupervisorId)] };

    private Guid record;

    [SetUp]
    public async Task NewRecord() => record = await NewClientUnderConsent();

    private string Path => Record(record, "/flags");

    [Test]
    public async Task A_critical_answer_opens_one_flag_with_the_partners_due_time()
    {
        var assessment = await Assess(Client, record, Forms.Phq9(item9: 1));
        var flag = (await Practitioner.Get(Path)).Items().Single();
        var raised = flag.GetProperty("raisedAt").GetDateTimeOffset();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(flag.Word("assessmentId"), Is.EqualTo(assessment.Id.ToString()));
            Assert.That((flag.Word("code"), flag.Word("item"), flag.Word("value")), Is.EqualTo(("suicide-risk-review", "9", "1")));
            Assert.That(flag.Word("status"), Is.EqualTo("open"));
            Assert.That(flag.GetProperty("dueAt").GetDateTimeOffset(), Is.EqualTo(raised.AddHours(24)));
            Assert.That(flag.Word("escalation.to"), Is.EqualTo("supervisor"));
            Assert.That(flag.Word("escalation.escalatedAt"), Is.Null);
        }

        await Assess(Client, record, Forms.Phq9());
        Assert.That((await Practitioner.Get(Path)).Total(), Is.EqualTo(1), "no critical answer, no flag");
    }

    [Test]
    public async Task A_flag_is_acknowledged_once_with_what_was_done()
    {
        var flag = await Raised();
        var acknowledged = (await Practitioner.Post($"{flag}/acknowledgement", new { action = "Called her." }, ("If-Match", "\"1\""))).Expect(HttpStatusCode.OK);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(acknowledged.Word("status"), Is.EqualTo("acknowledged"));
            Assert.That(acknowledged.Word("acknowledgement.action"), Is.EqualTo("Called her."));
            Assert.That(acknowledged.Word("acknowledgement.by.id"), Is.EqualTo(Personas.PractitionerId.ToString()));
            Assert.That((await Client.Get(flag)).Text, Is.EqualTo(acknowledged.Text), "the client sees what was done");
            Assert.That((await Practitioner.Get($"{flag}/versions")).Items().Select(one => one.Word("status")), Is.EqualTo(["open", "acknowledged"]));
            Assert.That((await Practitioner.Get($"{flag}/versions/1")).Word("acknowledgement"), Is.Null);
            Assert.That((await Practitioner.Post($"{flag}/acknowledgement", new { action = "Again." }, ("If-Match", acknowledged.ETag))).Problem, Is.EqualTo("state-conflict"));
            Assert.That((await Practitioner.Get($"{Path}?status=open")).Total(), Is.Zero);
        }
    }

    [Test]
    public async Task Who_may_not_acknowledge_is_refused()
    {
        var flag = await Raised();
        await Give(record, Provision.Permit("assessments") with { Grantees = [Grantee.Application(Personas.Platform.Id)] });
        var body = new { action = "Called." };
        using (Assert.EnterMultipleScope())
        {
            Assert.That((await Client.Post($"{flag}/acknowledgement", body, ("If-Match", "\"1\""))).Status, Is.EqualTo(HttpStatusCode.Forbidden));
            Assert.That((await Platform.Post($"{flag}/acknowledgement", body, ("If-Match", "\"1\""), ("Purpose-Of-Use", "TREAT"))).Status, Is.EqualTo(HttpStatusCode.Forbidden));
            Assert.That((await Colleague.Post($"{flag}/acknowledgement", body, ("If-Match", "\"1\""))).Status, Is.EqualTo(HttpStatusCode.NotFound));
            Assert.That((await Practitioner.Post($"{flag}/acknowledgement", body)).Status, Is.EqualTo(HttpStatusCode.PreconditionRequired));
            Assert.That((await Practitioner.Post($"{flag}/acknowledgement", body, ("If-Match", "\"4\""))).Status, Is.EqualTo(HttpStatusCode.PreconditionFailed));
            Assert.That((await Practitioner.Post($"{flag}/acknowledgement", new { action = "" }, ("If-Match", "\"1\""))).Faults, Is.EqualTo(["#/action required"]));
            Assert.That((await Practitioner.Post($"{Path}/{Nobody}/acknowledgement", body, ("If-Match", "\"1\""))).Status, Is.EqualTo(HttpStatusCode.NotFound));
        }
    }

    [Test]
    public async Task A_flag_is_where_its_assessment_is()
    {
        var narrow = await Host.NewClient();
        await Give(narrow, SinceMay, ReadBySomebody);
        await Assess(Client, narrow, Forms.Phq9("2026-04-01T09:00:00Z", item9: 2));
        var hidden = (await Client.Get(Record(narrow, "/flags"))).Ids().Single();
        await Assess(Client, narrow, Forms.Phq9("2026-05-02T09:00:00Z", item9: 2));
        using (Assert.EnterMultipleScope())
        {
            Assert.That((await Practitioner.Get(Record(narrow, "/flags"))).Total(), Is.EqualTo(1));
            Assert.That((await Practitioner.Get(Record(narrow, $"/flags/{hidden}"))).Status, Is.EqualTo(HttpStatusCode.NotFound));
            Assert.That((await Practitioner.Get(Record(narrow, $"/flags/{hidden}/versions"))).Status, Is.EqualTo(HttpStatusCode.NotFound));
            Assert.That((await Client.Get(Record(narrow, "/flags"))).Total(), Is.EqualTo(2));
        }
    }

    [Test]
    public async Task Retracting_the_assessment_closes_its_flags_acknowledged_or_not()
    {
        var assessment = await Assess(Practitioner, record, Forms.Phq9(item9: 1));
        var flag = $"{Path}/{(await Practitioner.Get(Path)).Ids().Single()}";
        (await Practitioner.Post($"{flag}/acknowledgement", new { action = "Called." }, ("If-Match", "\"1\""))).Expect(HttpStatusCode.OK);
        (await Practitioner.Post(Record(record, $"/assessments/{assessment.Id}/retraction"), new { reason = "Wrong client." }, ("If-Match", assessment.ETag)))
            .Expect(HttpStatusCode.OK);
        var closed = await Practitioner.Get(flag);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((closed.Word("status"), closed.Word("closing.reason")), Is.EqualTo(("closed", "Wrong client.")));
            Assert.That(closed.Word("acknowledgement.action"), Is.EqualTo("Called."), "what was done stays");
            Assert.That((await Practitioner.Post($"{flag}/acknowledgement", new { action = "x" }, ("If-Match", closed.ETag))).Problem, Is.EqualTo("state-conflict"));
        }
    }

    [Test]
    public async Task What_nobody_acknowledges_escalates_and_what_somebody_does_not()
    {
        var flag = await Raised();
        var other = await NewClientUnderConsent();
        await Assess(Client, other, Forms.Phq9(item9: 1));
        var seen = $"{Record(other, "/flags")}/{(await Practitioner.Get(Record(other, "/flags"))).Ids().Single()}";
        (await Practitioner.Post($"{seen}/acknowledgement", new { action = "Called." }, ("If-Match", "\"1\""))).Expect(HttpStatusCode.OK);
        await LetTimePass(other);
        await LetTimePass(record);

        var escalated = await Making.Until(() => Practitioner.Get(flag), answer => answer.Word("escalation.escalatedAt") is not null);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((escalated.Word("status"), escalated.ETag), Is.EqualTo(("open", "\"2\"")));
            Assert.That((await Practitioner.Get(seen)).Word("escalation.escalatedAt"), Is.Null);
            Assert.That((await Practitioner.Get($"{flag}/versions")).Items().Select(one => one.Word("escalation.escalatedAt") is null), Is.EqualTo([true, false]));
            Assert.That(Count($"change_row WHERE kind = 'flag' AND what = 'updated' AND client_id = '{record.ToString().ToUpperInvariant()}'"), Is.EqualTo(1));
            Assert.That((await Open(Practitioner, "&escalated=true")).Keys, Does.Contain(record).And.Not.Contain(other));
            Assert.That((await Open(Practitioner, "&escalated=false")).Keys, Does.Not.Contain(record));
            (await Practitioner.Post($"{flag}/acknowledgement", new { action = "Called." }, ("If-Match", escalated.ETag))).Expect(HttpStatusCode.OK);
        }
    }

    [Test]
    public async Task The_open_flags_of_a_caseload_are_exactly_those_in_reach_with_one_decision_for_each_client()
    {
        await Raised();
        var silent = await Host.NewClient();
        await Give(silent, ReadBySomebody);
        await Assess(Client, silent, Forms.Phq9(item9: 1));
        var none = await NewClientUnderConsent();
        var narrow = await Host.NewClient();
        await Give(narrow, SinceMay, ReadBySomebody);
        await Assess(Client, narrow, Forms.Phq9("2026-04-01T09:00:00Z", item9: 2));
        var unknown = await Host.NewClient();
        await Give(unknown, ReadBySomebody);
        await Assess(Client, unknown, Forms.Phq9(item9: 1));
        await Give(unknown, Provision.Deny("demographics", "assessments"));

        var listed = await Open(Practitioner);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(listed[record].Word("count"), Is.EqualTo("1"));
            Assert.That(listed[record].GetProperty("flags").GetArrayLength(), Is.EqualTo(1));
            Assert.That(listed[silent].GetProperty("withheld").EnumerateArray().Select(one => one.GetString()), Is.EqualTo(["assessments"]));
            Assert.That((listed[silent].Word("count"), listed[silent].GetProperty("flags").GetArrayLength()), Is.EqualTo(((string?)null, 0)));
            Assert.That(listed.Keys, Does.Not.Contain(none).And.Not.Contain(narrow).And.Not.Contain(unknown));
            Assert.That((await Open(Colleague)).Keys, Does.Not.Contain(record));
            Assert.That((await Open(Elsewhere)).Keys, Does.Not.Contain(record));
        }

        var history = (await Client.Get(Record(record, "/access-history?limit=200"))).Items().Where(one => one.Word("operation") == "ListOpenFlags").ToList();
        Assert.That(history.Select(one => one.GetProperty("id").GetGuid()), Does.Contain(listed[record].GetProperty("decisionId").GetGuid()));
        var ofNone = (await Client.Get(Record(none, "/access-history?limit=200"))).Items().Where(one => one.Word("operation") == "ListOpenFlags");
        Assert.That(ofNone.Select(one => one.Word("category")), Is.All.EqualTo("assessments"), "that there is none was told as well");
    }

    [Test]
    public async Task Whose_purpose_needs_no_answers_sees_no_flags()
    {
        await Raised();
        await Give(record, Provision.Permit("assessments") with { Purposes = ["HPAYMT"] });
        var payment = ("Purpose-Of-Use", "HPAYMT");
        Assert.That((await Practitioner.Get(Path, payment)).Status, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That((await Practitioner.Get($"{Path}/{Nobody}", payment)).Status, Is.EqualTo(HttpStatusCode.Forbidden), "whether or not there is one");
        Assert.That((await Practitioner.Get("/v1/flags?limit=200", payment)).Items().Select(one => one.Word("clientId")), Does.Not.Contain(record.ToString()));
    }

    [TestCase("?status=closed")]
    [TestCase("?status=Open")]
    [TestCase("?limit=0")]
    [TestCase("?cursor=x")]
    public async Task A_list_over_clients_names_what_it_does_not_take(string query) =>
        (await Practitioner.Get($"/v1/flags{query}")).Expect(HttpStatusCode.UnprocessableEntity);

    [Test]
    public async Task The_partner_settles_how_fast_and_who_is_turned_to()
    {
        var settings = await Platform.Get("/v1/settings");
        var changed = await Platform.Patch("/v1/settings", new { flags = new { dueHours = 2, escalateHours = 4, escalateTo = "duty-lead" } }, ("If-Match", settings.ETag));
        changed.Expect(HttpStatusCode.OK);
        Assert.That((await Platform.Patch("/v1/settings", new { flags = new { dueHours = 0, escalateTo = "No!" } }, ("If-Match", changed.ETag))).Faults,
            Is.EqualTo(["#/flags/dueHours out-of-range", "#/flags/escalateTo invalid-format"]));
        try
        {
            var flag = await Practitioner.Get(await Raised());
            var raised = flag.Json.GetProperty("raisedAt").GetDateTimeOffset();
            Assert.That(flag.Json.GetProperty("dueAt").GetDateTimeOffset(), Is.EqualTo(raised.AddHours(2)));
            Assert.That(flag.Json.GetProperty("escalation").GetProperty("at").GetDateTimeOffset(), Is.EqualTo(raised.AddHours(4)));
            Assert.That(flag.Word("escalation.to"), Is.EqualTo("duty-lead"));
        }
        finally
        {
            Settle("care = '{}'");
        }
    }

    /// <summary>A flag of the record.</summary>
    /// <returns>Its path.</returns>
    private async Task<string> Raised()
    {
        await Assess(Client, record, Forms.Phq9(item9: 1));
        return $"{Path}/{(await Practitioner.Get(Path)).Ids()[0]}";
    }

    /// <summary>The jobs of the record are due now.</summary>
    private async Task LetTimePass(Guid of)
    {
        await using var beside = Host.OpenDatabase();
        Assert.That(await beside.ExecuteAsync(
            "UPDATE background_job SET due_at = created_at WHERE kind = 'flag-escalation' AND client_id = @of", new { of }), Is.EqualTo(1));
    }

    private static async Task<Dictionary<Guid, System.Text.Json.JsonElement>> Open(Api api, string more = "")
    {
        // Whoever cares for many goes on while there is a cursor.
        var items = await api.AllPages($"/v1/flags?status=open{more}", 200);
        return items.ToDictionary(item => item.GetProperty("clientId").GetGuid());
    }
}
