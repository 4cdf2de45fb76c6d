using System.Reflection;
using Microsoft.Data.Sqlite;
using PersonalCareApi.Data;
using PersonalCareApi.Protection;

namespace PersonalCareApi.Tests.Promises;

/// <summary>Whatever a client's key seals is known to the rotation of keys, and keys are read after what they seal.</summary>
[TestFixture]
internal sealed class SealedColumnTests
{
    /// <summary>Columns of bytes in a client's tables that no client's key seals, each with what it is.</summary>
    private static readonly Dictionary<string, string> NotSealed = new()
    {
        ["client_key.wrapped"] = "the key itself, wrapped by the master key",
        ["ledger_entry.previous_hash"] = "the chain, which anybody can recompute",
        ["ledger_entry.hash"] = "the chain, which anybody can recompute",
        ["ledger_entry.canonical"] = "what the hash is over: ids and codes, no content",
        ["idempotency.digest"] = "a keyed digest",
        ["prompt.cause"] = "a keyed digest",
        ["session_note_mark.digest"] = "a keyed digest",
        ["idempotency.request_hash"] = "a hash",
    };

    private SqliteConnection sqlite = null!;

    [SetUp]
    public void Open() => sqlite = Statements.Migrated();

    [TearDown]
    public void Close() => sqlite.Dispose();

    [Test]
    public void Every_column_of_bytes_in_a_clients_table_is_sealed_and_listed_or_has_a_reason()
    {
        Assert.That(SealedColumn.All.Select(column => column.Table), Is.SupersetOf(["client", "consent", "assessment", "item_version", "idempotency"]));
        Assert.That(Unlisted(), Is.Empty);
        Assert.That(Listed.Concat(NotSealed.Keys), Is.SubsetOf(Bytes().Select(Name)), "Listed, and not there.");
    }

    [TestCase("CREATE TABLE planted (id TEXT COLLATE NOCASE NOT NULL, client_id TEXT COLLATE NOCASE NOT NULL, content BLOB NOT NULL)", "planted.content")]
    [TestCase("CREATE TABLE planted (id TEXT COLLATE NOCASE NOT NULL, client_id TEXT COLLATE NOCASE, words BLOB)", "planted.words")]
    [TestCase("ALTER TABLE assessment ADD COLUMN summary BLOB", "assessment.summary")]
    public void A_column_that_is_not_listed_is_found(string ddl, string found)
    {
        using var command = sqlite.CreateCommand();
#pragma warning disable CA2100 // The text comes from the test cases above.
        command.CommandText = ddl;
#pragma warning restore CA2100
        command.ExecuteNonQuery();

        Assert.That(Unlisted(), Is.EqualTo([found]));
    }

    [Test]
    public void Each_is_opened_as_the_kind_that_its_repository_seals() =>
        Assert.That(OfAnotherKind(SealedColumn.All.Select(column => (column.Table, column.Kind))), Is.Empty);

    [Test]
    public void A_table_of_another_kind_than_is_sealed_is_found() =>
        Assert.That(OfAnotherKind([("assessment", "'assessments'"), ("goal", "'assessment'"), ("goal", "'goal'")]), Is.EqualTo(["assessment", "goal"]));

    [Test]
    public void The_facts_of_a_decision_are_read_before_the_keys_that_open_them()
    {
        var select = Statements.In(typeof(Database).Assembly).Single(statement => statement.Name == "Facts.Select").Sql;
        var queries = select.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

        Assert.That(queries, Has.Length.GreaterThan(5));
        Assert.That(queries[^1], Does.Contain("FROM client_key"));
        Assert.That(queries[..^1], Has.None.Contains("FROM client_key"));
    }

    private static IEnumerable<string> Listed => SealedColumn.All.Select(column => $"{column.Table}.{column.Column}");

    private IEnumerable<string> Unlisted() => Bytes().Select(Name).Except(Listed).Except(NotSealed.Keys);

    private IEnumerable<Column> Bytes()
    {
        var columns = SqliteSchema.Of(sqlite).Columns;
        var ofClients = columns.Where(column => column.Name == "client_id").Select(column => column.Table).ToHashSet(StringComparer.Ordinal);
        return columns.Where(column => column.Kind == "bytes" && ofClients.Contains(column.Table));
    }

    /// <summary>Tables that no type with a constant Kind of that word inserts into.</summary>
    private static IEnumerable<string> OfAnotherKind(IEnumerable<(string Table, string Kind)> columns)
    {
        const BindingFlags Constants = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        var texts = typeof(Database).Assembly.GetTypes().ToLookup(
            type => type.GetField("Kind", Constants) is { IsLiteral: true } kind ? (string?)kind.GetRawConstantValue() : null,
            type => type.GetFields(Constants).Where(field => field is { IsLiteral: true } && field.FieldType == typeof(string)).Select(field => (string)field.GetRawConstantValue()!));
        return columns
            .Where(column => column.Kind.StartsWith('\'')
                && !texts[column.Kind.Trim('\'')].SelectMany(all => all).Any(text => text.TrimStart().StartsWith($"INSERT INTO {column.Table} ", StringComparison.Ordinal)))
            .Select(column => column.Table);
    }

    private static string Name(Column column) => $"{column.Table}.{column.Name}";
}
