using System.Diagnostics;
using System.Globalization;
using PersonalCareApi.Domain.Instruments;
using PersonalCareApi.Reference.Instruments;

namespace PersonalCareApi.Bench;

/// <summary>What scoring one complete form takes and allocates: PHQ-9, and the instrument with the most items.</summary>
internal static class ScoringCost
{
    private const int Rounds = 9;
    private const int FormsOfARound = 20_000;

    public static void Measure(TextWriter output)
    {
        var library = InstrumentLibrary.Load();
        foreach (var instrument in new[] { library.Find("phq-9")!, library.All.MaxBy(instrument => instrument.Items.Count)! })
        {
            var answers = instrument.Items.Select(item => new Answer(item.Number, instrument.AnswersOf(item)!.Options[1].Value)).ToList();
            var rounds = Enumerable.Range(0, Rounds + 1).Select(_ => Round(instrument, answers)).Skip(1).ToList();
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{instrument.Code}, {instrument.Items.Count} items: {Median(rounds.Select(round => round.Microseconds)):0.0} µs, {Median(rounds.Select(round => round.Bytes)):0} bytes a form"));
        }
    }

    private static (double Microseconds, double Bytes) Round(Instrument instrument, List<Answer> answers)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var begun = Stopwatch.GetTimestamp();
        for (var form = 0; form < FormsOfARound; form++)
        {
            if (Scoring.Score(instrument, answers).Assessment is null)
            {
                throw new InvalidOperationException("A complete form was refused.");
            }
        }

        return (Stopwatch.GetElapsedTime(begun).TotalMicroseconds / FormsOfARound,
            (GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)FormsOfARound);
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);
}
