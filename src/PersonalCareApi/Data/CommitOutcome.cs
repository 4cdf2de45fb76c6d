namespace PersonalCareApi.Data;

/// <summary>Why a write that was well decided did not happen.</summary>
internal enum WriteMiss
{
    /// <summary>The version named is not the current one.</summary>
    StaleVersion,

    /// <summary>What would be written has labels, a date or an author that the grant does not reach.</summary>
    OutOfReach,

    /// <summary>The same thing is there already.</summary>
    AlreadyExists,

    /// <summary>What the write presupposes is no longer so.</summary>
    StateChanged,

    /// <summary>The same request was answered meanwhile: tried again, it finds that answer or what was made.</summary>
    DoneMeanwhile,
}

/// <summary>How a write unit ended.</summary>
internal abstract record CommitOutcome
{
    private CommitOutcome()
    {
    }

    /// <summary>All of it is durable.</summary>
    public sealed record Committed : CommitOutcome;

    /// <summary>None of it happened.</summary>
    public sealed record Missed(WriteMiss Miss) : CommitOutcome;

    /// <summary>None of it happened: the facts of the decision have changed, so it must be decided again.</summary>
    public sealed record Outdated : CommitOutcome;
}
