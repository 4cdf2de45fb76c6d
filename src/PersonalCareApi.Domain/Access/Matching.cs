namespace PersonalCareApi.Domain.Access;

/// <summary>Which provisions match a question.</summary>
/// <remarks>
/// Permits and denies are read with opposite doubts: what a permit leaves out, or says in a way that cannot be right,
/// reaches nothing; in a deny the same reaches everything. So no fault in a consent ever opens anything.
/// </remarks>
internal static class Matching
{
    /// <summary>Every provision of every readable consent, in the order of the record.</summary>
    public static List<WeighedProvision> Weigh(Question question) =>
        [.. Provisions(question).Select(one => new WeighedProvision(
            one.Consent, one.Index, one.Provision, [.. Unmet(question, one.Consent, one.Provision)]))];

    /// <summary>The denies alone, as they hold against an emergency access.</summary>
    public static List<WeighedProvision> WeighForEmergency(Question question) =>
        [.. Provisions(question)
            .Where(one => one.Provision.Effect != ProvisionEffect.Permit)
            .Select(one => new WeighedProvision(
                one.Consent, one.Index, one.Provision, [.. UnmetInEmergency(question, one.Consent, one.Provision)]))];

    /// <summary>Whether the provision speaks of the caller.</summary>
    public static bool ReachesAsGrantee(Question question, ConsentProvision provision)
    {
        if (provision.Grantees?.All(ProvisionRules.IsWhole) == false)
        {
            return provision.Effect != ProvisionEffect.Permit; // Nobody knows whom it meant: a deny of it denies whoever asks.
        }

        return Reaches(provision, provision.Grantees, grantee => IsOneOf(question, grantee));
    }

    /// <summary>Whether a permit speaks of the caller only as one of the care team, so that it rests on the care relationship.</summary>
    public static bool ReachesOnlyTheCareTeam(Question question, ConsentProvision permit) =>
        permit.Grantees is { } grantees
        && !grantees.Any(grantee => grantee.Kind != GranteeKind.CareTeam && IsOneOf(question, grantee));

    private static IEnumerable<(RecordedConsent Consent, int Index, ConsentProvision Provision)> Provisions(Question question) =>
        from consent in question.Facts.Consents
        from indexed in (consent.Provisions ?? []).Index()
        select (consent, indexed.Index, indexed.Item);

    private static IEnumerable<string> Unmet(Question question, RecordedConsent consent, ConsentProvision provision)
    {
        foreach (var criterion in UnmetByTheUse(question, consent, provision))
        {
            yield return criterion;
        }

        var isPermit = provision.Effect == ProvisionEffect.Permit;
        if (!Reaches(provision, provision.Purposes, named =>
            isPermit ? question.Purpose.ReachedByPermit(named) : question.Purpose.ReachedByDeny(named)))
        {
            yield return Criterion.Purpose;
        }

        if (!isPermit)
        {
            yield break; // Nothing below can weaken a deny.
        }

        if (!AgeOfConsent.Allows(consent, question.Purpose, question.Facts, question.Now))
        {
            yield return Criterion.Age;
        }

        if (!ProvisionRules.StandsForItsPurposeAlone(consent.Provisions!, provision, consent.ExplicitAct))
        {
            yield return Criterion.Bundled;
        }

        if (!ProvisionRules.KeepsProcessNotesApart(consent.Provisions!, provision))
        {
            yield return Criterion.ProcessNotesOnly;
        }

        if ((LabelToName(question) & ~Boxes.Opened(provision)) != 0)
        {
            yield return Criterion.Label;
        }

        if (!ProvisionRules.CanReachAnItem(provision) || Boxes.PartsPermitted(question.Use.Category, provision) is [])
        {
            yield return Criterion.Items;
        }
    }

    /// <summary>An emergency sets every deny aside but one whose own list of purposes says emergency.</summary>
    private static IEnumerable<string> UnmetInEmergency(Question question, RecordedConsent consent, ConsentProvision deny)
    {
        foreach (var criterion in UnmetByTheUse(question, consent, deny))
        {
            yield return criterion;
        }

        // Explicitly: neither a deny for every purpose nor one on TREAT, though ETREAT lies below it, says so.
        if (deny.Purposes?.Any(named => named == PurposeOfUse.EmergencyTreatment || named == PurposeOfUse.BreakTheGlass) != true)
        {
            yield return Criterion.Purpose;
        }
    }

    private static IEnumerable<string> UnmetByTheUse(Question question, RecordedConsent consent, ConsentProvision provision)
    {
        if (consent.Status != ConsentStatus.Active)
        {
            yield return Criterion.Status;
        }

        if (!provision.Period.Contains(question.Now))
        {
            yield return Criterion.Period;
        }

        if (!ReachesAsGrantee(question, provision))
        {
            yield return Criterion.Grantee;
        }

        if (!Reaches(provision, provision.Categories, category => category == question.Use.Category))
        {
            yield return Criterion.Category;
        }

        if (!Reaches(provision, provision.Actions, action => action == question.Use.Action))
        {
            yield return Criterion.Action;
        }
    }

    /// <summary>One criterion: any value of the list; a list that is missing or empty matches in a deny alone.</summary>
    private static bool Reaches<T>(ConsentProvision provision, IReadOnlyList<T>? values, Func<T, bool> reaches) =>
        values is { Count: > 0 } ? values.Any(reaches) : provision.Effect != ProvisionEffect.Permit;

    private static bool IsOneOf(Question question, Grantee grantee) => grantee.Kind switch
    {
        GranteeKind.Practitioner => question.Practitioner is { } practitioner && practitioner == grantee.Id,
        GranteeKind.Role => question.Practitioner is not null
            && question.Caller.PractitionerRoles.Contains(grantee.Code, StringComparer.Ordinal),
        GranteeKind.CareTeam => question.CareRelationship is not null,
        GranteeKind.Application => question.ActingAs.Kind == PartyKind.Application && question.ActingAs.Id == grantee.Id,
        GranteeKind.Partner => question.ActingAs.Kind is PartyKind.Practitioner or PartyKind.Application,
        _ => false,
    };

    /// <summary>
    /// The label that every item of the category carries and that closes: a permit that does not name it reaches none of
    /// them, its author's own included. That of process notes closes whatever the partner has set.
    /// </summary>
    private static Sensitivity LabelToName(Question question)
    {
        var inherent = question.Use.Category.InherentLabel();
        return inherent & (question.Facts.Rules.AllClosing | Sensitivity.PsyThPn);
    }
}
