using System.Net;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records.AccessHistory;

/// <summary>What a client sees of who used their record.</summary>
[OnEachDatabase]
internal sealed class AccessHistoryTests(TestDatabase database) : OnOneHost(database)
{
    [Test]
    public async Task Every_use_and_every_refusal_is_told_in_plain_words()
    {
        var record = await Host.NewClient();
        var refused = await Practitioner.Get(Record(record, "/assessments"));
        var consent = await Give(record, Provision.Permit("assessments"));
        var made = await Assess(record, Forms.Gad7());
        var read = await Practitioner.Get(Record(record, $"/assessments/{made.Id}"));
        await Practitioner.Post(Record(record, "/assessments"), new { instrument = "gad-7" });

        var entries = (await Client.Get(History(record))).Items();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(entries.Select(entry => entry.Word("summary")), Is.EqualTo([
                "A practitioner tried to write assessments for treatment, as a consent allows.",
                "A practitioner read assessments for treatment, as a consent allows.",
                "A practitioner wrote assessments for treatment, as a consent allows.",
                "You wrote consents.",
                "A practitioner was refused: read assessments for treatment (no-consent).",
                entries[5].Word("summary"),
            ]));
            Assert.That(entries[5].Word("operation"), Is.EqualTo("CreateClient"));
            Assert.That(entries[1].Word("id"), Is.EqualTo(read.Header("Access-Decision")));
            Assert.That(entries[4].Word("id"), Is.EqualTo(refused.Header("Access-Decision")));
            Assert.That(entries[1].Word("by.id"), Is.EqualTo($"{Personas.PractitionerId}"));
            Assert.That(entries[1].Word("applicationId"), Is.EqualTo($"{Personas.HarbourApp.Id}"));
            Assert.That(entries[1].Word("basis.consentId"), Is.EqualTo($"{consent.Id}"));
            Assert.That(entries[1].Word("basis.provision"), Is.EqualTo("0"));
            Assert.That(entries[0].Word("outcome"), Is.EqualTo("422"));
            Assert.That(entries[4].Word("outcome"), Is.EqualTo("403"));
            Assert.That(entries[4].Word("decision"), Is.EqualTo("deny"));
        }
    }

    [Test]
    public async Task Looking_is_itself_told_the_next_time()
    {
        var record = await Host.NewClient();
        var first = await Client.Get(History(record));
        var second = await Client.Get(History(record));
        Assert.That(second.Total(), Is.EqualTo(first.Total() + 1));
        Assert.That(second.Items()[0].Word("summary"), Is.EqualTo("You read access history."));
    }

    [Test]
    public async Task Somebody_unrelated_leaves_no_trace_on_the_clients_chain()
    {
        var record = await Host.NewClient();
        var before = (await Client.Get(History(record))).Total();
        (await Colleague.Get(Record(record))).Expect(HttpStatusCode.NotFound);
        (await Elsewhere.Get(Record(record))).Expect(HttpStatusCode.NotFound);
        (await (await Host.As("other-client")).Get(History(record))).Expect(HttpStatusCode.NotFound);
        Assert.That((await Client.Get(History(record))).Total(), Is.EqualTo(before + 1));
    }

    [Test]
    public async Task A_practitioner_sees_it_only_with_a_consent_for_it()
    {
        var record = await Host.NewClient();
        Assert.That((await Practitioner.Get(History(record))).Expect(HttpStatusCode.Forbidden).Reason, Is.EqualTo("no-consent"));
        await Give(record, Provision.Permit("access-history") with { Actions = ["read"] });
        var seen = (await Practitioner.Get(History(record))).Items();
        Assert.That(seen.Select(entry => entry.Word("decision")), Does.Contain("deny"));
        await Give(record, Provision.Deny("access-history"));
        (await Practitioner.Get(History(record))).Expect(HttpStatusCode.Forbidden);
    }

    [Test]
    public async Task A_data_period_filters_the_history_as_any_other_list()
    {
        var record = await Host.NewClient();
        await Give(record, Provision.Permit("access-history") with { DataPeriod = new { until = "2026-01-01T00:00:00Z" } });
        Assert.That((await Practitioner.Get(History(record))).Total(), Is.Zero);
    }

    [Test]
    public async Task The_history_is_filtered_by_time_half_open()
    {
        var record = await NewClientUnderConsent();
        for (var count = 0; count < 3; count++)
        {
            await Practitioner.Get(Record(record, "/assessments"));
        }

        var all = (await Client.Get(History(record))).Items();
        var (newest, oldest) = (Uri.EscapeDataString(all[0].Word("at")!), Uri.EscapeDataString(all[^1].Word("at")!));
        using (Assert.EnterMultipleScope())
        {
            Assert.That((await Client.Get($"{History(record)}?from={oldest}&until={newest}")).Total(), Is.EqualTo(all.Count - 1));
            Assert.That((await Client.Get($"{History(record)}?until={oldest}")).Total(), Is.Zero);
            Assert.That((await Client.Get($"{History(record)}?from={newest}&until={newest}")).Total(), Is.Zero);
            Assert.That((await Client.Get($"{History(record)}?from=soon")).Faults, Is.EqualTo(["from invalid-format"]));
        }
    }

    [Test]
    public async Task Pages_hold_every_entry_once_though_each_page_adds_one()
    {
        var record = await NewClientUnderConsent();
        for (var count = 0; count < 5; count++)
        {
            await Practitioner.Get(Record(record, "/assessments"));
        }

        var before = (await Client.Get(History(record))).Ids();
        var paged = await Client.AllPages(History(record), 2);
        Assert.That(paged.Skip(1).Select(entry => entry.GetProperty("id").GetGuid()), Is.EqualTo(before), "after the reading of the whole");
    }

    [Test]
    public async Task No_entry_holds_content()
    {
        var record = await Host.NewClient(externalId: "history-secret");
        await Give(record, Provision.Permit("assessments"));
        await Assess(record, Forms.Phq9(item9: 3));
        var text = (await Client.Get(History(record))).Text;
        Assert.That(text, Does.Not.Contain("history-secret").And.Not.Contain("phq-9").And.Not.Contain("suicide"));
    }

    [Test]
    public async Task The_history_is_filtered_by_decision_category_action_and_who_it_was()
    {
        var record = await NewClientUnderConsent();
        await Practitioner.Get(Record(record, "/assessments"));
        await Practitioner.Get(Record(record, "/goals"));
        await Assess(record, Forms.Gad7());
        async Task<int?> Told(string filter) => (await Client.Get($"{History(record)}?{filter}")).Total();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(await Told("decision=deny"), Is.EqualTo(1));
            Assert.That(await Told("category=goals"), Is.EqualTo(1));
            Assert.That(await Told("category=assessments"), Is.EqualTo(2));
            Assert.That(await Told("category=assessments&action=write"), Is.EqualTo(1));
            Assert.That(await Told($"by={Personas.PractitionerId}"), Is.EqualTo(3));
            Assert.That(await Told($"by={Personas.PractitionerId}&decision=permit"), Is.EqualTo(2));
            Assert.That(await Told($"by={Personas.ColleagueId}"), Is.Zero);
            Assert.That(await Told("emergency=true"), Is.Zero);
            Assert.That((await Client.Get($"{History(record)}?decision=maybe&category=shoes&emergency=1&by=me&action=fly")).Faults, Has.Count.EqualTo(5));
        }
    }

    [Test]
    public async Task Emergency_accesses_are_in_the_history_and_can_be_asked_for_alone()
    {
        var record = await Host.NewClient();
        (await Colleague.Post(
            Record(record, "/emergency-accesses"),
            new { reason = "Found unconscious.", clientCannotBeAskedBecause = "Unconscious.", minutes = 30 })).Expect(HttpStatusCode.Created);
        (await Colleague.Get(Record(record, "/assessments"))).Expect(HttpStatusCode.OK);

        var told = (await Client.Get($"{History(record)}?emergency=true")).Items();
        Assert.That(told.Select(entry => entry.Word("summary")), Does.Contain("A practitioner read assessments for treatment, in a declared emergency."));
        Assert.That((await Client.Get($"{History(record)}?emergency=false")).Items().Select(entry => entry.Word("basis.kind")), Has.None.EqualTo("emergency"));
    }

    [Test]
    public async Task As_a_table_it_has_the_same_rows_and_a_link_to_the_next_page()
    {
        var record = await NewClientUnderConsent();
        await Practitioner.Get(Record(record, "/goals"));
        var first = (await Client.Get($"{History(record)}?limit=2&decision=permit", ("Accept", "text/csv"))).Expect(HttpStatusCode.OK);
        var lines = first.Text.Split("\r\n");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(first.Header("Content-Type"), Is.EqualTo("text/csv; charset=utf-8; header=present"));
            Assert.That(first.Header("Access-Decision"), Is.Not.Null);
            Assert.That(lines[0], Does.StartWith("at,summary,decision,reason,category,action,purpose,by_kind,by_id"));
            Assert.That(lines, Has.Length.EqualTo(4), "a header, two rows, and nothing behind the last line break");
            Assert.That(lines[3], Is.Empty);
        }

        await Practitioner.Get(Record(record, "/goals"));
        var all = await NewClientUnderConsent();
        var link = (await Client.Get($"{History(all)}?limit=1", ("Accept", "text/csv"))).Header("Link")!;
        Assert.That(link, Does.Match($"^</v1/clients/{all}/access-history\\?limit=1&cursor=[^>]+>; rel=\"next\"$"));
        var next = (await Client.Get(link[1..link.IndexOf('>', StringComparison.Ordinal)], ("Accept", "text/csv"))).Expect(HttpStatusCode.OK);
        Assert.That(next.Text, Does.Contain("CreateClient"));
        (await Client.Get(History(record), ("Accept", "image/png"))).Expect(HttpStatusCode.NotAcceptable);
        Assert.That((await Client.Get(History(record), ("Accept", "text/csv;q=0.1, application/json"))).Header("Content-Type"), Does.StartWith("application/json"));
    }

    [Test]
    public void What_a_spreadsheet_would_work_out_is_text()
    {
        var table = PersonalCareApi.Rendering.Csv.Table(
            ["a", "b"], [["=1+1", "+x"], ["-x", "@x"], ["\tx", "a,\"b\"\r\nc"], [null, "plain=1"]]);

        Assert.That(table, Is.EqualTo("a,b\r\n'=1+1,'+x\r\n'-x,'@x\r\n'\tx,\"a,\"\"b\"\"\r\nc\"\r\n,plain=1\r\n"));
    }

    private static string History(Guid record) => Record(record, "/access-history");
}
