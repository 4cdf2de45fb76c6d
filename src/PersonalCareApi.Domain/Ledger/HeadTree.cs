using System.Buffers.Binary;
using System.Security.Cryptography;

namespace PersonalCareApi.Domain.Ledger;

/// <summary>The newest entry of a chain: which it is, and its hash.</summary>
public sealed record ChainHead(Guid ChainId, long Sequence, byte[] Hash)
{
    private const int IdLength = 16;

    /// <summary>The leaf of a checkpoint's tree: the chain's id and the sequence, both with the greatest octet first, then the hash.</summary>
    public byte[] LeafHash()
    {
        Span<byte> leaf = stackalloc byte[IdLength + sizeof(long) + SHA256.HashSizeInBytes];
        ChainId.TryWriteBytes(leaf, bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(leaf[IdLength..], Sequence);
        Hash.CopyTo(leaf[(IdLength + sizeof(long))..]);
        return MerkleTree.LeafHash(leaf);
    }
}

/// <summary>Where a chain's head stands in the tree, and the hashes that lead from it to the root.</summary>
public sealed record HeadInclusion(ChainHead Head, int Index, IReadOnlyList<byte[]> Path);

/// <summary>The heads of all chains, in the order of their ids' octets, and the Merkle tree over them.</summary>
/// <remarks>Ordered here and not by a database: the two order ids differently. <see cref="Guid.CompareTo(Guid)"/> is the octets' order.</remarks>
public sealed class HeadTree
{
    private readonly List<ChainHead> heads = [];
    private readonly MerkleTree tree = new();

    public int Size => heads.Count;

    /// <summary>How many entries all chains have together.</summary>
    public long Entries { get; private set; }

    public byte[] Root => tree.Root;

    public IReadOnlyList<ChainHead> Heads => heads;

    /// <summary>Adds a chain, or moves its head.</summary>
    public void Set(ChainHead head)
    {
        var place = PlaceOf(head.ChainId);
        if (place >= 0)
        {
            Entries += head.Sequence - heads[place].Sequence;
            heads[place] = head;
            tree.Replace(place, head.LeafHash());
            return;
        }

        Entries += head.Sequence;
        heads.Insert(~place, head);
        tree.Insert(~place, head.LeafHash());
    }

    /// <summary>Null where there is no such chain.</summary>
    public HeadInclusion? Find(Guid chainId) =>
        PlaceOf(chainId) is >= 0 and var place ? new HeadInclusion(heads[place], place, tree.PathOf(place)) : null;

    private int PlaceOf(Guid chainId)
    {
        // Ids are made in the order of time, so that most new chains come last.
        if (heads.Count > 0 && heads[^1].ChainId.CompareTo(chainId) < 0)
        {
            return ~heads.Count;
        }

        var (low, high) = (0, heads.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            switch (heads[middle].ChainId.CompareTo(chainId))
            {
                case 0:
                    return middle;
                case < 0:
                    low = middle + 1;
                    break;
                default:
                    high = middle - 1;
                    break;
            }
        }

        return ~low;
    }
}
