using Dapper;
using Microsoft.Data.Sqlite;
using PersonalCareApi.Data;

namespace PersonalCareApi.Tests.Data;

/// <summary>The log of the embedded database goes back into its file without a commit that writes all of it back.</summary>
[TestFixture]
internal sealed class LogWriteBackTests
{
    private const int PagesOfACommit = 64;
    private const int PageSize = 4096;
    private static readonly TimeSpan Promptly = TimeSpan.FromSeconds(30);

    private string folder = null!;
    private string file = null!;
    private SqliteDialect dialect = null!;
    private SqliteConnection writer = null!;

    [SetUp]
    public void Start()
    {
        folder = Directory.CreateTempSubdirectory("personal-care-test-").FullName;
        file = Path.Combine(folder, "log.db");
        dialect = new SqliteDialect($"Data Source={file}");
        writer = (SqliteConnection)dialect.Connect();
        writer.Open();
        dialect.Prepare(writer);
        writer.Execute("PRAGMA wal_autocheckpoint = 0; CREATE TABLE written (id INTEGER PRIMARY KEY, what BLOB)");
    }

    [TearDown]
    public void Stop()
    {
        writer.Dispose();
        dialect.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Test]
    public void What_the_writer_commits_is_written_back_beside_it()
    {
        for (var commit = 0; commit < 20; commit++)
        {
            Commit();
        }

        // Waits for what is under way; the writer's own connection, which would write back when it closes, is still open.
        dialect.Dispose();

        Assert.That(new FileInfo(file).Length, Is.GreaterThan(1000 * PageSize));
    }

    [Test]
    public void Little_is_left_where_it_is()
    {
        Commit();
        dialect.Dispose();

        Assert.That(new FileInfo(file).Length, Is.LessThanOrEqualTo(PageSize));
    }

    [Test]
    public void A_long_log_begins_anew()
    {
        // The file of the log keeps the length that it once had: one that began anew every time it was half full is short.
        const int commits = 5 * SqliteDialect.CheckpointPages / PagesOfACommit;
        for (var commit = 0; commit < commits; commit++)
        {
            Commit();
            if (commit % 8 == 0)
            {
                SpinWait.SpinUntil(() => !dialect.IsWritingBack, Promptly);
            }
        }

        Assert.That(new FileInfo(file + "-wal").Length, Is.LessThan((long)SqliteDialect.CheckpointPages * PageSize));
    }

    [Test]
    public void A_database_that_is_gone_ends_nothing()
    {
        using var gone = new LogWriteBack(() => throw new SqliteException("gone", 14));
        for (var commit = 0; commit < 20; commit++)
        {
            Write();
            gone.Committed(writer.Handle!);
        }

        Assert.That(writer.ExecuteScalar<int>("SELECT COUNT(*) FROM written"), Is.EqualTo(20));
    }

    private void Commit()
    {
        Write();
        dialect.Committed(writer);
    }

    private void Write() => writer.Execute("INSERT INTO written (what) VALUES (zeroblob(@Size))", new { Size = PagesOfACommit * PageSize });
}
