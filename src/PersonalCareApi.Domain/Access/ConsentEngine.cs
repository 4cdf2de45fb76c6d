namespace PersonalCareApi.Domain.Access;

/// <summary>Decides every use of a client's data. Pure: no clock, no I/O, a closed set of outcomes.</summary>
public static class ConsentEngine
{
    /// <summary>
    /// What can be refused before anything about the record is looked up: a purpose that is not registered for the
    /// application, or a scope that the token lacks. Null when neither.
    /// </summary>
    public static RefusalReason? CheckCaller(AccessRequest request) => throw new NotSupportedException();

    /// <summary>Decides. <paramref name="facts"/> is null where there is no such record.</summary>
    public static AccessDecision Decide(AccessRequest request, RecordFacts? facts, DateTimeOffset now) => throw new NotSupportedException();

    /// <summary>
    /// The grant to create a record: for a practitioner or an application alone, with the scope to write demographics;
    /// null for anybody else. It reaches the new record's demographics, and nothing of any other record.
    /// </summary>
    public static AccessGrant? Admit(Caller caller, PurposeOfUse? claimedPurpose, Guid newClientId, DateTimeOffset now) => throw new NotSupportedException();

    /// <summary>
    /// Which of these practitioners could read an item with these facts for treatment, by relation and consent alone
    /// (scopes and registered purposes of applications aside).
    /// </summary>
    public static IReadOnlyList<Caller> WhoCouldRead(
        RecordFacts facts, IEnumerable<Caller> practitioners, DataCategory category, ItemFacts item, DateTimeOffset now) => throw new NotSupportedException();
}
