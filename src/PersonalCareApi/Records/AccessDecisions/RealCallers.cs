using PersonalCareApi.Domain.Access;
using PersonalCareApi.Partners;

namespace PersonalCareApi.Records.AccessDecisions;

/// <summary>Who really calls, or could call, on a record: the people and applications that its consents speak of.</summary>
internal sealed class RealCallers(PractitionerRepository practitioners, ApplicationRepository applications)
{
    /// <summary>The caller as the engine sees them, with every scope and purpose; null where the partner has nobody of that id.</summary>
    public async Task<Caller?> Find(RecordFacts facts, PartyResponse party, CancellationToken ct) => party.Kind switch
    {
        "client" when party.Id == facts.ClientId => Of(facts) with { ClientIds = [party.Id] },
        "representative" when facts.Representations.Any(one => one.Id == party.Id) => Of(facts) with { RepresentativeIds = [party.Id] },
        "practitioner" when await practitioners.FindActive(facts.PartnerId, [party.Id], ct) is [var one] => From(facts, one),
        "application" when (await applications.Active(facts.PartnerId, ct)).FirstOrDefault(one => one.Id == party.Id) is { } one => From(facts, one),
        _ => null,
    };

    /// <summary>
    /// Everybody whose access a consent of the record, or this draft, could bear on: the care team, whoever is named, and,
    /// where a role or the partner is named, all of the partner's practitioners; and the partner's applications.
    /// </summary>
    public async Task<IReadOnlyList<Caller>> Of(RecordFacts facts, IReadOnlyList<ConsentProvision> draft, CancellationToken ct)
    {
        var provisions = facts.Consents.SelectMany(consent => consent.Provisions ?? []).Concat(draft).ToList();
        var named = provisions.SelectMany(provision => provision.Grantees ?? []).ToList();
        var everybody = named.Any(grantee => grantee.Kind is GranteeKind.Role or GranteeKind.Partner);
        var ids = named.Where(grantee => grantee.Kind == GranteeKind.Practitioner).Select(grantee => grantee.Id!.Value)
            .Concat(facts.CareRelationships.Select(one => one.PractitionerId))
            .Concat(facts.Emergencies.Select(one => one.PractitionerId))
            .Distinct()
            .ToList();
        var people = everybody
            ? await practitioners.AllActive(facts.PartnerId, ct)
            : await practitioners.FindActive(facts.PartnerId, ids, ct);
        return
        [
            .. people.Select(practitioner => From(facts, practitioner)),
            .. (await applications.Active(facts.PartnerId, ct)).Select(application => From(facts, application)),
        ];
    }

    private static Caller From(RecordFacts facts, Practitioner practitioner) => Of(facts) with
    {
        PractitionerId = practitioner.Id,
        PractitionerRoles = practitioner.RoleCodes,
        MayDeclareEmergency = practitioner.MayDeclareEmergency,
    };

    private static Caller From(RecordFacts facts, Application application) => Of(facts) with
    {
        ApplicationId = application.Id,
        ApplicationAlone = true,
    };

    private static Caller Of(RecordFacts facts) => new() { PartnerId = facts.PartnerId, ApplicationId = Guid.Empty };
}
