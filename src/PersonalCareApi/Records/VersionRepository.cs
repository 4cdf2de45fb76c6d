using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Protection;

namespace PersonalCareApi.Records;

/// <summary>The <c>item_version</c> table: each version of each item as it was, whatever its kind.</summary>
/// <remarks>
/// A version is shown only where the item itself is in reach, so a repository asks for the versions of what it has found:
/// a label that was put on an item later closes what was written before.
/// </remarks>
internal sealed class VersionRepository(Database database, ClientKeys keys)
{
    private const string Columns = $"{ItemRow.ItemColumns}, status, content, recorded_at";

    private const string SelectOne = $"""
        SELECT {Columns}
        FROM item_version
        WHERE {InReach.Where} AND kind = @Kind AND item_id = @Id AND version = @Version
        """;

    private const string SelectPage = $"""
        SELECT {Columns}
        FROM item_version
        WHERE {InReach.Where} AND kind = @Kind AND item_id = @Id AND version > @After
        ORDER BY version
        """;

    private const string CountAll = $"""
        SELECT COUNT(*)
        FROM item_version
        WHERE {InReach.Where} AND kind = @Kind AND item_id = @Id
        """;

    /// <summary>One version, opened as what it was.</summary>
    public async Task<T?> Find<T>(
        AccessGrant grant, DataCategory category, string kind, Guid id, int version, Func<KeptVersion, ClientKeyRing, T> open,
        CancellationToken ct)
        where T : class
    {
        var row = await database.ForClient(grant, category)
            .QueryOne<KeptVersion>(SelectOne, new { Kind = kind, Id = id, Version = version }, ct);
        return row is null ? null : open(row, await keys.For(grant, ct));
    }

    /// <summary>The versions after <paramref name="after"/>, oldest first, each opened as what it was.</summary>
    public async Task<Rows<T>> List<T>(
        AccessGrant grant, DataCategory category, string kind, Guid id, int after, int limit, Func<KeptVersion, ClientKeyRing, T> open,
        CancellationToken ct)
    {
        var rows = await database.ForClient(grant, category)
            .QueryPage<KeptVersion>(SelectPage, CountAll, new { Kind = kind, Id = id, After = after }, limit, ct);
        var ring = await keys.For(grant, ct);
        return rows.Select(row => open(row, ring));
    }
}

/// <summary>One version of an item as it is kept; its content is sealed for the kind, the id and this version.</summary>
internal sealed record KeptVersion : ItemRow
{
    public required string Status { get; init; }

    public required byte[] Content { get; init; }

    public required DateTimeOffset RecordedAt { get; init; }
}
