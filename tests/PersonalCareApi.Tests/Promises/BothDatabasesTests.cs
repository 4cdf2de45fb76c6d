using System.Reflection;
using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;
using PersonalCareApi.Tests.Pipeline;
using PersonalCareApi.Tests.Records;
using PersonalCareApi.Tests.TestHost;

namespace PersonalCareApi.Tests.Promises;

/// <summary>Whatever runs the program runs it on both databases; where no SQL Server is named, that is said and not passed over.</summary>
[TestFixture]
internal sealed class BothDatabasesTests
{
    private static readonly Assembly Tests = typeof(BothDatabasesTests).Assembly;

    /// <summary>Who runs the program on the embedded database alone, and why. A new fixture runs on both, or stands here with its reason.</summary>
    private static readonly Dictionary<string, string> OnSqliteAlone = new()
    {
        ["CrossOriginTests"] = "asks for headers that are set before anything is read",
        ["RateLimitTests"] = "counts requests within a minute, and asks for nothing of the database",
        ["PublishedContractTests"] = "reads the document and the pages of problems",
        ["InstrumentLibraryTests"] = "starts a program that stops before it serves",
        ["ModalityLibraryTests"] = "starts a program that stops before it serves",
        ["DevelopmentServerTests"] = "asks for tokens and the time; what it finds in the database every Development server finds",
        ["WriteGroupTests"] = "holds the one lock of the embedded database, so that units gather behind it",
        ["OutageTests"] = "makes the embedded database locked, full and lost; a server's outage is not a test's to make",
        ["BackupTests"] = "copies the file of the embedded database; what becomes of an older state on a server is WitnessTests'",
        ["SettingsFaultTests"] = "stops the program before it opens a database",
        ["BothDatabasesTests"] = "planted, and never run",
    };

    /// <summary>Who makes a program for others, on the database that they name.</summary>
    private static readonly Type[] Makers = [typeof(ApiHost), typeof(Installation), typeof(AuthenticationHost), typeof(RealProgram), typeof(OnOneHost)];

    [Test]
    public void Every_fixture_that_runs_the_program_runs_it_on_both_databases_or_says_why_not()
    {
        var found = OnOneDatabase().ToList();

        Assert.That(found.Distinct(), Is.EquivalentTo(OnSqliteAlone.Keys));
        Assert.That(found.Count(name => name == nameof(BothDatabasesTests)), Is.EqualTo(2), "planted: one that makes a program, and one that is given it");
        Assert.That(Tests.GetTypes().Count(IsOnEach), Is.GreaterThan(35));
    }

    [Test]
    public void Without_a_server_the_fixtures_on_SQL_Server_are_skipped_and_say_why()
    {
        var fixtures = OnEachDatabaseAttribute.Fixtures(server: null).ToDictionary(fixture => (TestDatabase)fixture.Arguments[0]!);

        Assert.That(fixtures[TestDatabase.Sqlite].RunState, Is.EqualTo(RunState.Runnable));
        Assert.That(fixtures[TestDatabase.SqlServer].RunState, Is.EqualTo(RunState.Ignored));
        Assert.That(
            fixtures[TestDatabase.SqlServer].Properties.Get(PropertyNames.SkipReason), Is.EqualTo("PERSONALCARE_TEST_SQLSERVER names no server."));
    }

    [Test]
    public void With_a_server_both_are_run()
    {
        var fixtures = OnEachDatabaseAttribute.Fixtures("Server=somewhere").ToList();

        Assert.That(fixtures.Select(fixture => fixture.Arguments[0]), Is.EqualTo(new object[] { TestDatabase.Sqlite, TestDatabase.SqlServer }));
        Assert.That(fixtures.Select(fixture => fixture.RunState), Is.All.EqualTo(RunState.Runnable));
    }

    [Test]
    public void The_attribute_makes_a_fixture_of_a_class_for_each_database() =>
        Assert.That(
            new OnEachDatabaseAttribute().BuildFrom(new TypeWrapper(typeof(MainWayTests))).Select(suite => suite.Name),
            Is.EqualTo(["MainWayTests(Sqlite)", "MainWayTests(SqlServer)"]));

    /// <summary>Whoever makes a program, or is given one, and does not say that it is for each database.</summary>
    private static IEnumerable<string> OnOneDatabase()
    {
        var makes = Il.Mentions(Tests)
            .Where(mention => mention is { Member: ".ctor" or "Start" }
                && new[] { typeof(ApiHost), typeof(Installation), typeof(AuthenticationHost), typeof(OwnData) }.Any(type => type.FullName == mention.Target))
            .Select(mention => Tests.GetType(mention.In)!);
        var given = Tests.GetTypes().Where(type => type.IsSubclassOf(typeof(OnOneHost)));
        return makes.Except(Makers).Where(type => !IsOnEach(type)).Concat(given.Where(type => !IsOnEach(type)))
            .Select(type => (type.DeclaringType ?? type).Name);
    }

    private static bool IsOnEach(Type type) => type.GetCustomAttribute<OnEachDatabaseAttribute>() is not null;

    /// <summary>Planted: runs the program on one database, as a fixture might that forgot the other.</summary>
    private sealed class Forgetful() : OnOneHost(TestDatabase.Sqlite)
    {
        public static ApiHost Own() => new(TestDatabase.Sqlite);
    }
}
