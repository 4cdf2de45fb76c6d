using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using PersonalCareApi.Data;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.TestHost;

namespace PersonalCareApi.Tests.Data;

/// <summary>Units that are committed together are each compared with what the ones before them left.</summary>
[TestFixture]
internal sealed class WriteGroupTests
{
    private const string Version = "SELECT access_version FROM partner WHERE id = @PartnerId";
    private const string Raise = "UPDATE partner SET access_version = access_version + 1 WHERE id = @PartnerId";
    private const string RaiseNone = "UPDATE partner SET access_version = access_version + 1 WHERE id = 'none'";
    private const string Again = "INSERT INTO partner SELECT * FROM partner WHERE id = @PartnerId";

    [Test]
    public async Task What_a_unit_changed_is_in_force_for_the_next_of_its_group()
    {
        await using var host = new ApiHost(TestDatabase.Sqlite);
        await host.As("client");
        await using var database = host.OpenDatabase();
        var version = await VersionIn(database);

        var outcomes = await InOneGroup(
            host, database, [Resting(on: version), Resting(on: version), Raising(version, Raise), Resting(on: version), Resting(on: version + 1)]);

        Assert.That(outcomes, Is.EqualTo(new[]
        {
            nameof(CommitOutcome.Committed), nameof(CommitOutcome.Committed), nameof(CommitOutcome.Committed),
            nameof(CommitOutcome.Outdated), nameof(CommitOutcome.Committed),
        }));
    }

    [Test]
    public async Task Of_a_unit_that_misses_something_half_way_nothing_happens_and_all_of_the_others()
    {
        await using var host = new ApiHost(TestDatabase.Sqlite);
        await host.As("client");
        await using var database = host.OpenDatabase();
        var version = await VersionIn(database);

        var outcomes = await InOneGroup(
            host, database,
            [
                Raising(version, RaiseNone), Raising(version, Raise), Raising(version + 1, Raise, RaiseNone), Resting(on: version + 2),
                Raising(version + 1, Raise, Raise), Raising(version + 3, Raise, RaiseNone), Raising(version + 3, Raise),
            ]);

        Assert.That(outcomes, Is.EqualTo(new[]
        {
            nameof(CommitOutcome.Missed), nameof(CommitOutcome.Committed), nameof(CommitOutcome.Missed), nameof(CommitOutcome.Outdated),
            nameof(CommitOutcome.Committed), nameof(CommitOutcome.Missed), nameof(CommitOutcome.Committed),
        }));
        Assert.That(await VersionIn(database), Is.EqualTo(version + 4));
    }

    [Test]
    public async Task Of_a_unit_whose_row_is_there_already_nothing_happens_and_all_of_the_others()
    {
        await using var host = new ApiHost(TestDatabase.Sqlite);
        await host.As("client");
        await using var database = host.OpenDatabase();
        var version = await VersionIn(database);

        var outcomes = await InOneGroup(
            host, database, [Raising(version, Raise), Raising(version + 1, Again), Raising(version + 1, Raise, Again), Raising(version + 1, Raise)]);

        Assert.That(outcomes, Is.EqualTo(new[]
        {
            nameof(CommitOutcome.Committed), nameof(CommitOutcome.Missed), nameof(CommitOutcome.Missed), nameof(CommitOutcome.Committed),
        }));
        Assert.That(await VersionIn(database), Is.EqualTo(version + 2));
    }

    [Test]
    public async Task Of_a_unit_that_misses_something_half_way_by_itself_nothing_happens()
    {
        await using var host = new ApiHost(TestDatabase.Sqlite);
        await host.As("client");
        await using var database = host.OpenDatabase();
        var version = await VersionIn(database);
        var queue = host.Services.GetRequiredService<WriteQueue>();

        var missed = await queue.Commit(Raising(version, Raise, RaiseNone), CancellationToken.None);
        var next = await queue.Commit(Raising(version, Raise), CancellationToken.None);

        Assert.That(missed, Is.InstanceOf<CommitOutcome.Missed>());
        Assert.That(next, Is.InstanceOf<CommitOutcome.Committed>());
        Assert.That(await VersionIn(database), Is.EqualTo(version + 1));
    }

    /// <summary>How each ended, in their order.</summary>
    private static async Task<IEnumerable<string>> InOneGroup(ApiHost host, DbConnection database, IReadOnlyList<WriteUnit> units)
    {
        var queue = host.Services.GetRequiredService<WriteQueue>();
        Task<CommitOutcome> first;
        Task<CommitOutcome>[] outcomes;
        await using (var holds = ((SqliteConnection)database).BeginTransaction(deferred: false))
        {
            // The writer takes the first and waits for the database with it; the others become one group meanwhile.
            first = queue.Commit(Resting(await VersionIn(database)), CancellationToken.None);
            SpinWait.SpinUntil(() => queue.Waiting == 0);
            outcomes = [.. units.Select(unit => queue.Commit(unit, CancellationToken.None))];
            await holds.RollbackAsync();
        }

        await first;
        return (await Task.WhenAll(outcomes)).Select(outcome => outcome.GetType().Name);
    }

    private static Task<long> VersionIn(DbConnection database) =>
        database.ExecuteScalarAsync<long>(Version, new { PartnerId = Personas.Harbour.Id });

    private static WriteUnit Raising(long version, params string[] statements)
    {
        var unit = Resting(on: version);
        foreach (var statement in statements)
        {
            unit.Execute(statement, new { PartnerId = Personas.Harbour.Id });
        }

        return unit;
    }

    private static WriteUnit Resting(long on)
    {
        var unit = new WriteUnit(TimeProvider.System);
        unit.GuardDecisions(new CallerSeen(Personas.Harbour.Id, on, null));
        return unit;
    }
}
