using System.Globalization;
using PersonalCareApi.Domain.Instruments;
using PersonalCareApi.Domain.Outcomes;
using PersonalCareApi.Records.Outcomes;

namespace PersonalCareApi.Rendering.Charts;

/// <summary>What a chart says in words: its title, and for those who do not see it all that is drawn.</summary>
internal static class ChartWords
{
    public const string Nothing = "No complete assessment";

    public static string Title(MeasuredScale scale) =>
        AccessibleSvg.Plain($"{scale.Instrument.Name}{(scale.Scale.Code == Scale.TotalCode ? "" : $", {ScaleName(scale)}")}: scores over time");

    public static string Subtitle(OutcomeResponse outcome, MeasuredScale scale) => AccessibleSvg.Plain(string.Join("; ", new[]
    {
        Count(outcome.Points.Count + outcome.NotShown, "complete assessment"),
        scale.HigherIs switch { HigherIs.Better => "higher is better", HigherIs.Worse => "higher is worse", _ => null },
        outcome.NotShown > 0 ? $"the newest {Number(outcome.Points.Count)} are drawn" : null,
    }.Where(part => part is not null)));

    public static string Description(OutcomeResponse outcome, MeasuredScale scale)
    {
        var whole = outcome.Outcome;
        if (whole.First is not { } first || whole.Latest is not { } latest)
        {
            return $"{Nothing}. {LeftOut(whole.LeftOut)}".Trim();
        }

        string?[] sentences =
        [
            $"{Subtitle(outcome, scale)}, on a scale from {Number(scale.Scale.Range.Min)} to {Number(scale.Scale.Range.Max)}.",
            whole.Count == 1
                ? $"On {Day(first.AdministeredAt)} {Score(first)}."
                : $"From {Score(first)} on {Day(first.AdministeredAt)} to {Score(latest)} on {Day(latest.AdministeredAt)}, the lowest drawn "
                    + $"{Number(outcome.Points.Min(point => point.Score))}, the highest {Number(outcome.Points.Max(point => point.Score))}.",
            whole.Change.Value is { } change ? Change(change) : whole.Change.NotDefined!.Detail,
            scale.Change.ClinicalRange is { } range ? $"The clinical range is {Range(range)}." : null,
            .. outcome.Phases.Select(phase => phase.From is { } from ? $"A phase begins on {Day(from)}." : null),
            LeftOut(whole.LeftOut),
        ];
        return AccessibleSvg.Plain(string.Join(' ', sentences.Where(sentence => !string.IsNullOrEmpty(sentence))));
    }

    public static string Bound(decimal level, bool above) => $"{Number(level)} or {(above ? "more" : "less")}";

    public static string Range(ScoreThreshold range) => range.Op switch
    {
        ConditionOp.AtLeast => Bound(range.Value, above: true),
        ConditionOp.AtMost => Bound(range.Value, above: false),
        ConditionOp.Above => $"more than {Number(range.Value)}",
        ConditionOp.Below => $"less than {Number(range.Value)}",
        _ => Number(range.Value),
    };

    public static string Day(DateTimeOffset instant) => instant.UtcDateTime.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);

    private static string Change(ScaleChange change)
    {
        var difference = $"The difference is {Number(change.Difference)}";
        return change.Reliable.Value is not { } reliable
            ? $"{difference}. {change.Reliable.NotDefined!.Detail}"
            : $"{difference}: {reliable.Direction switch
            {
                ReliableDirection.Improvement => "a reliable improvement",
                ReliableDirection.Deterioration => "a reliable deterioration",
                _ => "no reliable change",
            }}, which takes {Number(reliable.Points)}.";
    }

    private static string Score(OutcomePoint point) =>
        point.Severity is { } severity ? $"{Number(point.Score)} ({severity.Label})" : Number(point.Score);

    private static string LeftOut(LeftOut leftOut) => string.Join(' ', new[]
    {
        leftOut.Incomplete > 0 ? $"{Count(leftOut.Incomplete, "incomplete assessment")} left out." : null,
        leftOut.Retracted > 0 ? $"{Count(leftOut.Retracted, "retracted assessment")} left out." : null,
        leftOut.OtherVersions > 0 ? $"{Count(leftOut.OtherVersions, "assessment")} by another version of the instrument left out." : null,
    }.Where(part => part is not null));

    private static string ScaleName(MeasuredScale scale) => scale.Scale.Name ?? scale.Scale.Code;

    private static string Count(int number, string what) => $"{Number(number)} {what}{(number == 1 ? "" : "s")}";

    private static string Number(decimal number) => number.ToString("0.##", CultureInfo.InvariantCulture);
}
