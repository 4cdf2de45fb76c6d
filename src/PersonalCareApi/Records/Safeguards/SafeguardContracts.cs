using FluentValidation;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Records.Safeguards;

/// <summary>That a representative endangers the client.</summary>
internal sealed record RecordSafeguard
{
    public const string Example = """
        { "representativeId": "0197a000-0000-7000-8000-000000000301",
          "reason": "Disclosed threats at home; child protection is involved.", "reviewAt": "2099-01-01T09:00:00Z" }
        """;

    public required Guid RepresentativeId { get; init; }

    /// <summary>What gives cause for it.</summary>
    public required string Reason { get; init; }

    /// <summary>When it is to be looked at again. It does not end by itself.</summary>
    public required DateTimeOffset ReviewAt { get; init; }

    internal sealed class Validator : AbstractValidator<RecordSafeguard>
    {
        public Validator(TimeProvider time)
        {
            RuleFor(safeguard => safeguard.Reason).NotEmpty().MaximumLength(2000);
            RuleFor(safeguard => safeguard.ReviewAt).Must(at => at > time.GetUtcNow())
                .WithErrorCode(FaultCodes.OutOfRange).WithMessage("Must lie in the future.");
        }
    }
}

/// <summary>Why a safeguard is no longer needed.</summary>
internal sealed record EndSafeguard
{
    public const string Example = """
        { "reason": "The court has settled contact; the parent no longer lives with the client." }
        """;

    public required string Reason { get; init; }

    internal sealed class Validator : AbstractValidator<EndSafeguard>
    {
        public Validator() => RuleFor(end => end.Reason).NotEmpty().MaximumLength(2000);
    }
}

/// <summary>Recorded endangerment: while it lasts, the representative's authority rests.</summary>
internal sealed record SafeguardResponse : IVersioned
{
    public const string Example = """
        { "id": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d", "clientId": "0197a000-0000-7000-8000-000000000202",
          "representativeId": "0197a000-0000-7000-8000-000000000301",
          "reason": "Disclosed threats at home; child protection is involved.", "from": "2026-05-04T09:30:00Z", "until": null,
          "reviewAt": "2026-06-04T09:00:00Z",
          "recordedBy": { "kind": "practitioner", "id": "0197a000-0000-7000-8000-000000000101" }, "termination": null, "version": 1,
          "etag": "\"1\"" }
        """;

    public required Guid Id { get; init; }

    public required Guid ClientId { get; init; }

    public required Guid RepresentativeId { get; init; }

    /// <summary>Null where the purpose, such as payment, needs no narrative.</summary>
    public required string? Reason { get; init; }

    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset? Until { get; init; }

    public required DateTimeOffset ReviewAt { get; init; }

    public required PartyResponse RecordedBy { get; init; }

    public required FactResponse? Termination { get; init; }

    public required int Version { get; init; }

    public string Etag => ETags.For(Version);

    public static SafeguardResponse Of(AccessGrant grant, Safeguard safeguard)
    {
        var narrative = !grant.Obligations.HasFlag(Obligations.MinimumNecessary);
        return new SafeguardResponse
        {
            Id = safeguard.Id,
            ClientId = grant.ClientId,
            RepresentativeId = safeguard.RepresentativeId,
            Reason = narrative ? safeguard.Content.Reason : null,
            From = safeguard.Period.From!.Value,
            Until = safeguard.Period.Until,
            ReviewAt = safeguard.Content.ReviewAt,
            RecordedBy = safeguard.Content.RecordedBy,
            Termination = FactResponse.From(safeguard.Content.Termination, narrative),
            Version = safeguard.Version,
        };
    }
}
