using PersonalCareApi.Configuration;

namespace PersonalCareApi.Outgoing;

/// <summary>How long an archive waits to be fetched.</summary>
internal sealed record ArchiveLifetime(TimeSpan KeptFor)
{
    public static ArchiveLifetime From(IConfiguration configuration) => new(TimeSpan.FromHours(Settings.KeptHours.In(configuration)!.Value));
}
