namespace PersonalCareApi.Domain.Access;

/// <summary>Decides every use of a client's data. Pure: no clock, no I/O, a closed set of outcomes.</summary>
public static class ConsentEngine
{
    private static readonly HashSet<string> EveryScope =
        [.. from category in DataCategories.All
            from action in Enum.GetValues<DataAction>()
            select new DataUse(category, action).Scope,
         Caller.EmergencyScope];

    private static readonly HashSet<PurposeOfUse> EveryPurpose = [.. PurposeOfUse.All];

    /// <summary>
    /// What can be refused before anything about the record is looked up: a purpose that is not registered for the
    /// application, or a scope that the token lacks. Null when neither.
    /// </summary>
    public static RefusalReason? CheckCaller(AccessRequest request)
    {
        // Nobody who signs in extracts or counts, and nobody for any other purpose.
        if (!HasItsPurposeRegistered(request)
            || (request.ExtractsForResearch && !(request.Caller.ApplicationAlone && request.ClaimedPurpose == PurposeOfUse.Research))
            || (request.ViewsService && !(request.Caller.ApplicationAlone && request.ClaimedPurpose == PurposeOfUse.Operations)))
        {
            return RefusalReason.PurposeNotPermitted;
        }

        return request.Caller.Scopes.Contains(request.Scope) ? null : RefusalReason.ScopeMissing;
    }

    /// <summary>Decides. <paramref name="facts"/> is null where there is no such record.</summary>
    /// <remarks>The steps stand in the order in which they answer; the first that answers wins.</remarks>
    public static AccessDecision Decide(AccessRequest request, RecordFacts? facts, DateTimeOffset now)
    {
        // Asked again although the pipeline has asked: no path leads to a grant around it. It comes before the record,
        // so the answer is the same for one that exists and one that does not.
        if (CheckCaller(request) is { } flaw)
        {
            return Answer.RefusedBeforeAnyRecord(request, flaw);
        }

        // Another partner's record and facts of another record are no record at all.
        if (facts is null || facts.ClientId != request.ClientId || facts.PartnerId != request.Caller.PartnerId)
        {
            return Answer.NotFound(request);
        }

        if (Question.Put(request, facts, now) is not { } question || !Relation.IsRelated(question))
        {
            return Answer.NotFound(request);
        }

        // What is left of an erased record is kept because it must be: closed to all but the client, who only reads it.
        if (facts.IsErased && question.ActingAs.Kind != PartyKind.Client)
        {
            return Answer.NotFound(request);
        }

        if (facts.IsErased && request.Use.Action == DataAction.Write)
        {
            return Answer.Refused(question, RefusalReason.NoConsent);
        }

        // A practitioner's default purpose, where only the record could tell that the caller acts here as a practitioner.
        if (question.Practitioner is not null && !request.Caller.Purposes.Contains(question.Purpose))
        {
            return Answer.Refused(question, RefusalReason.PurposeNotPermitted);
        }

        if (request.AsksAboutAccess)
        {
            return AboutAccess.Decide(question);
        }

        if (question.ActingAs.Kind == PartyKind.Client)
        {
            return OwnRecord.DecideForClient(question);
        }

        // A consent that cannot be read may say no to anyone: everyone but the client is refused, emergencies included.
        if (facts.Consents.Any(IsUnreadable))
        {
            return Answer.Refused(question, RefusalReason.NoConsent);
        }

        if (question.ActingAs.Kind == PartyKind.Representative)
        {
            // The reason is the one of every refusal to a representative: it does not tell what the client has closed.
            return question.Restriction is null
                ? OwnRecord.DecideForRepresentative(question)
                : Answer.Refused(question, RefusalReason.NoConsent);
        }

        if (request.DeclaresEmergency)
        {
            return Emergency.DecideDeclaration(question);
        }

        if (question.ReviewsAsAuditor)
        {
            return Emergency.DecideReview(question);
        }

        // A restriction goes before every permit and every rule. It is not aimed at emergencies (GDPR 18(2): vital interests),
        // so an open one adds to it what it adds to any other refusal.
        return Emergency.Decide(question, question.Restriction is { } restriction ? Restricted(question, restriction) : ByConsent.Decide(question));
    }

    /// <summary>When an authority ends: with its period, or before it on the day from which the client consents alone.</summary>
    public static DateTimeOffset? EndOf(Representation authority, RecordFacts facts) =>
        new[] { authority.Period.Until, OwnRecord.EndsWithAge(authority, facts) }.Min();

    /// <summary>Whether the client is of the age to decide alone who else may act for them.</summary>
    public static bool ClientDecidesAlone(RecordFacts facts, DateTimeOffset now) =>
        AgeOfConsent.ReachedAt(facts, PurposeOfUse.PatientRequest) <= now;

    /// <summary>
    /// The grant to create a record: for a practitioner or an application alone, with the scope to write demographics;
    /// null for anybody else. It reaches the new record's demographics, and nothing of any other record.
    /// </summary>
    public static AccessGrant? Admit(Caller caller, PurposeOfUse? claimedPurpose, Guid newClientId, DateTimeOffset now)
    {
        var request = new AccessRequest
        {
            Caller = caller,
            ClientId = newClientId,
            Use = new DataUse(DataCategory.Demographics, DataAction.Write),
            ClaimedPurpose = claimedPurpose,
        };
        var party = Relation.ActsAsBeforeAnyRecord(request);
        var mayCreate = party.Kind == PartyKind.Practitioner || (party.Kind == PartyKind.Application && caller.ApplicationAlone);

        // The purpose is asked for here and not left to CheckCaller, which lets a representative's default wait for the record.
        return mayCreate
            && CheckCaller(request) is null
            && Question.PurposeFor(party.Kind, claimedPurpose) is { } purpose
            && caller.Purposes.Contains(purpose)
            && ByConsent.MayBeginFor(purpose)
                ? Answer.Admission(request, party, purpose, now)
                : null;
    }

    /// <summary>
    /// Which of these practitioners could read an item with these facts for treatment, by relation and consent alone
    /// (scopes and registered purposes of applications aside).
    /// </summary>
    public static IReadOnlyList<Caller> WhoCouldRead(
        RecordFacts facts, IEnumerable<Caller> practitioners, DataCategory category, ItemFacts item, DateTimeOffset now) =>
        [.. practitioners.Where(practitioner =>
            Decide(
                new AccessRequest
                {
                    Caller = Unrestricted(practitioner),
                    ClientId = facts.ClientId,
                    Use = new DataUse(category, DataAction.Read),
                    ClaimedPurpose = PurposeOfUse.Treatment,
                },
                facts,
                now) is AccessDecision.Permitted { ActingAs.Kind: PartyKind.Practitioner } permitted
            && permitted.Grant.Covers(item))];

    /// <summary>The caller with every scope and purpose: what is left is relation and consent.</summary>
    public static Caller Unrestricted(Caller caller) => caller with { Scopes = EveryScope, Purposes = EveryPurpose };

    /// <summary>Only a claim is looked up as it stands; a client's and a representative's own purpose needs no registration.</summary>
    private static bool HasItsPurposeRegistered(AccessRequest request)
    {
        var caller = request.Caller;
        if (request.ClaimedPurpose is { } claimed)
        {
            return caller.Purposes.Contains(claimed);
        }

        if (caller.ApplicationAlone)
        {
            return false; // Nobody stands behind it whose purpose could be known: it must say.
        }

        // Whether a representative acts here as such, only the record tells; Decide asks again then.
        var mayActForThemselves = caller.ClientIds.Contains(request.ClientId) || caller.RepresentativeIds.Count > 0;
        return caller.PractitionerId is null || mayActForThemselves || caller.Purposes.Contains(PurposeOfUse.Treatment);
    }

    private static AccessDecision Restricted(Question question, Restriction restriction) => Answer.Refused(
        question, RefusalReason.DeniedByClient, new DecisionBasis(Restriction.BasisKind, restriction.Id), Matching.Weigh(question));

    /// <summary>A draft counts here too: nobody can say that it is only a draft of something harmless.</summary>
    private static bool IsUnreadable(RecordedConsent consent) =>
        consent is { Provisions: null, Status: ConsentStatus.Active or ConsentStatus.Draft };
}
