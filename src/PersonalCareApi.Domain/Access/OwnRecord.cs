namespace PersonalCareApi.Domain.Access;

/// <summary>Step 2: the client, and whoever represents the client. What is refused here no later step can permit.</summary>
internal static class OwnRecord
{
    /// <summary>What no authority covers: the client's own journal and view of the ledger, and process notes.</summary>
    private static IReadOnlyList<DataCategory> NeverRepresented => DataCategories.NeverRepresented;

    public static AccessDecision DecideForClient(Question question)
    {
        if (question.Use.Category == DataCategory.ProcessNotes)
        {
            return DecideForClientOnProcessNotes(question);
        }

        return WritesOnlyAsAuthor(question)
            ? OwnRecordReaching(question, Reach.Everything.Permits[0])
            : Answer.Refused(question, RefusalReason.NoConsent);
    }

    /// <summary>
    /// Process notes are the practitioner's own thinking; the client's right to the record does not reach them. What their
    /// author released to the client is read: that there are others shows in nothing.
    /// </summary>
    private static AccessDecision DecideForClientOnProcessNotes(Question question) =>
        question.Use.Action == DataAction.Read
            ? OwnRecordReaching(question, new PermitBox { Parts = ProcessNoteRelease.ReadByClient })
            : Answer.Refused(question, RefusalReason.NoConsent);

    private static AccessDecision OwnRecordReaching(Question question, PermitBox box) =>
        Answer.Permitted(question, [new Ground(box, new DecisionBasis("own-record"), Ends: [])]);

    public static AccessDecision DecideForRepresentative(Question question)
    {
        // The reason is the same whether the authority does not go so far or the client has come of age.
        return AuthorityFor(question) is { } authority && WritesOnlyAsAuthor(question)
            ? Answer.Permitted(
                question with { ActingAs = new Party(PartyKind.Representative, authority.Id) },
                [new Ground(
                    Reach.Everything.Permits[0],
                    new DecisionBasis("representation", authority.Id),
                    Ends: [authority.Period.Until, EndsWithAge(authority, question.Facts)])])
            : Answer.Refused(question, RefusalReason.NoConsent);
    }

    private static Representation? AuthorityFor(Question question) =>
        Relation.AuthoritiesOf(question.Caller, question.Facts).FirstOrDefault(authority =>
            authority.Period.Contains(question.Now)
            && !(EndsWithAge(authority, question.Facts) <= question.Now)
            && authority.Categories.Contains(question.Use.Category)
            && !NeverRepresented.Contains(question.Use.Category)
            && authority.Actions.Contains(question.Use.Action));

    /// <summary>When the client may consent alone and so ends the authority; null where that never happens, or is unknown.</summary>
    public static DateTimeOffset? EndsWithAge(Representation authority, RecordFacts facts) =>
        authority.EndsWhenClientMayConsentAlone
            ? AgeOfConsent.ReachedAt(facts, PurposeOfUse.PatientRequest)
            : null;

    private static bool WritesOnlyAsAuthor(Question question) =>
        question.Use.Action != DataAction.Write || question.Request.ClientIsAuthor;
}
