using System.ComponentModel.DataAnnotations;
using FluentValidation;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Records.Sessions;

/// <summary>A session, planned or held.</summary>
[ServerSets("id", "clientId", "recordedBy", "recordedAt", "retraction", "version", "etag")]
internal sealed record SessionTerms
{
    public const string Example = """
        { "startAt": "2026-05-04T09:30:00Z", "minutes": 50, "medium": "video", "status": "held", "participants": [
            { "kind": "practitioner", "id": "0197a000-0000-7000-8000-000000000101" }, { "kind": "client" },
            { "kind": "other", "name": "An interpreter" } ] }
        """;

    /// <summary>When it begins or began.</summary>
    public required DateTimeOffset StartAt { get; init; }

    /// <summary>How long it is planned for, or how long it was.</summary>
    public int? Minutes { get; init; }

    public required SessionMedium Medium { get; init; }

    /// <summary>Held and missed sessions lie in the past. What was once held, missed or cancelled is never planned again.</summary>
    public required SessionStatus Status { get; init; }

    public IReadOnlyList<ParticipantContent> Participants { get; init; } = [];

    internal sealed class Validator : AbstractValidator<SessionTerms>
    {
        private const int MostParticipants = 20;

        public Validator(TimeProvider time)
        {
            RuleFor(session => session.StartAt).NotInTheFuture(time)
                .When(session => session.Status is SessionStatus.Held or SessionStatus.Missed);
            RuleFor(session => session.Minutes).InclusiveBetween(SessionLimits.FewestMinutes, SessionLimits.MostMinutes);
            RuleFor(session => session.Participants).AtMost(MostParticipants);
            RuleForEach(session => session.Participants).SetValidator(new ParticipantContent.Validator());
        }
    }
}

internal static class SessionLimits
{
    public const int FewestMinutes = 1;
    public const int MostMinutes = 1440;
}

/// <summary>How people meet.</summary>
internal enum SessionMedium
{
    Video,
    Phone,
    InPerson,
    Chat,
}

/// <summary>What became of a session.</summary>
internal enum SessionStatus
{
    Planned,
    Held,
    Missed,
    Cancelled,
}

/// <summary>Who takes part in a session.</summary>
internal sealed record ParticipantContent
{
    public required ParticipantKind Kind { get; init; }

    /// <summary>A practitioner's id, which must be given; the client's or a representative's may be.</summary>
    public Guid? Id { get; init; }

    /// <summary>The name of somebody who has no id here. Null where the purpose, such as payment, needs no narrative.</summary>
    public string? Name { get; init; }

    internal sealed class Validator : AbstractValidator<ParticipantContent>
    {
        public Validator()
        {
            RuleFor(participant => participant.Name).Length(1, 200);
            RuleFor(participant => participant.Id).NotNull().When(participant => participant.Kind == ParticipantKind.Practitioner)
                .WithMessage("Name the practitioner by id.");
            RuleFor(participant => participant.Id).Null().When(participant => participant.Kind == ParticipantKind.Other)
                .WithMessage("Somebody else has no id here; give a name.");
            RuleFor(participant => participant.Name).NotEmpty().When(participant => participant.Kind == ParticipantKind.Other)
                .WithMessage("Must be given for somebody else.");
        }
    }
}

/// <summary>As what somebody takes part.</summary>
internal enum ParticipantKind
{
    Practitioner,
    Client,
    Representative,
    Other,
}

/// <summary>Which sessions.</summary>
internal sealed record SessionQuery : PageQuery
{
    /// <summary>Beginning at or after this instant.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Beginning before this instant.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Only those of which this became.</summary>
    public SessionStatus? Status { get; init; }
}

/// <summary>A session with who took part.</summary>
internal sealed record SessionResponse : IVersioned
{
    public const string Example = """
        { "id": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d", "clientId": "0197a000-0000-7000-8000-000000000201",
          "startAt": "2026-05-04T09:30:00Z", "minutes": 50, "medium": "video", "status": "held", "participants": [
            { "kind": "practitioner", "id": "0197a000-0000-7000-8000-000000000101", "name": null },
            { "kind": "client", "id": null, "name": null } ],
          "recordedBy": { "kind": "practitioner", "id": "0197a000-0000-7000-8000-000000000101" },
          "recordedAt": "2026-05-04T10:25:00Z", "retraction": null, "version": 1, "etag": "\"1\"" }
        """;

    public required Guid Id { get; init; }

    public required Guid ClientId { get; init; }

    public required DateTimeOffset StartAt { get; init; }

    public required int? Minutes { get; init; }

    public required SessionMedium Medium { get; init; }

    /// <summary><c>planned</c>, <c>held</c>, <c>missed</c>, <c>cancelled</c>, or <c>retracted</c>: entered in error.</summary>
    [AllowedValues("planned", "held", "missed", "cancelled", "retracted")]
    public required string Status { get; init; }

    public required IReadOnlyList<ParticipantContent> Participants { get; init; }

    public required PartyResponse RecordedBy { get; init; }

    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>Who found it entered in error, when and why; null otherwise.</summary>
    public required FactResponse? Retraction { get; init; }

    public required int Version { get; init; }

    public string Etag => ETags.For(Version);

    public static SessionResponse From(AccessGrant grant, Session session)
    {
        var narrative = !grant.Obligations.HasFlag(Obligations.MinimumNecessary);
        return new SessionResponse
        {
            Id = session.Id,
            ClientId = grant.ClientId,
            StartAt = session.StartAt,
            Minutes = session.Content.Minutes,
            Medium = session.Content.Medium,
            Status = session.Status,
            Participants = narrative
                ? session.Content.Participants
                : [.. session.Content.Participants.Select(participant => participant with { Name = null })],
            RecordedBy = session.Content.RecordedBy,
            RecordedAt = session.Content.RecordedAt,
            Retraction = FactResponse.From(session.Content.Retraction, narrative),
            Version = session.Version,
        };
    }
}
