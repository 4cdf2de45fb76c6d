using PersonalCareApi.Domain.Access;
using PersonalCareApi.Domain.Outcomes;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Records.Assessments;
using PersonalCareApi.Reference.Instruments;

namespace PersonalCareApi.Records.Outcomes;

/// <summary>The scores of one scale in order of time, with what they come to.</summary>
/// <remarks>
/// Scores of different versions of an instrument are not compared: the series is that of the version last administered. It reads a
/// bounded number of rows however long a client has been in care.
/// </remarks>
internal sealed class OutcomeSeries(AssessmentRepository assessments, InstrumentShelf shelf)
{
    /// <summary>Weekly assessments of nineteen years.</summary>
    public const int MostPoints = 1000;

    /// <returns>The outcome, or why there is none.</returns>
    public async Task<(OutcomeResponse? Outcome, Problem? Refusal)> Read(
        AccessGrant grant, string code, OutcomeQuery query, CancellationToken ct)
    {
        // Known or not is a matter of the partner's instruments alone, so that it tells nothing of what there is out of reach.
        if (await shelf.Find(grant.PartnerId, code, ct) is not { } newest || !newest.Scales.Any())
        {
            return (null, Problems.NotFound());
        }

        var ends = await assessments.Ends(grant, code, query.From, query.Until, ct);
        var version = InstrumentOutcome.VersionOf(ends) is { } used ? await shelf.Find(grant.PartnerId, code, used, ct) ?? newest : newest;
        var scale = query.Scale is null ? version.Scales.First() : version.Scales.FirstOrDefault(one => one.Code == query.Scale);
        if (scale is null)
        {
            return (null, Problems.Invalid(Fault.InQuery(
                "scale", "unknown-reference", $"Its scales are {string.Join(", ", version.Scales.Select(one => one.Code))}.")));
        }

        var rows = await assessments.NewestFinal(grant, code, version.Version, query.From, query.Until, MostPoints, ct);
        return (OutcomeResponse.From(new MeasuredScale(version, scale), ends, rows, query.PhaseAt), null);
    }

    /// <summary>The scale that an outcome is of.</summary>
    public async Task<MeasuredScale> ScaleOf(AccessGrant grant, OutcomeResponse outcome, CancellationToken ct)
    {
        var instrument = await shelf.Find(grant.PartnerId, outcome.Outcome.Instrument, outcome.Outcome.InstrumentVersion, ct);
        return new MeasuredScale(instrument!, instrument!.Scales.Single(scale => scale.Code == outcome.Outcome.Scale));
    }
}
