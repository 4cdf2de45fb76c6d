using Microsoft.Data.Sqlite;
using PersonalCareApi.Records.Erasures;

namespace PersonalCareApi.Tests.Promises;

/// <summary>No table with a client's data is forgotten when a record is erased.</summary>
[TestFixture]
internal sealed class ErasedTableTests
{
    /// <summary>Tables that the erasure treats by statements of their own.</summary>
    private static readonly string[] ByItself = ["client", "client_key"];

    private SqliteConnection sqlite = null!;

    [SetUp]
    public void Open() => sqlite = Statements.Migrated();

    [TearDown]
    public void Close() => sqlite.Dispose();

    [Test]
    public void Every_table_with_a_client_is_erased_or_says_why_it_stays()
    {
        Assert.That(Forgotten(), Is.Empty);
        Assert.That(ErasedTable.All.Select(table => table.Table).Distinct(), Is.SubsetOf(WithClient()), "Listed, and not there.");
    }

    [TestCase("client_id TEXT COLLATE NOCASE NOT NULL")]
    [TestCase("client_id TEXT COLLATE NOCASE")]
    public void A_table_that_is_forgotten_is_found(string column)
    {
        using var command = sqlite.CreateCommand();
#pragma warning disable CA2100 // The text comes from the test cases above.
        command.CommandText = $"CREATE TABLE planted (id TEXT NOT NULL, {column})";
#pragma warning restore CA2100
        command.ExecuteNonQuery();

        Assert.That(Forgotten(), Is.EqualTo(["planted"]));
    }

    [Test]
    public void Every_kind_of_version_belongs_to_a_category_or_goes_with_all()
    {
        var kinds = PersonalCareApi.Protection.SealedColumn.All.Select(column => column.Kind.Trim('\''))
            .Except(["kind", "idempotency", "archive-chunk", "background-job", "export", "assessment-draft"]);
        var known = PersonalCareApi.Domain.Access.DataCategories.All.Where(category => ErasedTable.CanBeKept(PersonalCareApi.Domain.Access.DataCategories.Code(category)));

        Assert.That(kinds, Is.SubsetOf(ErasedTable.KindsOf(known)));
    }

    private IEnumerable<string> Forgotten() =>
        WithClient().Except(ErasedTable.All.Select(table => table.Table)).Except(ErasedTable.Staying.Keys).Except(ByItself);

    private IReadOnlyList<string> WithClient() =>
        [.. SqliteSchema.Of(sqlite).Columns.Where(column => column.Name == "client_id").Select(column => column.Table).Distinct()];
}
