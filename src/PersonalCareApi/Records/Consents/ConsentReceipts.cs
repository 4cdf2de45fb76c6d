using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Partners;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Protection;
using PersonalCareApi.Reference.Instruments;
using PersonalCareApi.Rendering.Pages;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Records.Consents;

/// <summary>Receipts of consents: as JSON, signed, or as a page to read.</summary>
internal sealed class ConsentReceipts(
    PartnerRepository partners, PartnerNames names, ConsentWordingRepository wordings, ReceiptKeys keys, InstrumentShelf instruments,
    TimeProvider time)
{
    /// <summary>What the header of a signed receipt says it is, so that it is taken for no other token (RFC 8725, 3.11).</summary>
    public const string TokenType = "consent-receipt+jwt";

    /// <summary>Gets the receipt of a consent as it is now.</summary>
    /// <remarks>
    /// For the client and representatives. JSON after ISO/IEC TS 27560:2023. With <c>Accept: application/jwt</c> the same,
    /// as the claim <c>consent_receipt</c> of a JWT signed with ES256; the keys are at <c>/.well-known/jwks.json</c>, and stay
    /// there. With <c>Accept: text/html</c> a page in plain words: who is allowed what, for what, until when, what is denied,
    /// and how it is taken back. The ETag is the JSON's: the page shows names as they are now, and no signature is made twice.
    /// </remarks>
    public static async Task<Results<Ok<ConsentReceipt>, ContentHttpResult, Problem>> Get(
        Guid id, HttpContext http, AccessGrant grant, ConsentRepository consents, ConsentReceipts receipts, CancellationToken ct) =>
        IsForTheClient(grant) ? await receipts.Answer(http, grant, await consents.Find(grant, id, ct), isOutdated: false, ct) : NotTheirs();

    /// <summary>Gets the receipt of one version of a consent, as it was.</summary>
    /// <remarks>In the same forms as the receipt of the present version, and for the same people.</remarks>
    public static async Task<Results<Ok<ConsentReceipt>, ContentHttpResult, Problem>> GetOfVersion(
        Guid id, int version, HttpContext http, AccessGrant grant, ConsentRepository consents, ConsentReceipts receipts, CancellationToken ct)
    {
        if (!IsForTheClient(grant))
        {
            return NotTheirs();
        }

        var asked = await consents.FindVersion(grant, id, version, ct);
        var isOutdated = asked is not null && (await consents.Find(grant, id, ct))?.Version != asked.Version;
        return await receipts.Answer(http, grant, asked, isOutdated, ct);
    }

    /// <summary>Nobody else sees all of a consent, and a receipt of part of one would be none.</summary>
    private static bool IsForTheClient(AccessGrant grant) => grant.ActingAs.Kind is PartyKind.Client or PartyKind.Representative;

    private static Problem NotTheirs() => Problems.Forbidden("Receipts are for the client and for representatives.");

    private async Task<Results<Ok<ConsentReceipt>, ContentHttpResult, Problem>> Answer(
        HttpContext http, AccessGrant grant, Consent? consent, bool isOutdated, CancellationToken ct)
    {
        if (consent is null)
        {
            return Problems.NotFound();
        }

        if (Negotiation.Choose(http.Request, MediaTypes.Json, MediaTypes.Jwt, MediaTypes.Html) is not { } form)
        {
            return Problems.NotAcceptable($"A receipt comes as {MediaTypes.Json}, {MediaTypes.Jwt} or {MediaTypes.Html}.");
        }

        var partner = await partners.Find(grant.PartnerId, ct) ?? throw new InvalidOperationException("The partner is gone.");
        var receipt = ConsentReceipt.From(grant, consent, partner.Name);
        return form switch
        {
            MediaTypes.Jwt => Content(await keys.Sign(Claims(receipt), TokenType, ct), MediaTypes.Jwt),
            MediaTypes.Html => Content(await Page(receipt, grant, consent.Content.WithinWording, isOutdated, ct), $"{MediaTypes.Html}; charset=utf-8"),
            _ => Ok(receipt),
        };
    }

    /// <summary>The receipt as it is in JSON, and beside it whose it is, of whom, and when this was signed.</summary>
    private string Claims(ConsentReceipt receipt) => JsonSerializer.Serialize(
        new Dictionary<string, object>
        {
            // By id and not by address: how this server is called today is the caller's word, and may change.
            ["iss"] = $"urn:uuid:{receipt.PartyIdentification[0].PartyId}",
            ["sub"] = $"urn:uuid:{receipt.PiiPrincipalId}",
            ["jti"] = receipt.ReceiptId,
            ["iat"] = time.GetUtcNow().ToUnixTimeSeconds(),
            ["consent_receipt"] = receipt,
        },
        Pipeline.Json.Options);

    private async Task<string> Page(ConsentReceipt receipt, AccessGrant grant, bool withinWording, bool isOutdated, CancellationToken ct)
    {
        var provisions = receipt.Consent.Provisions;
        var shown = withinWording && receipt.Consent.Evidence.Wording is { } named
            && await wordings.Find(grant.PartnerId, named.Id, ct) is { } wording
            && await wordings.FindVersion(wording, named.Version, ct) is { } version
                ? version.Terms.In(named.Language)
                : null;
        var people = await names.Find(
            grant.PartnerId, [.. NamedInProvisions.Ids(provisions), receipt.Consent.RecordedBy.Id], ct);
        var parts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in provisions.SelectMany(provision => provision.Parts ?? []).Distinct(StringComparer.Ordinal))
        {
            parts[part] = (await instruments.Find(grant.PartnerId, part, ct))?.Name ?? part;
        }

        return ConsentReceiptPage.Render(receipt, new ReceiptWords
        {
            Partner = receipt.PartyIdentification[0].PartyName,
            IsRepresentative = grant.ActingAs.Kind == PartyKind.Representative,
            IsOutdated = isOutdated,
            Now = time.GetUtcNow(),
            Names = people.ToDictionary(own => own.Key, own => own.Value.Name),
            Shown = shown,
            PartName = part => parts[part],
        });
    }
}

internal static class ReceiptRoutes
{
    /// <summary>The forms of a receipt beside JSON, and for the page what it may load: its own style, and nothing else.</summary>
    public static RouteHandlerBuilder InEveryForm(this RouteHandlerBuilder route) => route
        .WithMetadata(new AlsoAnswers(MediaTypes.Jwt, MediaTypes.Html))
        .WithContentPolicy(Layout.ContentPolicy);
}
