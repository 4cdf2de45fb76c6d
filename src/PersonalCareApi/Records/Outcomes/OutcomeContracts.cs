using System.ComponentModel.DataAnnotations;
using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Domain.Instruments;
using PersonalCareApi.Domain.Outcomes;
using PersonalCareApi.Records.Assessments;
using PersonalCareApi.Reference.Instruments;

namespace PersonalCareApi.Records.Outcomes;

/// <summary>Which scores, and where a phase begins.</summary>
internal sealed record OutcomeQuery
{
    /// <summary>The code of a scale of the instrument; its total where it is left out, or the first scale where it has no total.</summary>
    [MaxLength(64)]
    public string? Scale { get; init; }

    /// <summary>When the intervention began: what is before it is the baseline. Weeks on track are counted from it as well.</summary>
    public DateTimeOffset? PhaseAt { get; init; }

    /// <summary>Only assessments administered at or after this instant; everything is computed from these.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Only assessments administered before this instant.</summary>
    public DateTimeOffset? Until { get; init; }
}

/// <summary>What the assessments in reach come to.</summary>
internal sealed record OutcomesResponse
{
    public const string Example = """
        { "items": [ { "instrument": "gad-7", "instrumentVersion": "1", "name": "Generalized Anxiety Disorder-7", "scale": "total",
            "higherIs": "worse", "count": 1,
            "first": { "assessmentId": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d", "administeredAt": "2026-05-04T09:30:00Z", "score": 12,
              "severity": { "code": "moderate", "label": "moderate" }, "prorated": false, "partial": false },
            "latest": { "assessmentId": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d", "administeredAt": "2026-05-04T09:30:00Z", "score": 12,
              "severity": { "code": "moderate", "label": "moderate" }, "prorated": false, "partial": false },
            "change": { "value": null, "notDefined": { "code": "one-score", "detail": "A change needs two complete assessments." } },
            "leftOut": { "incomplete": 1, "retracted": 0, "otherVersions": 0 }, "sensitivities": [ "PSY" ] } ],
          "talkingTherapies": { "value": null,
            "notDefined": { "code": "one-measure", "detail": "It takes two complete assessments each of PHQ-9 and GAD-7." } } }
        """;

    /// <summary>One for each instrument that was administered, or for each of its scales where it has no total.</summary>
    public required IReadOnlyList<InstrumentOutcome> Items { get; init; }

    /// <summary>PHQ-9 and GAD-7 together, by the definitions of NHS Talking Therapies.</summary>
    public required Finding<TalkingTherapies> TalkingTherapies { get; init; }

    public static async Task<OutcomesResponse> Of(Guid partnerId, IReadOnlyList<SeriesEnd> ends, InstrumentShelf shelf, CancellationToken ct)
    {
        List<InstrumentOutcome> items = [];
        foreach (var series in ends.GroupBy(end => end.Assessment.Facts.Part).OrderBy(series => series.Key, StringComparer.Ordinal))
        {
            var used = series.ToList();
            var version = InstrumentOutcome.VersionOf(used) ?? used[^1].Assessment.InstrumentVersion;
            if (await shelf.Find(partnerId, series.Key, version, ct) is { } instrument)
            {
                IReadOnlyList<Scale> scales = instrument.Total is { } total ? [total] : instrument.Subscales;
                items.AddRange(scales.Select(scale => InstrumentOutcome.From(new MeasuredScale(instrument, scale), used)));
            }
        }

        var (depression, anxiety) = (MeasureOf("phq-9"), MeasureOf("gad-7"));
        return new OutcomesResponse
        {
            Items = items,
            TalkingTherapies = depression is not null && anxiety is not null
                ? Domain.Outcomes.TalkingTherapies.Of(depression, anxiety)
                : new NotDefined("one-measure", "It takes two complete assessments each of PHQ-9 and GAD-7."),
        };

        TalkingTherapiesMeasure? MeasureOf(string instrument) =>
            items.Find(item => item.Instrument == instrument)?.Change.Value?.TalkingTherapies.Value;
    }
}

/// <summary>One scale of an instrument over the whole of a period: where it began, where it is, and what that comes to.</summary>
internal sealed record InstrumentOutcome
{
    public required string Instrument { get; init; }

    /// <summary>The version last administered; only its scores are compared.</summary>
    public required string InstrumentVersion { get; init; }

    public required string Name { get; init; }

    public required string Scale { get; init; }

    public required HigherIs HigherIs { get; init; }

    /// <summary>How many complete assessments there are.</summary>
    public required int Count { get; init; }

    public required OutcomePoint? First { get; init; }

    public required OutcomePoint? Latest { get; init; }

    public required Finding<ScaleChange> Change { get; init; }

    /// <summary>What counts nowhere.</summary>
    public required LeftOut LeftOut { get; init; }

    /// <summary>The labels of the assessments it was computed from, as HL7 codes: what is derived carries them too.</summary>
    public required IReadOnlyList<string> Sensitivities { get; init; }

    /// <summary>The version of the latest complete assessment; null where there is none.</summary>
    public static string? VersionOf(IReadOnlyList<SeriesEnd> ends) =>
        ends.LastOrDefault(end => end.Assessment.Status == Assessment.Final)?.Assessment.InstrumentVersion;

    public static InstrumentOutcome From(MeasuredScale scale, IReadOnlyList<SeriesEnd> ends)
    {
        var counted = ends.Where(end => end.Assessment.Status == Assessment.Final && end.Assessment.InstrumentVersion == scale.Instrument.Version).ToList();
        var (first, latest) = (OutcomePoint.From(counted.FirstOrDefault()?.Assessment, scale), OutcomePoint.From(counted.LastOrDefault()?.Assessment, scale));
        return new InstrumentOutcome
        {
            Instrument = scale.Instrument.Code,
            InstrumentVersion = scale.Instrument.Version,
            Name = scale.Instrument.Name,
            Scale = scale.Scale.Code,
            HigherIs = scale.HigherIs,
            Count = counted.FirstOrDefault()?.Count ?? 0,
            First = first,
            Latest = latest,
            Change = first is null || latest is null ? NotDefined.NoScore
                : counted[0].Count == 1 ? NotDefined.OneScore
                : first.Partial || latest.Partial ? new NotDefined("items-left-out", "Items that do not apply were left out of a score, which is then not compared.")
                : ScaleChange.Between(scale, first.Score, latest.Score),
            LeftOut = new LeftOut(
                Number(end => end.Assessment.Status == Assessment.Incomplete),
                Number(end => end.Assessment.Status == Assessment.Retracted),
                Number(end => end.Assessment.Status == Assessment.Final && end.Assessment.InstrumentVersion != scale.Instrument.Version)),
            Sensitivities = [.. counted.Aggregate(Sensitivity.None, (all, end) => all | end.Assessment.Facts.Labels).Codes()],
        };

        // Both ends of a series carry its count.
        int Number(Func<SeriesEnd, bool> which) => ends.Where(which)
            .DistinctBy(end => (end.Assessment.InstrumentVersion, end.Assessment.Status)).Sum(end => end.Count);
    }
}

/// <summary>How many assessments of the instrument count nowhere, and why.</summary>
/// <param name="Incomplete">More answers are missing than the instrument's rule allows.</param>
/// <param name="Retracted">Entered in error.</param>
/// <param name="OtherVersions">Scored by another version of the instrument than the latest.</param>
internal sealed record LeftOut(int Incomplete, int Retracted, int OtherVersions);

/// <summary>One score of a series.</summary>
internal sealed record OutcomePoint
{
    public required Guid AssessmentId { get; init; }

    public required DateTimeOffset AdministeredAt { get; init; }

    public required decimal Score { get; init; }

    public required Domain.Instruments.Severity? Severity { get; init; }

    /// <summary>Whether answered items stand in for missing ones.</summary>
    public required bool Prorated { get; init; }

    /// <summary>Whether items that do not apply to the client were left out; such a score is shown and not compared.</summary>
    public required bool Partial { get; init; }

    /// <summary>The score of one scale; null where there is none.</summary>
    public static OutcomePoint? From(Assessment? assessment, MeasuredScale scale) =>
        assessment?.Content.Scored is { } scored
        && (scale.Scale.Code == Scale.TotalCode ? scored.Total : scored.Subscales.FirstOrDefault(one => one.Code == scale.Scale.Code)) is { Score: { } score } own
            ? new OutcomePoint
            {
                AssessmentId = assessment.Id,
                AdministeredAt = assessment.Facts.OccurredAt,
                Score = score,
                Severity = own.Severity,
                Prorated = own.Prorated,
                Partial = scored.LeftOutItems.Count > 0,
            }
            : null;
}

/// <summary>The scores of one scale, and all that can be said of their change.</summary>
internal sealed record OutcomeResponse
{
    public required InstrumentOutcome Outcome { get; init; }

    /// <summary>The scales that the instrument has.</summary>
    public required IReadOnlyList<string> Scales { get; init; }

    /// <summary>The newest complete assessments, oldest of them first.</summary>
    public required IReadOnlyList<OutcomePoint> Points { get; init; }

    /// <summary>How many older ones there are.</summary>
    public required int NotShown { get; init; }

    /// <summary>Computed from <c>points</c>.</summary>
    public required Finding<IReadOnlyList<SuddenGain>> SuddenGains { get; init; }

    /// <summary>Only where a table has been published.</summary>
    public required Finding<OnTrack> OnTrack { get; init; }

    /// <summary>The baseline and what follows it.</summary>
    public required IReadOnlyList<OutcomePhase> Phases { get; init; }

    /// <summary>Each phase compared with the one before it, in order: one fewer than there are phases.</summary>
    public required Finding<IReadOnlyList<Finding<NonOverlap>>> PhaseComparisons { get; init; }

    public static OutcomeResponse From(MeasuredScale scale, IReadOnlyList<SeriesEnd> ends, Rows<Assessment> newest, DateTimeOffset? phaseAt)
    {
        var outcome = InstrumentOutcome.From(scale, ends);
        List<OutcomePoint> points = [.. newest.Items.Reverse().Select(assessment => OutcomePoint.From(assessment, scale)).OfType<OutcomePoint>()];
        List<ScoredPoint> compared = [.. points.Where(point => !point.Partial).Select(point => new ScoredPoint(point.AdministeredAt, point.Score))];
        var phases = Phase.Divide(compared, phaseAt is { } begin ? [begin] : []);
        return new OutcomeResponse
        {
            Outcome = outcome,
            Scales = [.. scale.Instrument.Scales.Select(one => one.Code)],
            Points = points,
            NotShown = newest.Total - newest.Items.Count,
            SuddenGains = SuddenGain.Of(scale, compared),
            OnTrack = (phaseAt ?? outcome.First?.AdministeredAt) is { } start ? Domain.Outcomes.OnTrack.Of(scale, start, compared) : NotDefined.NoScore,
            Phases = [.. phases.Select(phase => new OutcomePhase(phase.From, phase.Until, phase.Points.Count))],
            PhaseComparisons = Phase.Compare(scale, phases),
        };
    }
}

/// <summary>A stretch of care.</summary>
/// <param name="From">Its begin, which it contains; null for the baseline.</param>
/// <param name="Until">Its end, which it does not contain; null for the last.</param>
/// <param name="Count">How many scores it has.</param>
internal sealed record OutcomePhase(DateTimeOffset? From, DateTimeOffset? Until, int Count);
