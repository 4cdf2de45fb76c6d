using System.Text.Json;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Domain.Ledger;

namespace PersonalCareApi.Ledger;

/// <summary>One chain as it streams by.</summary>
internal sealed class VerifiedChain
{
    private readonly ChainCheck check;
    private readonly (string Who, long Sequence, byte[] Hash)[] marks;
    private LedgerFault? fault;
    private long headSequence;
    private byte[]? headHash;

    public VerifiedChain(Guid id, IReadOnlyList<LedgerMarks> known)
    {
        Id = id;
        check = new ChainCheck(id);
        marks =
        [
            .. from one in known
               let mark = one.Of(id)
               where mark is not null
               select (one.Who, mark.Value.Sequence, mark.Value.Hash),
        ];
    }

    public Guid Id { get; }

    public long Sequence => check.Sequence;

    public LedgerFault? Fault => check.Fault ?? fault;

    /// <summary>Whether the head that was read with the last entry is not that entry.</summary>
    public bool NeedsAnotherLook => headHash is null || headSequence != check.Sequence || !check.Hash.AsSpan().SequenceEqual(headHash);

    public void See(VerifiedRow row)
    {
        if (row.HeadHash is not null)
        {
            SeeHead(row.HeadSequence!.Value, row.HeadHash);
        }

        if (!check.See(new LedgerEntry(row.ChainId, row.Sequence, row.PreviousHash, row.Hash, row.Canonical)) || fault is not null)
        {
            return;
        }

        foreach (var mark in marks.Where(mark => mark.Sequence == row.Sequence && !row.Hash.AsSpan().SequenceEqual(mark.Hash)))
        {
            fault = Found(
                LedgerFaultKind.Rewritten, row.Sequence,
                $"Up to entry {row.Sequence} the chain is another than {char.ToLowerInvariant(mark.Who[0])}{mark.Who[1..]} counted: its hashes were made anew.");
        }

        if (fault is null && !row.Agrees())
        {
            fault = Found(LedgerFaultKind.Columns, row.Sequence, $"Entry {row.Sequence} has columns that it does not say.");
        }
    }

    public void SeeHead(long sequence, byte[] hash) => (headSequence, headHash) = (sequence, hash);

    /// <summary>The first thing wrong with the whole of it.</summary>
    public LedgerFault? Conclude()
    {
        if (Fault is not null)
        {
            return Fault;
        }

        if (marks.Where(mark => mark.Sequence > Sequence).OrderByDescending(mark => mark.Sequence).FirstOrDefault() is { Who: not null } longer)
        {
            return Found(LedgerFaultKind.Truncated, Sequence + 1, $"The chain ends with entry {Sequence}; {char.ToLowerInvariant(longer.Who[0])}{longer.Who[1..]} counted {longer.Sequence}.");
        }

        return headHash is null ? Found(LedgerFaultKind.Head, Sequence, "The chain has no head.")
            : headSequence > Sequence ? Found(LedgerFaultKind.Truncated, Sequence + 1, $"The chain ends with entry {Sequence}; its head is entry {headSequence}.")
            : headSequence < Sequence ? Found(LedgerFaultKind.Head, Sequence, $"The head is entry {headSequence}, and the chain ends with entry {Sequence}.")
            : !check.Hash.AsSpan().SequenceEqual(headHash) ? Found(LedgerFaultKind.Head, Sequence, "The head is not the last entry.")
            : null;
    }

    private LedgerFault Found(LedgerFaultKind kind, long sequence, string detail) => new(kind, detail, Id, sequence);
}

/// <summary>An entry as it is kept, with the columns by which it is found, and the head of its chain as it was read beside it.</summary>
internal sealed record VerifiedRow
{
    public required Guid ChainId { get; init; }

    public required long Sequence { get; init; }

    public required Guid Id { get; init; }

    public required Guid PartnerId { get; init; }

    public Guid? ClientId { get; init; }

    public Guid? ActingId { get; init; }

    public required DateTimeOffset At { get; init; }

    public string? Category { get; init; }

    public string? Action { get; init; }

    public string? Decision { get; init; }

    public string? BasisKind { get; init; }

    public required byte[] PreviousHash { get; init; }

    public required byte[] Hash { get; init; }

    public required byte[] Canonical { get; init; }

    public long? HeadSequence { get; init; }

    public byte[]? HeadHash { get; init; }

    /// <summary>Whether the columns by which it is found are what it says.</summary>
    public bool Agrees()
    {
        try
        {
            var use = LedgerChain.Read(Canonical);
            return use.Id == Id && use.PartnerId == PartnerId && use.ClientId == ClientId && use.ActingAs?.Id == ActingId && use.At == At
                && use.Use.Category.Code() == Category && use.Use.Action.Code() == Action && use.Decision == Decision && use.Basis.Kind == BasisKind;
        }
        catch (Exception unreadable) when (unreadable is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return false;
        }
    }
}
