using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Records.Assessments;
using PersonalCareApi.Reference.Instruments;
using PersonalCareApi.Rendering.Charts;
using PersonalCareApi.Rendering.Pages;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Records.Outcomes;

internal static class OutcomeEndpoints
{
    public static void MapOutcomes(this ClientRecordRoutes records)
    {
        var outcomes = records.For("/outcomes", DataCategory.Assessments);

        outcomes.Read("/", GetAll).WithName("GetOutcomes");
        outcomes.Read("/{instrument}", Get).WithName("GetOutcome").WithMetadata(new AlsoAnswers(MediaTypes.Csv));
        outcomes.Read("/{instrument}/chart", Draw).WithName("GetOutcomeChart").WithMetadata(new AlsoAnswers(MediaTypes.Svg))
            .WithContentPolicy(Layout.ContentPolicy);
    }

    /// <summary>Gets what the client's assessments come to: for each instrument the first score, the latest and the change.</summary>
    /// <remarks>
    /// Computed from the complete assessments that you may read, and from no others. Reliable and clinically significant change
    /// (Jacobson and Truax), minimal important difference, response, and the definitions of NHS Talking Therapies, each with its
    /// source. Where something has not been published for a measure, <c>notDefined</c> says so and why. Retracted and incomplete
    /// assessments count nowhere; how many there are is told. Scores inform a practitioner; none gates care.
    /// </remarks>
    private static async Task<Ok<OutcomesResponse>> GetAll(
        AccessGrant grant, AssessmentRepository assessments, InstrumentShelf shelf, CancellationToken ct) =>
        Ok(await OutcomesResponse.Of(grant.PartnerId, await assessments.Ends(grant, instrument: null, from: null, until: null, ct), shelf, ct));

    /// <summary>Gets the scores of one instrument in order of time, and all that can be said of their change.</summary>
    /// <remarks>
    /// As in the list, and beside it: sudden gains (Tang and DeRubeis 1999), weeks on and off track where a table has been published
    /// (PHQ-9, Schueller 2015), and the comparison of phases by NAP and Tau-U. Phases are divided at <c>phaseAt</c>; each needs
    /// five complete assessments. At most the newest 1000 scores are given; <c>notShown</c> says how many are older, and
    /// <c>from</c> and <c>until</c> reach them. With <c>Accept: text/csv</c> the scores as a table (RFC 4180), in which text that a
    /// spreadsheet would take for a formula begins with an apostrophe; of more than 1000 there is no table (422).
    /// </remarks>
    private static async Task<Results<Ok<OutcomeResponse>, ContentHttpResult, Problem>> Get(
        string instrument, Query<OutcomeQuery> query, HttpContext http, AccessGrant grant, OutcomeSeries series, CancellationToken ct)
    {
        if (Negotiation.Choose(http.Request, MediaTypes.Json, MediaTypes.Csv) is not { } form)
        {
            return Problems.NotAcceptable($"An outcome comes as {MediaTypes.Json} or {MediaTypes.Csv}.");
        }

        var (found, refusal) = await series.Read(grant, instrument, query.Value, ct);
        if (found is null)
        {
            return refusal!;
        }

        if (form == MediaTypes.Json)
        {
            return Ok(found);
        }

        // A table has no place to say that it is not whole.
        return found.NotShown > 0
            ? Problems.Invalid(Fault.InQuery("from", FaultCodes.OutOfRange, $"Name a period with at most {OutcomeSeries.MostPoints} complete assessments."))
            : Content(OutcomeTable.Write(found), $"{MediaTypes.Csv}; charset=utf-8; header=present");
    }

    /// <summary>Draws the scores of one instrument as a chart.</summary>
    /// <remarks>
    /// SVG with title and description for screen readers, in light or dark as the reader's system has it; it loads nothing and
    /// runs nothing. Severity bands, the range of no reliable change about the first score, the clinical cut-off and the
    /// begin of the phase are drawn where they are defined. The newest 1000 scores are drawn; the description tells of older ones.
    /// </remarks>
    private static async Task<Results<ContentHttpResult, Problem>> Draw(
        string instrument, Query<OutcomeQuery> query, HttpContext http, AccessGrant grant, OutcomeSeries series, CancellationToken ct)
    {
        if (Negotiation.Choose(http.Request, MediaTypes.Svg) is null)
        {
            return Problems.NotAcceptable($"A chart comes as {MediaTypes.Svg}.");
        }

        var (found, refusal) = await series.Read(grant, instrument, query.Value, ct);
        return found is null ? refusal! : Content(OutcomeChart.Draw(found, await series.ScaleOf(grant, found, ct)), $"{MediaTypes.Svg}; charset=utf-8");
    }
}
