namespace PersonalCareApi.Domain.Access;

/// <summary>Step 4: a declared emergency, the act of declaring one, and the review of it.</summary>
/// <remarks>
/// An emergency adds and never takes away: what consents permit the caller stays permitted beside it, whatever was denied
/// for emergencies.
/// </remarks>
public static class Emergency
{
    /// <summary>The part of demographics that the emergency accesses are, so that a grant can reach them and nothing else.</summary>
    public const string Part = "emergency-access";

    private const Obligations ToldAndReviewed = Obligations.NotifyPatient | Obligations.PostAccessReview;

    /// <summary>The answer on the routes that declare an emergency and end it: one's own declarations, and no data.</summary>
    internal static AccessDecision DecideDeclaration(Question question)
    {
        if (!question.DeclaresEntitled || !IsForEmergency(question.Purpose))
        {
            return Answer.Refused(question, RefusalReason.NoConsent);
        }

        // Where nothing could be read there is nothing to declare for: the client foresaw the emergency and said no to it.
        var denials = DataCategories.AllInAProvision.Select(category => Weigh(question.Reading(category))).ToList();
        if (denials.TrueForAll(weighed => weighed.Whole is not null))
        {
            return Answer.Refused(question, RefusalReason.DeniedByClient, denials[0].Whole!.Basis, denials[0].Provisions);
        }

        var own = new PermitBox { Authors = [question.ActingAs.Id], Parts = [Part] };
        return Answer.Permitted(
            question, [new Ground(own, new DecisionBasis("emergency"), Ends: [])], weighed: denials[0].Provisions, obligations: ToldAndReviewed);
    }

    /// <summary>The answer to the partner's auditor on the routes of emergency accesses: those of others, and no data.</summary>
    internal static AccessDecision DecideReview(Question question) => Answer.Permitted(
        question,
        [new Ground(new PermitBox { Parts = [Part] }, new DecisionBasis("review"), Ends: [], NamesTheVeryThing: true)],
        denies: question.Use.Action == DataAction.Write ? [new DenyBox { Authors = [question.ActingAs.Id] }] : []);

    /// <summary>What an open emergency adds to the decision that the later steps have come to.</summary>
    internal static AccessDecision Decide(Question question, AccessDecision byConsent)
    {
        if (question.OpenEmergency is not { } emergency
            || question.Use.Action != DataAction.Read
            || question.Use.Category == DataCategory.ProcessNotes
            || !IsForEmergency(question.Purpose))
        {
            return byConsent;
        }

        var permitted = byConsent as AccessDecision.Permitted;
        var weighed = Weigh(question);
        if (weighed.Whole is { } denial)
        {
            return permitted ?? Answer.Refused(question, RefusalReason.DeniedByClient, denial.Basis, weighed.Provisions);
        }

        var ground = new Ground(Box, new DecisionBasis("emergency", emergency.Id), [emergency.Period.Until]);
        return Answer.Permitted(question, [ground], weighed.Denies, weighed.Provisions, ToldAndReviewed, permitted?.Grant);
    }

    /// <summary>Every label but that of process notes.</summary>
    private static PermitBox Box { get; } = new() { Closed = Sensitivity.PsyThPn };

    private static Weighed Weigh(Question question)
    {
        var provisions = Matching.WeighForEmergency(question);
        var matching = provisions.FindAll(one => one.Matches);
        return new Weighed(
            provisions,
            matching.Find(deny => Boxes.TakesAll(Boxes.Denied(deny.Provision), Box, question.Use.Category)),
            [.. matching.Select(deny => Boxes.Denied(deny.Provision))]);
    }

    private static Question Reading(this Question question, DataCategory category) =>
        question with { Request = question.Request with { Use = new DataUse(category, DataAction.Read) } };

    private static bool IsForEmergency(PurposeOfUse purpose) =>
        purpose == PurposeOfUse.Treatment || purpose == PurposeOfUse.EmergencyTreatment || purpose == PurposeOfUse.BreakTheGlass;

    /// <summary>The denies as they hold against an emergency: all of them, one that takes everything, and what the others take.</summary>
    private sealed record Weighed(List<WeighedProvision> Provisions, WeighedProvision? Whole, IReadOnlyList<DenyBox> Denies);
}
