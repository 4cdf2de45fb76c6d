namespace PersonalCareApi.Domain.Access;

/// <summary>Step 4: a declared emergency, and the act of declaring one.</summary>
internal static class Emergency
{
    private const Obligations ToldAndReviewed = Obligations.NotifyPatient | Obligations.PostAccessReview;

    /// <summary>The answer on the route that declares an emergency: a grant for the declaration, and for no data.</summary>
    public static AccessDecision DecideDeclaration(Question question) =>
        question.DeclaresEntitled && IsForEmergency(question.Purpose)
            ? Answer.PermittedWithoutItems(
                question, new Ground(new PermitBox(), new DecisionBasis("emergency"), Ends: []), ToldAndReviewed)
            : Answer.Refused(question, RefusalReason.NoConsent);

    /// <summary>Null where no open emergency answers, and the later steps decide.</summary>
    public static AccessDecision? Decide(Question question)
    {
        if (question.OpenEmergency is not { } emergency
            || question.Use.Action != DataAction.Read
            || question.Use.Category == DataCategory.ProcessNotes
            || !IsForEmergency(question.Purpose))
        {
            return null;
        }

        var weighed = Matching.WeighForEmergency(question);
        var box = new PermitBox { Closed = Sensitivity.PsyThPn };
        var denies = new List<DenyBox>();
        foreach (var deny in weighed.Where(one => one.Matches))
        {
            var denied = Boxes.Denied(deny.Provision);
            if (Boxes.TakesAll(denied, box, question.Use.Category))
            {
                // The client foresaw the emergency and said no to it.
                return Answer.Refused(question, RefusalReason.DeniedByClient, deny.Basis, weighed);
            }

            denies.Add(denied);
        }

        var ground = new Ground(box, new DecisionBasis("emergency", emergency.Id), [emergency.Period.Until]);
        return Answer.Permitted(question, [ground], denies, weighed, ToldAndReviewed);
    }

    private static bool IsForEmergency(PurposeOfUse purpose) =>
        purpose == PurposeOfUse.Treatment || purpose == PurposeOfUse.EmergencyTreatment || purpose == PurposeOfUse.BreakTheGlass;
}
