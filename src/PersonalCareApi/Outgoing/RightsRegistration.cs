using PersonalCareApi.Background;
using PersonalCareApi.Outgoing.Exports;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Records.Exports;

namespace PersonalCareApi.Outgoing;

/// <summary>Registers what a client's rights are served with.</summary>
internal static class RightsRegistration
{
    public static void AddRights(this IServiceCollection services)
    {
        services.AddSingleton(provider => ArchiveLifetime.From(provider.GetRequiredService<IConfiguration>()));
        services.AddSingleton<ContractSchemas>();
        services.AddSingleton<ArchiveChunks>();
        services.AddSingleton<ExportRepository>();
        services.AddSingleton<StoredExports>();
        services.AddSingleton<ExportDecisions>();
        services.AddSingleton<ExportKinds>();
        services.AddSingleton<IRunsInBackground, BuildExport>();
        services.AddSingleton<IRunsInBackground, ExpireExport>();
    }
}
