namespace PersonalCareApi.Domain.Ledger;

/// <summary>That an entry was on the ledger when a checkpoint was signed: the way from the entry to the checkpoint's root.</summary>
/// <remarks>
/// From the entry the hashes of what the following entries say lead to the head of its chain, and from there the path of the
/// Merkle tree leads to the root. What the other entries and the other chains are is not told.
/// </remarks>
public sealed record EntryProof
{
    public required Guid ChainId { get; init; }

    public required long Sequence { get; init; }

    /// <summary>What the entry says; null where it is withheld and its hash alone is proven.</summary>
    public required byte[]? Canonical { get; init; }

    public required byte[] ContentHash { get; init; }

    public required byte[] PreviousHash { get; init; }

    /// <summary>The hashes of what the entries behind it say, up to the head that the checkpoint counts.</summary>
    public required IReadOnlyList<byte[]> Following { get; init; }

    public required int LeafIndex { get; init; }

    public required IReadOnlyList<byte[]> Path { get; init; }

    /// <summary>The first thing that does not fit, or null where the entry is proven. Whether the checkpoint is signed is asked elsewhere.</summary>
    public string? FirstFault(Checkpoint checkpoint)
    {
        if (Canonical is not null)
        {
            if (!LedgerChain.ContentHash(Canonical).AsSpan().SequenceEqual(ContentHash))
            {
                return "The entry does not say what its hash is over.";
            }

            if (LedgerChain.PlaceNamedBy(Canonical) != (ChainId, Sequence))
            {
                return "The entry is of another place than the proof says.";
            }
        }

        var hash = Following.Prepend(ContentHash).Aggregate(PreviousHash, LedgerChain.Follow);
        var leaf = new ChainHead(ChainId, Sequence + Following.Count, hash).LeafHash();
        return MerkleTree.RootFrom(leaf, LeafIndex, checkpoint.TreeSize, Path) is { } root && root.AsSpan().SequenceEqual(checkpoint.RootHash)
            ? null
            : "The entry does not lead to the root of the checkpoint.";
    }
}
