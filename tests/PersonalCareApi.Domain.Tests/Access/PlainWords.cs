using PersonalCareApi.Domain.Access;

namespace PersonalCareApi.Domain.Tests.Access;

/// <summary>What <see cref="PlainRules"/> knows of purposes, labels, periods and grantees, in tables of its own.</summary>
internal static class PlainWords
{
    private static readonly Dictionary<string, string> Above = new()
    {
        ["ETREAT"] = "TREAT",
        ["BTG"] = "ETREAT",
        ["COC"] = "TREAT",
        ["CLINTRCH"] = "HRESCH",
        ["BIORCH"] = "HRESCH",
    };

    public static readonly Sensitivity[] Substances = [Sensitivity.Eth, Sensitivity.Sud, Sensitivity.EthUd, Sensitivity.OpioidUd];

    public static bool IsUnderstood(Grantee grantee) => grantee.Kind switch
    {
        GranteeKind.Practitioner or GranteeKind.Application => grantee.Id is not null && grantee.Code is null,
        GranteeKind.Role => grantee.Id is null && grantee.Code is not null,
        GranteeKind.CareTeam or GranteeKind.Partner => grantee.Id is null && grantee.Code is null,
        _ => false,
    };

    public static Sensitivity Opened(Sensitivity named)
    {
        var known = (Sensitivity)((long)named & 0x3ff);
        return (known & Sensitivity.Sud) != 0 ? known | Sensitivity.EthUd | Sensitivity.OpioidUd : known;
    }

    public static bool CarriesDenied(ItemFacts item, Sensitivity denied) =>
        (item.Labels & denied) != 0
        || (Substances.Any(one => (denied & one) != 0) && Substances.Any(one => (item.Labels & one) != 0))
        || (((long)denied & ~0x3ffL) != 0 && ((long)item.Labels & ~0x3ffL) != 0);

    public static bool OnThisItem(ConsentProvision provision, ItemFacts item) =>
        (provision.DataPeriod is null || Within(item.OccurredAt, provision.DataPeriod))
        && (provision.AuthoredBy is null || provision.AuthoredBy.Contains(item.AuthorId))
        && (provision.Parts is null || provision.Parts.Contains(item.Part));

    public static bool IsBelow(string purpose, string other) =>
        purpose == other || (Above.TryGetValue(purpose, out var above) && IsBelow(above, other));

    public static bool Within(DateTimeOffset instant, Period period) =>
        !(instant < (period.From ?? DateTimeOffset.MinValue)) && instant < (period.Until ?? DateTimeOffset.MaxValue);
}
