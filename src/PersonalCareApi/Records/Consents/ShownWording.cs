using PersonalCareApi.Domain.Access;
using PersonalCareApi.Partners;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Records.Consents;

/// <summary>Holds a new consent to the wording it names, where the partner has registered one by that id.</summary>
internal sealed class ShownWording(ConsentWordingRepository wordings)
{
    private const string Unknown = "unknown-reference";

    /// <summary>Whether the wording is a registered one, and what of the consent does not fit it.</summary>
    public async Task<(bool Registered, IReadOnlyList<Fault> Faults)> Check(
        CreateConsent request, Guid partnerId, DateTimeOffset now, CancellationToken ct)
    {
        if (request.Evidence.Wording is not { } named || await wordings.Find(partnerId, named.Id, ct) is not { } wording)
        {
            return (false, []); // Nobody's wording is the caller's own word for it, and kept as given.
        }

        if (await wordings.FindVersion(wording, named.Version, ct) is not { } version)
        {
            return (true, [Fault.InBody("#/evidence/wording/version", Unknown, "The wording has no such version.")]);
        }

        if (version.RetiredAt is not null)
        {
            return (true, [Fault.InBody("#/evidence/wording/version", "retired", "This version of the wording is retired.")]);
        }

        return version.Terms.In(named.Language) is null
            ? (true, [Fault.InBody("#/evidence/wording/language", FaultCodes.UnknownValue, ConsentWordingEndpoints.LanguagesOf(version))])
            : (true, Beyond(request, version, now));
    }

    private static List<Fault> Beyond(CreateConsent request, ConsentWordingVersion version, DateTimeOffset now)
    {
        if (version.Terms.ToDomain() is not { } shown)
        {
            // What it stands for cannot be understood, so nothing can be shown to lie within it.
            return [Fault.InBody("#/evidence/wording", "unreadable", "What this wording stands for cannot be read by this server.")];
        }

        var given = request.Provisions.Select(provision => provision.ToDomain()).OfType<ConsentProvision>().ToList();
        return
        [
            .. WithinWording.Wider(given, shown).Select(GiveConsent.InBody),
            .. WithinWording.MissingDenies(given, shown, now).Select(index => Fault.InBody(
                "#/provisions", "denied-by-wording", $"Provision {index} of the wording denies something that this consent does not.")),
        ];
    }
}
