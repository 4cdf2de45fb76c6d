using System.Data.Common;
using Dapper;

namespace PersonalCareApi.Tests.Ledger;

/// <summary>The ledger's tables as they were at one moment, to be put back: as a restored backup would, or to undo what a test planted.</summary>
internal sealed class LedgerRows
{
    private static readonly string[] Tables = ["ledger_entry", "ledger_head", "ledger_checkpoint", "ledger_witness"];

    private readonly Dictionary<string, List<IDictionary<string, object?>>> rows;

    private LedgerRows(Dictionary<string, List<IDictionary<string, object?>>> rows) => this.rows = rows;

    public static LedgerRows Of(DbConnection connection) => new(Tables.ToDictionary(
        table => table,
        table => connection.Query($"SELECT * FROM {table}").Cast<IDictionary<string, object?>>().ToList()));

    public void PutBack(DbConnection connection)
    {
        using var transaction = connection.BeginTransaction();
        foreach (var (table, kept) in rows)
        {
            connection.Execute($"DELETE FROM {table}", transaction: transaction);
            foreach (var row in kept)
            {
                connection.Execute(
                    $"INSERT INTO {table} ({string.Join(", ", row.Keys)}) VALUES ({string.Join(", ", row.Keys.Select(column => $"@{column}"))})",
                    new DynamicParameters(row),
                    transaction);
            }
        }

        transaction.Commit();
    }
}
