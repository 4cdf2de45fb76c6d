using System.Text;
using CsCheck;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Domain.Ledger;

namespace PersonalCareApi.Domain.Tests.Ledger;

/// <summary>A proof holds for its entry and its checkpoint, and for nothing that differs from them anywhere.</summary>
public sealed class EntryProofTests
{
    private static readonly Guid Client = Guid.Parse("0197a000-0000-7000-8000-000000000201");

    [Test]
    public void Every_entry_of_a_chain_is_proven_by_the_hashes_behind_it() =>
        Gen.Select(Gen.Int[1, 12], Gen.Int[0, 11], Gen.Int[0, 9]).Sample((length, pick, others) =>
        {
            var chain = Chain(length);
            var (proof, checkpoint) = Prove(chain, pick % length, others);
            return proof.FirstFault(checkpoint) is null
                && (proof with { Canonical = null }).FirstFault(checkpoint) is null;
        });

    [Test]
    public void Whatever_is_changed_in_a_proof_it_no_longer_holds()
    {
        var (proof, checkpoint) = Prove(Chain(5), 1, 4);
        var other = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(proof.Canonical!).Replace("permit", "denied", StringComparison.Ordinal));
        EntryProof[] changed =
        [
            proof with { Canonical = other },
            proof with { Canonical = other, ContentHash = LedgerChain.ContentHash(other) },
            proof with { Sequence = 3 },
            proof with { ChainId = Guid.Empty },
            proof with { Canonical = null, ChainId = Guid.Empty },
            proof with { Canonical = null, Sequence = 3 },
            proof with { PreviousHash = LedgerChain.Start },
            proof with { Following = [.. proof.Following.SkipLast(1)] },
            proof with { Following = [.. proof.Following.Reverse()] },
            proof with { LeafIndex = proof.LeafIndex + 1 },
            proof with { Path = [.. proof.Path.Skip(1)] },
        ];

        Assert.That(proof.FirstFault(checkpoint), Is.Null);
        Assert.That(changed.Select(one => one.FirstFault(checkpoint)), Has.None.Null);
        Assert.That(proof.FirstFault(checkpoint with { RootHash = LedgerChain.Start }), Is.Not.Null);
        Assert.That(proof.FirstFault(checkpoint with { TreeSize = checkpoint.TreeSize + 7 }), Is.Not.Null);
    }

    [Test]
    public void A_checkpoint_is_read_as_it_was_written_and_in_no_other_form()
    {
        var (_, checkpoint) = Prove(Chain(2), 0, 1);
        var canonical = checkpoint.Canonical();

        Assert.That(Checkpoint.Read(canonical)?.Canonical(), Is.EqualTo(canonical));
        Assert.That(Checkpoint.Read([.. canonical, (byte)' ']), Is.Null);
        Assert.That(Checkpoint.Read("{}"u8.ToArray()), Is.Null);
        Assert.That(Checkpoint.Read("nonsense"u8.ToArray()), Is.Null);
        Assert.That(Encoding.UTF8.GetString(canonical), Does.StartWith("{\"format\":1,\"sequence\":7,\"previousHash\":\"00").And.Contain("\"at\":\"2026-05-04T09:30:00.000000Z\""));
    }

    /// <summary>The hash of an entry, worked out by hand: SHA-256(previous hash ‖ SHA-256(canonical)).</summary>
    [Test]
    public void The_hash_of_an_entry_is_over_the_hash_before_and_the_hash_of_what_it_says()
    {
        var entry = Chain(1)[0];
        var content = System.Security.Cryptography.SHA256.HashData(entry.Canonical);

        Assert.That(entry.Hash, Is.EqualTo(System.Security.Cryptography.SHA256.HashData([.. new byte[32], .. content])));
        Assert.That(Encoding.UTF8.GetString(entry.Canonical), Does.StartWith($"{{\"format\":2,\"chain\":\"{Client}\",\"sequence\":1,\"id\":"));
    }

    private static (EntryProof Proof, Checkpoint Checkpoint) Prove(IReadOnlyList<LedgerEntry> chain, int index, int others)
    {
        var tree = new HeadTree();
        foreach (var number in Enumerable.Range(0, others))
        {
            tree.Set(new ChainHead(new Guid(number, 0, 0, new byte[8]), 1, MerkleTree.LeafHash([(byte)number])));
        }

        tree.Set(new ChainHead(Client, chain[^1].Sequence, chain[^1].Hash));
        var found = tree.Find(Client)!;
        var entry = chain[index];
        return (
            new EntryProof
            {
                ChainId = Client,
                Sequence = entry.Sequence,
                Canonical = entry.Canonical,
                ContentHash = LedgerChain.ContentHash(entry.Canonical),
                PreviousHash = entry.PreviousHash,
                Following = [.. chain.Skip(index + 1).Select(one => LedgerChain.ContentHash(one.Canonical))],
                LeafIndex = found.Index,
                Path = found.Path,
            },
            new Checkpoint
            {
                Sequence = 7,
                At = new DateTimeOffset(2026, 5, 4, 9, 30, 0, TimeSpan.Zero),
                TreeSize = tree.Size,
                Entries = tree.Entries,
                RootHash = tree.Root,
                PreviousHash = LedgerChain.Start,
            });
    }

    private static List<LedgerEntry> Chain(int length)
    {
        var chain = new List<LedgerEntry>();
        foreach (var number in Enumerable.Range(1, length))
        {
            chain.Add(LedgerChain.Append(
                new LedgerUse
                {
                    Id = new Guid(number, 7, 7, new byte[8]),
                    At = new DateTimeOffset(2026, 5, 4, 9, 30, number, TimeSpan.Zero),
                    PartnerId = Guid.Empty,
                    ClientId = Client,
                    ActingAs = new Party(PartyKind.Client, Client),
                    ApplicationId = Guid.Empty,
                    Operation = "GetAssessment",
                    Use = new DataUse(DataCategory.Assessments, DataAction.Read),
                    Purpose = "PATRQT",
                    Decision = LedgerUse.Permit,
                    Outcome = 200,
                },
                chain.Count,
                chain.Count == 0 ? LedgerChain.Start : chain[^1].Hash));
        }

        return chain;
    }
}
