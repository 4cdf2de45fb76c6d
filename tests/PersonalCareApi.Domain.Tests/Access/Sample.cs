using PersonalCareApi.Domain.Access;

namespace PersonalCareApi.Domain.Tests.Access;

/// <summary>One client, one partner and the people around them, for tests to vary.</summary>
internal static class Sample
{
    public static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    public static readonly Guid Partner = Id(1);
    public static readonly Guid OtherPartner = Id(2);
    public static readonly Guid Client = Id(10);
    public static readonly Guid Alice = Id(20);
    public static readonly Guid Bob = Id(21);
    public static readonly Guid App = Id(30);
    public static readonly Guid OtherApp = Id(31);
    public static readonly Guid Authority = Id(40);

    public static readonly HashSet<string> EveryScope =
        [.. DataCategories.All.SelectMany(_ => Enum.GetValues<DataAction>(), (category, action) => new DataUse(category, action).Scope), Caller.EmergencyScope];

    public static readonly HashSet<PurposeOfUse> EveryPurpose = [.. PurposeOfUse.All];

    public static RecordFacts Record => new()
    {
        ClientId = Client,
        PartnerId = Partner,
        AccessVersion = 7,
        PartnerAccessVersion = 3,
        Rules = new PartnerRules(),
        BirthDate = new DateOnly(1990, 5, 17),
    };

    public static Caller Anyone => new() { PartnerId = Partner, ApplicationId = App, Scopes = EveryScope, Purposes = EveryPurpose };

    public static Caller TheClient => Anyone with { ClientIds = [Client] };

    public static Caller TheRepresentative => Anyone with { RepresentativeIds = [Authority] };

    public static Caller AppAlone => Anyone with { ApplicationAlone = true };

    public static Guid Id(int number) => new(number, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]);

    public static PurposeOfUse Purpose(string code) =>
        PurposeOfUse.TryParse(code, out var purpose) ? purpose : throw new ArgumentException(code);

    public static Caller Practitioner(Guid id, params string[] roles) => Anyone with { PractitionerId = id, PractitionerRoles = roles };

    public static AccessRequest To(
        this Caller caller, DataAction action, DataCategory category, PurposeOfUse? purpose = null) =>
        new() { Caller = caller, ClientId = Client, Use = new DataUse(category, action), ClaimedPurpose = purpose };

    public static AccessRequest Reading(this Caller caller, DataCategory category, PurposeOfUse? purpose = null) =>
        caller.To(DataAction.Read, category, purpose);

    public static AccessRequest Writing(this Caller caller, DataCategory category, PurposeOfUse? purpose = null) =>
        caller.To(DataAction.Write, category, purpose);

    public static RecordFacts InCareOf(this RecordFacts record, Guid practitioner, DateTimeOffset? until = null) => record with
    {
        CareRelationships =
        [
            .. record.CareRelationships,
            new CareRelationship(Id(50 + record.CareRelationships.Count), practitioner, "therapist", new Period(Now.AddYears(-1), until)),
        ],
    };

    public static RecordFacts Under(this RecordFacts record, PartnerRules rules) => record with { Rules = rules };

    public static RecordFacts Impliedly(this RecordFacts record) =>
        record with { Rules = record.Rules with { Default = DefaultRule.ImpliedTreatment } };

    public static RecordFacts WithEmergency(this RecordFacts record, Guid practitioner, Period? period = null) => record with
    {
        Emergencies = [.. record.Emergencies, new EmergencyAccess(Id(60), practitioner, period ?? new Period(Now.AddMinutes(-5), Now.AddMinutes(55)))],
    };

    public static RecordFacts WithAuthority(this RecordFacts record, Representation authority) =>
        record with { Representations = [.. record.Representations, authority] };

    public static RecordFacts WithConsent(this RecordFacts record, params ConsentProvision[] provisions) =>
        record.With(Consent(provisions));

    public static RecordFacts With(this RecordFacts record, RecordedConsent consent) =>
        record with { Consents = [.. record.Consents, consent with { Id = Id(100 + record.Consents.Count) }] };

    public static RecordedConsent Consent(params ConsentProvision[]? provisions) => new()
    {
        Id = Id(100),
        Version = 1,
        Status = ConsentStatus.Active,
        Provisions = provisions,
        GivenAt = Now.AddDays(-30),
    };

    public static Grantee Only(Guid practitioner) => new(GranteeKind.Practitioner, practitioner);

    public static Grantee CareTeam => new(GranteeKind.CareTeam);

    public static ConsentProvision Permit(Grantee grantee, DataCategory category, DataAction action = DataAction.Read, string purpose = "TREAT") => new()
    {
        Effect = ProvisionEffect.Permit,
        Grantees = [grantee],
        Categories = [category],
        Actions = [action],
        Purposes = [Purpose(purpose)],
    };

    public static ConsentProvision Deny(Grantee? grantee = null, DataCategory? category = null, string? purpose = null) => new()
    {
        Effect = ProvisionEffect.Deny,
        Grantees = grantee is null ? null : [grantee],
        Categories = category is { } one ? [one] : null,
        Purposes = purpose is null ? null : [Purpose(purpose)],
    };

    public static Representation Mother(params DataCategory[] categories) => new(
        Authority, categories, [DataAction.Read, DataAction.Write], new Period(Now.AddYears(-5), null), Suspended: false);

    public static ItemFacts Item(Sensitivity labels = Sensitivity.None, Guid? author = null, string part = "", DateTimeOffset? at = null) =>
        new(labels, author ?? Bob, part, at ?? Now.AddDays(-3));

    public static AccessDecision Decided(this AccessRequest request, RecordFacts? facts) => ConsentEngine.Decide(request, facts, Now);

    public static AccessGrant Granted(this AccessRequest request, RecordFacts facts) =>
        request.Decided(facts) is AccessDecision.Permitted permitted
            ? permitted.Grant
            : throw new AssertionException($"Not permitted: {request.Decided(facts)}");

    public static RefusalReason Reason(this AccessRequest request, RecordFacts facts) =>
        request.Decided(facts) is AccessDecision.Refused refused
            ? refused.Reason
            : throw new AssertionException($"Not refused: {request.Decided(facts)}");
}
