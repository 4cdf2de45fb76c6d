namespace PersonalCareApi.Domain.Access;

/// <summary>Says in words and codes what <see cref="ProvisionRules"/> finds wrong with one provision.</summary>
internal static class ProvisionFaults
{
    public static IEnumerable<ProvisionFault> Of(
        IReadOnlyList<ConsentProvision> provisions, int index, bool explicitAct, DateTimeOffset now, PartnerRules? rules)
    {
        var provision = provisions[index];
        var faults = Lists(provision)
            .Concat(Grantees(provision))
            .Concat(Periods(provision, now))
            .Concat(provision.Effect == ProvisionEffect.Permit
                ? ProcessNotes(provisions, provision)
                    .Concat(SpecialPurposes(provisions, provision, explicitAct))
                    .Concat(Inherent(provision, rules))
                    .Concat(Contradiction(provisions, provision, now))
                : OnProcessNotesAlone(provision))
            .Concat(Labels(provision))
            .Concat(Parts(provision))
            .Concat(Repetition(provisions, index));
        return faults.Select(fault => new ProvisionFault(index, fault.Member, fault.Code, fault.Detail));
    }

    private static IEnumerable<(string Member, string Code, string Detail)> Lists(ConsentProvision provision)
    {
        (string Member, int? Count)[] mustBeNamed =
        [
            ("grantees", provision.Grantees?.Count),
            ("categories", provision.Categories?.Count),
            ("actions", provision.Actions?.Count),
            ("purposes", provision.Purposes?.Count),
        ];
        (string Member, int? Count)[] mayBeLeftOut =
        [
            ("authoredBy", provision.AuthoredBy?.Count),
            ("parts", provision.Parts?.Count),
        ];

        if (provision.Effect == ProvisionEffect.Permit)
        {
            foreach (var (member, count) in mustBeNamed)
            {
                if (count is null or 0)
                {
                    yield return (member, "required", $"A permit must name {member}.");
                }
            }
        }
        else
        {
            mayBeLeftOut = [.. mustBeNamed, .. mayBeLeftOut];
        }

        foreach (var (member, count) in mayBeLeftOut)
        {
            if (count is 0)
            {
                yield return (member, "empty", $"An empty list says nothing: leave {member} out, or name some.");
            }
        }
    }

    private static IEnumerable<(string Member, string Code, string Detail)> Grantees(ConsentProvision provision) =>
        from grantee in provision.Grantees ?? []
        where !ProvisionRules.IsWhole(grantee)
        select ("grantees", "invalid-grantee", grantee.Kind switch
        {
            GranteeKind.Practitioner or GranteeKind.Application => "A practitioner or an application is named by its id, and nothing else.",
            GranteeKind.Role => "A role is named by its code, and nothing else.",
            GranteeKind.CareTeam or GranteeKind.Partner => "The care team and the partner are named by their kind alone.",
            _ => "This kind of grantee is not known.",
        });

    private static IEnumerable<(string Member, string Code, string Detail)> Periods(ConsentProvision provision, DateTimeOffset now)
    {
        if (ProvisionRules.IsEmpty(provision.Period))
        {
            yield return ("period", "empty-period", "The period ends before it begins.");
        }
        else if (provision.Period.Until <= now)
        {
            yield return ("period", "period-over", "The period is already over.");
        }

        if (ProvisionRules.IsEmpty(provision.DataPeriod))
        {
            yield return ("dataPeriod", "empty-period", "The data period ends before it begins.");
        }
    }

    private static IEnumerable<(string Member, string Code, string Detail)> ProcessNotes(
        IReadOnlyList<ConsentProvision> provisions, ConsentProvision permit)
    {
        var namesTheLabel = permit.Sensitivities.HasFlag(Sensitivity.PsyThPn);
        if (!ProvisionRules.SpeaksOfProcessNotes(permit))
        {
            if (namesTheLabel)
            {
                yield return ("sensitivities", "psythpn-elsewhere", "PSYTHPN is named only in a consent to process notes.");
            }

            yield break;
        }

        if (!provisions.All(ProvisionRules.CoversProcessNotesAlone))
        {
            yield return ("categories", "process-notes-only", "A consent to process notes covers nothing but process notes.");
        }

        if (!namesTheLabel)
        {
            yield return ("sensitivities", "psythpn-required", "A consent to process notes names PSYTHPN.");
        }

        if (!ProvisionRules.PermitsReadingAlone(permit))
        {
            yield return ("actions", "process-notes-read-only", "A consent to process notes permits reading, and nothing else.");
        }

        if (permit.Parts is { Count: > 0 } && !ProvisionRules.NamesWhatCanBeReleased(permit))
        {
            yield return ("parts", "process-notes-released-only",
                $"A consent to process notes reaches what their authors release: {string.Join(" or ", ProcessNoteRelease.OpenToConsent)}.");
        }
    }

    private static IEnumerable<(string Member, string Code, string Detail)> SpecialPurposes(
        IReadOnlyList<ConsentProvision> provisions, ConsentProvision permit, bool explicitAct)
    {
        if (ProvisionRules.SpecialPurposeOf(permit) is not { } special)
        {
            yield break;
        }

        if (!ProvisionRules.IsAloneFor(provisions, special))
        {
            yield return ("purposes", "bundled", $"A consent for {special} is for that purpose alone.");
        }

        if (!explicitAct)
        {
            yield return ("purposes", "explicit-act-required", $"A consent for {special} is given by an explicit act of its own.");
        }
    }

    /// <summary>All of a category may carry a label that closes it: a permit on nothing else that does not name it opens nothing.</summary>
    private static IEnumerable<(string Member, string Code, string Detail)> Inherent(ConsentProvision permit, PartnerRules? rules)
    {
        var closing = (rules?.AllClosing ?? Sensitivity.None) & ~Sensitivity.PsyThPn;
        if (permit.Categories is { Count: > 0 } categories
            && categories.All(category => (category.InherentLabel() & closing & ~Boxes.Opened(permit)) != 0))
        {
            var labels = categories.Aggregate(Sensitivity.None, (all, category) => all | category.InherentLabel());
            yield return ("sensitivities", "label-required",
                $"Everything in this category is labelled {string.Join(", ", labels.Codes())}, which closes it: a permit must name the label.");
        }
    }

    private static IEnumerable<(string Member, string Code, string Detail)> Contradiction(
        IReadOnlyList<ConsentProvision> provisions, ConsentProvision permit, DateTimeOffset now)
    {
        foreach (var (index, deny) in provisions.Index())
        {
            if (deny.Effect != ProvisionEffect.Permit && Coverage.TakesWhole(deny, permit, now))
            {
                yield return ("", "denied-in-same-consent", $"Provision {index} of the same consent denies all that this one permits.");
                yield break;
            }
        }
    }

    /// <summary>The label of process notes lies on nothing else.</summary>
    private static IEnumerable<(string Member, string Code, string Detail)> OnProcessNotesAlone(ConsentProvision deny)
    {
        if (deny.Sensitivities == Sensitivity.PsyThPn
            && deny.Categories is { Count: > 0 }
            && !ProvisionRules.SpeaksOfProcessNotes(deny))
        {
            yield return ("sensitivities", "psythpn-elsewhere", "Only process notes carry PSYTHPN: elsewhere this denies nothing.");
        }
    }

    private static IEnumerable<(string Member, string Code, string Detail)> Parts(ConsentProvision provision)
    {
        if (provision is { Parts.Count: > 0, Categories: { Count: > 0 } categories } && !categories.Any(DataCategories.HaveParts.Contains))
        {
            yield return ("parts", "no-parts",
                $"Only {string.Join(", ", DataCategories.HaveParts.Select(category => category.Code()))} have parts: here this reaches nothing.");
        }
    }

    private static IEnumerable<(string Member, string Code, string Detail)> Labels(ConsentProvision provision)
    {
        if ((provision.Sensitivities & ~Sensitivities.Known) != 0)
        {
            yield return ("sensitivities", "unknown-label", "One of the sensitivity labels is not known.");
        }
    }

    private static IEnumerable<(string Member, string Code, string Detail)> Repetition(
        IReadOnlyList<ConsentProvision> provisions, int index)
    {
        if (provisions.Take(index).Any(earlier => SaysTheSame(earlier, provisions[index])))
        {
            yield return ("", "duplicate", "An earlier provision says the same.");
        }
    }

    private static bool SaysTheSame(ConsentProvision one, ConsentProvision other) =>
        one.Effect == other.Effect
        && SameValues(one.Grantees, other.Grantees)
        && SameValues(one.Categories, other.Categories)
        && SameValues(one.Actions, other.Actions)
        && SameValues(one.Purposes, other.Purposes)
        && one.Sensitivities == other.Sensitivities
        && one.Period == other.Period
        && one.DataPeriod == other.DataPeriod
        && SameValues(one.AuthoredBy, other.AuthoredBy)
        && SameValues(one.Parts, other.Parts);

    private static bool SameValues<T>(IReadOnlyList<T>? one, IReadOnlyList<T>? other) =>
        one is null || other is null ? one is null && other is null : one.ToHashSet().SetEquals(other);
}
