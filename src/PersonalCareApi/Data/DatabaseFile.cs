using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace PersonalCareApi.Data;

/// <summary>What a file of the embedded database holds.</summary>
/// <param name="Bytes">How long it is.</param>
/// <param name="Checkpoint">The newest checkpoint of its ledger; null before the first.</param>
/// <param name="CheckpointAt">When that was made.</param>
internal sealed record DatabaseFileState(long Bytes, long? Checkpoint, DateTimeOffset? CheckpointAt);

/// <summary>Copies of the embedded database, made while servers use it, and put in its place while none does.</summary>
/// <remarks>A copy comes under its name only when it is whole, sound and on the disk.</remarks>
internal sealed class DatabaseFile(Dialect dialect, MigrationRunner migrations)
{
    /// <summary>About 16 MB: so often is progress told, and a copy broken off.</summary>
    private const int PagesAtATime = 4096;

    private const string Unfinished = ".unfinished";
    private const int Busy = 5;
    private const int NoDatabase = 26;
    private const int Corrupt = 11;

    /// <summary>Where the database lies.</summary>
    /// <exception cref="NotEmbedded">It is a server's.</exception>
    public string Path => dialect is SqliteDialect
        ? System.IO.Path.GetFullPath(new SqliteConnectionStringBuilder(dialect.ConnectionString).DataSource)
        : throw new NotEmbedded();

    /// <summary>Copies the database as it is at this moment; whoever writes meanwhile goes on.</summary>
    /// <param name="file">The copy; there must be none of that name.</param>
    /// <param name="tell">Told how many of how many pages are copied, now and then.</param>
    /// <param name="ct">Breaks it off.</param>
    public DatabaseFileState BackUp(string file, Action<int, int> tell, CancellationToken ct)
    {
        RequireFile(Path);
        if (File.Exists(file))
        {
            throw new DatabaseFileRefused($"{file} is there already. A backup is never written over another.");
        }

        return Copy(Path, file, tell, ct);
    }

    /// <summary>Puts a copy in the place of the database.</summary>
    /// <param name="file">The copy.</param>
    /// <param name="aside">Where the database that is there is moved; null to refuse where there is one.</param>
    /// <param name="tell">Told how many of how many pages are copied, now and then.</param>
    /// <param name="ct">Breaks it off; before it is done nothing has happened.</param>
    public DatabaseFileState Restore(string file, string? aside, Action<int, int> tell, CancellationToken ct)
    {
        if (Lying.Any(File.Exists) && aside is null)
        {
            throw new DatabaseFileRefused($"There is a database: {Path}. With --replace it is moved aside.");
        }

        RequireFile(file);

        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        using var migrationLock = dialect.LockForMigration();
        if (File.Exists(Path))
        {
            Release(Path);
        }

        var beside = $"{Path}.restored";
        File.Delete(beside);
        var state = Copy(file, beside, tell, ct);

        // With what lies beside it: a log that stays would be taken for that of the copy.
        foreach (var old in Lying.Where(File.Exists))
        {
            File.Move(old, aside + old[Path.Length..], overwrite: false);
        }

        File.Move(beside, Path, overwrite: false);
        return state;
    }

    private string[] Lying => [Path, $"{Path}-wal", $"{Path}-shm"];

    private DatabaseFileState Copy(string from, string to, Action<int, int> tell, CancellationToken ct)
    {
        var unfinished = to + Unfinished;
        File.Delete(unfinished);
        try
        {
            // For its owner alone, like the database itself.
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            new FileStream(unfinished, options).Dispose();
            var (checkpoint, at) = CopyPages(from, unfinished, tell, ct);
            using (var written = new FileStream(unfinished, FileMode.Open, FileAccess.ReadWrite))
            {
                written.Flush(flushToDisk: true);
            }

            File.Move(unfinished, to, overwrite: false);
            return new DatabaseFileState(new FileInfo(to).Length, checkpoint, at);
        }
        catch (SqliteException error) when (error.SqliteErrorCode is NoDatabase or Corrupt)
        {
            throw new DatabaseFileRefused($"{from} is no sound database: {error.Message}");
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    private (long? Checkpoint, DateTimeOffset? At) CopyPages(string from, string to, Action<int, int> tell, CancellationToken ct)
    {
        using var source = Open(from, SqliteOpenMode.ReadOnly);
        using var copy = Open(to);

        // The copy is of what this transaction sees: without it every commit of a server would begin the copy anew.
        using var snapshot = source.BeginTransaction(deferred: true);
        Ask(source, "SELECT COUNT(*) FROM sqlite_master");
        using (var backup = raw.sqlite3_backup_init(copy.Handle, "main", source.Handle, "main"))
        {
            for (var result = raw.SQLITE_OK; result != raw.SQLITE_DONE;)
            {
                ct.ThrowIfCancellationRequested();
                result = raw.sqlite3_backup_step(backup, PagesAtATime);
                if (result is not (raw.SQLITE_OK or raw.SQLITE_DONE))
                {
                    SqliteException.ThrowExceptionForRC(result, copy.Handle);
                }

                var total = raw.sqlite3_backup_pagecount(backup);
                tell(total - raw.sqlite3_backup_remaining(backup), total);
            }
        }

        // In one file alone: nobody has to know of a log beside it.
        Ask(copy, "PRAGMA journal_mode = DELETE");
        if (Ask(copy, "PRAGMA integrity_check(1)") is not "ok" and var fault)
        {
            throw new DatabaseFileRefused($"{from} is damaged: {fault}");
        }

        if (Ask(copy, "SELECT COUNT(*) FROM sqlite_master WHERE name = 'SchemaVersions'") is not 1L)
        {
            throw new DatabaseFileRefused($"{from} is not a database of this program.");
        }

        if (migrations.Unknown(Names(copy)) is [var unknown, ..])
        {
            throw new DatabaseFileRefused($"{from} is of a newer version of this program: {unknown} is not known to this one.");
        }

        return Newest(copy);
    }

    private static (long? Checkpoint, DateTimeOffset? At) Newest(SqliteConnection copy)
    {
        if (Ask(copy, "SELECT COUNT(*) FROM sqlite_master WHERE name = 'ledger_checkpoint'") is not 1L)
        {
            // Of a version before there were any.
            return (null, null);
        }

        var newest = copy.QuerySingleOrDefault<NewestRow>(
            "SELECT sequence, at FROM ledger_checkpoint WHERE sequence = (SELECT MAX(sequence) FROM ledger_checkpoint)");
        return (newest?.Sequence, newest?.At);
    }

    private static IReadOnlyList<string> Names(SqliteConnection copy) =>
        [.. copy.Query<string>("SELECT ScriptName FROM SchemaVersions")];

    /// <summary>Makes sure that nobody has it open, and leaves it in one file.</summary>
    private static void Release(string file)
    {
        using var database = Open(file);
        try
        {
            // Leaving WAL takes the file for oneself alone, so it fails while any server has it open.
            if (Ask(database, "PRAGMA journal_mode = DELETE") is "delete")
            {
                return;
            }
        }
        catch (SqliteException error) when (error.SqliteErrorCode == Busy)
        {
            // Said below.
        }
        catch (SqliteException error) when (error.SqliteErrorCode is NoDatabase or Corrupt)
        {
            // It is damaged, which is why there is a restore: nobody can serve from it.
            return;
        }

        throw new DatabaseFileRefused("A server has the database open. Stop every server of this installation first.");
    }

    private static SqliteConnection Open(string file, SqliteOpenMode mode = SqliteOpenMode.ReadWrite)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = file, Mode = mode, Pooling = false, DefaultTimeout = 5 }.ToString());
        connection.Open();
        return connection;
    }

    private static object? Ask(SqliteConnection connection, string statement)
    {
        using var command = connection.CreateCommand();
        command.CommandText = statement;
        return command.ExecuteScalar();
    }

    private static void RequireFile(string file)
    {
        if (!File.Exists(file))
        {
            throw new DatabaseFileRefused($"There is no {file}.");
        }
    }

    private sealed record NewestRow
    {
        public required long Sequence { get; init; }

        public required DateTimeOffset At { get; init; }
    }
}

/// <summary>A file was not copied or not put in place; nothing has changed. The message says why.</summary>
internal class DatabaseFileRefused(string message) : Exception(message);

/// <summary>The database is not a file of this program's.</summary>
internal sealed class NotEmbedded() : DatabaseFileRefused(
    "This installation is on SQL Server, whose backups are the server's own: BACKUP DATABASE, its managed service, or its snapshots. The README says what belongs to one.");
