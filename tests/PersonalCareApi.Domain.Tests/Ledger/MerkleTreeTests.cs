using CsCheck;
using PersonalCareApi.Domain.Ledger;

namespace PersonalCareApi.Domain.Tests.Ledger;

/// <summary>The tree is that of RFC 6962, by the vectors published with the reference implementation, and every path proves its leaf alone.</summary>
public sealed class MerkleTreeTests
{
    /// <summary>The leaves of the vectors of Certificate Transparency's reference implementation.</summary>
    private static readonly string[] PublishedLeaves =
        ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

    private static readonly string[] PublishedRoots =
    [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    [Test]
    public void Trees_of_0_to_8_leaves_have_the_published_roots([Range(0, 8)] int size) =>
        Assert.That(Hex(TreeOf(Published(size)).Root), Is.EqualTo(PublishedRoots[size]));

    [TestCase(0, "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7 5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e 6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4")]
    [TestCase(5, "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0 d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")]
    public void The_tree_of_8_has_the_published_paths(int index, string path)
    {
        var leaves = Published(8);

        Assert.That(TreeOf(leaves).PathOf(index).Select(Hex), Is.EqualTo(path.Split(' ')));
        Assert.That(Hex(MerkleTree.RootFrom(leaves[index], index, 8, path.Split(' ').Select(Convert.FromHexString))!), Is.EqualTo(PublishedRoots[8]));
    }

    [Test]
    public void Every_leaf_of_every_tree_is_led_to_the_root_by_its_path_and_no_other() =>
        Gen.Select(Gen.Int[1, 70], Gen.Int[0, 69]).Sample((size, pick) =>
        {
            var index = pick % size;
            var leaves = Leaves(size);
            var tree = TreeOf(leaves);
            var path = tree.PathOf(index);
            bool Proves(byte[] leaf, int at, int of, IEnumerable<byte[]> way) =>
                MerkleTree.RootFrom(leaf, at, of, way) is { } root && root.AsSpan().SequenceEqual(tree.Root);

            return Proves(leaves[index], index, size, path)
                && !Proves(MerkleTree.LeafHash([9, 9, 9]), index, size, path)
                && !Enumerable.Range(0, size).Any(other => other != index && Proves(leaves[index], other, size, path))
                && !Proves(leaves[index], index, size, [.. path, leaves[0]])
                && (path.Count == 0 || !Proves(leaves[index], index, size, path.Skip(1)))
                && (path.Count == 0 || !Proves(leaves[index], index, size, [.. path.SkipLast(1), MerkleTree.LeafHash([7])]))
                && !Proves(leaves[index], -1, size, path)
                && !Proves(leaves[index], size, size, path);
        });

    [Test]
    public void A_tree_that_grew_and_changed_is_the_one_made_at_once() =>
        Gen.Select(Gen.Int[0, 40], Gen.Select(Gen.Int[0, 1000], Gen.Bool, Gen.Bool).Array[0, 40]).Sample((size, steps) =>
        {
            var leaves = Leaves(size).ToList();
            var tree = TreeOf(leaves);
            foreach (var (number, (pick, inserts, looks)) in steps.Index())
            {
                var leaf = MerkleTree.LeafHash([1, (byte)number]);
                if (inserts || leaves.Count == 0)
                {
                    var place = pick % (leaves.Count + 1);
                    leaves.Insert(place, leaf);
                    tree.Insert(place, leaf);
                }
                else
                {
                    leaves[pick % leaves.Count] = leaf;
                    tree.Replace(pick % leaves.Count, leaf);
                }

                if (looks && Hex(tree.Root) != Hex(TreeOf(leaves).Root))
                {
                    return false;
                }
            }

            var whole = TreeOf(leaves);
            return Hex(tree.Root) == Hex(whole.Root)
                && Enumerable.Range(0, leaves.Count).All(index => tree.PathOf(index).Select(Hex).SequenceEqual(whole.PathOf(index).Select(Hex)));
        });

    [Test]
    public void Heads_stand_in_the_order_of_their_ids_octets_whatever_order_they_came_in() =>
        Gen.Guid.Array[0, 30].Sample(ids =>
        {
            var (one, other) = (new HeadTree(), new HeadTree());
            foreach (var id in ids)
            {
                one.Set(Head(id, 1));
                one.Set(Head(id, 2));
            }

            foreach (var id in ids.Reverse())
            {
                other.Set(Head(id, 2));
            }

            var distinct = ids.Distinct().OrderBy(id => id.ToString("N"), StringComparer.Ordinal).ToList();
            return Hex(one.Root) == Hex(other.Root)
                && one.Entries == 2 * distinct.Count
                && one.Heads.Select(head => head.ChainId).SequenceEqual(distinct)
                && distinct.Index().All(place => one.Find(place.Item) is { } found
                    && found.Index == place.Index
                    && Hex(MerkleTree.RootFrom(found.Head.LeafHash(), found.Index, one.Size, found.Path)!) == Hex(one.Root));
        });

    private static ChainHead Head(Guid id, long sequence) => new(id, sequence, MerkleTree.LeafHash(id.ToByteArray()));

    private static List<byte[]> Published(int size) => [.. PublishedLeaves.Take(size).Select(leaf => MerkleTree.LeafHash(Convert.FromHexString(leaf)))];

    private static List<byte[]> Leaves(int size) => [.. Enumerable.Range(0, size).Select(number => MerkleTree.LeafHash([(byte)number]))];

    private static MerkleTree TreeOf(IEnumerable<byte[]> leaves)
    {
        var tree = new MerkleTree();
        foreach (var leaf in leaves)
        {
            tree.Insert(tree.Size, leaf);
        }

        return tree;
    }

    private static string Hex(byte[] hash) => Convert.ToHexStringLower(hash);
}
