namespace PersonalCareApi.Domain.Outcomes;

/// <summary>Counts of people, without those that point at somebody.</summary>
public static class SmallCounts
{
    /// <summary>
    /// The counts of groups that together are everybody in a table; null where a count is not told. A small count is not told, nor a
    /// zero, which tells of everybody. With it goes the next smallest until at least two are hidden and these are together not few:
    /// whoever knows the whole could subtract.
    /// </summary>
    /// <param name="counts">One for each group; nobody is in two.</param>
    /// <param name="smallest">From how many people on a count is told.</param>
    /// <param name="within">
    /// The counts of the same groups in a table that has these people and others, where such a table is told as well: what lies
    /// between two counts is a count too.
    /// </param>
    public static IReadOnlyList<int?> Hide(IReadOnlyList<int> counts, int smallest, IReadOnlyList<int>? within = null)
    {
        var hidden = counts.Select((count, index) =>
            count < smallest || (within is not null && within[index] - count is var rest && rest > 0 && rest < smallest)).ToArray();
        foreach (var index in Enumerable.Range(0, counts.Count).OrderBy(index => counts[index]).ThenBy(index => index))
        {
            var (many, together) = (hidden.Count(one => one), counts.Where((_, at) => hidden[at]).Sum());
            if (many == 0 || (many > 1 && together >= smallest))
            {
                break;
            }

            hidden[index] = true;
        }

        return [.. counts.Select((count, index) => hidden[index] ? (int?)null : count)];
    }
}
