using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Serialization;
using PersonalCareApi.Domain;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Records.Consents;

/// <summary>A receipt of one version of a consent, for the client to keep and to show.</summary>
/// <remarks>
/// After ISO/IEC TS 27560:2023, Consent record information structure: the members in snake_case are its fields, in its
/// sections, with the meaning it gives them. It asks two of a receipt (<c>schema_version</c>, <c>receipt_id</c>) and leaves the rest
/// to a profile; this is ours. What this server does not know is left out rather than invented: address and contact of the
/// controller, jurisdiction, storage locations, retention period, lawful basis. The standard has no denials, no
/// criteria on single items and no versions: the consent as it is recorded stands whole under <c>consent</c>, which is
/// ours, as is <c>provision</c>. The words of <c>event_state</c> and <c>event_type</c> are ours as well.
/// </remarks>
internal sealed record ConsentReceipt : IVersioned
{
    public const string Schema = "ISO/IEC TS 27560:2023 personal-care/1";

    public const string Example = """
        { "schema_version": "ISO/IEC TS 27560:2023 personal-care/1", "receipt_id": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d.1",
          "record_id": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d", "pii_principal_id": "0197a000-0000-7000-8000-000000000201",
          "pii_processing": { "privacy_notice": "/v1/consent-wordings/intake/versions/3?language=en", "language": "en",
            "purposes": [ { "purpose": "treatment", "purpose_type": "TREAT",
              "pii_information": [ { "pii_type": "assessments", "sensitive_pii_category": null } ],
              "pii_controllers": [ "0197a000-0000-7000-8000-000000000001" ], "processing_method": [ "read", "write" ],
              "withdrawal_method": "POST /v1/clients/0197a000-0000-7000-8000-000000000201/consents/01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d/withdrawal",
              "provision": 0 } ] },
          "party_identification": [ { "party_id": "0197a000-0000-7000-8000-000000000001", "party_name": "Harbour Teletherapy",
            "party_role": "controller" } ],
          "event": [ { "event_time": "2026-05-04T09:00:00Z", "validity_duration": "2026-05-04T09:00:01Z/..",
            "entity_id": "0197a000-0000-7000-8000-000000000201", "event_type": "expressed", "event_state": "given" } ],
          "consent": { "version": 1, "status": "active", "recordedAt": "2026-05-04T09:00:01Z",
            "evidence": { "method": "electronic-signature", "givenAt": "2026-05-04T09:00:00Z", "explicit": false,
              "wording": { "id": "intake", "version": "3", "language": "en" } },
            "givenBy": { "kind": "client", "id": "0197a000-0000-7000-8000-000000000201" },
            "recordedBy": { "kind": "client", "id": "0197a000-0000-7000-8000-000000000201" },
            "provisions": [ { "effect": "permit",
              "grantees": [ { "kind": "practitioner", "id": "0197a000-0000-7000-8000-000000000101", "code": null } ],
              "categories": [ "assessments" ], "actions": [ "read", "write" ], "purposes": [ "TREAT" ], "sensitivities": null,
              "period": null, "dataPeriod": null, "authoredBy": null, "parts": null } ] } }
        """;

    /// <summary>The standard that the receipt follows, and the profile of it.</summary>
    [JsonPropertyName("schema_version")]
    public required string SchemaVersion { get; init; }

    /// <summary>One for each version of a consent: its id and the version.</summary>
    [JsonPropertyName("receipt_id")]
    public required string ReceiptId { get; init; }

    /// <summary>The consent.</summary>
    [JsonPropertyName("record_id")]
    public required Guid RecordId { get; init; }

    /// <summary>The client.</summary>
    [JsonPropertyName("pii_principal_id")]
    public required Guid PiiPrincipalId { get; init; }

    [JsonPropertyName("pii_processing")]
    public required ReceiptProcessing PiiProcessing { get; init; }

    [JsonPropertyName("party_identification")]
    public required IReadOnlyList<ReceiptParty> PartyIdentification { get; init; }

    /// <summary>What became of the consent up to this version, oldest first.</summary>
    public required IReadOnlyList<ReceiptEvent> Event { get; init; }

    /// <summary>The consent as it is recorded; not of the standard.</summary>
    public required ReceiptConsent Consent { get; init; }

    int IVersioned.Version => Consent.Version;

    public static ConsentReceipt From(AccessGrant grant, Consent consent, string partner)
    {
        var content = consent.Content;
        return new ConsentReceipt
        {
            SchemaVersion = Schema,
            ReceiptId = string.Create(CultureInfo.InvariantCulture, $"{consent.Id}.{consent.Version}"),
            RecordId = consent.Id,
            PiiPrincipalId = grant.ClientId,
            PiiProcessing = new ReceiptProcessing
            {
                PrivacyNotice = content is { WithinWording: true, Evidence.Wording: { } wording }
                    ? $"/v1/consent-wordings/{wording.Id}/versions/{wording.Version}?language={wording.Language}"
                    : null,
                Language = content.Evidence.Wording?.Language,
                Purposes = [.. Purposes(grant, consent)],
            },
            PartyIdentification = [new ReceiptParty(grant.PartnerId, partner, "controller")],
            Event = [.. Events(grant.ClientId, consent)],
            Consent = new ReceiptConsent
            {
                Version = consent.Version,
                Status = consent.Status,
                RecordedAt = consent.RecordedAt,
                Evidence = content.Evidence,
                GivenBy = content.GivenBy,
                RecordedBy = content.RecordedBy,
                Provisions = content.Provisions,
            },
        };
    }

    /// <summary>Where it is taken back.</summary>
    public static string WithdrawalOf(Guid clientId, Guid consentId) => $"POST /v1/clients/{clientId}/consents/{consentId}/withdrawal";

    private static IEnumerable<ReceiptPurpose> Purposes(AccessGrant grant, Consent consent) =>
        from permit in consent.Content.Provisions.Index()
        where permit.Item.Effect == "permit"
        from purpose in permit.Item.Purposes ?? []
        select new ReceiptPurpose
        {
            Purpose = PurposeOfUse.TryParse(purpose, out var known) ? known.Display : purpose,
            PurposeType = purpose,
            PiiInformation = [.. CategoriesOf(permit.Item).Select(category => new ReceiptInformation(category, permit.Item.Sensitivities))],
            PiiControllers = [grant.PartnerId],
            ProcessingMethod = permit.Item.Actions ?? [],
            WithdrawalMethod = WithdrawalOf(grant.ClientId, consent.Id),
            Provision = permit.Index,
        };

    private static IEnumerable<string> CategoriesOf(ProvisionContent permit) =>
        ConsentWords.TryCategories(permit.Categories, out var categories) ? (categories ?? []).Select(category => category.Code()) : permit.Categories ?? [];

    private static IEnumerable<ReceiptEvent> Events(Guid clientId, Consent consent)
    {
        var content = consent.Content;
        if (content.Confirmation is not null || content.InForceFrom is null)
        {
            yield return new ReceiptEvent(consent.RecordedAt, null, content.RecordedBy.Id, null, "drafted");
        }

        if (content.InForceFrom is { } from)
        {
            yield return new ReceiptEvent(
                content.Confirmation?.At ?? content.Evidence.GivenAt,
                Validity(from, content.Provisions),
                // A signed document, or a denial that somebody took down: the client has given it, whoever recorded it.
                content.GivenBy?.Id ?? clientId,
                content.Evidence.Explicit ? "explicit" : "expressed",
                "given");
        }

        foreach (var act in content.Authorisations)
        {
            yield return new ReceiptEvent(act.At, null, act.By.Id, null, "authorised");
        }

        if (content.Withdrawal is { } withdrawal)
        {
            yield return new ReceiptEvent(withdrawal.At, null, withdrawal.By.Id, null, "withdrawn");
        }
        else if (consent.Status == ConsentStatus.Superseded)
        {
            yield return new ReceiptEvent(consent.ChangedAt, null, null, null, "superseded");
        }
    }

    /// <summary>From when until when anything is permitted or denied, as an interval of ISO 8601; <c>..</c> is without end.</summary>
    private static string Validity(DateTimeOffset from, IReadOnlyList<ProvisionContent> provisions)
    {
        var ends = provisions.Select(provision => provision.Period?.Until).ToList();
        return $"{InstantText.Short(from)}/{(ends.Contains(null) ? ".." : InstantText.Short(ends.Max()!.Value))}";
    }
}

/// <summary>What is processed, and why: the section on processing.</summary>
internal sealed record ReceiptProcessing
{
    /// <summary>A hundred permits, and every purpose there is in each.</summary>
    private const int MostPurposes = 10_000;

    /// <summary>Where the text that was shown can be read; null where no registered wording was.</summary>
    [JsonPropertyName("privacy_notice")]
    public required string? PrivacyNotice { get; init; }

    /// <summary>The language in which it was shown.</summary>
    public required string? Language { get; init; }

    /// <summary>One for each purpose of each permit.</summary>
    [MaxLength(MostPurposes)]
    public required IReadOnlyList<ReceiptPurpose> Purposes { get; init; }
}

/// <summary>One purpose that one permit names.</summary>
internal sealed record ReceiptPurpose
{
    /// <summary>HL7's words for the purpose of use.</summary>
    public required string Purpose { get; init; }

    /// <summary>Its HL7 code.</summary>
    [JsonPropertyName("purpose_type")]
    public required string PurposeType { get; init; }

    [JsonPropertyName("pii_information")]
    public required IReadOnlyList<ReceiptInformation> PiiInformation { get; init; }

    /// <summary>By their <c>party_id</c>.</summary>
    [JsonPropertyName("pii_controllers")]
    public required IReadOnlyList<Guid> PiiControllers { get; init; }

    /// <summary><c>read</c>, <c>write</c>, <c>share</c>.</summary>
    [JsonPropertyName("processing_method")]
    public required IReadOnlyList<string> ProcessingMethod { get; init; }

    /// <summary>The one request that takes the consent back.</summary>
    [JsonPropertyName("withdrawal_method")]
    public required string WithdrawalMethod { get; init; }

    /// <summary>Which of <c>consent.provisions</c> it is; not of the standard.</summary>
    public required int Provision { get; init; }
}

/// <summary>A kind of data.</summary>
internal sealed record ReceiptInformation(
    [property: JsonPropertyName("pii_type")] string PiiType,
    [property: JsonPropertyName("sensitive_pii_category")] IReadOnlyList<string>? SensitivePiiCategory);

/// <summary>Who is responsible.</summary>
internal sealed record ReceiptParty(
    [property: JsonPropertyName("party_id")] Guid PartyId,
    [property: JsonPropertyName("party_name")] string PartyName,
    [property: JsonPropertyName("party_role")] string PartyRole);

/// <summary>Something that became of the consent.</summary>
/// <param name="EventTime">When.</param>
/// <param name="ValidityDuration">For what is given: from when until when, as an interval of ISO 8601; <c>..</c> is without end.</param>
/// <param name="EntityId">Who did it; null where another consent took its place.</param>
/// <param name="EventType">For what is given: <c>explicit</c> by an act of its own, else <c>expressed</c>.</param>
/// <param name="EventState"><c>drafted</c>, <c>given</c>, <c>authorised</c>, <c>withdrawn</c> or <c>superseded</c>.</param>
internal sealed record ReceiptEvent(
    [property: JsonPropertyName("event_time")] DateTimeOffset EventTime,
    [property: JsonPropertyName("validity_duration")] string? ValidityDuration,
    [property: JsonPropertyName("entity_id")] Guid? EntityId,
    [property: JsonPropertyName("event_type")] string? EventType,
    [property: JsonPropertyName("event_state")] string EventState);

/// <summary>The consent as it is recorded in this version.</summary>
internal sealed record ReceiptConsent
{
    public required int Version { get; init; }

    public required ConsentStatus Status { get; init; }

    public required DateTimeOffset RecordedAt { get; init; }

    public required EvidenceContent Evidence { get; init; }

    public required PartyContent? GivenBy { get; init; }

    public required PartyContent RecordedBy { get; init; }

    /// <summary>Everything that is permitted and denied.</summary>
    public required IReadOnlyList<ProvisionContent> Provisions { get; init; }
}
