using CsCheck;
using PersonalCareApi.Domain.Instruments;

namespace PersonalCareApi.Domain.Tests.Instruments;

/// <summary>What holds of every instrument and every way of filling it in.</summary>
public sealed class ScoringPropertyTests
{
    // Those without skip rules: of them every combination of answers is a form.
    private static readonly Instrument[] Scored =
    [
        .. Definitions.All.Keys.Order(StringComparer.Ordinal).Select(Definitions.Of).Where(instrument => instrument.Scales.Any() && instrument.Skips.Count == 0),
    ];

    private static readonly Gen<Instrument> AnyInstrument = Gen.Int[0, Scored.Length - 1].Select(index => Scored[index]);

    /// <summary>A form with every item answered.</summary>
    private static readonly Gen<(Instrument Instrument, List<Answer> Answers)> CompleteForm = AnyInstrument.SelectMany(
        instrument => Gen.Int[0, int.MaxValue - 1].Array[instrument.Items.Count].Select(picks => (instrument, Pick(instrument, picks))));

    [Test]
    public void A_score_follows_each_item_up_or_down_as_the_item_is_keyed()
    {
        Gen.Select(CompleteForm, Gen.Int[0, 100]).Sample((form, pick) =>
        {
            var (instrument, answers) = form;
            var place = pick % answers.Count;
            var item = instrument.Items[place];
            var options = instrument.AnswersOf(item)!.Options;
            if (options.Where(option => option.Value > answers[place].Value).Select(option => (decimal?)option.Value).Min() is not { } higher)
            {
                return;
            }

            var before = Scores(instrument, answers);
            answers[place] = answers[place] with { Value = higher };
            var after = Scores(instrument, answers);
            foreach (var scale in instrument.Scales)
            {
                var change = after[scale.Code] - before[scale.Code];
                Assert.That(Math.Sign(change), Is.EqualTo(!scale.Items.Contains(item.Number) ? 0 : item.Reverse ? -1 : 1), $"{instrument.Code} {scale.Code}");
            }
        }, iter: 2000);
    }

    [Test]
    public void Every_score_lies_in_its_range_and_in_exactly_one_band()
    {
        CompleteForm.Sample(form =>
        {
            var scores = Scores(form.Instrument, form.Answers);
            foreach (var scale in form.Instrument.Scales)
            {
                Assert.That(scores[scale.Code], Is.InRange(scale.Range.Min, scale.Range.Max));
            }
        }, iter: 500);

        foreach (var scale in Scored.SelectMany(instrument => instrument.Scales).Where(scale => scale.Bands is not null))
        {
            Gen.Decimal[scale.Range.Min, scale.Range.Max].Sample(score =>
            {
                var compared = scale.Bands!.Compare == BandComparison.Rounded ? Math.Floor(score + 0.5m) : score;
                Assert.That(scale.Bands.Ranges.Count(band => band.Contains(compared)), Is.EqualTo(1), $"{scale.Code} {score}");
                Assert.That(scale.Bands.Of(score), Is.Not.Null);
            }, iter: 500);
        }
    }

    [Test]
    public void A_prorated_score_lies_between_the_lowest_and_highest_way_of_filling_the_gaps()
    {
        Gen.Select(CompleteForm, Gen.Int[0, 100].Array[2]).Sample((form, gaps) =>
        {
            var (instrument, answers) = form;
            var missing = gaps.Select(gap => instrument.Items[gap % instrument.Items.Count]).Distinct().ToList();
            var given = answers.Where(answer => missing.All(item => item.Number != answer.Item)).ToList();
            var scored = instrument.ScoredFrom(given);
            foreach (var scale in scored.Subscales.Append(scored.Total).OfType<ScaleScore>().Where(scale => scale.Score is not null))
            {
                var ends = new[] { false, true }.Select(up => Scores(instrument, [.. given, .. missing.Select(item => Extreme(instrument, item, up))])[scale.Code]).ToList();
                Assert.That(scale.Score, Is.InRange(ends.Min(), ends.Max()), $"{instrument.Code} {scale.Code}");
            }
        }, iter: 2000);
    }

    [Test]
    public void What_is_known_of_an_incomplete_form_stays_true_when_it_is_completed()
    {
        Gen.Select(CompleteForm, Gen.Bool.Array[28]).Sample((form, asked) =>
        {
            var (instrument, answers) = form;
            var part = instrument.ScoredFrom([.. answers.Where((_, index) => asked[index])]);
            var whole = instrument.ScoredFrom(answers);

            foreach (var (early, late) in part.Algorithms.Zip(whole.Algorithms).Where(pair => pair.First.Met is not null))
            {
                Assert.That(late.Met, Is.EqualTo(early.Met), $"{instrument.Code} {early.Code}");
            }

            Assert.That(part.Flags, Is.SubsetOf(whole.Flags));
        }, iter: 1000);
    }

    private static Answer Extreme(Instrument instrument, InstrumentItem item, bool up)
    {
        var answers = instrument.AnswersOf(item)!;
        return new Answer(item.Number, up != item.Reverse ? answers.Highest : answers.Lowest);
    }

    private static List<Answer> Pick(Instrument instrument, int[] picks) =>
    [
        .. instrument.Items.Zip(picks, (item, pick) =>
        {
            var options = instrument.AnswersOf(item)!.Options;
            return new Answer(item.Number, options[pick % options.Count].Value);
        }),
    ];

    private static Dictionary<string, decimal> Scores(Instrument instrument, List<Answer> answers)
    {
        var scored = instrument.ScoredFrom(answers);
        return scored.Subscales.Append(scored.Total).OfType<ScaleScore>().ToDictionary(scale => scale.Code, scale => scale.Score!.Value);
    }
}
