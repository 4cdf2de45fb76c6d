using System.Net;
using Microsoft.Extensions.DependencyInjection;
using PersonalCareApi.Data;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.Protection;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Promises;

/// <summary>A content that is moved in the database does not open where it is put, and the answer tells nothing of it.</summary>
[OnEachDatabase]
internal sealed class MovedContentTests(TestDatabase database)
{
    private const string Words = "Quittenmarmelade";

    private ApiHost host = null!;
    private Api client = null!;
    private Api practitioner = null!;
    private Guid one;
    private Guid other;

    [SetUp]
    public async Task Live()
    {
        host = new ApiHost(database);
        client = await host.As("client");
        practitioner = await host.As("practitioner");
        (await client.Post(Record(Personas.ClientId, "/consents"), Permit(["assessments", "demographics"]))).Expect(HttpStatusCode.Created);
        one = (await Administer("one", 1)).Expect(HttpStatusCode.Created).Id;
        other = (await Administer("other", 2)).Expect(HttpStatusCode.Created).Id;
        (await practitioner.Post(
            Record(Personas.ClientId, $"/assessments/{one}/retraction"), new { reason = Words }, ("If-Match", "\"1\""))).Expect(HttpStatusCode.OK);
    }

    [TearDown]
    public async Task Stop() => await host.DisposeAsync();

    [Test]
    public async Task To_another_row_of_the_same_client()
    {
        Move("assessment", "content", "id", one, other);

        await Unreadable(practitioner, Record(Personas.ClientId, $"/assessments/{other}"));
        await Unreadable(practitioner, Record(Personas.ClientId, "/assessments"));
        (await practitioner.Get(Record(Personas.ClientId, $"/assessments/{one}"))).Expect(HttpStatusCode.OK);
    }

    [Test]
    public async Task To_another_client()
    {
        Move("client", "content", "client_id", Personas.OtherClientId, Personas.ClientId);

        await Unreadable(client, Record(Personas.ClientId));
        Assert.That((await practitioner.Get("/v1/clients")).Expect(HttpStatusCode.OK).Ids(), Is.EqualTo([Personas.OtherClientId]));
    }

    [Test]
    public async Task To_another_client_with_its_key()
    {
        Move("client", "content", "client_id", Personas.OtherClientId, Personas.ClientId);
        Move("client_key", "wrapped", "client_id", Personas.OtherClientId, Personas.ClientId);

        await Unreadable(client, Record(Personas.ClientId));
    }

    [Test]
    public async Task To_another_version()
    {
        Assert.That(host.Execute("UPDATE assessment SET version = 1 WHERE id = @one", new { one }), Is.EqualTo(1));
        await Unreadable(practitioner, Record(Personas.ClientId, $"/assessments/{one}"));

        var first = host.Value<byte[]>("SELECT content FROM item_version WHERE item_id = @one AND version = 1", new { one });
        host.Execute("UPDATE item_version SET content = @first WHERE item_id = @one AND version = 2", new { first, one });
        await Unreadable(practitioner, Record(Personas.ClientId, $"/assessments/{one}/versions"));
    }

    [Test]
    public async Task To_a_consent_it_permits_nothing()
    {
        var second = (await client.Post(Record(Personas.ClientId, "/consents"), Permit(["consents"]))).Expect(HttpStatusCode.Created).Id;
        var first = host.Value<Guid>("SELECT id FROM consent WHERE id <> @second", new { second });
        (await practitioner.Get(Record(Personas.ClientId, "/assessments"))).Expect(HttpStatusCode.OK);

        Move("consent", "content", "id", second, first);

        // Nothing but the content has changed, so that only who reads it again can notice.
        host.Services.GetRequiredService<Facts>().Forget(Personas.ClientId);
        (await practitioner.Get(Record(Personas.ClientId, "/assessments"))).Expect(HttpStatusCode.Forbidden);
        await Unreadable(client, Record(Personas.ClientId, "/consents"));
    }

    [Test]
    public async Task Nothing_is_read_or_written_where_the_key_does_not_open()
    {
        host.Execute("UPDATE client_key SET wrapped = @Nothing WHERE client_id = @ClientId", new { Nothing = new byte[1], Personas.ClientId });
        host.Services.GetRequiredService<Facts>().Forget(Personas.ClientId);

        await Unreadable(client, Record(Personas.ClientId));
        (await Administer("again", 1)).Expect(HttpStatusCode.Forbidden);
        (await client.Post(Record(Personas.ClientId, "/consents"), Permit(["assessments"]))).Expect(HttpStatusCode.ServiceUnavailable);
    }

    [Test]
    public async Task To_the_kept_answer_of_another_key()
    {
        Assert.That(
            host.Execute("UPDATE idempotency SET answer = (SELECT answer FROM idempotency AS o WHERE o.request_hash <> idempotency.request_hash AND o.client_id = idempotency.client_id)"),
            Is.EqualTo(2));

        var answer = (await Administer("one", 1)).Expect(HttpStatusCode.ServiceUnavailable);
        Assert.That(answer.Text, Does.Not.Contain("score"));
    }

    /// <summary>A problem, the same for every cause, and nothing of the content: neither in it nor in the log.</summary>
    private async Task Unreadable(Api caller, string path)
    {
        var answer = (await caller.Get(path)).Expect(HttpStatusCode.ServiceUnavailable);
        Assert.That(answer.Problem, Is.EqualTo("unavailable"));
        Assert.That(answer.Text, Does.Not.Contain(Words).And.Not.Contain("score").And.Not.Contain("Moreau").And.Not.Contain("Brandt").And.Not.Contain("ryptograph"));
        Assert.That(host.Log.All, Does.Contain("does not open").And.Not.Contain(Words));
    }

    private Task<Answer> Administer(string key, int value) => practitioner.Post(
        Record(Personas.ClientId, "/assessments"), Phq9(value, 0, 0, 0, 0, 0, 0, 0, 0), ("Idempotency-Key", key));

    private void Move(string table, string column, string key, Guid from, Guid to) => Assert.That(
        host.Execute($"UPDATE {table} SET {column} = (SELECT {column} FROM {table} WHERE {key} = @from) WHERE {key} = @to", new { from, to }),
        Is.EqualTo(1));
}
