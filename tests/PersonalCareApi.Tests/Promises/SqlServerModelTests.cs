using System.Text;
using System.Text.RegularExpressions;
using Microsoft.SqlServer.Dac;
using Microsoft.SqlServer.Dac.Model;
using PersonalCareApi.Data;

namespace PersonalCareApi.Tests.Promises;

/// <summary>SQL Server's own model of the schema finds in every statement the tables, columns and parameters it names.</summary>
/// <remarks>
/// No server is needed: each statement becomes the body of a procedure in the model, which then resolves its references.
/// A case-sensitive collation, so that a name spelt otherwise than the column is a fault.
/// </remarks>
[TestFixture]
internal sealed partial class SqlServerModelTests
{
    /// <summary>References that are not resolved are warnings to the model; here they are faults.</summary>
    private static readonly int[] UnresolvedReferences = [71502, 71005];

    private static string Migrations => string.Join("\n", Statements.Scripts("SqlServer").Select(script => script.Text));

    // The model takes no ALTER TABLE, so it is made of the full scripts beside the migrations; another test compares the two.
    private static IReadOnlyList<string> FullSchema => SqlServerSchema.Folded(Schema.Text("SqlServer"));

    [Test]
    public void Every_form_of_every_statement_resolves()
    {
        var statements = Statements.In(typeof(Database).Assembly);
        var forms =
            from statement in statements.Concat(Statements.UnderManyValues(statements))
            from form in statement.Forms("OFFSET 0 ROWS FETCH NEXT @Limit ROWS ONLY").Distinct()
            select (statement.Name, form);

        Assert.That(Faults(FullSchema, forms), Is.Empty);
    }

    [TestCase("SELECT no_such_column FROM client", "no_such_column")]
    [TestCase("SELECT id FROM no_such_table", "no_such_table")]
    [TestCase("SELECT Code FROM partner", "Code")]
    [TestCase("SELECT other.id FROM partner AS p", "other")]
    [TestCase("UPDATE partner SET missing = @Id", "missing")]
    [TestCase("INSERT INTO secret (name, wrapped, made_at) VALUES (@Name, @Wrapped, @Now)", "made_at")]
    public void A_statement_with_a_wrong_reference_is_found(string sql, string fault) =>
        Assert.That(Faults(FullSchema, [("Planted", sql)]), Has.Some.Contains(fault));

    [Test]
    public void Every_reference_of_a_migration_resolves() => Assert.That(Faults(SqlServerSchema.Folded(Migrations), []), Is.Empty);

    [TestCase("CREATE TABLE planted (id uniqueidentifier NOT NULL, CONSTRAINT fk FOREIGN KEY (id) REFERENCES nowhere (id));", "nowhere")]
    [TestCase("CREATE INDEX ix_planted ON partner (no_such_column);", "no_such_column")]
    [TestCase("ALTER TABLE partner ADD planted uniqueidentifier; ALTER TABLE partner ADD CONSTRAINT fk FOREIGN KEY (planted) REFERENCES nowhere (id);", "nowhere")]
    [TestCase("ALTER TABLE partner ADD planted uniqueidentifier; CREATE INDEX ix_planted ON partner (plantedd);", "plantedd")]
    public void A_migration_with_a_wrong_reference_is_found(string ddl, string fault) =>
        Assert.That(Faults(SqlServerSchema.Folded($"{Migrations}\n{ddl}"), []), Has.Some.Contains(fault));

    [TestCase("ALTER TABLE partner ADD planted uniqueidentifier; CREATE INDEX ix_planted ON partner (planted);")]
    public void A_migration_may_refer_to_a_column_that_one_before_it_added(string ddl) =>
        Assert.That(Faults(SqlServerSchema.Folded($"{Migrations}\n{ddl}"), []), Is.Empty);

    private static List<string> Faults(IReadOnlyList<string> schema, IEnumerable<(string Name, string Sql)> statements)
    {
        using var model = new TSqlModel(SqlServerVersion.Sql150, new TSqlModelOptions { Collation = "Latin1_General_CS_AS" });
        foreach (var definition in schema)
        {
            // One by one: the model takes no more at a time.
            model.AddObjects(definition);
        }

        var names = new List<string>();
        foreach (var (name, sql) in statements)
        {
            model.AddObjects(Procedure(names.Count, sql));
            names.Add(name);
        }

        return
        [
            .. model.Validate()
                .Where(message => message.MessageType == DacMessageType.Error || UnresolvedReferences.Contains(message.Number))
                .Select(message => ProcedureName().Replace(message.Message, match => names[int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)]))
                .Distinct(),
        ];
    }

    private static string Procedure(int number, string sql)
    {
        var parameters = Parameter().Matches(sql).Select(match => match.Value).Distinct(StringComparer.Ordinal).ToList();
        var text = new StringBuilder($"CREATE PROCEDURE dbo.statement_{number}");
        text.AppendJoin(',', parameters.Select(parameter => $" {parameter} {(parameter == "@Limit" ? "int" : "sql_variant")}"));
        return text.Append(" AS\n").Append(sql).ToString();
    }

    [GeneratedRegex(@"@\w+")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"statement_(\d+)")]
    private static partial Regex ProcedureName();
}
