using System.Security.Cryptography;

namespace PersonalCareApi.Domain.Ledger;

/// <summary>The Merkle tree of RFC 6962, section 2.1, over leaves whose hashes are given; what has not changed is not hashed again.</summary>
/// <remarks>
/// A leaf is hashed behind the octet 0 and a node behind the octet 1, so that neither passes for the other. Nodes are paired
/// level by level and a lone one goes up as it is, which gives the same tree as the recursive definition.
/// </remarks>
public sealed class MerkleTree
{
    private readonly List<List<byte[]>> levels = [[]];
    private readonly HashSet<int> changed = [];

    /// <summary>From this leaf on all have moved; behind the last where none has.</summary>
    private int movedFrom = int.MaxValue;

    public int Size => levels[0].Count;

    /// <summary>The hash over all leaves; of no leaf at all, the hash of nothing.</summary>
    public byte[] Root
    {
        get
        {
            HashAgain();
            return Size == 0 ? SHA256.HashData([]) : levels[^1][0];
        }
    }

    public static byte[] LeafHash(ReadOnlySpan<byte> data) => SHA256.HashData([0, .. data]);

    public static byte[] NodeHash(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        Span<byte> node = stackalloc byte[1 + (2 * SHA256.HashSizeInBytes)];
        node[0] = 1;
        left.CopyTo(node[1..]);
        right.CopyTo(node[(1 + SHA256.HashSizeInBytes)..]);
        return SHA256.HashData(node);
    }

    public void Replace(int index, byte[] leafHash)
    {
        levels[0][index] = leafHash;
        changed.Add(index);
    }

    public void Insert(int index, byte[] leafHash)
    {
        levels[0].Insert(index, leafHash);
        movedFrom = Math.Min(movedFrom, index);
    }

    /// <summary>The hashes that lead from a leaf to the root, from below (the audit path of RFC 6962).</summary>
    public IReadOnlyList<byte[]> PathOf(int index)
    {
        HashAgain();
        var path = new List<byte[]>();
        foreach (var level in levels)
        {
            if ((index ^ 1) < level.Count)
            {
                path.Add(level[index ^ 1]);
            }

            index /= 2;
        }

        return path;
    }

    /// <summary>The root to which a leaf's path leads in a tree of that size; null where no such path can be.</summary>
    /// <remarks>RFC 9162, section 2.1.3.2.</remarks>
    public static byte[]? RootFrom(byte[] leafHash, long index, long size, IEnumerable<byte[]> path)
    {
        if (index < 0 || index >= size)
        {
            return null;
        }

        var (node, last, hash) = (index, size - 1, leafHash);
        foreach (var sibling in path)
        {
            if (last == 0 || sibling.Length != SHA256.HashSizeInBytes)
            {
                return null;
            }

            if (node % 2 == 1 || node == last)
            {
                hash = NodeHash(sibling, hash);
                while (node % 2 == 0 && node != 0)
                {
                    (node, last) = (node / 2, last / 2);
                }
            }
            else
            {
                hash = NodeHash(hash, sibling);
            }

            (node, last) = (node / 2, last / 2);
        }

        return last == 0 ? hash : null;
    }

    private void HashAgain()
    {
        if (changed.Count == 0 && movedFrom == int.MaxValue)
        {
            return;
        }

        var (indexes, from) = (changed.ToHashSet(), movedFrom);
        for (var height = 0; levels[height].Count > 1; height++)
        {
            if (levels.Count == height + 1)
            {
                levels.Add([]);
                from = 0;
            }

            var (below, above) = (levels[height], levels[height + 1]);
            from = from == int.MaxValue ? from : from / 2;
            indexes = [.. indexes.Select(index => index / 2).Where(index => index < from)];
            foreach (var index in indexes)
            {
                above[index] = Above(below, index);
            }

            for (var index = from; index < (below.Count + 1) / 2; index++)
            {
                if (index < above.Count)
                {
                    above[index] = Above(below, index);
                }
                else
                {
                    above.Add(Above(below, index));
                }
            }
        }

        changed.Clear();
        movedFrom = int.MaxValue;
    }

    private static byte[] Above(List<byte[]> below, int index) =>
        (2 * index) + 1 < below.Count ? NodeHash(below[2 * index], below[(2 * index) + 1]) : below[2 * index];
}
