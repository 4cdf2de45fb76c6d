using System.Net;
using Dapper;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Pipeline;

/// <summary>A server that remembers a caller permits nothing by that which another server has ended, and refuses nothing that it has begun.</summary>
[OnEachDatabase]
internal sealed class RememberedCallerTests(TestDatabase database)
{
    private const string RaiseAccessVersion = "UPDATE partner SET access_version = access_version + 1 WHERE id = @PartnerId";

    [Test]
    public async Task Who_is_suspended_elsewhere_reads_nothing_more()
    {
        await using var host = new ApiHost(database);
        var record = Record(await host.NewClient());
        var practitioner = await host.As("practitioner");
        await Remembered(practitioner, record);

        Change(host, "UPDATE practitioner SET suspended_at = created_at WHERE id = @Id", Personas.PractitionerId);

        (await practitioner.Get(record)).Expect(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task Whose_application_is_revoked_elsewhere_is_nobody()
    {
        await using var host = new ApiHost(database);
        var record = Record(await host.NewClient());
        var practitioner = await host.As("practitioner");
        await Remembered(practitioner, record);

        Change(host, "UPDATE application SET revoked_at = created_at WHERE id = @Id", Personas.HarbourApp.Id);

        foreach (var path in new[] { record, Record(Guid.Parse(Promises.Operation.SomeId)), "/v1/me" })
        {
            Assert.That((await practitioner.Get(path)).Expect(HttpStatusCode.Unauthorized).Header("WWW-Authenticate"), Does.Contain("error=\"invalid_token\""), path);
        }
    }

    [Test]
    public async Task Who_is_somebody_more_since_is_not_refused_as_who_they_were()
    {
        await using var host = new ApiHost(database);
        await using var other = new ApiHost(host.Data);
        var colleague = await host.As("colleague");
        await Remembered(colleague, "/v1/me");
        (await colleague.Get(Record(await host.NewClient()))).Expect(HttpStatusCode.NotFound);

        var own = await other.NewClient("colleague");

        (await colleague.Get(Record(own))).Expect(HttpStatusCode.OK);
    }

    [Test]
    public async Task Who_is_somebody_more_since_reads_as_all_that_they_are()
    {
        await using var host = new ApiHost(database);
        await using var other = new ApiHost(host.Data);
        var first = await host.NewClient("client");
        var client = await host.As("client");
        await Remembered(client, Record(first));

        var second = await other.NewClient("client");

        (await client.Get(Record(first))).Expect(HttpStatusCode.OK);
        (await client.Get(Record(second))).Expect(HttpStatusCode.OK);
    }

    private static async Task Remembered(Api caller, string path)
    {
        (await caller.Get(path)).Expect(HttpStatusCode.OK);
        (await caller.Get(path)).Expect(HttpStatusCode.OK);
    }

    /// <summary>As another server does: in its own transaction, with the version that all servers compare.</summary>
    private static void Change(ApiHost host, string sql, Guid id)
    {
        using var connection = host.OpenDatabase();
        using var transaction = connection.BeginTransaction();
        Assert.That(connection.Execute(sql, new { Id = id }, transaction), Is.EqualTo(1));
        connection.Execute(RaiseAccessVersion, new { PartnerId = Personas.Harbour.Id }, transaction);
        transaction.Commit();
    }
}
