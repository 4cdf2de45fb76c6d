using System.Data.Common;
using System.Runtime.CompilerServices;
using Dapper;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Telemetry;

namespace PersonalCareApi.Data;

/// <summary>The way to the data: two doors, and no third.</summary>
/// <remarks>Only this folder opens a connection; a test reads the program for any other place that does.</remarks>
internal sealed class Database(Dialect dialect, Resilience resilience)
{
    public Dialect Dialect => dialect;

    /// <summary>The data of one client, as far as the grant reaches.</summary>
    /// <exception cref="InvalidOperationException">The grant is for another category.</exception>
    public ClientScope ForClient(AccessGrant grant, DataCategory category)
    {
        if (grant.Use.Category != category)
        {
            throw new InvalidOperationException(
                $"A grant for {grant.Use.Category.Code()} does not open {category.Code()}.");
        }

        return new ClientScope(this, grant);
    }

    /// <summary>The data of several clients, as far as the grant for each reaches.</summary>
    /// <inheritdoc cref="ForClient"/>
    public ClientsScope ForClients(IReadOnlyList<AccessGrant> grants, DataCategory category)
    {
        if (grants.FirstOrDefault(grant => grant.Use.Category != category) is { } other)
        {
            throw new InvalidOperationException($"A grant for {other.Use.Category.Code()} does not open {category.Code()}.");
        }

        return new ClientsScope(this, grants);
    }

    /// <summary>What is no use of a client's data, for one of a closed list of reasons.</summary>
    public SystemScope ForSystem(SystemReason reason) => new(this, reason);

    /// <summary>An open connection, with what the dialect sets on each.</summary>
    internal async Task<DbConnection> Open(CancellationToken ct)
    {
        var connection = dialect.Connect();
        try
        {
            await connection.OpenAsync(ct);
            dialect.Prepare(connection);
            return connection;
        }
        catch (InvalidOperationException exhausted) when (exhausted is not ObjectDisposedException)
        {
            // SqlClient says so when every connection of the pool is taken.
            await connection.DisposeAsync();
            throw new TimeoutException("No connection became free.", exhausted);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a read, again where the failure may pass.</summary>
    /// <param name="statement">What is read with, for its span.</param>
    /// <param name="read">Reads.</param>
    /// <param name="ct">Ends it.</param>
    internal async Task<T> Read<T>(string statement, Func<DbConnection, Task<T>> read, CancellationToken ct)
    {
        using var span = Signals.Statement(dialect, statement);
        try
        {
            return await resilience.Reads.ExecuteAsync(
                async token =>
                {
                    await using var connection = await Open(token);
                    return await read(connection);
                },
                ct);
        }
        catch (Exception failure) when (ct.IsCancellationRequested && failure is DbException or InvalidOperationException)
        {
            // SqlClient tells a command that was cancelled as an error of the database, or of whoever called it.
            throw new OperationCanceledException("The read was cancelled.", failure, ct);
        }
        catch (Exception failure)
        {
            span.Failed(failure);
            throw;
        }
    }
}

/// <summary>Why the program touches the database with no client's data in question. Closed: a test lists who says which.</summary>
internal enum SystemReason
{
    /// <summary>A token becomes a caller.</summary>
    CallerLookup,

    /// <summary>The facts that a decision needs.</summary>
    Facts,

    /// <summary>A partner's own registrations: practitioners, applications, issuers, settings.</summary>
    PartnerAdministration,

    /// <summary>Answers kept for retries, found by digest and sealed.</summary>
    Idempotency,

    /// <summary>Keys of clients and of the installation, wrapped.</summary>
    Keys,

    /// <summary>Contents sealed again under a new key, whoever's they are; nobody is shown any.</summary>
    KeyRotation,

    /// <summary>What is to be done in the background, by ids; what it needs to know is sealed.</summary>
    BackgroundWork,

    /// <summary>Archives in pieces, sealed, and what became of them: given to nobody without a decision.</summary>
    Archives,

    /// <summary>Says that what nobody answered in time has escalated; nobody is shown it.</summary>
    Escalation,

    /// <summary>Takes away what there is of a client; nobody is shown any.</summary>
    Erasure,

    /// <summary>Whether the database answers and is migrated.</summary>
    Health,

    /// <summary>Checkpoints over all chains of the ledger, and whether they hold: ids, codes and hashes.</summary>
    Ledger,

    /// <summary>The partner's auditor looks at who used what: the ledger without content.</summary>
    Audit,

    /// <summary>The made-up people of a Development server.</summary>
    DemoData,
}

/// <summary>Statements on one client's data, each bound to the grant.</summary>
internal sealed class ClientScope(Database database, AccessGrant grant)
{
    private const string StillDecidedSo = """
        SELECT COUNT(*)
        FROM client AS decided
        INNER JOIN partner AS decided_partner ON decided_partner.id = decided.partner_id
        WHERE decided.client_id = @GrantClientId
          AND decided.partner_id = @GrantPartnerId
          AND decided.access_version = @GrantAccessVersion
          AND decided_partner.access_version = @GrantPartnerAccessVersion
        """;

    /// <summary>The row, or null where there is none in reach.</summary>
    /// <exception cref="DecisionOutdated">What the decision rested on has changed since.</exception>
    public async Task<T?> QueryOne<T>(string statement, object? arguments, CancellationToken ct)
        where T : class
    {
        var parameters = new DynamicParameters(arguments);
        var sql = InReach.Fill(statement, grant, parameters);
        var row = await database.Read(
            sql,
            connection => connection.QuerySingleOrDefaultAsync<T>(new CommandDefinition(sql, parameters, cancellationToken: ct)), ct);
        Note(row);
        return row ?? await WhenStillDecidedSo<T?>(null, ct);
    }

    /// <summary>The first row in reach of an ordered statement, or null where there is none.</summary>
    /// <inheritdoc cref="QueryOne{T}"/>
    public Task<T?> QueryFirst<T>(string statement, object? arguments, CancellationToken ct)
        where T : class
    {
        var parameters = new DynamicParameters(arguments);
        parameters.Add("Limit", 1);
        return QueryOne<T>($"{statement}\n{database.Dialect.FirstRows}", parameters, ct);
    }

    /// <summary>The rows in reach.</summary>
    /// <inheritdoc cref="QueryOne{T}"/>
    public async Task<IReadOnlyList<T>> Query<T>(string statement, object? arguments, CancellationToken ct)
    {
        var parameters = new DynamicParameters(arguments);
        var sql = InReach.Fill(statement, grant, parameters);
        var rows = await database.Read(
            sql,
            async connection => (await connection.QueryAsync<T>(new CommandDefinition(sql, parameters, cancellationToken: ct))).AsList(), ct);
        Note(rows);
        return rows.Count > 0 ? rows : await WhenStillDecidedSo(rows, ct);
    }

    /// <summary>One page of an ordered statement, and how many rows in reach the filters leave.</summary>
    /// <param name="statement">The rows, ordered, without the cut; keyset condition included.</param>
    /// <param name="total">The count, without the keyset condition.</param>
    /// <param name="arguments">The parameters of both.</param>
    /// <param name="limit">How many rows the page holds.</param>
    /// <param name="ct">Ends the read.</param>
    /// <inheritdoc cref="QueryOne{T}"/>
    public async Task<Rows<T>> QueryPage<T>(string statement, string total, object? arguments, int limit, CancellationToken ct)
    {
        var parameters = new DynamicParameters(arguments);
        var page = InReach.Fill(statement, grant, parameters) + "\n" + database.Dialect.FirstRows;
        var count = InReach.Fill(total, grant, parameters);

        // One more than asked tells whether there is a next page.
        parameters.Add("Limit", limit + 1);
        var rows = await database.Read(
            page,
            async connection =>
            {
                await using var results = await connection.QueryMultipleAsync(
                    new CommandDefinition($"{count};\n{page};", parameters, cancellationToken: ct));
                var all = await results.ReadSingleAsync<int>();
                return new Rows<T>((await results.ReadAsync<T>()).AsList(), limit, all);
            },
            ct);
        Note(rows.Items);

        // Once the connection is given back: who holds one and waits for another can wait for ever.
        return rows is { Total: > 0, Items.Count: > 0 } ? rows : await WhenStillDecidedSo(rows, ct);
    }

    /// <summary>What is read is what the answer is made from, so the answer carries its labels.</summary>
    private void Note<T>(params IReadOnlyList<T> rows)
    {
        foreach (var row in rows.OfType<ItemRow>())
        {
            grant.Meets((Sensitivity)row.Labels);
        }
    }

    private async Task<T> WhenStillDecidedSo<T>(T nothing, CancellationToken ct)
    {
        var parameters = new DynamicParameters();
        InReach.BindRecord(grant, parameters);
        var holds = await database.Read(
            StillDecidedSo,
            connection => connection.ExecuteScalarAsync<int>(new CommandDefinition(StillDecidedSo, parameters, cancellationToken: ct)), ct);
        return holds == 1 ? nothing : throw new DecisionOutdated();
    }
}

/// <summary>A statement on several clients' data; each row is bound to the grant for its own record.</summary>
/// <remarks>It is run for some of the records at a time, so what it gives for one must not depend on another.</remarks>
internal sealed class ClientsScope(Database database, IReadOnlyList<AccessGrant> grants)
{
    /// <summary>The rows in reach. A record whose facts changed since its decision gives none.</summary>
    public async Task<IReadOnlyList<T>> Query<T>(string statement, object? arguments, CancellationToken ct)
    {
        var rows = new List<T>();
        foreach (var some in InReach.Parts(grants))
        {
            var parameters = new DynamicParameters(arguments);
            var sql = InReach.Fill(statement, some, parameters);
            var found = await database.Read(
                sql,
                async connection => (await connection.QueryAsync<T>(new CommandDefinition(sql, parameters, cancellationToken: ct))).AsList(), ct);
            rows.AddRange(found);

            // A row does not say under which of the grants it is in reach; the answer carries the labels of all of them.
            var labels = found.OfType<ItemRow>().Aggregate(Sensitivity.None, (all, row) => all | row.Facts.Labels);
            foreach (var grant in some)
            {
                grant.Meets(labels);
            }
        }

        return rows;
    }
}

/// <summary>A page of rows and the total behind it.</summary>
internal sealed record Rows<T>
{
    public Rows(List<T> oneMoreThanAsked, int limit, int total)
    {
        HasMore = oneMoreThanAsked.Count > limit;
        Items = HasMore ? oneMoreThanAsked[..limit] : oneMoreThanAsked;
        Total = total;
    }

    private Rows(IReadOnlyList<T> items, bool hasMore, int total) => (Items, HasMore, Total) = (items, hasMore, total);

    /// <summary>What there is of an item that is not in reach.</summary>
    public static Rows<T> None { get; } = new([], false, 0);

    public IReadOnlyList<T> Items { get; }

    public bool HasMore { get; }

    public int Total { get; }

    /// <summary>The same page of what its rows have been made into, one for each.</summary>
    public Rows<TOther> With<TOther>(IReadOnlyList<TOther> items) => new(items, HasMore, Total);

    public Rows<TOther> Select<TOther>(Func<T, TOther> selector) => new([.. Items.Select(selector)], HasMore, Total);
}

/// <summary>Statements that touch no client's data, or only what a decision itself needs.</summary>
internal sealed class SystemScope(Database database, SystemReason reason)
{
    public SystemReason Reason => reason;

    public Task<T?> QueryOne<T>(string statement, object? arguments, CancellationToken ct) =>
        database.Read(
            statement,
            connection => connection.QuerySingleOrDefaultAsync<T>(new CommandDefinition(statement, arguments, cancellationToken: ct)), ct);

    public Task<IReadOnlyList<T>> Query<T>(string statement, object? arguments, CancellationToken ct) =>
        database.Read<IReadOnlyList<T>>(
            statement,
            async connection => (await connection.QueryAsync<T>(new CommandDefinition(statement, arguments, cancellationToken: ct))).AsList(), ct);

    /// <summary>Rows one after the other, however many there are; not tried again, since some have been seen by then.</summary>
    public async IAsyncEnumerable<T> Stream<T>(string statement, object? arguments, [EnumeratorCancellation] CancellationToken ct)
    {
        using var span = Signals.Statement(database.Dialect, statement);
        await using var connection = await database.Open(ct);
        await foreach (var row in connection.QueryUnbufferedAsync<T>(statement, arguments).WithCancellation(ct))
        {
            yield return row;
        }
    }

    /// <summary>Several result sets in one round trip.</summary>
    public Task<T> QuerySeveral<T>(string statements, object? arguments, Func<SqlMapper.GridReader, Task<T>> read, CancellationToken ct) =>
        database.Read(
            statements,
            async connection =>
            {
                await using var results = await connection.QueryMultipleAsync(new CommandDefinition(statements, arguments, cancellationToken: ct));
                return await read(results);
            },
            ct);

    /// <inheritdoc cref="Dialect.ForgetOverwritten"/>
    public Task<bool> ForgetOverwritten(CancellationToken ct) =>
        database.Read("PRAGMA", connection => Task.FromResult(database.Dialect.ForgetOverwritten(connection)), ct);

    /// <summary>One statement outside the write queue, and how many rows it touched.</summary>
    /// <remarks>It may be tried again after a lost answer, so it must bear running twice.</remarks>
    public Task<int> Execute(string statement, object? arguments, CancellationToken ct) =>
        database.Read(
            statement,
            connection => connection.ExecuteAsync(new CommandDefinition(statement, arguments, cancellationToken: ct)), ct);

    /// <summary>A page as <see cref="ClientScope.QueryPage{T}"/> gives it.</summary>
    public Task<Rows<T>> QueryPage<T>(string statement, string total, DynamicParameters arguments, int limit, CancellationToken ct)
    {
        arguments.Add("Limit", limit + 1);
        return database.Read(
            statement,
            async connection =>
            {
                await using var results = await connection.QueryMultipleAsync(
                    new CommandDefinition($"{total};\n{statement}\n{database.Dialect.FirstRows};", arguments, cancellationToken: ct));
                var all = await results.ReadSingleAsync<int>();
                return new Rows<T>((await results.ReadAsync<T>()).AsList(), limit, all);
            },
            ct);
    }
}

/// <summary>
/// What a decision rested on changed before the data was touched: the request is decided again, nothing has been done.
/// </summary>
internal sealed class DecisionOutdated : Exception
{
    public DecisionOutdated()
        : base("The facts of the decision have changed.")
    {
    }
}
