using PersonalCareApi.Domain.Ledger;

namespace PersonalCareApi.Ledger;

/// <summary>What was found wrong: of each chain the first thing.</summary>
internal sealed class LedgerFindings
{
    private const int Most = 1000;

    private readonly HashSet<Guid> chains = [];
    private readonly List<LedgerFault> all = [];

    public long Count { get; private set; }

    public IReadOnlyList<LedgerFault> All => all;

    public void InChain(LedgerFault fault)
    {
        if (chains.Add(fault.ChainId!.Value))
        {
            Add(fault);
        }
    }

    public void Add(LedgerFault fault)
    {
        Count++;
        if (all.Count < Most)
        {
            all.Add(fault);
        }
    }
}
