namespace PersonalCareApi.Outgoing;

/// <summary>How long an archive waits to be fetched.</summary>
internal sealed record ArchiveLifetime(TimeSpan KeptFor)
{
    private const string Setting = "Exports:KeptHours";
    private const int Longest = 30 * 24;

    /// <exception cref="InvalidOperationException">The setting is no number of hours up to thirty days.</exception>
    public static ArchiveLifetime From(IConfiguration configuration) => configuration.GetValue(Setting, 24) is var hours and > 0 and <= Longest
        ? new ArchiveLifetime(TimeSpan.FromHours(hours))
        : throw new InvalidOperationException($"{Setting} must be 1 to {Longest}.");
}
