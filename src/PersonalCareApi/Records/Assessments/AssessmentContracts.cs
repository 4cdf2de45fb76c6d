using System.ComponentModel.DataAnnotations;
using FluentValidation;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Domain.Instruments;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Records.Disagreements;

namespace PersonalCareApi.Records.Assessments;

/// <summary>One administration of an instrument.</summary>
[ServerSets("id", "clientId", "recordedAt", "recordedBy", "score", "severity", "subscales", "prorated", "missingItems", "flags",
    "cutoffs", "algorithms", "status", "version", "etag", "retraction", "disagreements")]
internal sealed record AdministerInstrument
{
    public const string Example = """
        { "instrument": "phq-9", "administeredAt": "2026-05-04T09:30:00Z", "mode": "self-report", "answers": [
            { "item": "1", "value": 2 }, { "item": "2", "value": 2 }, { "item": "3", "value": 1 }, { "item": "4", "value": 2 },
            { "item": "5", "value": 1 }, { "item": "6", "value": 2 }, { "item": "7", "value": 2 }, { "item": "8", "value": 1 },
            { "item": "9", "value": 1 } ] }
        """;

    /// <summary>The instrument's code, such as <c>phq-9</c>.</summary>
    public required string Instrument { get; init; }

    /// <summary>The newest where it is left out.</summary>
    public string? InstrumentVersion { get; init; }

    /// <summary>The language it was shown in; <c>en</c> where it is left out.</summary>
    public string Language { get; init; } = "en";

    /// <summary>When the client answered.</summary>
    public required DateTimeOffset AdministeredAt { get; init; }

    /// <summary>How the answers came about.</summary>
    public AdministrationMode Mode { get; init; } = AdministrationMode.SelfReport;

    /// <summary><c>female</c> or <c>male</c>: names the cut-off to go by where it depends on sex. Both are shown otherwise.</summary>
    public Sex? Sex { get; init; }

    public required IReadOnlyList<AnswerContent> Answers { get; init; }

    /// <summary>The assessment request that it answers, if any.</summary>
    public Guid? RequestId { get; init; }

    internal sealed class Validator : AbstractValidator<AdministerInstrument>
    {
        private const int MostAnswers = 500;

        public Validator(TimeProvider time)
        {
            RuleFor(form => form.Instrument).Length(1, 64);
            RuleFor(form => form.InstrumentVersion).Length(1, 16);
            RuleFor(form => form.Language).NotEmpty().Language();
            RuleFor(form => form.AdministeredAt).NotInTheFuture(time);
            RuleFor(form => form.Answers).AtMost(MostAnswers);
            RuleForEach(form => form.Answers).SetValidator(new AnswerContent.Validator());
        }
    }
}

/// <summary>How the answers of an assessment came about.</summary>
internal enum AdministrationMode
{
    SelfReport,
    Interview,
    Observation,
}

/// <summary>The sex that a published cut-off depends on.</summary>
internal enum Sex
{
    Female,
    Male,
}

/// <summary>That an assessment was entered in error.</summary>
internal sealed record RetractAssessment
{
    public const string Example = """
        { "reason": "Entered for the wrong client." }
        """;

    /// <summary>What was wrong; it stays readable with the assessment.</summary>
    public required string Reason { get; init; }

    internal sealed class Validator : AbstractValidator<RetractAssessment>
    {
        public Validator() => RuleFor(retraction => retraction.Reason).NotEmpty().MaximumLength(2000);
    }
}

/// <summary>Which assessments.</summary>
internal sealed record AssessmentQuery : PageQuery
{
    /// <summary>Only this instrument.</summary>
    [MaxLength(64)]
    public string? Instrument { get; init; }

    /// <summary>Administered at or after this instant.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Administered before this instant.</summary>
    public DateTimeOffset? Until { get; init; }
}

/// <summary>An assessment with its score.</summary>
internal sealed record AssessmentResponse : IVersioned
{
    public const string Example = """
        {
          "id": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d",
          "clientId": "0197a000-0000-7000-8000-000000000201",
          "instrument": "phq-9",
          "instrumentVersion": "1",
          "language": "en",
          "administeredAt": "2026-05-04T09:30:00Z",
          "recordedAt": "2026-05-04T09:31:00Z",
          "recordedBy": {"kind": "practitioner", "id": "0197a000-0000-7000-8000-000000000101"},
          "mode": "self-report",
          "requestId": null,
          "answers": [
            {"item": "1", "value": 2, "declined": false, "text": null},
            {"item": "2", "value": 2, "declined": false, "text": null},
            {"item": "3", "value": 1, "declined": false, "text": null},
            {"item": "4", "value": 2, "declined": false, "text": null},
            {"item": "5", "value": 1, "declined": false, "text": null},
            {"item": "6", "value": 2, "declined": false, "text": null},
            {"item": "7", "value": 2, "declined": false, "text": null},
            {"item": "8", "value": 1, "declined": false, "text": null},
            {"item": "9", "value": 1, "declined": false, "text": null}
          ],
          "score": 14,
          "severity": {"code": "moderate", "label": "moderate"},
          "subscales": [],
          "prorated": false,
          "missingItems": [],
          "flags": [
            {"code": "suicide-risk-review", "item": "9", "value": 1}
          ],
          "cutoffs": [
            {"code": "caseness", "name": "caseness (NHS Talking Therapies)", "kind": "cutoff", "met": true, "dependsOn": null, "default": false},
            {"code": "mdd-screen", "name": "major depression screen", "kind": "cutoff", "met": true, "dependsOn": null, "default": false},
            {"code": "more-severe-depression", "name": "more severe depression (NICE NG222)", "kind": "cutoff", "met": false, "dependsOn": null, "default": false},
            {"code": "remission", "name": "remission", "kind": "cutoff", "met": false, "dependsOn": null, "default": false}
          ],
          "algorithms": [
            {"code": "major-depressive-syndrome", "name": "major depressive syndrome (DSM count)", "met": true},
            {"code": "other-depressive-syndrome", "name": "other depressive syndrome", "met": false}
          ],
          "status": "final",
          "retraction": null,
          "disagreements": [], "version": 1,
          "etag": "\"1\""
        }
        """;

    public required Guid Id { get; init; }

    public required Guid ClientId { get; init; }

    public required string Instrument { get; init; }

    public required string InstrumentVersion { get; init; }

    public required string Language { get; init; }

    public required DateTimeOffset AdministeredAt { get; init; }

    public required DateTimeOffset RecordedAt { get; init; }

    public required PartyResponse RecordedBy { get; init; }

    public required AdministrationMode Mode { get; init; }

    /// <summary>The assessment request that it answers; null where it answers none.</summary>
    public required Guid? RequestId { get; init; }

    /// <summary>Null where the purpose, such as payment, needs no single answers and no consent names the instrument.</summary>
    public required IReadOnlyList<AnswerContent>? Answers { get; init; }

    /// <summary>The total; null when incomplete, or when the instrument has several scales and no total.</summary>
    public required decimal? Score { get; init; }

    public required Domain.Instruments.Severity? Severity { get; init; }

    public required IReadOnlyList<ScaleScore> Subscales { get; init; }

    /// <summary>Whether answered items stand in for missing ones.</summary>
    public required bool Prorated { get; init; }

    public required IReadOnlyList<string> MissingItems { get; init; }

    /// <summary>Critical answers. They call for a person to look; they do not predict or rank risk. Null where <c>answers</c> is.</summary>
    public required IReadOnlyList<Flag>? Flags { get; init; }

    public required IReadOnlyList<CutoffResult> Cutoffs { get; init; }

    public required IReadOnlyList<AlgorithmResult> Algorithms { get; init; }

    /// <summary><c>final</c>, <c>incomplete</c> or <c>retracted</c>.</summary>
    [AllowedValues("final", "incomplete", "retracted")]
    public required string Status { get; init; }

    /// <summary>Who found it entered in error, when and why; null otherwise.</summary>
    public required RetractionContent? Retraction { get; init; }

    /// <summary>What the client, or a representative, says against it, oldest first; shown with it as it is now.</summary>
    [MaxLength(DisagreementResponse.MostOfOneItem)]
    public required IReadOnlyList<DisagreementResponse> Disagreements { get; init; }

    public required int Version { get; init; }

    public string Etag => ETags.For(Version);

    public static AssessmentResponse From(AccessGrant grant, Assessment assessment)
    {
        var (content, scored) = (assessment.Content, assessment.Content.Scored);

        // Payment and operations get what was concluded, not what was said; a flag repeats an answer.
        var withAnswers = !grant.Obligations.HasFlag(Obligations.MinimumNecessary);
        return new AssessmentResponse
        {
            Id = assessment.Id,
            ClientId = grant.ClientId,
            Instrument = assessment.Facts.Part,
            InstrumentVersion = assessment.InstrumentVersion,
            Language = content.Language,
            AdministeredAt = assessment.Facts.OccurredAt,
            RecordedAt = assessment.RecordedAt,
            RecordedBy = new PartyResponse(assessment.AuthorKind, assessment.Facts.AuthorId),
            Mode = Enum.Parse<AdministrationMode>(content.Mode),
            RequestId = content.RequestId,
            Answers = withAnswers ? content.Answers : null,
            Score = scored.Score,
            Severity = scored.Severity,
            Subscales = scored.Subscales,
            Prorated = scored.Prorated,
            MissingItems = scored.MissingItems,
            Flags = withAnswers ? scored.Flags : null,
            Cutoffs = scored.Cutoffs,
            Algorithms = scored.Algorithms,
            Status = assessment.Status,
            Retraction = withAnswers || content.Retraction is null ? content.Retraction : content.Retraction with { Reason = null },
            Disagreements = DisagreementResponse.Of(grant, assessment.Disagreements),
            Version = assessment.Version,
        };
    }
}
