using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using PersonalCareApi.Data;

namespace PersonalCareApi.Tests.Promises;

/// <summary>No statement reads all rows of a table, or all of a partner's clients, unless that is what it is for.</summary>
/// <remarks>
/// Asked of SQLite's planner on the migrated schema without statistics: by the indexes alone, and with what it reads to check a
/// reference. SQL Server has the same indexes; what it makes of them also depends on what is in the tables.
/// </remarks>
[TestFixture]
internal sealed partial class PlanTests
{
    /// <summary>Which statements read all there is, and why.</summary>
    private static readonly Dictionary<string, string> ReadsAll = new()
    {
        ["CheckpointRepository.CountMoved"] = "a checkpoint is over all chains",
        ["CheckpointRepository.CountThem"] = "a checkpoint is over all chains",
        ["LedgerVerification.SelectAll"] = "verifies the whole ledger",
        ["LedgerVerification.SelectHeadsAlone"] = "verifies the whole ledger",
        ["LedgerVerification.SelectCutHeads"] = "verifies the whole ledger",
        ["LedgerVerification.SelectClientsWithoutChain"] = "verifies the whole ledger",
        ["KeyRotation.SelectLastRun"] = "a command of the operator over all keys",
        ["KeyRewrapping.SelectInstallationKeys"] = "the few keys of the installation",
        ["InstallationKeys.SelectNames"] = "the few keys of the installation",
        ["ReceiptKeys.SelectAll"] = "the few keys of the installation",
        ["PartnerRepository.SelectAll"] = "a command of the operator lists all partners",
    };

    private readonly HashSet<string> tables = [.. Schema.Tables];
    private SqliteConnection sqlite = null!;

    [OneTimeSetUp]
    public void Open() => sqlite = Statements.Migrated();

    [OneTimeTearDown]
    public void Close() => sqlite.Dispose();

    [Test]
    public void Every_statement_finds_its_rows_by_an_index_or_says_why_not()
    {
        var scans = Statements.In(typeof(Database).Assembly)
            .Where(statement => !statement.Name.StartsWith("Demo", StringComparison.Ordinal))
            .SelectMany(statement => Scans(statement).Select(scan => (statement.Name, Scan: scan)))
            .ToLookup(one => one.Name, one => one.Scan);

        Assert.That(scans.Where(one => !ReadsAll.ContainsKey(one.Key)).Select(one => $"{one.Key}: {string.Join("; ", one.Distinct())}"), Is.Empty);
        Assert.That(ReadsAll.Keys.Except(scans.Select(one => one.Key)), Is.Empty, "Reads by an index now.");
    }

    [Test]
    public void Values_that_stand_in_the_text_change_no_plan() =>
        Assert.That(Statements.UnderManyValues(Statements.In(typeof(Database).Assembly)).SelectMany(Scans), Is.Empty);

    [TestCase("SELECT id FROM assessment AS one WHERE one.instrument_version = @Version", "SCAN one")]
    [TestCase("SELECT id FROM goal", "SCAN goal")]
    [TestCase("SELECT 1 WHERE EXISTS (SELECT 1 FROM session_note WHERE status = @Status)", "SCAN session_note")]
    public void A_statement_that_reads_all_is_found(string sql, string scan) =>
        Assert.That(Scans(new Statement("Planted", sql)), Has.Some.StartWith(scan));

    private IEnumerable<string> Scans(Statement statement) =>
        from form in statement.Forms("LIMIT @Limit")
        where !form.Contains("WHERE 0 = 1", StringComparison.Ordinal) // Reads nothing, whatever its plan.
        from one in form.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        from step in Plan(one)
        let scanned = Scanned().Match(step)
        where scanned.Success && IsTable(one, scanned.Groups[1].Value)
        select step;

    private IEnumerable<string> Plan(string sql)
    {
        using var command = sqlite.CreateCommand();
        command.CommandText = $"EXPLAIN QUERY PLAN {sql}";
        foreach (var name in Parameter().Matches(sql).Select(match => match.Value).Distinct())
        {
            command.Parameters.AddWithValue(name, DBNull.Value);
        }

        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return reader.GetString(3);
        }
    }

    /// <summary>A table by its name, or by the one that the statement gives it; not a part of the statement that has a name.</summary>
    private bool IsTable(string sql, string name) =>
        tables.Contains(name) || Named().Matches(sql).Any(match => match.Groups[2].Value == name && tables.Contains(match.Groups[1].Value));

    [GeneratedRegex(@"^SCAN (\w+)", RegexOptions.CultureInvariant)]
    private static partial Regex Scanned();

    [GeneratedRegex(@"@\w+", RegexOptions.CultureInvariant)]
    private static partial Regex Parameter();

    [GeneratedRegex(@"\b(?:FROM|JOIN|UPDATE)\s+(\w+)(?:\s+AS)?\s+(\w+)", RegexOptions.CultureInvariant)]
    private static partial Regex Named();
}
