using System.Data.Common;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace PersonalCareApi.Data;

/// <summary>Writes the embedded database's log back into its file beside the writer, so that no commit waits for all of it.</summary>
/// <remarks>
/// Left to SQLite alone, the commit that fills the log writes it back while every request waits behind it (measured at 32
/// connections: the slowest hundredth of the reads waited twice as long). That is still what happens where this does not keep
/// up or fails, so the log grows no longer for it.
/// </remarks>
/// <param name="open">An open connection of its own.</param>
internal sealed class LogWriteBack(Func<SqliteConnection> open) : IDisposable
{
    /// <summary>In pages: so few that who commits meanwhile waits for no large flush.</summary>
    private const int Begins = 1024;

    /// <summary>In pages: half of what makes a commit write the log back itself.</summary>
    private const int Full = SqliteDialect.CheckpointPages / 2;

    private readonly Lock running = new();
    private Thread? run;
    private int pages;
    private volatile bool isFull;
    private bool disposed;

    /// <summary>Whether a part of the log is being written back now.</summary>
    public bool IsRunning => run is { IsAlive: true };

    /// <summary>The writer has committed: counts what it wrote into the log, and begins when that is much.</summary>
    public void Committed(sqlite3 writer)
    {
        _ = raw.sqlite3_db_status(writer, raw.SQLITE_DBSTATUS_CACHE_WRITE, out var written, out _, 1);
        pages += written;
        if (pages < Begins && !isFull)
        {
            return;
        }

        lock (running)
        {
            if (disposed || IsRunning)
            {
                return;
            }

            pages = 0;
            if (isFull)
            {
                // Only while nobody writes can the log be all written back, and begin anew: little is left, and this is who writes.
                isFull = false;
                _ = WriteBack(writer);
                return;
            }

            Begin();
        }
    }

    /// <summary>Returns when nothing is being written back, and nothing will be.</summary>
    public void Dispose()
    {
        lock (running)
        {
            disposed = true;
        }

        run?.Join();
    }

    private void Begin()
    {
        var thread = new Thread(Run) { IsBackground = true, Name = "log-write-back" };
        try
        {
            thread.Start();
            run = thread;
        }
        catch (OutOfMemoryException)
        {
            // No thread is to be had: a commit writes back, and the writer goes on.
        }
    }

    private void Run()
    {
        try
        {
            using var connection = open();
            isFull = WriteBack(connection.Handle!) >= Full;
        }
        catch (Exception failure) when (failure is DbException or InvalidOperationException)
        {
            // A database that cannot be opened is told of by whoever needs it; here nothing is lost, and a commit writes back.
        }
    }

    /// <summary>Writes back what there is; PASSIVE waits for nobody and keeps nobody waiting, neither the writer nor who reads.</summary>
    /// <returns>The pages in the log; none where it could not be written back.</returns>
    private static int WriteBack(sqlite3 handle) =>
        raw.sqlite3_wal_checkpoint_v2(handle, "main", raw.SQLITE_CHECKPOINT_PASSIVE, out var all, out _) == raw.SQLITE_OK ? all : 0;
}
