using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace PersonalCareApi.Tests.Promises;

/// <summary>A column as both databases must have it.</summary>
/// <param name="Kind">What it holds: <c>id</c>, <c>text</c>, <c>number</c> or <c>bytes</c>.</param>
internal sealed record Column(string Table, string Name, string Kind, bool Required, bool MadeByTheDatabase)
{
    public override string ToString() => $"{Table}.{Name} {Kind}{(Required ? " not null" : "")}{(MadeByTheDatabase ? " identity" : "")}";
}

/// <summary>T-SQL as SQL Server 2019 reads it.</summary>
internal static class TSql
{
    /// <summary>The parsed text; faults where it is none.</summary>
    public static (TSqlFragment? Tree, IReadOnlyList<string> Faults) Parse(string sql)
    {
        using var reader = new StringReader(sql);
        var tree = new TSql150Parser(initialQuotedIdentifiers: true).Parse(reader, out var errors);
        return (tree, [.. errors.Select(error => $"line {error.Line}: {error.Message}")]);
    }

    public static T See<T>(this T visitor, string sql)
        where T : TSqlFragmentVisitor
    {
        Parse(sql).Tree?.Accept(visitor);
        return visitor;
    }
}

/// <summary>The tables of a database, read from where they really stand.</summary>
internal static class Schema
{
    public static IReadOnlyList<Column> OfSqlServer(string ddl) => new Tables().See(ddl).Columns;

    public static IReadOnlyList<Column> OfSqlite(SqliteConnection connection)
    {
        var columns = new List<Column>();
        foreach (var (table, ddl) in connection.Query<(string, string)>(
            "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'SchemaVersions' ORDER BY name"))
        {
            foreach (var row in connection.Query<(string Name, string Type, long NotNull, long Key)>(
                "SELECT name, type, \"notnull\", pk FROM pragma_table_info(@table)", new { table }))
            {
                // What is compared without case is an id: ids are text here.
                var isId = ddl.Contains($" {row.Name} TEXT COLLATE NOCASE", StringComparison.Ordinal);
                var kind = row.Type switch { "INTEGER" => "number", "BLOB" => "bytes", "TEXT" => isId ? "id" : "text", _ => row.Type };
                var made = ddl.Contains($" {row.Name} INTEGER PRIMARY KEY AUTOINCREMENT", StringComparison.Ordinal);
                columns.Add(new Column(table, row.Name, kind, row.NotNull == 1 || made, made));
            }
        }

        return columns;
    }

    /// <summary>What one has and the other has not, or has otherwise.</summary>
    public static IReadOnlyList<string> Differences(IReadOnlyList<Column> first, IReadOnlyList<Column> second) =>
        [.. first.Except(second).Select(column => $"only the first has {column}"), .. second.Except(first).Select(column => $"only the second has {column}")];

    /// <summary>The tables whose rows are items of client data: they have every column that a grant's reach asks for.</summary>
    public static IReadOnlySet<string> OfClientData(IReadOnlyList<Column> columns) =>
        columns.GroupBy(column => column.Table)
            .Where(table => new[] { "client_id", "labels", "author_id", "part", "occurred_at" }.All(name => table.Any(column => column.Name == name)))
            .Select(table => table.Key)
            .ToHashSet(StringComparer.Ordinal);

    private sealed class Tables : TSqlFragmentVisitor
    {
        public List<Column> Columns { get; } = [];

        public override void Visit(CreateTableStatement node) => Add(node.SchemaObjectName, node.Definition);

        public override void Visit(AlterTableAddTableElementStatement node) => Add(node.SchemaObjectName, node.Definition);

        private void Add(SchemaObjectName table, TableDefinition definition) =>
            Columns.AddRange(definition.ColumnDefinitions.Select(column => new Column(
                table.BaseIdentifier.Value,
                column.ColumnIdentifier.Value,
                column.DataType.Name.BaseIdentifier.Value switch
                {
                    "uniqueidentifier" => "id",
                    "nvarchar" or "varchar" or "char" or "datetime2" or "date" or "decimal" => "text",
                    "bigint" or "int" or "bit" => "number",
                    "varbinary" or "binary" => "bytes",
                    var other => other,
                },
                column.Constraints.OfType<NullableConstraintDefinition>().Any(constraint => !constraint.Nullable),
                column.IdentityOptions is not null)));
    }
}
