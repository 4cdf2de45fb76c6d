using System.Text.RegularExpressions;

namespace PersonalCareApi.Tests.Promises;

/// <summary>A column as both databases must have it.</summary>
/// <param name="Kind">What it holds: <c>id</c>, <c>text</c>, <c>number</c> or <c>bytes</c>.</param>
internal sealed record Column(string Table, string Name, string Kind, bool Required, bool MadeByTheDatabase)
{
    public override string ToString() => $"{Table}.{Name} {Kind}{(Required ? " not null" : "")}{(MadeByTheDatabase ? " identity" : "")}";
}

/// <summary>The tables and indexes of a database, in words that can be compared.</summary>
internal sealed partial class Schema
{
    private readonly List<Column> columns = [];
    private readonly List<string> shared = [];
    private readonly List<string> own = [];

    public IReadOnlyList<Column> Columns => columns;

    /// <summary>What the two databases must have alike: columns by what they hold, keys, references, checks, defaults, indexes.</summary>
    public IReadOnlyList<string> Shared => [.. columns.Select(column => $"{column}"), .. shared];

    /// <summary>Everything that is there, in the words of the one database: full types, names of constraints, how it is stored.</summary>
    public IReadOnlyList<string> Own => own;

    /// <summary>The tables whose rows are items of client data: they have every column that a grant's reach asks for.</summary>
    public IReadOnlySet<string> OfClientData =>
        Columns.GroupBy(column => column.Table)
            .Where(table => new[] { "client_id", "labels", "author_id", "part", "occurred_at" }.All(name => table.Any(column => column.Name == name)))
            .Select(table => table.Key)
            .ToHashSet(StringComparer.Ordinal);

    /// <summary>The full scripts beside the migrations, in the order in which they can be run.</summary>
    public static IReadOnlyList<(string Name, string Text)> Scripts(string dialect) =>
    [
        .. Directory.GetFiles(Path.Combine(RealProgram.Root(), "src", "PersonalCareApi", "Data", "Schema", dialect), "*.sql")
            .Order(StringComparer.Ordinal)
            .Select(file => (Path.GetFileName(file), File.ReadAllText(file))),
    ];

    /// <summary>The tables of the program, by name.</summary>
    public static IReadOnlyList<string> Tables => [.. SqlServerSchema.Of(Text("SqlServer")).Columns.Select(column => column.Table).Distinct()];

    public static string Text(string dialect) => string.Join('\n', Scripts(dialect).Select(script => script.Text));

    /// <summary>What one has and the other has not, or has otherwise.</summary>
    public static IReadOnlyList<string> Differences(string one, IReadOnlyList<string> first, string other, IReadOnlyList<string> second) =>
        [.. first.Except(second).Select(fact => $"only {one}: {fact}"), .. second.Except(first).Select(fact => $"only {other}: {fact}")];

    /// <summary>The same text however it is broken into lines, and without brackets around the whole.</summary>
    public static string Flat(string sql)
    {
        var flat = Blank().Replace(sql, " ").Replace("( ", "(", StringComparison.Ordinal).Replace(" )", ")", StringComparison.Ordinal).Trim();
        return flat is ['(', .. var inner, ')'] && ClosingBracket(flat, 0) == flat.Length - 1 ? Flat(inner) : flat;
    }

    /// <summary>Where the bracket that opens at <paramref name="opening"/> is closed; brackets in quotes are none.</summary>
    public static int ClosingBracket(string sql, int opening)
    {
        var (depth, quoted) = (0, false);
        for (var index = opening; index < sql.Length; index++)
        {
            quoted ^= sql[index] == '\'';
            depth += quoted ? 0 : sql[index] switch { '(' => 1, ')' => -1, _ => 0 };
            if (depth == 0)
            {
                return index;
            }
        }

        throw new ArgumentException("A bracket is not closed.", nameof(sql));
    }

    /// <summary>A column, and all that this database says of it.</summary>
    public void Add(Column column, string exactly)
    {
        columns.Add(column);
        own.Add($"{column.Table}.{column.Name} {exactly}");
    }

    /// <summary>What both databases must have.</summary>
    /// <param name="table">Whose it is.</param>
    /// <param name="says">In words that both have.</param>
    /// <param name="exactly">What only this database has to say of it.</param>
    public void Add(string table, string says, string exactly = "")
    {
        shared.Add($"{table}: {says}");
        own.Add($"{table}: {says}{(exactly.Length > 0 ? $" [{exactly}]" : "")}");
    }

    /// <summary>What only this database can have.</summary>
    public void AddOwn(string table, string says) => own.Add($"{table}: {says}");

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Blank();
}
