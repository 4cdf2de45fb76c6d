namespace PersonalCareApi.Domain.Access;

/// <summary>Whether one provision says no more, or takes no less, than another: by their words alone, never by today's facts.</summary>
/// <remarks>
/// Who is in the care team, who has a role, which items exist: all that changes after a consent is given. So a named
/// practitioner is covered by the same name or by the whole partner, and by nothing else.
/// </remarks>
internal static class Coverage
{
    /// <summary>Whether whomever the grantee means is meant by one of these too.</summary>
    public static bool Covers(this IReadOnlyList<Grantee> outer, Grantee inner) =>
        outer.Any(grantee => grantee == inner || grantee.Kind == GranteeKind.Partner);

    /// <summary>Whether every purpose that a permit on <paramref name="inner"/> reaches is reached by a permit on one of these.</summary>
    /// <remarks>What is reached is the named and one step below it, so naming what is itself reached reaches nothing new.</remarks>
    public static bool CoversForPermit(this IReadOnlyList<PurposeOfUse> outer, PurposeOfUse inner) => outer.Any(inner.ReachedByPermit);

    public static bool IsWithin<T>(IReadOnlyList<T>? inner, IReadOnlyList<T>? outer) =>
        outer is null || (inner is not null && inner.All(outer.Contains));

    public static bool IsWithin(Period? inner, Period? outer) =>
        outer is null
        || ((outer.From is null || inner?.From >= outer.From) && (outer.Until is null || inner?.Until <= outer.Until));

    /// <summary>Whether a deny takes everything that another takes, at any time, in an emergency too.</summary>
    public static bool IsWithin(ConsentProvision inner, ConsentProvision outer) =>
        IsWithinNamed(GranteesOf(inner), outer.Grantees, (grantee, named) => named.Covers(grantee))
        && IsWithinNamed(inner.Categories, outer.Categories, (category, named) => named.Contains(category))
        && IsWithinNamed(inner.Actions, outer.Actions, (action, named) => named.Contains(action))
        && IsWithinNamed(inner.Purposes, outer.Purposes, (purpose, named) => named.Any(purpose.ReachedByDeny))
        && (!HoldsInEmergency(inner) || HoldsInEmergency(outer))
        && IsWithin(inner.Period, outer.Period)
        && Boxes.IsWithin(Boxes.Denied(inner), Boxes.Denied(outer));

    /// <summary>Whether one deny takes, from <paramref name="now"/> on, everything that the permit could ever open.</summary>
    /// <remarks>Denies that only together take everything are not found.</remarks>
    public static bool TakesWhole(ConsentProvision deny, ConsentProvision permit, DateTimeOffset now)
    {
        var denied = Boxes.Denied(deny);
        var opened = new PermitBox { DataPeriod = permit.DataPeriod, Authors = permit.AuthoredBy, Parts = permit.Parts };
        var remaining = permit.Period with { From = permit.Period.From > now ? permit.Period.From : now };
        return ProvisionRules.NamesAllItMust(permit)
            && IsWithinNamed(permit.Grantees, deny.Grantees, (grantee, named) => named.Covers(grantee))
            && IsWithinNamed(permit.Categories, deny.Categories, (category, named) => named.Contains(category))
            && IsWithinNamed(permit.Actions, deny.Actions, (action, named) => named.Contains(action))
            && IsWithinNamed(permit.Purposes, deny.Purposes, (purpose, named) => named.Any(purpose.ReachedByDeny))
            && IsWithin(remaining, deny.Period)
            && permit.Categories!.All(category => Boxes.TakesAll(denied, opened, category));
    }

    /// <summary>A criterion of a deny that is left out, or empty, means everything: only the same is as wide.</summary>
    private static bool IsWithinNamed<T>(IReadOnlyList<T>? inner, IReadOnlyList<T>? outer, Func<T, IReadOnlyList<T>, bool> covers) =>
        outer is null or { Count: 0 } || (inner is { Count: > 0 } && inner.All(value => covers(value, outer)));

    /// <summary>Nobody knows whom a grantee means that is not whole: the deny then denies whoever asks.</summary>
    private static IReadOnlyList<Grantee>? GranteesOf(ConsentProvision deny) =>
        deny.Grantees?.All(ProvisionRules.IsWhole) == false ? null : deny.Grantees;

    private static bool HoldsInEmergency(ConsentProvision deny) =>
        deny.Purposes?.Any(named => named == PurposeOfUse.EmergencyTreatment || named == PurposeOfUse.BreakTheGlass) == true;
}
