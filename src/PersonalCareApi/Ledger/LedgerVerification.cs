using System.Runtime.CompilerServices;
using PersonalCareApi.Data;
using PersonalCareApi.Domain.Ledger;
using PersonalCareApi.Protection;

namespace PersonalCareApi.Ledger;

/// <summary>What a verification looked at, and what it found wrong.</summary>
/// <param name="Faults">The first thing wrong with each chain and each checkpoint, the first thousand of them.</param>
internal sealed record LedgerReport(
    bool Sound, long Chains, long Entries, long Checkpoints, long? NewestCheckpoint, long? Witnessed, long FaultsFound, IReadOnlyList<LedgerFault> Faults);

/// <summary>Verifies the whole ledger as it is kept, and against what a witness knows.</summary>
/// <remarks>
/// Entries stream by: what is held in memory is a few hundred octets for each chain, none for an entry. It runs beside
/// servers: what they append meanwhile is no fault.
/// </remarks>
internal sealed class LedgerVerification(Database database, CheckpointRepository checkpoints, CheckpointTree tree, CheckpointKeys keys)
{
    private const int AtATime = 500;

    private const string EntryColumns = """
        entry.chain_id, entry.sequence, entry.id, entry.partner_id, entry.client_id, entry.acting_id, entry.at, entry.category,
        entry.action, entry.decision, entry.basis_kind, entry.previous_hash, entry.hash, entry.canonical
        """;

    private const string SelectAll = $"""
        SELECT {EntryColumns}, head.sequence AS head_sequence, head.hash AS head_hash
        FROM ledger_entry AS entry
        LEFT JOIN ledger_head AS head ON head.chain_id = entry.chain_id
        ORDER BY entry.chain_id, entry.sequence
        """;

    private const string SelectChainAfter = $"""
        SELECT {EntryColumns}, head.sequence AS head_sequence, head.hash AS head_hash
        FROM ledger_entry AS entry
        LEFT JOIN ledger_head AS head ON head.chain_id = entry.chain_id
        WHERE entry.chain_id = @ChainId AND entry.sequence > @After
        ORDER BY entry.chain_id, entry.sequence
        """;

    private const string SelectHead = "SELECT chain_id, sequence, hash FROM ledger_head WHERE chain_id = @ChainId";

    private const string SelectHeadsAlone = """
        SELECT head.chain_id, head.sequence, head.hash
        FROM ledger_head AS head
        WHERE NOT EXISTS (SELECT 1 FROM ledger_entry AS entry WHERE entry.chain_id = head.chain_id)
        """;

    private const string SelectCutHeads = """
        SELECT chain_id, sequence, checkpoint_sequence, counted_in
        FROM ledger_head
        WHERE checkpoint_sequence > sequence
        """;

    // Whose record there is was created by an entry: ids alone.
    private const string SelectClientsWithoutChain = """
        SELECT client.client_id
        FROM client
        WHERE NOT EXISTS (SELECT 1 FROM ledger_entry AS entry WHERE entry.chain_id = client.client_id)
        """;

    private SystemScope Scope => database.ForSystem(SystemReason.Ledger);

    /// <param name="witness">The lines of a witness, oldest first; null to verify without.</param>
    /// <param name="published">The keys that checkpoints may be signed with; the installation's own where null.</param>
    /// <param name="tell">Told how many entries have been seen, now and then.</param>
    /// <param name="ct">Ends it.</param>
    public async Task<LedgerReport> Run(Stream? witness, IReadOnlyList<PublishedKey>? published, Action<long> tell, CancellationToken ct)
    {
        var found = new LedgerFindings();
        var signers = published ?? keys.Published();

        // The witness is read to where it ends now, and before the database: what it has, the database had before.
        var witnessed = new LedgerMarks("The witness");
        var (count, newest, known) = await VerifyCheckpoints(witness is null ? null : WitnessReading.Lines(witness, witness.Length, ct), signers, witnessed, found, ct);
        var counted = await Counted(signers, found, ct);
        var (chains, entries) = await VerifyChains([witnessed, counted], found, tell, ct);
        foreach (var marks in new[] { witnessed, counted })
        {
            foreach (var lost in marks.Left)
            {
                found.InChain(new LedgerFault(
                    LedgerFaultKind.Dropped, $"{marks.Who} counted {lost.Sequence} entries of this chain, and there is none.", lost.ChainId, 1));
            }
        }

        await NameWhatHasNoEntries(found, ct);
        return new LedgerReport(found.Count == 0, chains, entries, count, newest, known, found.Count, found.All);
    }

    private async Task<(long Count, long? Newest, long? Witnessed)> VerifyCheckpoints(
        IAsyncEnumerable<WitnessLine?>? witness, IReadOnlyList<PublishedKey> signers, LedgerMarks witnessed, LedgerFindings found, CancellationToken ct)
    {
        await using var lines = witness is null ? null : new WitnessReading(witness, signers, witnessed, found, ct);
        var (previous, hash) = ((Checkpoint?)null, LedgerChain.Start);
        long last = 0;
        var trusted = true;
        await foreach (var kept in All(ct))
        {
            var line = lines is null ? null : await lines.At(kept.Sequence);
            if (kept.Sequence != last + 1)
            {
                found.Add(new LedgerFault(LedgerFaultKind.Checkpoint, $"Checkpoint {last + 1} is missing.", Checkpoint: last + 1));
                trusted = false;
            }

            var stated = CheckpointKeys.Read(kept.Statement, signers, out var fault) is { } payload ? Checkpoint.Read(payload) : null;
            if (stated is null || stated.Sequence != kept.Sequence || !stated.Hash().AsSpan().SequenceEqual(kept.Hash))
            {
                found.Add(new LedgerFault(
                    LedgerFaultKind.Forged, $"Checkpoint {kept.Sequence} was not made by this installation. {fault ?? "It does not say what its row says."}",
                    Checkpoint: kept.Sequence));
            }
            else if (trusted && !stated.PreviousHash.AsSpan().SequenceEqual(hash))
            {
                found.Add(new LedgerFault(
                    LedgerFaultKind.Checkpoint, $"Checkpoint {kept.Sequence} does not follow from the one before.", Checkpoint: kept.Sequence));
            }
            else if (previous is not null && (stated.TreeSize < previous.TreeSize || stated.Entries <= previous.Entries))
            {
                found.Add(new LedgerFault(
                    LedgerFaultKind.Checkpoint, $"Checkpoint {kept.Sequence} counts fewer chains or no more entries than the one before.", Checkpoint: kept.Sequence));
            }

            if (line is not null && line.Hash != Convert.ToHexStringLower(kept.Hash))
            {
                found.Add(new LedgerFault(
                    LedgerFaultKind.Restored, $"Checkpoint {kept.Sequence} is another than the witness knows: from there on the database has another past.",
                    Checkpoint: kept.Sequence));
            }

            (previous, hash, last, trusted) = (stated ?? previous, kept.Hash, kept.Sequence, true);
        }

        if (lines is not null && await lines.ToTheEnd() is var furthest and > 0 && furthest > last)
        {
            found.Add(new LedgerFault(
                LedgerFaultKind.Restored,
                $"The witness knows checkpoints up to {furthest}, the database up to {last}: an older state of it was put back, or its newest checkpoints were taken away.",
                Checkpoint: last + 1));
        }

        return (last, last == 0 ? null : last, lines?.Last);
    }

    /// <summary>What the newest checkpoint counts of each chain, once that gives its root.</summary>
    private async Task<LedgerMarks> Counted(IReadOnlyList<PublishedKey> signers, LedgerFindings found, CancellationToken ct)
    {
        var marks = new LedgerMarks("The newest checkpoint");
        try
        {
            if (await tree.MovedSince(0, signers, ct) is var (_, heads))
            {
                foreach (var head in heads)
                {
                    marks.Set(head);
                }
            }
        }
        catch (LedgerDiffers differs)
        {
            found.Add(new LedgerFault(LedgerFaultKind.Checkpoint, differs.Message));
            await foreach (var head in Scope.Stream<CutHead>(SelectCutHeads, null, ct))
            {
                found.InChain(new LedgerFault(
                    LedgerFaultKind.Truncated,
                    $"The chain ends with entry {head.Sequence}; checkpoint {head.CountedIn} counted {head.CheckpointSequence}.",
                    head.ChainId,
                    head.Sequence + 1));
            }
        }

        return marks;
    }

    private async Task<(long Chains, long Entries)> VerifyChains(IReadOnlyList<LedgerMarks> marks, LedgerFindings found, Action<long> tell, CancellationToken ct)
    {
        var (chains, entries) = (0L, 0L);
        VerifiedChain? chain = null;
        await foreach (var row in Scope.Stream<VerifiedRow>(SelectAll, null, ct))
        {
            if (chain?.Id != row.ChainId)
            {
                await End(chain, marks, found, ct);
                chain = new VerifiedChain(row.ChainId, marks);
                chains++;
            }

            chain.See(row);
            if (++entries % 100_000 == 0)
            {
                tell(entries);
            }
        }

        await End(chain, marks, found, ct);
        return (chains, entries);
    }

    /// <summary>The head may have been read before the last entry, or after: then the rest of the chain is read now.</summary>
    private async Task End(VerifiedChain? chain, IReadOnlyList<LedgerMarks> marks, LedgerFindings found, CancellationToken ct)
    {
        if (chain is null)
        {
            return;
        }

        if (chain.Fault is null && chain.NeedsAnotherLook)
        {
            await foreach (var row in Scope.Stream<VerifiedRow>(SelectChainAfter, new { ChainId = chain.Id, After = chain.Sequence }, ct))
            {
                chain.See(row);
            }

            if (await Scope.QueryOne<HeadRow>(SelectHead, new { ChainId = chain.Id }, ct) is { } head)
            {
                chain.SeeHead(head.Sequence, head.Hash);
            }
        }

        foreach (var one in marks)
        {
            one.Remove(chain.Id);
        }

        if (chain.Conclude() is { } fault)
        {
            found.InChain(fault);
        }
    }

    private async Task NameWhatHasNoEntries(LedgerFindings found, CancellationToken ct)
    {
        await foreach (var head in Scope.Stream<HeadRow>(SelectHeadsAlone, null, ct))
        {
            found.InChain(new LedgerFault(LedgerFaultKind.Dropped, $"All {head.Sequence} entries of this chain are gone; its head is still there.", head.ChainId, 1));
        }

        await foreach (var clientId in Scope.Stream<Guid>(SelectClientsWithoutChain, null, ct))
        {
            found.InChain(new LedgerFault(LedgerFaultKind.Dropped, "There is a record of this client and no chain.", clientId, 1));
        }
    }

    private async IAsyncEnumerable<KeptCheckpoint> All([EnumeratorCancellation] CancellationToken ct)
    {
        long after = 0;
        while (await checkpoints.After(after, AtATime, ct) is [.., var last] page)
        {
            foreach (var kept in page)
            {
                yield return kept;
            }

            after = last.Sequence;
        }
    }

    private sealed record HeadRow
    {
        public required Guid ChainId { get; init; }

        public required long Sequence { get; init; }

        public required byte[] Hash { get; init; }
    }

    private sealed record CutHead
    {
        public required Guid ChainId { get; init; }

        public required long Sequence { get; init; }

        public required long CheckpointSequence { get; init; }

        public required long CountedIn { get; init; }
    }
}
