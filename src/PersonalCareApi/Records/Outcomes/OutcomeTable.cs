using PersonalCareApi.Rendering;

namespace PersonalCareApi.Records.Outcomes;

/// <summary>The scores of an outcome as a table.</summary>
internal static class OutcomeTable
{
    private static readonly string[] Header =
    [
        "assessment_id", "instrument", "instrument_version", "scale", "administered_at", "score", "severity_code", "severity_label", "prorated",
        "partial", "phase",
    ];

    public static string Write(OutcomeResponse outcome) => Csv.Table(Header, outcome.Points.Select(point => (IReadOnlyList<object?>)
    [
        point.AssessmentId,
        outcome.Outcome.Instrument,
        outcome.Outcome.InstrumentVersion,
        outcome.Outcome.Scale,
        point.AdministeredAt,
        point.Score,
        point.Severity?.Code,
        point.Severity?.Label,
        point.Prorated,
        point.Partial,
        outcome.Phases.Index().Last(phase => phase.Item.From is null || point.AdministeredAt >= phase.Item.From).Index,
    ]));
}
