using PersonalCareApi.Data;
using PersonalCareApi.Domain.Instruments;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Records;

namespace PersonalCareApi.Reference.Instruments;

/// <summary>That a partner holds the licence of an instrument; it never changes but for being ended.</summary>
internal sealed record InstrumentLicence
{
    public required Guid Id { get; init; }

    public required Guid PartnerId { get; init; }

    public required string Instrument { get; init; }

    public required string Reference { get; init; }

    public required string RecordedByKind { get; init; }

    public required Guid RecordedById { get; init; }

    public required DateTimeOffset RecordedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public PartyResponse RecordedBy => new(RecordedByKind, RecordedById);
}

/// <summary>The <c>instrument_licence</c> table: what a partner says of its own licences, no client's data.</summary>
internal sealed class InstrumentLicenceRepository(Database database)
{
    private const string SelectAll = """
        SELECT id, partner_id, instrument, reference, recorded_by_kind, recorded_by_id, recorded_at, ended_at
        FROM instrument_licence
        WHERE partner_id = @PartnerId AND instrument = @Instrument
        ORDER BY recorded_at, id
        """;

    private const string SelectHeld = """
        SELECT DISTINCT instrument
        FROM instrument_licence
        WHERE partner_id = @PartnerId AND ended_at IS NULL
        """;

    private const string Insert = """
        INSERT INTO instrument_licence (id, partner_id, instrument, reference, recorded_by_kind, recorded_by_id, recorded_at, ended_at)
        VALUES (@Id, @PartnerId, @Instrument, @Reference, @RecordedByKind, @RecordedById, @RecordedAt, NULL)
        """;

    private const string EndOne = """
        UPDATE instrument_licence
        SET ended_at = @EndedAt
        WHERE partner_id = @PartnerId AND id = @Id AND ended_at IS NULL
        """;

    /// <summary>Oldest first, ended ones among them.</summary>
    public Task<IReadOnlyList<InstrumentLicence>> List(Guid partnerId, string instrument, CancellationToken ct) =>
        database.ForSystem(SystemReason.PartnerAdministration)
            .Query<InstrumentLicence>(SelectAll, new { PartnerId = partnerId, Instrument = instrument }, ct);

    /// <summary>The codes of the instruments whose licence the partner holds now.</summary>
    public async Task<IReadOnlySet<string>> Held(Guid partnerId, CancellationToken ct) =>
        (await database.ForSystem(SystemReason.PartnerAdministration).Query<string>(SelectHeld, new { PartnerId = partnerId }, ct)).ToHashSet();

    /// <summary>Why a partner may not have the instrument answered; null where it may.</summary>
    public async Task<Problem?> Lacks(Instrument instrument, Guid partnerId, CancellationToken ct) =>
        instrument.EnabledByDefault || (await Held(partnerId, ct)).Contains(instrument.Code)
            ? null
            : Problems.LicenceRequired($"{instrument.Name} belongs to {instrument.Licence.Holder}.");

    public void Add(InstrumentLicence licence, WriteUnit unit) => unit.Execute(Insert, licence);

    public void End(InstrumentLicence licence, DateTimeOffset at, WriteUnit unit) =>
        unit.Execute(EndOne, new { licence.PartnerId, licence.Id, EndedAt = at }, otherwise: WriteMiss.StaleVersion);
}
