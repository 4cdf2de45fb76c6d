using System.Net;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.Records;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Partners;

/// <summary>What the partner's auditor sees of all records, and that looking is itself on the ledger.</summary>
[OnEachDatabase]
internal sealed class AuditTests(TestDatabase database) : OnOneHost(database)
{
    private const string Events = "/v1/audit-events";

    private Api auditor = null!;

    [OneTimeSetUp]
    public async Task Sign() => auditor = await Host.As("auditor");

    [Test]
    public async Task Every_use_of_every_record_is_an_event_without_content()
    {
        var (record, other) = (await NewClientUnderConsent(), await Host.NewClient(externalId: "audit-secret"));
        var made = await Assess(record, Forms.Phq9(item9: 3));
        (await Practitioner.Get(Record(other, "/goals"))).Expect(HttpStatusCode.Forbidden);
        (await Colleague.Get(Record(record))).Expect(HttpStatusCode.NotFound);

        var events = (await auditor.Get($"{Events}?limit=20")).Items();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(events[0].Word("decision"), Is.EqualTo("not-found"));
            Assert.That(events[0].Word("clientId"), Is.Null, "An unknown or unrelated record is nobody's.");
            Assert.That(events[0].Word("by.id"), Is.EqualTo($"{Personas.ColleagueId}"));
            Assert.That((events[1].Word("decision"), events[1].Word("reason"), events[1].Word("clientId")), Is.EqualTo(("deny", "no-consent", $"{other}")));
            Assert.That((events[2].Word("operation"), events[2].Word("id")), Is.EqualTo(("AdministerInstrument", made.Header("Access-Decision"))));
            Assert.That(events[2].Word("trace"), Is.Not.Null);
            Assert.That((await auditor.Get(Events)).Text, Does.Not.Contain("audit-secret").And.Not.Contain("phq-9").And.Not.Contain("suicide"));
        }
    }

    [Test]
    public async Task Events_are_filtered_by_practitioner_client_time_and_use()
    {
        var record = await NewClientUnderConsent();
        await Practitioner.Get(Record(record, "/assessments"));
        await Assess(record, Forms.Gad7());
        await Client.Get(Record(record, "/assessments"));

        var all = (await auditor.Get($"{Events}?clientId={record}")).Items();
        var first = Uri.EscapeDataString(all[^1].Word("at")!);
        async Task<int> Found(string filter) => (await auditor.Get($"{Events}?{filter}")).Items().Count(one => one.Word("category") != "access-history");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(all, Has.Count.EqualTo(5));
            Assert.That(await Found($"clientId={record}&practitionerId={Personas.PractitionerId}"), Is.EqualTo(2));
            Assert.That(await Found($"clientId={record}&use=assessments:write"), Is.EqualTo(1));
            Assert.That(await Found($"clientId={record}&use=assessments:read"), Is.EqualTo(2));
            Assert.That(await Found($"clientId={record}&from={first}"), Is.EqualTo(5));
            Assert.That(await Found($"clientId={record}&until={first}"), Is.Zero);
            Assert.That((await auditor.Get($"{Events}?practitionerId={Personas.PractitionerId}")).Items().Select(one => one.Word("by.id")), Is.All.EqualTo($"{Personas.PractitionerId}"));
            Assert.That(await Found($"practitionerId={Nobody}"), Is.Zero);
            Assert.That((await auditor.Get($"{Events}?use=everything")).Faults, Is.EqualTo(["use unknown-value"]));
            Assert.That((await auditor.Get($"{Events}?clientId=me&practitionerId=2&from=soon")).Faults, Has.Count.EqualTo(3));
        }
    }

    [Test]
    public async Task Looking_at_all_records_is_on_the_partners_chain_and_looking_at_one_is_on_that_clients()
    {
        var record = await Host.NewClient();
        var before = (await Client.Get(Record(record, "/access-history"))).Total();
        var all = await auditor.Get(Events);
        Assert.That(all.Expect(HttpStatusCode.OK).Header("Access-Decision"), Is.Null);
        Assert.That((await Client.Get(Record(record, "/access-history"))).Total(), Is.EqualTo(before + 1), "the client's own look alone");

        var one = (await auditor.Get($"{Events}?clientId={record}")).Expect(HttpStatusCode.OK);
        var told = (await Client.Get(Record(record, "/access-history"))).Items()[0];
        var looked = (await auditor.Get($"{Events}?limit=5")).Items().Where(entry => entry.Word("basis.kind") == "audit").ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(told.Word("id"), Is.EqualTo(one.Header("Access-Decision")));
            Assert.That(told.Word("operation"), Is.EqualTo("ListAuditEvents"));
            Assert.That(told.Word("by.id"), Is.EqualTo($"{Personas.AuditorId}"));
            Assert.That(looked, Is.Not.Empty);
            Assert.That(looked[0].Word("clientId"), Is.Null);
            Assert.That(looked[0].Word("by.id"), Is.EqualTo($"{Personas.AuditorId}"));
        }
    }

    [Test]
    public async Task Nobody_but_the_auditor_looks_and_the_refusal_is_an_event()
    {
        var record = await Host.NewClient();
        foreach (var path in new[] { Events, $"{Events}?clientId={record}", $"/v1/practitioners/{Personas.PractitionerId}/opened-records" })
        {
            (await Host.Anonymous().Get(path)).Expect(HttpStatusCode.Unauthorized);
            foreach (var persona in new[] { "practitioner", "client", "representative", "elsewhere-practitioner" })
            {
                (await (await Host.As(persona)).Get(path)).Expect(HttpStatusCode.Forbidden);
            }

            (await Platform.Get(path, ("Purpose-Of-Use", "TREAT"))).Expect(HttpStatusCode.Forbidden);
            Assert.That((await (await Host.As("auditor", "access-history:read")).Get(path)).Expect(HttpStatusCode.Forbidden).Reason, Is.EqualTo("scope-missing"));
        }

        var refused = (await auditor.Get($"{Events}?use=access-history:read&limit=50")).Items().Where(one => one.Word("decision") == "deny").ToList();
        Assert.That(refused.Select(one => one.Word("by.id")), Does.Contain($"{Personas.PractitionerId}"));
        Assert.That(refused.Select(one => one.Word("clientId")), Is.All.Null);
    }

    [Test]
    public async Task Another_partners_records_are_none()
    {
        (await Elsewhere.Get(Record(Personas.ElsewhereClientId))).Expect(HttpStatusCode.OK);
        (await auditor.Get($"{Events}?clientId={Personas.ElsewhereClientId}")).Expect(HttpStatusCode.NotFound);
        (await auditor.Get($"{Events}?clientId={Nobody}")).Expect(HttpStatusCode.NotFound);
        var all = await auditor.AllPages(Events, 200);
        Assert.That(all.Select(one => one.Word("clientId")), Has.None.EqualTo($"{Personas.ElsewhereClientId}"));
        Assert.That(all.Select(one => one.Word("by.id")), Has.None.EqualTo($"{Personas.ElsewherePractitionerId}"));
        (await auditor.Get($"/v1/practitioners/{Personas.ElsewherePractitionerId}/opened-records")).Expect(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task Of_process_notes_it_is_told_that_they_were_used_and_not_how()
    {
        var record = await Host.NewClient();
        (await Practitioner.Post(Record(record, "/process-notes"), new { text = "Mine." })).Expect(HttpStatusCode.Created);
        Assert.That((await auditor.Get($"{Events}?clientId={record}&use=process-notes:write")).Items().Single().Word("operation"), Is.EqualTo("UseProcessNotes"));
    }

    [Test]
    public async Task Pages_hold_each_event_once()
    {
        var record = await NewClientUnderConsent();
        for (var count = 0; count < 5; count++)
        {
            await Practitioner.Get(Record(record, "/assessments"));
        }

        var whole = (await auditor.Get($"{Events}?clientId={record}&use=assessments:read")).Ids();
        var paged = await auditor.AllPages($"{Events}?clientId={record}&use=assessments:read", 2);
        Assert.That(paged.Select(one => one.GetProperty("id").GetGuid()), Is.EqualTo(whole));
        Assert.That(whole, Has.Count.EqualTo(5));
    }

    [Test]
    public async Task The_records_a_practitioner_opened_are_told_with_first_last_and_how_often()
    {
        var record = await NewClientUnderConsent();
        var (first, _, last) = (
            await Practitioner.Get(Record(record, "/assessments")), await Practitioner.Get(Record(record, "/assessments")),
            await Practitioner.Get(Record(record)));
        (await Practitioner.Get(Record(record, "/goals"))).Expect(HttpStatusCode.Forbidden);
        var path = $"/v1/practitioners/{Personas.PractitionerId}/opened-records";

        var events = (await auditor.Get($"{Events}?clientId={record}")).Items().ToDictionary(one => one.Word("id")!, one => one.Word("at"));
        var opened = (await auditor.Get($"{path}?limit=1")).Items().Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(opened.Word("clientId"), Is.EqualTo($"{record}"));
            Assert.That(opened.Word("times"), Is.EqualTo("3"), "A refusal opens nothing.");
            Assert.That(opened.Word("firstAt"), Is.EqualTo(events[first.Header("Access-Decision")!]));
            Assert.That(opened.Word("lastAt"), Is.EqualTo(events[last.Header("Access-Decision")!]));
            Assert.That((await auditor.Get($"{path}?until={Uri.EscapeDataString(opened.Word("firstAt")!)}")).Items().Select(one => one.Word("clientId")), Has.None.EqualTo($"{record}"));
            Assert.That((await auditor.AllPages(path, 1)).Select(one => one.Word("clientId")), Is.Unique.And.Contain($"{record}"));
            Assert.That((await auditor.Get($"/v1/practitioners/{Nobody}/opened-records")).Status, Is.EqualTo(HttpStatusCode.NotFound));
        }
    }
}
