using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Outgoing.Exports;

/// <summary>Decides, category by category, what somebody may have of a record: each is a use of its own, with its own entry.</summary>
/// <remarks>
/// What leaves is shared, so the action is <c>share</c>, for the client's own archive as well. Process notes are shared with
/// nobody: the client reads those that their author released, and so only that client's archive has them.
/// </remarks>
internal sealed class ExportDecisions(Facts facts, TimeProvider time)
{
    /// <summary>The decision on one category, as that caller, on the facts as they are now.</summary>
    public async Task<UseOfData> Decide(SignedIn caller, Guid clientId, PurposeOfUse? claimed, DataCategory category, CancellationToken ct)
    {
        var use = new UseOfData(facts, time) { CallerSeenAt = caller.PartnerAccessVersion };
        await use.DecideAfresh(
            new AccessRequest
            {
                Caller = caller.Caller,
                ClientId = clientId,
                Use = new DataUse(category, ActionOn(category, caller.Caller, clientId)),
                ClaimedPurpose = claimed,
            },
            ct);
        return use;
    }

    /// <summary>What a decision opens, to see whether it still opens the same.</summary>
    public static string Extent(AccessGrant grant) => $"{grant.Purpose.Code} {grant.Obligations:d}\n{grant.Reach.InWords()}";

    private static DataAction ActionOn(DataCategory category, Caller caller, Guid clientId) =>
        category == DataCategory.ProcessNotes && caller.ClientIds.Contains(clientId) ? DataAction.Read : DataAction.Share;
}
