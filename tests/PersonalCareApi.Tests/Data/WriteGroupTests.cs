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

    [Test]
    public async Task What_a_unit_changed_is_in_force_for_the_next_of_its_group()
    {
        await using var host = new ApiHost(TestDatabase.Sqlite);
        await host.As("client");
        var queue = host.Services.GetRequiredService<WriteQueue>();
        await using var other = host.OpenDatabase();
        var version = await other.ExecuteScalarAsync<long>(Version, new { PartnerId = Personas.Harbour.Id });

        Task<CommitOutcome>[] outcomes;
        await using (var holds = ((SqliteConnection)other).BeginTransaction(deferred: false))
        {
            // The writer takes the first and waits for the database with it; the others become one group meanwhile.
            var first = queue.Commit(Resting(on: version), CancellationToken.None);
            SpinWait.SpinUntil(() => queue.Waiting == 0);
            var raising = Resting(on: version);
            raising.Execute(Raise, new { PartnerId = Personas.Harbour.Id });
            outcomes =
            [
                first, .. new[] { Resting(on: version), Resting(on: version), raising, Resting(on: version), Resting(on: version + 1) }
                    .Select(unit => queue.Commit(unit, CancellationToken.None)),
            ];
            await holds.RollbackAsync();
        }

        Assert.That((await Task.WhenAll(outcomes)).Select(outcome => outcome.GetType().Name), Is.EqualTo(new[]
        {
            nameof(CommitOutcome.Committed), nameof(CommitOutcome.Committed), nameof(CommitOutcome.Committed), nameof(CommitOutcome.Committed),
            nameof(CommitOutcome.Outdated), nameof(CommitOutcome.Committed),
        }));
    }

    private static WriteUnit Resting(long on)
    {
        var unit = new WriteUnit(TimeProvider.System);
        unit.GuardDecisions(new CallerSeen(Personas.Harbour.Id, on, null));
        return unit;
    }
}
