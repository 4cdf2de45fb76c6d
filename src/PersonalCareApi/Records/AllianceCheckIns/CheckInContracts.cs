using System.ComponentModel.DataAnnotations;
using FluentValidation;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Records.SessionNotes;

namespace PersonalCareApi.Records.AllianceCheckIns;

/// <summary>How the client finds working together: one rating on this project's own scale, without norms.</summary>
[ServerSets("id", "clientId", "by", "scale", "recordedBy", "recordedAt", "status", "retraction", "version", "etag")]
internal sealed record RecordCheckIn
{
    public const string Example = """
        { "value": 8.5, "at": "2026-05-04T10:30:00Z", "note": "I felt understood today." }
        """;

    /// <summary>0 (not at all) to 10 (entirely), in steps of 0.5.</summary>
    public required decimal Value { get; init; }

    /// <summary>When the client rated; now where it is left out.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>The session it is about.</summary>
    public Guid? SessionId { get; init; }

    /// <summary>The client's own words.</summary>
    public string? Note { get; init; }

    internal sealed class Validator : AbstractValidator<RecordCheckIn>
    {
        public Validator(TimeProvider time)
        {
            RuleFor(checkIn => checkIn.Value).CheckInValue();
            RuleFor(checkIn => checkIn.At!.Value).NotInTheFuture(time).When(checkIn => checkIn.At is not null).OverridePropertyName("At");
            RuleFor(checkIn => checkIn.Note).Length(1, CheckInLimits.LongestNote);
        }
    }
}

internal static class CheckInLimits
{
    public const int LongestNote = 2000;
}

/// <summary>Which check-ins.</summary>
internal sealed record CheckInQuery : PageQuery
{
    /// <summary>Rated at or after this instant.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Rated before this instant.</summary>
    public DateTimeOffset? Until { get; init; }
}

/// <summary>A rating of the alliance by the client.</summary>
internal sealed record CheckInResponse : IVersioned
{
    public const string Example = """
        { "id": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d", "clientId": "0197a000-0000-7000-8000-000000000201", "by": "client",
          "scale": "session-check-in", "value": 8.5, "at": "2026-05-04T10:30:00Z", "sessionId": null, "note": "I felt understood today.",
          "recordedBy": { "kind": "client", "id": "0197a000-0000-7000-8000-000000000201" }, "recordedAt": "2026-05-04T10:30:02Z",
          "status": "final", "retraction": null, "version": 1, "etag": "\"1\"" }
        """;

    public required Guid Id { get; init; }

    public required Guid ClientId { get; init; }

    /// <summary>Whose rating it is.</summary>
    [AllowedValues(AllianceContent.Client)]
    public required string By { get; init; }

    /// <summary>One question of this project's own, 0 to 10. It has no norms: compare a client with themself alone.</summary>
    [AllowedValues(AllianceContent.SessionCheckIn)]
    public required string Scale { get; init; }

    /// <summary>Null where the purpose, such as payment, needs no single answers.</summary>
    public required decimal? Value { get; init; }

    public required DateTimeOffset At { get; init; }

    public required Guid? SessionId { get; init; }

    public required string? Note { get; init; }

    public required PartyResponse RecordedBy { get; init; }

    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary><c>final</c> or <c>retracted</c>.</summary>
    [AllowedValues(CheckIn.Final, CheckIn.Retracted)]
    public required string Status { get; init; }

    /// <summary>Who found it entered in error, when and why; null otherwise.</summary>
    public required FactResponse? Retraction { get; init; }

    public required int Version { get; init; }

    public string Etag => ETags.For(Version);

    public static CheckInResponse From(AccessGrant grant, CheckIn checkIn)
    {
        var narrative = !grant.Obligations.HasFlag(Obligations.MinimumNecessary);
        return new CheckInResponse
        {
            Id = checkIn.Id,
            ClientId = grant.ClientId,
            By = AllianceContent.Client,
            Scale = AllianceContent.SessionCheckIn,
            Value = narrative ? checkIn.Content.Value : null,
            At = checkIn.Facts.OccurredAt,
            SessionId = checkIn.Content.SessionId,
            Note = narrative ? checkIn.Content.Note : null,
            RecordedBy = checkIn.Content.RecordedBy,
            RecordedAt = checkIn.Content.RecordedAt,
            Status = checkIn.Status,
            Retraction = FactResponse.From(checkIn.Content.Retraction, narrative),
            Version = checkIn.Version,
        };
    }
}
