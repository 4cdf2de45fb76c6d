using System.Data.Common;
using PersonalCareApi.Data;
using PersonalCareApi.Tests.TestHost;

namespace PersonalCareApi.Tests.Data;

/// <summary>A version that a transaction has compared is not raised before that transaction has ended, on whichever server it is.</summary>
[OnEachDatabase]
internal sealed class HeldAccessTests(TestDatabase database)
{
    private static readonly TimeSpan Promptly = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AWhile = TimeSpan.FromMilliseconds(300);

    private OwnData data = null!;
    private Dialect dialect = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        data = new OwnData(database);
        (await new Operator(data).Run("migrate")).Expect(0);
        dialect = data.Dialect;
    }

    [OneTimeTearDown]
    public void Stop()
    {
        (dialect as IDisposable)?.Dispose();
        data.Dispose();
    }

    [TestCase(false, true)]
    [TestCase(true, false)]
    [TestCase(true, true)]
    public async Task Who_changes_access_has_it_alone(bool firstChanges, bool secondChanges)
    {
        await using var first = await Begin(firstChanges).WaitAsync(Promptly);
        var second = Task.Run(() => Begin(secondChanges));

        Assert.That(await Task.WhenAny(second, Task.Delay(AWhile)), Is.Not.SameAs(second), "It waits.");
        await first.Transaction.CommitAsync();
        await using var after = await second.WaitAsync(Promptly);
        await after.Transaction.RollbackAsync();
    }

    [Test]
    public async Task Who_compares_waits_for_nobody_who_compares()
    {
        if (database == TestDatabase.Sqlite)
        {
            Assert.Ignore("The embedded database has one writer at a time.");
        }

        await using var first = await Begin(toChange: false).WaitAsync(Promptly);
        await using var second = await Begin(toChange: false).WaitAsync(Promptly);
        await second.Transaction.CommitAsync();
        await first.Transaction.CommitAsync();
    }

    private async Task<Held> Begin(bool toChange)
    {
        var connection = dialect.Connect();
        await connection.OpenAsync();
        dialect.Prepare(connection);
        var transaction = await connection.BeginTransactionAsync(dialect.WriteIsolation);
        dialect.HoldAccess(transaction, toChange);
        return new Held(connection, transaction);
    }

    private sealed record Held(DbConnection Connection, DbTransaction Transaction) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Transaction.DisposeAsync();
            await Connection.DisposeAsync();
        }
    }
}
