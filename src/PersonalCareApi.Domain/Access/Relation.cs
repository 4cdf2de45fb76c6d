namespace PersonalCareApi.Domain.Access;

/// <summary>Who a caller is to a record: as whom the caller acts on it, and whether that makes the caller related.</summary>
internal static class Relation
{
    /// <summary>As whom the caller acts on this record; null where the record's existence must not be told.</summary>
    /// <remarks>
    /// Being the client or a representative comes before being a practitioner, and replaces it: nobody chooses between
    /// the two, and nobody keeps as a practitioner what endangerment took from them as a representative.
    /// </remarks>
    public static Party? ActsAs(Caller caller, RecordFacts facts, DateTimeOffset now)
    {
        if (caller.ClientIds.Contains(facts.ClientId))
        {
            return new Party(PartyKind.Client, facts.ClientId);
        }

        var authorities = AuthoritiesOf(caller, facts).ToList();
        if (authorities.Exists(authority => authority.Suspended))
        {
            // Endangerment is recorded: as if there were no such record, whatever else the caller is, and whatever the
            // period; a second authority does not lead around it.
            return null;
        }

        if (authorities.Find(authority => authority.Period.Contains(now)) is { } authorityInForce)
        {
            return new Party(PartyKind.Representative, authorityInForce.Id);
        }

        return caller switch
        {
            { PractitionerId: { } practitioner } => new Party(PartyKind.Practitioner, practitioner),
            { ApplicationAlone: true } => new Party(PartyKind.Application, caller.ApplicationId),
            _ => null,
        };
    }

    /// <summary>
    /// As whom the caller acts as far as the caller alone tells: what a refusal names that must not tell of any record.
    /// </summary>
    public static Party ActsAsBeforeAnyRecord(AccessRequest request)
    {
        var caller = request.Caller;
        return caller switch
        {
            _ when caller.ClientIds.Contains(request.ClientId) => new Party(PartyKind.Client, request.ClientId),
            { PractitionerId: { } practitioner } => new Party(PartyKind.Practitioner, practitioner),
            { ApplicationAlone: true } => new Party(PartyKind.Application, caller.ApplicationId),
            { ClientIds: [var own, ..] } => new Party(PartyKind.Client, own),
            { RepresentativeIds: [var authority, ..] } => new Party(PartyKind.Representative, authority),
            _ => new Party(PartyKind.Application, caller.ApplicationId),
        };
    }

    /// <summary>The authorities for this record that the caller holds, whatever their period.</summary>
    public static IEnumerable<Representation> AuthoritiesOf(Caller caller, RecordFacts facts) =>
        facts.Representations.Where(authority => caller.RepresentativeIds.Contains(authority.Id));

    /// <summary>Whether the caller may know that the record exists.</summary>
    public static bool IsRelated(Question question) => question.ActingAs.Kind switch
    {
        PartyKind.Client or PartyKind.Representative => true,
        PartyKind.Application => true, // An application alone of the client's own partner; of another, nobody gets here.
        PartyKind.Practitioner => question.CareRelationship is not null
            || question.OpenEmergency is not null
            || question.DeclaresEntitled
            || question.Audits
            || question.ReviewsAsAuditor
            || HoldsAPermit(question),
        _ => false,
    };

    /// <summary>Whether a permit in force names the caller, for whatever use. A deny makes no relation.</summary>
    private static bool HoldsAPermit(Question question) =>
        question.Facts.Consents
            .Where(consent => consent.Status == ConsentStatus.Active)
            .Any(consent => (consent.Provisions ?? []).Any(provision =>
                provision.Effect == ProvisionEffect.Permit
                && provision.Period.Contains(question.Now)
                && Matching.ReachesAsGrantee(question, provision)
                && ProvisionRules.Counts(consent, provision)
                && provision.Purposes!.Any(purpose => AgeOfConsent.Allows(consent, purpose, question.Facts, question.Now))));
}
