using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using PersonalCareApi.Data;

namespace PersonalCareApi.Tests.Data;

/// <summary>A program that starts beside others waits for them.</summary>
internal sealed class MigrationTests
{
    [Test]
    public async Task A_program_that_starts_waits_longer_for_others_who_write_than_a_request_may()
    {
        var folder = Directory.CreateTempSubdirectory("personal-care-test-");
        using var dialect = new SqliteDialect(new SqliteConnectionStringBuilder
        {
            DataSource = Path.Combine(folder.FullName, "personal-care.db"),
            DefaultTimeout = 1,
        }.ToString());
        try
        {
            var migrations = new MigrationRunner(dialect, NullLogger<MigrationRunner>.Instance);
            migrations.Run();

            await using var other = new SqliteConnection(new SqliteConnectionStringBuilder(dialect.ConnectionString) { Pooling = false }.ToString());
            await other.OpenAsync();
            await using var writing = await other.BeginTransactionAsync();
            var starting = Task.Run(migrations.Run);
            await Task.Delay(TimeSpan.FromSeconds(3));
            Assert.That(starting.IsCompleted, Is.False);
            await writing.RollbackAsync();

            Assert.That(async () => await starting, Throws.Nothing);
        }
        finally
        {
            SqliteConnection.ClearAllPools();
            folder.Delete(recursive: true);
        }
    }
}
