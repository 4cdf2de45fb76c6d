namespace PersonalCareApi.Domain.Notes;

/// <summary>The ways to write a session note that practice knows.</summary>
public enum NoteFormat
{
    /// <summary>Subjective, objective, assessment, plan.</summary>
    Soap,

    /// <summary>Data, assessment, plan.</summary>
    Dap,

    /// <summary>Behavior, intervention, response, plan.</summary>
    Birp,

    /// <summary>Goal, intervention, response, plan.</summary>
    Girp,

    /// <summary>One text.</summary>
    Narrative,
}

/// <summary>What each <see cref="NoteFormat"/> consists of.</summary>
public static class NoteFormats
{
    /// <summary>The sections of a format, in the order they are read: no other belongs to it, and a signed note has each.</summary>
    public static IReadOnlyList<string> Sections(this NoteFormat format) => format switch
    {
        NoteFormat.Soap => ["subjective", "objective", "assessment", "plan"],
        NoteFormat.Dap => ["data", "assessment", "plan"],
        NoteFormat.Birp => ["behavior", "intervention", "response", "plan"],
        NoteFormat.Girp => ["goal", "intervention", "response", "plan"],
        NoteFormat.Narrative => ["narrative"],
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "Not a format of notes."),
    };

    /// <summary>The format as it stands in JSON.</summary>
    public static string Code(this NoteFormat format) => format switch
    {
        NoteFormat.Soap => "soap",
        NoteFormat.Dap => "dap",
        NoteFormat.Birp => "birp",
        NoteFormat.Girp => "girp",
        NoteFormat.Narrative => "narrative",
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "Not a format of notes."),
    };
}
