using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;
using NUnit.Framework.Internal.Builders;

namespace PersonalCareApi.Tests.TestHost;

/// <summary>A fixture that takes a <see cref="TestDatabase"/>, and runs once on each; on SQL Server where one is named, else it is skipped.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
internal sealed class OnEachDatabaseAttribute : NUnitAttribute, IFixtureBuilder2
{
    private readonly NUnitTestFixtureBuilder builder = new();

    public IEnumerable<TestSuite> BuildFrom(ITypeInfo typeInfo) => BuildFrom(typeInfo, new Everything());

    public IEnumerable<TestSuite> BuildFrom(ITypeInfo typeInfo, IPreFilter filter) =>
        Fixtures(TestServer.Named).Select(fixture => builder.BuildFrom(typeInfo, filter, fixture));

    /// <summary>The fixtures there are with that server, or without one.</summary>
    public static IEnumerable<TestFixtureData> Fixtures(string? server) => Enum.GetValues<TestDatabase>().Select(database =>
        database == TestDatabase.SqlServer && server is null
            ? new TestFixtureData(database).Ignore(TestServer.WhyNot)
            : new TestFixtureData(database));

    private sealed class Everything : IPreFilter
    {
        public bool IsMatch(Type type) => true;

        public bool IsMatch(Type type, System.Reflection.MethodInfo method) => true;
    }
}
