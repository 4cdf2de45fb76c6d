using System.ComponentModel.DataAnnotations;
using FluentValidation;
using PersonalCareApi.Domain.Access;

namespace PersonalCareApi.Records.SessionNotes;

/// <summary>What is added to a signed note.</summary>
internal sealed record AddAddendum
{
    public const string Example = """
        { "text": "The appointment with the general practitioner is on Thursday, not on Friday." }
        """;

    public required string Text { get; init; }

    internal sealed class Validator : AbstractValidator<AddAddendum>
    {
        public Validator() => RuleFor(addendum => addendum.Text).NotEmpty().MaximumLength(AddendumLimits.LongestText);
    }
}

internal static class AddendumLimits
{
    public const int LongestText = 20_000;
}

/// <summary>What somebody added to a signed note.</summary>
internal sealed record AddendumResponse
{
    public const string Example = """
        { "id": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d", "noteId": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3c",
          "author": { "kind": "client", "id": "0197a000-0000-7000-8000-000000000201" }, "at": "2026-05-06T19:12:00Z",
          "text": "The appointment with the general practitioner is on Thursday, not on Friday." }
        """;

    public required Guid Id { get; init; }

    public required Guid NoteId { get; init; }

    public required PartyResponse Author { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Null where the purpose, such as payment, needs no narrative.</summary>
    [MaxLength(AddendumLimits.LongestText)]
    public required string? Text { get; init; }

    public static AddendumResponse From(AccessGrant grant, Addendum addendum) => new()
    {
        Id = addendum.Id,
        NoteId = addendum.NoteId,
        Author = addendum.Content.Author,
        At = addendum.RecordedAt,
        Text = grant.Obligations.HasFlag(Obligations.MinimumNecessary) ? null : addendum.Content.Text,
    };
}
