using System.Collections.Concurrent;
using System.Security.Cryptography;
using Dapper;
using PersonalCareApi.Data;

namespace PersonalCareApi.Protection;

/// <summary>Gives each client a new data key and seals everything of the client's with it, while servers run.</summary>
/// <remarks>
/// Per client: what the run before retired is removed; a new generation is added; every content is sealed again. The
/// new generation raises <c>access_version</c> in its transaction, so whatever was sealed with the one before and is not
/// committed yet is outdated at its commit, and is made again. From then on no content of an older generation can come
/// to be: those there are only become fewer. Old keys stay until a later run, for readers that have a row in hand.
/// </remarks>
internal sealed class KeyRotation(Database database, ClientKeys keys, WriteQueue queue, TimeProvider time)
{
    private const int AtOnce = 8;
    private const int PageSize = 100;

    private const string SelectClients = """
        SELECT DISTINCT client_id, partner_id
        FROM client_key
        WHERE (@PartnerId IS NULL OR partner_id = @PartnerId) AND client_id > @After
        ORDER BY client_id
        """;

    private const string SelectLastRun = """
        SELECT created_at
        FROM client_key
        WHERE generation > 1 AND (@PartnerId IS NULL OR partner_id = @PartnerId)
        ORDER BY created_at DESC
        """;

    private const string SelectKeys = """
        SELECT client_id, generation, wrapped, created_at
        FROM client_key
        WHERE client_id = @ClientId AND partner_id = @PartnerId
        """;

    // Only beside the generation before: keys that were destroyed meanwhile are not brought back.
    private const string AddGeneration = """
        INSERT INTO client_key (client_id, partner_id, generation, wrapped, created_at)
        SELECT client_id, partner_id, @Generation, @Wrapped, @StartedAt
        FROM client_key
        WHERE client_id = @ClientId AND partner_id = @PartnerId AND generation = @Generation - 1
        """;

    private const string RaiseAccessVersion = $"""
        UPDATE client
        SET {WriteUnit.RaisesAccess}
        WHERE client_id = @ClientId AND partner_id = @PartnerId
        """;

    private const string RemoveOlder = """
        DELETE FROM client_key
        WHERE client_id = @ClientId AND partner_id = @PartnerId AND generation < @Generation
        """;

    /// <summary>How many clients are taken between two reports of progress.</summary>
    public int BatchSize { get; init; } = 100;

    private SystemScope Scope => database.ForSystem(SystemReason.KeyRotation);

    /// <summary>When the last run began, whether or not it came to its end; null where there was none.</summary>
    public async Task<DateTimeOffset?> LastRun(Guid? partnerId, CancellationToken ct) =>
        (await Scope.Query<KeyRow>($"{SelectLastRun}\n{database.Dialect.FirstRows}", new { PartnerId = partnerId, Limit = 1 }, ct)) is [var last]
            ? last.CreatedAt
            : null;

    /// <summary>Rotates the keys of every client, or of one partner's.</summary>
    /// <param name="partnerId">Whose clients; null for all.</param>
    /// <param name="startedAt">When the run began. That of a run that was broken off leaves out the clients it had come to.</param>
    /// <param name="afterBatch">Told what is done so far.</param>
    /// <param name="ct">Ends the run between two clients; nothing is left undone that the next run would not do.</param>
    public async Task<RotationReport> Run(Guid? partnerId, DateTimeOffset startedAt, Action<RotationReport> afterBatch, CancellationToken ct)
    {
        var run = new Progress(startedAt);
        var after = Guid.Empty;
        while (await Next(partnerId, after, ct) is [.., var last] clients)
        {
            await Parallel.ForEachAsync(
                clients,
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct },
                async (client, token) => await RotateOrReport(client, run, token));
            after = last.ClientId;
            afterBatch(run.Report());
        }

        return run.Report();
    }

    /// <summary>Seals what there is of a client with a new key and destroys every key before it, in one run.</summary>
    /// <remarks>For a record that is closed: readers who still hold a row find the key gone and read again.</remarks>
    /// <returns>How many keys were destroyed.</returns>
    /// <exception cref="CryptographicException">Some content does not open; no key was destroyed.</exception>
    public async Task<int> Replace(Guid clientId, Guid partnerId, CancellationToken ct)
    {
        var client = new ClientRow { ClientId = clientId, PartnerId = partnerId };
        var run = new Progress(time.GetUtcNow());
        if (await Keys(client, ct) is not { Count: > 0 } before)
        {
            return 0;
        }

        await Add(client, before.Max(row => row.Generation) + 1, run, ct);
        var rows = await Keys(client, ct);
        if (await Reseal(client, rows, run, ct) is { Closed: > 0 } pass)
        {
            throw new CryptographicException($"{pass.Closed} contents of a client do not open.");
        }

        return await Scope.Execute(RemoveOlder, new { client.ClientId, client.PartnerId, Generation = rows.Max(row => row.Generation) }, ct);
    }

    private Task<IReadOnlyList<ClientRow>> Next(Guid? partnerId, Guid after, CancellationToken ct) =>
        Scope.Query<ClientRow>(
            $"{SelectClients}\n{database.Dialect.FirstRows}", new { PartnerId = partnerId, After = after, Limit = BatchSize }, ct);

    private async Task RotateOrReport(ClientRow client, Progress run, CancellationToken ct)
    {
        try
        {
            await Rotate(client, run, ct);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // Whatever it is, the others must not wait for this one; the run is not whole, and says so.
            run.Fail(client.ClientId, error is CryptographicException ? error.Message : error.GetType().Name);
        }
    }

    private async Task Rotate(ClientRow client, Progress run, CancellationToken ct)
    {
        var rows = await Keys(client, ct);
        if (rows.Count == 0)
        {
            // Destroyed since the client was listed.
            return;
        }

        var newest = rows.MaxBy(row => row.Generation)!;
        if (newest.CreatedAt < run.StartedAt)
        {
            // What another run left undone comes first; then its keys are retired by this one, and stay.
            if (rows.Count > 1 && await Reseal(client, rows, run, ct) is { Changed: 0, Closed: 0 })
            {
                run.Removed(await Scope.Execute(RemoveOlder, new { client.ClientId, client.PartnerId, newest.Generation }, ct));
            }

            if (keys.Unwrap(client.ClientId, [newest]) is not { HasKey: true })
            {
                throw new CryptographicException("Its newest key does not open.");
            }

            await Add(client, newest.Generation + 1, run, ct);
            rows = await Keys(client, ct);
        }

        if (rows.Count > 0 && await Reseal(client, rows, run, ct) is { Closed: > 0 } pass)
        {
            run.Fail(client.ClientId, $"{pass.Closed} of its contents do not open, such as {pass.SuchAs}.");
        }
    }

    private Task<IReadOnlyList<KeyRow>> Keys(ClientRow client, CancellationToken ct) =>
        Scope.Query<KeyRow>(SelectKeys, new { client.ClientId, client.PartnerId }, ct);

    private async Task Add(ClientRow client, int generation, Progress run, CancellationToken ct)
    {
        var unit = new WriteUnit(time);
        unit.Execute(AddGeneration, new { client.ClientId, client.PartnerId, Generation = generation, Wrapped = keys.NewWrapped(), run.StartedAt });
        unit.Execute(RaiseAccessVersion, new { client.ClientId, client.PartnerId });

        // Missed: another run was first, or the keys are destroyed. The rows that are read next tell which.
        if (await queue.Commit(unit, ct) is CommitOutcome.Committed)
        {
            run.Rotated();
        }
    }

    /// <summary>Passes over the client's contents until one finds none that could be sealed again.</summary>
    private async Task<Pass> Reseal(ClientRow client, IReadOnlyList<KeyRow> rows, Progress run, CancellationToken ct)
    {
        var ring = keys.Unwrap(client.ClientId, rows);
        for (var changed = 0; ;)
        {
            var pass = new Pass();
            foreach (var column in SealedColumn.All)
            {
                await Reseal(client, ring, column, pass, run, ct);
            }

            changed += pass.Changed;
            if (pass is { Changed: 0, Missed: 0 })
            {
                pass.Changed = changed;
                return pass;
            }
        }
    }

    private async Task Reseal(ClientRow client, ClientKeyRing ring, SealedColumn column, Pass pass, Progress run, CancellationToken ct)
    {
        var (after, afterVersion) = (column.StartsAfter, 0);
        while (true)
        {
            var parameters = new DynamicParameters(new { client.ClientId, client.PartnerId, Newest = ring.NewestAsBytes, AfterVersion = afterVersion, Limit = PageSize });
            parameters.Add("AfterId", after);
            var page = await Scope.Query<SealedColumn.Row>($"{column.Select}\n{database.Dialect.FirstRows}", parameters, ct);
            if (page.Count == 0)
            {
                return;
            }

            // Each a unit of its own, to know of each whether it was still there; the queue commits them together.
            var replaced = await Task.WhenAll(page.Select(row => Replace(client, ring, column, row, pass, ct)));
            run.Resealed(replaced.Count(done => done));
            pass.Changed += replaced.Count(done => done);
            (after, afterVersion) = (page[^1].Key, page[^1].Version);
        }
    }

    private async Task<bool> Replace(
        ClientRow client, ClientKeyRing ring, SealedColumn column, SealedColumn.Row row, Pass pass, CancellationToken ct)
    {
        byte[] content;
        try
        {
            content = ring.OpenBytes(row.Kind, row.BelongsTo, row.Version, row.Content);
        }
        catch (CryptographicException)
        {
            // Left as it is: it may be opened by somebody who has the key, and never by a content of ours in its place.
            pass.Close(column.Table, row.BelongsTo);
            return false;
        }

        var parameters = new DynamicParameters(new
        {
            client.ClientId,
            client.PartnerId,
            row.Version,
            Resealed = ring.SealBytes(row.Kind, row.BelongsTo, row.Version, content),
            Previous = row.Content,
        });
        parameters.Add("Id", row.Key);
        var unit = new WriteUnit(time);
        unit.Execute(column.Replace, parameters);
        if (await queue.Commit(unit, ct) is CommitOutcome.Committed)
        {
            return true;
        }

        pass.Miss();
        return false;
    }

    private sealed record ClientRow
    {
        public required Guid ClientId { get; init; }

        public required Guid PartnerId { get; init; }
    }

    private sealed record KeyRow : ClientKeys.Row
    {
        public required DateTimeOffset CreatedAt { get; init; }
    }

    /// <summary>What one pass over a client's contents found.</summary>
    private sealed class Pass
    {
        private int closed;
        private int missed;

        public int Changed { get; set; }

        /// <summary>Contents that were no longer as they had been read.</summary>
        public int Missed => missed;

        /// <summary>Contents that do not open.</summary>
        public int Closed => closed;

        /// <summary>One of those that do not open.</summary>
        public string? SuchAs { get; private set; }

        public void Miss() => Interlocked.Increment(ref missed);

        public void Close(string table, Guid id)
        {
            Interlocked.Increment(ref closed);
            SuchAs ??= $"{table} {id}";
        }
    }

    /// <summary>What the run has done so far; several clients are worked on at once.</summary>
    private sealed class Progress(DateTimeOffset startedAt)
    {
        private readonly ConcurrentQueue<RotationFailure> failures = [];
        private int clients;
        private int contents;
        private int removed;

        public DateTimeOffset StartedAt { get; } = startedAt.ToStored();

        public void Rotated() => Interlocked.Increment(ref clients);

        public void Resealed(int count) => Interlocked.Add(ref contents, count);

        public void Removed(int count) => Interlocked.Add(ref removed, count);

        public void Fail(Guid clientId, string reason) => failures.Enqueue(new RotationFailure(clientId, reason));

        public RotationReport Report() => new(StartedAt, clients, contents, removed, [.. failures]);
    }
}

/// <summary>What a run of the rotation did.</summary>
/// <param name="StartedAt">When it began; the new keys are dated with it.</param>
/// <param name="Clients">Clients that have a new key.</param>
/// <param name="Contents">Contents that were sealed again.</param>
/// <param name="GenerationsRemoved">Keys that an earlier run had retired.</param>
/// <param name="Failures">Clients that something was not done for.</param>
internal sealed record RotationReport(
    DateTimeOffset StartedAt, int Clients, int Contents, int GenerationsRemoved, IReadOnlyList<RotationFailure> Failures);

/// <summary>A client that something was not done for.</summary>
internal sealed record RotationFailure(Guid ClientId, string Reason);
