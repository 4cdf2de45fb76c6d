namespace PersonalCareApi.Domain.Access;

/// <summary>Makes the answers of <see cref="ConsentEngine"/>: the only place where a grant comes into being.</summary>
internal static class Answer
{
    public static AccessDecision NotFound(AccessRequest request)
    {
        // Only what the caller brought: an answer that named the caller's part in the record would tell of the record.
        var party = Relation.ActsAsBeforeAnyRecord(request);
        return new AccessDecision.NotFound
        {
            ActingAs = party,
            Purpose = Question.PurposeFor(party.Kind, request.ClaimedPurpose),
        };
    }

    public static AccessDecision RefusedBeforeAnyRecord(AccessRequest request, RefusalReason reason)
    {
        var party = Relation.ActsAsBeforeAnyRecord(request);
        return new AccessDecision.Refused
        {
            ActingAs = party,
            Purpose = Question.PurposeFor(party.Kind, request.ClaimedPurpose),
            Reason = reason,
        };
    }

    public static AccessDecision Refused(
        Question question, RefusalReason reason, DecisionBasis? basis = null, IEnumerable<WeighedProvision>? weighed = null) =>
        new AccessDecision.Refused
        {
            ActingAs = question.ActingAs,
            Purpose = question.Purpose,
            Reason = reason,
            Basis = basis ?? DecisionBasis.None,
            Considered = Considered(weighed),
        };

    /// <summary>A yes on all these grounds together; the first is the basis.</summary>
    /// <param name="beside">A yes on other grounds, whose denies are its own: both reaches hold, while both do.</param>
    public static AccessDecision Permitted(
        Question question, IReadOnlyList<Ground> grounds, IReadOnlyList<DenyBox>? denies = null,
        IReadOnlyList<WeighedProvision>? weighed = null, Obligations obligations = Obligations.None, AccessGrant? beside = null)
    {
        var reach = new Reach { Permits = [.. grounds.Select(ground => ground.Box)], Denies = denies ?? [], Beside = beside?.Reach };
        return Permitted(question, reach, grounds, weighed, obligations, beside);
    }

    /// <summary>The grant to create a record that no facts speak of yet.</summary>
    public static AccessGrant Admission(AccessRequest request, Party party, PurposeOfUse purpose, DateTimeOffset now) => new()
    {
        Caller = request.Caller,
        ActingAs = party,
        PartnerId = request.Caller.PartnerId,
        ClientId = request.ClientId,
        Use = request.Use,
        Purpose = purpose,
        Reach = Reach.Everything, // Of a record that holds nothing but what this request puts there.
        Basis = new DecisionBasis("admission"),
        Obligations = Obligations.Audit | MinimumNecessary(purpose, []),
        At = now,
        Until = null,
        AccessVersion = 0,
        PartnerAccessVersion = 0,
    };

    private static AccessDecision.Permitted Permitted(
        Question question, Reach reach, IReadOnlyList<Ground> grounds,
        IReadOnlyList<WeighedProvision>? weighed, Obligations obligations, AccessGrant? beside) => new()
        {
            ActingAs = question.ActingAs,
            Purpose = question.Purpose,
            Considered = Considered(weighed),
            Grant = new AccessGrant
            {
                Caller = question.Caller,
                ActingAs = question.ActingAs,
                PartnerId = question.Facts.PartnerId,
                ClientId = question.Facts.ClientId,
                Use = question.Use,
                Purpose = question.Purpose,
                Reach = reach,
                Basis = grounds[0].Basis,
                Obligations = Obligations.Audit
                    | obligations
                    | Part2Notice(question)
                    | MinimumNecessary(question.Purpose, grounds),
                At = question.Now,
                Until = Earliest([.. grounds.SelectMany(ground => ground.Ends), .. Horizon.Of(question, weighed ?? []), beside?.Until]),
                AccessVersion = question.Facts.AccessVersion,
                PartnerAccessVersion = question.Facts.PartnerAccessVersion,
            },
        };

    /// <summary>42 CFR 2.32 speaks to whom a record is disclosed: never to the client, nor to who stands in the client's place.</summary>
    private static Obligations Part2Notice(Question question) =>
        question is { Facts.Rules.Part2Programme: true, ActingAs.Kind: PartyKind.Practitioner or PartyKind.Application }
            ? Obligations.Part2Notice
            : Obligations.None;

    /// <summary>Payment and operations get no narrative and no item answers, unless every ground names the very thing.</summary>
    private static Obligations MinimumNecessary(PurposeOfUse purpose, IReadOnlyList<Ground> grounds)
    {
        var applies = purpose.IsOrLiesBelow(PurposeOfUse.Payment) || purpose.IsOrLiesBelow(PurposeOfUse.Operations);
        var named = grounds.Count > 0 && grounds.All(ground => ground.NamesTheVeryThing);
        return applies && !named ? Obligations.MinimumNecessary : Obligations.None;
    }

    private static IReadOnlyList<ConsideredProvision> Considered(IEnumerable<WeighedProvision>? weighed) =>
        [.. (weighed ?? []).Select(one => one.AsConsidered())];

    private static DateTimeOffset? Earliest(IReadOnlyList<DateTimeOffset?> instants) => instants.Min();
}
