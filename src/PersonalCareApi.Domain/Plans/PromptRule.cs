using PersonalCareApi.Domain.Instruments;
using PersonalCareApi.Domain.Outcomes;

namespace PersonalCareApi.Domain.Plans;

/// <summary>A rule by which those who care are asked to look at the plan: what it says, how sure that is, and where it comes from.</summary>
/// <param name="Code">What it is called in answers.</param>
/// <param name="Statement">When it asks.</param>
/// <param name="Status">How far the rule itself has been checked.</param>
/// <param name="Source">The public material; null for a rule of this project.</param>
public sealed record PromptRule(string Code, string Statement, FactStatus Status, string? Source)
{
    /// <summary>The points are the instrument's own, and the prompt names their source and how sure they are.</summary>
    public static PromptRule Deterioration { get; } = new(
        "deterioration", "The latest score is reliably worse than the first, by the points published for the instrument.", FactStatus.Confirmed,
        "Jacobson & Truax 1991, doi:10.1037/0022-006X.59.1.12");

    /// <summary>Weeks and scores stand in the instrument's definition.</summary>
    public static PromptRule NotOnTrack { get; } = new(
        "not-on-track", "The score of a week for which a table has been published lies where that table calls the course off track.",
        FactStatus.Confirmed, "Schueller 2015, doi:10.1016/j.genhosppsych.2015.05.009");

    public static PromptRule StalledGoal { get; } = new(
        "stalled-goal", "For so many days the attainment level of a goal, as one side sees it, has not risen, and it is below the expected outcome.", FactStatus.Unconfirmed, null);

    public static PromptRule FallingAlliance { get; } = new(
        "falling-alliance", "The client's latest rating of the alliance lies so many points below the mean of the ones before it.",
        FactStatus.Unconfirmed, null);

    public static IReadOnlyList<PromptRule> All { get; } = [Deterioration, NotOnTrack, StalledGoal, FallingAlliance];
}

/// <summary>One fact that a rule looks at: which one, when it was, and its number.</summary>
public readonly record struct PromptFact(Guid Id, DateTimeOffset At, decimal Value);

/// <summary>A prompt that a rule calls for: on which facts it rests, and with which numbers.</summary>
/// <remarks>It asks a person to look at the plan. It decides nothing, and a score alone ends or changes no care.</remarks>
public sealed record RaisedPrompt
{
    public required PromptRule Rule { get; init; }

    /// <summary>How sure the numbers are that it went by, which may be less than the rule.</summary>
    public required FactStatus Status { get; init; }

    /// <summary>Where these numbers come from; null where the partner settled them.</summary>
    public required string? Source { get; init; }

    /// <summary>The thresholds it went by, by name.</summary>
    public required IReadOnlyDictionary<string, decimal> Thresholds { get; init; }

    /// <summary>What was measured, by name.</summary>
    public required IReadOnlyDictionary<string, decimal> Measured { get; init; }

    /// <summary>Everything it rests on; who may not see one of these does not see the prompt.</summary>
    public required IReadOnlyList<Guid> Evidence { get; init; }
}

/// <summary>The rules themselves: each looks at facts in order of time and says whether a prompt is called for.</summary>
public static class Prompting
{
    /// <summary>Reliable deterioration from the first score of a series to the latest, by the instrument's published points.</summary>
    public static RaisedPrompt? Deterioration(MeasuredScale scale, PromptFact first, PromptFact latest) =>
        ReliableChange.Between(scale, first.Value, latest.Value).Value is { Direction: ReliableDirection.Deterioration } change
            ? new RaisedPrompt
            {
                Rule = PromptRule.Deterioration,
                Status = change.Status,
                Source = change.Source,
                Thresholds = new Dictionary<string, decimal> { ["points"] = change.Points },
                Measured = new Dictionary<string, decimal> { ["first"] = first.Value, ["latest"] = latest.Value },
                Evidence = [first.Id, latest.Id],
            }
            : null;

    /// <summary>A week off track that the latest score stands for, where a table has been published: PHQ-9 alone has one.</summary>
    /// <param name="scale">The scale of the scores.</param>
    /// <param name="facts">In order of time; weeks are counted from the first.</param>
    public static RaisedPrompt? NotOnTrack(MeasuredScale scale, IReadOnlyList<PromptFact> facts)
    {
        if (facts.Count < 2)
        {
            return null;
        }

        var (first, latest) = (facts[0], facts[^1]);
        var course = OnTrack.Of(scale, first.At, [.. facts.Select(fact => new ScoredPoint(fact.At, fact.Value))]).Value;
        return course?.Weeks.FirstOrDefault(week => week.At == latest.At && week.OffTrack == true) is not { } off
            ? null
            : new RaisedPrompt
            {
                Rule = PromptRule.NotOnTrack,
                Status = course.Status,
                Source = course.Source,
                Thresholds = new Dictionary<string, decimal> { ["week"] = off.Cut.Week, ["score"] = off.Cut.Value },
                Measured = new Dictionary<string, decimal> { ["latest"] = latest.Value },
                Evidence = [first.Id, latest.Id],
            };
    }

    /// <summary>No attainment level of one side has risen above that of <paramref name="days"/> ago, and it is below the expected outcome.</summary>
    /// <param name="levels">The attainment levels that one side recorded, in order of time.</param>
    /// <param name="days">How long; the partner's to settle.</param>
    public static RaisedPrompt? StalledGoal(IReadOnlyList<PromptFact> levels, int days)
    {
        if (levels.Count < 2 || levels[^1] is not { Value: < 0 } latest)
        {
            return null;
        }

        // What held when the time began: without a level from then nothing is known to have stood still.
        var begin = latest.At.AddDays(-days);
        var before = levels.Where(level => level.At <= begin).ToList();
        if (before.Count == 0)
        {
            return null;
        }

        List<PromptFact> since = [.. levels.Skip(before.Count)];
        return since.Any(level => level.Value > before[^1].Value)
            ? null
            : new RaisedPrompt
            {
                Rule = PromptRule.StalledGoal,
                Status = PromptRule.StalledGoal.Status,
                Source = PromptRule.StalledGoal.Source,
                Thresholds = new Dictionary<string, decimal> { ["days"] = days },
                Measured = new Dictionary<string, decimal> { ["before"] = before[^1].Value, ["latest"] = latest.Value },
                Evidence = [before[^1].Id, .. since.Select(level => level.Id)],
            };
    }

    /// <summary>The latest rating lies at least <paramref name="points"/> below the mean of the <paramref name="before"/> ratings before it.</summary>
    /// <param name="ratings">The client's ratings, in order of time.</param>
    /// <param name="points">The partner's to settle: nothing has been published for this scale.</param>
    /// <param name="before">How many ratings make the mean; with fewer there is none.</param>
    public static RaisedPrompt? FallingAlliance(IReadOnlyList<PromptFact> ratings, decimal points, int before)
    {
        if (ratings.Count <= before)
        {
            return null;
        }

        var (latest, earlier) = (ratings[^1], ratings.SkipLast(1).TakeLast(before).ToList());
        var mean = earlier.Average(rating => rating.Value);
        return mean - latest.Value < points
            ? null
            : new RaisedPrompt
            {
                Rule = PromptRule.FallingAlliance,
                Status = PromptRule.FallingAlliance.Status,
                Source = PromptRule.FallingAlliance.Source,
                Thresholds = new Dictionary<string, decimal> { ["points"] = points, ["ratings"] = before },
                Measured = new Dictionary<string, decimal> { ["mean"] = FourDecimals.Of(mean), ["latest"] = latest.Value },
                Evidence = [.. earlier.Select(rating => rating.Id), latest.Id],
            };
    }
}
