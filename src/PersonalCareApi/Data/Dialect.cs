using System.Data.Common;
using System.Runtime.CompilerServices;
using DbUp.Builder;
using DbUp.Engine.Output;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;
using PersonalCareApi.Configuration;
using SQLitePCL;

namespace PersonalCareApi.Data;

/// <summary>All that differs between the two databases. Statements are written once, in what both understand.</summary>
internal abstract class Dialect(string connectionString)
{
    public string ConnectionString { get; } = connectionString;

    /// <summary>Whether this can be a connection string for that database.</summary>
    public static bool Understands(string provider, string connectionString)
    {
        try
        {
            return provider == Settings.SqlServer
                ? new SqlConnectionStringBuilder(connectionString).DataSource.Length > 0
                : new SqliteConnectionStringBuilder(connectionString).DataSource.Length > 0;
        }
        catch (Exception error) when (error is ArgumentException or FormatException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>The folder of the migrations that this database runs.</summary>
    public abstract string Name { get; }

    /// <summary>What OpenTelemetry calls this database.</summary>
    public abstract string SystemName { get; }

    /// <summary>What cuts a page off an ordered statement; takes the parameter <c>@Limit</c>.</summary>
    public abstract string FirstRows { get; }

    /// <summary>Under what the writer runs.</summary>
    public abstract System.Data.IsolationLevel WriteIsolation { get; }

    /// <summary>Keeps the access versions as they are for everybody until the transaction ends, so that what it compared still holds when it commits.</summary>
    /// <param name="transaction">In which nothing has been done yet.</param>
    /// <param name="toChange">Whether it will raise one: then nobody else compares any meanwhile.</param>
    /// <exception cref="TimeoutException">Others have kept them for too long.</exception>
    public virtual void HoldAccess(DbTransaction transaction, bool toChange)
    {
    }

    /// <summary>The writer has committed on this connection, or tried to, and nobody waits for what it did.</summary>
    public virtual void Committed(DbConnection writer)
    {
    }

    /// <summary>A connection, not yet open.</summary>
    public abstract DbConnection Connect();

    /// <summary>An open connection, with what must be set on it; for a thread of its own.</summary>
    public DbConnection Open()
    {
        var connection = Connect();
        try
        {
            connection.Open();
            Prepare(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The same for the one that writes.</summary>
    public virtual DbConnection OpenWriter() => Open();

    /// <summary>What must be set on every connection once it is open.</summary>
    public virtual void Prepare(DbConnection connection)
    {
    }

    /// <summary>Creates the database where it is missing.</summary>
    /// <param name="log">Where it is told; never the console, which belongs to the command that runs.</param>
    public abstract void EnsureDatabase(IUpgradeLog log);

    /// <summary>Held while migrations run, so that programs that start together run each script once.</summary>
    public abstract IDisposable LockForMigration();

    public abstract UpgradeEngineBuilder ForMigrations(SupportedDatabases to);

    /// <summary>Makes what was deleted or overwritten unreadable in the files at once, where the database can be told to.</summary>
    /// <returns>False where somebody was reading it; then it is to be tried again.</returns>
    public abstract bool ForgetOverwritten(DbConnection connection);

    /// <summary>There is no such database yet.</summary>
    public abstract bool IsMissing(DbException error);

    /// <summary>A row with that key is there already.</summary>
    public abstract bool IsDuplicate(DbException error);

    /// <summary>The same statement may well succeed if tried again at once.</summary>
    public abstract bool IsTransient(DbException error);

    /// <summary>The database is not to be had now, for this statement or any other: locked, full, not reached.</summary>
    public abstract bool IsUnavailable(DbException error);
}

/// <summary>The embedded database: one file beside the program.</summary>
internal sealed class SqliteDialect(string connectionString) : Dialect(connectionString), IDisposable
{
    private const int Constraint = 19;
    private const int PrimaryKey = 1555;
    private const int Unique = 2067;
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int InputOutput = 10;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int Protocol = 15;
    private const int LockAttempts = 600;

    /// <summary>In seconds: as long as all attempts at the lock take.</summary>
    private const int LongestWait = 60;

    /// <summary>Pages of 4 KB in the log before a commit writes it back: the same pages are changed again and again, and written back once.</summary>
    internal const int CheckpointPages = 8192;

    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(100);

    // FULL, because NORMAL in WAL loses acknowledged commits at a power cut (measured: 25 of 288; FULL none). The wait for
    // a lock is SQLite's own: the driver's sleeps too long between its looks. What is needed for a moment stays in memory:
    // a file of its own would be made and removed at each savepoint, and hold what nobody would overwrite. What a connection keeps of
    // the file is void with the next commit of another, so little is kept.
    private readonly string pragmas = $"""
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        PRAGMA foreign_keys = ON;
        PRAGMA busy_timeout = {new SqliteConnectionStringBuilder(connectionString).DefaultTimeout * 1000};
        PRAGMA secure_delete = ON;
        PRAGMA temp_store = MEMORY;
        PRAGMA cache_size = -1000;
        PRAGMA wal_autocheckpoint = {CheckpointPages};
        """;

    private readonly ConditionalWeakTable<sqlite3, object> prepared = [];
    private readonly SqlitePool pool = new(connectionString);
    private LogWriteBack? writeBack;

    static SqliteDialect()
    {
        // Before the library starts: it counts every allocation under one lock for all threads, and nobody asks for the count.
        Batteries_V2.Init();
        _ = raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
    }

    public override string Name => "Sqlite";

    public override string SystemName => "sqlite";

    public override string FirstRows => "LIMIT @Limit";

    // BEGIN IMMEDIATE: one writer at a time, so nothing that was checked can change before the commit.
    public override System.Data.IsolationLevel WriteIsolation => System.Data.IsolationLevel.Serializable;

    public override DbConnection Connect() => pool.Take();

    /// <inheritdoc cref="SqlitePool.CloseIdle"/>
    public void CloseIdle() => pool.CloseIdle();

    // What the writer keeps of the file stays good while no other program writes: enough for the upper pages of every index.
    public override DbConnection OpenWriter()
    {
        var connection = Open();
        try
        {
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA cache_size = -8000";
            command.ExecuteNonQuery();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public override void Committed(DbConnection writer)
    {
        if (((SqliteConnection)writer).Handle is { } handle)
        {
            (writeBack ??= new LogWriteBack(() => (SqliteConnection)Open())).Committed(handle);
        }
    }

    /// <summary>Whether the log is being written back beside the writer.</summary>
    internal bool IsWritingBack => writeBack is { IsRunning: true };

    public void Dispose()
    {
        writeBack?.Dispose();
        pool.Dispose();
    }

    public override void Prepare(DbConnection connection)
    {
        // Once for each that is really opened: what the pool gives back has been prepared, and to ask is slower than a read.
        if (((SqliteConnection)connection).Handle is not { } handle || prepared.TryGetValue(handle, out _))
        {
            return;
        }

        KeepPlans(handle);
        using var command = connection.CreateCommand();
        command.CommandText = pragmas;
        command.ExecuteNonQuery();
        prepared.AddOrUpdate(handle, handle);
    }

    /// <summary>The plan of a statement is made from the statement alone, once.</summary>
    /// <remarks>Otherwise a statement with a bound LIMIT, as each list has, is parsed and planned anew at every execution.</remarks>
    public static void KeepPlans(sqlite3 handle) => _ = raw.sqlite3_db_config(handle, raw.SQLITE_DBCONFIG_ENABLE_QPSG, 1, out _);

    public override void EnsureDatabase(IUpgradeLog log)
    {
        var file = new SqliteConnectionStringBuilder(ConnectionString).DataSource;
        if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder)
        {
            Directory.CreateDirectory(folder);
        }

        // For its owner alone, whatever the folder allows; the files beside it take after it.
        if (!OperatingSystem.IsWindows() && !File.Exists(file))
        {
            new FileStream(file, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.ReadWrite,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }).Dispose();
        }
    }

    public override IDisposable LockForMigration()
    {
        // A file beside the database, held exclusively: SQLite's own lock would be the one the scripts need.
        var file = new SqliteConnectionStringBuilder(ConnectionString).DataSource + ".migrating";
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
            }
            catch (IOException) when (attempt < LockAttempts)
            {
                Task.Delay(LockPause).GetAwaiter().GetResult();
            }
        }
    }

    // DbUp begins a transaction even to look whether a script is missing, and so waits for whoever writes: a server that starts
    // beside busy ones waits for them as long as for the lock, rather than to end.
    public override UpgradeEngineBuilder ForMigrations(SupportedDatabases to) =>
        to.SqliteDatabase(new SqliteConnectionStringBuilder(ConnectionString) { DefaultTimeout = LongestWait }.ToString());

    // Deleted cells are zeroed (secure_delete); what they were still stands in the log beside the file until it is cut off.
    public override bool ForgetOverwritten(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
        using var result = command.ExecuteReader();
        return result.Read() && result.GetInt64(0) == 0;
    }

    // Whoever opens it makes it.
    public override bool IsMissing(DbException error) => false;

    public override bool IsDuplicate(DbException error) =>
        error is SqliteException { SqliteErrorCode: Constraint, SqliteExtendedErrorCode: PrimaryKey or Unique };

    public override bool IsTransient(DbException error) =>
        error is SqliteException { SqliteErrorCode: Locked };

    // Busy has waited already as long as it may.
    public override bool IsUnavailable(DbException error) =>
        error is SqliteException { SqliteErrorCode: Busy or ReadOnly or InputOutput or Full or CannotOpen or Protocol };
}

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
