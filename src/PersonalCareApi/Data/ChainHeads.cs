using PersonalCareApi.Domain.Ledger;

namespace PersonalCareApi.Data;

/// <summary>The heads of chains as this program last committed them, so that they need not be read before each entry.</summary>
/// <remarks>
/// Only ever compared: an entry is appended where the stored head is still the one remembered, else that is read. For one
/// writer, and not to be used by two.
/// </remarks>
internal sealed class ChainHeads(int most)
{
    private readonly Dictionary<Guid, ChainHead> committed = [];
    private readonly Dictionary<Guid, ChainHead> moved = [];

    /// <summary>As this transaction has left it, or the last one; null where it is not remembered.</summary>
    public ChainHead? Find(Guid chainId) => moved.GetValueOrDefault(chainId) ?? committed.GetValueOrDefault(chainId);

    public void Move(ChainHead head) => moved[head.ChainId] = head;

    /// <summary>The transaction is committed.</summary>
    public void Keep()
    {
        if (committed.Count + moved.Count > most)
        {
            committed.Clear();
        }

        foreach (var (chainId, head) in moved)
        {
            committed[chainId] = head;
        }

        moved.Clear();
    }

    /// <summary>The transaction is undone: the heads are as the last one left them.</summary>
    public void Undo() => moved.Clear();

    /// <summary>Nobody knows what became of the transaction.</summary>
    public void Forget()
    {
        committed.Clear();
        moved.Clear();
    }
}
