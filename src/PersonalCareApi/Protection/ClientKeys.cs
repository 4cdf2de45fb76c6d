using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Caching.Memory;
using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;

namespace PersonalCareApi.Protection;

/// <summary>The data keys of clients, each wrapped by the master key (the Data Protection key ring).</summary>
internal sealed class ClientKeys : IDisposable
{
    public const string Purpose = "PersonalCareApi.ClientKeys.v1";

    private const int Remembered = 20_000;
    private static readonly TimeSpan RememberedFor = TimeSpan.FromMinutes(10);

    private const string SelectKeys = """
        SELECT client_id, generation, wrapped
        FROM client_key
        WHERE client_id IN @ClientIds AND partner_id = @PartnerId
        """;

    private readonly Database database;
    private readonly IDataProtector master;
    private readonly ILogger<ClientKeys> logger;
    private readonly MemoryCache unwrapped = new(new MemoryCacheOptions { SizeLimit = Remembered });
    private readonly MemoryCache rings = new(new MemoryCacheOptions { SizeLimit = Remembered });

    public ClientKeys(Database database, IDataProtectionProvider protection, ILogger<ClientKeys> logger)
    {
        this.database = database;
        this.logger = logger;
        master = protection.CreateProtector(Purpose);
    }

    /// <summary>A key as its row holds it.</summary>
    internal record Row
    {
        public required Guid ClientId { get; init; }

        public required int Generation { get; init; }

        public required byte[] Wrapped { get; init; }
    }

    /// <summary>A first key for a new client, and its wrapped form for the row.</summary>
    public (ClientKeyRing Ring, byte[] Wrapped) Create(Guid clientId)
    {
        var key = RandomNumberGenerator.GetBytes(ClientKeyRing.KeySize);
        return (new ClientKeyRing(clientId, new Dictionary<int, byte[]> { [1] = key }, 1), master.Protect(key));
    }

    /// <summary>A further key, in its wrapped form.</summary>
    public byte[] NewWrapped() => master.Protect(RandomNumberGenerator.GetBytes(ClientKeyRing.KeySize));

    /// <summary>The ring of the grant's client.</summary>
    /// <remarks>
    /// A new key raises the access version in its own transaction, so the ring that was read with the decision's facts is whole:
    /// what it seals is committed at that version or not at all, and no row of a later one is in reach.
    /// </remarks>
    public async ValueTask<ClientKeyRing> For(AccessGrant grant, CancellationToken ct) =>
        Held(grant) ?? (await ForEach([grant], ct))[grant.ClientId];

    /// <summary>Keeps the ring that was read together with the facts of that version, and not before them.</summary>
    public ClientKeyRing Remember(Guid clientId, long accessVersion, ClientKeyRing ring)
    {
        using var entry = rings.CreateEntry(clientId);
        entry.Value = new Kept(accessVersion, ring);
        entry.Size = 1;
        entry.AbsoluteExpirationRelativeToNow = RememberedFor;
        return ring;
    }

    /// <summary>Forgets the ring of a record of which nothing may be left.</summary>
    public void Forget(Guid clientId) => rings.Remove(clientId);

    /// <summary>The ring of a client that work in the background is about; what it may open with it is decided where it reads.</summary>
    public async Task<ClientKeyRing> Of(Guid partnerId, Guid clientId, CancellationToken ct) => Unwrap(
        clientId,
        await database.ForSystem(SystemReason.Keys).Query<Row>(SelectKeys, new { ClientIds = new[] { clientId }, PartnerId = partnerId }, ct));

    /// <summary>The rings of the grants' clients, by client.</summary>
    public async Task<IReadOnlyDictionary<Guid, ClientKeyRing>> ForEach(IReadOnlyList<AccessGrant> grants, CancellationToken ct)
    {
        var found = new Dictionary<Guid, ClientKeyRing>();
        var missing = new HashSet<Guid>();
        foreach (var grant in grants)
        {
            if (Held(grant) is { } ring)
            {
                found[grant.ClientId] = ring;
            }
            else
            {
                missing.Add(grant.ClientId);
            }
        }

        if (missing.Count > 0)
        {
            var rows = await database.ForSystem(SystemReason.Keys)
                .Query<Row>(SelectKeys, new { ClientIds = missing, grants[0].PartnerId }, ct);
            var byClient = rows.ToLookup(row => row.ClientId);
            foreach (var clientId in missing)
            {
                found[clientId] = Unwrap(clientId, byClient[clientId]);
            }
        }

        return found;
    }

    /// <summary>Reads of several clients, and opens what was read; a client of whom anything does not open is left out, and the others are not.</summary>
    /// <param name="grants">One for each client.</param>
    /// <param name="read">Reads the rows in reach of some of them.</param>
    /// <param name="clientOf">Whose a row is.</param>
    /// <param name="open">Opens a row.</param>
    /// <param name="ct">Ends the reads.</param>
    public async Task<OfEach<T>> OpenEach<TRow, T>(
        IReadOnlyList<AccessGrant> grants, Func<IReadOnlyList<AccessGrant>, Task<IReadOnlyList<TRow>>> read, Func<TRow, Guid> clientOf,
        Func<TRow, ClientKeyRing, T> open, CancellationToken ct)
    {
        var opened = new List<(Guid ClientId, T Item)>();
        var left = grants;

        // Twice: a key may have been retired between the row and its key, and what is read then was sealed with one that is there.
        for (var reads = 0; reads < 2 && left.Count > 0; reads++)
        {
            var rows = (await read(left)).ToLookup(clientOf);
            var rings = await ForEach(left, ct);
            left = [.. left.Where(grant => !TryOpen(grant.ClientId, rows[grant.ClientId], rings[grant.ClientId]))];
        }

        foreach (var grant in left)
        {
            Unreadable.LeftOut(logger, grant.ClientId, grant.Use.Category);
        }

        return new OfEach<T>(opened.ToLookup(one => one.ClientId, one => one.Item), left);

        bool TryOpen(Guid clientId, IEnumerable<TRow> rows, ClientKeyRing ring)
        {
            try
            {
                List<T> all = [.. rows.Select(row => open(row, ring))];
                opened.AddRange(all.Select(item => (clientId, item)));
                return true;
            }
            catch (Exception failure) when (Unreadable.Is(failure))
            {
                return false;
            }
        }
    }

    /// <summary>The ring as it was read with the facts of the grant's version; null where it is not kept.</summary>
    private ClientKeyRing? Held(AccessGrant grant) =>
        rings.TryGetValue(grant.ClientId, out Kept? kept) && kept!.AccessVersion == grant.AccessVersion ? kept.Ring : null;

    /// <summary>The ring from its rows; keys that cannot be unwrapped are left out, so that what they sealed stays closed.</summary>
    public ClientKeyRing Unwrap(Guid clientId, IEnumerable<Row> rows)
    {
        var keys = new Dictionary<int, byte[]>();
        var newest = 0;
        foreach (var row in rows)
        {
            newest = Math.Max(newest, row.Generation);
            if (Unwrap(row) is { } key)
            {
                keys[row.Generation] = key;
            }
        }

        return new ClientKeyRing(clientId, keys, newest);
    }

    public void Dispose()
    {
        unwrapped.Dispose();
        rings.Dispose();
    }

    private sealed record Kept(long AccessVersion, ClientKeyRing Ring);

    private byte[]? Unwrap(Row row)
    {
        // Remembered by the wrapped bytes themselves: a key whose row is destroyed is never asked for again.
        var name = Convert.ToBase64String(SHA256.HashData(row.Wrapped));
        if (unwrapped.TryGetValue(name, out byte[]? key))
        {
            return key;
        }

        try
        {
            key = master.Unprotect(row.Wrapped);
        }
        catch (CryptographicException)
        {
            return null;
        }

        using var entry = unwrapped.CreateEntry(name);
        entry.Value = key;
        entry.Size = 1;
        entry.SlidingExpiration = RememberedFor;
        return key;
    }
}
