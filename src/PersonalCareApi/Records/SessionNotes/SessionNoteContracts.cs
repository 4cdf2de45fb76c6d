using System.ComponentModel.DataAnnotations;
using FluentValidation;
using FluentValidation.Results;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Domain.Notes;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Records.Disagreements;
using PersonalCareApi.Records.Sessions;
using PersonalCareApi.Reference.Modalities;

namespace PersonalCareApi.Records.SessionNotes;

/// <summary>What is written of a session: what its author may change while it is a draft.</summary>
internal interface INoteTerms
{
    NoteFormat Format { get; }

    NoteSections Content { get; }

    IReadOnlyList<string> Modalities { get; }

    IReadOnlyList<string> Techniques { get; }

    IReadOnlyList<Guid> GoalIds { get; }

    IReadOnlyList<string> Sensitivities { get; }

    AllianceContent? Alliance { get; }
}

/// <summary>A draft of a session note.</summary>
[ServerSets("id", "clientId", "author", "recordedAt", "sessionStartAt", "status", "contentHash", "signatures", "cosignerId", "retraction",
    "withholding", "disagreements", "version", "etag")]
internal sealed record DraftSessionNote : INoteTerms
{
    public const string Example = """
        { "format": "soap", "session": { "startAt": "2026-05-04T09:30:00Z", "minutes": 50, "medium": "video" },
          "content": { "subjective": "Slept better, fewer worries in the evening.", "objective": "Calm, spoke freely.",
            "assessment": "The thought records help.", "plan": "One record a day; look at them together next week." },
          "modalities": [ "cbt" ], "techniques": [ "thought records" ], "goalIds": [], "sensitivities": [],
          "alliance": { "by": "client", "scale": "session-check-in", "value": 8.5 } }
        """;

    public required NoteFormat Format { get; init; }

    /// <summary>The session it is about. Either this or <c>session</c>.</summary>
    public Guid? SessionId { get; init; }

    /// <summary>A held session that is recorded with the draft. Either this or <c>sessionId</c>.</summary>
    public HeldSession? Session { get; init; }

    /// <summary>The sections of the format; a draft may lack some, a signed note has all.</summary>
    public required NoteSections Content { get; init; }

    /// <summary>Codes of the modalities used.</summary>
    public IReadOnlyList<string> Modalities { get; init; } = [];

    /// <summary>The techniques used, in the author's words.</summary>
    public IReadOnlyList<string> Techniques { get; init; } = [];

    /// <summary>The goals it bears on; kept as given, since goals are a category of their own.</summary>
    public IReadOnlyList<Guid> GoalIds { get; init; } = [];

    /// <summary>HL7 sensitivity labels that close the note further, such as <c>SUD</c>; <c>PSY</c> it always carries.</summary>
    public IReadOnlyList<string> Sensitivities { get; init; } = [];

    /// <summary>The client's rating in the session; it becomes a check-in of its own when the note is signed.</summary>
    public AllianceContent? Alliance { get; init; }

    internal sealed class Validator : NoteRules<DraftSessionNote>
    {
        public Validator(TimeProvider time, ModalityLibrary modalities)
            : base(modalities)
        {
            RuleFor(note => note.SessionId).NotNull().When(note => note.Session is null)
                .WithMessage("Name the session, or give it as session.");
            RuleFor(note => note.Session).Null().When(note => note.SessionId is not null)
                .WithMessage("Either sessionId or session, not both.");
            RuleFor(note => note.Session!).SetValidator(new HeldSession.Validator(time)).When(note => note.Session is not null);
        }
    }
}

/// <summary>A held session, recorded with its note.</summary>
internal sealed record HeldSession
{
    /// <summary>When it began.</summary>
    public required DateTimeOffset StartAt { get; init; }

    public int? Minutes { get; init; }

    public required SessionMedium Medium { get; init; }

    internal sealed class Validator : AbstractValidator<HeldSession>
    {
        public Validator(TimeProvider time)
        {
            RuleFor(session => session.StartAt).NotInTheFuture(time);
            RuleFor(session => session.Minutes).InclusiveBetween(SessionLimits.FewestMinutes, SessionLimits.MostMinutes);
        }
    }
}

/// <summary>What may be changed of a draft, as a merge patch.</summary>
[ServerSets("id", "clientId", "author", "recordedAt", "sessionStartAt", "status", "contentHash", "signatures", "cosignerId", "retraction",
    "withholding", "disagreements", "version", "etag")]
internal sealed record SessionNoteChange : INoteTerms
{
    public const string Example = """
        { "content": { "plan": "Two records a day; look at them together next week." }, "techniques": [ "thought records", "worry time" ] }
        """;

    public required NoteFormat Format { get; init; }

    public required Guid SessionId { get; init; }

    public required NoteSections Content { get; init; }

    public IReadOnlyList<string> Modalities { get; init; } = [];

    public IReadOnlyList<string> Techniques { get; init; } = [];

    public IReadOnlyList<Guid> GoalIds { get; init; } = [];

    public IReadOnlyList<string> Sensitivities { get; init; } = [];

    public AllianceContent? Alliance { get; init; }

    public static SessionNoteChange From(SessionNote note) => new()
    {
        Format = note.Content.Format,
        SessionId = note.Content.SessionId,
        Content = note.Content.Sections,
        Modalities = note.Content.Modalities,
        Techniques = note.Content.Techniques,
        GoalIds = note.Content.GoalIds,
        Sensitivities = note.Content.Sensitivities,
        Alliance = note.Content.Alliance,
    };

    internal sealed class Validator(ModalityLibrary modalities) : NoteRules<SessionNoteChange>(modalities);
}

/// <summary>The rules of what is written, drafted and changed alike.</summary>
internal abstract class NoteRules<T> : AbstractValidator<T>
    where T : INoteTerms
{
    private const int MostTechniques = 30;
    private const int LongestTechnique = 200;
    private const int MostGoals = 50;
    private const int MostSensitivities = 10;

    protected NoteRules(ModalityLibrary modalities)
    {
        var codes = modalities.All.Select(modality => modality.Code).ToList();
        RuleFor(note => note.Content).SetValidator(new NoteSections.Validator());
        RuleFor(note => note.Content).Custom((sections, context) =>
        {
            var format = context.InstanceToValidate.Format;
            foreach (var (name, _) in sections.Named().Where(section => section.Text is not null).ExceptBy(format.Sections(), section => section.Name))
            {
                context.AddFailure(new ValidationFailure($"Content.{name}", $"Does not belong to the format {format.Code()}.")
                {
                    ErrorCode = FaultCodes.NotAllowed,
                });
            }
        });
        RuleFor(note => note.Modalities).AtMost(codes.Count);
        RuleForEach(note => note.Modalities).OneOf(codes);
        RuleFor(note => note.Techniques).AtMost(MostTechniques);
        RuleForEach(note => note.Techniques).Length(1, LongestTechnique);
        RuleFor(note => note.GoalIds).AtMost(MostGoals);
        RuleFor(note => note.Sensitivities).AtMost(MostSensitivities);
        RuleForEach(note => note.Sensitivities).AuthorsLabel();
        RuleFor(note => note.Alliance!).SetValidator(new AllianceContent.Validator()).When(note => note.Alliance is not null);
    }
}

/// <summary>What the signer saw.</summary>
internal sealed partial record SignSessionNote
{
    public const string Example = """
        { "version": 1, "contentHash": "0000000000000000000000000000000000000000000000000000000000000000" }
        """;

    /// <summary>The note's <c>version</c>.</summary>
    public required int Version { get; init; }

    /// <summary>
    /// The note's <c>contentHash</c>: as it was shown, or better as you compute it from what you showed. SHA-256, lower-case
    /// hex, over the JSON Canonicalization Scheme (RFC 8785) of an object with the members <c>id</c>, <c>clientId</c>,
    /// <c>author</c> (the id alone), <c>sessionStartAt</c>, <c>format</c>, <c>content</c> (without the sections that are null),
    /// <c>modalities</c>, <c>techniques</c>, <c>goalIds</c>, <c>sensitivities</c> and <c>alliance</c> (null where there is
    /// none), each as the note shows it.
    /// </summary>
    public required string ContentHash { get; init; }

    internal sealed partial class Validator : AbstractValidator<SignSessionNote>
    {
        public Validator()
        {
            RuleFor(signature => signature.Version).InclusiveBetween(1, int.MaxValue);
            RuleFor(signature => signature.ContentHash).Within(new Limits { MinLength = 64, MaxLength = 64, Pattern = LowerHex() })
                .WithErrorCode(FaultCodes.InvalidFormat).WithMessage("Must be 64 lower-case hexadecimal digits.");
        }

        [System.Text.RegularExpressions.GeneratedRegex("^[0-9a-f]{64}$", System.Text.RegularExpressions.RegexOptions.CultureInvariant)]
        private static partial System.Text.RegularExpressions.Regex LowerHex();
    }
}

/// <summary>That reading a note would endanger somebody's life or safety.</summary>
internal sealed record WithholdSessionNote
{
    public const string Example = """
        { "reason": "It names who told us, and he has threatened them.", "reviewAt": "2026-12-01T09:00:00Z" }
        """;

    /// <summary>Why; shown to practitioners alone.</summary>
    public required string Reason { get; init; }

    /// <summary>Until when, at most a year ahead: then the client sees the note unless it is withheld again.</summary>
    public required DateTimeOffset ReviewAt { get; init; }

    internal sealed class Validator : AbstractValidator<WithholdSessionNote>
    {
        private const int MostDays = 366;

        public Validator(TimeProvider time)
        {
            RuleFor(withholding => withholding.Reason).NotEmpty().MaximumLength(2000);
            RuleFor(withholding => withholding.ReviewAt)
                .Must(reviewAt => reviewAt > time.GetUtcNow() && reviewAt <= time.GetUtcNow().AddDays(MostDays))
                .WithErrorCode(FaultCodes.OutOfRange).WithMessage("Must lie in the future, at most a year ahead.");
        }
    }
}

/// <summary>Which session notes.</summary>
internal sealed record SessionNoteQuery : PageQuery
{
    /// <summary>Of sessions beginning at or after this instant.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Of sessions beginning before this instant.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Only those of this practitioner.</summary>
    public Guid? Author { get; init; }

    /// <summary>Only those that name this modality.</summary>
    [MaxLength(64)]
    public string? Modality { get; init; }

    /// <summary>Only those that name this goal.</summary>
    public Guid? Goal { get; init; }

    /// <summary>Only those of this status.</summary>
    public SessionNoteStatus? Status { get; init; }

    /// <summary>Only those of this session.</summary>
    public Guid? Session { get; init; }
}

/// <summary>Where a note stands.</summary>
internal enum SessionNoteStatus
{
    /// <summary>The author's alone.</summary>
    Draft,

    /// <summary>Signed by its author; the supervisor has still to sign.</summary>
    AwaitingCosignature,

    /// <summary>Part of the record; nothing changes any more.</summary>
    Signed,

    /// <summary>Entered in error.</summary>
    Retracted,
}

/// <summary>A session note with its signatures.</summary>
internal sealed record SessionNoteResponse : IVersioned
{
    public const string Example = """
        { "id": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d", "clientId": "0197a000-0000-7000-8000-000000000201", "format": "soap",
          "sessionId": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3c", "sessionStartAt": "2026-05-04T09:30:00Z",
          "author": { "kind": "practitioner", "id": "0197a000-0000-7000-8000-000000000101" }, "recordedAt": "2026-05-04T10:31:00Z",
          "content": { "subjective": "Slept better, fewer worries in the evening.", "objective": "Calm, spoke freely.",
            "assessment": "The thought records help.", "plan": "One record a day; look at them together next week.", "data": null,
            "behavior": null, "intervention": null, "response": null, "goal": null, "narrative": null },
          "modalities": [ "cbt" ], "techniques": [ "thought records" ], "goalIds": [], "sensitivities": [],
          "alliance": { "by": "client", "scale": "session-check-in", "value": 8.5 }, "status": "signed",
          "contentHash": "90a10d4f8b0c9b5e6e3b1e8d8e2a2ea1b3dcdf0a49a3a3c4b3f7d3a1f4f0c2d1",
          "signatures": [ { "by": { "kind": "practitioner", "id": "0197a000-0000-7000-8000-000000000101" },
            "at": "2026-05-04T10:40:00Z", "role": "author", "version": 1,
            "contentHash": "90a10d4f8b0c9b5e6e3b1e8d8e2a2ea1b3dcdf0a49a3a3c4b3f7d3a1f4f0c2d1", "verified": true } ],
          "cosignerId": null, "retraction": null, "withholding": null, "disagreements": [], "version": 2, "etag": "\"2\"" }
        """;

    public required Guid Id { get; init; }

    public required Guid ClientId { get; init; }

    public required NoteFormat Format { get; init; }

    public required Guid SessionId { get; init; }

    /// <summary>When the session began, as it stood when the note was changed last.</summary>
    public required DateTimeOffset SessionStartAt { get; init; }

    public required PartyResponse Author { get; init; }

    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>
    /// Null where the purpose, such as payment, needs no narrative; and null, with what else was signed, where the content is
    /// not what was signed.
    /// </summary>
    public required NoteSections? Content { get; init; }

    public required IReadOnlyList<string>? Modalities { get; init; }

    public required IReadOnlyList<string>? Techniques { get; init; }

    public required IReadOnlyList<Guid>? GoalIds { get; init; }

    public required IReadOnlyList<string> Sensitivities { get; init; }

    public required AllianceContent? Alliance { get; init; }

    public required SessionNoteStatus Status { get; init; }

    /// <summary>Of what is kept now: what a signer signs, and what every signature is compared with.</summary>
    public required string ContentHash { get; init; }

    /// <summary>Empty for a draft.</summary>
    public required IReadOnlyList<SignatureResponse> Signatures { get; init; }

    /// <summary>The supervisor who signs with the author; null where none has to.</summary>
    public required Guid? CosignerId { get; init; }

    /// <summary>Who found it entered in error, when and why; null otherwise.</summary>
    public required FactResponse? Retraction { get; init; }

    /// <summary>Until when the client does not see it; null where it was never withheld.</summary>
    public required WithholdingResponse? Withholding { get; init; }

    /// <summary>What the client, or a representative, says against it, oldest first; shown with it as it is now.</summary>
    [MaxLength(DisagreementResponse.MostOfOneItem)]
    public required IReadOnlyList<DisagreementResponse> Disagreements { get; init; }

    public required int Version { get; init; }

    public string Etag => ETags.For(Version);

    public static SessionNoteResponse From(AccessGrant grant, SessionNote note)
    {
        var content = note.Content;
        var hash = note.ContentHash(grant.ClientId);
        var narrative = !grant.Obligations.HasFlag(Obligations.MinimumNecessary);

        // Content that is not what was signed is never shown as if it were; nor is a draft as a signed note.
        var genuine = note.Status == SessionNoteStatus.Draft
            || (content.Signatures.Count > 0 && content.Signatures.All(signature => signature.ContentHash == hash));
        return new SessionNoteResponse
        {
            Id = note.Id,
            ClientId = grant.ClientId,
            Format = content.Format,
            SessionId = content.SessionId,
            SessionStartAt = note.Facts.OccurredAt,
            Author = note.Author,
            RecordedAt = content.RecordedAt,
            Content = genuine && narrative ? content.Sections : null,
            Modalities = genuine ? content.Modalities : null,
            Techniques = genuine && narrative ? content.Techniques : null,
            GoalIds = genuine ? content.GoalIds : null,
            Sensitivities = content.Sensitivities,
            Alliance = genuine && narrative ? content.Alliance : null,
            Status = note.Status,
            ContentHash = hash,
            Signatures = [.. content.Signatures.Select(one => new SignatureResponse(one.By, one.At, one.Role, one.Version, one.ContentHash, one.ContentHash == hash))],
            CosignerId = note.CosignerId,
            Retraction = FactResponse.From(content.Retraction, narrative),
            Withholding = WithholdingResponse.From(content.Withholding, narrative && grant.ActingAs.Kind == PartyKind.Practitioner),
            Disagreements = DisagreementResponse.Of(grant, note.Disagreements),
            Version = note.Version,
        };
    }
}

/// <summary>A signature under a session note.</summary>
/// <param name="By">Who signed.</param>
/// <param name="At">When.</param>
/// <param name="Role">As what: a supervisor signs as cosigner.</param>
/// <param name="Version">The version that the signer saw.</param>
/// <param name="ContentHash">What was signed.</param>
/// <param name="Verified">Whether what is kept now is what was signed; computed with every read.</param>
internal sealed record SignatureResponse(PartyResponse By, DateTimeOffset At, SignatureRole Role, int Version, string ContentHash, bool Verified);

/// <summary>That a note is, or was, withheld from the client and representatives.</summary>
/// <param name="By">Who withheld it.</param>
/// <param name="At">When.</param>
/// <param name="Reason">Shown to practitioners alone.</param>
/// <param name="ReviewAt">When it lapses.</param>
/// <param name="EndedBy">Who ended it before; null where nobody did.</param>
/// <param name="EndedAt">When it was ended before.</param>
internal sealed record WithholdingResponse(
    PartyResponse By, DateTimeOffset At, string? Reason, DateTimeOffset ReviewAt, PartyResponse? EndedBy, DateTimeOffset? EndedAt)
{
    public static WithholdingResponse? From(Withholding? withholding, bool withReason) => withholding is null
        ? null
        : new(withholding.By, withholding.At, withReason ? withholding.Reason : null, withholding.ReviewAt, withholding.EndedBy, withholding.EndedAt);
}
