using System.Collections.Concurrent;
using System.Data.Common;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using PersonalCareApi.Data;

namespace PersonalCareApi.Protection;

/// <summary>The installation's own keys: made once, kept wrapped in the table <c>secret</c>, the same for every replica.</summary>
internal sealed class InstallationKeys(Database database, IDataProtectionProvider protection, TimeProvider time)
{
    public const string Purpose = "PersonalCareApi.Secrets.v1";

    private const int KeyLength = 32;

    private const string SelectNames = "SELECT name FROM secret";

    private const string SelectWrapped = "SELECT wrapped FROM secret WHERE name = @Name";

    private const string Insert = "INSERT INTO secret (name, wrapped, created_at) VALUES (@Name, @Wrapped, @CreatedAt)";

    private readonly IDataProtector wrapping = protection.CreateProtector(Purpose);
    private readonly ConcurrentDictionary<string, byte[]> opened = new(StringComparer.Ordinal);

    /// <summary>A key as its row holds it.</summary>
    internal sealed record Row
    {
        public required string Name { get; init; }

        public required byte[] Wrapped { get; init; }
    }

    /// <summary>The names of the keys that there are.</summary>
    public Task<IReadOnlyList<string>> Names(CancellationToken ct) => database.ForSystem(SystemReason.Keys).Query<string>(SelectNames, null, ct);

    /// <summary>Whether the key of that name opens with the master keys at hand.</summary>
    public bool Opens(string name)
    {
        try
        {
            return Get(name).Length > 0;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    /// <summary>The key of that name, made when it is first asked for.</summary>
    /// <exception cref="CryptographicException">
    /// The stored key does not open: the master key is not the one it was wrapped with. It is never replaced by a new
    /// one, which would orphan all that was made with it.
    /// </exception>
    /// <remarks>
    /// Waits for the database on the first call for a name and never again, so that what is computed with a key need
    /// not be asynchronous. A failure is not remembered.
    /// </remarks>
    public byte[] Get(string name) => opened.GetOrAdd(name, missing => Open(missing).GetAwaiter().GetResult());

    private async Task<byte[]> Open(string name)
    {
        var wrapped = await Find(name) ?? await Create(name);
        return wrapping.CreateProtector(name).Unprotect(wrapped);
    }

    private Task<byte[]?> Find(string name) =>
        database.ForSystem(SystemReason.Keys).QueryOne<byte[]>(SelectWrapped, new { Name = name }, CancellationToken.None);

    private async Task<byte[]> Create(string name)
    {
        var wrapped = wrapping.CreateProtector(name).Protect(RandomNumberGenerator.GetBytes(KeyLength));
        try
        {
            await database.ForSystem(SystemReason.Keys).Execute(
                Insert, new { Name = name, Wrapped = wrapped, CreatedAt = time.GetUtcNow() }, CancellationToken.None);
        }
        catch (DbException error) when (database.Dialect.IsDuplicate(error))
        {
            // Another replica was first, and its key is the one.
        }

        return await Find(name) ?? throw new CryptographicException($"The installation key {name} was not kept.");
    }
}
