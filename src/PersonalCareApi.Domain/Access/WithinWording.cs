namespace PersonalCareApi.Domain.Access;

/// <summary>Whether a consent stays within the wording that was shown: nobody consents to more than they have read.</summary>
/// <remarks>
/// Each permit of the consent must lie within one permit of the wording, criterion by criterion, and each deny of the
/// wording must stand in the consent, as it is or wider; the consent may deny more. Then whatever the engine permits under
/// the consent it would permit under the wording's own provisions: a test tries that on generated records. A permit that
/// two permits of the wording cover only together is wider than either; it is to be written as two.
/// </remarks>
public static class WithinWording
{
    /// <summary>The permits that are wider than the wording, each with the first criterion that is.</summary>
    public static IReadOnlyList<ProvisionFault> Wider(IReadOnlyList<ConsentProvision> consent, IReadOnlyList<ConsentProvision> wording)
    {
        // A permit of the wording that would reach nothing in a consent covers nothing either.
        var permits = wording.Where(provision =>
            provision.Effect == ProvisionEffect.Permit
            && ProvisionRules.Counts(wording, provision, explicitAct: true)
            && provision.Grantees!.All(ProvisionRules.IsWhole)).ToList();
        return
        [
            .. from permit in consent.Index()
               where permit.Item.Effect == ProvisionEffect.Permit
               let wider = FirstWider(permit.Item, permits)
               where wider is not null
               select new ProvisionFault(permit.Index, wider, "wider-than-wording", "The wording that was shown does not go so far."),
        ];
    }

    /// <summary>The denies of the wording, by index, that the consent leaves out; one that is over by now is not asked for.</summary>
    public static IReadOnlyList<int> MissingDenies(
        IReadOnlyList<ConsentProvision> consent, IReadOnlyList<ConsentProvision> wording, DateTimeOffset now) =>
    [
        .. from deny in wording.Index()
           where deny.Item.Effect != ProvisionEffect.Permit
               && !(deny.Item.Period.Until <= now)
               && !consent.Any(own => own.Effect != ProvisionEffect.Permit && Coverage.IsWithin(deny.Item, own))
           select deny.Index,
    ];

    /// <summary>Null where some permit of the wording covers it; else, of the one that comes closest, the first criterion exceeded.</summary>
    private static string? FirstWider(ConsentProvision permit, IReadOnlyList<ConsentProvision> wording)
    {
        var furthest = -1;
        foreach (var shown in wording)
        {
            var exceeded = Array.FindIndex(Criteria, criterion => !criterion.Within(permit, shown));
            if (exceeded < 0)
            {
                return null;
            }

            furthest = Math.Max(furthest, exceeded);
        }

        return furthest < 0 ? "" : Criteria[furthest].Member;
    }

    /// <summary>The criteria in the order in which they are named, by their member in JSON.</summary>
    private static readonly (string Member, Func<ConsentProvision, ConsentProvision, bool> Within)[] Criteria =
    [
        ("grantees", (permit, shown) => permit.Grantees?.All(shown.Grantees!.Covers) == true),
        ("categories", (permit, shown) => permit.Categories is not null && Coverage.IsWithin(permit.Categories, shown.Categories)),
        ("actions", (permit, shown) => permit.Actions is not null && Coverage.IsWithin(permit.Actions, shown.Actions)),
        ("purposes", (permit, shown) => permit.Purposes?.All(shown.Purposes!.CoversForPermit) == true),
        ("sensitivities", (permit, shown) => (Boxes.Opened(permit) & ~Boxes.Opened(shown)) == 0),
        ("period", (permit, shown) => Coverage.IsWithin(permit.Period, shown.Period)),
        ("dataPeriod", (permit, shown) => Coverage.IsWithin(permit.DataPeriod, shown.DataPeriod)),
        ("authoredBy", (permit, shown) => Coverage.IsWithin(permit.AuthoredBy, shown.AuthoredBy)),

        // To name the very thing opens it whole to payment and operations, which otherwise get the least they need.
        ("parts", (permit, shown) => Coverage.IsWithin(permit.Parts, shown.Parts) && !(permit.Parts is not null && shown.Parts is null && GetsTheLeast(permit))),
    ];

    private static bool GetsTheLeast(ConsentProvision permit) => permit.Purposes!.Any(purpose =>
        purpose.IsOrLiesBelow(PurposeOfUse.Payment) || purpose.IsOrLiesBelow(PurposeOfUse.Operations));
}
