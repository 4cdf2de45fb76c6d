using System.Net;
using System.Text.Json;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records.AccessDecisions;

/// <summary>Decisions explained: now, as they were, and in advance.</summary>
[OnEachDatabase]
internal sealed class AccessDecisionTests(TestDatabase database) : OnOneHost(database)
{
    private static readonly object ThePractitioner = new { kind = "practitioner", id = Personas.PractitionerId };

    private Api auditor = null!;

    [OneTimeSetUp]
    public async Task SignInTheAuditor() => auditor = await Host.As("auditor");

    [Test]
    public async Task Each_provision_is_named_with_the_first_criterion_it_fails_by()
    {
        var record = await Host.NewClient();
        var permit = await Give(record, Provision.Permit("assessments") with { Purposes = ["HPAYMT"], Categories = ["goals", "assessments"] });
        var deny = await Give(record, Provision.Deny("goals"));

        var answer = await Ask(Client, record, new { caller = ThePractitioner, category = "assessments", action = "read", purpose = "TREAT" });

        Assert.That(answer.GetProperty("decision").GetString(), Is.EqualTo("deny"));
        Assert.That(answer.GetProperty("reason").GetString(), Is.EqualTo("no-consent"));
        Assert.That(
            answer.GetProperty("considered").EnumerateArray().Select(one => (one.GetProperty("consentId").GetGuid(), one.GetProperty("firstUnmet").GetString())),
            Is.EqualTo([(permit.Id, "purpose"), (deny.Id, "category")]));

        var denied = await Ask(Client, record, new { caller = ThePractitioner, category = "goals", action = "read" });
        Assert.That(denied.GetProperty("reason").GetString(), Is.EqualTo("denied-by-client"));
        Assert.That(denied.GetProperty("basis").GetProperty("consentId").GetGuid(), Is.EqualTo(deny.Id));
    }

    [Test]
    public async Task The_answer_about_a_practitioner_is_what_the_practitioner_then_gets()
    {
        var record = await NewClientUnderConsent();
        foreach (var category in new[] { "assessments", "goals", "access-history" })
        {
            var told = (await Ask(Client, record, new { caller = ThePractitioner, category, action = "read" })).GetProperty("decision").GetString();
            var got = await Practitioner.Get(Record(record, $"/{category}"));
            Assert.That(told == "permit", Is.EqualTo(got.Status == HttpStatusCode.OK), category);
        }

        Assert.That(
            (await Ask(Client, record, new { caller = new { kind = "practitioner", id = Personas.ColleagueId }, category = "assessments", action = "read" }))
                .GetProperty("decision").GetString(),
            Is.EqualTo("not-found"));
    }

    [Test]
    public async Task An_item_may_be_asked_about_by_its_labels_date_author_and_part()
    {
        var record = await Host.NewClient();
        await Give(record, Provision.Permit("assessments") with { Parts = ["phq-9"], DataPeriod = new { from = "2026-01-01T00:00:00Z" } });
        await Give(record, Provision.Deny("assessments") with { AuthoredBy = [Personas.SupervisorId] });

        Assert.That(await About(new { part = "phq-9" }), Is.EqualTo<(string?, string?)>(("permit", null)));
        Assert.That(await About(new { part = "gad-7" }), Is.EqualTo<(string?, string?)>(("deny", "no-consent")));
        Assert.That(await About(new { part = "phq-9", at = "2025-12-31T23:59:59Z" }), Is.EqualTo<(string?, string?)>(("deny", "no-consent")));
        Assert.That(await About(new { part = "phq-9", sensitivities = new[] { "HIV" } }), Is.EqualTo<(string?, string?)>(("deny", "label-not-named")));
        Assert.That(await About(new { part = "phq-9", authorId = Personas.SupervisorId }), Is.EqualTo<(string?, string?)>(("deny", "denied-by-client")));

        async Task<(string?, string?)> About(object item)
        {
            var answer = await Ask(Client, record, new { caller = ThePractitioner, category = "assessments", action = "read", item });
            return (answer.GetProperty("decision").GetString(), answer.GetProperty("reason").GetString());
        }
    }

    [Test]
    public async Task Who_is_related_learns_their_own_answer_and_nothing_of_others()
    {
        var record = await NewClientUnderConsent();

        var own = await Ask(Practitioner, record, new { category = "assessments", action = "read" });
        Assert.That(own.GetProperty("decision").GetString(), Is.EqualTo("permit"));
        Assert.That(own.GetProperty("considered").ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That(own.GetProperty("basis").GetProperty("kind").GetString(), Is.EqualTo("none"));
        var colleague = new { caller = new { kind = "practitioner", id = Personas.ColleagueId }, category = "assessments", action = "read" };
        (await Practitioner.Post(Record(record, "/access-decisions"), colleague)).Expect(HttpStatusCode.Forbidden);
        (await Practitioner.Post(
            Record(record, "/access-decisions"), new { category = "assessments", action = "read", draftConsent = Permit(["goals"]) })).Expect(HttpStatusCode.Forbidden);
        (await Colleague.Post(Record(record, "/access-decisions"), new { category = "assessments", action = "read" })).Expect(HttpStatusCode.NotFound);
        (await Elsewhere.Post(Record(record, "/access-decisions"), new { category = "assessments", action = "read" })).Expect(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task The_auditor_asks_about_everybody_and_sees_no_data()
    {
        var record = await NewClientUnderConsent();

        var answer = await Ask(auditor, record, new { caller = ThePractitioner, category = "assessments", action = "read" });

        Assert.That(answer.GetProperty("decision").GetString(), Is.EqualTo("permit"));
        Assert.That(answer.GetProperty("considered").GetArrayLength(), Is.EqualTo(1));
        (await auditor.Get(Record(record, "/assessments"))).Expect(HttpStatusCode.NotFound);
        (await auditor.Get(Record(record, "/access-history"))).Expect(HttpStatusCode.NotFound);
        var withoutScope = await Host.As("auditor", "access-history:read");
        (await withoutScope.Post(Record(record, "/access-decisions"), new { category = "assessments", action = "read" })).Expect(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task A_decision_is_explained_as_it_was_whatever_has_changed_since()
    {
        var record = await Host.NewClient();
        var consent = await Give(record, Provision.Permit("assessments"));
        var read = (await Practitioner.Get(Record(record, "/assessments"))).Expect(HttpStatusCode.OK);
        var decision = Record(record, $"/access-decisions/{read.Header("Access-Decision")}");
        await Withdraw(record, consent);

        var explained = (await Client.Get(decision)).Expect(HttpStatusCode.OK).Json;

        Assert.That(explained.GetProperty("decision").GetString(), Is.EqualTo("permit"));
        Assert.That(explained.GetProperty("basis").GetProperty("consentVersion").GetInt32(), Is.EqualTo(1));
        Assert.That(explained.GetProperty("considered")[0].GetProperty("matched").GetBoolean());
        var own = (await Practitioner.Get(decision)).Expect(HttpStatusCode.OK).Json;
        Assert.That(own.GetProperty("considered").ValueKind, Is.EqualTo(JsonValueKind.Null));
        (await Supervisor.Get(decision)).Expect(HttpStatusCode.NotFound);
        (await auditor.Get(decision)).Expect(HttpStatusCode.OK);
        (await Client.Get(Record(record, $"/access-decisions/{Nobody}"))).Expect(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task A_refusal_is_explained_too_and_ones_own_only_to_oneself()
    {
        var record = await NewClientUnderConsent();
        var refused = (await Practitioner.Get(Record(record, "/goals"))).Expect(HttpStatusCode.Forbidden);
        var decision = Record(record, $"/access-decisions/{refused.Header("Access-Decision")}");

        Assert.That((await Practitioner.Get(decision)).Json.GetProperty("reason").GetString(), Is.EqualTo("no-consent"));
        await Give(record, Provision.Permit("assessments") with { Grantees = [Grantee.Practitioner(Personas.ColleagueId)] });
        (await Colleague.Get(decision)).Expect(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task What_one_may_do_now_is_told_category_by_category()
    {
        var record = await Host.NewClient();
        await Give(record, Provision.Permit("assessments") with { Actions = ["read"], Period = new { from = (string?)null, until = "2190-01-01T00:00:00Z" } });

        var mine = (await Practitioner.Get(Record(record, "/access"))).Expect(HttpStatusCode.OK).Json;

        var assessments = Of(mine, "assessments");
        Assert.That(assessments.GetProperty("read").GetProperty("permitted").GetBoolean());
        Assert.That(assessments.GetProperty("read").GetProperty("until").GetDateTimeOffset(), Is.EqualTo(DateTimeOffset.Parse("2190-01-01T00:00:00Z", null)));
        Assert.That(assessments.GetProperty("write").GetProperty("reason").GetString(), Is.EqualTo("no-consent"));
        Assert.That(Of(mine, "demographics").GetProperty("read").GetProperty("permitted").GetBoolean());
        var own = (await Client.Get(Record(record, "/access"))).Expect(HttpStatusCode.OK).Json;
        Assert.That(Of(own, "goals").GetProperty("write").GetProperty("permitted").GetBoolean());
        Assert.That(Of(own, "goals").GetProperty("read").GetProperty("items").GetString(), Is.EqualTo("all"));
        (await Colleague.Get(Record(record, "/access"))).Expect(HttpStatusCode.NotFound);

        static JsonElement Of(JsonElement access, string category) =>
            access.GetProperty("categories").EnumerateArray().Single(one => one.GetProperty("category").GetString() == category);
    }

    [Test]
    public async Task A_dry_run_writes_nothing_and_names_who_gains_and_who_loses()
    {
        var record = await NewClientUnderConsent();
        var before = Count("consent");

        var answer = await Ask(Client, record, new
        {
            category = "assessments",
            action = "read",
            draftConsent = Consent(
                Provision.Permit("goals") with { Grantees = [Grantee.Practitioner(Personas.ColleagueId)], Actions = ["read"] },
                Provision.Deny("assessments") with { Grantees = [Grantee.Practitioner(Personas.PractitionerId)], Actions = ["write"] }),
        });

        Assert.That(Lines(answer, "gains"), Is.EqualTo([$"{Personas.ColleagueId} goals:read ETREAT", $"{Personas.ColleagueId} goals:read TREAT"]));
        Assert.That(
            Lines(answer, "losses"), Is.EqualTo([$"{Personas.PractitionerId} assessments:write ETREAT", $"{Personas.PractitionerId} assessments:write TREAT"]));
        Assert.That(Count("consent"), Is.EqualTo(before));
    }

    [Test]
    public async Task A_draft_that_could_not_be_given_is_refused_with_its_faults()
    {
        var record = await Host.NewClient();
        var answer = await Client.Post(Record(record, "/access-decisions"), new
        {
            category = "assessments",
            action = "read",
            purpose = "NONSENSE",
            draftConsent = Consent(new { effect = "permit", categories = new[] { "goals" } }),
        });

        Assert.That(answer.Expect(HttpStatusCode.UnprocessableEntity).Faults, Does.Contain("#/purpose unknown-value"));
        var second = await Client.Post(Record(record, "/access-decisions"), new
        {
            category = "assessments",
            action = "read",
            draftConsent = Consent(new { effect = "permit", categories = new[] { "goals" } }),
        });
        Assert.That(second.Expect(HttpStatusCode.UnprocessableEntity).Faults, Has.Some.StartsWith("#/draftConsent/provisions/0/grantees"));
    }

    [Test]
    public async Task Asking_is_itself_on_the_ledger()
    {
        var record = await NewClientUnderConsent();
        var asked = (await auditor.Post(Record(record, "/access-decisions"), new { caller = ThePractitioner, category = "assessments", action = "read" }))
            .Expect(HttpStatusCode.OK);

        var history = (await Client.Get(Record(record, "/access-history"))).Json.GetProperty("items").EnumerateArray();

        Assert.That(history.Select(entry => entry.GetProperty("id").GetString()), Does.Contain(asked.Header("Access-Decision")));
    }

    private static async Task<JsonElement> Ask(Api by, Guid record, object question) =>
        (await by.Post(Record(record, "/access-decisions"), question)).Expect(HttpStatusCode.OK).Json;

    private static List<string> Lines(JsonElement answer, string member) =>
    [
        .. answer.GetProperty(member).EnumerateArray()
            .Select(line => $"{line.GetProperty("grantee").GetProperty("id").GetString()} {line.GetProperty("category").GetString()}:{line.GetProperty("action").GetString()} {line.GetProperty("purpose").GetString()}")
            .Order(StringComparer.Ordinal),
    ];
}
