using Microsoft.Extensions.DependencyInjection;
using PersonalCareApi.Data;
using PersonalCareApi.Development;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Tests.TestHost;

namespace PersonalCareApi.Tests.Promises;

/// <summary>Grants that no decision gave, for tests of what a grant is bound to. Made past the constructor, as only a test may.</summary>
internal static class Grants
{
    public const long AccessVersion = 7;
    public const long PartnerAccessVersion = 3;

    public static AccessGrant Reaching(Reach reach, Guid? clientId = null, DataUse? use = null)
    {
        var grant = (AccessGrant)Activator.CreateInstance(typeof(AccessGrant), nonPublic: true)!;
        Set(grant, nameof(AccessGrant.Caller), new Caller { PartnerId = Personas.Harbour.Id, ApplicationId = Personas.HarbourApp.Id });
        Set(grant, nameof(AccessGrant.ActingAs), new Party(PartyKind.Practitioner, Personas.PractitionerId));
        Set(grant, nameof(AccessGrant.PartnerId), Personas.Harbour.Id);
        Set(grant, nameof(AccessGrant.ClientId), clientId ?? Personas.ClientId);
        Set(grant, nameof(AccessGrant.Use), use ?? new DataUse(DataCategory.Assessments, DataAction.Read));
        Set(grant, nameof(AccessGrant.Purpose), PurposeOfUse.Treatment);
        Set(grant, nameof(AccessGrant.Reach), reach);
        Set(grant, nameof(AccessGrant.Basis), DecisionBasis.None);
        Set(grant, nameof(AccessGrant.At), DateTimeOffset.UnixEpoch);
        Set(grant, nameof(AccessGrant.AccessVersion), AccessVersion);
        Set(grant, nameof(AccessGrant.PartnerAccessVersion), PartnerAccessVersion);
        return grant;
    }

    /// <summary>A record of the first partner's as a decision sees it; null where it has none.</summary>
    public static Task<RecordFacts?> FactsOf(this ApiHost host, Guid clientId, DateTimeOffset now) => host.Services.GetRequiredService<Facts>().Load(
        new AccessRequest
        {
            Caller = new Caller { PartnerId = Personas.Harbour.Id, ApplicationId = Personas.Platform.Id, ApplicationAlone = true },
            ClientId = clientId,
            Use = new DataUse(DataCategory.Demographics, DataAction.Read),
        },
        now,
        CancellationToken.None);

    /// <summary>A copy of a real grant that reaches something else.</summary>
    public static AccessGrant With(AccessGrant grant, Reach reach)
    {
        var copy = Reaching(reach, grant.ClientId, grant.Use);
        Set(copy, nameof(AccessGrant.AccessVersion), grant.AccessVersion);
        Set(copy, nameof(AccessGrant.PartnerAccessVersion), grant.PartnerAccessVersion);
        return copy;
    }

    private static void Set(AccessGrant grant, string property, object value) =>
        typeof(AccessGrant).GetProperty(property)!.SetValue(grant, value);
}
