using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using PersonalCareApi.Development;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Promises;

/// <summary>The examples of the document: every body has one, and each works as it stands on the demo data.</summary>
[OnEachDatabase]
internal sealed class ExampleTests(TestDatabase database)
{
    /// <summary>In this order; <c>{Operation}</c> in a path is where that step's answer said that it had made something.</summary>
    private static readonly (string Operation, string Persona, HttpMethod Method, string Path)[] Walk =
    [
        ("CreateClient", "practitioner", HttpMethod.Post, "/v1/clients"),
        ("CreateOrGetClient", "practitioner", HttpMethod.Put, "/v1/clients/by-external-id/mrn-20417"),
        ("ChangeClient", "practitioner", HttpMethod.Patch, Record(Personas.ClientId)),
        ("LinkSubject", "platform", HttpMethod.Post, Record(Personas.ClientId, "/subjects")),
        ("BeginCareRelationship", "practitioner", HttpMethod.Post, Record(Personas.ClientId, "/care-relationships")),
        ("GiveConsent", "client", HttpMethod.Post, Record(Personas.ClientId, "/consents")),
        ("AskAboutAccess", "client", HttpMethod.Post, Record(Personas.ClientId, "/access-decisions")),
        ("AdministerInstrument", "practitioner", HttpMethod.Post, Record(Personas.ClientId, "/assessments")),
        ("AcknowledgeFlag", "practitioner", HttpMethod.Post, "{Flag}/acknowledgement"),
        ("RespondToPrompt", "practitioner", HttpMethod.Post, "{Prompt}/response"),
        ("RequestAssessment", "practitioner", HttpMethod.Post, Record(Personas.ClientId, "/assessment-requests")),
        ("EndAssessmentRequest", "practitioner", HttpMethod.Post, "{RequestAssessment}/ending"),
        ("BeginAssessment", "client", HttpMethod.Post, Record(Personas.ClientId, "/assessments-in-progress")),
        ("SaveAnswers", "client", HttpMethod.Patch, "{BeginAssessment}"),
        ("CompleteAssessment", "client", HttpMethod.Post, "{BeginAssessment}/completion"),
        ("DisagreeWithAssessment", "client", HttpMethod.Post, "{AdministerInstrument}/disagreements"),
        ("RetractAssessment", "practitioner", HttpMethod.Post, "{AdministerInstrument}/retraction"),
        ("WithdrawConsent", "client", HttpMethod.Post, "{GiveConsent}/withdrawal"),
        ("ProposeGoal", "practitioner", HttpMethod.Post, Record(Personas.ClientId, "/goals")),
        ("SetGoalAside", "practitioner", HttpMethod.Post, "{ProposeGoal}/setting-aside"),
        ("ProposeGoal", "practitioner", HttpMethod.Post, Record(Personas.ClientId, "/goals")),
        ("DisagreeWithGoal", "client", HttpMethod.Post, "{ProposeGoal}/disagreements"),
        ("AmendGoal", "client", HttpMethod.Patch, "{ProposeGoal}"),
        ("AgreeGoal", "client", HttpMethod.Post, "{ProposeGoal}/agreements"),
        ("AgreeGoal", "practitioner", HttpMethod.Post, "{ProposeGoal}/agreements"),
        ("RecordGoalProgress", "client", HttpMethod.Post, "{ProposeGoal}/progress"),
        ("RetractGoalProgress", "client", HttpMethod.Post, "{RecordGoalProgress}/retraction"),
        ("AchieveGoal", "client", HttpMethod.Post, "{ProposeGoal}/achievement"),
        ("RetractGoal", "practitioner", HttpMethod.Post, "{ProposeGoal}/retraction"),
        ("DeclareEmergency", "colleague", HttpMethod.Post, Record(Personas.ClientId, "/emergency-accesses")),
        ("EndEmergencyAccess", "colleague", HttpMethod.Post, "{DeclareEmergency}/termination"),
        ("ReviewEmergencyAccess", "practitioner", HttpMethod.Post, "{DeclareEmergency}/review"),
        ("RecordRepresentative", "client", HttpMethod.Post, Record(Personas.ClientId, "/representatives")),
        ("LinkRepresentative", "platform", HttpMethod.Post, "{RecordRepresentative}/subjects"),
        ("RecordSafeguard", "practitioner", HttpMethod.Post, Record(Personas.OtherClientId, "/safeguards")),
        ("EndSafeguard", "practitioner", HttpMethod.Post, "{RecordSafeguard}/termination"),
        ("RecordSession", "practitioner", HttpMethod.Post, Record(Personas.ClientId, "/sessions")),
        ("ChangeSession", "practitioner", HttpMethod.Patch, "{RecordSession}"),
        ("RetractSession", "practitioner", HttpMethod.Post, "{RecordSession}/retraction"),
        ("DraftSessionNote", "practitioner", HttpMethod.Post, Record(Personas.ClientId, "/session-notes")),
        ("ChangeSessionNote", "practitioner", HttpMethod.Patch, "{DraftSessionNote}"),
        ("SignSessionNote", "practitioner", HttpMethod.Post, "{DraftSessionNote}/signature"),
        ("AddAddendum", "client", HttpMethod.Post, "{DraftSessionNote}/addenda"),
        ("DisagreeWithSessionNote", "client", HttpMethod.Post, "{DraftSessionNote}/disagreements"),
        ("WithholdSessionNote", "practitioner", HttpMethod.Post, "{DraftSessionNote}/withholding"),
        ("EndWithholding", "practitioner", HttpMethod.Post, "{DraftSessionNote}/withholding/termination"),
        ("RetractSessionNote", "practitioner", HttpMethod.Post, "{DraftSessionNote}/retraction"),
        ("DraftSessionNote", "colleague", HttpMethod.Post, Record(Personas.ClientId, "/session-notes")),
        ("SignSessionNote", "colleague", HttpMethod.Post, "{DraftSessionNote}/signature"),
        ("CosignSessionNote", "supervisor", HttpMethod.Post, "{DraftSessionNote}/cosignature"),
        ("RecordAllianceCheckIn", "client", HttpMethod.Post, Record(Personas.ClientId, "/alliance-check-ins")),
        ("RetractAllianceCheckIn", "client", HttpMethod.Post, "{RecordAllianceCheckIn}/retraction"),
        ("WriteProcessNote", "practitioner", HttpMethod.Post, Record(Personas.ClientId, "/process-notes")),
        ("ChangeProcessNote", "practitioner", HttpMethod.Patch, "{WriteProcessNote}"),
        ("ReleaseProcessNote", "practitioner", HttpMethod.Post, "{WriteProcessNote}/release"),
        ("CreatePractitioner", "practitioner", HttpMethod.Post, "/v1/practitioners"),
        ("ChangePractitioner", "practitioner", HttpMethod.Patch, $"/v1/practitioners/{Personas.AuditorId}"),
        ("RegisterIssuer", "platform", HttpMethod.Post, "/v1/issuers"),
        ("RegisterApplication", "platform", HttpMethod.Post, "/v1/applications"),
        ("ChangeApplication", "platform", HttpMethod.Patch, $"/v1/applications/{Personas.HarbourApp.Id}"),
        ("ChangeSettings", "platform", HttpMethod.Patch, "/v1/settings"),
        ("RegisterConsentWording", "platform", HttpMethod.Post, "/v1/consent-wordings"),
        ("RecordInstrumentLicence", "platform", HttpMethod.Post, "/v1/instruments/isi/licences"),
        ("AddInstrument", "platform", HttpMethod.Post, "/v1/instruments"),
        ("ReplaceInstrument", "platform", HttpMethod.Put, "{AddInstrument}"),
        ("ConvertQuestionnaire", "platform", HttpMethod.Post, "/v1/instruments/conversions"),
        ("AddConsentWordingVersion", "platform", HttpMethod.Post, "/v1/consent-wordings/intake/versions"),
        ("StartResearchExtract", "platform", HttpMethod.Post, "/v1/research-extracts"),
        ("RestrictRecord", "client", HttpMethod.Post, Record(Personas.ClientId, "/restrictions")),
        ("EraseRecord", "client", HttpMethod.Post, Record(Personas.ClientId, "/erasures")),
    ];

    private ApiHost host = null!;

    [OneTimeSetUp]
    public void Start() => host = new ApiHost(database);

    [OneTimeTearDown]
    public async Task Stop() => await host.DisposeAsync();

    /// <summary>The operations that take a body, with the body's contract.</summary>
    private IReadOnlyList<(string Operation, Type Contract)> Bodies()
    {
        host.CreateClient().Dispose();
        return
        [
            .. from endpoint in host.Services.GetRequiredService<EndpointDataSource>().Endpoints
               let body = endpoint.Metadata.GetMetadata<TakesBody>()
               let name = endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()
               where body is not null && name is not null
               select (name.EndpointName, body.Type),
        ];
    }

    private static IEnumerable<string> WithoutExample(IEnumerable<(string Operation, Type Contract)> bodies) =>
        bodies.Where(body => ContractExample.Of(body.Contract) is null).Select(body => body.Operation);

    [Test]
    public void Every_body_has_an_example()
    {
        Assert.That(WithoutExample(Bodies()), Is.Empty);
        Assert.That(WithoutExample([("Planted", typeof(PageQuery))]), Is.EqualTo(["Planted"]));
    }

    [Test]
    public void Every_operation_with_a_body_is_walked() =>
        Assert.That(Bodies().Select(body => body.Operation).Except(Walk.Select(step => step.Operation)), Is.Empty);

    [Test]
    public async Task Each_example_works_as_it_stands_on_the_demo_data()
    {
        var contracts = Bodies().ToDictionary(body => body.Operation, body => body.Contract);
        var made = new Dictionary<string, string>();
        await Prepare();
        foreach (var (operation, persona, method, path) in Walk)
        {
            var caller = await host.As(persona);
            var place = made.Aggregate(path, (text, one) => text.Replace($"{{{one.Key}}}", one.Value, StringComparison.Ordinal));
            var seen = made.Values.Where(place.StartsWith).MaxBy(resource => resource.Length);
            var purpose = ("Purpose-Of-Use", operation == "StartResearchExtract" ? "HRESCH" : "TREAT");
            var present = seen is null ? null : (await caller.Get(seen, purpose)).Expect(HttpStatusCode.OK);
            var etag = present?.ETag ?? "\"1\"";
            var body = contracts.TryGetValue(operation, out var contract) ? Content(method, operation, Current(ContractExample.Of(contract)!, present)) : null;
            if (operation == "AdministerInstrument")
            {
                // What the example is worse than.
                (await caller.Post(place, Records.Forms.Phq9("2026-04-06T09:30:00Z", value: 0), purpose)).Expect(HttpStatusCode.Created);
            }

            var answer = await caller.Send(method, place, body, purpose, ("If-Match", etag));
            Assert.That((int)answer.Status, Is.InRange(200, 299), $"{operation}: {answer.Text}");
            if (answer.Header("Location") is { } location)
            {
                made[operation] = location;
            }

            if (operation == "AdministerInstrument")
            {
                made["Prompt"] = Record(Personas.ClientId, $"/prompts/{(await caller.Get(Record(Personas.ClientId, "/prompts"), purpose)).Ids()[0]}");
                made["Flag"] = Record(Personas.ClientId, $"/flags/{(await caller.Get(Record(Personas.ClientId, "/flags"), purpose)).Ids()[0]}");
            }
        }
    }

    [Test]
    public async Task Each_example_of_an_answer_has_the_members_of_a_real_one()
    {
        var practitioner = await host.As("practitioner");
        var client = (await practitioner.Get(Record(Personas.OtherClientId))).Expect(HttpStatusCode.OK);
        var colleague = (await practitioner.Get($"/v1/practitioners/{Personas.SupervisorId}")).Expect(HttpStatusCode.OK);

        var child = await host.As("other-client");
        var consent = (await child.Post(Record(Personas.OtherClientId, "/consents"), Permit(["goals"]))).Expect(HttpStatusCode.Created);
        var assessment = (await child.Post(
            Record(Personas.OtherClientId, "/assessments"),
            new { instrument = "gad-7", administeredAt = "2026-05-04T09:30:00Z", answers = Array.Empty<object>() }))
            .Expect(HttpStatusCode.Created);

        var note = (await practitioner.Post(Record(Personas.OtherClientId, "/process-notes"), new { text = "Mine." })).Expect(HttpStatusCode.Created);

        Assert.That(
            Members(ContractExample.Of(typeof(PersonalCareApi.Records.ProcessNotes.ProcessNoteResponse))!), Is.EqualTo(Members(JsonNode.Parse(note.Text)!)));
        Assert.That(
            Members(ContractExample.Of(typeof(PersonalCareApi.Records.Consents.ConsentResponse))!), Is.EqualTo(Members(JsonNode.Parse(consent.Text)!)));
        Assert.That(
            Members(ContractExample.Of(typeof(PersonalCareApi.Records.Assessments.AssessmentResponse))!),
            Is.EqualTo(Members(JsonNode.Parse(assessment.Text)!)));
        await AnswersOfSessions(child);
        var receipt = (await child.Get($"{consent.Header("Location")}/receipt")).Expect(HttpStatusCode.OK);
        var wording = (await child.Get("/v1/consent-wordings/intake")).Expect(HttpStatusCode.OK);
        var version = (await child.Get("/v1/consent-wordings/intake/versions/3")).Expect(HttpStatusCode.OK);
        Assert.That(
            Members(ContractExample.Of(typeof(PersonalCareApi.Records.Consents.ConsentReceipt))!), Is.EqualTo(Members(JsonNode.Parse(receipt.Text)!)));
        Assert.That(Members(ContractExample.Of(typeof(PersonalCareApi.Partners.ConsentWordingResponse))!), Is.EqualTo(Members(JsonNode.Parse(wording.Text)!)));
        Assert.That(
            Members(ContractExample.Of(typeof(PersonalCareApi.Partners.ConsentWordingVersionResponse))!), Is.EqualTo(Members(JsonNode.Parse(version.Text)!)));
        Assert.That(Members(ContractExample.Of(typeof(PersonalCareApi.Records.Clients.ClientResponse))!), Is.EqualTo(Members(JsonNode.Parse(client.Text)!)));
        Assert.That(Members(ContractExample.Of(typeof(PersonalCareApi.Partners.PractitionerResponse))!), Is.EqualTo(Members(JsonNode.Parse(colleague.Text)!)));

        var platform = await host.As("platform");
        foreach (var (contract, path) in new[]
        {
            (typeof(PersonalCareApi.Partners.MeResponse), "/v1/me"),
            (typeof(PersonalCareApi.Partners.SettingsResponse), "/v1/settings"),
            (typeof(PersonalCareApi.Partners.ApplicationResponse), $"/v1/applications/{Personas.HarbourApp.Id}"),
            (typeof(PersonalCareApi.Partners.IssuerResponse), $"/v1/issuers/{Personas.Harbour.IssuerId}"),
        })
        {
            var real = (await platform.Get(path)).Expect(HttpStatusCode.OK);
            Assert.That(Members(ContractExample.Of(contract)!), Is.EqualTo(Members(JsonNode.Parse(real.Text)!)), path);
        }
    }

    private async Task AnswersOfSessions(Api child)
    {
        var representative = await host.As("representative");
        (await representative.Post(Record(Personas.OtherClientId, "/consents"), Permit(["session-notes"]))).Expect(HttpStatusCode.Created);
        var practitioner = await host.As("practitioner");
        var note = (await practitioner.Post(
            Record(Personas.OtherClientId, "/session-notes"),
            new { format = "narrative", session = new { startAt = "2026-05-04T09:30:00Z", medium = "phone" }, content = new { narrative = "x" } }))
            .Expect(HttpStatusCode.Created);
        var session = await practitioner.Get(Record(Personas.OtherClientId, $"/sessions/{note.Word("sessionId")}"));
        var signature = new { version = 1, contentHash = note.Word("contentHash") };
        (await practitioner.Post($"{note.Header("Location")}/signature", signature, ("If-Match", note.ETag))).Expect(HttpStatusCode.OK);
        var addendum = (await child.Post($"{note.Header("Location")}/addenda", new { text = "x" })).Expect(HttpStatusCode.Created);
        var checkIn = (await child.Post(Record(Personas.OtherClientId, "/alliance-check-ins"), new { value = 7 })).Expect(HttpStatusCode.Created);
        foreach (var (type, answer) in new[]
        {
            (typeof(PersonalCareApi.Records.SessionNotes.SessionNoteResponse), note),
            (typeof(PersonalCareApi.Records.SessionNotes.AddendumResponse), addendum),
            (typeof(PersonalCareApi.Records.Sessions.SessionResponse), session),
            (typeof(PersonalCareApi.Records.AllianceCheckIns.CheckInResponse), checkIn),
        })
        {
            Assert.That(Members(ContractExample.Of(type)!), Is.EqualTo(Members(JsonNode.Parse(answer.Text)!)), type.Name);
        }
    }

    /// <summary>The client lets the therapists in, one of whom is in training.</summary>
    private async Task Prepare()
    {
        var client = await host.As("client");
        (await client.Post(Record(Personas.ClientId, "/consents"), Permit(["goals", "session-notes"]))).Expect(HttpStatusCode.Created);
        foreach (var therapist in new[] { Personas.ColleagueId, Personas.SupervisorId })
        {
            (await client.Post(Record(Personas.ClientId, "/consents"), Permit(["session-notes"], therapist))).Expect(HttpStatusCode.Created);
        }

        (await (await host.As("practitioner")).Patch(
            $"/v1/practitioners/{Personas.ColleagueId}", new { supervisorId = Personas.SupervisorId }, ("If-Match", "\"1\""))).Expect(HttpStatusCode.OK);
    }

    /// <summary>What no example can know: the hash and version of what is there, and what lies ahead of today.</summary>
    private JsonNode Current(JsonNode example, Answer? present)
    {
        if (example["contentHash"] is not null)
        {
            example["contentHash"] = present!.Word("contentHash");
            example["version"] = present!.Json.GetProperty("version").GetInt32();
        }

        if (example["reviewAt"] is not null)
        {
            example["reviewAt"] = host.Clock.GetUtcNow().AddDays(30);
        }

        if (present?.Text.StartsWith("{\"instrument\":{", StringComparison.Ordinal) == true)
        {
            example["version"] = "2";
        }

        return example;
    }

    private static string[] Members(JsonNode json) => [.. json.AsObject().Select(member => member.Key)];

    private static StringContent Content(HttpMethod method, string operation, JsonNode example) => new(
        example.ToJsonString(),
        Encoding.UTF8,
        operation == "ConvertQuestionnaire" ? "application/fhir+json" : method == HttpMethod.Patch ? "application/merge-patch+json" : "application/json");
}
