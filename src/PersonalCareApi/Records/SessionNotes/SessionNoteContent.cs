using FluentValidation;
using PersonalCareApi.Domain.Notes;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Records.SessionNotes;

/// <summary>What of a session note is sealed: all that was written, who signed it, and what became of it.</summary>
internal sealed record SessionNoteContent
{
    public required Guid SessionId { get; init; }

    public required NoteFormat Format { get; init; }

    public required NoteSections Sections { get; init; }

    public required IReadOnlyList<string> Modalities { get; init; }

    public required IReadOnlyList<string> Techniques { get; init; }

    /// <summary>As given: whether there are such goals is another category, which the grant for notes does not open.</summary>
    public required IReadOnlyList<Guid> GoalIds { get; init; }

    public required IReadOnlyList<string> Sensitivities { get; init; }

    public AllianceContent? Alliance { get; init; }

    public required DateTimeOffset RecordedAt { get; init; }

    public IReadOnlyList<NoteSignature> Signatures { get; init; } = [];

    /// <summary>The check-in that the alliance became when the note was signed.</summary>
    public Guid? CheckInId { get; init; }

    public RecordedFact? Retraction { get; init; }

    public Withholding? Withholding { get; init; }
}

/// <summary>A signature: who signed which version of what.</summary>
/// <param name="By">Who signed.</param>
/// <param name="At">When.</param>
/// <param name="Role">As what.</param>
/// <param name="Version">The version that the signer saw.</param>
/// <param name="ContentHash">The content hash of that version.</param>
internal sealed record NoteSignature(PartyResponse By, DateTimeOffset At, SignatureRole Role, int Version, string ContentHash);

/// <summary>As what somebody signs a note.</summary>
internal enum SignatureRole
{
    Author,
    Cosigner,
}

/// <summary>That the client and representatives do not see a note until it is looked at again.</summary>
internal sealed record Withholding(PartyResponse By, DateTimeOffset At, string Reason, DateTimeOffset ReviewAt)
{
    /// <summary>Who ended it early; null where nobody did.</summary>
    public PartyResponse? EndedBy { get; init; }

    public DateTimeOffset? EndedAt { get; init; }
}

/// <summary>The sections of a session note; those that do not belong to its format are null.</summary>
internal sealed record NoteSections
{
    /// <summary>SOAP: what the client says.</summary>
    public string? Subjective { get; init; }

    /// <summary>SOAP: what is observed and measured.</summary>
    public string? Objective { get; init; }

    /// <summary>SOAP and DAP: what it means.</summary>
    public string? Assessment { get; init; }

    /// <summary>SOAP, DAP, BIRP and GIRP: what comes next.</summary>
    public string? Plan { get; init; }

    /// <summary>DAP: what was said and seen.</summary>
    public string? Data { get; init; }

    /// <summary>BIRP: how the client presents.</summary>
    public string? Behavior { get; init; }

    /// <summary>BIRP and GIRP: what was done.</summary>
    public string? Intervention { get; init; }

    /// <summary>BIRP and GIRP: how the client took it.</summary>
    public string? Response { get; init; }

    /// <summary>GIRP: what the session was for.</summary>
    public string? Goal { get; init; }

    /// <summary>Narrative: the one text.</summary>
    public string? Narrative { get; init; }

    /// <summary>Every section by its name in JSON, null or not.</summary>
    public IEnumerable<(string Name, string? Text)> Named() =>
    [
        ("subjective", Subjective), ("objective", Objective), ("assessment", Assessment), ("plan", Plan), ("data", Data),
        ("behavior", Behavior), ("intervention", Intervention), ("response", Response), ("goal", Goal), ("narrative", Narrative),
    ];

    /// <summary>The sections without which a note of this format is not signed.</summary>
    public IReadOnlyList<string> Missing(NoteFormat format) =>
        [.. format.Sections().Except(Named().Where(section => !string.IsNullOrWhiteSpace(section.Text)).Select(section => section.Name))];

    internal sealed class Validator : AbstractValidator<NoteSections>
    {
        private const int LongestSection = 20_000;

        public Validator()
        {
            RuleFor(sections => sections.Subjective).Length(1, LongestSection);
            RuleFor(sections => sections.Objective).Length(1, LongestSection);
            RuleFor(sections => sections.Assessment).Length(1, LongestSection);
            RuleFor(sections => sections.Plan).Length(1, LongestSection);
            RuleFor(sections => sections.Data).Length(1, LongestSection);
            RuleFor(sections => sections.Behavior).Length(1, LongestSection);
            RuleFor(sections => sections.Intervention).Length(1, LongestSection);
            RuleFor(sections => sections.Response).Length(1, LongestSection);
            RuleFor(sections => sections.Goal).Length(1, LongestSection);
            RuleFor(sections => sections.Narrative).Length(1, LongestSection);
        }
    }
}

/// <summary>How the client rated the alliance in the session.</summary>
internal sealed record AllianceContent
{
    public const string Client = "client";

    /// <summary>This project's own measure: one question, 0 to 10. It has no norms and claims none.</summary>
    public const string SessionCheckIn = "session-check-in";

    /// <summary>Whose rating it is.</summary>
    public required string By { get; init; }

    /// <summary><c>session-check-in</c>: one question of this project's own, without norms.</summary>
    public required string Scale { get; init; }

    /// <summary>0 to 10, in steps of 0.5.</summary>
    public required decimal Value { get; init; }

    internal sealed class Validator : AbstractValidator<AllianceContent>
    {
        public Validator()
        {
            RuleFor(alliance => alliance.By).OneOf(Client);
            RuleFor(alliance => alliance.Scale).OneOf(SessionCheckIn);
            RuleFor(alliance => alliance.Value).CheckInValue();
        }
    }
}

internal static class AllianceRules
{
    private const decimal Lowest = 0;
    private const decimal Highest = 10;

    /// <summary>A value of the scale <see cref="AllianceContent.SessionCheckIn"/>.</summary>
    public static IRuleBuilderOptions<T, decimal> CheckInValue<T>(this IRuleBuilder<T, decimal> rule) =>
        rule.InclusiveBetween(Lowest, Highest)
            .Must(value => decimal.IsInteger(value * 2)).WithErrorCode(FaultCodes.OutOfRange).WithMessage("Must be a step of 0.5.");
}
