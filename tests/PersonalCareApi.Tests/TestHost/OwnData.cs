using System.Data.Common;
using System.Text;
using Dapper;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;
using PersonalCareApi.Data;
using PersonalCareApi.Domain;
using PersonalCareApi.Tests.Promises;

namespace PersonalCareApi.Tests.TestHost;

/// <summary>Where one installation under test keeps its data: a folder and a database of its own, gone when it is disposed.</summary>
/// <remarks>The program makes both. To others it can be handed on, to go on with what the first has left.</remarks>
internal sealed class OwnData : IDisposable
{
    // Two runs may share a server, and one that was ended leaves its databases there.
    private static readonly string Run = Ids.New(TimeProvider.System.GetUtcNow()).ToString("N")[^8..];
    private static int made;

    private readonly Lazy<string> connectionString;

    public OwnData(TestDatabase database)
    {
        Database = database;
        Folder = Directory.CreateTempSubdirectory("personal-care-test-").FullName;
        connectionString = new Lazy<string>(() => database switch
        {
            TestDatabase.Sqlite => new SqliteConnectionStringBuilder { DataSource = Path.Combine(Folder, "personal-care.db") }.ConnectionString,
            TestDatabase.SqlServer => new SqlConnectionStringBuilder(TestServer.Reached)
            {
                InitialCatalog = $"personal_care_test_{Run}_{Interlocked.Increment(ref made)}",
            }.ConnectionString,
            _ => throw new ArgumentOutOfRangeException(nameof(database), database, "Not a database."),
        });
    }

    public TestDatabase Database { get; }

    /// <summary>Where the program keeps its keys, and the embedded database.</summary>
    public string Folder { get; }

    /// <summary>What the program must be told to find it.</summary>
    public IReadOnlyDictionary<string, string> Settings => Database == TestDatabase.Sqlite
        ? new Dictionary<string, string> { ["Data:Folder"] = Folder, ["Database:Provider"] = "Sqlite" }
        : new Dictionary<string, string>
        {
            ["Data:Folder"] = Folder,
            ["Database:Provider"] = "SqlServer",
            ["ConnectionStrings:PersonalCare"] = connectionString.Value,
        };

    /// <summary>For what runs a part of the program.</summary>
    public Dialect Dialect => Database == TestDatabase.Sqlite ? new SqliteDialect(connectionString.Value) : new SqlServerDialect(connectionString.Value);

    /// <summary>Opens the database beside the program.</summary>
    public DbConnection Open()
    {
        ColumnTypes.Register();
        DbConnection connection = Database == TestDatabase.Sqlite ? new SqliteConnection(connectionString.Value) : new SqlConnection(connectionString.Value);
        connection.Open();
        return connection;
    }

    /// <summary>All that is stored: every file, and every value of every row, since a server's files are out of reach.</summary>
    public IReadOnlyList<(string Place, byte[] Bytes)> Stored()
    {
        using var connection = Open();
        return
        [
            .. Directory.GetFiles(Folder, "*", SearchOption.AllDirectories).Select(file => (Path.GetFileName(file), Read(file))),
            .. Schema.Tables.Select(table => (table, Values(connection.Query($"SELECT * FROM {table}")))),
        ];
    }

    public void Dispose()
    {
        if (!Directory.Exists(Folder))
        {
            return;
        }

        SqliteConnection.ClearAllPools();
        Directory.Delete(Folder, recursive: true);
        if (Database == TestDatabase.SqlServer && connectionString.IsValueCreated)
        {
            Drop(connectionString.Value);
        }
    }

    private static byte[] Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var bytes = new MemoryStream();
        file.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static byte[] Values(IEnumerable<dynamic> rows) =>
    [
        .. from IDictionary<string, object?> row in rows
           from value in row.Values
           from octet in value as byte[] ?? Encoding.UTF8.GetBytes($"{value}\n")
           select octet,
    ];

    private static void Drop(string connectionString)
    {
        using (var pooled = new SqlConnection(connectionString))
        {
            SqlConnection.ClearPool(pooled);
        }

        var name = new SqlConnectionStringBuilder(connectionString).InitialCatalog;
        using var server = new SqlConnection(TestServer.Master(connectionString));
        server.Open();
        if (server.ExecuteScalar<int?>("SELECT DB_ID(@name)", new { name }) is null)
        {
            // The test asked nothing that needs it.
            return;
        }

        try
        {
            server.Execute($"DROP DATABASE [{name}]");
        }
        catch (SqlException)
        {
            EndSessionsAndDrop(server, name);
        }
    }

    /// <summary>Some session has not ended yet. Not every server can end it: then the database is left, under a name that no other test uses.</summary>
    private static void EndSessionsAndDrop(SqlConnection server, string name)
    {
        try
        {
            server.Execute($"ALTER DATABASE [{name}] SET SINGLE_USER WITH ROLLBACK IMMEDIATE");
            server.Execute($"DROP DATABASE [{name}]");
        }
        catch (SqlException refused)
        {
            TestContext.Progress.WriteLine($"{name} is left behind: error {refused.Number}.");
        }
    }
}
