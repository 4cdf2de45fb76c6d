using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using PersonalCareApi.Data;
using PersonalCareApi.Development;
using PersonalCareApi.Domain;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Protection;
using PersonalCareApi.Records.Assessments;
using PersonalCareApi.Tests.Promises;
using PersonalCareApi.Tests.Records.Goals;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Protection;

/// <summary>The rotation of clients' keys, by the operator's command, beside a server that runs.</summary>
[OnEachDatabase]
internal sealed class KeyRotationTests(TestDatabase database)
{
    private readonly Between between = new();
    private ApiHost host = null!;
    private Operator operations = null!;
    private Api client = null!;
    private Api practitioner = null!;
    private string assessment = null!;

    [SetUp]
    public async Task Live()
    {
        between.Happens = null;
        host = new ApiHost(database, register: services => services.AddSingleton<IAuthorizationHandler>(between));
        operations = new Operator(host.Data, "Development");
        client = await host.As("client");
        practitioner = await host.As("practitioner");
        (await client.Post(Record(Personas.ClientId, "/consents"), Permit(["assessments", "goals"]), ("Idempotency-Key", "permit"))).Expect(HttpStatusCode.Created);
        var made = (await Administer("first")).Expect(HttpStatusCode.Created);
        assessment = Record(Personas.ClientId, $"/assessments/{made.Id}");
        var goal = await Goals.Propose(practitioner, Personas.ClientId);
        await Goals.Fact(practitioner, goal, "agreements");
        await Goals.Fact(client, goal, "agreements");
        (await practitioner.Post($"{goal}/progress", new { kind = "attainment", level = 1 })).Expect(HttpStatusCode.Created);
        AddEmergency();
    }

    [TearDown]
    public async Task Stop() => await host.DisposeAsync();

    [Test]
    public async Task Everything_is_sealed_with_a_new_key_and_reads_as_before()
    {
        var before = await Everything();
        Assert.That(host.Contents().Select(content => content.Table).Distinct(),
            Is.SupersetOf(["client", "representative", "emergency_access", "consent", "assessment", "goal", "goal_progress", "item_version", "idempotency"]));
        Assert.That(host.Contents().Select(content => content.Generation), Is.All.EqualTo(1));

        var report = (await operations.Run("keys", "rotate", "--json")).Expect(0).Json;

        Assert.That(report.GetProperty("clients").GetInt32(), Is.EqualTo(3));
        Assert.That(report.GetProperty("contents").GetInt32(), Is.EqualTo(host.Contents().Count));
        Assert.That(report.GetProperty("generationsRemoved").GetInt32(), Is.Zero);
        Assert.That(report.GetProperty("failures").GetArrayLength(), Is.Zero);
        Assert.That(host.Contents().Select(content => content.Generation), Is.All.EqualTo(2));
        Assert.That(host.Generations().Values, Is.All.EqualTo(new[] { 1, 2 }), "Whoever has a row in hand still needs the first.");
        Assert.That(await Everything(), Is.EqualTo(before));
        var replay = (await Administer("first")).Expect(HttpStatusCode.Created);
        Assert.That(replay.Header("Idempotency-Replayed"), Is.EqualTo("true"));
    }

    [Test]
    public async Task The_next_run_removes_the_key_that_the_one_before_retired()
    {
        (await operations.Run("keys", "rotate")).Expect(0);
        var before = await Everything();

        var said = (await operations.Run("keys", "rotate")).Expect(0).Output;

        Assert.That(said.Trim(), Is.EqualTo($"3 clients have new keys, {host.Contents().Count} contents are sealed with them, 3 retired keys are removed."));
        Assert.That(host.Generations().Values, Is.All.EqualTo(new[] { 2, 3 }));
        Assert.That(await Everything(), Is.EqualTo(before));
    }

    [Test]
    public async Task One_partners_clients_can_be_rotated_alone()
    {
        var report = (await operations.Run("keys", "rotate", "--partner", Personas.Harbour.Code, "--json")).Expect(0).Json;

        Assert.That(report.GetProperty("clients").GetInt32(), Is.EqualTo(2));
        Assert.That(host.Generations()[Personas.ElsewhereClientId], Is.EqualTo([1]));
        (await operations.Run("keys", "rotate", "--partner", "nobody")).Expect(1);
    }

    [Test]
    public async Task A_request_that_was_decided_before_the_rotation_is_made_again_with_the_new_key()
    {
        between.Happens = async () => (await operations.Run("keys", "rotate")).Expect(0);
        var made = (await Administer("second")).Expect(HttpStatusCode.Created);

        Assert.That(between.Happens is null, "It happened.");
        Assert.That(host.Contents().Select(content => content.Generation), Is.All.EqualTo(2));
        (await practitioner.Get(Record(Personas.ClientId, $"/assessments/{made.Id}"))).Expect(HttpStatusCode.OK);
        Assert.That((await Administer("second")).Expect(HttpStatusCode.Created).Id, Is.EqualTo(made.Id));
    }

    [Test]
    public async Task What_was_sealed_before_the_rotation_is_not_committed_after_it()
    {
        var ct = CancellationToken.None;
        var assessments = host.Services.GetRequiredService<AssessmentRepository>();
        var present = (await assessments.Find(await Grant(DataAction.Read), Guid.Parse(assessment.Split('/')[^1]), ct))!;
        await using var scope = host.Services.CreateAsyncScope();
        var unit = scope.ServiceProvider.GetRequiredService<WriteUnit>();
        await assessments.Add(await Grant(DataAction.Write), present with { Id = Ids.New(unit.Now) }, unit, ct);

        (await operations.Run("keys", "rotate")).Expect(0);

        Assert.That(await host.Services.GetRequiredService<WriteQueue>().Commit(unit, ct), Is.InstanceOf<CommitOutcome.Outdated>());
        Assert.That(host.Contents().Select(content => content.Generation), Is.All.EqualTo(2));
    }

    [Test]
    public async Task Nobody_notices_rotations_that_go_on_while_they_read_and_write()
    {
        using var over = new CancellationTokenSource();
        var answers = Enumerable.Range(0, 4).Select(async writer =>
        {
            var statuses = new List<HttpStatusCode>();
            for (var index = 0; !over.IsCancellationRequested; index++)
            {
                statuses.Add((await Administer($"{writer}-{index}")).Status);
                statuses.Add((await practitioner.Get(Record(Personas.ClientId, "/assessments?limit=20"))).Status);
                statuses.Add((await client.Get(Record(Personas.ClientId))).Status);
            }

            return statuses;
        }).ToList();
        for (var run = 0; run < 4; run++)
        {
            (await operations.Run("keys", "rotate")).Expect(0);
        }

        await over.CancelAsync();
        var statuses = (await Task.WhenAll(answers)).SelectMany(all => all).GroupBy(status => status).ToDictionary(group => group.Key, group => group.Count());
        TestContext.Out.WriteLine(string.Join(", ", statuses.Select(status => $"{status.Value} {status.Key}")));
        Assert.That(statuses.Keys, Is.EquivalentTo([HttpStatusCode.Created, HttpStatusCode.OK]));
        Assert.That(host.Contents().Where(content => content.ClientId == Personas.ClientId).Select(content => content.Generation), Is.All.EqualTo(5));
    }

    [Test]
    public async Task Runs_at_the_same_time_do_not_hinder_each_other()
    {
        var before = await Everything();
        var startedAt = host.Services.GetRequiredService<TimeProvider>().GetUtcNow();

        var reports = await Task.WhenAll(Enumerable.Range(0, 4).Select(late =>
            Task.Run(() => Rotation().Run(null, startedAt + TimeSpan.FromMilliseconds(late % 2), _ => { }, CancellationToken.None))));

        Assert.That(reports.SelectMany(report => report.Failures), Is.Empty);
        var newest = host.Generations().ToDictionary(one => one.Key, one => one.Value[^1]);
        Assert.That(host.Contents().Where(content => content.Generation != newest[content.ClientId]), Is.Empty);
        Assert.That(await Everything(), Is.EqualTo(before));
    }

    [Test]
    public async Task A_run_that_is_broken_off_is_gone_on_with()
    {
        var before = await Everything();
        var rotation = Rotation();
        Assert.That(await rotation.LastRun(null, CancellationToken.None), Is.Null);
        (await operations.Run("keys", "rotate", "--resume")).Expect(1);
        var startedAt = host.Services.GetRequiredService<TimeProvider>().GetUtcNow().ToStored();

        Assert.That(
            () => rotation.Run(null, startedAt, _ => throw new IOException("The power is gone."), CancellationToken.None),
            Throws.InstanceOf<IOException>());
        Assert.That(host.Generations().Values.Count(generations => generations.Count == 2), Is.EqualTo(1), "It came to one client.");
        Assert.That(await Everything(), Is.EqualTo(before));
        Assert.That(await rotation.LastRun(null, CancellationToken.None), Is.EqualTo(startedAt));

        var report = (await operations.Run("keys", "rotate", "--resume", "--json")).Expect(0).Json;

        Assert.That(report.GetProperty("clients").GetInt32(), Is.EqualTo(2));
        Assert.That(host.Generations().Values, Is.All.EqualTo(new[] { 1, 2 }));
        Assert.That(await Everything(), Is.EqualTo(before));
    }

    [Test]
    public async Task A_client_that_was_left_half_done_is_finished_and_keeps_the_key_it_still_needs()
    {
        Guid[] clients = [Personas.ClientId, Personas.OtherClientId, Personas.ElsewhereClientId];
        var keys = host.Services.GetRequiredService<ClientKeys>();
        var old = host.Value<DateTimeOffset>("SELECT MIN(created_at) FROM client_key");
        foreach (var id in clients)
        {
            // As a run leaves it that ends between the new key and the contents.
            host.Execute(
                """
                INSERT INTO client_key (client_id, partner_id, generation, wrapped, created_at)
                SELECT client_id, partner_id, 2, @Wrapped, @old FROM client_key WHERE client_id = @id;
                UPDATE client SET access_version = access_version + 1 WHERE client_id = @id
                """,
                new { id, Wrapped = keys.NewWrapped(), old });
        }

        (await operations.Run("keys", "rotate")).Expect(0);

        Assert.That(host.Contents().Select(content => content.Generation), Is.All.EqualTo(3));
        Assert.That(host.Generations().Values, Is.All.EqualTo(new[] { 1, 2, 3 }), "This run retired them, so the next removes them.");
        (await operations.Run("keys", "rotate")).Expect(0);
        Assert.That(host.Generations().Values, Is.All.EqualTo(new[] { 3, 4 }));
    }

    [Test]
    public async Task A_failure_in_one_client_is_named_and_does_not_stop_the_others()
    {
        host.Execute("UPDATE client_key SET wrapped = @Nothing WHERE client_id = @OtherClientId", new { Nothing = new byte[1], Personas.OtherClientId });

        var run = (await operations.Run("keys", "rotate", "--json")).Expect(1);

        Assert.That(run.Json.GetProperty("clients").GetInt32(), Is.EqualTo(2));
        Assert.That(run.Json.GetProperty("failures")[0].GetProperty("clientId").GetGuid(), Is.EqualTo(Personas.OtherClientId));
        Assert.That(run.Error, Does.Contain($"Client {Personas.OtherClientId}: "));
        Assert.That(host.Generations()[Personas.OtherClientId], Is.EqualTo([1]));
        Assert.That(host.Contents().Where(content => content.ClientId == Personas.ClientId).Select(content => content.Generation), Is.All.EqualTo(2));
    }

    [Test]
    public async Task A_content_that_does_not_open_stays_and_so_do_all_keys()
    {
        var moved = host.Value<byte[]>("SELECT content FROM consent");
        host.Execute("UPDATE assessment SET content = @moved", new { moved });

        for (var run = 2; run < 4; run++)
        {
            var failed = (await operations.Run("keys", "rotate")).Expect(1);
            Assert.That(failed.Error, Does.Contain($"Client {Personas.ClientId}: 1 of its contents do not open, such as assessment {assessment.Split('/')[^1]}."));
        }

        Assert.That(host.Value<byte[]>("SELECT content FROM assessment"), Is.EqualTo(moved));
        Assert.That(host.Generations()[Personas.ClientId], Is.EqualTo([1, 2, 3]));
        Assert.That(host.Generations()[Personas.OtherClientId], Is.EqualTo([2, 3]));
        Assert.That(host.Contents().Where(content => content is { Table: not "assessment" }).Select(content => content.Generation), Is.All.EqualTo(3));
    }

    [Test]
    public async Task Keys_that_were_destroyed_do_not_come_back()
    {
        host.Execute("DELETE FROM client_key WHERE client_id = @OtherClientId", new { Personas.OtherClientId });

        (await operations.Run("keys", "rotate")).Expect(0);

        Assert.That(host.Generations().Keys, Is.EquivalentTo([Personas.ClientId, Personas.ElsewhereClientId]));
    }

    [Test]
    public void What_cannot_be_sealed_with_the_newest_key_is_not_sealed_with_an_older_one()
    {
        var keys = host.Services.GetRequiredService<ClientKeys>();
        var id = Ids.New(TimeProvider.System.GetUtcNow());
        ClientKeys.Row Key(int generation, byte[] wrapped) => new() { ClientId = id, Generation = generation, Wrapped = wrapped };
        var first = Key(1, keys.NewWrapped());
        var content = keys.Unwrap(id, [first]).Seal("note", id, 1, "words");

        var ring = keys.Unwrap(id, [first, Key(2, [0])]);

        Assert.That(ring.Open<string>("note", id, 1, content), Is.EqualTo("words"));
        Assert.That(() => ring.Seal("note", id, 1, "words"), Throws.InstanceOf<System.Security.Cryptography.CryptographicException>());
    }

    private KeyRotation Rotation() => new(
        host.Services.GetRequiredService<Database>(), host.Services.GetRequiredService<ClientKeys>(),
        host.Services.GetRequiredService<WriteQueue>(), host.Services.GetRequiredService<TimeProvider>())
    { BatchSize = 1 };

    private Task<Answer> Administer(string key) => practitioner.Post(
        Record(Personas.ClientId, "/assessments"), Phq9(0, 1, 0, 1, 0, 1, 0, 1, 0), ("Idempotency-Key", key));

    /// <summary>What the client's record says, in every way it can be asked for.</summary>
    private async Task<string> Everything()
    {
        string[] own = [Record(Personas.ClientId), Record(Personas.ClientId, "/consents"), Record(Personas.ClientId, "/assessments"), Record(Personas.ClientId, "/goals"), assessment, $"{assessment}/versions"];
        var answers = new List<string>();
        foreach (var path in own)
        {
            answers.Add((await client.Get(path)).Expect(HttpStatusCode.OK).Text);
        }

        answers.Add((await practitioner.Get(assessment)).Expect(HttpStatusCode.OK).Text);
        answers.Add((await practitioner.Get("/v1/clients")).Expect(HttpStatusCode.OK).Text);
        return string.Join('\n', answers);
    }

    /// <summary>No operation writes one yet.</summary>
    private void AddEmergency()
    {
        var id = Ids.New(TimeProvider.System.GetUtcNow());
        var ring = host.Services.GetRequiredService<ClientKeys>().Unwrap(
            Personas.ClientId,
            [new ClientKeys.Row { ClientId = Personas.ClientId, Generation = 1, Wrapped = host.Value<byte[]>("SELECT wrapped FROM client_key WHERE client_id = @ClientId", new { Personas.ClientId }) }]);
        host.Execute(
            """
            INSERT INTO emergency_access (
                id, partner_id, client_id, version, labels, author_id, part, occurred_at, practitioner_id, from_at, until_at, content, recorded_at)
            SELECT @id, partner_id, client_id, 1, 0, @by, '', created_at, @by, created_at, created_at, @content, created_at
            FROM client WHERE client_id = @ofClient
            """,
            new
            {
                id,
                by = Personas.PractitionerId,
                ofClient = Personas.ClientId,
                content = ring.Seal("emergency-access", id, 1, "words"),
            });
    }

    private async Task<AccessGrant> Grant(DataAction action)
    {
        var now = host.Clock.GetUtcNow();
        var facts = await host.FactsOf(Personas.ClientId, now);
        var caller = new Caller
        {
            PartnerId = Personas.Harbour.Id,
            ApplicationId = Personas.HarbourApp.Id,
            PractitionerId = Personas.PractitionerId,
            Scopes = Personas.HarbourApp.Scopes.ToHashSet(StringComparer.Ordinal),
            Purposes = new HashSet<PurposeOfUse> { PurposeOfUse.Treatment },
        };
        var request = new AccessRequest { Caller = caller, ClientId = Personas.ClientId, Use = new DataUse(DataCategory.Assessments, action) };
        return ((AccessDecision.Permitted)ConsentEngine.Decide(request, facts, now)).Grant;
    }

    /// <summary>Makes something happen once, when a practitioner's use has been decided and nothing has been read yet.</summary>
    private sealed class Between : IAuthorizationHandler
    {
        public Func<Task>? Happens { get; set; }

        public async Task HandleAsync(AuthorizationHandlerContext context)
        {
            if (Happens is { } happens && context.Resource is HttpContext http && http.Caller().PractitionerId is not null && context.HasSucceeded)
            {
                Happens = null;
                await happens();
            }
        }
    }
}
