using System.Runtime.CompilerServices;
using System.Text.Json;
using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;
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
    private const int MostFaults = 1000;
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
        var found = new Findings();
        var signers = published ?? keys.Published();

        // The witness is read to where it ends now, and before the database: what it has, the database had before.
        var witnessed = new Marks("The witness");
        var (count, newest, known) = await VerifyCheckpoints(witness is null ? null : Lines(witness, witness.Length, ct), signers, witnessed, found, ct);
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
        IAsyncEnumerable<WitnessLine?>? witness, IReadOnlyList<PublishedKey> signers, Marks witnessed, Findings found, CancellationToken ct)
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
    private async Task<Marks> Counted(IReadOnlyList<PublishedKey> signers, Findings found, CancellationToken ct)
    {
        var marks = new Marks("The newest checkpoint");
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

    private async Task<(long Chains, long Entries)> VerifyChains(IReadOnlyList<Marks> marks, Findings found, Action<long> tell, CancellationToken ct)
    {
        var (chains, entries) = (0L, 0L);
        Chain? chain = null;
        await foreach (var row in Scope.Stream<Row>(SelectAll, null, ct))
        {
            if (chain?.Id != row.ChainId)
            {
                await End(chain, marks, found, ct);
                chain = new Chain(row.ChainId, marks);
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
    private async Task End(Chain? chain, IReadOnlyList<Marks> marks, Findings found, CancellationToken ct)
    {
        if (chain is null)
        {
            return;
        }

        if (chain.Fault is null && chain.NeedsAnotherLook)
        {
            await foreach (var row in Scope.Stream<Row>(SelectChainAfter, new { ChainId = chain.Id, After = chain.Sequence }, ct))
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

    private async Task NameWhatHasNoEntries(Findings found, CancellationToken ct)
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

    /// <summary>The lines of a file up to a length; null for one that is no line of a witness.</summary>
    private static async IAsyncEnumerable<WitnessLine?> Lines(Stream file, long length, [EnumeratorCancellation] CancellationToken ct)
    {
        using var reader = new StreamReader(file, leaveOpen: true);
        long read = 0;
        while (read < length && await reader.ReadLineAsync(ct) is { } text)
        {
            var bytes = System.Text.Encoding.UTF8.GetBytes(text);
            read += bytes.Length + 1;

            // Without its line feed it was cut off by a crash, and never taken.
            if (read <= length)
            {
                yield return WitnessLine.Read(bytes);
            }
        }
    }

    /// <summary>What somebody counted of each chain: the entry at that number must have that hash.</summary>
    private sealed class Marks(string who)
    {
        private readonly Dictionary<Guid, (long Sequence, byte[] Hash)> marks = [];

        public string Who { get; } = who;

        /// <summary>Those of chains that were not come by.</summary>
        public IEnumerable<(Guid ChainId, long Sequence)> Left => marks.Select(mark => (mark.Key, mark.Value.Sequence));

        public void Set(ChainHead head) => marks[head.ChainId] = (head.Sequence, head.Hash);

        public (long Sequence, byte[] Hash)? Of(Guid chainId) => marks.TryGetValue(chainId, out var mark) ? mark : null;

        public void Remove(Guid chainId) => marks.Remove(chainId);
    }

    /// <summary>What was found wrong: of each chain the first thing.</summary>
    private sealed class Findings
    {
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
            if (all.Count < MostFaults)
            {
                all.Add(fault);
            }
        }
    }

    /// <summary>Reads a witness beside the database, line by line.</summary>
    private sealed class WitnessReading(
        IAsyncEnumerable<WitnessLine?> lines, IReadOnlyList<PublishedKey> signers, Marks marks, Findings found, CancellationToken ct) : IAsyncDisposable
    {
        private readonly IAsyncEnumerator<WitnessLine?> reading = lines.GetAsyncEnumerator(ct);
        private readonly HeadTree heads = new();
        private WitnessLine? current;
        private string hash = Convert.ToHexStringLower(LedgerChain.Start);
        private bool ended;
        private bool believed = true;

        public long? Last { get; private set; }

        /// <summary>The line with that number, if there is one.</summary>
        public async Task<WitnessLine?> At(long sequence)
        {
            while (!ended && (current?.Sequence ?? 0) < sequence)
            {
                await Next();
            }

            return current?.Sequence == sequence && believed ? current : null;
        }

        /// <summary>The last number that the witness has.</summary>
        public async Task<long> ToTheEnd()
        {
            while (!ended)
            {
                await Next();
            }

            return Last ?? 0;
        }

        public ValueTask DisposeAsync() => reading.DisposeAsync();

        private async Task Next()
        {
            if (!believed || !await reading.MoveNextAsync())
            {
                ended = true;
                return;
            }

            var (line, expected) = (reading.Current, (Last ?? 0) + 1);
            var fault = FaultOf(line, expected);
            if (fault is not null)
            {
                // What comes behind it proves nothing.
                found.Add(new LedgerFault(LedgerFaultKind.Witness, $"Line {expected} of the witness: {fault}", Checkpoint: expected));
                believed = false;
                ended = true;
                return;
            }

            (current, hash, Last) = (line, line!.Hash, line.Sequence);
        }

        private string? FaultOf(WitnessLine? line, long expected)
        {
            if (line is null)
            {
                return "It cannot be read.";
            }

            if (CheckpointKeys.Read(line.Statement, signers, out var unsigned) is not { } payload
                || Checkpoint.Read(payload) is not { } stated || stated.Sequence != line.Sequence || Convert.ToHexStringLower(stated.Hash()) != line.Hash)
            {
                return unsigned ?? "It does not say what was signed.";
            }

            if (line.Sequence != expected || Convert.ToHexStringLower(stated.PreviousHash) != hash)
            {
                return $"It is checkpoint {line.Sequence}, which does not follow from the line before.";
            }

            foreach (var head in line.Heads)
            {
                var known = new ChainHead(head.Chain, head.Sequence, Convert.FromHexString(head.Hash));
                heads.Set(known);
                marks.Set(known);
            }

            return line.Heads.Count == 0 || heads.Root.AsSpan().SequenceEqual(stated.RootHash) ? null : "Its heads do not give the root that was signed.";
        }
    }

    /// <summary>One chain as it streams by.</summary>
    private sealed class Chain
    {
        private readonly ChainCheck check;
        private readonly (string Who, long Sequence, byte[] Hash)[] marks;
        private LedgerFault? fault;
        private long headSequence;
        private byte[]? headHash;

        public Chain(Guid id, IReadOnlyList<Marks> known)
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

        public void See(Row row)
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

    private sealed record Row
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
}
