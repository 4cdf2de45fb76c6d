using System.ComponentModel.DataAnnotations;
using FluentValidation;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Records.ProcessNotes;

/// <summary>A private note, to be kept for its author.</summary>
[ServerSets("id", "clientId", "releasedTo", "releasedAt", "recordedAt", "recordedBy", "version", "etag")]
internal sealed record WriteProcessNote
{
    public const string Example = """
        { "text": "I notice that I hurry when we come near her father. Take it to supervision.", "occurredAt": "2026-05-04T10:30:00Z" }
        """;

    public required string Text { get; init; }

    /// <summary>What moment it is about; now where it is left out.</summary>
    public DateTimeOffset? OccurredAt { get; init; }

    /// <summary>The session it is about.</summary>
    public Guid? SessionId { get; init; }

    internal sealed class Validator : AbstractValidator<WriteProcessNote>
    {
        public Validator(TimeProvider time)
        {
            RuleFor(note => note.Text).NotEmpty().MaximumLength(ProcessNoteLimits.LongestText);
            RuleFor(note => note.OccurredAt).NotInTheFuture(time);
        }
    }
}

internal static class ProcessNoteLimits
{
    public const int LongestText = 20_000;
}

/// <summary>What may be changed of a process note, as a merge patch.</summary>
[ServerSets("id", "clientId", "releasedTo", "releasedAt", "recordedAt", "recordedBy", "version", "etag")]
internal sealed record ProcessNoteChange
{
    public const string Example = """
        { "text": "I notice that I hurry when we come near her father; less so today. Take it to supervision." }
        """;

    public required string Text { get; init; }

    public required DateTimeOffset OccurredAt { get; init; }

    public Guid? SessionId { get; init; }

    public static ProcessNoteChange From(ProcessNote note) => new()
    {
        Text = note.Content.Text,
        OccurredAt = note.Facts.OccurredAt,
        SessionId = note.Content.SessionId,
    };

    internal sealed class Validator : AbstractValidator<ProcessNoteChange>
    {
        public Validator(TimeProvider time)
        {
            RuleFor(note => note.Text).NotEmpty().MaximumLength(ProcessNoteLimits.LongestText);
            RuleFor(note => note.OccurredAt).NotInTheFuture(time);
        }
    }
}

/// <summary>To whom the author releases a note.</summary>
internal sealed record ReleaseProcessNote
{
    public const string Example = """
        { "to": [ "client" ] }
        """;

    /// <summary><c>client</c>, <c>grantees</c>, or both.</summary>
    public required IReadOnlyList<ReleasedTo> To { get; init; }

    /// <summary>The part that says so on the item.</summary>
    public string ToPart() => ProcessNoteRelease.Part(To.Contains(ReleasedTo.Client), To.Contains(ReleasedTo.Grantees));

    internal sealed class Validator : AbstractValidator<ReleaseProcessNote>
    {
        public Validator() =>
            RuleFor(release => release.To).Within(new Limits { MinItems = 1, MaxItems = 2 })
                .WithErrorCode(FaultCodes.WrongLength).WithMessage("Must name client, grantees, or both.");
    }
}

/// <summary>Whom a release lets read: the client, or those whom a consent to process notes permits.</summary>
internal enum ReleasedTo
{
    Client,
    Grantees,
}

/// <summary>Which process notes.</summary>
internal sealed record ProcessNoteQuery : PageQuery
{
    /// <summary>About this instant or later.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>About an earlier instant.</summary>
    public DateTimeOffset? Until { get; init; }
}

/// <summary>A practitioner's private note.</summary>
internal sealed record ProcessNoteResponse : IVersioned
{
    public const string Example = """
        { "id": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d", "clientId": "0197a000-0000-7000-8000-000000000201",
          "text": "I notice that I hurry when we come near her father. Take it to supervision.", "occurredAt": "2026-05-04T10:30:00Z",
          "sessionId": null, "releasedTo": [], "releasedAt": null, "recordedAt": "2026-05-04T10:31:00Z",
          "recordedBy": { "kind": "practitioner", "id": "0197a000-0000-7000-8000-000000000101" }, "version": 1, "etag": "\"1\"" }
        """;

    public required Guid Id { get; init; }

    public required Guid ClientId { get; init; }

    /// <summary>Null where the purpose, such as payment, needs no narrative.</summary>
    [MaxLength(ProcessNoteLimits.LongestText)]
    public required string? Text { get; init; }

    public required DateTimeOffset OccurredAt { get; init; }

    public required Guid? SessionId { get; init; }

    /// <summary>To whom its author has released it; empty while it is private.</summary>
    public required IReadOnlyList<ReleasedTo> ReleasedTo { get; init; }

    /// <summary>When it was released; null while it is private.</summary>
    public required DateTimeOffset? ReleasedAt { get; init; }

    public required DateTimeOffset RecordedAt { get; init; }

    public required PartyResponse RecordedBy { get; init; }

    public required int Version { get; init; }

    public string Etag => ETags.For(Version);

    public static ProcessNoteResponse From(AccessGrant grant, ProcessNote note) => new()
    {
        Id = note.Id,
        ClientId = grant.ClientId,
        Text = grant.Obligations.HasFlag(Obligations.MinimumNecessary) ? null : note.Content.Text,
        OccurredAt = note.Facts.OccurredAt,
        SessionId = note.Content.SessionId,
        ReleasedTo = Readers(note.Facts.Part),
        ReleasedAt = note.Content.ReleasedAt,
        RecordedAt = note.RecordedAt,
        RecordedBy = PartyResponse.From(new Party(PartyKind.Practitioner, note.Facts.AuthorId)), // Nobody else writes one.
        Version = note.Version,
    };

    private static IReadOnlyList<ReleasedTo> Readers(string part) =>
    [
        .. ProcessNoteRelease.ReadByClient.Contains(part) ? [ProcessNotes.ReleasedTo.Client] : Array.Empty<ReleasedTo>(),
        .. ProcessNoteRelease.OpenToConsent.Contains(part) ? [ProcessNotes.ReleasedTo.Grantees] : Array.Empty<ReleasedTo>(),
    ];
}
