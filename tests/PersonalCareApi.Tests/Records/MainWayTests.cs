using System.Net;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records;

/// <summary>The first whole way through: refused, permitted by the client, assessed, withdrawn, refused again, seen by the client.</summary>
[OnEachDatabase]
internal sealed class MainWayTests(TestDatabase database)
{
    private ApiHost host = null!;
    private Api practitioner = null!;
    private Api client = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        host = new ApiHost(database);
        practitioner = await host.As("practitioner");
        client = await host.As("client");
    }

    [OneTimeTearDown]
    public async Task Stop() => await host.DisposeAsync();

    [Test]
    public async Task A_practitioner_assesses_a_client_under_consent_and_the_client_sees_it()
    {
        var assessments = Record(Personas.ClientId, "/assessments");
        Assert.That((await practitioner.Get(assessments)).Expect(HttpStatusCode.Forbidden).Reason, Is.EqualTo("no-consent"));

        var consent = (await client.Post(Record(Personas.ClientId, "/consents"), Permit(["assessments"]))).Expect(HttpStatusCode.Created);

        var administered = (await practitioner.Post(assessments, Phq9(2, 2, 1, 1, 2, 1, 1, 0, 1))).Expect(HttpStatusCode.Created);
        Assert.That(administered.Json.GetProperty("score").GetDecimal(), Is.EqualTo(11));
        Assert.That(administered.Json.GetProperty("severity").GetProperty("code").GetString(), Is.EqualTo("moderate"));
        Assert.That(administered.Json.GetProperty("flags")[0].GetProperty("code").GetString(), Is.EqualTo("suicide-risk-review"));

        var read = (await practitioner.Get($"{assessments}/{administered.Id}")).Expect(HttpStatusCode.OK);
        Assert.That(read.Text, Is.EqualTo(administered.Text));

        (await client.Post(Record(Personas.ClientId, $"/consents/{consent.Id}/withdrawal"), new { })).Expect(HttpStatusCode.OK);
        (await practitioner.Get($"{assessments}/{administered.Id}")).Expect(HttpStatusCode.Forbidden);

        var history = (await client.Get(Record(Personas.ClientId, "/access-history"))).Expect(HttpStatusCode.OK);
        var operations = history.Json.GetProperty("items").EnumerateArray()
            .Select(entry => $"{entry.GetProperty("operation").GetString()} {entry.GetProperty("decision").GetString()}").ToList();
        Assert.That(operations.Take(6), Is.EqualTo([
            "GetAssessment deny", "WithdrawConsent permit", "GetAssessment permit", "AdministerInstrument permit", "GiveConsent permit",
            "ListAssessments deny",
        ]));
    }
}
