using System.Data.Common;
using System.Runtime.CompilerServices;
using DbUp.Builder;
using DbUp.Engine.Output;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace PersonalCareApi.Data;

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
