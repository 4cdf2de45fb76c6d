using Microsoft.AspNetCore.DataProtection;
using PersonalCareApi.Data;
using PersonalCareApi.Protection;

namespace PersonalCareApi.Outgoing;

/// <summary>The table <c>archive_chunk</c>: archives in pieces, each sealed by itself.</summary>
/// <remarks>Of one client with that client's key, so that it is gone with the key; of several with the master key.</remarks>
internal sealed class ArchiveChunks(Database database, IDataProtectionProvider protection)
{
    /// <summary>So large that few rows hold an archive, so small that one statement is no burden.</summary>
    public const int Size = 512 * 1024;

    public const string Purpose = "PersonalCareApi.Archives.v1";

    private const string Kind = "archive-chunk";

    private const string Select = """
        SELECT sequence, content
        FROM archive_chunk
        WHERE archive_id = @ArchiveId AND partner_id = @PartnerId
        ORDER BY sequence
        """;

    private const string Insert = """
        INSERT INTO archive_chunk (archive_id, sequence, partner_id, client_id, content)
        VALUES (@ArchiveId, @Sequence, @PartnerId, @ClientId, @Content)
        """;

    private const string Delete = """
        DELETE FROM archive_chunk
        WHERE archive_id = @ArchiveId AND partner_id = @PartnerId
        """;

    private readonly IDataProtector system = protection.CreateProtector(Purpose);

    /// <summary>The pieces in their order, each to be written in a unit of its own.</summary>
    public IEnumerable<Action<WriteUnit>> Write(Guid archiveId, Guid partnerId, Guid? clientId, ClientKeyRing? ring, byte[] archive) =>
        archive.Chunk(Size).Index().Select(piece => (Action<WriteUnit>)(unit => unit.Execute(
            Insert,
            new
            {
                ArchiveId = archiveId,
                Sequence = piece.Index + 1,
                PartnerId = partnerId,
                ClientId = clientId,
                Content = ring?.SealBytes(Kind, archiveId, piece.Index + 1, piece.Item) ?? system.Protect(piece.Item),
            })));

    /// <summary>The archive, whole.</summary>
    public async Task<byte[]> Read(Guid archiveId, Guid partnerId, ClientKeyRing? ring, CancellationToken ct)
    {
        var rows = await database.ForSystem(SystemReason.Archives)
            .Query<Row>(Select, new { ArchiveId = archiveId, PartnerId = partnerId }, ct);
        using var archive = new MemoryStream();
        foreach (var row in rows)
        {
            archive.Write(ring?.OpenBytes(Kind, archiveId, row.Sequence, row.Content) ?? system.Unprotect(row.Content));
        }

        return archive.ToArray();
    }

    public static void Remove(Guid archiveId, Guid partnerId, WriteUnit unit) =>
        unit.Execute(Delete, new { ArchiveId = archiveId, PartnerId = partnerId }, expect: null);

    private sealed record Row
    {
        public required int Sequence { get; init; }

        public required byte[] Content { get; init; }
    }
}
