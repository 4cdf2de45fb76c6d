namespace PersonalCareApi.Domain.Access;

/// <summary>One thing in a consent that must be refused when it is posted.</summary>
/// <param name="Provision">The index of the provision.</param>
/// <param name="Member">The member of the provision, as it stands in JSON.</param>
/// <param name="Code">A stable code, for example <c>required</c>.</param>
/// <param name="Detail">A sentence for the developer who posted it; it names no data of the client.</param>
public sealed record ProvisionFault(int Provision, string Member, string Code, string Detail);

/// <summary>What provisions must be like: refused where they are posted, and without effect where one is found.</summary>
/// <remarks>
/// The engine asks the same predicates as <see cref="Check"/>: a faulty permit reaches nothing. A faulty deny keeps all
/// its force, since a deny that fell away would open what the client meant to close.
/// </remarks>
public static class ProvisionRules
{
    private static readonly PurposeOfUse[] Special = [PurposeOfUse.Research, PurposeOfUse.Marketing];

    /// <summary>Every fault of a consent's provisions; empty where it may be recorded.</summary>
    /// <param name="provisions">The provisions, in their order.</param>
    /// <param name="explicitAct">Whether the consent is given by an act of its own.</param>
    /// <param name="now">When it is given.</param>
    /// <param name="rules">What the partner has settled; with it, a permit that these rules keep closed is found as well.</param>
    public static IReadOnlyList<ProvisionFault> Check(
        IReadOnlyList<ConsentProvision> provisions, bool explicitAct, DateTimeOffset now, PartnerRules? rules = null) =>
        [.. provisions.Index().SelectMany(one =>
            ProvisionFaults.Of(provisions, one.Index, explicitAct, now, rules))];

    /// <summary>Whether a permit found in a consent can have any effect.</summary>
    internal static bool Counts(RecordedConsent consent, ConsentProvision permit) =>
        Counts(consent.Provisions!, permit, consent.ExplicitAct);

    /// <inheritdoc cref="Counts(RecordedConsent, ConsentProvision)"/>
    internal static bool Counts(IReadOnlyList<ConsentProvision> provisions, ConsentProvision permit, bool explicitAct) =>
        NamesAllItMust(permit)
        && CanReachAnItem(permit)
        && StandsForItsPurposeAlone(provisions, permit, explicitAct)
        && KeepsProcessNotesApart(provisions, permit)
        && NamesWhatCanBeReleased(permit)
        && SpeaksOfProcessNotes(permit) == permit.Sensitivities.HasFlag(Sensitivity.PsyThPn);

    /// <summary>A permit names grantees, categories, actions and purposes: silence denies.</summary>
    internal static bool NamesAllItMust(ConsentProvision permit) =>
        permit is { Grantees.Count: > 0, Categories.Count: > 0, Actions.Count: > 0, Purposes.Count: > 0 };

    /// <summary>Whether its criteria on items leave any item that could meet them.</summary>
    internal static bool CanReachAnItem(ConsentProvision provision) =>
        provision.AuthoredBy is not { Count: 0 } && provision.Parts is not { Count: 0 } && !IsEmpty(provision.DataPeriod);

    /// <summary>
    /// Research and marketing need a consent for that purpose alone, given by an explicit act; every other permit stands.
    /// </summary>
    internal static bool StandsForItsPurposeAlone(
        IReadOnlyList<ConsentProvision> provisions, ConsentProvision permit, bool explicitAct) =>
        SpecialPurposeOf(permit) is not { } special || (explicitAct && IsAloneFor(provisions, special));

    /// <summary>Whether every permit of the consent is for this purpose and what lies below it, and nothing else.</summary>
    internal static bool IsAloneFor(IReadOnlyList<ConsentProvision> provisions, PurposeOfUse special) =>
        provisions
            .Where(provision => provision.Effect == ProvisionEffect.Permit)
            .All(permit => (permit.Purposes ?? []).All(purpose => purpose.IsOrLiesBelow(special)));

    /// <summary>Research or marketing, where the permit names either or a purpose below.</summary>
    internal static PurposeOfUse? SpecialPurposeOf(ConsentProvision permit) =>
        Special.FirstOrDefault(special => (permit.Purposes ?? []).Any(purpose => purpose.IsOrLiesBelow(special)));

    /// <summary>
    /// A permit on process notes stands only in a consent that covers nothing else, and permits reading alone; a permit
    /// that names PSYTHPN is one on process notes. Every other permit stands.
    /// </summary>
    internal static bool KeepsProcessNotesApart(IReadOnlyList<ConsentProvision> provisions, ConsentProvision permit)
    {
        if (!SpeaksOfProcessNotes(permit))
        {
            return !permit.Sensitivities.HasFlag(Sensitivity.PsyThPn);
        }

        return provisions.All(CoversProcessNotesAlone) && PermitsReadingAlone(permit);
    }

    internal static bool SpeaksOfProcessNotes(ConsentProvision provision) =>
        provision.Categories?.Contains(DataCategory.ProcessNotes) == true;

    internal static bool CoversProcessNotesAlone(ConsentProvision provision) =>
        provision.Categories is { Count: > 0 } categories
        && categories.All(category => category == DataCategory.ProcessNotes);

    /// <summary>Nobody writes another's private note, and none leaves the system.</summary>
    internal static bool PermitsReadingAlone(ConsentProvision permit) =>
        (permit.Actions ?? []).All(action => action == DataAction.Read);

    /// <summary>
    /// Of a permit on process notes that names parts: whether one of them is a released one. What the author keeps private
    /// no provision can name.
    /// </summary>
    internal static bool NamesWhatCanBeReleased(ConsentProvision permit) =>
        !SpeaksOfProcessNotes(permit) || Boxes.PartsPermitted(DataCategory.ProcessNotes, permit) is not [];

    /// <summary>Whether a grantee says exactly what its kind needs to be understood.</summary>
    internal static bool IsWhole(Grantee grantee) => grantee.Kind switch
    {
        GranteeKind.Practitioner or GranteeKind.Application =>
            grantee is { Id: { } id, Code: null } && id != Guid.Empty,
        GranteeKind.Role => grantee.Id is null && !string.IsNullOrWhiteSpace(grantee.Code),
        GranteeKind.CareTeam or GranteeKind.Partner => grantee is { Id: null, Code: null },
        _ => false,
    };

    internal static bool IsEmpty(Period? period) => period is { From: { } from, Until: { } until } && until <= from;
}
