namespace PersonalCareApi.Domain.Access;

/// <summary>To whom its author has released a process note: the part that stands on the item, and so in every reach.</summary>
/// <remarks>
/// A consent permits and does not compel: without the author's act the note stays <see cref="Private"/>, whatever is
/// consented. A word this version does not know releases nothing.
/// </remarks>
public static class ProcessNoteRelease
{
    public const string Private = "private";
    public const string ToClient = "shared-with-client";
    public const string ByConsent = "shared-by-consent";
    public const string ToBoth = "shared";

    /// <summary>The parts the client reads.</summary>
    public static IReadOnlyList<string> ReadByClient { get; } = [ToClient, ToBoth];

    /// <summary>The parts that a consent to process notes can open.</summary>
    public static IReadOnlyList<string> OpenToConsent { get; } = [ByConsent, ToBoth];

    /// <summary>The part of a note released so.</summary>
    public static string Part(bool toClient, bool toGrantees) => (toClient, toGrantees) switch
    {
        (true, true) => ToBoth,
        (true, false) => ToClient,
        (false, true) => ByConsent,
        (false, false) => Private,
    };
}
