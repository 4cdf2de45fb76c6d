namespace PersonalCareApi.Domain.Access;

/// <summary>Steps 3 and 5 to 7: a practitioner, or an application alone, whom consents and the partner's rule decide about.</summary>
internal static class ByConsent
{
    /// <summary>The purposes for which a record may begin before there is any consent; nothing spreads from them.</summary>
    private static readonly PurposeOfUse[] ToBegin =
        [PurposeOfUse.Treatment, PurposeOfUse.Operations, PurposeOfUse.PatientAdministration];

    /// <summary>Whether a record may be created, and begun, for this purpose.</summary>
    public static bool MayBeginFor(PurposeOfUse purpose) => ToBegin.Contains(purpose);

    public static AccessDecision Decide(Question question)
    {
        var weighed = Matching.Weigh(question);
        var author = AuthorOfProcessNotes(question);
        var denies = weighed.FindAll(one => !one.IsPermit && one.Matches);

        // Step 5 before step 6, whatever the order, age or width of the two: one deny of the whole use is enough.
        if (denies.Find(deny => !deny.Provision.HasItemCriteria) is { } whole)
        {
            return author is null
                ? Answer.Refused(question, RefusalReason.DeniedByClient, whole.Basis, weighed)
                : Answer.Permitted(question, [author], weighed: weighed); // Step 3 has answered before any deny.
        }

        var permitted = weighed
            .Where(one => one.IsPermit && one.Matches)
            .Select(permit => FromPermit(question, permit))
            .Concat(FromPartnersRule(question))
            .ToList();
        var taking = denies.Find(deny => permitted.Exists(ground => Takes(deny, ground, question)));
        permitted.RemoveAll(ground => denies.Exists(deny => Takes(deny, ground, question)));

        List<Ground> grounds = author is null ? permitted : [author, .. permitted];
        if (grounds.Count > 0)
        {
            // With nothing permitted beyond the author's own notes there is nothing left to deny.
            IReadOnlyList<DenyBox> boxes = permitted.Count == 0
                ? []
                : [.. denies.Select(deny => Boxes.Denied(deny.Provision, sparedAuthor: author is null ? null : question.Practitioner))];
            return Answer.Permitted(question, grounds, boxes, weighed);
        }

        return taking is null
            ? Answer.Refused(question, WhyNot(question, weighed), weighed: weighed)
            : Answer.Refused(question, RefusalReason.DeniedByClient, taking.Basis, weighed);
    }

    /// <summary>Step 3: the author's own process notes, while the care lasts; null for anything else.</summary>
    private static Ground? AuthorOfProcessNotes(Question question)
    {
        if (question.Use is { Category: DataCategory.ProcessNotes, Action: DataAction.Read or DataAction.Write }
            && question.Purpose == PurposeOfUse.Treatment
            && question is { Practitioner: { } author, CareRelationship: { } relationship })
        {
            return new Ground(
                new PermitBox { Authors = [author] }, DecisionBasis.Author(relationship.Id), [relationship.Period.Until]);
        }

        return null;
    }

    /// <summary>Step 6.</summary>
    private static Ground FromPermit(Question question, WeighedProvision permit) => new(
        Boxes.Permitted(question, permit.Provision),
        permit.Basis,
        Matching.ReachesOnlyTheCareTeam(question, permit.Provision)
            ? [permit.Provision.Period.Until, question.CareRelationship?.Period.Until]
            : [permit.Provision.Period.Until],
        NamesTheVeryThing: permit.Provision.Parts is not null);

    /// <summary>Step 7: what holds where the client has said nothing. Adds to permits, and never outweighs a deny.</summary>
    private static IEnumerable<Ground> FromPartnersRule(Question question) => question.Facts.Rules.Default switch
    {
        DefaultRule.ImpliedTreatment => FromImpliedTreatment(question),
        DefaultRule.OptIn => FromStart(question),
        _ => [], // A rule this version does not know permits nothing.
    };

    private static IEnumerable<Ground> FromImpliedTreatment(Question question)
    {
        if (question.CareRelationship is { } relationship
            && question.Purpose == PurposeOfUse.Treatment
            && question.Use.Action is DataAction.Read or DataAction.Write
            && DataCategories.Clinical.Contains(question.Use.Category))
        {
            yield return new Ground(
                Boxes.Ordinary(question), new DecisionBasis("partner-rule", relationship.Id), [relationship.Period.Until]);
        }
    }

    /// <summary>
    /// Under opt-in somebody must be able to ask for the first consent: the care team and the partner's own application
    /// have the demographics and the drafting of consents, and nothing else.
    /// </summary>
    private static IEnumerable<Ground> FromStart(Question question)
    {
        if (question.Use is not
            { Category: DataCategory.Demographics or DataCategory.Consents, Action: DataAction.Read or DataAction.Write }
            || !MayBeginFor(question.Purpose))
        {
            yield break;
        }

        if (question.ActingAs.Kind == PartyKind.Application)
        {
            yield return new Ground(Boxes.Ordinary(question), new DecisionBasis("care-relationship"), Ends: []);
        }
        else if (question.CareRelationship is { } relationship)
        {
            yield return new Ground(
                Boxes.Ordinary(question), new DecisionBasis("care-relationship", relationship.Id), [relationship.Period.Until]);
        }
    }

    private static bool Takes(WeighedProvision deny, Ground ground, Question question) =>
        Boxes.TakesAll(Boxes.Denied(deny.Provision), ground.Box, question.Use.Category);

    /// <summary>Why nothing is permitted, where nothing was denied. It follows from the provisions, never from the data.</summary>
    private static RefusalReason WhyNot(Question question, List<WeighedProvision> weighed)
    {
        var permits = weighed.FindAll(one => one.IsPermit);
        if (permits.Exists(permit => permit.FailsOnlyBy(Criterion.Label)))
        {
            return RefusalReason.LabelNotNamed;
        }

        return permits.Exists(permit => permit.FailsOnlyBy(Criterion.Period) && permit.Provision.Period.Until <= question.Now)
            ? RefusalReason.Expired
            : RefusalReason.NoConsent;
    }
}
