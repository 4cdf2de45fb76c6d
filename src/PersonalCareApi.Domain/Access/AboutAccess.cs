namespace PersonalCareApi.Domain.Access;

/// <summary>Who may ask how decisions on a record come out: everybody about their own, some about everybody's.</summary>
/// <remarks>
/// It opens decisions and nothing else. The reach is over decisions: their author is whom they are about, so that "my own"
/// is the same criterion as everywhere.
/// </remarks>
internal static class AboutAccess
{
    public static AccessDecision Decide(Question question)
    {
        var box = AsksAboutEverybody(question) ? new PermitBox() : new PermitBox { Authors = [question.ActingAs.Id] };
        return Answer.Permitted(question, [new Ground(box, new DecisionBasis("relation"), Ends: [])]);
    }

    /// <summary>The client and the partner's auditor; a representative never sees the client's view of the ledger.</summary>
    private static bool AsksAboutEverybody(Question question) =>
        question.ActingAs.Kind == PartyKind.Client || question.Audits;
}
