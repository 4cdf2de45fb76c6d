using System.ComponentModel.DataAnnotations;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Records.Notices;

/// <summary>Which notices.</summary>
internal sealed record NoticeQuery : PageQuery
{
    /// <summary>Only those that your side, the client's or the representatives', has not acknowledged.</summary>
    public bool? Unread { get; init; }
}

/// <summary>What the client is told of.</summary>
internal sealed record NoticeResponse : IVersioned
{
    public const string Example = """
        { "id": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d", "clientId": "0197a000-0000-7000-8000-000000000201",
          "kind": "emergency-declared", "summary": "A practitioner declared an emergency and may read your record for a time.",
          "category": "demographics", "aboutId": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3e",
          "by": { "kind": "practitioner", "id": "0197a000-0000-7000-8000-000000000102" },
          "reason": "Brought in unconscious; what medication is known?", "at": "2026-05-04T22:14:00Z", "until": "2026-05-04T23:14:00Z",
          "acknowledgedAt": null, "version": 1, "etag": "\"1\"" }
        """;

    public required Guid Id { get; init; }

    public required Guid ClientId { get; init; }

    public required NoticeKind Kind { get; init; }

    /// <summary>What happened, in plain words.</summary>
    public required string Summary { get; init; }

    /// <summary>The category of what is told.</summary>
    [MaxLength(64)]
    public required string Category { get; init; }

    /// <summary>The emergency access, consent or representative it is about.</summary>
    public required Guid AboutId { get; init; }

    public required PartyResponse By { get; init; }

    /// <summary>The reason as it was given.</summary>
    public required string? Reason { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Until when at the latest; null where it has no end.</summary>
    public required DateTimeOffset? Until { get; init; }

    /// <summary>When your side, the client's or the representatives', acknowledged it.</summary>
    public required DateTimeOffset? AcknowledgedAt { get; init; }

    public required int Version { get; init; }

    public string Etag => ETags.For(Version);

    public static NoticeResponse From(AccessGrant grant, Notice notice) => new()
    {
        Id = notice.Id,
        ClientId = grant.ClientId,
        Kind = notice.Kind,
        Summary = Summarise(notice.Kind),
        Category = notice.Category.Code(),
        AboutId = notice.AboutId,
        By = notice.Content.By,
        Reason = notice.Content.Reason,
        At = notice.RecordedAt,
        Until = notice.Content.Until,
        AcknowledgedAt = grant.ActingAs.Kind == PartyKind.Client ? notice.ReadByClientAt : notice.ReadByRepresentativeAt,
        Version = notice.Version,
    };

    private static string Summarise(NoticeKind kind) => kind switch
    {
        NoticeKind.EmergencyDeclared => "A practitioner declared an emergency and may read your record for a time.",
        NoticeKind.ConsentDrafted => "A consent was recorded for you. It permits nothing until you confirm it.",
        NoticeKind.ConsentRecorded => "A consent was recorded for you from a document that you signed. It holds until you withdraw it.",
        NoticeKind.DenialRecorded => "That you do not permit something was recorded for you. It holds until you withdraw it.",
        NoticeKind.ConsentWithdrawn => "That you take a consent back was recorded for you.",
        NoticeKind.RepresentativeRecorded => "That somebody may act for you was recorded.",
        NoticeKind.RepresentativeLinked => "Somebody who may act for you can sign in from now on.",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a kind of notice."),
    };
}
