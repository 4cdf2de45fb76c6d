namespace PersonalCareApi.Outgoing.Research;

/// <summary>How many people are in which band of which instrument, without numbers that point at somebody.</summary>
internal static class Summary
{
    /// <summary>The cells; those of fewer people than <paramref name="smallest"/> tell no number.</summary>
    /// <remarks>
    /// Where one cell alone of an instrument tells none, the next smallest tells none either: whoever knows the whole from
    /// elsewhere could subtract. There are no totals.
    /// </remarks>
    public static IReadOnlyList<SummaryCell> Of(IEnumerable<ResearchAssessment> assessments, int smallest) =>
    [
        .. from assessment in assessments
           group assessment by assessment.Instrument into instrument
           orderby instrument.Key
           let counts = instrument.GroupBy(one => one.Severity ?? "none")
               .Select(band => (Band: band.Key, Subjects: band.Select(one => one.Subject).Distinct().Count()))
               .OrderBy(count => count.Subjects).ThenBy(count => count.Band, StringComparer.Ordinal).ToList()
           let few = counts.Count(count => count.Subjects < smallest)
           let untold = few == 1 ? 2 : few
           from count in counts.Index()
           select new SummaryCell(instrument.Key, count.Item.Band, count.Index < untold ? null : count.Item.Subjects),
    ];
}
