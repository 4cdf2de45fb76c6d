namespace PersonalCareApi.Domain.Outcomes;

/// <summary>The attainment of one goal: how much it weighs, and the level reached.</summary>
/// <param name="Weight">Zero or more; zero leaves the goal out of the score.</param>
/// <param name="Level">−2 (much less than expected) to +2 (much more), 0 is the expected outcome.</param>
public readonly record struct GoalLevel(decimal Weight, int Level);

/// <summary>Goal attainment scaling (Kiresuk &amp; Sherman 1968, doi:10.1007/BF01530764).</summary>
/// <remarks>
/// T = 50 + 10 Σ(w·x) / √((1 − ρ) Σ(w²) + ρ (Σw)²) with ρ = 0.3, the correlation between goals that the authors assume.
/// One goal one level above expectation: 60. Two of equal weight: 62.4034. All as expected: 50.
/// </remarks>
public static class GoalAttainment
{
    /// <summary>The lowest and the highest attainment level.</summary>
    public const int Lowest = -2;

    /// <inheritdoc cref="Lowest"/>
    public const int Highest = 2;

    private const double Rho = 0.3;
    private const int Decimals = 4;

    /// <summary>The T-score, to 4 decimals; null where it is not defined: no goals, or none with a weight.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A level beyond −2 and +2, or a negative weight.</exception>
    public static decimal? TScore(IReadOnlyCollection<GoalLevel> goals)
    {
        foreach (var goal in goals)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(goal.Weight, nameof(goals));
            ArgumentOutOfRangeException.ThrowIfLessThan(goal.Level, Lowest, nameof(goals));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(goal.Level, Highest, nameof(goals));
        }

        var sum = goals.Sum(goal => (double)goal.Weight);
        if (sum == 0)
        {
            return null;
        }

        var weighted = goals.Sum(goal => (double)goal.Weight * goal.Level);
        var squares = goals.Sum(goal => (double)goal.Weight * (double)goal.Weight);
        return (decimal)Math.Round(50 + (10 * weighted / Math.Sqrt(((1 - Rho) * squares) + (Rho * sum * sum))), Decimals);
    }
}
