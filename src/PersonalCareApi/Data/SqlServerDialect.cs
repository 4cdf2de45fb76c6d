using System.Data.Common;
using DbUp.Builder;
using DbUp.Engine.Output;
using Microsoft.Data.SqlClient;

namespace PersonalCareApi.Data;

/// <summary>SQL Server 2019 and later, Azure SQL, and servers that speak their language.</summary>
internal sealed class SqlServerDialect(string connectionString) : Dialect(connectionString)
{
    private const int Deadlock = 1205;
    private const int LockTimeout = 1222;
    private const int SnapshotConflict = 3960;
    private const int Timeout = -2;
    private const int UniqueConstraint = 2627;
    private const int UniqueIndex = 2601;
    private const int DatabaseExists = 1801;
    private const int CannotOpenDatabase = 4060;
    private const int NoSuchDatabase = 911;
    private const string TakeLock = """
        DECLARE @result int;
        EXEC @result = sp_getapplock @Resource = @What, @LockMode = @Mode, @LockOwner = @Owner, @LockTimeout = @Milliseconds;
        SELECT @result;
        """;

    private static readonly TimeSpan MigrationPatience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AccessPatience = TimeSpan.FromSeconds(15);

    public override string Name => "SqlServer";

    public override string SystemName => "microsoft.sql_server";

    public override string FirstRows => "OFFSET 0 ROWS FETCH NEXT @Limit ROWS ONLY";

    // The one level that all servers have and mean alike: what was only read, others may change before the commit. What must not
    // change is held by HoldAccess; everything else is compared in the statement that writes.
    public override System.Data.IsolationLevel WriteIsolation => System.Data.IsolationLevel.ReadCommitted;

    public override DbConnection Connect() => new SqlConnection(ConnectionString);

    public override void EnsureDatabase(IUpgradeLog log)
    {
        try
        {
            DbUp.EnsureDatabase.For.SqlDatabase(ConnectionString, log);
        }
        catch (SqlException error) when (error.Number == DatabaseExists)
        {
            // Another program that starts with this one has just made it.
        }
    }

    public override IDisposable LockForMigration()
    {
        // Held by the session, so it is gone with the connection however the program ends. Not pooled: a pooled session
        // outlives its connection, and the lock with it.
        var connection = new SqlConnection(new SqlConnectionStringBuilder(ConnectionString) { Pooling = false }.ConnectionString);
        try
        {
            connection.Open();
            return Takes(connection, null, "Migrations", "Exclusive", "Session", MigrationPatience)
                ? connection
                : throw new TimeoutException("Another program has been migrating this database for a minute.");
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // One lock for the whole database: changes of access are few, and last no longer than a commit.
    public override void HoldAccess(DbTransaction transaction, bool toChange)
    {
        if (!Takes((SqlConnection)transaction.Connection!, (SqlTransaction)transaction, "Access", toChange ? "Exclusive" : "Shared", "Transaction", AccessPatience))
        {
            throw new TimeoutException("Another program holds the access versions.");
        }
    }

    /// <summary>Whether the lock was got in time; it ends with its owner, the session or the transaction.</summary>
    private static bool Takes(SqlConnection connection, SqlTransaction? transaction, string what, string mode, string owner, TimeSpan patience)
    {
        using var command = new SqlCommand(TakeLock, connection, transaction);

        // By the database's name too: not every server keeps the locks of its databases apart.
        command.Parameters.Add("@What", System.Data.SqlDbType.NVarChar, 255).Value = $"PersonalCareApi.{what}.{connection.Database}";
        command.Parameters.Add("@Mode", System.Data.SqlDbType.VarChar, 32).Value = mode;
        command.Parameters.Add("@Owner", System.Data.SqlDbType.VarChar, 32).Value = owner;
        command.Parameters.Add("@Milliseconds", System.Data.SqlDbType.Int).Value = (int)patience.TotalMilliseconds;

        // Longer than the wait itself, which would otherwise end as a command that took too long.
        command.CommandTimeout = 2 * (int)patience.TotalSeconds;
        return (int)command.ExecuteScalar()! >= 0;
    }

    public override UpgradeEngineBuilder ForMigrations(SupportedDatabases to) => to.SqlDatabase(ConnectionString);

    // Ghost records and the log are the server's to clean; the README says what the operator must know.
    public override bool ForgetOverwritten(DbConnection connection) => true;

    public override bool IsMissing(DbException error) =>
        error is SqlException { Number: CannotOpenDatabase or NoSuchDatabase };

    public override bool IsDuplicate(DbException error) =>
        error is SqlException { Number: UniqueConstraint or UniqueIndex };

    public override bool IsTransient(DbException error) =>
        error is SqlException { Number: Deadlock or LockTimeout or SnapshotConflict or Timeout };

    // From class 17 on it is no fault of the statement: resources, limits, the disk; from 20 on the connection is gone.
    public override bool IsUnavailable(DbException error) =>
        error is SqlException { Number: Timeout or CannotOpenDatabase } or SqlException { Class: >= 17 };
}
