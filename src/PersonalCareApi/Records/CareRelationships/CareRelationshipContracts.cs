using FluentValidation;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Records.CareRelationships;

/// <summary>A practitioner's part in a client's care, to be begun.</summary>
internal sealed record CreateCareRelationship
{
    public const string Example = """
        { "practitionerId": "0197a000-0000-7000-8000-000000000103", "role": "supervisor" }
        """;

    public required Guid PractitionerId { get; init; }

    /// <summary>The part, in lower case, such as <c>therapist</c>.</summary>
    public string Role { get; init; } = "therapist";

    /// <summary>From when; now where it is left out.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Until when, itself excluded; open where it is left out.</summary>
    public DateTimeOffset? Until { get; init; }

    internal sealed class Validator : AbstractValidator<CreateCareRelationship>
    {
        public Validator(TimeProvider time)
        {
            RuleFor(relationship => relationship.Role).CareRole();
            RuleFor(relationship => relationship.Until)
                .Must((relationship, until) => until is null || until > (relationship.From ?? time.GetUtcNow()))
                .WithErrorCode(FaultCodes.OutOfRange).WithMessage("Must be after from.");
        }
    }
}

/// <summary>A practitioner's part in a client's care.</summary>
internal sealed record CareRelationshipResponse : IVersioned
{
    public const string Example = """
        { "id": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d", "clientId": "0197a000-0000-7000-8000-000000000201",
          "practitionerId": "0197a000-0000-7000-8000-000000000103", "role": "supervisor", "from": "2026-05-04T08:00:00Z", "until": null,
          "version": 1, "etag": "\"1\"" }
        """;

    public required Guid Id { get; init; }

    public required Guid ClientId { get; init; }

    public required Guid PractitionerId { get; init; }

    public required string Role { get; init; }

    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset? Until { get; init; }

    public required int Version { get; init; }

    public string Etag => ETags.For(Version);

    public static CareRelationshipResponse Of(AccessGrant grant, StoredCareRelationship stored) => new()
    {
        Id = stored.Relationship.Id,
        ClientId = grant.ClientId,
        PractitionerId = stored.Relationship.PractitionerId,
        Role = stored.Relationship.Role,
        From = stored.Relationship.Period.From!.Value,
        Until = stored.Relationship.Period.Until,
        Version = stored.Version,
    };
}
