namespace PersonalCareApi.Domain.Access;

/// <summary>One use of the record that somebody is, or is not, permitted.</summary>
public sealed record AccessLine(Party Grantee, DataCategory Category, DataAction Action, PurposeOfUse Purpose);

/// <summary>What a consent would change once it is active.</summary>
/// <param name="Gains">Permitted with it, and not without.</param>
/// <param name="Losses">Permitted without it, and no longer with it.</param>
/// <param name="Affected">Permitted with and without it, but not for the same items: some may be opened, some closed.</param>
public sealed record AccessChange(
    IReadOnlyList<AccessLine> Gains, IReadOnlyList<AccessLine> Losses, IReadOnlyList<AccessLine> Affected);

/// <summary>Tells before a consent is given what it would do: the same engine, asked twice.</summary>
/// <remarks>
/// A use is gained with its first item and lost with its last. Where a provision on single items (labels, dates, authors,
/// parts) only changes which items a permitted use reaches, the use is told as affected.
/// </remarks>
public static class DryRun
{
    /// <summary>Who among these callers would gain or lose which use, scopes and registered purposes aside.</summary>
    /// <param name="facts">The record as it is.</param>
    /// <param name="draft">The consent, taken as active whatever its status is.</param>
    /// <param name="replaces">The consent it would supersede; null where it stands beside the others.</param>
    /// <param name="callers">The practitioners and applications to ask about, as they would call.</param>
    /// <param name="now">When it would become active.</param>
    public static AccessChange Compare(
        RecordFacts facts, RecordedConsent draft, Guid? replaces, IReadOnlyList<Caller> callers, DateTimeOffset now)
    {
        var asked = callers.Select(ConsentEngine.Unrestricted).ToList();
        var purposes = PurposesMentioned(facts.Consents.Append(draft));
        var before = Permitted(facts, asked, purposes, now);
        var after = Permitted(WithActive(facts, draft, replaces), asked, purposes, now);
        return new AccessChange(
            [.. after.Keys.Except(before.Keys)],
            [.. before.Keys.Except(after.Keys)],
            [.. after.Where(use => before.TryGetValue(use.Key, out var reach) && reach != use.Value).Select(use => use.Key)]);
    }

    private static RecordFacts WithActive(RecordFacts facts, RecordedConsent draft, Guid? replaces) => facts with
    {
        Consents =
        [
            .. facts.Consents.Where(consent => consent.Id != draft.Id && consent.Id != replaces),
            draft with { Status = ConsentStatus.Active },
        ],
    };

    /// <summary>Treatment, every purpose that some consent names, and those that a permit on one of them reaches.</summary>
    private static List<PurposeOfUse> PurposesMentioned(IEnumerable<RecordedConsent> consents)
    {
        var named = consents
            .SelectMany(consent => consent.Provisions ?? [])
            .SelectMany(provision => provision.Purposes ?? [])
            .Append(PurposeOfUse.Treatment)
            .ToHashSet();
        return [.. PurposeOfUse.All.Where(purpose => named.Any(purpose.ReachedByPermit))];
    }

    private static Dictionary<AccessLine, string> Permitted(
        RecordFacts facts, List<Caller> callers, List<PurposeOfUse> purposes, DateTimeOffset now) =>
        (from caller in callers
         from category in DataCategories.All
         from action in Enum.GetValues<DataAction>()
         from purpose in purposes
         let request = new AccessRequest
         {
             Caller = caller,
             ClientId = facts.ClientId,
             Use = new DataUse(category, action),
             ClaimedPurpose = purpose,
         }
         let permitted = ConsentEngine.Decide(request, facts, now) as AccessDecision.Permitted
         where permitted is not null
         select (Line: new AccessLine(permitted.ActingAs, category, action, permitted.Purpose!), Items: permitted.Grant.Reach.InWords()))
        .ToDictionary(use => use.Line, use => use.Items);
}
