using CsCheck;
using PersonalCareApi.Domain.Access;

namespace PersonalCareApi.Domain.Tests.Access;

/// <summary>Records, requests and items from a world so small that they meet often.</summary>
internal static class Generated
{
    private static readonly DateTimeOffset Now = Sample.Now;

    /// <summary>Instants at which anything generated here begins or ends.</summary>
    public static readonly DateTimeOffset[] Instants =
        [Now.AddYears(-2), Now.AddYears(-1), Now.AddDays(-10), Now.AddHours(-1), Now, Now.AddHours(1), Now.AddDays(1), Now.AddDays(2), Now.AddYears(1)];

    private static readonly Gen<DataCategory> Category = Gen.OneOf(
        DataCategory.Goals, DataCategory.Goals, DataCategory.SessionNotes, DataCategory.ProcessNotes, DataCategory.ProcessNotes,
        DataCategory.Genetics, DataCategory.Demographics, DataCategory.Consents, DataCategory.Journal);

    private static readonly Gen<DataAction> Action = Gen.OneOf(DataAction.Read, DataAction.Read, DataAction.Write, DataAction.Share);

    private static readonly Gen<PurposeOfUse> Purpose = Gen.OneOf(
        [.. new[] { "TREAT", "TREAT", "TREAT", "TREAT", "ETREAT", "BTG", "COC", "HRESCH", "CLINTRCH", "BIORCH", "HMARKT", "HPAYMT", "HOPERAT" }
            .Select(Sample.Purpose)]);

    private static readonly Gen<Sensitivity> Labels = Gen.Frequency(
        (6, Gen.Const(Sensitivity.None)),
        (4, Gen.OneOf(
            Sensitivity.Psy, Sensitivity.Sud, Sensitivity.EthUd, Sensitivity.Gdis, Sensitivity.PsyThPn, Sensitivity.Hiv | Sensitivity.Psy,
            Sensitivity.Sdv, Sensitivity.Gdis | Sensitivity.Sud, Sensitivity.PsyThPn | Sensitivity.Sdv, Sensitivity.Unknown, (Sensitivity)(1L << 40))));

    private static readonly Gen<DateTimeOffset?> Bound =
        Gen.Frequency((2, Gen.Const((DateTimeOffset?)null)), (2, Gen.OneOf(Instants).Select(instant => (DateTimeOffset?)instant)));

    private static readonly Gen<Period> AnyPeriod =
        Gen.Frequency((5, Gen.Const(Period.Always)), (3, Gen.Select(Bound, Bound, (from, until) => new Period(from, until))));

    private static readonly Gen<Guid> Practitioner = Gen.OneOf(Sample.Alice, Sample.Alice, Sample.Bob);

    private static readonly Gen<Grantee> Grantee = Gen.Frequency(
        (8, Gen.Const(new Grantee(GranteeKind.Practitioner, Sample.Alice))),
        (2, Gen.Const(new Grantee(GranteeKind.Practitioner, Sample.Bob))),
        (5, Gen.Const(new Grantee(GranteeKind.CareTeam))),
        (4, Gen.Const(new Grantee(GranteeKind.Partner))),
        (2, Gen.Const(new Grantee(GranteeKind.Role, Code: "supervisor"))),
        (3, Gen.Const(new Grantee(GranteeKind.Application, Sample.App))),
        (1, Gen.OneOf(
            new Grantee(GranteeKind.Practitioner), new Grantee(GranteeKind.Role), new Grantee(GranteeKind.CareTeam, Sample.Alice),
            new Grantee((GranteeKind)77), new Grantee(GranteeKind.Application, Sample.App, "too much"))));

    private static readonly Gen<IReadOnlyList<Guid>?> Authors = Optional(Gen.OneOf(Sample.Alice, Sample.Bob, Sample.Client));

    private static readonly Gen<IReadOnlyList<string>?> Parts = Optional(
        Gen.OneOf("phq-9", "phq-9", "audit", "audit", "private", "shared", "shared-by-consent"));

    private static readonly Gen<ItemCriteria> Criteria = Gen.Frequency(
        (3, Gen.Const(new ItemCriteria(null, null, null))),
        (1, Gen.Select(AnyPeriod.Null(), Authors, Parts, (period, authors, parts) => new ItemCriteria(period, authors, parts))));

    /// <summary>Permits as they are posted, and now and then one that lacks something.</summary>
    public static readonly Gen<ConsentProvision> Permit = Gen.Select(
        Lists(Grantee), Lists(Category), Lists(Action), Lists(Purpose), Labels, AnyPeriod, Criteria,
        (grantees, categories, actions, purposes, labels, period, criteria) => new ConsentProvision
        {
            Effect = ProvisionEffect.Permit,
            Grantees = grantees,
            Categories = categories,
            Actions = actions,
            Purposes = purposes,
            Sensitivities = labels,
            Period = period,
            DataPeriod = criteria.DataPeriod,
            AuthoredBy = criteria.AuthoredBy,
            Parts = criteria.Parts,
        });

    public static readonly Gen<ConsentProvision> Deny = Gen.Select(
        Optional(Grantee), Optional(Category), Optional(Action), Optional(Purpose), Labels, AnyPeriod, Criteria,
        (grantees, categories, actions, purposes, labels, period, criteria) => new ConsentProvision
        {
            Effect = ProvisionEffect.Deny,
            Grantees = grantees,
            Categories = categories,
            Actions = actions,
            Purposes = purposes,
            Sensitivities = labels,
            Period = period,
            DataPeriod = criteria.DataPeriod,
            AuthoredBy = criteria.AuthoredBy,
            Parts = criteria.Parts,
        });

    /// <summary>A permit that stands in a consent to process notes, so that releases are met often enough.</summary>
    private static readonly Gen<ConsentProvision> Release = Gen.Select(
        Permit, Gen.OneOf(Sensitivity.PsyThPn, Sensitivity.PsyThPn | Sensitivity.Sdv, Sensitivity.None),
        Gen.Frequency((2, Gen.Const((IReadOnlyList<string>?)null)), (1, Gen.OneOf("private", "shared", "shared-by-consent").Array[1, 2].Select(AsNullable))),
        (permit, labels, parts) => permit with
        {
            Categories = [DataCategory.ProcessNotes],
            Actions = [DataAction.Read],
            Sensitivities = labels,
            Parts = parts,
        });

    private static readonly Gen<IReadOnlyList<ConsentProvision>> Provisions = Gen.Frequency<IReadOnlyList<ConsentProvision>>(
        (5, Permit.Array[1, 2].Select(AsList)),
        (3, Deny.Array[1, 1].Select(AsList)),
        (2, Gen.Select(Permit, Deny, (permit, deny) => AsList([permit, deny]))),
        (2, Release.Array[1, 2].Select(AsList)));

    public static readonly Gen<RecordedConsent> ConsentToPermitsAlone = ConsentOf(Permit.Array[1, 2].Select(AsList), withdrawn: false);

    public static readonly Gen<RecordedConsent> ConsentWithOneDeny = ConsentOf(Deny.Array[1, 1].Select(AsList), withdrawn: false);

    public static readonly Gen<RecordedConsent> Consent = ConsentOf(Provisions, withdrawn: true);

    private static readonly Gen<PartnerRules> Rules = Gen.Select(
        Gen.OneOf(DefaultRule.OptIn, DefaultRule.OptIn, DefaultRule.ImpliedTreatment), Gen.Int[0, 9],
        (rule, variant) => new PartnerRules
        {
            Default = rule,
            Part2Programme = variant == 0,
            Closing = variant == 1 ? Sensitivity.Hiv : new PartnerRules().Closing,
            AgeOfConsent = variant == 2 ? 14 : 16,
            AgeOfConsentByPurpose = variant == 3
                ? new Dictionary<PurposeOfUse, int> { [PurposeOfUse.Research] = 40, [PurposeOfUse.PatientRequest] = 12 }
                : new Dictionary<PurposeOfUse, int>(),
        });

    private static readonly Gen<DateOnly?> BirthDate = Gen.OneOf<DateOnly?>(
        new DateOnly(1980, 2, 29), new DateOnly(1990, 5, 17), new DateOnly(1995, 1, 1), null, new DateOnly(2012, 1, 1),
        new DateOnly(2010, 6, 2), new DateOnly(2010, 5, 20));

    /// <summary>Zones whose days begin long before, and after, those of UTC.</summary>
    private static readonly Gen<TimeZoneInfo?> TimeZone = Gen.Frequency(
        (2, Gen.Const((TimeZoneInfo?)null)),
        (1, Gen.OneOf(14, -11).Select(hours => (TimeZoneInfo?)TimeZoneInfo.CreateCustomTimeZone($"{hours}", TimeSpan.FromHours(hours), null, null))));

    private static readonly Gen<CareRelationship> CareRelationship = Gen.Select(
        Practitioner, AnyPeriod, (practitioner, period) => new CareRelationship(Sample.Id(50), practitioner, "therapist", period));

    private static readonly Gen<Representation> Representation = Gen.Select(
        Lists(Category), Lists(Action), AnyPeriod, Gen.Int[0, 5], Gen.Bool,
        (categories, actions, period, variant, ends) =>
            new Representation(Sample.Authority, categories ?? [], actions ?? [], period, Suspended: variant == 0, ends));

    private static readonly Gen<EmergencyAccess> Emergency = Gen.Select(
        Practitioner, AnyPeriod, (practitioner, period) => new EmergencyAccess(Sample.Id(60), practitioner, period));

    /// <summary>Now and then one that cannot be read.</summary>
    public static readonly Gen<Restriction> Restriction = Gen.Select(
        Category.Array[1, 3], AnyPeriod, Gen.Int[0, 9],
        (categories, period, variant) => new Restriction(Sample.Id(70), variant == 0 ? null : categories, period));

    private static readonly Gen<RecordFacts> Unrestricted = Gen.Select(
        Rules, Gen.Select(BirthDate, TimeZone), CareRelationship.Array[0, 2], Representation.Array[0, 1], Consent.Array[0, 4],
        Gen.Frequency((4, Gen.Const(Array.Empty<EmergencyAccess>())), (1, Emergency.Array[1, 1])),
        (rules, birth, care, authorities, consents, emergencies) => Sample.Record with
        {
            Rules = rules,
            BirthDate = birth.Item1,
            TimeZone = birth.Item2,
            CareRelationships = care,
            Representations = authorities,
            Consents = [.. consents.Select((consent, index) => consent with { Id = Sample.Id(100 + index) })],
            Emergencies = emergencies,
        });

    public static readonly Gen<RecordFacts> Record = Gen.Select(
        Unrestricted,
        Gen.Frequency((3, Gen.Const(Array.Empty<Restriction>())), (1, Restriction.Array[1, 2])),
        Gen.Int[0, 30],
        (record, restrictions, variant) => record with { Restrictions = restrictions, IsErased = variant == 0 });

    /// <summary>Practitioners and applications alone that are nobody else: those outside the steps of the client.</summary>
    public static readonly Gen<Caller> Other = Gen.Frequency(
        (4, Gen.OneOf(Sample.Practitioner(Sample.Alice), Sample.Practitioner(Sample.Alice, "supervisor")).Select(one => one with { MayDeclareEmergency = true })),
        (2, Gen.OneOf(Sample.Practitioner(Sample.Alice), Sample.Practitioner(Sample.Alice, "supervisor"))),
        (2, Gen.Const(Sample.AppAlone)));

    private static readonly Gen<Caller> Someone = Gen.Frequency(
        (9, Other),
        (1, Gen.Const(Sample.Practitioner(Sample.Alice) with { RepresentativeIds = [Sample.Authority] })),
        (1, Gen.Const(Sample.Practitioner(Sample.Alice) with { ClientIds = [Sample.Client] })),
        (1, Gen.OneOf(Sample.TheClient, Sample.TheRepresentative)),
        (1, Gen.OneOf(Sample.Anyone, Sample.Anyone with { ClientIds = [Sample.Id(11)] }, Sample.AppAlone with { PartnerId = Sample.OtherPartner })));

    private static readonly Gen<Caller> Caller = Gen.Select(Someone, Gen.Int[0, 19], (caller, variant) => variant switch
    {
        0 => caller with { Scopes = new HashSet<string>() },
        1 => caller with { Purposes = new HashSet<PurposeOfUse> { PurposeOfUse.Research } },
        _ => caller,
    });

    public static readonly Gen<AccessRequest> Request = RequestOf(Caller);

    public static readonly Gen<AccessRequest> RequestOfOthers = RequestOf(Other);

    public static readonly Gen<ItemFacts> Item = Gen.Select(
        Labels, Gen.OneOf(Sample.Alice, Sample.Bob, Sample.Client), Gen.OneOf("", "phq-9", "audit", "brs"),
        Gen.OneOf(Instants), Gen.Int[-1, 1],
        (labels, author, part, at, shift) => new ItemFacts(labels, author, part, at.AddTicks(shift)));

    /// <summary>Items as they lie in a category: with the label that all of it carries, and released or not.</summary>
    public static ItemFacts In(this ItemFacts item, DataCategory category) => category switch
    {
        DataCategory.ProcessNotes => item with
        {
            Labels = item.Labels | Sensitivity.PsyThPn,
            Part = item.Part switch { "" => "shared-by-consent", "audit" => "shared", "brs" => "shared-with-client", "phq-9" => "private", var part => part },
        },
        DataCategory.Genetics => item with { Labels = item.Labels | Sensitivity.Gdis },
        _ => item,
    };

    /// <summary>
    /// A record and a request that meet: many of its provisions speak of what is asked, so that what they permit and deny
    /// is decided by their finer criteria, and not by luck.
    /// </summary>
    public static Gen<(RecordFacts Record, AccessRequest Request)> Case(Gen<AccessRequest> request) =>
        Gen.Select(Record, request, Gen.Int[0, 7].Array[10], (record, asked, aims) => (record.AimedAt(asked, aims), asked));

    /// <summary>The consent, speaking of what is asked as far as the bits of the aim say.</summary>
    public static RecordedConsent AimedAt(this RecordedConsent consent, AccessRequest request, params IReadOnlyList<int> aims) =>
        consent with
        {
            Provisions = consent.Provisions is null
                ? null
                : [.. consent.Provisions.Select((provision, index) => AimedAt(provision, request, aims[index % aims.Count]))],
        };

    private static RecordFacts AimedAt(this RecordFacts record, AccessRequest request, int[] aims) => record with
    {
        Consents = [.. record.Consents.Select((consent, index) => consent.AimedAt(request, aims[(2 * index)..]))],
        Representations = [.. record.Representations.Select(authority => aims[0] < 4
            ? authority with { Categories = [request.Use.Category], Actions = [request.Use.Action] }
            : authority)],
    };

    private static ConsentProvision AimedAt(ConsentProvision provision, AccessRequest request, int aim)
    {
        var purpose = request.ClaimedPurpose ?? PurposeOfUse.Treatment;
        return provision with
        {
            Categories = provision.Categories is { Count: > 0 } && (aim & 1) != 0 ? [request.Use.Category] : provision.Categories,
            Actions = provision.Actions is { Count: > 0 } && (aim & 2) != 0 ? [request.Use.Action] : provision.Actions,
            Purposes = provision.Purposes is { Count: > 0 } && (aim & 4) != 0
                ? [provision.Effect == ProvisionEffect.Deny ? purpose.Parent ?? purpose : purpose]
                : provision.Purposes,
        };
    }

    private static Gen<AccessRequest> RequestOf(Gen<Caller> caller) => Gen.Select(
        caller, Category, Action, Purpose.Null(), Gen.Bool,
        (who, category, action, purpose, author) => new AccessRequest
        {
            Caller = who,
            ClientId = Sample.Client,
            Use = new DataUse(category, action),
            ClaimedPurpose = purpose ?? (who.ApplicationAlone ? PurposeOfUse.Treatment : null),
            ClientIsAuthor = author,
        });

    private static Gen<RecordedConsent> ConsentOf(Gen<IReadOnlyList<ConsentProvision>> provisions, bool withdrawn) => Gen.Select(
        provisions, Gen.Int[0, 29], Gen.OneOf(Instants), Gen.Bool, Gen.Bool,
        (of, variant, given, byRepresentative, explicitAct) => new RecordedConsent
        {
            Id = Sample.Id(199),
            Version = 1,
            Status = !withdrawn ? ConsentStatus.Active : variant switch
            {
                0 or 1 or 2 => ConsentStatus.Draft,
                3 => ConsentStatus.Withdrawn,
                4 => ConsentStatus.Superseded,
                _ => ConsentStatus.Active,
            },
            Provisions = withdrawn && variant is 0 or 5 ? null : of,
            GivenAt = given,
            GivenOrAuthorisedByRepresentative = byRepresentative,
            ExplicitAct = explicitAct,
        });

    /// <summary>What a permit must name: nearly always named.</summary>
    private static Gen<IReadOnlyList<T>?> Lists<T>(Gen<T> values) => Gen.Frequency<IReadOnlyList<T>?>(
        (30, values.Array[1, 3].Select(AsNullable)),
        (1, Gen.Const((IReadOnlyList<T>?)null)),
        (1, Gen.Const((IReadOnlyList<T>?)[])));

    /// <summary>What may be left out: about as often left out as named.</summary>
    private static Gen<IReadOnlyList<T>?> Optional<T>(Gen<T> values) => Gen.Frequency<IReadOnlyList<T>?>(
        (9, values.Array[1, 2].Select(AsNullable)),
        (8, Gen.Const((IReadOnlyList<T>?)null)),
        (1, Gen.Const((IReadOnlyList<T>?)[])));

    private static IReadOnlyList<T> AsList<T>(T[] values) => values;

    private static IReadOnlyList<T>? AsNullable<T>(T[] values) => values;

    private sealed record ItemCriteria(Period? DataPeriod, IReadOnlyList<Guid>? AuthoredBy, IReadOnlyList<string>? Parts);
}
