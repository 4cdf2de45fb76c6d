using Microsoft.Data.SqlClient;

namespace PersonalCareApi.Tests.TestHost;

/// <summary>The database that a test's program runs on.</summary>
internal enum TestDatabase
{
    Sqlite,
    SqlServer,
}

/// <summary>The SQL Server that tests may use, where the environment names one.</summary>
internal static class TestServer
{
    public const string Variable = "PERSONALCARE_TEST_SQLSERVER";

    public const string WhyNot = $"{Variable} names no server.";

    private static readonly Lazy<string> Answering = new(() =>
    {
        var named = Named ?? throw new InvalidOperationException(WhyNot);
        using var server = new SqlConnection(Master(named));
        server.Open();
        return named;
    });

    /// <summary>A connection string; which database it is for does not matter, since each test has one of its own.</summary>
    public static string? Named => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named : null;

    /// <summary>The same once it has answered. One that does not is asked once, and fails every test on it.</summary>
    /// <exception cref="SqlException">It does not answer.</exception>
    public static string Reached => Answering.Value;

    /// <summary>To the server itself. Not pooled, so that nothing is left open.</summary>
    public static string Master(string connectionString) =>
        new SqlConnectionStringBuilder(connectionString) { InitialCatalog = "master", Pooling = false }.ConnectionString;
}
