using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Dapper;
using Microsoft.Data.SqlClient;
using PersonalCareApi.Data;
using PersonalCareApi.Development;

namespace PersonalCareApi.Tests.Data;

/// <summary>As what the values of a statement are declared to SQL Server; looked at without one.</summary>
[TestFixture]
internal sealed class ParameterTypeTests
{
    private static readonly DateTimeOffset Instant = new(2026, 5, 4, 9, 30, 0, 123, 456, TimeSpan.FromHours(2));

    [OneTimeSetUp]
    public void Register() => ColumnTypes.Register();

    [Test]
    public void Members_of_an_object_have_the_types_of_their_columns() => Expect(Sent(Row()));

    [Test]
    public void Values_that_are_added_one_by_one_have_them_too()
    {
        var parameters = new DynamicParameters();
        foreach (var member in Row().GetType().GetProperties())
        {
            parameters.Add(member.Name, member.GetValue(Row()));
        }

        // Of what is null and has no member nothing is known; SQL Server turns a text that is null into any other type.
        var sent = Sent(parameters);
        foreach (var name in new[] { "NoId", "NoInstant" })
        {
            Assert.That(sent[name].SqlDbType, Is.EqualTo(SqlDbType.NVarChar), name);
            sent.Remove(name);
        }

        Expect(sent);
    }

    [Test]
    public void Members_beside_values_that_are_added_keep_theirs()
    {
        var parameters = new DynamicParameters(Row());
        parameters.Add("Another", Personas.ClientId);

        var sent = Sent(parameters);

        Assert.That(sent["Another"].SqlDbType, Is.EqualTo(SqlDbType.UniqueIdentifier));
        Expect(sent);
    }

    [Test]
    public void An_instant_is_sent_in_UTC_to_the_microsecond() =>
        Assert.That(
            (Sent(new { At = Instant.AddTicks(7) })["At"].Value, Sent(new { At = Instant })["At"].Scale),
            Is.EqualTo((Instant.UtcDateTime, (byte)6)));

    private static object Row() => new
    {
        Id = Personas.ClientId,
        SomeId = (Guid?)Personas.ClientId,
        NoId = (Guid?)null,
        Ids = new[] { Personas.ClientId, Personas.OtherClientId },
        At = Instant,
        NoInstant = (DateTimeOffset?)null,
        Content = new byte[] { 1, 2, 3 },
        Labels = 1L << 40,
        Version = 3,
        Flag = true,
        Code = "phq-9",
        Codes = new[] { "phq-9", "gad-7" },
    };

    private static void Expect(Dictionary<string, SqlParameter> sent)
    {
        var types = new Dictionary<string, SqlDbType>
        {
            ["Id"] = SqlDbType.UniqueIdentifier,
            ["SomeId"] = SqlDbType.UniqueIdentifier,
            ["NoId"] = SqlDbType.UniqueIdentifier,
            ["Ids1"] = SqlDbType.UniqueIdentifier,
            ["Ids2"] = SqlDbType.UniqueIdentifier,
            ["At"] = SqlDbType.DateTime2,
            ["NoInstant"] = SqlDbType.DateTime2,
            ["Content"] = SqlDbType.VarBinary,
            ["Labels"] = SqlDbType.BigInt,
            ["Version"] = SqlDbType.Int,
            ["Flag"] = SqlDbType.Bit,
            ["Code"] = SqlDbType.NVarChar,
            ["Codes1"] = SqlDbType.NVarChar,
        };
        Assert.That(sent.Keys, Does.Contain("Id").And.Contain("Ids2").And.Contain("At"));
        using (Assert.EnterMultipleScope())
        {
            foreach (var (name, type) in types.Where(one => sent.ContainsKey(one.Key)))
            {
                Assert.That(sent[name].SqlDbType, Is.EqualTo(type), name);
            }
        }
    }

    /// <summary>The parameters of a statement that has them all.</summary>
    private static Dictionary<string, SqlParameter> Sent(object parameters)
    {
        const string Statement = """
            SELECT @Id, @SomeId, @NoId, @At, @NoInstant, @Content, @Labels, @Version, @Flag, @Code, @Another
            WHERE @Id IN @Ids AND @Code IN @Codes
            """;
        using var connection = new Recorder();
        connection.Execute(Statement, parameters);
        return connection.Sent.ToDictionary(parameter => parameter.ParameterName.TrimStart('@'));
    }

    /// <summary>A connection to nowhere that keeps what it is given to send.</summary>
    private sealed class Recorder : DbConnection
    {
        public IReadOnlyList<SqlParameter> Sent { get; private set; } = [];

        [AllowNull]
        public override string ConnectionString { get; set; } = "";

        public override string Database => "";

        public override string DataSource => "";

        public override string ServerVersion => "";

        public override ConnectionState State => ConnectionState.Open;

        public override void ChangeDatabase(string databaseName) => throw new NotSupportedException();

        public override void Close()
        {
        }

        public override void Open() => throw new NotSupportedException();

        protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => throw new NotSupportedException();

        protected override DbCommand CreateDbCommand() => new Command(this);

        private sealed class Command(Recorder recorder) : DbCommand
        {
            private readonly SqlCommand command = new();

            [AllowNull]
            public override string CommandText { get; set; } = "";

            public override int CommandTimeout { get; set; }

            public override CommandType CommandType { get; set; }

            public override bool DesignTimeVisible { get; set; }

            public override UpdateRowSource UpdatedRowSource { get; set; }

            protected override DbConnection? DbConnection { get; set; }

            protected override DbTransaction? DbTransaction { get; set; }

            protected override DbParameterCollection DbParameterCollection => command.Parameters;

            public override void Cancel()
            {
            }

            public override int ExecuteNonQuery()
            {
                recorder.Sent = [.. command.Parameters.Cast<SqlParameter>()];
                return 0;
            }

            public override object? ExecuteScalar() => throw new NotSupportedException();

            public override void Prepare() => throw new NotSupportedException();

            protected override DbParameter CreateDbParameter() => command.CreateParameter();

            protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => throw new NotSupportedException();

            protected override void Dispose(bool disposing)
            {
                command.Dispose();
                base.Dispose(disposing);
            }
        }
    }
}
