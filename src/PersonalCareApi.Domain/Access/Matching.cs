namespace PersonalCareApi.Domain.Access;

/// <summary>Which provisions match a question.</summary>
/// <remarks>
/// Permits and denies are read with opposite doubts: what a permit leaves out, or says in a way that cannot be right,
/// reaches nothing; in a deny the same reaches everything. So no fault in a consent ever opens anything.
/// </remarks>
internal static class Matching
{
    /// <summary>Every provision of every readable consent, in the order of the record.</summary>
    public static List<WeighedProvision> Weigh(Question question) => Weigh(question, _ => true, Unmet);

    /// <summary>The denies alone, as they hold against an emergency access.</summary>
    public static List<WeighedProvision> WeighForEmergency(Question question) =>
        Weigh(question, provision => provision.Effect != ProvisionEffect.Permit, UnmetInEmergency);

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

    private static List<WeighedProvision> Weigh(
        Question question, Func<ConsentProvision, bool> counts, Func<Question, RecordedConsent, ConsentProvision, List<string>> unmet)
    {
        var weighed = new List<WeighedProvision>();
        foreach (var consent in question.Facts.Consents)
        {
            foreach (var (index, provision) in (consent.Provisions ?? []).Index())
            {
                if (counts(provision))
                {
                    weighed.Add(new WeighedProvision(consent, index, provision, unmet(question, consent, provision)));
                }
            }
        }

        return weighed;
    }

    private static List<string> Unmet(Question question, RecordedConsent consent, ConsentProvision provision)
    {
        var unmet = UnmetByTheUse(question, consent, provision);

        var isPermit = provision.Effect == ProvisionEffect.Permit;
        if (!Reaches(provision, provision.Purposes, named =>
            isPermit ? question.Purpose.ReachedByPermit(named) : question.Purpose.ReachedByDeny(named)))
        {
            unmet.Add(Criterion.Purpose);
        }

        if (!isPermit)
        {
            return unmet; // Nothing below can weaken a deny.
        }

        if (!AgeOfConsent.Allows(consent, question.Purpose, question.Facts, question.Now))
        {
            unmet.Add(Criterion.Age);
        }

        if (!ProvisionRules.StandsForItsPurposeAlone(consent.Provisions!, provision, consent.ExplicitAct))
        {
            unmet.Add(Criterion.Bundled);
        }

        if (!ProvisionRules.KeepsProcessNotesApart(consent.Provisions!, provision))
        {
            unmet.Add(Criterion.ProcessNotesOnly);
        }

        if ((LabelToName(question) & ~Boxes.Opened(provision)) != 0)
        {
            unmet.Add(Criterion.Label);
        }

        if (!ProvisionRules.CanReachAnItem(provision) || Boxes.PartsPermitted(question.Use.Category, provision) is [])
        {
            unmet.Add(Criterion.Items);
        }

        return unmet;
    }

    /// <summary>An emergency sets every deny aside but one whose own list of purposes says emergency.</summary>
    private static List<string> UnmetInEmergency(Question question, RecordedConsent consent, ConsentProvision deny)
    {
        var unmet = UnmetByTheUse(question, consent, deny);

        // Explicitly: neither a deny for every purpose nor one on TREAT, though ETREAT lies below it, says so.
        if (deny.Purposes?.Any(named => named == PurposeOfUse.EmergencyTreatment || named == PurposeOfUse.BreakTheGlass) != true)
        {
            unmet.Add(Criterion.Purpose);
        }

        return unmet;
    }

    private static List<string> UnmetByTheUse(Question question, RecordedConsent consent, ConsentProvision provision)
    {
        var unmet = new List<string>();
        if (consent.Status != ConsentStatus.Active)
        {
            unmet.Add(Criterion.Status);
        }

        if (!provision.Period.Contains(question.Now))
        {
            unmet.Add(Criterion.Period);
        }

        if (!ReachesAsGrantee(question, provision))
        {
            unmet.Add(Criterion.Grantee);
        }

        if (!Reaches(provision, provision.Categories, category => category == question.Use.Category))
        {
            unmet.Add(Criterion.Category);
        }

        if (!Reaches(provision, provision.Actions, action => action == question.Use.Action))
        {
            unmet.Add(Criterion.Action);
        }

        return unmet;
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
