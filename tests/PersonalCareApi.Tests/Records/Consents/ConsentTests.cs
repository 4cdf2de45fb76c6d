using System.Net;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records.Consents;

/// <summary>Giving, confirming, replacing and taking back consents; who may do which, and who sees what of them.</summary>
[OnEachDatabase]
internal sealed class ConsentTests(TestDatabase database) : OnOneHost(database)
{
    [Test]
    public async Task What_a_client_gives_is_active_at_once_and_read_as_it_was_answered()
    {
        var record = await Host.NewClient();
        var given = await Give(record, Provision.Permit("assessments", "goals"));
        (await Practitioner.Get(Record(record, "/assessments"))).Expect(HttpStatusCode.OK);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(given.Word("status"), Is.EqualTo("active"));
            Assert.That(given.Word("complete"), Is.EqualTo("True"));
            Assert.That(given.Word("givenBy.kind"), Is.EqualTo("client"));
            Assert.That(given.Word("recordedBy.id"), Is.EqualTo($"{record}"));
            Assert.That(given.ETag, Is.EqualTo("\"1\""));
            Assert.That((await Client.Get(given.Header("Location")!)).Text, Is.EqualTo(given.Text));
        }
    }

    [Test]
    public async Task A_draft_permits_nothing_until_it_is_confirmed()
    {
        var record = await Host.NewClient();
        var draft = (await Client.Post(Consents(record), Draft(Provision.Permit("assessments")))).Expect(HttpStatusCode.Created);
        Assert.That(draft.Word("status"), Is.EqualTo("draft"));
        (await Practitioner.Get(Record(record, "/assessments"))).Expect(HttpStatusCode.Forbidden);

        var confirm = $"{Consents(record)}/{draft.Id}/confirmation";
        (await Client.Post(confirm)).Expect(HttpStatusCode.PreconditionRequired);
        (await Client.Post(confirm, null, ("If-Match", "\"4\""))).Expect(HttpStatusCode.PreconditionFailed);
        var confirmed = (await Client.Post(confirm, null, ("If-Match", draft.ETag))).Expect(HttpStatusCode.OK);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(confirmed.Word("status"), Is.EqualTo("active"));
            Assert.That(confirmed.Word("confirmation.by.kind"), Is.EqualTo("client"));
            Assert.That(confirmed.ETag, Is.EqualTo("\"2\""));
            Assert.That((await Practitioner.Get(Record(record, "/assessments"))).Status, Is.EqualTo(HttpStatusCode.OK));
            Assert.That((await Client.Post(confirm, null, ("If-Match", confirmed.ETag))).Problem, Is.EqualTo("state-conflict"));
        }
    }

    [Test]
    public async Task A_draft_that_denies_denies_nothing_yet()
    {
        var record = await NewClientUnderConsent();
        (await Client.Post(Consents(record), Draft(Provision.Deny("assessments")))).Expect(HttpStatusCode.Created);
        (await Practitioner.Get(Record(record, "/assessments"))).Expect(HttpStatusCode.OK);
    }

    [TestCase("practitioner")]
    [TestCase("platform")]
    public async Task What_somebody_else_records_as_permitted_waits_for_the_client(string persona)
    {
        var record = await Host.NewClient();
        var other = persona == "platform" ? Platform : Practitioner;
        (string, string)[] purpose = persona == "platform" ? [("Purpose-Of-Use", "TREAT")] : [];
        var recorded = (await other.Post(Consents(record), Consent(Provision.Permit("assessments")), purpose)).Expect(HttpStatusCode.Created);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(recorded.Word("status"), Is.EqualTo("draft"));
            Assert.That(recorded.Word("givenBy"), Is.Null);
            Assert.That(recorded.Word("recordedBy.kind"), Is.EqualTo(persona == "platform" ? "application" : "practitioner"));
            Assert.That((await Practitioner.Get(Record(record, "/assessments"))).Reason, Is.EqualTo("no-consent"));
        }

        var confirm = $"{Consents(record)}/{recorded.Id}/confirmation";
        (await other.Post(confirm, null, [("If-Match", recorded.ETag), .. purpose])).Expect(HttpStatusCode.Forbidden);
        (await Client.Post(confirm, null, ("If-Match", recorded.ETag))).Expect(HttpStatusCode.OK);
        (await Practitioner.Get(Record(record, "/assessments"))).Expect(HttpStatusCode.OK);
    }

    [Test]
    public async Task What_somebody_else_records_as_denied_acts_at_once()
    {
        var record = await NewClientUnderConsent();
        var recorded = (await Practitioner.Post(Consents(record), Consent(Provision.Deny("assessments")))).Expect(HttpStatusCode.Created);
        Assert.That(recorded.Word("status"), Is.EqualTo("active"));
        Assert.That((await Practitioner.Get(Record(record, "/assessments"))).Expect(HttpStatusCode.Forbidden).Reason, Is.EqualTo("denied-by-client"));
        (await Practitioner.Post($"{Consents(record)}/{recorded.Id}/withdrawal")).Expect(HttpStatusCode.Forbidden);
        (await Client.Post($"{Consents(record)}/{recorded.Id}/withdrawal")).Expect(HttpStatusCode.OK);
        (await Practitioner.Get(Record(record, "/assessments"))).Expect(HttpStatusCode.OK);
    }

    [Test]
    public async Task A_signed_document_recorded_by_a_practitioner_acts_at_once()
    {
        var record = await Host.NewClient();
        var recorded = (await Practitioner.Post(Consents(record), new
        {
            status = "active",
            evidence = new { method = "signed-document", givenAt = "2026-05-01T08:00:00Z" },
            provisions = new[] { Provision.Permit("assessments") },
        })).Expect(HttpStatusCode.Created);
        Assert.That(recorded.Word("status"), Is.EqualTo("active"));
        (await Practitioner.Get(Record(record, "/assessments"))).Expect(HttpStatusCode.OK);
    }

    [Test]
    public async Task On_a_clients_behalf_permits_and_denies_are_two_consents()
    {
        var record = await Host.NewClient();
        var mixed = await Practitioner.Post(Consents(record), Consent(Provision.Permit("assessments"), Provision.Deny("goals")));
        Assert.That(mixed.Expect(HttpStatusCode.UnprocessableEntity).Faults, Is.EqualTo(["#/provisions mixed-effects"]));
        await Give(record, Provision.Permit("assessments"), Provision.Deny("goals"));
    }

    [Test]
    public async Task A_consent_that_replaces_another_supersedes_it_in_the_same_moment()
    {
        var record = await Host.NewClient();
        var old = await Give(record, Provision.Permit("assessments"));
        var replacing = (await Client.Post(Consents(record), Replacing(old.Id, Provision.Permit("goals")))).Expect(HttpStatusCode.Created);
        var superseded = await Client.Get($"{Consents(record)}/{old.Id}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(superseded.Word("status"), Is.EqualTo("superseded"));
            Assert.That(superseded.Word("replacedBy"), Is.EqualTo($"{replacing.Id}"));
            Assert.That(superseded.ETag, Is.EqualTo("\"2\""));
            Assert.That(replacing.Word("replaces"), Is.EqualTo($"{old.Id}"));
            Assert.That((await Practitioner.Get(Record(record, "/assessments"))).Reason, Is.EqualTo("no-consent"));
            Assert.That((await Client.Post($"{Consents(record)}/{old.Id}/withdrawal")).Problem, Is.EqualTo("state-conflict"));
            Assert.That(
                (await Client.Post(Consents(record), Replacing(old.Id, Provision.Permit("plans")))).Faults, Is.EqualTo(["#/replaces unknown-reference"]));
        }
    }

    [Test]
    public async Task A_draft_replaces_only_when_it_is_confirmed()
    {
        var record = await Host.NewClient();
        var old = await Give(record, Provision.Deny("assessments"));
        var draft = (await Practitioner.Post(Consents(record), Replacing(old.Id, Provision.Permit("assessments")))).Expect(HttpStatusCode.Created);
        Assert.That((await Client.Get($"{Consents(record)}/{old.Id}")).Word("status"), Is.EqualTo("active"));
        Assert.That((await Practitioner.Get(Record(record, "/assessments"))).Reason, Is.EqualTo("denied-by-client"));
        (await Client.Post($"{Consents(record)}/{draft.Id}/confirmation", null, ("If-Match", draft.ETag))).Expect(HttpStatusCode.OK);
        Assert.That((await Client.Get($"{Consents(record)}/{old.Id}")).Word("status"), Is.EqualTo("superseded"));
        (await Practitioner.Get(Record(record, "/assessments"))).Expect(HttpStatusCode.OK);
    }

    [Test]
    public async Task A_denial_recorded_for_a_client_replaces_nothing()
    {
        var record = await Host.NewClient();
        var old = await Give(record, Provision.Deny("assessments"));
        Assert.That(
            (await Practitioner.Post(Consents(record), Replacing(old.Id, Provision.Deny("goals")))).Expect(HttpStatusCode.UnprocessableEntity).Faults,
            Is.EqualTo(["#/replaces not-allowed"]));
    }

    [Test]
    public async Task A_consent_of_another_record_replaces_nothing_here()
    {
        var (one, other) = (await Host.NewClient(), await Host.NewClient());
        var foreign = await Give(other, Provision.Permit("assessments"));
        Assert.That(
            (await Client.Post(Consents(one), Replacing(foreign.Id, Provision.Permit("goals")))).Expect(HttpStatusCode.UnprocessableEntity).Faults,
            Is.EqualTo(["#/replaces unknown-reference"]));
        (await Client.Get($"{Consents(one)}/{foreign.Id}")).Expect(HttpStatusCode.NotFound);
        (await Client.Post($"{Consents(one)}/{foreign.Id}/withdrawal")).Expect(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task Withdrawing_is_one_call_without_a_body_a_reason_or_a_version()
    {
        var record = await Host.NewClient();
        var given = await Give(record, Provision.Permit("assessments"));
        var withdrawn = (await Client.Post($"{Consents(record)}/{given.Id}/withdrawal")).Expect(HttpStatusCode.OK);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(withdrawn.Word("status"), Is.EqualTo("withdrawn"));
            Assert.That(withdrawn.Word("withdrawal.by.kind"), Is.EqualTo("client"));
            Assert.That(withdrawn.ETag, Is.EqualTo("\"2\""));
            Assert.That((await Practitioner.Get(Record(record, "/assessments"))).Reason, Is.EqualTo("no-consent"));
            Assert.That((await Client.Post($"{Consents(record)}/{given.Id}/withdrawal")).Expect(HttpStatusCode.Conflict).Problem, Is.EqualTo("state-conflict"));
        }
    }

    [Test]
    public async Task The_clients_words_on_withdrawing_stay_the_clients()
    {
        var record = await Host.NewClient();
        var given = await Give(record, Provision.Permit("assessments"));
        var withdrawn = (await Client.Post($"{Consents(record)}/{given.Id}/withdrawal", new { reason = "I changed my mind" })).Expect(HttpStatusCode.OK);
        Assert.That(withdrawn.Word("withdrawal.reason"), Is.EqualTo("I changed my mind"));
        Assert.That((await Practitioner.Get($"{Consents(record)}/{given.Id}")).Expect(HttpStatusCode.OK).Text, Does.Not.Contain("changed my mind"));
        Assert.That((await Practitioner.Get($"{Consents(record)}/{given.Id}/versions")).Expect(HttpStatusCode.OK).Text, Does.Not.Contain("changed my mind"));
    }

    [Test]
    public async Task A_practitioner_may_record_that_a_permit_is_withdrawn()
    {
        var record = await Host.NewClient();
        var given = await Give(record, Provision.Permit("assessments"));
        (await Practitioner.Post($"{Consents(record)}/{given.Id}/withdrawal")).Expect(HttpStatusCode.OK);
        (await Practitioner.Get(Record(record, "/assessments"))).Expect(HttpStatusCode.Forbidden);
    }

    [Test]
    public async Task Only_a_representative_authorises()
    {
        var record = await Host.NewClient();
        var given = await Give(record, Provision.Permit("assessments"));
        foreach (var who in new[] { Client, Practitioner })
        {
            (await who.Post($"{Consents(record)}/{given.Id}/authorisations", null, ("If-Match", given.ETag))).Expect(HttpStatusCode.Forbidden);
        }
    }

    [Test]
    public async Task Every_version_stays_readable_as_it_was()
    {
        var record = await Host.NewClient();
        var draft = (await Client.Post(Consents(record), Draft(Provision.Permit("assessments")))).Expect(HttpStatusCode.Created);
        var path = $"{Consents(record)}/{draft.Id}";
        var confirmed = await Client.Post($"{path}/confirmation", null, ("If-Match", draft.ETag));
        await Client.Post($"{path}/withdrawal");
        var versions = (await Client.Get($"{path}/versions")).Items();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(versions.Select(version => $"{version.Word("version")} {version.Word("status")}"), Is.EqualTo(["1 draft", "2 active", "3 withdrawn"]));
            Assert.That((await Client.Get($"{path}/versions/1")).Text, Is.EqualTo(draft.Text));
            Assert.That((await Client.Get($"{path}/versions/2")).Text, Is.EqualTo(confirmed.Text));
            Assert.That((await Client.Get($"{path}/versions/4")).Status, Is.EqualTo(HttpStatusCode.NotFound));
            Assert.That((await Client.Get($"{path}/versions/0")).Status, Is.EqualTo(HttpStatusCode.NotFound));
            Assert.That((await Client.Get($"{Consents(record)}/{Nobody}/versions")).Status, Is.EqualTo(HttpStatusCode.NotFound));
        }
    }

    [Test]
    public async Task The_list_is_filtered_by_status_newest_first_and_paged()
    {
        var record = await Host.NewClient();
        var first = await Give(record, Provision.Permit("assessments"));
        var second = await Give(record, Provision.Permit("goals"));
        var third = (await Client.Post(Consents(record), Draft(Provision.Permit("plans")))).Expect(HttpStatusCode.Created);
        await Withdraw(record, first);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((await Client.Get(Consents(record))).Ids(), Is.EqualTo([third.Id, second.Id, first.Id]));
            Assert.That((await Client.Get($"{Consents(record)}?status=active")).Ids(), Is.EqualTo([second.Id]));
            Assert.That((await Client.Get($"{Consents(record)}?status=withdrawn")).Total(), Is.EqualTo(1));
            Assert.That((await Client.Get($"{Consents(record)}?status=draft&limit=1")).Ids(), Is.EqualTo([third.Id]));
            Assert.That((await Client.Get($"{Consents(record)}?status=Active")).Faults, Is.EqualTo(["status unknown-value"]));
            Assert.That(await Client.AllPages(Consents(record), 1), Has.Count.EqualTo(3));
        }
    }

    [Test]
    public async Task A_practitioner_sees_of_a_consent_what_concerns_them()
    {
        var record = await Host.NewClient();
        var given = await Give(
            record,
            Provision.Permit("assessments") with { Grantees = [Grantee.Practitioner(Personas.ColleagueId)] },
            Provision.Permit("goals"),
            Provision.Deny("journal"),
            Provision.Permit("plans") with { Grantees = [Grantee.CareTeam] });
        var seen = await Practitioner.Get($"{Consents(record)}/{given.Id}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                seen.Json.GetProperty("provisions").EnumerateArray().Select(provision => provision.GetProperty("categories")[0].GetString()),
                Is.EqualTo(["goals", "journal", "plans"]));
            Assert.That(seen.Word("complete"), Is.EqualTo("False"));
            Assert.That(seen.Word("evidence"), Is.Null);
            Assert.That(seen.Text, Does.Not.Contain($"{Personas.ColleagueId}"));
            Assert.That(seen.Word("version"), Is.EqualTo("1"));
        }
    }

    [Test]
    public async Task Whoever_recorded_a_consent_sees_all_of_it()
    {
        var record = await Host.NewClient();
        var recorded = (await Practitioner.Post(
            Consents(record), Consent(Provision.Permit("assessments") with { Grantees = [Grantee.Practitioner(Personas.ColleagueId)] }))).Expect(HttpStatusCode.Created);
        var read = await Practitioner.Get($"{Consents(record)}/{recorded.Id}");
        Assert.That((read.Word("complete"), read.Word("evidence.method")), Is.EqualTo(("True", "electronic-signature")));
    }

    [Test]
    public async Task A_denied_list_of_consents_is_refused_to_the_care_team_and_never_to_the_client()
    {
        var record = await Host.NewClient();
        await Give(record, Provision.Deny("consents"), Provision.Deny("demographics"));
        Assert.That((await Practitioner.Get(Consents(record))).Expect(HttpStatusCode.Forbidden).Reason, Is.EqualTo("denied-by-client"));
        Assert.That((await Practitioner.Get(Record(record))).Expect(HttpStatusCode.Forbidden).Reason, Is.EqualTo("denied-by-client"));
        (await Client.Get(Consents(record))).Expect(HttpStatusCode.OK);
        (await Colleague.Get(Consents(record))).Expect(HttpStatusCode.NotFound);
    }

    private static IEnumerable<TestCaseData> Faulty()
    {
        yield return new TestCaseData(Provision.Permit("assessments") with { Grantees = null }, "#/provisions/0/grantees required").SetArgDisplayNames("no grantees");
        yield return new TestCaseData(Provision.Permit("assessments") with { Grantees = [] }, "#/provisions/0/grantees required").SetArgDisplayNames("empty grantees");
        yield return new TestCaseData(Provision.Permit("assessments") with { Categories = null }, "#/provisions/0/categories required").SetArgDisplayNames("no categories");
        yield return new TestCaseData(Provision.Permit("assessments") with { Actions = [] }, "#/provisions/0/actions required").SetArgDisplayNames("no actions");
        yield return new TestCaseData(Provision.Permit("assessments") with { Purposes = null }, "#/provisions/0/purposes required").SetArgDisplayNames("no purposes");
        yield return new TestCaseData(Provision.Permit("assessments") with { Parts = [] }, "#/provisions/0/parts empty").SetArgDisplayNames("no parts");
        yield return new TestCaseData(Provision.Permit("assessments") with { AuthoredBy = [] }, "#/provisions/0/authoredBy empty").SetArgDisplayNames("no authors");
        yield return new TestCaseData(Provision.Permit("assessments") with { Period = new { from = "2026-12-01T00:00:00Z", until = "2026-11-30T00:00:00Z" } }, "#/provisions/0/period empty-period").SetArgDisplayNames("period backwards");
        yield return new TestCaseData(Provision.Permit("assessments") with { Period = new { until = "2026-01-01T00:00:00Z" } }, "#/provisions/0/period period-over").SetArgDisplayNames("period over");
        yield return new TestCaseData(Provision.Permit("assessments") with { DataPeriod = new { from = "2026-12-01T00:00:00Z", until = "2026-12-01T00:00:00Z" } }, "#/provisions/0/dataPeriod empty-period").SetArgDisplayNames("data period empty");
        yield return new TestCaseData(Provision.Permit("moods"), "#/provisions/0/categories/0 unknown-value").SetArgDisplayNames("unknown category");
        yield return new TestCaseData(Provision.Permit("all", "goals"), "#/provisions/0/categories/0 unknown-value").SetArgDisplayNames("all and another");
        yield return new TestCaseData(Provision.Permit("assessments") with { Actions = ["look"] }, "#/provisions/0/actions/0 unknown-value").SetArgDisplayNames("unknown action");
        yield return new TestCaseData(Provision.Permit("assessments") with { Purposes = ["FUN"] }, "#/provisions/0/purposes/0 unknown-value").SetArgDisplayNames("unknown purpose");
        yield return new TestCaseData(Provision.Permit("assessments") with { Sensitivities = ["SECRET"] }, "#/provisions/0/sensitivities/0 unknown-value").SetArgDisplayNames("unknown label");
        yield return new TestCaseData(Provision.Permit("assessments") with { Effect = "maybe" }, "#/provisions/0/effect unknown-value").SetArgDisplayNames("unknown effect");
        yield return new TestCaseData(Provision.Permit("assessments") with { Grantees = [new { kind = "practitioner" }] }, "#/provisions/0/grantees/0 invalid-value").SetArgDisplayNames("practitioner without id");
        yield return new TestCaseData(Provision.Permit("assessments") with { Grantees = [new { kind = "role" }] }, "#/provisions/0/grantees/0 invalid-value").SetArgDisplayNames("role without code");
        yield return new TestCaseData(Provision.Permit("assessments") with { Grantees = [Grantee.Practitioner(Nobody)] }, "#/provisions/0/grantees/0/id unknown-reference").SetArgDisplayNames("unknown practitioner");
        yield return new TestCaseData(Provision.Permit("assessments") with { Grantees = [Grantee.Practitioner(Personas.ElsewherePractitionerId)] }, "#/provisions/0/grantees/0/id unknown-reference").SetArgDisplayNames("another partner's practitioner");
        yield return new TestCaseData(Provision.Permit("assessments") with { Grantees = [Grantee.Partner, Grantee.Application(Personas.ElsewhereApp.Id)] }, "#/provisions/0/grantees/1/id unknown-reference").SetArgDisplayNames("another partner's application");
        yield return new TestCaseData(Provision.Permit("assessments", "process-notes") with { Actions = ["read"], Sensitivities = ["PSYTHPN"] }, "#/provisions/0/categories process-notes-only").SetArgDisplayNames("process notes and more");
        yield return new TestCaseData(Provision.Permit("process-notes") with { Actions = ["read"] }, "#/provisions/0/sensitivities psythpn-required").SetArgDisplayNames("process notes without label");
        yield return new TestCaseData(Provision.Permit("process-notes") with { Sensitivities = ["PSYTHPN"] }, "#/provisions/0/actions process-notes-read-only").SetArgDisplayNames("process notes written");
        yield return new TestCaseData(Provision.Permit("assessments") with { Sensitivities = ["PSYTHPN"] }, "#/provisions/0/sensitivities psythpn-elsewhere").SetArgDisplayNames("PSYTHPN elsewhere");
        yield return new TestCaseData(Provision.Permit("assessments") with { Purposes = ["HRESCH"] }, "#/provisions/0/purposes explicit-act-required").SetArgDisplayNames("research not explicit");
        yield return new TestCaseData(Provision.Permit("assessments") with { Purposes = ["TREAT", "HRESCH"] }, "#/provisions/0/purposes bundled").SetArgDisplayNames("research bundled");
        yield return new TestCaseData(Provision.Permit("assessments") with { Purposes = ["HMARKT"] }, "#/provisions/0/purposes explicit-act-required").SetArgDisplayNames("marketing not explicit");
    }

    [TestCaseSource(nameof(Faulty))]
    public async Task A_provision_that_could_never_match_is_refused_by_its_member(Provision provision, string fault)
    {
        var record = await Host.NewClient();
        var answer = await Client.Post(Consents(record), Consent(provision));
        Assert.That(answer.Expect(HttpStatusCode.UnprocessableEntity).Faults, Does.Contain(fault));
        Assert.That((await Client.Get(Consents(record))).Total(), Is.Zero);
    }

    [Test]
    public async Task The_same_provision_twice_is_a_fault_at_the_second()
    {
        var record = await Host.NewClient();
        var answer = await Client.Post(Consents(record), Consent(Provision.Permit("assessments"), Provision.Permit("assessments")));
        Assert.That(answer.Expect(HttpStatusCode.UnprocessableEntity).Faults, Is.EqualTo(["#/provisions/1 duplicate"]));
    }

    [Test]
    public async Task All_faults_of_all_provisions_are_told_at_once()
    {
        var record = await Host.NewClient();
        var answer = await Client.Post(
            Consents(record),
            Consent(Provision.Permit("assessments") with { Purposes = null, Actions = null }, Provision.Deny("goals") with { Parts = [] }));
        Assert.That(answer.Expect(HttpStatusCode.UnprocessableEntity).Faults, Is.EqualTo([
            "#/provisions/0/actions required", "#/provisions/0/purposes required", "#/provisions/1/parts empty",
        ]));
    }

    [TestCase("{\"method\":\"nod\",\"givenAt\":\"2026-05-01T08:00:00Z\"}", "#/evidence/method unknown-value")]
    [TestCase("{\"method\":\"verbal\",\"givenAt\":\"2198-05-01T08:00:00Z\"}", "#/evidence/givenAt out-of-range")]
    [TestCase("{\"method\":\"verbal\"}", "#/evidence/givenAt required")]
    [TestCase("{\"method\":\"verbal\",\"givenAt\":\"2026-05-01T08:00:00Z\",\"wording\":{\"id\":\"\",\"version\":\"1\",\"language\":\"en\"}}", "#/evidence/wording/id wrong-length")]
    [TestCase("{\"method\":\"verbal\",\"givenAt\":\"2026-05-01T08:00:00Z\",\"wording\":{\"id\":\"a\",\"version\":\"1\",\"language\":\"english!\"}}", "#/evidence/wording/language invalid-format")]
    public async Task Faulty_evidence_names_its_fault(string evidence, string fault)
    {
        var record = await Host.NewClient();
        var answer = await Client.PostText(Consents(record), $$"""{"status":"active","evidence":{{evidence}},"provisions":[{"effect":"deny"}]}""");
        Assert.That(answer.Expect(HttpStatusCode.UnprocessableEntity).Faults, Is.EqualTo([fault]));
    }

    [TestCase("[]", "#/provisions wrong-length")]
    [TestCase("[null]", "#/provisions/0 null")]
    [TestCase("[{}]", "#/provisions/0/effect required")]
    [TestCase("[{\"effect\":\"deny\",\"grantees\":[null]}]", "#/provisions/0/grantees/0 null")]
    [TestCase("[{\"effect\":\"deny\",\"categories\":[null]}]", "#/provisions/0/categories/0 null")]
    public async Task Faulty_lists_name_their_fault(string provisions, string fault)
    {
        var record = await Host.NewClient();
        var answer = await Client.PostText(
            Consents(record), $$"""{"status":"active","evidence":{"method":"verbal","givenAt":"2026-05-01T08:00:00Z"},"provisions":{{provisions}}}""");
        Assert.That(answer.Expect(HttpStatusCode.UnprocessableEntity).Faults, Is.EqualTo([fault]));
    }

    [Test]
    public async Task A_consent_that_denies_everything_leaves_the_client_in_charge()
    {
        var record = await Host.NewClient();
        var everything = await Give(record, new Provision { Effect = "deny" });
        Assert.That((await Practitioner.Get(Record(record))).Expect(HttpStatusCode.Forbidden).Reason, Is.EqualTo("denied-by-client"));
        Assert.That((await Platform.Get(Record(record), ("Purpose-Of-Use", "TREAT"))).Expect(HttpStatusCode.Forbidden).Reason, Is.EqualTo("denied-by-client"));
        (await Client.Get(Record(record))).Expect(HttpStatusCode.OK);
        await Withdraw(record, everything);
        (await Practitioner.Get(Record(record))).Expect(HttpStatusCode.OK);
    }

    private static string Consents(Guid record) => Record(record, "/consents");

    private static object Draft(params object[] provisions) => new
    {
        status = "draft",
        evidence = new { method = "electronic-signature", givenAt = "2026-05-01T08:00:00Z" },
        provisions,
    };

    private static object Replacing(Guid replaces, params object[] provisions) => new
    {
        status = "active",
        evidence = new { method = "electronic-signature", givenAt = "2026-05-01T08:00:00Z" },
        provisions,
        replaces,
    };
}
