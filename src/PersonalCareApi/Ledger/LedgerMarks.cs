using PersonalCareApi.Domain.Ledger;

namespace PersonalCareApi.Ledger;

/// <summary>What somebody counted of each chain: the entry at that number must have that hash.</summary>
internal sealed class LedgerMarks(string who)
{
    private readonly Dictionary<Guid, (long Sequence, byte[] Hash)> marks = [];

    public string Who { get; } = who;

    /// <summary>Those of chains that were not come by.</summary>
    public IEnumerable<(Guid ChainId, long Sequence)> Left => marks.Select(mark => (mark.Key, mark.Value.Sequence));

    public void Set(ChainHead head) => marks[head.ChainId] = (head.Sequence, head.Hash);

    public (long Sequence, byte[] Hash)? Of(Guid chainId) => marks.TryGetValue(chainId, out var mark) ? mark : null;

    public void Remove(Guid chainId) => marks.Remove(chainId);
}
