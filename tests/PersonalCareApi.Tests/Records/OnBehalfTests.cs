using System.Net;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records;

/// <summary>What a practitioner cannot open for themself by what they record for a client, or by how they ask.</summary>
[OnEachDatabase]
internal sealed class OnBehalfTests(TestDatabase database)
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
    public async Task A_signed_document_does_not_replace_a_denial_until_the_client_confirms()
    {
        var id = await host.NewClient();
        var denial = (await client.Post(Record(id, "/consents"), Consent(new { effect = "deny", categories = new[] { "assessments" } })))
            .Expect(HttpStatusCode.Created);

        var recorded = (await practitioner.Post(Record(id, "/consents"), new
        {
            status = "active",
            evidence = new { method = "signed-document", givenAt = "2026-05-01T08:00:00Z" },
            provisions = new[]
            {
                new
                {
                    effect = "permit",
                    grantees = new[] { new { kind = "practitioner", id = Personas.PractitionerId } },
                    categories = new[] { "assessments" },
                    actions = new[] { "read" },
                    purposes = new[] { "TREAT" },
                },
            },
            replaces = denial.Id,
        })).Expect(HttpStatusCode.Created);

        Assert.That(recorded.Json.GetProperty("status").GetString(), Is.EqualTo("draft"));
        Assert.That((await client.Get(Record(id, $"/consents/{denial.Id}"))).Json.GetProperty("status").GetString(), Is.EqualTo("active"));
        Assert.That((await practitioner.Get(Record(id, "/assessments"))).Expect(HttpStatusCode.Forbidden).Reason, Is.EqualTo("denied-by-client"));
    }

    [Test]
    public async Task By_external_id_nothing_is_got_that_may_not_be_read()
    {
        var id = await host.NewClient(externalId: "mrn-write-only");
        (await client.Post(Record(id, "/consents"), Consent(new { effect = "deny", categories = new[] { "demographics" }, actions = new[] { "read" } })))
            .Expect(HttpStatusCode.Created);

        var got = (await practitioner.Put("/v1/clients/by-external-id/mrn-write-only", new { })).Expect(HttpStatusCode.Forbidden);

        Assert.That(got.Reason, Is.EqualTo("denied-by-client"));
    }

    [Test]
    public async Task A_consent_holds_no_more_values_than_a_statement_can_carry()
    {
        var id = await host.NewClient();
        var denials = Enumerable.Range(0, 3).Select(one => (object)new
        {
            effect = "deny",
            parts = Enumerable.Range(0, 200).Select(part => $"p{one}-{part}"),
        }).ToArray();

        var refused = (await practitioner.Post(Record(id, "/consents"), Consent(denials))).Expect(HttpStatusCode.UnprocessableEntity);

        Assert.That(refused.Faults, Is.EqualTo(["#/provisions too-long"]));
    }
}
