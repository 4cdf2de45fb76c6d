using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Dapper;
using PersonalCareApi.Development;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Pipeline;

/// <summary>What a request was decided on must still hold when it is committed: a request that waits does not outlive it.</summary>
[OnEachDatabase]
internal sealed class DecisionAtCommitTests(TestDatabase database)
{
    private ApiHost host = null!;
    private Api practitioner = null!;
    private Api client = null!;

    [SetUp]
    public async Task Start()
    {
        host = new ApiHost(database);
        practitioner = await host.As("practitioner");
        client = await host.As("client");
    }

    [TearDown]
    public async Task Stop() => await host.DisposeAsync();

    [Test]
    public async Task A_suspension_ends_a_request_whose_body_is_still_on_its_way()
    {
        (await client.Post(Record(Personas.ClientId, "/consents"), Permit(["assessments"], Personas.ColleagueId))).Expect(HttpStatusCode.Created);
        var colleague = await host.As("colleague");
        var assessments = Record(Personas.ClientId, "/assessments");
        (await colleague.Post(assessments, Phq9(0, 0, 0, 0, 0, 0, 0, 0, 0))).Expect(HttpStatusCode.Created);

        using var slow = new SlowBody(Phq9(1, 1, 1, 1, 1, 1, 1, 1, 1));
        var waiting = colleague.Send(HttpMethod.Post, assessments, slow);
        await slow.Begun;
        await Suspend(Personas.ColleagueId);
        slow.Finish();

        (await waiting).Expect(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task A_suspension_ends_the_creation_of_a_client_that_is_still_on_its_way()
    {
        var colleague = await host.As("colleague");
        using var slow = new SlowBody(new { name = new { given = "Late" } });
        var waiting = colleague.Send(HttpMethod.Post, "/v1/clients", slow);
        await slow.Begun;
        await Suspend(Personas.ColleagueId);
        slow.Finish();

        (await waiting).Expect(HttpStatusCode.Forbidden);
    }

    [Test]
    public async Task A_suspension_ends_the_registration_of_a_practitioner_that_is_still_on_its_way()
    {
        var colleague = await host.As("colleague");
        using var slow = new SlowBody(new { name = "Late", roles = Array.Empty<string>() });
        var waiting = colleague.Send(HttpMethod.Post, "/v1/practitioners", slow);
        await slow.Begun;
        await Suspend(Personas.ColleagueId);
        slow.Finish();

        (await waiting).Expect(HttpStatusCode.Forbidden);
    }

    [Test]
    public async Task No_answer_is_on_the_ledger_as_permitted_after_the_withdrawal_of_what_permitted_it()
    {
        var assessments = Record(Personas.ClientId, "/assessments");
        for (var round = 0; round < 10; round++)
        {
            var consent = (await client.Post(Record(Personas.ClientId, "/consents"), Permit(["assessments"]))).Expect(HttpStatusCode.Created);
            using var stop = new CancellationTokenSource();
            var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    await practitioner.Get(assessments);
                }
            })).ToList();
            await Task.Delay(20);
            (await client.Post(Record(Personas.ClientId, $"/consents/{consent.Id}/withdrawal"), new { })).Expect(HttpStatusCode.OK);
            await Task.Delay(20);
            await stop.CancelAsync();
            await Task.WhenAll(readers);
        }

        var permitted = false;
        foreach (var entry in Chain(Personas.ClientId))
        {
            permitted = entry.GetProperty("operation").GetString() switch
            {
                "GiveConsent" => true,
                "WithdrawConsent" => false,
                _ => permitted,
            };
            if (entry.GetProperty("operation").GetString() == "ListAssessments")
            {
                Assert.That(entry.GetProperty("decision").GetString() == "permit" && !permitted, Is.False, entry.GetRawText());
            }
        }
    }

    private async Task Suspend(Guid id)
    {
        var found = (await practitioner.Get($"/v1/practitioners/{id}")).Expect(HttpStatusCode.OK);
        (await practitioner.Post($"/v1/practitioners/{id}/suspension", null, ("If-Match", found.ETag))).Expect(HttpStatusCode.OK);
    }

    private List<JsonElement> Chain(Guid clientId)
    {
        using var beside = host.OpenDatabase();
        return
        [
            .. beside.Query<byte[]>("SELECT canonical FROM ledger_entry WHERE chain_id = @clientId ORDER BY sequence", new { clientId })
                .Select(canonical => JsonElement.Parse(canonical)),
        ];
    }

    /// <summary>A body that stops after its first bytes until it is let on.</summary>
    private sealed class SlowBody : HttpContent
    {
        private readonly byte[] body;
        private readonly TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource finish = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public SlowBody(object content)
        {
            body = JsonSerializer.SerializeToUtf8Bytes(content, Json.Options);
            Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        public Task Begun => begun.Task;

        public void Finish() => finish.SetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(body.AsMemory(0, 1));
            await stream.FlushAsync();

            // The request has been decided once its body is being read.
            await Task.Delay(300);
            begun.SetResult();
            await finish.Task;
            await stream.WriteAsync(body.AsMemory(1));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = body.Length;
            return true;
        }
    }
}
