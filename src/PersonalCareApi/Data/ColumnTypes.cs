using System.Data;
using Dapper;
using Microsoft.Data.SqlClient;
using PersonalCareApi.Domain;

namespace PersonalCareApi.Data;

/// <summary>How .NET values stand in columns, the same in both databases.</summary>
/// <remarks>
/// Instants are kept in UTC to the microsecond, which is what both sides hold; SQLite keeps them as text of fixed
/// width, so that text order is time order. Guids are upper-case text in SQLite, and columns compare without case.
/// </remarks>
internal static class ColumnTypes
{
    /// <summary>Registers the handlers, once for the process.</summary>
    public static void Register() => Registration.Value.GetHashCode();

    /// <summary>The instant as it can be stored: nothing finer than a microsecond.</summary>
    public static DateTimeOffset ToStored(this DateTimeOffset instant)
    {
        var utc = instant.ToUniversalTime();
        return new DateTimeOffset(utc.Ticks - (utc.Ticks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
    }

    private static readonly Lazy<object> Registration = new(() =>
    {
        // Guids keep Dapper's own type for parameters, and are only read by the handler: what a handler writes Dapper
        // declares as an object, which to SQL Server is sql_variant, and that goes into no other column.
        SqlMapper.AddTypeHandler(new GuidHandler());
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset));
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset?));
        SqlMapper.AddTypeHandler(typeof(DateTimeOffset), new InstantHandler());
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        return new object();
    });

    private sealed class GuidHandler : SqlMapper.TypeHandler<Guid>
    {
        public override void SetValue(IDbDataParameter parameter, Guid value) => parameter.Value = value;

        public override Guid Parse(object value) => value switch
        {
            Guid guid => guid,
            string text => Guid.Parse(text),
            _ => throw new DataException($"A guid column gave a {value.GetType().Name}."),
        };
    }

    private sealed class InstantHandler : SqlMapper.ITypeHandler
    {
        public void SetValue(IDbDataParameter parameter, object value)
        {
            var stored = (value as DateTimeOffset?)?.ToStored();
            if (parameter is SqlParameter sql)
            {
                // An instant that is not there has its type as well: the statement is the same whether it is there or not.
                sql.SqlDbType = SqlDbType.DateTime2;
                sql.Scale = 6;
                sql.Value = stored?.UtcDateTime ?? (object)DBNull.Value;
                return;
            }

            parameter.DbType = DbType.String;
            parameter.Value = stored is { } instant ? InstantText.Fixed(instant) : DBNull.Value;
        }

        public object? Parse(Type destinationType, object value) => value switch
        {
            null or DBNull => null,
            string text => InstantText.ParseFixed(text),
            DateTime instant => new DateTimeOffset(DateTime.SpecifyKind(instant, DateTimeKind.Utc)),
            _ => throw new DataException($"An instant column gave a {value.GetType().Name}."),
        };
    }
}
