using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Outgoing.Exports;
using PersonalCareApi.Protection;

namespace PersonalCareApi.Records.Exports;

/// <summary>The <c>record_export</c> table as whoever asks sees it: one's own exports alone.</summary>
internal sealed class ExportRepository(Database database, ClientKeys keys)
{
    private const string Own = "author_id = @GrantActingAsId";

    private const string SelectOne = $"""
        SELECT {StoredExports.Columns}
        FROM record_export
        WHERE {InReach.Where} AND {Own} AND id = @Id
        """;

    private const string SelectKept = $"""
        SELECT {StoredExports.Columns}
        FROM record_export
        WHERE {InReach.Where} AND {Own} AND state IN ('building', 'ready')
        """;

    public async Task<StoredExport?> Find(AccessGrant grant, Guid id, CancellationToken ct)
    {
        var row = await database.ForClient(grant, DataCategory.Demographics).QueryOne<StoredExports.Row>(SelectOne, new { Id = id }, ct);
        return row?.Open(await keys.For(grant, ct));
    }

    /// <summary>How many are being built or wait to be fetched.</summary>
    public async Task<int> CountKept(AccessGrant grant, CancellationToken ct) =>
        (await database.ForClient(grant, DataCategory.Demographics).Query<StoredExports.Row>(SelectKept, null, ct)).Count;
}
