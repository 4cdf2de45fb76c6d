using System.Data;
using System.Data.Common;
using System.Net;
using DbUp.Builder;
using DbUp.Engine.Output;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using PersonalCareApi.Data;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Data;

/// <summary>While the database is not to be had nothing is half done, and whoever asks is told to come again.</summary>
[TestFixture]
internal sealed class OutageTests
{
    private ApiHost host = null!;
    private FalteringDialect dialect = null!;
    private Api practitioner = null!;
    private Api client = null!;

    [SetUp]
    public async Task Start()
    {
        var data = new OwnData(TestDatabase.Sqlite);
        dialect = new FalteringDialect($"{data.Dialect.ConnectionString};Default Timeout=1");
        host = new ApiHost(data, register: services => services.AddSingleton<Dialect>(dialect));
        practitioner = await host.As("practitioner");
        client = await host.As("client");
        (await client.Post(Record(Personas.ClientId, "/consents"), Permit(["assessments"]))).Expect(HttpStatusCode.Created);
    }

    [TearDown]
    public async Task Stop()
    {
        await host.DisposeAsync();
        dialect.Dispose();
        host.Data.Dispose();
    }

    [Test]
    public async Task A_locked_database_lets_nothing_leave_and_goes_on_when_it_is_free()
    {
        var before = await Total();
        await using (var other = host.OpenDatabase())
        {
            await using var holds = ((SqliteConnection)other).BeginTransaction(deferred: false);
            await ExpectUnavailable(await Write());
            await ExpectUnavailable(await practitioner.Get(Record(Personas.ClientId, "/assessments")));
            await holds.RollbackAsync();
        }

        await ExpectRecovery(before);
    }

    [Test]
    public async Task A_full_disk_lets_nothing_leave_and_goes_on_when_there_is_room()
    {
        var before = await Total();
        dialect.IsFull = true;
        Answer refused;
        var written = 0;
        do
        {
            // What still fits in the pages that are there is written whole.
            refused = await Write();
            written += refused.Status == HttpStatusCode.Created ? 1 : 0;
        }
        while (refused.Status == HttpStatusCode.Created && written < 1000);

        await ExpectUnavailable(refused);
        dialect.IsFull = false;

        await ExpectRecovery(before + written);
    }

    [Test]
    public async Task A_lost_database_is_told_at_once_and_by_readiness_and_comes_back_without_a_restart()
    {
        var before = await Total();
        dialect.IsLost = true;
        for (var asked = 0; asked < 6; asked++)
        {
            await ExpectUnavailable(await Write());
        }

        await ExpectUnavailable(await host.Anonymous().Get("/health/ready"));
        (await host.Anonymous().Get("/health/live")).Expect(HttpStatusCode.OK);
        dialect.IsLost = false;

        await ExpectRecovery(before);
    }

    private Task<Answer> Write() => practitioner.Post(Record(Personas.ClientId, "/assessments"), Phq9(1, 1, 1, 1, 1, 1, 1, 1, 0));

    private static Task ExpectUnavailable(Answer answer)
    {
        answer.Expect(HttpStatusCode.ServiceUnavailable);
        Assert.That(answer.Header("Retry-After"), Is.Not.Null);
        Assert.That(answer.Header("Access-Decision"), Is.Null);
        Assert.That(answer.Text, Does.Not.Contain("SQLite"));
        return Task.CompletedTask;
    }

    /// <summary>Once it is to be had again, what was refused has left nothing, and the same may be done.</summary>
    private async Task ExpectRecovery(int total)
    {
        // As long as the circuit is open the answer is the same; the clock passes that time.
        host.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.That(await Total(), Is.EqualTo(total));
        (await Write()).Expect(HttpStatusCode.Created);
        Assert.That(await Total(), Is.EqualTo(total + 1));
        await using var beside = host.OpenDatabase();
        Assert.That(
            Dapper.SqlMapper.ExecuteScalar<long>(beside, "SELECT COUNT(*) FROM ledger_head AS h WHERE sequence <> (SELECT MAX(sequence) FROM ledger_entry WHERE chain_id = h.chain_id)"),
            Is.Zero);
    }

    private async Task<int> Total() => (await practitioner.Get(Record(Personas.ClientId, "/assessments"))).Total()!.Value;

    /// <summary>The embedded database, as it is when its disk is full or gone.</summary>
    private sealed class FalteringDialect(string connectionString) : Dialect(connectionString), IDisposable
    {
        private const int CannotOpen = 14;

        private readonly SqliteDialect whole = new(connectionString);

        private readonly List<DbConnection> handedOut = [];

        /// <summary>No page more than there are.</summary>
        public bool IsFull
        {
            get;
            set
            {
                field = value;
                handedOut.Where(one => one.State == ConnectionState.Open).ToList().ForEach(Bound);
                whole.CloseIdle();
            }
        }

        /// <summary>The connections that were open are closed, and none can be opened.</summary>
        public bool IsLost
        {
            get;
            set
            {
                field = value;
                handedOut.ForEach(one => one.Close());
                whole.CloseIdle();
            }
        }

        public void Dispose() => whole.Dispose();

        public override string Name => whole.Name;

        public override string SystemName => whole.SystemName;

        public override string FirstRows => whole.FirstRows;

        public override IsolationLevel WriteIsolation => whole.WriteIsolation;

        public override bool ForgetOverwritten(DbConnection connection) => whole.ForgetOverwritten(connection);

        public override DbConnection Connect()
        {
            if (IsLost)
            {
                throw new SqliteException("unable to open database file", CannotOpen);
            }

            var connection = whole.Connect();
            handedOut.Add(connection);
            return connection;
        }

        public override void Prepare(DbConnection connection)
        {
            whole.Prepare(connection);
            Bound(connection);
        }

        private void Bound(DbConnection connection)
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"PRAGMA max_page_count = {(IsFull ? 1 : 1_000_000)}";
            command.ExecuteNonQuery();
        }

        public override void EnsureDatabase(IUpgradeLog log) => whole.EnsureDatabase(log);

        public override IDisposable LockForMigration() => whole.LockForMigration();

        public override UpgradeEngineBuilder ForMigrations(SupportedDatabases to) => whole.ForMigrations(to);

        public override bool IsMissing(DbException error) => whole.IsMissing(error);

        public override bool IsDuplicate(DbException error) => whole.IsDuplicate(error);

        public override bool IsTransient(DbException error) => whole.IsTransient(error);

        public override bool IsUnavailable(DbException error) => whole.IsUnavailable(error);
    }
}
