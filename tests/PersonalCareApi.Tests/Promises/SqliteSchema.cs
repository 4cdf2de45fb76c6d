using System.Text.RegularExpressions;
using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace PersonalCareApi.Tests.Promises;

/// <summary>Reads the schema of a SQLite database from the database itself; only checks, which it does not tell, from their text.</summary>
internal static partial class SqliteSchema
{
    /// <summary>A new database in memory that these scripts have made.</summary>
    public static Schema Of(params IEnumerable<string> scripts)
    {
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        foreach (var script in scripts)
        {
            connection.Execute(script);
        }

        return Of(connection);
    }

    public static Schema Of(SqliteConnection connection)
    {
        var schema = new Schema();
        var objects = connection.Query<(string Type, string Name, string Table, string Sql)>(
            "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' AND tbl_name <> 'SchemaVersions' ORDER BY name").ToList();
        foreach (var (_, name, _, sql) in objects.Where(one => one.Type == "table"))
        {
            var (withoutRowId, strict) = connection.QuerySingle<(long, long)>("SELECT wr, strict FROM pragma_table_list WHERE name = @name", new { name });
            schema.AddOwn(name, $"table{(withoutRowId == 1 ? " without rowid" : "")}{(strict == 1 ? " strict" : "")}");
            AddColumns(schema, connection, name);
            AddForeignKeys(schema, connection, name);
            AddIndexes(schema, connection, name, objects.ToDictionary(one => one.Name, one => one.Sql));
            foreach (var check in Checks(sql))
            {
                schema.Add(name, $"check ({check})");
            }
        }

        foreach (var (type, name, table, sql) in objects.Where(one => one.Type is not ("table" or "index")))
        {
            schema.AddOwn(table, $"{type} {name}: {Schema.Flat(sql)}");
        }

        return schema;
    }

    private static void AddColumns(Schema schema, SqliteConnection connection, string table)
    {
        var key = new SortedDictionary<long, string>();
        foreach (var (name, type, required, standard, place, hidden) in connection.Query<(string, string, long, string?, long, long)>(
            "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(@table)", new { table }))
        {
            raw.sqlite3_table_column_metadata(connection.Handle, "main", table, name, out _, out var collation, out _, out _, out var made);

            // What is compared without case is an id: ids are text here.
            var kind = type switch { "INTEGER" => "number", "BLOB" => "bytes", "TEXT" => collation == "NOCASE" ? "id" : "text", _ => type };
            schema.Add(
                new Column(table, name, kind, required == 1 || made == 1, made == 1),
                $"{type} collate {collation}{(required == 1 ? " not null" : "")}{(hidden > 0 ? $" hidden {hidden}" : "")}{(made == 1 ? " autoincrement" : "")}");
            if (standard is not null)
            {
                schema.Add(table, $"default of {name} {Schema.Flat(standard)}");
            }

            if (place > 0)
            {
                key.Add(place, name);
            }
        }

        if (key.Count > 0)
        {
            schema.Add(table, $"primary key ({string.Join(", ", key.Values)})");
        }
    }

    private static void AddForeignKeys(Schema schema, SqliteConnection connection, string table)
    {
        var keys = connection.Query<(long Id, string Target, string From, string? To, string OnUpdate, string OnDelete)>(
            "SELECT id, \"table\", \"from\", \"to\", on_update, on_delete FROM pragma_foreign_key_list(@table) ORDER BY id, seq", new { table });
        foreach (var key in keys.GroupBy(column => column.Id))
        {
            var (_, target, _, _, onUpdate, onDelete) = key.First();
            schema.Add(
                table,
                $"foreign key ({string.Join(", ", key.Select(column => column.From))}) references {target} ({string.Join(", ", key.Select(column => column.To))})"
                + $"{(onUpdate == "NO ACTION" ? "" : $" on update {onUpdate}")}{(onDelete == "NO ACTION" ? "" : $" on delete {onDelete}")}");
        }
    }

    private static void AddIndexes(Schema schema, SqliteConnection connection, string table, Dictionary<string, string> texts)
    {
        foreach (var (name, unique, origin) in connection.Query<(string, long, string)>(
            "SELECT name, \"unique\", origin FROM pragma_index_list(@table)", new { table }))
        {
            // A column without a name is an expression: it stands in the text alone.
            var columns = connection.Query<(string? Name, long Descending, string Collation)>(
                "SELECT name, \"desc\", coll FROM pragma_index_xinfo(@name) WHERE \"key\" = 1 ORDER BY seqno", new { name }).ToList();
            var list = string.Join(", ", columns.Select(column => $"{column.Name ?? texts[name]}{(column.Descending == 1 ? " desc" : "")}"));
            var collations = $"collate {string.Join(", ", columns.Select(column => column.Collation))}";
            switch (origin)
            {
                case "c":
                    var where = Where().Match(texts[name]) is { Success: true } match ? $" where {Schema.Flat(match.Groups[1].Value)}" : "";
                    schema.Add(table, $"{(unique == 1 ? "unique " : "")}index {name} ({list}){where}", collations);
                    break;
                case "u":
                    schema.Add(table, $"unique ({list})", collations);
                    break;
                default:
                    // The primary key is told with its columns.
                    break;
            }
        }
    }

    private static IEnumerable<string> Checks(string createTable)
    {
        var text = Comment().Replace(createTable, "");
        return Check().Matches(text).Select(match =>
        {
            var opening = match.Index + match.Length - 1;
            return Schema.Flat(text[opening..(Schema.ClosingBracket(text, opening) + 1)]);
        });
    }

    [GeneratedRegex(@"\bWHERE\b(.*)$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Where();

    [GeneratedRegex(@"--[^\n]*", RegexOptions.CultureInvariant)]
    private static partial Regex Comment();

    [GeneratedRegex(@"\bCHECK\s*\(", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Check();
}
