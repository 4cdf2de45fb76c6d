using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Microsoft.SqlServer.TransactSql.ScriptDom;
using PersonalCareApi.Data;

namespace PersonalCareApi.Tests.Promises;

/// <summary>Every statement of the program is understood by both databases, in every form it can take.</summary>
[TestFixture]
internal sealed partial class StatementTests
{
    private IReadOnlyList<Statement> statements = null!;
    private IReadOnlyList<Column> columns = null!;
    private SqliteConnection sqlite = null!;

    [OneTimeSetUp]
    public void Find()
    {
        statements = Statements.In(typeof(Database).Assembly);
        columns = SqlServerSchema.Of(Schema.Text("SqlServer")).Columns;
        sqlite = Statements.Migrated();
    }

    [OneTimeTearDown]
    public void Close() => sqlite.Dispose();

    [Test]
    public void Statements_are_found_wherever_they_stand()
    {
        var names = statements.Select(statement => statement.Name).ToList();

        Assert.That(names, Has.Count.GreaterThan(40));
        Assert.That(names, Is.SupersetOf(["Facts.Select", "AssessmentRepository.SelectPage", "WriteQueue.InsertEntry", "Caseload.Candidates", "Readiness (literal)"]));
        Assert.That(statements.Where(statement => statement.HasReach).Select(statement => statement.Name), Does.Contain("AssessmentRepository.CountAll"));
        Assert.That(statements.Where(statement => statement.IsOrdered).Select(statement => statement.Name), Does.Contain("AssessmentRepository.SelectPage"));
    }

    [Test]
    public void Each_statement_that_changes_access_is_known_to_the_writer_by_its_words()
    {
        Assert.That(statements.Count(SetsAccess), Is.GreaterThanOrEqualTo(4));
        Assert.That(statements.Where(statement => SetsAccess(statement) != statement.Sql.Contains(WriteUnit.RaisesAccess, StringComparison.Ordinal)), Is.Empty);
        Assert.That(SetsAccess(new Statement("Planted", "UPDATE client SET version = 2, access_version = 7 WHERE id = @Id AND access_version = 6")), Is.True);
        Assert.That(SetsAccess(new Statement("Planted", "UPDATE client SET version = 2 WHERE id = @Id AND access_version = 6")), Is.False);
    }

    /// <summary>REPEATABLE READ, SERIALIZABLE and SNAPSHOT are refused by some servers and mean locks on one and snapshots on another.</summary>
    [Test]
    public void A_server_is_asked_for_the_one_isolation_that_all_have_and_mean_alike() =>
        Assert.That(new SqlServerDialect("Server=nowhere.invalid").WriteIsolation, Is.EqualTo(System.Data.IsolationLevel.ReadCommitted));

    [Test]
    public void SQLite_prepares_every_form_of_every_statement() =>
        Assert.That(statements.SelectMany(FaultsOnSqlite), Is.Empty);

    [TestCase("SELECT no_such_column FROM client", "no_such_column")]
    [TestCase("SELECT id FROM assessment WHERE /*in-reach*/ 0 = 1 /*in-reach*/ AND nothing = @Id", "nothing")]
    [TestCase("SELECT TOP (1) id FROM partner", "TOP")]
    [TestCase("SELECT id FROM partner WHERE id IN @Ids; SELECT missing FROM partner", "missing")]
    [TestCase("SELECT id FROM partner WHERE /*in-reach*/ 0 = 1 /*in-reach*/", "client_id")]
    public void A_statement_that_SQLite_does_not_take_is_found(string sql, string fault) =>
        Assert.That(FaultsOnSqlite(new Statement("Planted", sql)), Has.Some.Contains(fault));

    [Test]
    public void SQL_Server_parses_every_form_of_every_statement() =>
        Assert.That(statements.SelectMany(FaultsInTSql), Is.Empty);

    [TestCase("SELECT id FROM partner LIMIT 5")]
    [TestCase("SELECT id FROM partner WHERE code ISNULL")]
    [TestCase("INSERT INTO secret (name) VALUES (@Name) ON CONFLICT DO NOTHING")]
    [TestCase("INSERT OR IGNORE INTO secret (name) VALUES (@Name)")]
    [TestCase("SELECT id FROM partner WHERE id IN @Ids ORDER BY id NULLS LAST")]
    public void A_statement_that_only_SQLite_takes_is_found(string sql) =>
        Assert.That(FaultsInTSql(new Statement("Planted", sql)), Is.Not.Empty);

    [Test]
    public void Both_take_values_of_every_kind_in_the_text_where_there_are_more_than_can_be_bound()
    {
        var large = Statements.UnderManyValues(statements).ToList();

        Assert.That(large, Has.Count.EqualTo(4));
        foreach (var kind in new[] { @"labels & CAST\(-\d+ AS bigint\)", @"author_id IN \('[0-9A-F-]{36}', '", "occurred_at >= '1970-01-01T00:00:00.000000'", @"part IN \('phq-9'\)" })
        {
            Assert.That(large.Select(statement => statement.Sql), Has.All.Match(kind));
        }

        Assert.That(large.SelectMany(FaultsOnSqlite).Concat(large.SelectMany(FaultsInTSql)), Is.Empty);
    }

    [Test]
    public void Every_insert_gives_each_column_a_value_and_leaves_out_none_that_must_be_there() =>
        Assert.That(statements.SelectMany(FaultsOfInserts), Is.Empty);

    [TestCase("INSERT INTO secret (name, wrapped, created_at) VALUES (@Name, @Wrapped)", "3 columns, 2 values")]
    [TestCase("INSERT INTO secret (name, wrapped, created_at) SELECT @Name, @Wrapped WHERE 1 = 1", "3 columns, 2 values")]
    [TestCase("INSERT INTO secret (name, created_at) VALUES (@Name, @Now)", "wrapped")]
    [TestCase("INSERT INTO secret (name, wrapped, created_at, colour) VALUES (@Name, @Wrapped, @Now, 'red')", "no column colour")]
    [TestCase("INSERT INTO secret VALUES (@Name, @Wrapped, @Now)", "names no columns")]
    public void An_insert_that_does_not_fit_its_table_is_found(string sql, string fault) =>
        Assert.That(FaultsOfInserts(new Statement("Planted", sql)), Has.Some.Contains(fault));

    [Test]
    public void Both_databases_have_migrations_of_the_same_names_that_leave_the_same()
    {
        var sqlServer = Statements.Scripts("SqlServer");

        Assert.That(sqlServer.Select(script => script.Name), Is.EqualTo(Statements.Scripts("Sqlite").Select(script => script.Name)));
        Assert.That(sqlServer.SelectMany(script => TSql.Parse(script.Text).Faults), Is.Empty);
        Assert.That(columns, Has.Count.GreaterThan(100));
        Assert.That(Differences(SqlServerSchema.Of(string.Join('\n', sqlServer.Select(script => script.Text))), SqliteSchema.Of(sqlite)), Is.Empty);
    }

    [TestCase("id uniqueidentifier NOT NULL, name nvarchar(64) NOT NULL", "id TEXT COLLATE NOCASE NOT NULL", "name")]
    [TestCase("id uniqueidentifier NOT NULL", "id TEXT COLLATE NOCASE NOT NULL, name TEXT", "name")]
    [TestCase("name nvarchar(64)", "name TEXT NOT NULL", "not null")]
    [TestCase("id uniqueidentifier NOT NULL", "id TEXT NOT NULL", "text not null")]
    [TestCase("size int NOT NULL", "size TEXT NOT NULL", "number")]
    [TestCase("place bigint IDENTITY(1,1) NOT NULL", "place INTEGER NOT NULL", "identity")]
    public void A_table_that_the_two_databases_have_differently_is_found(string sqlServer, string other, string difference) =>
        Assert.That(
            Differences(SqlServerSchema.Of($"CREATE TABLE planted ({sqlServer})"), SqliteSchema.Of($"CREATE TABLE planted ({other})")),
            Has.Some.Contains(difference));

    private static IReadOnlyList<string> Differences(Schema sqlServer, Schema sqlite) =>
        Schema.Differences("SQL Server", sqlServer.Shared, "SQLite", sqlite.Shared);

    private IEnumerable<string> FaultsOnSqlite(Statement statement)
    {
        foreach (var form in statement.Forms(new SqliteDialect("Data Source=:memory:").FirstRows))
        {
            string? fault = null;
            try
            {
                using var command = sqlite.CreateCommand();
#pragma warning disable CA2100 // It is what the program itself would send.
                command.CommandText = form;
#pragma warning restore CA2100
                command.Prepare();
            }
            catch (SqliteException error)
            {
                fault = error.Message;
            }

            if (fault is not null)
            {
                yield return $"{statement.Name}: {fault}\n{form}";
            }
        }
    }

    private static IEnumerable<string> FaultsInTSql(Statement statement) =>
        from form in statement.Forms(new SqlServerDialect("Server=nowhere").FirstRows)
        from fault in TSql.Parse(form).Faults
        select $"{statement.Name}: {fault}\n{form}";

    private IEnumerable<string> FaultsOfInserts(Statement statement) =>
        new Inserts().See(statement.Forms("").First()).Found.SelectMany(insert => FaultsOf(insert)).Select(fault => $"{statement.Name}: {fault}");

    private IEnumerable<string> FaultsOf(InsertSpecification insert)
    {
        var table = ((NamedTableReference)insert.Target).SchemaObject.BaseIdentifier.Value;
        var names = insert.Columns.Select(column => column.MultiPartIdentifier.Identifiers[^1].Value).ToList();
        if (names.Count == 0)
        {
            yield return "names no columns";
        }

        var values = insert.InsertSource switch
        {
            ValuesInsertSource source => source.RowValues.Select(row => row.ColumnValues.Count).Distinct(),
            SelectInsertSource { Select: QuerySpecification select } => [select.SelectElements.Count],
            _ => [-1],
        };
        foreach (var count in values.Where(count => count != names.Count))
        {
            yield return $"{names.Count} columns, {count} values";
        }

        var ofTable = columns.Where(column => column.Table == table).ToList();
        foreach (var name in names.Except(ofTable.Select(column => column.Name)))
        {
            yield return $"{table} has no column {name}";
        }

        foreach (var column in ofTable.Where(column => column is { Required: true, MadeByTheDatabase: false } && !names.Contains(column.Name)))
        {
            yield return $"{column} is left out";
        }
    }

    private sealed class Inserts : TSqlFragmentVisitor
    {
        public List<InsertSpecification> Found { get; } = [];

        public override void Visit(InsertSpecification node) => Found.Add(node);
    }

    private static bool SetsAccess(Statement statement) => AccessSet().IsMatch(statement.Sql);

    [GeneratedRegex(@"^\s*UPDATE\b(?:(?!\bWHERE\b).)*\bSET\b(?:(?!\bWHERE\b).)*\baccess_version\s*=", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex AccessSet();
}
