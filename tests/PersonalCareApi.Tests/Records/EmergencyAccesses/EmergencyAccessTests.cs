using System.Net;
using Dapper;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.Promises;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records.EmergencyAccesses;

/// <summary>An emergency opens reading to its holder for a time, and leaves a trace that the client and a reviewer see.</summary>
[OnEachDatabase]
internal sealed class EmergencyAccessTests(TestDatabase database) : OnOneHost(database)
{
    [TearDown]
    public void ResetTheClock() => Host.Clock.Reset();

    [Test]
    public async Task An_entitled_practitioner_who_is_nobody_to_the_client_reads_from_the_declaration_on()
    {
        var record = await NewClientUnderConsent();
        var assessment = await Assess(record, Forms.Gad7());
        (await Colleague.Get(Record(record, "/assessments"))).Expect(HttpStatusCode.NotFound);

        var access = await Colleague.Declare(record);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(access.Word("practitionerId"), Is.EqualTo($"{Personas.ColleagueId}"));
            Assert.That(access.Word("reason"), Is.EqualTo(Emergencies.Reason));
            Assert.That(access.Json.GetProperty("until").GetDateTimeOffset() - access.Json.GetProperty("from").GetDateTimeOffset(), Is.EqualTo(TimeSpan.FromHours(1)));
            Assert.That(access.Word("reviewedAt"), Is.Null);
            Assert.That((await Colleague.Get(Record(record, "/assessments"))).Ids(), Is.EqualTo([assessment.Id]));
            Assert.That((await Colleague.Get(Record(record, $"/assessments/{assessment.Id}"))).Status, Is.EqualTo(HttpStatusCode.OK));
            Assert.That((await Colleague.Get(access.Header("Location")!)).Status, Is.EqualTo(HttpStatusCode.OK));
            Assert.That((await Supervisor.Get(Record(record, "/assessments"))).Status, Is.EqualTo(HttpStatusCode.NotFound), "it is one practitioner's");
            Assert.That((await Colleague.Get(Record(await Host.NewClient()))).Status, Is.EqualTo(HttpStatusCode.NotFound), "and for one record");
        }
    }

    [Test]
    public async Task It_ends_with_the_entitlement_of_who_declared_it()
    {
        var record = await NewClientUnderConsent();
        var registered = (await Practitioner.Post(
            "/v1/practitioners", new { subject = "emergency-locum", name = "Locum", roles = new[] { "therapist" }, mayDeclareEmergency = true })).Expect(HttpStatusCode.Created);
        var locum = Host.As("emergency-locum", Personas.HarbourApp.Scopes);
        await locum.Declare(record);
        (await locum.Get(Record(record, "/assessments"))).Expect(HttpStatusCode.OK);

        (await Practitioner.Patch($"/v1/practitioners/{registered.Id}", new { mayDeclareEmergency = false }, ("If-Match", registered.ETag))).Expect(HttpStatusCode.OK);

        (await locum.Get(Record(record, "/assessments"))).Expect(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task Who_may_declare()
    {
        var record = await Host.NewClient();
        var nurse = await Registered("emergency-nurse", record);
        var stranger = await Registered("emergency-stranger", null);
        (string Who, Api Api, HttpStatusCode Status)[] callers =
        [
            ("entitled and unrelated", Colleague, HttpStatusCode.Created),
            ("entitled and in care", Practitioner, HttpStatusCode.Created),
            ("related, not entitled", nurse, HttpStatusCode.Forbidden),
            ("neither", stranger, HttpStatusCode.NotFound),
            ("the auditor, not entitled", await Host.As("auditor"), HttpStatusCode.NotFound),
            ("the client", Client, HttpStatusCode.Forbidden),
            ("another client", await Host.As("other-client"), HttpStatusCode.NotFound),
            ("another's representative", await Host.As("representative"), HttpStatusCode.NotFound),
            ("another partner's", Elsewhere, HttpStatusCode.NotFound),
        ];
        using (Assert.EnterMultipleScope())
        {
            foreach (var (who, api, status) in callers)
            {
                var answer = await api.Post(Record(record, "/emergency-accesses"), Emergencies.Body());
                Assert.That(answer.Status, Is.EqualTo(status), who);
            }

            var platform = await Platform.Post(Record(record, "/emergency-accesses"), Emergencies.Body(), ("Purpose-Of-Use", "TREAT"));
            Assert.That(platform.Status, Is.EqualTo(HttpStatusCode.Forbidden), "an application alone");
            Assert.That((await Colleague.Post(Record(Nobody, "/emergency-accesses"), Emergencies.Body())).Status, Is.EqualTo(HttpStatusCode.NotFound), "no such record");
        }
    }

    [Test]
    public async Task To_declare_takes_the_scope_for_it_alone_and_a_purpose_of_treatment()
    {
        var record = await Host.NewClient();
        var without = await Host.As("colleague", "demographics:read demographics:write assessments:read");
        var refused = (await without.Post(Record(record, "/emergency-accesses"), Emergencies.Body())).Expect(HttpStatusCode.Forbidden);
        Assert.That(refused.Reason, Is.EqualTo("scope-missing"));
        Assert.That(refused.Header("WWW-Authenticate"), Does.Contain("emergency:declare"));
        Assert.That(
            (await Colleague.Post(Record(record, "/emergency-accesses"), Emergencies.Body(), ("Purpose-Of-Use", "HRESCH"))).Expect(HttpStatusCode.Forbidden).Reason,
            Is.EqualTo("no-consent"));

        await (await Host.As("colleague", "emergency:declare")).Declare(record);
    }

    [TestCase(4, HttpStatusCode.UnprocessableEntity)]
    [TestCase(5, HttpStatusCode.Created)]
    [TestCase(240, HttpStatusCode.Created)]
    [TestCase(241, HttpStatusCode.UnprocessableEntity)]
    public async Task It_lasts_minutes_not_days(int minutes, HttpStatusCode status) =>
        Assert.That((await Colleague.Post(Record(await Host.NewClient(), "/emergency-accesses"), Emergencies.Body(minutes))).Status, Is.EqualTo(status));

    [TestCase("reason")]
    [TestCase("clientCannotBeAskedBecause")]
    public async Task It_is_declared_with_a_reason_and_why_the_client_cannot_be_asked(string missing)
    {
        var body = new Dictionary<string, string> { ["reason"] = "r", ["clientCannotBeAskedBecause"] = "c" };
        body[missing] = "";
        var answer = (await Colleague.Post(Record(await Host.NewClient(), "/emergency-accesses"), body)).Expect(HttpStatusCode.UnprocessableEntity);
        Assert.That(answer.Faults, Is.EqualTo([$"#/{missing} required"]));
    }

    [Test]
    public async Task It_ends_by_itself_and_cannot_be_made_longer_only_declared_anew()
    {
        var record = await NewClientUnderConsent();
        var first = await Colleague.Declare(record, 5);
        var again = (await Colleague.Post(Record(record, "/emergency-accesses"), Emergencies.Body())).Expect(HttpStatusCode.Conflict);
        Assert.That(again.Problem, Is.EqualTo("state-conflict"));

        Host.Clock.MoveTo(first.Json.GetProperty("until").GetDateTimeOffset().AddMinutes(-1));
        (await Colleague.Get(Record(record, "/assessments"))).Expect(HttpStatusCode.OK);
        Host.Clock.MoveTo(first.Json.GetProperty("until").GetDateTimeOffset());
        (await Colleague.Get(Record(record, "/assessments"))).Expect(HttpStatusCode.NotFound);
        (await Colleague.Get(Record(record))).Expect(HttpStatusCode.NotFound);

        var second = await Colleague.Declare(record);
        Assert.That(second.Id, Is.Not.EqualTo(first.Id));
        (await Colleague.Get(Record(record, "/assessments"))).Expect(HttpStatusCode.OK);
    }

    [Test]
    public async Task Its_holder_ends_it_early_and_nobody_else()
    {
        var record = await NewClientUnderConsent();
        var access = await Colleague.Declare(record);

        (await Supervisor.EndEmergency(record, access)).Expect(HttpStatusCode.NotFound);
        (await Practitioner.EndEmergency(record, access)).Expect(HttpStatusCode.NotFound);
        (await Client.EndEmergency(record, access)).Expect(HttpStatusCode.Forbidden);
        Assert.That((await Colleague.Post(Record(record, $"/emergency-accesses/{access.Id}/termination"))).Status, Is.EqualTo(HttpStatusCode.PreconditionRequired));
        var ended = (await Colleague.EndEmergency(record, access)).Expect(HttpStatusCode.OK);

        Assert.That(ended.Word("terminatedAt"), Is.EqualTo(ended.Word("until")));
        (await Colleague.Get(Record(record, "/assessments"))).Expect(HttpStatusCode.NotFound);
        (await Colleague.EndEmergency(record, ended)).Expect(HttpStatusCode.Conflict);
        await Colleague.Declare(record);
    }

    [Test]
    public async Task It_reads_only()
    {
        var record = await NewClientUnderConsent();
        var assessment = await Assess(record, Forms.Gad7());
        await Colleague.Declare(record);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((await Colleague.Post(Record(record, "/assessments"), Forms.Gad7())).Reason, Is.EqualTo("no-consent"));
            Assert.That((await Colleague.Patch(Record(record), new { language = "de" }, ("If-Match", "\"1\""))).Reason, Is.EqualTo("no-consent"));
            Assert.That((await Colleague.Post(Record(record, $"/assessments/{assessment.Id}/retraction"), new { reason = "x" }, ("If-Match", "\"1\""))).Reason, Is.EqualTo("no-consent"));
            Assert.That((await Colleague.Post(Record(record, "/care-relationships"), new { practitionerId = Personas.SupervisorId })).Status, Is.EqualTo(HttpStatusCode.Forbidden));
        }
    }

    [TestCase("TREAT", HttpStatusCode.OK)]
    [TestCase("ETREAT", HttpStatusCode.OK)]
    [TestCase("HOPERAT", HttpStatusCode.Forbidden)]
    [TestCase("HRESCH", HttpStatusCode.Forbidden)]
    public async Task It_is_for_treatment_alone(string purpose, HttpStatusCode status)
    {
        var record = await NewClientUnderConsent();
        await Colleague.Declare(record);
        Assert.That((await Colleague.Get(Record(record, "/assessments"), ("Purpose-Of-Use", purpose))).Status, Is.EqualTo(status));
    }

    [TestCase("HIV")]
    [TestCase("GDIS")]
    [TestCase("SDV")]
    public async Task Labels_that_close_to_others_are_open_in_it(string label)
    {
        var record = await Host.NewClient();
        await Give(record, Provision.Permit("goals") with { Sensitivities = [label] });
        var goal = (await Practitioner.Post(Record(record, "/goals"), Labelled(label))).Expect(HttpStatusCode.Created);

        await Colleague.Declare(record);

        Assert.That((await Colleague.Get(Record(record, "/goals"))).Ids(), Is.EqualTo([goal.Id]));
    }

    [Test]
    public async Task Process_notes_stay_closed_in_it()
    {
        var record = await Host.NewClient();
        await Colleague.Declare(record);
        var access = (await Colleague.Get(Record(record, "/access"))).Expect(HttpStatusCode.OK).Json.GetProperty("categories").EnumerateArray()
            .ToDictionary(one => one.Word("category")!, one => one.Word("read.permitted"));
        Assert.That(access["process-notes"], Is.EqualTo("False"));
        Assert.That(access.Where(one => one.Value == "False").Select(one => one.Key), Is.EqualTo(["process-notes"]));
    }

    [TestCase("TREAT", false)]
    [TestCase(null, false)]
    [TestCase("ETREAT", true)]
    public async Task A_denial_holds_against_it_where_it_names_emergencies(string? purpose, bool holds)
    {
        var record = await NewClientUnderConsent();
        await Colleague.Declare(record);
        await Give(record, Provision.Deny("assessments") with { Purposes = purpose is null ? null : [purpose] });

        var answer = await Colleague.Get(Record(record, "/assessments"));

        Assert.That(answer.Status, Is.EqualTo(holds ? HttpStatusCode.Forbidden : HttpStatusCode.OK));
        Assert.That(answer.Status == HttpStatusCode.OK || answer.Reason == "denied-by-client");
        (await Colleague.Get(Record(record, "/goals"))).Expect(HttpStatusCode.OK);
    }

    [Test]
    public async Task Where_the_client_said_no_for_emergencies_it_cannot_be_declared_but_by_whom_it_does_not_name()
    {
        var record = await Host.NewClient();
        await Give(record, new Provision { Effect = "deny", Purposes = ["ETREAT"], Grantees = [Grantee.Practitioner(Personas.ColleagueId)] });

        var refused = (await Colleague.Post(Record(record, "/emergency-accesses"), Emergencies.Body())).Expect(HttpStatusCode.Forbidden);

        Assert.That(refused.Reason, Is.EqualTo("denied-by-client"));
        Assert.That((await Client.Get(Record(record, "/emergency-accesses"))).Total(), Is.Zero);
        await Supervisor.Declare(record);
    }

    [Test]
    public async Task It_takes_nothing_from_what_a_consent_permits()
    {
        var record = await NewClientUnderConsent();
        await Give(record, Provision.Deny("assessments") with { Purposes = ["ETREAT"] });
        (await Practitioner.Get(Record(record, "/assessments"))).Expect(HttpStatusCode.OK);

        await Practitioner.Declare(record);

        (await Practitioner.Get(Record(record, "/assessments"))).Expect(HttpStatusCode.OK);
        Assert.That(
            (await Practitioner.Get(Record(record, "/assessments"), ("Purpose-Of-Use", "ETREAT"))).Expect(HttpStatusCode.Forbidden).Reason,
            Is.EqualTo("denied-by-client"));
    }

    [Test]
    public async Task Every_page_and_total_holds_what_consent_and_emergency_open_together()
    {
        var record = await Host.NewClient();
        await Give(record, Provision.Permit("goals") with { Sensitivities = ["HIV", "SUD"] });
        var hidden = (await Practitioner.Post(Record(record, "/goals"), Labelled("HIV", "SUD"))).Expect(HttpStatusCode.Created).Id;
        var byEmergency = (await Practitioner.Post(Record(record, "/goals"), Labelled("HIV"))).Expect(HttpStatusCode.Created).Id;
        var byConsent = (await Practitioner.Post(Record(record, "/goals"), Labelled("SUD"))).Expect(HttpStatusCode.Created).Id;
        await Give(record, Provision.Permit("goals") with { Grantees = [Grantee.Practitioner(Personas.ColleagueId)], Actions = ["read"] });
        await Give(record, Provision.Deny("goals") with { Sensitivities = ["SUD"], Purposes = ["ETREAT"] });
        Assert.That((await Colleague.Get(Record(record, "/goals"))).Ids(), Is.EquivalentTo([byConsent]), "by the consent alone");

        await Colleague.Declare(record);

        Assert.That((await Colleague.Get(Record(record, "/goals"))).Ids(), Is.EquivalentTo([byEmergency, byConsent]));
        Assert.That((await Colleague.Get(Record(record, "/goals?limit=1"))).Total(), Is.EqualTo(2));
        (await Colleague.Get(Record(record, $"/goals/{hidden}"))).Expect(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task Its_holder_has_the_client_in_the_caseload_while_it_is_open()
    {
        var record = await Host.NewClient();
        Assert.That((await Colleague.AllPages("/v1/clients", 200)).Select(one => one.Word("id")), Does.Not.Contain($"{record}"));
        var access = await Colleague.Declare(record);
        Assert.That((await Colleague.AllPages("/v1/clients", 200)).Select(one => one.Word("id")), Does.Contain($"{record}"));
        (await Colleague.EndEmergency(record, access)).Expect(HttpStatusCode.OK);
        Assert.That((await Colleague.AllPages("/v1/clients", 200)).Select(one => one.Word("id")), Does.Not.Contain($"{record}"));
    }

    [Test]
    public async Task Every_use_of_it_stands_in_the_history_as_made_in_an_emergency()
    {
        var record = await Host.NewClient();
        await Colleague.Declare(record);
        await Colleague.Get(Record(record, "/assessments"));

        var entries = (await Client.Get(Record(record, "/access-history"))).Items();

        Assert.That(entries[0].Word("summary"), Is.EqualTo("A practitioner read assessments for treatment, in a declared emergency."));
        Assert.That(entries[0].Word("basis.kind"), Is.EqualTo("emergency"));
        Assert.That(entries[1].Word("operation"), Is.EqualTo("DeclareEmergency"));
        Assert.That(entries[1].Word("basis.kind"), Is.EqualTo("emergency"));
    }

    [Test]
    public async Task The_client_sees_it_at_once_with_its_reason()
    {
        var record = await Host.NewClient();
        var access = await Colleague.Declare(record);
        var seen = (await Client.Get(Record(record, "/emergency-accesses"))).Items();
        Assert.That(seen.Select(one => one.Word("id")), Is.EqualTo([$"{access.Id}"]));
        Assert.That(seen[0].Word("reason"), Is.EqualTo(Emergencies.Reason));
        Assert.That((await Practitioner.Get(Record(record, "/emergency-accesses"))).Ids(), Is.EqualTo([access.Id]), "the care team as well");
    }

    [Test]
    public async Task Nothing_is_read_in_an_emergency_that_the_client_was_not_told_of()
    {
        var record = await Host.NewClient();
        var access = await Colleague.Declare(record);
        using (var beside = Host.OpenDatabase())
        {
            Assert.That(beside.Execute("DELETE FROM client_notice WHERE about_id = @Id", new { access.Id }), Is.EqualTo(1));
        }

        (await Colleague.Get(Record(record, "/assessments"))).Expect(HttpStatusCode.ServiceUnavailable);
    }

    [Test]
    public async Task A_retried_declaration_is_one()
    {
        var record = await Host.NewClient();
        var path = Record(record, "/emergency-accesses");
        var first = (await Colleague.Post(path, Emergencies.Body(), ("Idempotency-Key", "e-1"))).Expect(HttpStatusCode.Created);
        var again = (await Colleague.Post(path, Emergencies.Body(), ("Idempotency-Key", "e-1"))).Expect(HttpStatusCode.Created);
        Assert.That(again.Text, Is.EqualTo(first.Text));
        Assert.That((await Client.Get(path)).Total(), Is.EqualTo(1));
    }

    [Test]
    public async Task Of_two_at_once_one_is_declared()
    {
        var record = await Host.NewClient();
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Colleague.Post(Record(record, "/emergency-accesses"), Emergencies.Body())));
        Assert.That(answers.Count(answer => answer.Status == HttpStatusCode.Created), Is.EqualTo(1));
        Assert.That(answers.Where(answer => answer.Status != HttpStatusCode.Created).Select(answer => answer.Status), Is.All.EqualTo(HttpStatusCode.Conflict));
    }

    private static object Labelled(params string[] sensitivities) => new
    {
        statement = "To sleep through.",
        levels = Enumerable.Range(-2, 5).Select(level => new { level, description = $"Level {level}." }),
        sensitivities,
    };

    /// <summary>A practitioner who is not entitled to emergencies, in care of the record where one is named.</summary>
    private async Task<Api> Registered(string subject, Guid? inCareOf)
    {
        var created = (await Practitioner.Post("/v1/practitioners", new { subject, name = subject, roles = new[] { "nurse" } })).Expect(HttpStatusCode.Created);
        if (inCareOf is { } record)
        {
            (await Practitioner.Post(Record(record, "/care-relationships"), new { practitionerId = created.Id })).Expect(HttpStatusCode.Created);
        }

        return Host.As(subject, Personas.HarbourApp.Scopes);
    }
}
