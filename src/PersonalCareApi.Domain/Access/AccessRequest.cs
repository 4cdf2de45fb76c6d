namespace PersonalCareApi.Domain.Access;

/// <summary>The question put to the engine: may this caller use this record's data of this kind, so, for this?</summary>
public sealed record AccessRequest
{
    public required Caller Caller { get; init; }

    public required Guid ClientId { get; init; }

    public required DataUse Use { get; init; }

    /// <summary>The purpose the caller claims; null where none was named. Clients and representatives always act for PATRQT.</summary>
    public PurposeOfUse? ClaimedPurpose { get; init; }

    /// <summary>
    /// True only on the routes that declare an emergency and end it: there, being entitled is relation enough to be
    /// answered at all, and one's own declarations are all that is reached.
    /// </summary>
    public bool DeclaresEmergency { get; init; }

    /// <summary>
    /// True only on the routes that show and review emergency accesses: there, being the partner's auditor is relation
    /// enough, and opens the emergency accesses and nothing else.
    /// </summary>
    public bool ReviewsEmergencies { get; init; }

    /// <summary>
    /// True only where decisions themselves are asked about: there relation is enough, and no data is given but what the
    /// caller would learn by trying.
    /// </summary>
    public bool AsksAboutAccess { get; init; }

    /// <summary>
    /// True only where an extract for research is made: there an application alone, for research, needs one scope of its own
    /// for every category, and has what was consented to research and nothing else.
    /// </summary>
    public bool ExtractsForResearch { get; init; }

    /// <summary>
    /// True only where a service is looked at as a whole: there an application alone, for operations, counts what was consented
    /// to that, and is given nothing but counts.
    /// </summary>
    public bool ViewsService { get; init; }

    /// <summary>
    /// True only where the partner's auditor looks at who used what: under the auditor's scope, and with nothing given but
    /// the ledger without content.
    /// </summary>
    public bool Audits { get; init; }

    /// <summary>
    /// True where the endpoint names the client (and so a representative) as an author, such as answering a
    /// questionnaire: writing is theirs only there.
    /// </summary>
    public bool ClientIsAuthor { get; init; }

    /// <summary>The OAuth 2 scope that the token must carry: that of the use, but for who declares an emergency, or audits.</summary>
    public string Scope => this switch
    {
        { ExtractsForResearch: true } => Access.Caller.ResearchScope,
        { DeclaresEmergency: true } => Access.Caller.EmergencyScope,
        { Audits: true } => Access.Caller.AuditScope,
        { ReviewsEmergencies: true, Caller.IsAuditor: true } => Access.Caller.AuditScope,
        _ => Use.Scope,
    };
}
