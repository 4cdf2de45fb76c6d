using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Domain.Outcomes;
using PersonalCareApi.Pipeline;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Records.Goals;

/// <summary>How far the goals together have come: the T-score of goal attainment scaling.</summary>
internal static class AttainmentEndpoint
{
    /// <summary>Gets the goal attainment T-score.</summary>
    /// <remarks>
    /// Kiresuk and Sherman's T-score over the goals that both sides agreed to, as one side sees them: 50 is the expected
    /// outcome, ten points are one level of a single goal. Only levels of the terms in force count. The baseline is each
    /// goal's first level, the latest its last; both are over the same goals, so the change is comparable. Where it is not
    /// defined, with no level recorded or only weights of zero, the answer is 409 <c>not-defined</c>.
    /// </remarks>
    public static async Task<Results<Ok<AttainmentResponse>, Problem>> Get(
        Query<AttainmentQuery> query, AccessGrant grant, GoalRepository goals, ProgressRepository progress, CancellationToken ct)
    {
        var side = query.Value.By ?? Side.Practitioner;
        var agreed = await goals.ListOnceAgreed(grant, ct);
        if (agreed.Count == 0)
        {
            return Problems.NotDefined("There is no goal that both sides have agreed to.");
        }

        var levels = (await progress.Levels(grant, side, ct)).ToLookup(one => (one.GoalId, one.Content.TermsVersion));
        var counted = (
            from goal in agreed
            let seen = levels[(goal.Id, goal.Content.TermsVersion)].ToList()
            where seen.Count > 0
            select new GoalAttained(goal.Id, goal.Content.Terms.Weight, LevelAt.From(seen[0]), LevelAt.From(seen[^1]))).ToList();
        if (counted.Count == 0)
        {
            return Problems.NotDefined("No level has been recorded yet for the goals as they are agreed.");
        }

        if (GoalAttainment.TScore([.. counted.Select(goal => new GoalLevel(goal.Weight, goal.Baseline.Level))]) is not { } baseline
            || GoalAttainment.TScore([.. counted.Select(goal => new GoalLevel(goal.Weight, goal.Latest.Level))]) is not { } latest)
        {
            return Problems.NotDefined("Every goal with a level has the weight 0.");
        }

        return Ok(new AttainmentResponse
        {
            By = side,
            Baseline = baseline,
            Latest = latest,
            Change = latest - baseline,
            Goals = counted,
            WithoutLevel = [.. agreed.Select(goal => goal.Id).Except(counted.Select(goal => goal.GoalId))],
        });
    }
}

/// <summary>Whose levels count.</summary>
internal sealed record AttainmentQuery
{
    /// <summary>The side whose view counts; <c>practitioner</c> where it is left out.</summary>
    public Side? By { get; init; }
}

/// <summary>The goal attainment T-score, with the goals that went in.</summary>
internal sealed record AttainmentResponse
{
    public const string Example = """
        { "by": "practitioner", "baseline": 40, "latest": 60, "change": 20,
          "goals": [ { "goalId": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d", "weight": 2,
            "baseline": { "level": -1, "at": "2026-05-18T16:00:00Z" }, "latest": { "level": 1, "at": "2026-08-03T16:00:00Z" } } ],
          "withoutLevel": [] }
        """;

    public required Side By { get; init; }

    /// <summary>T-score of the first level of each goal, to 4 decimals.</summary>
    public required decimal Baseline { get; init; }

    /// <summary>T-score of the last level of each goal, to 4 decimals.</summary>
    public required decimal Latest { get; init; }

    public required decimal Change { get; init; }

    /// <summary>The goals that went in.</summary>
    public required IReadOnlyList<GoalAttained> Goals { get; init; }

    /// <summary>Agreed goals that this side has recorded no level for.</summary>
    public required IReadOnlyList<Guid> WithoutLevel { get; init; }
}

/// <summary>What one goal brings to the score.</summary>
internal sealed record GoalAttained(Guid GoalId, decimal Weight, LevelAt Baseline, LevelAt Latest);

/// <summary>A level, and when it was observed.</summary>
internal sealed record LevelAt(int Level, DateTimeOffset At)
{
    public static LevelAt From(Progress progress) => new(progress.Content.Level!.Value, progress.Facts.OccurredAt);
}
