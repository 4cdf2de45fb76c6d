using PersonalCareApi.Domain.Access;
using static PersonalCareApi.Domain.Tests.Access.PlainWords;

namespace PersonalCareApi.Domain.Tests.Access;

/// <summary>
/// The rules of the decision once more, as plainly as they can be said: one item at a time, every rule in full, nothing
/// shared with the engine. Slow, and without reasons, grants or boxes.
/// </summary>
internal sealed class PlainRules(RecordFacts record, AccessRequest request, DateTimeOffset now, Planted planted = Planted.Nothing)
{
    private readonly Caller caller = request.Caller;
    private readonly DataCategory category = request.Use.Category;
    private readonly DataAction action = request.Use.Action;
    private readonly bool inCare = request.Caller.PractitionerId is { } me
        && record.CareRelationships.Any(one => one.PractitionerId == me && Within(now, one.Period));

    private bool IsClient => caller.ClientIds.Contains(record.ClientId);

    private IEnumerable<Representation> Authorities => record.Representations.Where(one => caller.RepresentativeIds.Contains(one.Id));

    private bool IsSuspended => planted != Planted.SuspensionIsIgnored && Authorities.Any(one => one.Suspended);

    private bool IsRepresentative => Authorities.Any(one => Within(now, one.Period));

    private bool HasOpenEmergency => (caller.MayDeclareEmergency || planted == Planted.EntitlementOutlivesItself) && record.Emergencies.Any(one => one.PractitionerId == caller.PractitionerId && Within(now, one.Period));

    private string? Purpose => request.ClaimedPurpose?.Code ?? (caller.PractitionerId is null ? null : "TREAT");

    private bool IsRestricted => planted != Planted.RestrictionsAreIgnored && record.Restrictions.Any(one =>
        Within(now, one.Period) && (one.Categories is null || one.Categories.Contains(category)));

    public bool MayKnowOfTheRecord()
    {
        if (caller.PartnerId != record.PartnerId || (record.IsErased && !IsClient))
        {
            return false;
        }

        if (IsClient)
        {
            return true;
        }

        if (IsSuspended)
        {
            return false;
        }

        if (IsRepresentative)
        {
            return true;
        }

        if (caller.PractitionerId is null)
        {
            return caller.ApplicationAlone;
        }

        return inCare || HasOpenEmergency || record.Consents.Any(consent =>
            consent.Status == ConsentStatus.Active
            && (consent.Provisions ?? []).Any(one => one.Effect == ProvisionEffect.Permit
                && Within(now, one.Period) && NamesMe(one) && IsSoundPermit(consent, one)
                && (!one.Categories!.Contains(DataCategory.ProcessNotes) || one.Sensitivities.HasFlag(Sensitivity.PsyThPn))
                && one.Purposes!.Any(purpose => OldEnough(consent, purpose.Code))));
    }

    public bool MayUse(ItemFacts item)
    {
        if (caller.PartnerId != record.PartnerId && planted != Planted.OtherPartnersAreLetIn)
        {
            return false;
        }

        if ((request.ClaimedPurpose is { } claimed && !caller.Purposes.Contains(claimed))
            || !caller.Scopes.Contains($"{category.Code()}:{action.Code()}"))
        {
            return false;
        }

        if (record.IsErased && planted != Planted.ErasedRecordsStayOpen && (!IsClient || action == DataAction.Write))
        {
            return false;
        }

        var writesAsAuthor = action != DataAction.Write || request.ClientIsAuthor;
        if (IsClient)
        {
            return category == DataCategory.ProcessNotes
                ? (action == DataAction.Read || planted == Planted.ClientsUseReleasedNotesForAnything)
                    && (item.Part is "shared-with-client" or "shared" || planted == Planted.ClientsReadNotesThatWereNotReleased)
                : writesAsAuthor;
        }

        if (IsSuspended)
        {
            return false;
        }

        if (planted != Planted.UnreadableConsentsAreSkipped
            && record.Consents.Any(one => one.Provisions is null && one.Status is ConsentStatus.Active or ConsentStatus.Draft))
        {
            return false;
        }

        if (IsRepresentative)
        {
            return writesAsAuthor && !IsRestricted && Authorities.Any(one =>
                Within(now, one.Period)
                && !(one.EndsWhenClientMayConsentAlone && IsOfAge("PATRQT", now))
                && one.Categories.Contains(category) && one.Actions.Contains(action)
                && category is not (DataCategory.AccessHistory or DataCategory.ProcessNotes)
                && (category != DataCategory.Journal || planted == Planted.RepresentativesReadJournals));
        }

        if ((caller.PractitionerId is null && !caller.ApplicationAlone)
            || Purpose is not { } purpose || !caller.Purposes.Any(one => one.Code == purpose))
        {
            return false;
        }

        return MayUseAsAnother(item, purpose);
    }

    private bool MayUseAsAnother(ItemFacts item, string purpose)
    {
        if (!IsRestricted && category == DataCategory.ProcessNotes && action != DataAction.Share && purpose == "TREAT" && inCare
            && item.AuthorId == caller.PractitionerId)
        {
            return true;
        }

        var denies = ActiveProvisions(ProvisionEffect.Deny).Where(one => DenyTouches(one.Provision, item)).Select(one => one.Provision).ToList();
        if (HasOpenEmergency && action == DataAction.Read && category != DataCategory.ProcessNotes && purpose is "TREAT" or "ETREAT" or "BTG")
        {
            var opened = ((item.Labels & Sensitivity.PsyThPn) == 0 || planted == Planted.EmergenciesOpenProcessNotes)
                && !(IsRestricted && planted == Planted.RestrictionsHoldAgainstEmergencies)
                && !denies.Any(one => planted == Planted.DeniesHoldAgainstEmergencies
                    || one.Purposes?.Any(named => named.Code is "ETREAT" or "BTG") == true);

            // It adds and takes nothing away: what it does not open the consents may.
            if (opened || planted == Planted.EmergenciesTakeAway)
            {
                return opened;
            }
        }

        if (IsRestricted)
        {
            return false;
        }

        if (planted != Planted.DeniesAreIgnored
            && denies.Any(one => one.Purposes is null or [] || one.Purposes.Any(named => DenyReaches(named.Code, purpose))))
        {
            return false;
        }

        return ActiveProvisions(ProvisionEffect.Permit).Any(one => Permits(one.Consent, one.Provision, item, purpose))
            || ThePartnersRulePermits(item, purpose);
    }

    private bool Permits(RecordedConsent consent, ConsentProvision permit, ItemFacts item, string purpose) =>
        NamesMe(permit)
        && IsSoundPermit(consent, permit)
        && permit.Categories!.Contains(category) && permit.Actions!.Contains(action)
        && permit.Purposes!.Any(named => PermitReaches(named.Code, purpose))
        && OldEnough(consent, purpose)
        && LabelsAllow(item, Opened(permit.Sensitivities))
        && (category != DataCategory.ProcessNotes || ItsAuthorReleasedIt(item, permit))
        && OnThisItem(permit, item);

    private bool ItsAuthorReleasedIt(ItemFacts item, ConsentProvision permit) =>
        item.Part is "shared-by-consent" or "shared"
        || planted == Planted.ConsentsCompelRelease
        || (planted == Planted.PartsNameTheirWayAroundRelease && permit.Parts?.Contains(item.Part) == true);

    private bool ThePartnersRulePermits(ItemFacts item, string purpose)
    {
        if (action == DataAction.Share || !LabelsAllow(item, Sensitivity.None))
        {
            return false;
        }

        if (record.Rules.Default == DefaultRule.ImpliedTreatment)
        {
            return inCare && purpose == "TREAT"
                && (planted == Planted.ImpliedTreatmentReachesEverything
                    || category is DataCategory.Demographics or DataCategory.Profile or DataCategory.Assessments or DataCategory.Goals
                        or DataCategory.Plans or DataCategory.SessionNotes or DataCategory.Measurements);
        }

        return (category is DataCategory.Demographics or DataCategory.Consents || planted == Planted.StartReachesEveryCategory)
            && purpose is "TREAT" or "HOPERAT" or "PATADMIN"
            && (inCare || caller.PractitionerId is null);
    }

    private IEnumerable<(RecordedConsent Consent, ConsentProvision Provision)> ActiveProvisions(ProvisionEffect effect) =>
        from consent in record.Consents
        where consent.Status == ConsentStatus.Active || (planted == Planted.DraftsCount && consent.Status == ConsentStatus.Draft)
        from provision in consent.Provisions ?? []
        where provision.Effect == effect && (planted == Planted.PeriodsAreIgnored || Within(now, provision.Period))
        select (consent, provision);

    private bool DenyTouches(ConsentProvision deny, ItemFacts item)
    {
        var onItems = deny.Sensitivities != 0 || deny.DataPeriod is not null || deny.AuthoredBy is not null || deny.Parts is not null;
        if (onItems && planted == Planted.DeniesOnItemsAreIgnored)
        {
            return false;
        }

        return (deny.Grantees is null or [] || NamesMe(deny) || deny.Grantees.Any(one => !IsUnderstood(one)))
            && (deny.Categories is null or [] || deny.Categories.Contains(category))
            && (deny.Actions is null or [] || deny.Actions.Contains(action))
            && (deny.Sensitivities == 0 || CarriesDenied(item, deny.Sensitivities))
            && OnThisItem(deny with
            {
                AuthoredBy = deny.AuthoredBy is [] ? null : deny.AuthoredBy,
                Parts = deny.Parts is [] ? null : deny.Parts,
            }, item);
    }

    private bool NamesMe(ConsentProvision provision) => (provision.Grantees ?? []).Any(one => IsUnderstood(one) && one.Kind switch
    {
        GranteeKind.Practitioner => one.Id == caller.PractitionerId,
        GranteeKind.Role => caller.PractitionerId is not null && caller.PractitionerRoles.Any(role => role == one.Code),
        GranteeKind.CareTeam => inCare,
        GranteeKind.Application => caller.PractitionerId is null && one.Id == caller.ApplicationId,
        GranteeKind.Partner => true,
        _ => false,
    });

    private bool IsSoundPermit(RecordedConsent consent, ConsentProvision permit)
    {
        if (permit.Grantees is null or [] || permit.Categories is null or [] || permit.Actions is null or [] || permit.Purposes is null or []
            || permit.AuthoredBy is [] || permit.Parts is [] || permit.DataPeriod is { From: { } from, Until: { } until } && until <= from
            || permit.Grantees.Any(one => !IsUnderstood(one)))
        {
            return false;
        }

        var allPurposes = consent.Provisions!.Where(one => one.Effect == ProvisionEffect.Permit).SelectMany(one => one.Purposes ?? []).ToList();
        foreach (var special in planted == Planted.ResearchMayBeBundled ? [] : new[] { "HRESCH", "HMARKT" })
        {
            if (permit.Purposes.Any(one => IsBelow(one.Code, special))
                && (!consent.ExplicitAct || allPurposes.Any(one => !IsBelow(one.Code, special))))
            {
                return false;
            }
        }

        if (planted == Planted.ProcessNotesMayBeBundled)
        {
            return true;
        }

        return permit.Categories.Contains(DataCategory.ProcessNotes)
            ? consent.Provisions!.All(one => one.Categories is not (null or []) && one.Categories.All(each => each == DataCategory.ProcessNotes))
                && !permit.Actions.Contains(DataAction.Write) && !permit.Actions.Contains(DataAction.Share)
                && (permit.Parts is null || permit.Parts.Any(part => part is "shared-by-consent" or "shared")
                    || planted == Planted.PartsNameTheirWayAroundRelease)
            : (permit.Sensitivities & Sensitivity.PsyThPn) == 0;
    }

    private bool LabelsAllow(ItemFacts item, Sensitivity opened)
    {
        if (planted == Planted.ClosingLabelsAreIgnored)
        {
            return true;
        }

        // What lies in these two stores is closed by what it is, to its author too.
        if (category == DataCategory.ProcessNotes && !opened.HasFlag(Sensitivity.PsyThPn))
        {
            return false;
        }

        if (category == DataCategory.Genetics && record.Rules.Closing.HasFlag(Sensitivity.Gdis) && !opened.HasFlag(Sensitivity.Gdis))
        {
            return false;
        }

        if (planted != Planted.AuthorsAreTreatedAsOthers && category != DataCategory.ProcessNotes
            && caller.PractitionerId is { } me && item.AuthorId == me)
        {
            return true;
        }

        for (var bit = 0; bit < 64; bit++)
        {
            var label = (Sensitivity)(1L << bit);
            if ((item.Labels & label) != 0 && Closes(label, bit) && (opened & label) == 0)
            {
                return false;
            }
        }

        return true;
    }

    private bool Closes(Sensitivity label, int bit) =>
        (bit > 9 && planted != Planted.UnknownLabelsStayOpen)
        || (record.Rules.Closing & label) != 0
        || (record.Rules.Part2Programme && Substances.Contains(label));

    private bool PermitReaches(string named, string purpose) =>
        named == purpose
        || (named, purpose) is ("TREAT", "ETREAT") or ("HRESCH", "CLINTRCH")
        || (planted == Planted.PermitsSpreadToEveryPurposeBelow && IsBelow(purpose, named));

    private bool DenyReaches(string named, string purpose) =>
        planted == Planted.DeniesDoNotSpread ? named == purpose : IsBelow(purpose, named);

    private bool OldEnough(RecordedConsent consent, string purpose) =>
        planted == Planted.AgeIsIgnored
        || consent.GivenOrAuthorisedByRepresentative
        || (IsOfAge(purpose, now) && IsOfAge(purpose, consent.GivenAt));

    private bool IsOfAge(string purpose, DateTimeOffset at)
    {
        if (record.BirthDate is not { } birth)
        {
            return false;
        }

        var age = record.Rules.AgeOfConsent;
        foreach (var (named, special) in record.Rules.AgeOfConsentByPurpose)
        {
            age = IsBelow(purpose, named.Code) ? special : age;
        }

        var local = at.UtcDateTime + (record.TimeZone?.BaseUtcOffset ?? TimeSpan.Zero);
        var years = local.Year - birth.Year;
        var hadBirthday = (local.Month, local.Day).CompareTo((birth.Month, birth.Day)) >= 0;
        return (hadBirthday ? years : years - 1) >= age;
    }
}
