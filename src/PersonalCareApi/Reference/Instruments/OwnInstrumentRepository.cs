using System.Globalization;
using Microsoft.Extensions.Caching.Memory;
using PersonalCareApi.Data;
using PersonalCareApi.Domain.Instruments;
using PersonalCareApi.Records;

namespace PersonalCareApi.Reference.Instruments;

/// <summary>One version of a partner's own instrument; it never changes.</summary>
internal sealed record OwnVersion
{
    public required Guid PartnerId { get; init; }

    public required string Code { get; init; }

    public required int Version { get; init; }

    /// <summary>The version before it; 0 for the first.</summary>
    public required int Follows { get; init; }

    public required string CreatedByKind { get; init; }

    public required Guid CreatedById { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public PartyResponse CreatedBy => new(CreatedByKind, CreatedById);
}

/// <summary>The <c>own_instrument</c> table: questionnaires that a partner brought, no client's data.</summary>
/// <remarks>
/// A version never changes, so one that was read may be remembered for ever; which is the newest is asked each time, since another
/// replica may have taken a newer one.
/// </remarks>
internal sealed class OwnInstrumentRepository(Database database) : IDisposable
{
    /// <summary>In characters of definitions.</summary>
    private const int Remembered = 32 * 1024 * 1024;

    private const string SelectNewest = """
        SELECT code, MAX(version) AS version
        FROM own_instrument
        WHERE partner_id = @PartnerId
        GROUP BY code
        ORDER BY code
        """;

    private const string SelectNewestOf = """
        SELECT MAX(version)
        FROM own_instrument
        WHERE partner_id = @PartnerId AND code = @Code
        """;

    private const string SelectVersions = """
        SELECT partner_id, code, version, follows, created_by_kind, created_by_id, created_at
        FROM own_instrument
        WHERE partner_id = @PartnerId AND code = @Code
        ORDER BY version
        """;

    private const string SelectDefinition = """
        SELECT definition
        FROM own_instrument
        WHERE partner_id = @PartnerId AND code = @Code AND version = @Version
        """;

    private const string Insert = """
        INSERT INTO own_instrument (partner_id, code, version, follows, definition, created_by_kind, created_by_id, created_at)
        VALUES (@PartnerId, @Code, @Version, @Follows, @Definition, @CreatedByKind, @CreatedById, @CreatedAt)
        """;

    private readonly MemoryCache remembered = new(new MemoryCacheOptions { SizeLimit = Remembered });

    /// <summary>The newest version of each, by code.</summary>
    public async Task<IReadOnlyList<(string Code, int Version)>> Newest(Guid partnerId, CancellationToken ct) =>
        [.. (await database.ForSystem(SystemReason.PartnerAdministration).Query<NewestRow>(SelectNewest, new { PartnerId = partnerId }, ct))
            .Select(row => (row.Code, row.Version))];

    public Task<int?> Newest(Guid partnerId, string code, CancellationToken ct) =>
        database.ForSystem(SystemReason.PartnerAdministration).QueryOne<int?>(SelectNewestOf, new { PartnerId = partnerId, Code = code }, ct);

    /// <summary>Every version of one, oldest first.</summary>
    public Task<IReadOnlyList<OwnVersion>> Versions(Guid partnerId, string code, CancellationToken ct) =>
        database.ForSystem(SystemReason.PartnerAdministration).Query<OwnVersion>(SelectVersions, new { PartnerId = partnerId, Code = code }, ct);

    public async ValueTask<Instrument?> Find(Guid partnerId, string code, int version, CancellationToken ct)
    {
        if (remembered.TryGetValue((partnerId, code, version), out Instrument? known))
        {
            return known;
        }

        if (await database.ForSystem(SystemReason.PartnerAdministration).QueryOne<string>(
            SelectDefinition, new { PartnerId = partnerId, Code = code, Version = version }, ct) is not { } definition)
        {
            return null;
        }

        // By the rules of the day it was taken: what was scored with it must stay readable when they grow stricter.
        return remembered.Set(
            (partnerId, code, version), Instrument.Reread(definition), new MemoryCacheEntryOptions { Size = definition.Length });
    }

    public void Add(OwnVersion version, Instrument instrument, WriteUnit unit) => unit.Execute(
        Insert,
        new
        {
            version.PartnerId,
            version.Code,
            version.Version,
            version.Follows,
            Definition = instrument.ToJson(),
            version.CreatedByKind,
            version.CreatedById,
            version.CreatedAt,
        },
        duplicate: version.Follows == 0 ? WriteMiss.AlreadyExists : WriteMiss.StaleVersion);

    public void Dispose() => remembered.Dispose();

    /// <summary>A version as a number; null for what is none as it is written.</summary>
    public static int? NumberOf(string version) =>
        int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number.ToString(CultureInfo.InvariantCulture) == version ? number : null;

    private sealed record NewestRow
    {
        public required string Code { get; init; }

        public required int Version { get; init; }
    }
}
