using System.Net;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records.Consents;

/// <summary>A consent goes no further than the text that was shown, and says nothing that could never have any effect.</summary>
[OnEachDatabase]
internal sealed class WordingTests(TestDatabase database) : OnOneHost(database)
{
    private static readonly Provision Shown = Provision.Permit("assessments", "goals") with { Grantees = [Grantee.Partner] };

    [Test]
    public async Task A_consent_within_its_wording_is_taken_and_one_that_is_wider_is_not()
    {
        var record = await Host.NewClient();
        await Register("within", "1", Shown, Provision.Deny("plans"));
        var denied = Provision.Deny("plans");

        (await Give(record, "within", "1", "en", Provision.Permit("goals") with { Actions = ["read"] }, denied)).Expect(HttpStatusCode.Created);
        (await Give(record, "within", "1", "EN", Shown, denied, Provision.Deny("journal"))).Expect(HttpStatusCode.Created);

        (Provision[] Provisions, string Fault)[] wider =
        [
            ([Provision.Permit("plans"), Provision.Deny("plans") with { Actions = ["write"] }], "#/provisions/0/categories wider-than-wording"),
            ([Provision.Permit("goals"), Shown with { Actions = ["read", "share"] }, denied], "#/provisions/1/actions wider-than-wording"),
            ([Shown with { Purposes = ["TREAT", "HOPERAT"] }, denied], "#/provisions/0/purposes wider-than-wording"),
            ([Shown with { Sensitivities = ["SUD"] }, denied], "#/provisions/0/sensitivities wider-than-wording"),
            ([Shown], "#/provisions denied-by-wording"),
        ];
        foreach (var (provisions, fault) in wider)
        {
            Assert.That((await Give(record, "within", "1", "en", provisions)).Expect(HttpStatusCode.UnprocessableEntity).Faults, Does.Contain(fault));
        }
    }

    [Test]
    public async Task Who_is_in_the_care_team_today_makes_no_named_practitioner_covered_by_it()
    {
        var record = await Host.NewClient();
        await Register("team", "1", Shown with { Grantees = [Grantee.CareTeam] });
        Assert.That(
            (await Give(record, "team", "1", "en", Provision.Permit("goals"))).Expect(HttpStatusCode.UnprocessableEntity).Faults,
            Is.EqualTo(["#/provisions/0/grantees wider-than-wording"]));
        (await Give(record, "team", "1", "en", Provision.Permit("goals") with { Grantees = [Grantee.CareTeam] })).Expect(HttpStatusCode.Created);
    }

    [Test]
    public async Task Version_and_language_must_be_ones_that_were_shown()
    {
        var record = await Host.NewClient();
        await Register("named", "2026.1", Shown);
        Assert.That((await Give(record, "named", "1", "en", Shown)).Expect(HttpStatusCode.UnprocessableEntity).Faults, Is.EqualTo(["#/evidence/wording/version unknown-reference"]));
        Assert.That((await Give(record, "named", "2026.1", "fr", Shown)).Expect(HttpStatusCode.UnprocessableEntity).Faults, Is.EqualTo(["#/evidence/wording/language unknown-value"]));
        (await Give(record, "named", "2026.1", "en", Shown)).Expect(HttpStatusCode.Created);
    }

    [Test]
    public async Task A_retired_version_is_for_no_new_consent_and_ends_none()
    {
        var record = await Host.NewClient();
        await Register("retiring", "1", Shown);
        var given = (await Give(record, "retiring", "1", "en", Provision.Permit("assessments"))).Expect(HttpStatusCode.Created);
        (await Platform.Post("/v1/consent-wordings/retiring/versions/1/retirement", null, ("If-Match", "\"1\""))).Expect(HttpStatusCode.OK);
        Assert.That((await Give(record, "retiring", "1", "en", Shown)).Expect(HttpStatusCode.UnprocessableEntity).Faults, Is.EqualTo(["#/evidence/wording/version retired"]));
        (await Practitioner.Get(Record(record, "/assessments"))).Expect(HttpStatusCode.OK);
        Assert.That((await Client.Get(given.Header("Location")!)).Word("status"), Is.EqualTo("active"));
    }

    [TestCase("Form 12, revised ")]
    [TestCase("nobody-registered-this")]
    [TestCase("Intake")]
    public async Task Any_other_wording_is_kept_as_given(string id)
    {
        var record = await Host.NewClient();
        var given = (await Give(record, id, "seventh", "fr", Provision.Permit("genetics") with { Sensitivities = ["GDIS"] })).Expect(HttpStatusCode.Created);
        Assert.That(given.Word("evidence.wording.id"), Is.EqualTo(id));
        Assert.That((await Client.Get(given.Header("Location")!)).Text, Is.EqualTo(given.Text));
    }

    [Test]
    public async Task Another_partners_wording_holds_nobody_here()
    {
        var child = await Host.As("elsewhere-client");
        (await child.Post(Record(Personas.ElsewhereClientId, "/consents"), Consented(
            "intake", "none", "fr", Provision.Permit("goals") with { Grantees = [Grantee.Practitioner(Personas.ElsewherePractitionerId)] }))).Expect(HttpStatusCode.Created);
    }

    [TestCaseSource(nameof(Contradictions))]
    public async Task What_could_never_have_any_effect_is_refused_with_the_reason(Provision[] provisions, string[] faults)
    {
        var record = await Host.NewClient();
        var refused = (await Client.Post(Record(record, "/consents"), Consent([.. provisions]))).Expect(HttpStatusCode.UnprocessableEntity);
        Assert.That(refused.Faults, Is.EqualTo(faults));
        Assert.That(refused.Json.GetProperty("errors").EnumerateArray().Select(fault => fault.Word("detail")), Has.All.Length.GreaterThan(20));
    }

    private static IEnumerable<TestCaseData> Contradictions()
    {
        var permit = Provision.Permit("assessments");
        var soon = new { from = "2026-01-01T00:00:00Z" };
        yield return Case("denied whole", [permit, Provision.Deny("assessments")], "#/provisions/0 denied-in-same-consent");
        yield return Case("denied whole, for everybody", [Provision.Deny("all") with { Grantees = [Grantee.Partner] }, permit], "#/provisions/1 denied-in-same-consent");
        yield return Case("denied whole, from earlier on", [permit with { Parts = ["phq-9"] }, Provision.Deny("assessments") with { Period = soon, Parts = ["phq-9", "gad-7"] }],
            "#/provisions/0 denied-in-same-consent");
        yield return Case("said twice", [permit, permit], "#/provisions/1 duplicate");
        yield return Case("over", [permit with { Period = new { until = "2020-01-01T00:00:00Z" } }], "#/provisions/0/period period-over");
        yield return Case("ends before it begins", [permit with { Period = new { from = "2120-01-01T00:00:00Z", until = "2119-01-01T00:00:00Z" } }], "#/provisions/0/period empty-period");
        yield return Case("no time at all", [permit with { DataPeriod = new { from = "2026-01-01T00:00:00Z", until = "2026-01-01T00:00:00Z" } }], "#/provisions/0/dataPeriod empty-period");
        yield return Case("process notes beside others", [Provision.Permit("process-notes") with { Actions = ["read"], Sensitivities = ["PSYTHPN"] }, permit],
            "#/provisions/0/categories process-notes-only");
        yield return Case("parts where there are none", [Provision.Permit("goals") with { Parts = ["phq-9"] }], "#/provisions/0/parts no-parts");
        yield return Case("denied parts where there are none", [Provision.Deny("session-notes") with { Parts = ["phq-9"] }], "#/provisions/0/parts no-parts");
        yield return Case("a label of process notes elsewhere", [Provision.Deny("session-notes") with { Sensitivities = ["PSYTHPN"] }], "#/provisions/0/sensitivities psythpn-elsewhere");
        yield return Case("genetics without their label", [Provision.Permit("genetics")], "#/provisions/0/sensitivities label-required");
        yield return Case("an author who is nobody", [permit with { AuthoredBy = [Personas.PractitionerId, Nobody] }], "#/provisions/0/authoredBy/1 unknown-reference");
        yield return Case("an author of another partner", [permit with { AuthoredBy = [Personas.ElsewherePractitionerId] }], "#/provisions/0/authoredBy/0 unknown-reference");
        yield return Case("a practitioner named as an application", [permit with { Grantees = [Grantee.Application(Personas.PractitionerId)] }], "#/provisions/0/grantees/0/id unknown-reference");
    }

    private static TestCaseData Case(string name, Provision[] provisions, params string[] faults) => new TestCaseData(provisions, faults).SetArgDisplayNames(name);

    [Test]
    public async Task A_revoked_application_can_be_given_nothing()
    {
        var app = (await Platform.Post("/v1/applications", new { code = "gone", name = "Gone", scopes = new[] { "goals:read" }, purposes = new[] { "TREAT" } })).Expect(HttpStatusCode.Created);
        var permit = Provision.Permit("goals") with { Grantees = [Grantee.Application(app.Id)] };
        var record = await Host.NewClient();
        await Give(record, permit);
        (await Platform.Post($"/v1/applications/{app.Id}/revocation", null, ("If-Match", app.ETag))).Expect(HttpStatusCode.OK);
        Assert.That(
            (await Client.Post(Record(record, "/consents"), Consent(permit))).Expect(HttpStatusCode.UnprocessableEntity).Faults, Is.EqualTo(["#/provisions/0/grantees/0/id revoked"]));
    }

    [Test]
    public async Task What_has_some_effect_is_taken()
    {
        var record = await Host.NewClient();
        await Give(record, Provision.Permit("assessments", "goals"), Provision.Deny("assessments"));
        await Give(record, Provision.Permit("assessments"), Provision.Deny("assessments") with { Parts = ["phq-9"] });
        await Give(record, Provision.Permit("assessments"), Provision.Deny("assessments") with { Purposes = ["ETREAT"] });
        await Give(record, Provision.Permit("assessments") with { AuthoredBy = [record, Personas.PractitionerId, Personas.Platform.Id] });
        await Give(record, Provision.Permit("all"));
    }

    private async Task Register(string id, string version, params Provision[] provisions) => (await Platform.Post("/v1/consent-wordings", new
    {
        id,
        version,
        texts = new[] { new { language = "en", title = "T", text = "T", howToWithdraw = "W" } },
        provisions,
    })).Expect(HttpStatusCode.Created);

    private Task<Answer> Give(Guid record, string wording, string version, string language, params Provision[] provisions) =>
        Client.Post(Record(record, "/consents"), Consented(wording, version, language, provisions));

    private static object Consented(string wording, string version, string language, params Provision[] provisions) => new
    {
        status = "active",
        evidence = new { method = "electronic-signature", givenAt = "2026-05-01T08:00:00Z", wording = new { id = wording, version, language } },
        provisions,
    };
}
