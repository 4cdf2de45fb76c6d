namespace PersonalCareApi.Domain.Access;

/// <summary>A request with what every rule asks of it settled: as whom, for which purpose, on which facts, when.</summary>
internal sealed record Question(
    AccessRequest Request, RecordFacts Facts, DateTimeOffset Now, Party ActingAs, PurposeOfUse Purpose)
{
    public Caller Caller => Request.Caller;

    public DataUse Use => Request.Use;

    /// <summary>The practitioner's id where the caller acts as one; null otherwise, whatever else the caller is elsewhere.</summary>
    public Guid? Practitioner => ActingAs.Kind == PartyKind.Practitioner ? ActingAs.Id : null;

    /// <summary>The caller's care relationship in force; of several, the one that lasts longest.</summary>
    public CareRelationship? CareRelationship =>
        Facts.CareRelationships
            .Where(one => one.PractitionerId == Practitioner && one.Period.Contains(Now))
            .MaxBy(one => one.Period.Until ?? DateTimeOffset.MaxValue);

    /// <summary>The caller's emergency access that is open; none for a practitioner who may not declare one any more.</summary>
    public EmergencyAccess? OpenEmergency => Caller.MayDeclareEmergency
        ? Facts.Emergencies.FirstOrDefault(one => one.PractitionerId == Practitioner && one.Period.Contains(Now))
        : null;

    /// <summary>The restriction in force on what is asked for.</summary>
    public Restriction? Restriction =>
        Facts.Restrictions.FirstOrDefault(one => one.Closes(Use.Category) && one.Period.Contains(Now));

    /// <summary>Whether the caller is entitled to declare the emergency that the request declares.</summary>
    public bool DeclaresEntitled => Request.DeclaresEmergency && Practitioner is not null && Caller.MayDeclareEmergency;

    /// <summary>Whether the caller looks at emergency accesses as the partner's auditor.</summary>
    public bool ReviewsAsAuditor => Request.ReviewsEmergencies && Practitioner is not null && Caller.IsAuditor;

    /// <summary>Whether the caller asks about access as the partner's auditor, who is related to no record and to all.</summary>
    public bool Audits => Request.AsksAboutAccess && Practitioner is not null && Caller.IsAuditor;

    /// <summary>The request on this record; null where the caller is nobody to it.</summary>
    public static Question? Put(AccessRequest request, RecordFacts facts, DateTimeOffset now)
    {
        if (Relation.ActsAs(request.Caller, facts, now) is not { } party)
        {
            return null;
        }

        // Null is an application that names no purpose. CheckCaller has refused it before; here it is nobody.
        return PurposeFor(party.Kind, request.ClaimedPurpose) is { } purpose
            ? new Question(request, facts, now, party, purpose)
            : null;
    }

    /// <summary>The purpose that is judged: a client's own, whatever is claimed, or the claim, or a practitioner's default.</summary>
    public static PurposeOfUse? PurposeFor(PartyKind kind, PurposeOfUse? claimed) => kind switch
    {
        PartyKind.Client or PartyKind.Representative => PurposeOfUse.PatientRequest,
        PartyKind.Practitioner => claimed ?? PurposeOfUse.Treatment,
        _ => claimed,
    };
}
