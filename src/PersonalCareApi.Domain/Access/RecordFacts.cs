namespace PersonalCareApi.Domain.Access;

/// <summary>Everything a decision about one record needs, for any caller, as it was at one version of the record.</summary>
public sealed record RecordFacts
{
    public required Guid ClientId { get; init; }

    public required Guid PartnerId { get; init; }

    /// <summary>The record's version of all that bears on decisions; the statement that reads the data compares it.</summary>
    public required long AccessVersion { get; init; }

    /// <summary>The same for the partner: settings, roles, suspensions, revoked applications.</summary>
    public required long PartnerAccessVersion { get; init; }

    public required PartnerRules Rules { get; init; }

    /// <summary>Null when it is not known; then the client is taken to be below every age of consent that the partner set.</summary>
    public DateOnly? BirthDate { get; init; }

    /// <summary>Whether who the client is could be read. Where not, no list over several clients tells of their demographics.</summary>
    public bool ClientIsReadable { get; init; } = true;

    /// <summary>Where the client's days begin; null is UTC.</summary>
    public TimeZoneInfo? TimeZone { get; init; }

    public IReadOnlyList<CareRelationship> CareRelationships { get; init; } = [];

    public IReadOnlyList<Representation> Representations { get; init; } = [];

    /// <summary>Active and draft consents, unreadable ones included. Superseded and withdrawn ones decide nothing.</summary>
    public IReadOnlyList<RecordedConsent> Consents { get; init; } = [];

    /// <summary>Emergency accesses declared on this record; the engine looks at their period.</summary>
    public IReadOnlyList<EmergencyAccess> Emergencies { get; init; } = [];

    /// <summary>What the client has closed to everybody else; the engine looks at their period.</summary>
    public IReadOnlyList<Restriction> Restrictions { get; init; } = [];

    /// <summary>Whether the record was erased, so that all that is left is what must be kept.</summary>
    public bool IsErased { get; init; }
}

/// <summary>What applies where no consent does.</summary>
public enum DefaultRule
{
    /// <summary>Silence denies.</summary>
    OptIn,

    /// <summary>An active care relationship permits ordinary treatment, and nothing else.</summary>
    ImpliedTreatment,
}

/// <summary>What a partner has settled for all its records.</summary>
public sealed record PartnerRules
{
    public DefaultRule Default { get; init; } = DefaultRule.OptIn;

    /// <summary>
    /// The labels that close an item no permit names. Labels this version does not know close as well, whatever is set.
    /// </summary>
    public Sensitivity Closing { get; init; } = Sensitivities.ClosingByDefault & ~Sensitivities.SubstanceUse;

    /// <summary>Whether the partner is a programme under 42 CFR Part 2: substance-use labels close, and answers carry its notice.</summary>
    public bool Part2Programme { get; init; }

    /// <summary>The age in full years from which a client consents alone.</summary>
    public int AgeOfConsent { get; init; } = 16;

    /// <summary>Ages that differ for a purpose.</summary>
    public IReadOnlyDictionary<PurposeOfUse, int> AgeOfConsentByPurpose { get; init; } = new Dictionary<PurposeOfUse, int>();

    /// <summary>Every label that closes an item under these rules, unknown bits included.</summary>
    public Sensitivity AllClosing =>
        (Closing | (Part2Programme ? Sensitivities.SubstanceUse : Sensitivity.None) | ~Sensitivities.Known)
        & ~Sensitivity.None;
}

/// <summary>A half-open span of time: <see cref="From"/> is in it, <see cref="Until"/> is not; null is unbounded.</summary>
public sealed record Period(DateTimeOffset? From, DateTimeOffset? Until)
{
    public static Period Always { get; } = new(null, null);

    public bool Contains(DateTimeOffset instant) => (From is null || From <= instant) && (Until is null || instant < Until);
}

/// <summary>A practitioner's part in a client's care.</summary>
public sealed record CareRelationship(Guid Id, Guid PractitionerId, string Role, Period Period);

/// <summary>A representative's authority for a client.</summary>
/// <param name="Id">The id of the authority, which is the representative's id on this record.</param>
/// <param name="Categories">What the authority covers. Journal and access history are never covered, even if listed.</param>
/// <param name="Actions">What the authority allows.</param>
/// <param name="Period">From when until when.</param>
/// <param name="Suspended">
/// True while endangerment is recorded: every answer is then as if the authority had ended.
/// </param>
/// <param name="EndsWhenClientMayConsentAlone">
/// True for the authority of a parent or guardian of a minor; false for one that does not rest on the client's age, such
/// as a health-care proxy of an adult.
/// </param>
public sealed record Representation(
    Guid Id, IReadOnlyList<DataCategory> Categories, IReadOnlyList<DataAction> Actions, Period Period, bool Suspended,
    bool EndsWhenClientMayConsentAlone = true);

/// <summary>A practitioner's declared emergency on one record.</summary>
public sealed record EmergencyAccess(Guid Id, Guid PractitionerId, Period Period);

/// <summary>A restriction of processing (GDPR 18): while it lasts, nobody but the client reads, writes or shares these.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Categories">What is closed; null where that cannot be read, which closes everything.</param>
/// <param name="Period">From when until it was lifted.</param>
public sealed record Restriction(Guid Id, IReadOnlyList<DataCategory>? Categories, Period Period)
{
    public const string BasisKind = "restriction";

    /// <summary>
    /// What can be restricted: not consents, under which restrictions themselves stand, and not process notes, which are
    /// their authors' and no consent opens by itself.
    /// </summary>
    public static IReadOnlyList<DataCategory> Restrictable { get; } =
        [.. DataCategories.All.Where(category => category is not (DataCategory.Consents or DataCategory.ProcessNotes))];

    public bool Closes(DataCategory category) => Categories?.Contains(category) ?? true;
}

/// <summary>What of an item decides whether it is in reach: the four columns every table of client data has.</summary>
/// <param name="Labels">The sensitivity labels the server stamped on it.</param>
/// <param name="AuthorId">Who recorded it.</param>
/// <param name="Part">The part of its category: a profile section, a stream, an instrument. Empty where it has none.</param>
/// <param name="OccurredAt">When the fact happened, not when it was recorded.</param>
public sealed record ItemFacts(Sensitivity Labels, Guid AuthorId, string Part, DateTimeOffset OccurredAt);
