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
    /// True only on the route that declares an emergency: there, being entitled is relation enough to be answered at all.
    /// </summary>
    public bool DeclaresEmergency { get; init; }

    /// <summary>
    /// True only where decisions themselves are asked about: there relation is enough, and no data is given but what the
    /// caller would learn by trying.
    /// </summary>
    public bool AsksAboutAccess { get; init; }

    /// <summary>
    /// True where the endpoint names the client (and so a representative) as an author, such as answering a
    /// questionnaire: writing is theirs only there.
    /// </summary>
    public bool ClientIsAuthor { get; init; }
}
