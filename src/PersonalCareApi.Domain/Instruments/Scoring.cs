using System.Globalization;

namespace PersonalCareApi.Domain.Instruments;

/// <summary>A scored assessment, or every fault of the answers; never both.</summary>
public sealed record ScoringResult(ScoredAssessment? Assessment, IReadOnlyList<AnswerFault> Faults);

/// <summary>Scores the answers to an instrument, by the key in its definition and nothing else.</summary>
/// <remarks>
/// A prorated score stays unrounded, and cut-offs compare it so; it is rounded half up only to look up its severity band.
/// What is given out has 4 decimals.
/// </remarks>
public static class Scoring
{
    public static ScoringResult Score(Instrument instrument, IReadOnlyList<Answer> answers, ScoringFacts? facts = null)
    {
        ArgumentNullException.ThrowIfNull(instrument);
        ArgumentNullException.ThrowIfNull(answers);

        var faults = FormFaults(instrument, answers).ToList();
        if (faults.Count > 0)
        {
            return new ScoringResult(null, faults);
        }

        // Only a form whose every answer can be read says what it skips.
        var form = new Form(instrument, answers);
        var contradictions = Contradictions(form, answers).ToList();
        return contradictions.Count > 0
            ? new ScoringResult(null, contradictions)
            : new ScoringResult(Assess(instrument, form, facts ?? ScoringFacts.None), []);
    }

    private static ScoredAssessment Assess(Instrument instrument, Form form, ScoringFacts facts)
    {
        var total = instrument.Total is null ? null : form.Score(instrument.Total);
        var subscales = instrument.Subscales.Select(form.Score).ToList();
        var missing = form.Missing;
        var complete = instrument.Scales.Any()
            ? total is null or { Score: not null } && subscales.All(scale => scale.Score is not null)
            : missing.Count <= instrument.Missing.MaxMissing;

        return new ScoredAssessment
        {
            Status = complete ? AssessmentStatus.Final : AssessmentStatus.Incomplete,
            Total = total,
            Subscales = subscales,
            MissingItems = missing,
            SkippedItems = form.Skipped,
            LeftOutItems = form.LeftOut,
            Flags = form.Flags,
            Cutoffs = [.. instrument.Cutoffs.Where(cutoff => Applies(cutoff, facts) != false).Select(cutoff => Result(cutoff, form, facts))],
            Algorithms =
            [
                .. instrument.Algorithms.Select(rule => new AlgorithmResult(rule.Code, rule.Name, rule.When.Holds(form))),
            ],
        };
    }

    private static bool? Applies(Cutoff cutoff, ScoringFacts facts) => cutoff.DependsOn is null ? true : facts.Hold(cutoff.DependsOn);

    private static CutoffResult Result(Cutoff cutoff, Form form, ScoringFacts facts) => new(
        cutoff.Code, cutoff.Name, cutoff.Kind, cutoff.When.Holds(form), cutoff.DependsOn, cutoff.Default && Applies(cutoff, facts) is null);

    private static IEnumerable<AnswerFault> FormFaults(Instrument instrument, IReadOnlyList<Answer> answers)
    {
        var seen = new HashSet<string>();
        for (var index = 0; index < answers.Count; index++)
        {
            var answer = answers[index];
            AnswerFault Fault(string member, string code, string detail) => new(index, answer.Item, member, code, detail);

            if (instrument.Item(answer.Item) is not { } item)
            {
                yield return Fault("item", AnswerFault.UnknownItem, $"{instrument.Code} has no item {answer.Item}.");
                continue;
            }

            if (!seen.Add(item.Number))
            {
                yield return Fault("item", AnswerFault.DuplicateItem, $"Item {item.Number} is answered more than once.");
            }

            if (instrument.AnswersOf(item) is { } options)
            {
                if (answer.Declined && answer.Value is not null)
                {
                    yield return Fault("declined", AnswerFault.DeclinedWithValue, $"Item {item.Number} is declined and answered at once.");
                }
                else if (!answer.Declined && answer.Value is null)
                {
                    yield return Fault("value", AnswerFault.ValueRequired, $"Item {item.Number} needs a value, or to be declined.");
                }

                if (answer.Value is { } value && options.Options.All(option => option.Value != value))
                {
                    yield return Fault("value", AnswerFault.OutOfRange, $"Item {item.Number} takes one of {List(options)}.");
                }
            }
            else if (answer.Value is not null)
            {
                yield return Fault("value", AnswerFault.TextItem, $"Item {item.Number} is answered in words, not with a value.");
            }
            else if (answer.Declined && answer.Text is not null)
            {
                yield return Fault("declined", AnswerFault.DeclinedWithValue, $"Item {item.Number} is declined and answered at once.");
            }
            else if (!answer.Declined && string.IsNullOrWhiteSpace(answer.Text))
            {
                yield return Fault("text", AnswerFault.ValueRequired, $"Item {item.Number} needs words, or to be declined.");
            }
        }
    }

    private static IEnumerable<AnswerFault> Contradictions(Form form, IReadOnlyList<Answer> answers)
    {
        var items = form.Contradicting.ToHashSet();
        return answers.Index().Where(answer => items.Contains(answer.Item.Item)).Select(answer => new AnswerFault(
            answer.Index,
            answer.Item.Item,
            "value",
            AnswerFault.ContradictsSkip,
            $"Other answers make item {answer.Item.Item} needless; leave it out, or correct them."));
    }

    private static string List(AnswerSet answers) =>
        string.Join(", ", answers.Options.Select(option => option.Value.ToString(CultureInfo.InvariantCulture)));
}
