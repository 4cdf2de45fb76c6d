using System.Reflection;
using System.Text.RegularExpressions;
using Dapper;
using Microsoft.Data.Sqlite;
using PersonalCareApi.Data;
using PersonalCareApi.Development;
using PersonalCareApi.Domain;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Protection;
using PersonalCareApi.Records.Erasures;

namespace PersonalCareApi.Tests.Promises;

/// <summary>One statement of the program as it is written, with the name of the constant that holds it.</summary>
internal sealed record Statement(string Name, string Sql)
{
    public bool HasReach => Sql.Contains(InReach.Where, StringComparison.Ordinal);

    /// <summary>Whether it is cut into pages, or could be.</summary>
    public bool IsOrdered => !Sql.Contains(';', StringComparison.Ordinal) && Sql.LastIndexOf("ORDER BY", StringComparison.Ordinal) > Sql.LastIndexOf(')');

    public bool Changes => !Sql.TrimStart().StartsWith("SELECT", StringComparison.Ordinal);
}

/// <summary>Finds every statement of the program, and makes of each what the databases are really sent.</summary>
internal static partial class Statements
{
    private static readonly Reach[] Reaches =
    [
        Reach.Nothing,
        Reach.Everything,
        new() { Permits = [Box(1), Box(2)], Denies = [new DenyBox()] },
        new() { Permits = [Box(1)], Denies = [new DenyBox()], Beside = new() { Permits = [Box(2)], Denies = [new DenyBox()] } },
        new()
        {
            Permits = [Box(0), Box(1), Box(3)],
            Denies =
            [
                new DenyBox { Labels = Sensitivity.Hiv, DataPeriod = Always, SparesAuthor = Personas.ColleagueId },
                new DenyBox { Authors = [], Parts = ["phq-9", "gad-7"] },
            ],
        },
    ];

    /// <summary>More values than can be bound, so that every kind of value stands in the text as well.</summary>
    private static readonly Reach ManyValues = new()
    {
        Permits = [new PermitBox { Parts = [.. Enumerable.Range(0, InReach.MostValues).Select(number => $"own-{number}")] }, Box(2)],
        Denies = [new DenyBox { Labels = ~Sensitivity.Hiv, DataPeriod = Always, SparesAuthor = Personas.ColleagueId }],
    };

    private static Period Always => new(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));

    /// <summary>Of the constants and the literals in the code: a statement is found however it is kept.</summary>
    public static IReadOnlyList<Statement> In(Assembly assembly)
    {
        const BindingFlags Fields = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        var constants =
            from type in assembly.GetTypes()
            where !type.ContainsGenericParameters
            from field in type.GetFields(Fields)
            where field.FieldType == typeof(string) && (field.IsLiteral || field.IsInitOnly)
            select new Statement($"{NameOf(type)}.{field.Name}", (string?)(field.IsLiteral ? field.GetRawConstantValue() : field.GetValue(null)) ?? "");
        var literals =
            from mention in Il.Mentions(assembly)
            where mention.Text is not null && mention.In != typeof(SealedColumn).FullName && mention.In != typeof(ErasedTable).FullName
                && mention.In != typeof(DatabaseFile).FullName // asks files of the embedded database alone
            select new Statement($"{mention.In.Split('.')[^1]} (literal)", mention.Text!);
        var kept = constants.Where(one => Begins().IsMatch(one.Sql)).ToList();
        var known = kept.Select(one => one.Sql.Trim()).ToHashSet(StringComparer.Ordinal);

        // Made of pieces, one pair for each column of its list: here they are whole.
        var made = assembly == typeof(SealedColumn).Assembly
            ? SealedColumn.All.SelectMany(column => new[] { new Statement("SealedColumn.Select", column.Select), new Statement("SealedColumn.Replace", column.Replace) })
                .Concat(ErasedTable.All.SelectMany(table => new[] { new Statement("ErasedTable.Count", table.Count), new Statement("ErasedTable.Delete", table.Delete) }))
            : [];
        return [.. kept, .. made, .. literals.Where(one => Begins().IsMatch(one.Sql) && known.Add(one.Sql.Trim()))];
    }

    /// <summary>The forms a statement takes: with every number of boxes, and of values in its lists; with its page's cut.</summary>
    public static IEnumerable<string> Forms(this Statement statement, string firstRows) =>
        from filled in statement.HasReach ? Filled(statement.Sql) : [statement.Sql]
        from whole in statement.IsOrdered ? [filled, $"{filled}\n{firstRows}"] : new[] { filled }
        from expanded in List().IsMatch(whole) ? new[] { 0, 1, 3 }.Select(count => WithLists(whole, count)) : [whole]
        select expanded;

    /// <summary>Some statements of each sort under a reach of more values than one statement can bind; all would take minutes.</summary>
    public static IEnumerable<Statement> UnderManyValues(IReadOnlyList<Statement> statements) =>
        from statement in statements
        where statement.Name is "AssessmentRepository.SelectPage" or "AssessmentRepository.UpdateOne" or "PromptRepository.SelectOpen" or "DisagreementRepository.SelectOfAssessments"
        select statement with { Sql = InReach.Fill(statement.Sql, Grants.Reaching(ManyValues), new DynamicParameters()) };

    /// <summary>A new database that all migrations have run on, in memory.</summary>
    public static SqliteConnection Migrated()
    {
        var name = $"Data Source=statements-{Ids.New(TimeProvider.System.GetUtcNow()):N};Mode=Memory;Cache=Shared";
        var connection = new SqliteConnection(name);
        connection.Open();
        SqliteDialect.KeepPlans(connection.Handle!);
        foreach (var (_, script) in Scripts("Sqlite"))
        {
            connection.Execute(script);
        }

        return connection;
    }

    /// <summary>The migrations for one database, in their order.</summary>
    public static IReadOnlyList<(string Name, string Text)> Scripts(string dialect)
    {
        var program = typeof(Database).Assembly;
        var folder = $".Migrations.{dialect}.";
        return
        [
            .. program.GetManifestResourceNames()
                .Where(name => name.Contains(folder, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(name => (name[(name.IndexOf(folder, StringComparison.Ordinal) + folder.Length)..], Read(program.GetManifestResourceStream(name)!))),
        ];
    }

    private static IEnumerable<string> Filled(string sql)
    {
        foreach (var reach in Reaches)
        {
            yield return InReach.Fill(sql, Grants.Reaching(reach), new DynamicParameters());
        }

        yield return InReach.Fill(sql, [], new DynamicParameters());
        yield return InReach.Fill(sql, [.. Reaches.Select(reach => Grants.Reaching(reach))], new DynamicParameters());
    }

    /// <summary>As Dapper writes them.</summary>
    private static string WithLists(string sql, int count) => List().Replace(sql, match => count == 0
        ? $"IN (SELECT @{match.Groups[1]} WHERE 1 = 0)"
        : $"IN ({string.Join(',', Enumerable.Range(1, count).Select(number => $"@{match.Groups[1]}{number}"))})");

    private static PermitBox Box(int criteria) => new()
    {
        Closed = Sensitivity.Hiv,
        OpenToAuthor = criteria > 0 ? Personas.PractitionerId : null,
        DataPeriod = criteria > 0 ? Always : null,
        Authors = criteria > 1 ? [Personas.PractitionerId, Personas.ColleagueId] : null,
        Parts = criteria > 2 ? [] : criteria > 1 ? ["phq-9"] : null,
    };

    private static string NameOf(Type type) => type.DeclaringType is { } outer ? $"{NameOf(outer)}.{type.Name}" : type.Name;

    private static string Read(Stream stream)
    {
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\s", RegexOptions.CultureInvariant)]
    private static partial Regex Begins();

    [GeneratedRegex(@"\bIN @(\w+)", RegexOptions.CultureInvariant)]
    private static partial Regex List();
}
