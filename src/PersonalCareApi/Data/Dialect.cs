using System.Data.Common;
using DbUp.Builder;
using DbUp.Engine.Output;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;
using PersonalCareApi.Configuration;

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
