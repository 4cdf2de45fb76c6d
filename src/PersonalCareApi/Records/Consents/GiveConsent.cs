using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Data;
using PersonalCareApi.Domain;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Partners;
using PersonalCareApi.Pipeline;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Records.Consents;

/// <summary>Recording a consent: by the client, by a representative, or on the client's behalf.</summary>
internal static class GiveConsent
{
    private const string SignedDocument = "signed-document";

    /// <summary>Records a consent.</summary>
    /// <remarks>
    /// The client's own is active at once if it says so. What a practitioner or an application records on the client's
    /// behalf stays a draft until the client confirms it, unless a signed document is the evidence; a denial acts at once.
    /// With <c>replaces</c>, the earlier consent is superseded in the same moment; one that denies is never replaced on
    /// somebody's word alone, so that stays a draft whatever the evidence. A wording that the partner has registered holds
    /// the consent: each permit must lie within one of its permits, criterion by criterion, and each of its denials must be
    /// there, as it is or wider. Any other wording is kept as given. A provision that could never have any effect is refused.
    /// </remarks>
    public static async Task<Results<Created<ConsentResponse>, Problem>> Give(
        Body<CreateConsent> body, AccessGrant grant, UseOfData use, ConsentRepository consents, PartnerNames names, ShownWording wording,
        WriteUnit unit, CancellationToken ct)
    {
        var request = body.Value;
        if (await Refusal(request, grant, use, names, unit.Now, ct) is { } refusal)
        {
            return refusal;
        }

        var (registered, beyond) = await wording.Check(request, grant.PartnerId, unit.Now, ct);
        if (beyond.Count > 0)
        {
            return Problems.Invalid(beyond);
        }

        var replaced = request.Replaces is { } replaces ? await consents.Find(grant, replaces, ct) : null;
        if (request.Replaces is not null && replaced is not { Status: ConsentStatus.Active or ConsentStatus.Draft })
        {
            return Problems.Invalid(Fault.InBody("#/replaces", "unknown-reference", "There is no draft or active consent with this id."));
        }

        var status = StatusOf(request, grant, replaced);
        var consent = new Consent
        {
            Id = Ids.New(unit.Now),
            Version = 1,
            Status = status,
            Facts = new ItemFacts(Sensitivity.None, grant.ActingAs.Id, "", request.Evidence.GivenAt.ToStored()),
            AuthorKind = grant.ActingAs.KindCode,
            Content = new ConsentContent
            {
                Evidence = request.Evidence,
                Provisions = request.Provisions,
                GivenBy = OnBehalf(grant) ? null : PartyContent.From(grant.ActingAs),
                RecordedBy = PartyContent.From(grant.ActingAs),
                Replaces = request.Replaces,
                InForceFrom = status == ConsentStatus.Active ? unit.Now : null,
                WithinWording = registered,
            },
            RecordedAt = unit.Now,
            ChangedAt = unit.Now,
        };
        await consents.Add(grant, consent, unit, ct);
        if (replaced is not null && status == ConsentStatus.Active)
        {
            await Supersede(grant, replaced, consent.Id, consents, unit, ct);
        }

        return Created($"/v1/clients/{grant.ClientId}/consents/{consent.Id}", ConsentResponse.From(grant, consent, use.InCareTeam));
    }

    /// <summary>Ends a consent because another takes its place.</summary>
    public static Task Supersede(
        AccessGrant grant, Consent replaced, Guid by, ConsentRepository consents, WriteUnit unit, CancellationToken ct) =>
        consents.Change(grant, replaced, ConsentStatus.Superseded, replaced.Content with { ReplacedBy = by }, unit, ct);

    /// <summary>Whether somebody else than the client or a representative acts.</summary>
    public static bool OnBehalf(AccessGrant grant) => grant.ActingAs.Kind is PartyKind.Practitioner or PartyKind.Application;

    private static ConsentStatus StatusOf(CreateConsent request, AccessGrant grant, Consent? replaced)
    {
        // Replacing is withdrawing: nobody but the client opens what the client closed.
        if (OnBehalf(grant) && replaced?.Content.Provisions.Any(IsDenial) == true)
        {
            return ConsentStatus.Draft;
        }

        if (request.Status == NewConsentStatus.Draft)
        {
            return ConsentStatus.Draft;
        }

        var actsAtOnce = !OnBehalf(grant) || request.Evidence.Method == SignedDocument || request.Provisions.All(IsDenial);
        return actsAtOnce ? ConsentStatus.Active : ConsentStatus.Draft;
    }

    /// <summary>A fault of a provision, in its place in the body.</summary>
    public static Fault InBody(ProvisionFault fault) =>
        Fault.InBody($"#/provisions/{fault.Provision}/{fault.Member}".TrimEnd('/'), fault.Code, fault.Detail);

    private static async Task<Problem?> Refusal(
        CreateConsent request, AccessGrant grant, UseOfData use, PartnerNames names, DateTimeOffset now, CancellationToken ct)
    {
        var provisions = request.Provisions.Select(provision => provision.ToDomain()).OfType<ConsentProvision>().ToList();
        var faults = ProvisionRules.Check(provisions, request.Evidence.Explicit, now, use.Facts?.Rules).Select(InBody).ToList();
        if (OnBehalf(grant) && request.Evidence.Method != SignedDocument)
        {
            faults.AddRange(FaultsOnBehalf(request));
        }

        Guid[] authors = [grant.ClientId, .. (use.Facts?.Representations ?? []).Select(one => one.Id)];
        faults.AddRange(await NamedInProvisions.Unknown(request.Provisions, grant.PartnerId, authors, names, ct));
        return faults.Count > 0 ? Problems.Invalid(faults) : null;
    }

    private static IEnumerable<Fault> FaultsOnBehalf(CreateConsent request)
    {
        // A denial acts at once and a permit waits: one consent cannot do both.
        if (request.Provisions.Any(IsDenial) && !request.Provisions.All(IsDenial))
        {
            yield return Fault.InBody(
                "#/provisions", "mixed-effects", "On a client's behalf, record what is permitted and what is denied as two consents.");
        }

        // What acts at once must not take away a denial.
        if (request.Replaces is not null && request.Provisions.All(IsDenial))
        {
            yield return Fault.InBody("#/replaces", FaultCodes.NotAllowed, "A denial recorded on a client's behalf replaces nothing.");
        }
    }

    private static bool IsDenial(ProvisionContent provision) => provision.Effect == "deny";
}
