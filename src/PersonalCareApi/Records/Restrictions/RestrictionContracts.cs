using System.ComponentModel.DataAnnotations;
using FluentValidation;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Records.Restrictions;

/// <summary>What is to be closed to everybody but the client.</summary>
internal sealed record RestrictRecord
{
    public const string Example = """
        { "categories": [ "session-notes" ], "reason": "I want a mistake in them put right first." }
        """;

    /// <summary>Data categories. Consents and process notes cannot be restricted.</summary>
    public required IReadOnlyList<string> Categories { get; init; }

    /// <summary>Why; nobody has to say.</summary>
    public string? Reason { get; init; }

    internal sealed class Validator : AbstractValidator<RestrictRecord>
    {
        public Validator()
        {
            RuleFor(restriction => restriction.Categories).NotEmpty().AtMost(Restriction.Restrictable.Count);
            RuleForEach(restriction => restriction.Categories).OneOf([.. Restriction.Restrictable.Select(category => category.Code())])
                .WithMessage("Must be a data category that can be restricted, such as session-notes.");
            RuleFor(restriction => restriction.Reason).Length(1, 2000);
        }
    }
}

/// <summary>A restriction of the record: while it lasts, nobody but the client uses what it names.</summary>
internal sealed record RestrictionResponse : IVersioned
{
    public const string Example = """
        { "id": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d", "clientId": "0197a000-0000-7000-8000-000000000201",
          "categories": [ "session-notes" ], "reason": "I want a mistake in them put right first.", "from": "2026-05-04T09:30:00Z",
          "until": null, "recordedBy": { "kind": "client", "id": "0197a000-0000-7000-8000-000000000201" }, "lifting": null, "version": 1,
          "etag": "\"1\"" }
        """;

    public required Guid Id { get; init; }

    public required Guid ClientId { get; init; }

    [MaxLength(20)]
    public required IReadOnlyList<string> Categories { get; init; }

    /// <summary>Shown to the client and representatives alone.</summary>
    public required string? Reason { get; init; }

    public required DateTimeOffset From { get; init; }

    /// <summary>When it was lifted; null while it lasts.</summary>
    public required DateTimeOffset? Until { get; init; }

    public required PartyResponse RecordedBy { get; init; }

    /// <summary>Who lifted it, and when; null while it lasts.</summary>
    public required FactResponse? Lifting { get; init; }

    public required int Version { get; init; }

    public string Etag => ETags.For(Version);

    public static RestrictionResponse Of(AccessGrant grant, StoredRestriction restriction) => new()
    {
        Id = restriction.Id,
        ClientId = grant.ClientId,
        Categories = restriction.Content.Categories,
        Reason = grant.ActingAs.Kind is PartyKind.Client or PartyKind.Representative ? restriction.Content.Reason : null,
        From = restriction.Facts.OccurredAt,
        Until = restriction.Content.Lifting?.At,
        RecordedBy = restriction.Content.RecordedBy,
        Lifting = FactResponse.From(restriction.Content.Lifting, narrative: false),
        Version = restriction.Version,
    };
}
