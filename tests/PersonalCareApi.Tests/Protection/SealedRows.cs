using System.Buffers.Binary;
using Dapper;
using PersonalCareApi.Protection;
using PersonalCareApi.Tests.TestHost;

namespace PersonalCareApi.Tests.Protection;

/// <summary>What stands in the database of sealed contents and their keys, looked at beside the program.</summary>
internal static class SealedRows
{
    /// <summary>Of every sealed content: its table, whose it is, and the generation that sealed it.</summary>
    public static IReadOnlyList<(string Table, Guid ClientId, int Generation)> Contents(this ApiHost host)
    {
        using var connection = host.OpenDatabase();
        return
        [
            .. SealedColumn.All.SelectMany(column => connection
                .Query<(Guid ClientId, byte[] Content)>($"SELECT client_id, {column.Column} FROM {column.Table} WHERE client_id IS NOT NULL")
                .Select(row => (column.Table, row.ClientId, BinaryPrimitives.ReadInt32BigEndian(row.Content.AsSpan(1))))),
        ];
    }

    /// <summary>The generations that each client has keys of.</summary>
    public static IReadOnlyDictionary<Guid, IReadOnlyList<int>> Generations(this ApiHost host)
    {
        using var connection = host.OpenDatabase();
        return connection.Query<(Guid ClientId, int Generation)>("SELECT client_id, generation FROM client_key ORDER BY generation")
            .GroupBy(row => row.ClientId, row => row.Generation)
            .ToDictionary(client => client.Key, client => (IReadOnlyList<int>)[.. client]);
    }

    /// <summary>Changes the database behind the program's back.</summary>
    public static int Execute(this ApiHost host, string statement, object? parameters = null)
    {
        using var connection = host.OpenDatabase();
        return connection.Execute(statement, parameters);
    }

    public static T Value<T>(this ApiHost host, string statement, object? parameters = null)
    {
        using var connection = host.OpenDatabase();
        return connection.ExecuteScalar<T>(statement, parameters)!;
    }
}
