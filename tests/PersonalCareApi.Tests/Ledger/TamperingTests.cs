using System.Data.Common;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using PersonalCareApi.Data;
using PersonalCareApi.Development;
using PersonalCareApi.Domain.Ledger;
using PersonalCareApi.Ledger;
using PersonalCareApi.Protection;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Ledger;

/// <summary>Whoever changes the ledger behind the program's back is found out, and the verifier names what was done and where.</summary>
[OnEachDatabase]
internal sealed class TamperingTests(TestDatabase database)
{
    private readonly List<LedgerRows> states = [];
    private ApiHost host = null!;
    private string witness = null!;
    private Guid clientId;

    [OneTimeSetUp]
    public async Task Live()
    {
        var data = new OwnData(database);
        witness = Path.Combine(data.Folder, "elsewhere", "witness.jsonl");
        host = new ApiHost(data) { Settings = new Dictionary<string, string> { ["Ledger:Witness:File"] = witness } };
        clientId = await host.NewClient();
        var practitioner = await host.As("practitioner");
        (await (await host.As("colleague")).Get(Record(clientId))).Expect(HttpStatusCode.NotFound);
        for (var turn = 0; turn < 3; turn++)
        {
            for (var count = 0; count < 3; count++)
            {
                (await practitioner.Get(Record(clientId, "/assessments"))).Expect(HttpStatusCode.Forbidden);
            }

            await host.Services.GetRequiredService<Checkpointing>().Turn(CancellationToken.None);
            using var connection = host.OpenDatabase();
            states.Add(LedgerRows.Of(connection));
        }
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        await host.DisposeAsync();
        host.Data.Dispose();
    }

    [TearDown]
    public void PutBack()
    {
        using var connection = host.OpenDatabase();
        states[^1].PutBack(connection);
    }

    [Test]
    public async Task An_untouched_ledger_is_sound()
    {
        var report = await Verify(withWitness: true);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Named(report), Is.Empty);
            Assert.That(report.Sound);
            Assert.That(report.Checkpoints, Is.EqualTo(3));
            Assert.That(report.Witnessed, Is.EqualTo(3));
            Assert.That(report.Entries, Is.GreaterThan(9));
        }
    }

    /// <summary>What changes no hash that is noted elsewhere is seen in the chain itself, with or without a witness.</summary>
    [TestCase("UPDATE ledger_entry SET canonical = @Forged WHERE chain_id = @Chain AND sequence = 4", "Edited 4")]
    [TestCase("UPDATE ledger_entry SET canonical = @Forged, hash = @ForgedHash WHERE chain_id = @Chain AND sequence = 4", "Edited 4")]
    [TestCase("DELETE FROM ledger_entry WHERE chain_id = @Chain AND sequence = 4", "Deleted 4")]
    [TestCase("DELETE FROM ledger_entry WHERE chain_id = @Chain AND sequence = 4; UPDATE ledger_entry SET sequence = sequence - 1 WHERE chain_id = @Chain AND sequence > 4", "Deleted 4")]
    [TestCase("UPDATE ledger_entry SET sequence = -3 WHERE chain_id = @Chain AND sequence = 3; UPDATE ledger_entry SET sequence = 3 WHERE chain_id = @Chain AND sequence = 4; UPDATE ledger_entry SET sequence = 4 WHERE chain_id = @Chain AND sequence = -3", "Reordered 3")]
    [TestCase($"""
        {MakeRoom};
        INSERT INTO ledger_entry (chain_id, sequence, id, partner_id, client_id, at, previous_hash, hash, canonical)
        SELECT chain_id, 4, @Id, partner_id, client_id, at, previous_hash, hash, canonical FROM ledger_entry WHERE chain_id = @Chain AND sequence = 3
        """, "Inserted 4")]
    [TestCase($"""
        {MakeRoom};
        INSERT INTO ledger_entry (chain_id, sequence, id, partner_id, client_id, acting_id, at, category, action, decision, basis_kind, previous_hash, hash, canonical)
        SELECT chain_id, 4, @Id, partner_id, client_id, acting_id, at, category, action, decision, basis_kind, previous_hash, @ForgedHash, @Forged FROM ledger_entry WHERE chain_id = @Chain AND sequence = 5
        """, "Inserted 5")]
    [TestCase("DELETE FROM ledger_entry WHERE chain_id = @Chain AND sequence > 4", "Truncated 5")]
    [TestCase("DELETE FROM ledger_entry WHERE chain_id = @Chain AND sequence > 4; UPDATE ledger_head SET sequence = 4, hash = (SELECT hash FROM ledger_entry WHERE chain_id = @Chain AND sequence = 4) WHERE chain_id = @Chain", "Truncated 5")]
    [TestCase("DELETE FROM ledger_entry WHERE chain_id = @Chain", "Dropped 1")]
    [TestCase("DELETE FROM ledger_entry WHERE chain_id = @Chain; DELETE FROM ledger_head WHERE chain_id = @Chain", "Dropped 1")]
    [TestCase("UPDATE ledger_head SET hash = @ForgedHash WHERE chain_id = @Chain", "Head 10")]
    [TestCase("DELETE FROM ledger_head WHERE chain_id = @Chain", "Head 10")]
    [TestCase("UPDATE ledger_entry SET decision = 'permit' WHERE chain_id = @Chain AND sequence = 4", "Columns 4")]
    [TestCase("UPDATE ledger_entry SET acting_id = @Id WHERE chain_id = @Chain AND sequence = 4", "Columns 4")]
    [TestCase("UPDATE ledger_entry SET at = @LongAgo WHERE chain_id = @Chain AND sequence = 4", "Columns 4")]
    public async Task What_was_done_to_a_chain_is_named_with_its_place(string tampering, string named)
    {
        Tamper(tampering);

        Assert.That(Named(await Verify(withWitness: false)), Has.Some.EqualTo($"{clientId} {named}"));
        Assert.That(Named(await Verify(withWitness: true)).Count(fault => fault.StartsWith($"{clientId} ", StringComparison.Ordinal)), Is.EqualTo(1), "one thing a chain");
    }

    [Test]
    public async Task A_chain_hashed_anew_to_its_end_does_not_give_the_root_and_the_witness_names_it()
    {
        HashAnew(from: 4);

        Assert.That(Named(await Verify(withWitness: false)), Is.EqualTo(["Checkpoint"]), "The chain agrees with itself, and not with what was signed.");
        Assert.That(Named(await Verify(withWitness: true)), Is.EquivalentTo(["Checkpoint", $"{clientId} Rewritten 10"]));
    }

    [Test]
    public async Task A_tail_cut_off_with_every_trace_of_it_does_not_give_the_root_and_the_witness_names_it()
    {
        Tamper("""
            DELETE FROM ledger_entry WHERE chain_id = @Chain AND sequence > 4;
            UPDATE ledger_head SET sequence = 4, checkpoint_sequence = 4, hash = (SELECT hash FROM ledger_entry WHERE chain_id = @Chain AND sequence = 4) WHERE chain_id = @Chain
            """);

        Assert.That(Named(await Verify(withWitness: false)), Is.EqualTo(["Checkpoint"]));
        Assert.That(Named(await Verify(withWitness: true)), Is.EquivalentTo(["Checkpoint", $"{clientId} Truncated 5"]));
    }

    [Test]
    public async Task A_chain_dropped_with_its_record_does_not_give_the_root_and_the_witness_names_it()
    {
        // The partner's chain has no record, so that nothing else tells of it.
        var partner = Personas.Harbour.Id;
        Tamper("DELETE FROM ledger_entry WHERE chain_id = @Partner; DELETE FROM ledger_head WHERE chain_id = @Partner");

        Assert.That(Named(await Verify(withWitness: false)), Is.EqualTo(["Checkpoint"]));
        Assert.That(Named(await Verify(withWitness: true)), Is.EquivalentTo(["Checkpoint", $"{partner} Dropped 1"]));
    }

    [Test]
    public async Task An_old_database_put_back_agrees_with_itself_and_only_the_witness_knows()
    {
        using (var connection = host.OpenDatabase())
        {
            states[1].PutBack(connection);
        }

        Assert.That(Named(await Verify(withWitness: false)), Is.Empty, "It was sound when it was kept.");
        Assert.That(Named(await Verify(withWitness: true)), Is.EquivalentTo(["Restored @3", $"{clientId} Truncated 8"]));
    }

    [Test]
    public async Task An_old_database_that_went_on_has_another_past_than_the_witness_knows()
    {
        using (var connection = host.OpenDatabase())
        {
            states[1].PutBack(connection);
        }

        (await (await host.As("client")).Get(Record(clientId))).Expect(HttpStatusCode.OK);
        await host.Services.GetRequiredService<Checkpointing>().Turn(CancellationToken.None);
        var lines = await File.ReadAllLinesAsync(witness);

        Assert.That(Named(await Verify(withWitness: true)), Has.Some.EqualTo("Restored @3"));
        Assert.That(lines, Has.Length.EqualTo(3), "The witness is never written over.");
        Assert.That(host.Log.All, Does.Contain("knows checkpoint 3, which is none of this database's"));
    }

    [Test]
    public async Task A_checkpoint_that_was_not_signed_here_is_named()
    {
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var kept = Kept(2);
        var parts = kept.Split('.');
        var signature = Base64Url(stranger.SignData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), HashAlgorithmName.SHA256));
        Tamper("UPDATE ledger_checkpoint SET statement = @Text WHERE sequence = 2", $"{parts[0]}.{parts[1]}.{signature}");
        Assert.That(Named(await Verify(withWitness: false)), Is.EqualTo(["Forged @2"]));

        var fewer = Encoding.UTF8.GetString(FromBase64Url(parts[1])).Replace("\"entries\":", "\"entries\":1", StringComparison.Ordinal);
        Tamper("UPDATE ledger_checkpoint SET statement = @Text WHERE sequence = 2", $"{parts[0]}.{Base64Url(Encoding.UTF8.GetBytes(fewer))}.{parts[2]}");
        Assert.That(Named(await Verify(withWitness: false)), Is.EqualTo(["Forged @2"]));

        var none = Base64Url("""{"alg":"none","typ":"ledger-checkpoint+json"}"""u8.ToArray());
        Tamper("UPDATE ledger_checkpoint SET statement = @Text WHERE sequence = 2", $"{none}.{parts[1]}.");
        Assert.That(Named(await Verify(withWitness: false)), Is.EqualTo(["Forged @2"]));
    }

    [Test]
    public async Task A_whole_ledger_made_anew_and_signed_with_another_key_is_named()
    {
        HashAnew(from: 4);
        Tamper("DELETE FROM ledger_checkpoint; UPDATE ledger_head SET checkpoint_sequence = NULL, counted_in = NULL");
        using var other = new OwnData(TestDatabase.Sqlite);
        var strangers = KeysIn(other.Folder);
        var services = host.Services;
        using var tree = new CheckpointTree(
            services.GetRequiredService<CheckpointRepository>(), strangers, services.GetRequiredService<WriteQueue>(), TimeProvider.System);
        Assert.That(await tree.Make(CancellationToken.None), Is.Not.Null);

        Assert.That(Named(await Verify(withWitness: false)), Has.Some.EqualTo("Forged @1"));
        Assert.That(
            Named(await Verify(withWitness: true)), Is.SupersetOf(["Forged @1", "Restored @1", "Restored @2", $"{clientId} Rewritten 10"]));
    }

    [Test]
    public async Task With_anothers_keys_no_checkpoint_is_believed()
    {
        using var other = new OwnData(TestDatabase.Sqlite);
        var strangers = KeysIn(other.Folder);
        strangers.Sign("made"u8.ToArray());

        var report = await Verify(withWitness: false, strangers.Published());
        Assert.That(Named(report), Is.EqualTo(["Forged @1", "Forged @2", "Forged @3", "Checkpoint"]));
        Assert.That(report.Faults[0].Detail, Does.Contain("which is none of this installation's"));
    }

    [TestCase("DELETE FROM ledger_checkpoint WHERE sequence = 2", "Checkpoint @2")]
    [TestCase("DELETE FROM ledger_checkpoint WHERE sequence = 1", "Checkpoint @1")]
    public async Task A_checkpoint_that_was_taken_away_is_missed(string tampering, string named)
    {
        Tamper(tampering);
        Assert.That(Named(await Verify(withWitness: false)), Is.EqualTo([named]));
    }

    [Test]
    public async Task A_newest_checkpoint_that_was_taken_away_is_known_to_the_witness()
    {
        Tamper("DELETE FROM ledger_checkpoint WHERE sequence = 3");
        Assert.That(Named(await Verify(withWitness: true)), Has.Some.EqualTo("Restored @3"));
    }

    [Test]
    public async Task A_witness_that_was_changed_is_not_believed()
    {
        var text = await File.ReadAllTextAsync(witness);
        var lines = text.Split('\n');
        foreach (var (changed, line) in new[]
        {
            (text.Replace(lines[1] + "\n", "", StringComparison.Ordinal), 2),
            (text.Replace(lines[1], lines[0], StringComparison.Ordinal), 2),
            (text.Replace(lines[1], lines[1].Replace(",10,", ",11,", StringComparison.Ordinal).Replace("\"sequence\":7", "\"sequence\":6", StringComparison.Ordinal), StringComparison.Ordinal), 2),
            (text.Replace(lines[2], "{ }", StringComparison.Ordinal), 3),
        })
        {
            using var stream = new MemoryStream(Encoding.UTF8.GetBytes(changed));
            var report = await Verification().Run(stream, null, _ => { }, CancellationToken.None);
            Assert.That(Named(report), Does.Contain($"Witness @{line}"));
        }
    }

    [Test]
    public async Task A_server_that_runs_does_not_sign_over_what_was_changed()
    {
        HashAnew(from: 4);
        (await (await host.As("client")).Get(Record(clientId))).Expect(HttpStatusCode.OK);
        var services = host.Services;
        using var tree = new CheckpointTree(
            services.GetRequiredService<CheckpointRepository>(), services.GetRequiredService<CheckpointKeys>(),
            services.GetRequiredService<WriteQueue>(), TimeProvider.System);

        Assert.That(async () => await tree.Make(CancellationToken.None), Throws.TypeOf<LedgerDiffers>());
    }

    private const string MakeRoom = """
        UPDATE ledger_entry SET sequence = -sequence - 1 WHERE chain_id = @Chain AND sequence > 3;
        UPDATE ledger_entry SET sequence = -sequence WHERE chain_id = @Chain AND sequence < 0
        """;

    private LedgerVerification Verification()
    {
        var services = host.Services;
        var tree = new CheckpointTree(
            services.GetRequiredService<CheckpointRepository>(), services.GetRequiredService<CheckpointKeys>(),
            services.GetRequiredService<WriteQueue>(), TimeProvider.System);
        return new LedgerVerification(
            services.GetRequiredService<Database>(), services.GetRequiredService<CheckpointRepository>(), tree, services.GetRequiredService<CheckpointKeys>());
    }

    private async Task<LedgerReport> Verify(bool withWitness, IReadOnlyList<PublishedKey>? keys = null)
    {
        await using var known = withWitness ? new FileStream(witness, FileMode.Open, FileAccess.Read, FileShare.ReadWrite) : null;
        return await Verification().Run(known, keys, _ => { }, CancellationToken.None);
    }

    /// <summary>The faults as chain, kind and entry, or kind and checkpoint.</summary>
    private static List<string> Named(LedgerReport report) =>
    [
        .. report.Faults.Select(fault => fault.ChainId is { } chain
            ? $"{chain} {fault.Kind} {fault.Entry}"
            : $"{fault.Kind}{(fault.Checkpoint is { } checkpoint ? $" @{checkpoint}" : "")}"),
    ];

    private void Tamper(string sql, string text = "")
    {
        using var connection = host.OpenDatabase();
        var entry = Chain(connection)[3];
        var forged = Forge(entry);
        connection.Execute(sql, new
        {
            Chain = clientId,
            Partner = Personas.Harbour.Id,
            Forged = forged,
            ForgedHash = LedgerChain.HashOf(entry.PreviousHash, forged),
            Id = Personas.AuditorId,
            LongAgo = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero),
            Text = text,
        });
    }

    /// <summary>Changes an entry and hashes it and all behind it anew, the head too: what somebody with the database and this code can do.</summary>
    private void HashAnew(int from)
    {
        using var connection = host.OpenDatabase();
        var chain = Chain(connection);
        var previous = chain[from - 1].PreviousHash;
        foreach (var entry in chain.Skip(from - 1))
        {
            var canonical = entry.Sequence == from ? Forge(entry) : entry.Canonical;
            var hash = LedgerChain.HashOf(previous, canonical);
            connection.Execute(
                """
                UPDATE ledger_entry SET previous_hash = @previous, hash = @hash, canonical = @canonical WHERE chain_id = @clientId AND sequence = @Sequence;
                UPDATE ledger_head SET hash = @hash WHERE chain_id = @clientId
                """,
                new { previous, hash, canonical, clientId, entry.Sequence });
            previous = hash;
        }
    }

    /// <summary>Another outcome: nothing that a column holds.</summary>
    private static byte[] Forge(LedgerEntry entry) =>
        Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(entry.Canonical).Replace("\"outcome\":4", "\"outcome\":2", StringComparison.Ordinal));

    private List<LedgerEntry> Chain(DbConnection connection) =>
    [
        .. connection.Query<Row>(
                "SELECT chain_id, sequence, previous_hash, hash, canonical FROM ledger_entry WHERE chain_id = @clientId ORDER BY sequence", new { clientId })
            .Select(row => new LedgerEntry(row.ChainId, row.Sequence, row.PreviousHash, row.Hash, row.Canonical)),
    ];

    private string Kept(long sequence)
    {
        using var connection = host.OpenDatabase();
        return connection.ExecuteScalar<string>("SELECT statement FROM ledger_checkpoint WHERE sequence = @sequence", new { sequence })!;
    }

    private CheckpointKeys KeysIn(string folder) => new(
        new DataFolder(folder), host.Services.GetRequiredService<IDataProtectionProvider>(),
        new Microsoft.Extensions.Configuration.ConfigurationBuilder().Build(), host.Services.GetRequiredService<IHostEnvironment>());

    private static string Base64Url(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);

    private static byte[] FromBase64Url(string text) => System.Buffers.Text.Base64Url.DecodeFromChars(text);

    private sealed record Row
    {
        public Guid ChainId { get; init; }

        public long Sequence { get; init; }

        public byte[] PreviousHash { get; init; } = [];

        public byte[] Hash { get; init; } = [];

        public byte[] Canonical { get; init; } = [];
    }
}
