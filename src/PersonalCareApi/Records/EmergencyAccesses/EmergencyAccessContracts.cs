using FluentValidation;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Records.EmergencyAccesses;

/// <summary>An emergency, to be declared.</summary>
internal sealed record DeclareEmergency
{
    public const string Example = """
        { "reason": "Brought in unconscious; medication and allergies are needed.",
          "clientCannotBeAskedBecause": "The client is unconscious and no representative answers.", "minutes": 60 }
        """;

    /// <summary>What the emergency is; the client reads it as it stands here.</summary>
    public required string Reason { get; init; }

    /// <summary>The statement that the client cannot be asked in time, and why.</summary>
    public required string ClientCannotBeAskedBecause { get; init; }

    /// <summary>For how long; it cannot be made longer, only declared anew.</summary>
    public int Minutes { get; init; } = 60;

    internal sealed class Validator : AbstractValidator<DeclareEmergency>
    {
        private const int Fewest = 5;
        private const int Most = 240;

        public Validator()
        {
            RuleFor(emergency => emergency.Reason).NotEmpty().MaximumLength(2000);
            RuleFor(emergency => emergency.ClientCannotBeAskedBecause).NotEmpty().MaximumLength(2000);
            RuleFor(emergency => emergency.Minutes).InclusiveBetween(Fewest, Most);
        }
    }
}

/// <summary>What somebody else found about an emergency access.</summary>
internal sealed record ReviewEmergency
{
    public const string Example = """
        { "outcome": "justified", "note": "Ambulance report seen; what was read fits it." }
        """;

    public required ReviewOutcome Outcome { get; init; }

    /// <summary>What the finding rests on.</summary>
    public required string Note { get; init; }

    internal sealed class Validator : AbstractValidator<ReviewEmergency>
    {
        public Validator() => RuleFor(review => review.Note).NotEmpty().MaximumLength(2000);
    }
}

/// <summary>Whether an emergency access was in order.</summary>
internal enum ReviewOutcome
{
    Justified,
    NotJustified,
}

/// <summary>Which emergency accesses, over all clients.</summary>
internal sealed record DueReviewQuery : PageQuery
{
    /// <summary>Those that nobody has reviewed yet, which is all that this list has.</summary>
    public ReviewState? Review { get; init; }
}

/// <summary>Where a review stands.</summary>
internal enum ReviewState
{
    Due,
}

/// <summary>An emergency access: who declared it, why, for how long, and what its review found.</summary>
internal sealed record EmergencyAccessResponse : IVersioned
{
    public const string Example = """
        { "id": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d", "clientId": "0197a000-0000-7000-8000-000000000201",
          "practitionerId": "0197a000-0000-7000-8000-000000000102",
          "reason": "Brought in unconscious; medication and allergies are needed.",
          "clientCannotBeAskedBecause": "The client is unconscious and no representative answers.",
          "from": "2026-05-04T22:14:00Z", "until": "2026-05-04T23:14:00Z", "terminatedAt": null,
          "reviewDueAt": "2026-05-07T23:14:00Z", "reviewedAt": null, "review": null, "version": 1, "etag": "\"1\"" }
        """;

    public required Guid Id { get; init; }

    public required Guid ClientId { get; init; }

    /// <summary>Who declared it, and alone may read under it.</summary>
    public required Guid PractitionerId { get; init; }

    /// <summary>Null, like every text here, where the purpose, such as payment, needs no narrative.</summary>
    public required string? Reason { get; init; }

    public required string? ClientCannotBeAskedBecause { get; init; }

    public required DateTimeOffset From { get; init; }

    /// <summary>When it ends, or ended.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>When its holder ended it before its time; null where it ran out by itself, or is open.</summary>
    public required DateTimeOffset? TerminatedAt { get; init; }

    public required DateTimeOffset ReviewDueAt { get; init; }

    public required DateTimeOffset? ReviewedAt { get; init; }

    public required ReviewResponse? Review { get; init; }

    public required int Version { get; init; }

    public string Etag => ETags.For(Version);

    public static EmergencyAccessResponse Of(AccessGrant grant, DeclaredEmergency access)
    {
        var content = access.Content;
        var narrative = !grant.Obligations.HasFlag(Obligations.MinimumNecessary);
        return new EmergencyAccessResponse
        {
            Id = access.Id,
            ClientId = grant.ClientId,
            PractitionerId = access.Access.PractitionerId,
            Reason = narrative ? content.Reason : null,
            ClientCannotBeAskedBecause = narrative ? content.ClientCannotBeAskedBecause : null,
            From = access.Access.Period.From!.Value,
            Until = access.Access.Period.Until!.Value,
            TerminatedAt = content.TerminatedAt,
            ReviewDueAt = access.ReviewDueAt,
            ReviewedAt = access.ReviewedAt,
            Review = content.Review is { } review ? new ReviewResponse(review.By, review.At, review.Outcome, narrative ? review.Note : null) : null,
            Version = access.Version,
        };
    }
}

/// <summary>What the review of an emergency access found.</summary>
internal sealed record ReviewResponse(PartyResponse By, DateTimeOffset At, ReviewOutcome Outcome, string? Note);

/// <summary>That there was an emergency access which nobody has reviewed: ids and times alone.</summary>
internal sealed record DueReviewResponse
{
    public const string Example = """
        { "id": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d", "clientId": "0197a000-0000-7000-8000-000000000201",
          "practitionerId": "0197a000-0000-7000-8000-000000000102", "from": "2026-05-04T22:14:00Z", "until": "2026-05-04T23:14:00Z",
          "reviewDueAt": "2026-05-07T23:14:00Z" }
        """;

    public required Guid Id { get; init; }

    public required Guid ClientId { get; init; }

    public required Guid PractitionerId { get; init; }

    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset Until { get; init; }

    public required DateTimeOffset ReviewDueAt { get; init; }
}
