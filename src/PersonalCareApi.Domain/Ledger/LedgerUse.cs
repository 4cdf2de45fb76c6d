using PersonalCareApi.Domain.Access;

namespace PersonalCareApi.Domain.Ledger;

/// <summary>
/// One use of a client's data, or one refusal: who, whose, what for, decided how and on what. Ids and versions only.
/// </summary>
/// <remarks>The entry is also the stored decision: what it says is what was decided, with what was looked at.</remarks>
public sealed record LedgerUse
{
    /// <summary>The <see cref="Decision"/> that says yes.</summary>
    public const string Permit = "permit";

    /// <summary>The <see cref="Decision"/> that says no to somebody known here.</summary>
    public const string Deny = "deny";

    /// <summary>The id given to the caller in the header <c>Access-Decision</c>.</summary>
    public required Guid Id { get; init; }

    public required DateTimeOffset At { get; init; }

    public required Guid PartnerId { get; init; }

    /// <summary>Whose record; null where the record is unknown or the caller unrelated, so that no chain tells of it.</summary>
    public required Guid? ClientId { get; init; }

    /// <summary>As whom the caller acted; null for a subject that is linked to nobody.</summary>
    public required Party? ActingAs { get; init; }

    public required Guid ApplicationId { get; init; }

    /// <summary>The operation by its id in the contract, for example <c>AdministerInstrument</c>.</summary>
    public required string Operation { get; init; }

    public required DataUse Use { get; init; }

    /// <summary>The purpose judged, by its HL7 code; null where none was named.</summary>
    public required string? Purpose { get; init; }

    /// <summary><c>permit</c>, <c>deny</c> or <c>not-found</c>.</summary>
    public required string Decision { get; init; }

    /// <summary>The reason of a refusal, by its code.</summary>
    public string? Reason { get; init; }

    public DecisionBasis Basis { get; init; } = DecisionBasis.None;

    public Obligations Obligations { get; init; }

    /// <summary>The versions the decision saw, of the record and of the partner.</summary>
    public long? AccessVersion { get; init; }

    /// <inheritdoc cref="AccessVersion"/>
    public long? PartnerAccessVersion { get; init; }

    public IReadOnlyList<ConsideredProvision> Considered { get; init; } = [];

    /// <summary>The HTTP status of the answer.</summary>
    public required int Outcome { get; init; }

    /// <summary>The W3C trace id of the request.</summary>
    public string? Trace { get; init; }

    /// <summary>
    /// The operation as it is told: of process notes only that they were used, by whom and as what, never which or how
    /// many there are.
    /// </summary>
    public string ToldOperation => Use.Category == DataCategory.ProcessNotes ? "UseProcessNotes" : Operation;

    /// <summary>The chain it belongs to: the client's, else the partner's.</summary>
    public Guid ChainId => ClientId ?? PartnerId;
}
