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

    /// <summary>A connection string without a database: each test has one of its own.</summary>
    public static string? Named => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named : null;
}
