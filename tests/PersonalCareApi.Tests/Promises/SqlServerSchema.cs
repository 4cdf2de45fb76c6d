using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace PersonalCareApi.Tests.Promises;

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

    /// <summary>What stands in the text, without comments, on one line.</summary>
    public static string Words(this TSqlFragment fragment) => Schema.Flat(string.Concat(
        fragment.ScriptTokenStream.Skip(fragment.FirstTokenIndex).Take(fragment.LastTokenIndex - fragment.FirstTokenIndex + 1)
            .Select(token => token.TokenType is TSqlTokenType.SingleLineComment or TSqlTokenType.MultilineComment ? " " : token.Text)));
}

/// <summary>The schema that a T-SQL script leaves, read from its text: what is added later is folded into what was made before.</summary>
internal sealed class SqlServerSchema
{
    private readonly Dictionary<string, CreateTableStatement> tables = new(StringComparer.Ordinal);
    private readonly List<CreateIndexStatement> indexes = [];

    private SqlServerSchema(string ddl)
    {
        var (tree, faults) = TSql.Parse(ddl);
        if (faults.Count > 0)
        {
            throw new ArgumentException($"Not T-SQL: {string.Join("; ", faults)}", nameof(ddl));
        }

        foreach (var statement in ((TSqlScript)tree!).Batches.SelectMany(batch => batch.Statements))
        {
            Fold(statement);
        }
    }

    /// <summary>What the script leaves, as facts.</summary>
    public static Schema Of(string ddl)
    {
        var script = new SqlServerSchema(ddl);
        var schema = new Schema();
        foreach (var (name, table) in script.tables)
        {
            schema.AddOwn(name, "table");
            foreach (var column in table.Definition.ColumnDefinitions)
            {
                Add(schema, name, column);
            }

            foreach (var constraint in table.Definition.TableConstraints)
            {
                Add(schema, name, constraint, column: null);
            }
        }

        foreach (var index in script.indexes)
        {
            Add(schema, index);
        }

        return schema;
    }

    /// <summary>What the script leaves, as the CREATE statements that would make it at once.</summary>
    public static IReadOnlyList<string> Folded(string ddl)
    {
        var script = new SqlServerSchema(ddl);
        var generator = new Sql150ScriptGenerator();
        return
        [
            .. script.tables.Values.Cast<TSqlStatement>().Concat(script.indexes).Select(statement =>
            {
                generator.GenerateScript(statement, out var text);
                return text;
            }),
        ];
    }

    private void Fold(TSqlStatement statement)
    {
        switch (statement)
        {
            case CreateTableStatement table:
                tables.Add(NameOf(table.SchemaObjectName), table);
                break;
            case AlterTableAddTableElementStatement added when tables.TryGetValue(NameOf(added.SchemaObjectName), out var table):
                foreach (var column in added.Definition.ColumnDefinitions)
                {
                    table.Definition.ColumnDefinitions.Add(column);
                }

                foreach (var constraint in added.Definition.TableConstraints)
                {
                    table.Definition.TableConstraints.Add(constraint);
                }

                break;
            case CreateIndexStatement index:
                indexes.Add(index);
                break;
            case DataModificationStatement:
                // It changes rows, and leaves the tables as they are.
                break;
            default:
                throw new NotSupportedException($"The schema cannot be told after this: {statement.Words()}");
        }
    }

    private static void Add(Schema schema, string table, ColumnDefinition column)
    {
        var name = column.ColumnIdentifier.Value;
        var required = column.Constraints.OfType<NullableConstraintDefinition>().Any(constraint => !constraint.Nullable);
        var type = column.DataType?.Words().ToLowerInvariant() ?? "computed";
        var kind = column.DataType?.Name.BaseIdentifier.Value switch
        {
            "uniqueidentifier" => "id",
            "nvarchar" or "varchar" or "char" or "datetime2" or "date" or "decimal" => "text",
            "bigint" or "int" or "bit" => "number",
            "varbinary" or "binary" => "bytes",
            var other => other ?? type,
        };
        schema.Add(
            new Column(table, name, kind, required, column.IdentityOptions is not null),
            $"{type}{(column.Collation is { } collation ? $" collate {collation.Value}" : "")}{(required ? " not null" : "")}"
            + $"{(column.IdentityOptions is { } identity ? $" {identity.Words()}" : "")}{(column.ComputedColumnExpression is { } made ? $" as {made.Words()}" : "")}");
        if (column.DefaultConstraint is { } standard)
        {
            schema.Add(table, $"default of {name} {standard.Expression.Words()}", NameOf(standard));
        }

        foreach (var constraint in column.Constraints.Where(constraint => constraint is not NullableConstraintDefinition))
        {
            Add(schema, table, constraint, name);
        }
    }

    /// <summary>A constraint of a table, or of one of its columns.</summary>
    private static void Add(Schema schema, string table, ConstraintDefinition constraint, string? column)
    {
        switch (constraint)
        {
            case UniqueConstraintDefinition unique:
                var columns = column ?? string.Join(", ", unique.Columns.Select(Sorted));
                var clustered = unique.Clustered ?? unique.IsPrimaryKey;
                schema.Add(table, $"{(unique.IsPrimaryKey ? "primary key" : "unique")} ({columns})", $"{NameOf(unique)}{(clustered ? " clustered" : "")}");
                break;
            case ForeignKeyConstraintDefinition key:
                schema.Add(
                    table,
                    $"foreign key ({column ?? Names(key.Columns)}) references {NameOf(key.ReferenceTableName)} ({Names(key.ReferencedTableColumns)})"
                    + $"{Action("update", key.UpdateAction)}{Action("delete", key.DeleteAction)}",
                    NameOf(key));
                break;
            case CheckConstraintDefinition check:
                schema.Add(table, $"check ({check.CheckCondition.Words()})", NameOf(check));
                break;
            default:
                throw new NotSupportedException($"The schema cannot tell this: {constraint.Words()}");
        }
    }

    private static void Add(Schema schema, CreateIndexStatement index)
    {
        var where = index.FilterPredicate is { } filter ? $" where {filter.Words()}" : "";
        var included = index.IncludeColumns.Count == 0 ? "" : $" include ({string.Join(", ", index.IncludeColumns.Select(column => column.Words()))})";
        schema.Add(
            NameOf(index.OnName),
            $"{(index.Unique ? "unique " : "")}index {index.Name.Value} ({string.Join(", ", index.Columns.Select(Sorted))}){where}",
            $"{(index.Clustered == true ? "clustered" : "nonclustered")}{included}");
    }

    private static string Sorted(ColumnWithSortOrder column) =>
        $"{column.Column.Words()}{(column.SortOrder == SortOrder.Descending ? " desc" : "")}";

    private static string Names(IEnumerable<Identifier> columns) => string.Join(", ", columns.Select(column => column.Value));

    private static string Action(string on, DeleteUpdateAction action) => action switch
    {
        DeleteUpdateAction.NotSpecified or DeleteUpdateAction.NoAction => "",
        DeleteUpdateAction.Cascade => $" on {on} CASCADE",
        DeleteUpdateAction.SetNull => $" on {on} SET NULL",
        DeleteUpdateAction.SetDefault => $" on {on} SET DEFAULT",
        _ => throw new ArgumentOutOfRangeException(nameof(action), action, "Not an action."),
    };

    private static string NameOf(ConstraintDefinition constraint) => constraint.ConstraintIdentifier?.Value ?? "unnamed";

    private static string NameOf(SchemaObjectName table) => table.BaseIdentifier.Value;
}
