using System.Net;
using System.Text.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using PersonalCareApi.Configuration;
using PersonalCareApi.Ledger;
using PersonalCareApi.Protection;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Ledger;

/// <summary>Checkpoints are made while entries are written, by one server at a time, and by nobody over nothing new.</summary>
[OnEachDatabase]
internal sealed class CheckpointTests(TestDatabase database)
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromMinutes(2);

    private readonly List<string> verified = [];

    [Test]
    public async Task A_checkpoint_counts_every_chain_and_is_never_made_twice_over_the_same()
    {
        await using var host = new ApiHost(database);
        var clientId = await host.NewClient();
        var tree = host.Services.GetRequiredService<CheckpointTree>();

        var first = await tree.Make(CancellationToken.None);
        Assert.That(await tree.Make(CancellationToken.None), Is.Null, "Nothing has been written since.");
        (await (await host.As("client")).Get(Record(clientId))).Expect(HttpStatusCode.OK);
        var second = await tree.Make(CancellationToken.None);

        using var connection = host.OpenDatabase();
        var keys = host.Services.GetRequiredService<CheckpointKeys>();
        var stated = PersonalCareApi.Domain.Ledger.Checkpoint.Read(CheckpointKeys.Read(second!.Statement, keys.Published(), out _)!)!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That((first!.Sequence, second.Sequence), Is.EqualTo((1, 2)));
            Assert.That(stated.PreviousHash, Is.EqualTo(first.Hash));
            Assert.That(stated.TreeSize, Is.EqualTo(connection.ExecuteScalar<long>("SELECT COUNT(*) FROM ledger_head")));
            Assert.That(stated.Entries, Is.EqualTo(connection.ExecuteScalar<long>("SELECT COUNT(*) FROM ledger_entry")));
        }
    }

    [Test]
    public async Task Where_the_keys_are_lost_the_ledger_verifies_with_those_that_were_published()
    {
        using var data = new OwnData(database);
        var published = Path.Combine(data.Folder, "jwks.json");
        await using (var host = new ApiHost(data))
        {
            await host.NewClient();
            await host.Services.GetRequiredService<CheckpointTree>().Make(CancellationToken.None);
            await File.WriteAllTextAsync(published, (await host.Anonymous().Get("/.well-known/jwks.json")).Expect(HttpStatusCode.OK).Text);
        }

        Directory.Delete(Path.Combine(data.Folder, "keys"), recursive: true);
        var operations = new Operator(data, "Development");

        Assert.That((await operations.Run("ledger", "verify")).Expect(1).Error, Does.Contain("none of this installation's"));
        (await operations.Run("ledger", "verify", "--keys", published)).Expect(0);
    }

    [Test]
    public async Task They_come_by_themselves_while_entries_are_written()
    {
        await using var host = new ApiHost(database) { Settings = new Dictionary<string, string> { [Settings.CheckpointSeconds.Name] = "1" } };
        var clientId = await host.NewClient();
        var client = await host.As("client");

        var before = 0L;
        var begun = TimeProvider.System.GetTimestamp();
        while (before == 0 || Checkpoints(host) != before)
        {
            // Over what was written there are one or two, soon or late; then nobody writes, and none comes for more than two turns.
            Assert.That(TimeProvider.System.GetElapsedTime(begun), Is.LessThan(LongEnough), "There is none, or they never end.");
            before = Checkpoints(host);
            await Task.Delay(TimeSpan.FromSeconds(2.5));
        }

        (await client.Get(Record(clientId))).Expect(HttpStatusCode.OK);
        await Until(() => Checkpoints(host) > before);
    }

    [Test]
    public async Task Two_servers_on_one_database_append_to_the_same_chains_and_make_one_row_of_checkpoints()
    {
        using var data = new OwnData(database);
        var witness = Path.Combine(data.Folder, "witness.jsonl");
        var settings = new Dictionary<string, string> { ["Ledger:Witness:File"] = witness };
        await using var one = new ApiHost(data) { Settings = settings };
        await using var other = new ApiHost(data) { Settings = settings };
        var clientId = await one.NewClient();
        Api[] clients = [await one.As("client"), await other.As("client")];
        var made = 0;
        foreach (var round in Enumerable.Range(0, 5))
        {
            var writes = Enumerable.Range(0, 30).Select(number => clients[number % 2].Get(Record(clientId))).ToList();
            var checkpoints = new[] { one, other, one, other }.Select(host => host.Services.GetRequiredService<CheckpointTree>().Make(CancellationToken.None)).ToList();
            Assert.That((await Task.WhenAll(writes)).Select(answer => answer.Status), Is.All.EqualTo(HttpStatusCode.OK), $"round {round}");
            made += (await Task.WhenAll(checkpoints)).Count(checkpoint => checkpoint is not null);
        }

        made += await one.Services.GetRequiredService<CheckpointTree>().Make(CancellationToken.None) is null ? 0 : 1;
        foreach (var host in new[] { one, other })
        {
            await host.Services.GetRequiredService<Witnesses>().CatchUp(CancellationToken.None);
        }

        Assert.That(made, Is.EqualTo(Checkpoints(one)).And.GreaterThan(0));
        foreach (var host in new[] { one, other })
        {
            await using var known = new FileStream(witness, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var report = await host.Services.GetRequiredService<LedgerVerification>().Run(known, null, seen => verified.Add($"{seen}"), CancellationToken.None);
            Assert.That(report.Faults, Is.Empty);
            Assert.That(report.Witnessed, Is.EqualTo(made), "Both told the same file, each line once.");
        }
    }

    [Test]
    public async Task The_server_beside_leaves_the_turns_to_the_one_that_makes_checkpoints_and_takes_over_when_it_is_gone()
    {
        using var data = new OwnData(database);
        await using var other = new ApiHost(data);
        var clientId = await other.NewClient();
        var client = await other.As("client");
        var beside = other.Services.GetRequiredService<Checkpointing>();
        await using (var one = new ApiHost(data))
        {
            var making = one.Services.GetRequiredService<Checkpointing>();
            await making.Turn(CancellationToken.None);
            await beside.Turn(CancellationToken.None);
            foreach (var turn in Enumerable.Range(2, 3))
            {
                (await client.Get(Record(clientId))).Expect(HttpStatusCode.OK);
                await making.Turn(CancellationToken.None);
                (await client.Get(Record(clientId))).Expect(HttpStatusCode.OK);
                await beside.Turn(CancellationToken.None);
                Assert.That(Checkpoints(other), Is.EqualTo(turn));
            }
        }

        // As it ended it made the last of its own.
        (await client.Get(Record(clientId))).Expect(HttpStatusCode.OK);
        var before = Checkpoints(other);
        await beside.Turn(CancellationToken.None);
        await beside.Turn(CancellationToken.None);
        Assert.That(Checkpoints(other), Is.EqualTo(before + 1));
    }

    [Test]
    public async Task The_key_is_in_no_table_and_its_public_part_is_published()
    {
        await using var host = new ApiHost(database);
        await host.NewClient();
        var checkpoint = await host.Services.GetRequiredService<CheckpointTree>().Make(CancellationToken.None);
        var header = JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(checkpoint!.Statement.Split('.')[0])).RootElement;
        var published = (await host.Anonymous().Get("/.well-known/jwks.json")).Expect(HttpStatusCode.OK).Json.GetProperty("keys").EnumerateArray().ToList();

        using var connection = host.OpenDatabase();
        Assert.That(published.Select(key => key.Word("kid")), Does.Contain(header.Word("kid")));
        Assert.That(published.Where(key => key.TryGetProperty("d", out _)), Is.Empty);
        Assert.That(connection.Query<string>("SELECT name FROM secret"), Has.None.Contains("ledger"));
        var file = Directory.GetFiles(Path.Combine(host.Data.Folder, "keys"), "ledger-signing.*").Single();
        if (!OperatingSystem.IsWindows())
        {
            Assert.That(File.GetUnixFileMode(file), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        }
    }

    [Test]
    public async Task A_new_key_signs_from_then_on_and_the_old_checkpoints_still_verify()
    {
        using var data = new OwnData(database);
        var operatorsOwn = new Operator(data, "Development");
        Guid clientId;
        await using (var host = new ApiHost(data))
        {
            clientId = await host.NewClient();
        }

        var key = (await operatorsOwn.Run("ledger", "new-key", "--json")).Expect(0).Json.GetProperty("kid").GetString();
        await using (var host = new ApiHost(data))
        {
            (await (await host.As("client")).Get(Record(clientId))).Expect(HttpStatusCode.OK);
            var made = await host.Services.GetRequiredService<CheckpointTree>().Make(CancellationToken.None);
            Assert.That(System.Text.Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(made!.Statement.Split('.')[0])), Does.Contain(key));
        }

        (await operatorsOwn.Run("keys", "new-master", "--at-once")).Expect(0);
        Assert.That((await operatorsOwn.Run("keys", "rewrap", "--json")).Expect(0).Json.GetProperty("checkpointKeys").GetInt32(), Is.EqualTo(2));
        var report = (await operatorsOwn.Run("ledger", "verify", "--json")).Expect(0).Json;
        Assert.That(report.GetProperty("sound").GetBoolean());
        Assert.That(report.GetProperty("checkpoints").GetInt64(), Is.GreaterThan(1));
    }

    private static long Checkpoints(ApiHost host)
    {
        using var connection = host.OpenDatabase();
        return connection.ExecuteScalar<long>("SELECT COUNT(*) FROM ledger_checkpoint");
    }

    private static async Task Until(Func<bool> holds)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (!holds())
        {
            Assert.That(TimeProvider.System.GetElapsedTime(begun), Is.LessThan(LongEnough));
            await Task.Delay(100);
        }
    }
}
