using System.Data.Common;
using System.Net;
using System.Text;
using Dapper;
using PersonalCareApi.Development;
using PersonalCareApi.Domain.Ledger;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Promises;

/// <summary>Every use stands on the ledger before its answer leaves, and whoever changes the ledger is found out.</summary>
[OnEachDatabase]
internal sealed class LedgerTests(TestDatabase database)
{
    private ApiHost host = null!;
    private Guid clientId;
    private Api practitioner = null!;
    private Api client = null!;
    private readonly List<Answer> answers = [];

    [OneTimeSetUp]
    public async Task Live()
    {
        host = new ApiHost(database);
        clientId = await host.NewClient("ledger-subject");
        practitioner = await host.As("practitioner");
        client = host.As("ledger-subject", Personas.HarbourApp.Scopes);
        var assessments = Record(clientId, "/assessments");

        Answered(await practitioner.Get(assessments), HttpStatusCode.Forbidden);
        var consent = Answered(await client.Post(Record(clientId, "/consents"), Permit(["assessments"])), HttpStatusCode.Created);
        var assessment = Answered(await practitioner.Post(assessments, Phq9(0, 1, 0, 1, 0, 1, 0, 1, 0)), HttpStatusCode.Created);
        Answered(await practitioner.Get($"{assessments}/{assessment.Id}"), HttpStatusCode.OK);
        Answered(await practitioner.Get($"{assessments}/{assessment.Id}", ("If-None-Match", assessment.ETag)), HttpStatusCode.NotModified);
        Answered(await practitioner.Get($"{assessments}/{Personas.ClientId}"), HttpStatusCode.NotFound);
        Answered(await practitioner.Post(assessments, new { instrument = "phq-9" }), HttpStatusCode.UnprocessableEntity);
        Answered(await practitioner.Get(assessments, ("Purpose-Of-Use", "HPAYMT")), HttpStatusCode.Forbidden);
        Answered(await client.Post(Record(clientId, $"/consents/{consent.Id}/withdrawal"), new { }), HttpStatusCode.OK);
        Answered(await practitioner.Get(assessments), HttpStatusCode.Forbidden);
        Answered(await client.Get(Record(clientId, "/access-history")), HttpStatusCode.OK);
    }

    [OneTimeTearDown]
    public async Task Stop() => await host.DisposeAsync();

    [Test]
    public void Every_chain_verifies()
    {
        using var connection = host.OpenDatabase();

        Assert.That(Chains(connection), Has.Count.GreaterThan(3));
        Assert.That(Faults(connection), Is.Empty);
    }

    [TestCase("UPDATE ledger_entry SET canonical = @Forged WHERE chain_id = @Chain AND sequence = 4", "Entry 4 has been changed.")]
    [TestCase("UPDATE ledger_entry SET canonical = @Forged, hash = @ForgedHash WHERE chain_id = @Chain AND sequence = 4",
        "Entry 4 has been changed and hashed anew: entry 5 does not follow from it.")]
    [TestCase("DELETE FROM ledger_entry WHERE chain_id = @Chain AND sequence = 4", "Entry 4 is missing.")]
    [TestCase("DELETE FROM ledger_entry WHERE chain_id = @Chain AND sequence = 1", "Entry 1 is missing.")]
    [TestCase("DELETE FROM ledger_entry WHERE chain_id = @Chain AND sequence > 4", "the head is not its last entry")]
    [TestCase("DELETE FROM ledger_entry WHERE chain_id = @Chain", "the head has no entry")]
    [TestCase("DELETE FROM ledger_entry WHERE chain_id = @Chain AND sequence = 4; UPDATE ledger_entry SET sequence = sequence - 1 WHERE chain_id = @Chain AND sequence > 4",
        "Entry 4 is missing, and entry 5 stands in its place.")]
    [TestCase("UPDATE ledger_entry SET sequence = -3 WHERE chain_id = @Chain AND sequence = 3; UPDATE ledger_entry SET sequence = 3 WHERE chain_id = @Chain AND sequence = 4; UPDATE ledger_entry SET sequence = 4 WHERE chain_id = @Chain AND sequence = -3",
        "Entry 3 stands as number 4.")]
    [TestCase("""
        UPDATE ledger_entry SET sequence = -sequence - 1 WHERE chain_id = @Chain AND sequence > 3;
        UPDATE ledger_entry SET sequence = -sequence WHERE chain_id = @Chain AND sequence < 0;
        INSERT INTO ledger_entry (chain_id, sequence, id, partner_id, client_id, at, previous_hash, hash, canonical)
        SELECT chain_id, 4, @Id, partner_id, client_id, at, previous_hash, hash, canonical FROM ledger_entry WHERE chain_id = @Chain AND sequence = 3
        """, "Number 4 is entry 3: one was put in, there or before it.")]
    [TestCase("UPDATE ledger_entry SET client_id = @Other WHERE chain_id = @Chain AND sequence = 4", "entry 4 has columns that it does not say")]
    [TestCase("UPDATE ledger_entry SET at = @LongAgo WHERE chain_id = @Chain AND sequence = 4", "entry 4 has columns that it does not say")]
    [TestCase("UPDATE ledger_entry SET id = @Id WHERE chain_id = @Chain AND sequence = 4", "entry 4 has columns that it does not say")]
    public void Whoever_changes_a_row_is_found_and_the_place_named(string tampering, string fault)
    {
        using var connection = host.OpenDatabase();
        using var transaction = connection.BeginTransaction();
        var entry = Chains(connection, transaction)[clientId][3].Entry;
        var forged = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(entry.Canonical).Replace("\"permit\"", "\"denied\"", StringComparison.Ordinal));
        connection.Execute(
            tampering,
            new
            {
                Chain = clientId,
                Forged = forged,
                ForgedHash = LedgerChain.HashOf(entry.PreviousHash, forged),
                Id = Personas.AuditorId,
                Other = Personas.OtherClientId,
                LongAgo = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero),
            },
            transaction);

        Assert.That(Faults(connection, transaction), Is.EqualTo([$"{clientId}: {fault}"]));
        transaction.Rollback();
    }

    [Test]
    public void Every_answer_names_an_entry_of_the_clients_chain_that_tells_what_was_answered()
    {
        using var connection = host.OpenDatabase();
        var entries = Chains(connection)[clientId].ToDictionary(row => row.Use.Id, row => row.Use);

        using (Assert.EnterMultipleScope())
        {
            foreach (var answer in answers)
            {
                Assert.That(answer.Header("Access-Decision"), Is.Not.Null, answer.Text);
                var use = entries.GetValueOrDefault(Guid.Parse(answer.Header("Access-Decision")!));
                Assert.That(use?.Outcome, Is.EqualTo((int)answer.Status), answer.Text);
                Assert.That(use?.Decision, Is.EqualTo(answer.Status == HttpStatusCode.Forbidden ? "deny" : "permit"), answer.Text);
            }
        }

        Assert.That(answers.Select(answer => answer.Header("Access-Decision")), Is.Unique);
    }

    [Test]
    public async Task An_answer_that_there_is_nothing_grows_the_partners_chain_alone()
    {
        var colleague = await host.As("colleague");
        var elsewhere = await host.As("elsewhere-practitioner");
        foreach (var (api, path, partner) in new[]
        {
            (colleague, Record(clientId, "/assessments"), Personas.Harbour.Id),
            (colleague, Record(Personas.AuditorId, "/assessments"), Personas.Harbour.Id),
            (elsewhere, Record(clientId, "/assessments"), Personas.Elsewhere.Id),
        })
        {
            var before = Lengths();
            var answer = (await api.Get(path)).Expect(HttpStatusCode.NotFound);

            Assert.That(answer.Header("Access-Decision"), Is.Null);
            Assert.That(Grown(before, Lengths()), Is.EqualTo(new Dictionary<Guid, int> { [partner] = 1 }), path);
        }

        // The planted difference: an answer to somebody related grows the client's.
        var lengths = Lengths();
        await practitioner.Get(Record(clientId, "/assessments"));
        Assert.That(Grown(lengths, Lengths()), Is.EqualTo(new Dictionary<Guid, int> { [clientId] = 1 }));
    }

    [Test]
    public async Task Where_the_ledger_cannot_be_written_no_data_leaves_and_nothing_is_written()
    {
        await using var failing = new ApiHost(database);
        var api = await failing.As("client");
        var own = Record(Personas.ClientId);
        var known = (await api.Get(own)).Expect(HttpStatusCode.OK);
        (await api.Post($"{own}/consents", Permit(["assessments"]))).Expect(HttpStatusCode.Created);

        using var connection = failing.OpenDatabase();
        connection.Execute(FullLedger);
        var before = Counts(connection);
        Answer[] refused =
        [
            await api.Get(own),
            await api.Get($"{own}/consents"),
            await api.Get(own, ("If-None-Match", known.ETag)),
            await api.Get("/v1/clients"),
            await api.Post($"{own}/assessments", Phq9(0, 0, 0, 0, 0, 0, 0, 0, 0)),
            await api.Post($"{own}/consents", Permit(["goals"]), ("Idempotency-Key", "again")),
            await (await failing.As("colleague")).Get(own),
            await (await failing.As("practitioner")).Get($"{own}/goals-that-are-not-there"),
            await (await failing.As("practitioner")).Get($"{own}/access-history"),
        ];
        var after = Counts(connection);
        connection.Execute("DROP TRIGGER full_ledger");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(refused.Select(answer => (int)answer.Status), Is.EqualTo([503, 503, 503, 503, 503, 503, 503, 404, 503]));
            Assert.That(refused.Where(answer => answer.Header("Access-Decision") is not null || answer.Header("ETag") is not null), Is.Empty);
            Assert.That(refused.Where(answer => answer.Text.Contains("Moreau", StringComparison.Ordinal)), Is.Empty);
            Assert.That(after, Is.EqualTo(before));
        }

        Assert.That((await api.Get(own)).Expect(HttpStatusCode.OK).Text, Does.Contain("Moreau"), "What the check looks for is there otherwise.");
        Assert.That(Faults(connection), Is.Empty);
    }

    /// <summary>From then on no entry can be written.</summary>
    private string FullLedger => database == TestDatabase.Sqlite
        ? "CREATE TRIGGER full_ledger BEFORE INSERT ON ledger_entry BEGIN SELECT RAISE(ABORT, 'the ledger is full'); END"
        : "CREATE TRIGGER full_ledger ON ledger_entry AFTER INSERT AS BEGIN THROW 50001, 'The ledger is full.', 1; END";

    private Answer Answered(Answer answer, HttpStatusCode status)
    {
        answers.Add(answer.Expect(status));
        return answer;
    }

    private Dictionary<Guid, int> Lengths()
    {
        using var connection = host.OpenDatabase();
        return Chains(connection).ToDictionary(chain => chain.Key, chain => chain.Value.Count);
    }

    private static Dictionary<Guid, int> Grown(Dictionary<Guid, int> before, Dictionary<Guid, int> after) =>
        after.Where(chain => chain.Value != before.GetValueOrDefault(chain.Key))
            .ToDictionary(chain => chain.Key, chain => chain.Value - before.GetValueOrDefault(chain.Key));

    private static IReadOnlyList<string> Counts(DbConnection connection) =>
    [
        .. new[] { "assessment", "consent", "consent_grantee", "item_version", "change_row", "ledger_entry", "ledger_head", "idempotency" }
            .Select(table => $"{table}: {connection.ExecuteScalar<long>($"SELECT COUNT(*) FROM {table}")}"),
    ];

    /// <summary>An entry as its row holds it, and what it says.</summary>
    private sealed record Kept(LedgerEntry Entry, LedgerUse Use, bool ColumnsAgree);

    private static Dictionary<Guid, IReadOnlyList<Kept>> Chains(DbConnection connection, DbTransaction? transaction = null) =>
        connection.Query<Row>(
                "SELECT chain_id, sequence, id, partner_id, client_id, at, previous_hash, hash, canonical FROM ledger_entry ORDER BY chain_id, sequence",
                transaction: transaction)
            .GroupBy(row => row.ChainId)
            .ToDictionary(chain => chain.Key, chain => (IReadOnlyList<Kept>)[.. chain.Select(row => row.ToKept())]);

    /// <summary>The first thing wrong with each chain, by the chain.</summary>
    private static List<string> Faults(DbConnection connection, DbTransaction? transaction = null)
    {
        var chains = Chains(connection, transaction);
        var heads = connection.Query<Row>("SELECT chain_id, sequence, hash FROM ledger_head", transaction: transaction).ToList();
        var faults = new List<string>();
        foreach (var (chainId, chain) in chains)
        {
            var head = heads.Find(one => one.ChainId == chainId);
            var fault = LedgerChain.FirstFault(chain.Select(kept => kept.Entry))?.Detail
                ?? (chain.FirstOrDefault(kept => !kept.ColumnsAgree) is { } other ? $"entry {other.Entry.Sequence} has columns that it does not say" : null)
                ?? (head?.Sequence == chain[^1].Entry.Sequence && head.Hash.SequenceEqual(chain[^1].Entry.Hash) ? null : "the head is not its last entry");
            if (fault is not null)
            {
                faults.Add($"{chainId}: {fault}");
            }
        }

        faults.AddRange(heads.Where(head => !chains.ContainsKey(head.ChainId)).Select(head => $"{head.ChainId}: the head has no entry"));
        return faults;
    }

    private sealed record Row
    {
        public Guid ChainId { get; init; }

        public long Sequence { get; init; }

        public Guid Id { get; init; }

        public Guid PartnerId { get; init; }

        public Guid? ClientId { get; init; }

        public DateTimeOffset At { get; init; }

        public byte[] PreviousHash { get; init; } = [];

        public byte[] Hash { get; init; } = [];

        public byte[] Canonical { get; init; } = [];

        public Kept ToKept()
        {
            var use = LedgerChain.Read(Canonical);
            return new Kept(
                new LedgerEntry(ChainId, Sequence, PreviousHash, Hash, Canonical),
                use,
                use.Id == Id && use.PartnerId == PartnerId && use.ClientId == ClientId && use.At == At);
        }
    }
}
