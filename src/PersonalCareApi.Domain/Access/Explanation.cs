namespace PersonalCareApi.Domain.Access;

/// <summary>Why a decision comes out as it does: every provision of the record, and the first criterion it fails by.</summary>
public static class Explanation
{
    /// <summary>
    /// Why an item is out of the reach of a grant; null where it is in reach. The request on the item itself would be
    /// answered as if there were no such item.
    /// </summary>
    public static RefusalReason? OfItem(AccessGrant grant, ItemFacts item) =>
        grant.Covers(item) ? null
        : grant.Reach.Denies.Any(box => box.Covers(item)) ? RefusalReason.DeniedByClient
        : PermitsOf(grant.Reach).Any(box => (box with { Closed = Sensitivity.None }).Covers(item)) ? RefusalReason.LabelNotNamed
        : RefusalReason.NoConsent;

    /// <summary>
    /// The provisions a decision on this request weighs, whether or not the caller is related to the record; empty where
    /// no provision has a say, as for the client.
    /// </summary>
    /// <remarks>
    /// For the client and the partner's auditor alone: it tells of consents that the caller it speaks of may not know. So
    /// an <see cref="AccessDecision.NotFound"/> carries none of it, and this is asked apart.
    /// </remarks>
    public static IReadOnlyList<ConsideredProvision> Of(AccessRequest request, RecordFacts facts, DateTimeOffset now)
    {
        var decision = ConsentEngine.Decide(request, facts, now);
        if (decision is not AccessDecision.NotFound)
        {
            return decision.Considered;
        }

        return facts.PartnerId == request.Caller.PartnerId && Question.Put(request, facts, now) is { } question
            ? [.. Matching.Weigh(question).Select(one => one.AsConsidered())]
            : [];
    }

    private static IEnumerable<PermitBox> PermitsOf(Reach reach) =>
        reach.Beside is { } other ? reach.Permits.Concat(PermitsOf(other)) : reach.Permits;
}
