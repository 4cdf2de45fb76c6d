using PersonalCareApi.Background;
using PersonalCareApi.Outgoing.Exports;
using PersonalCareApi.Outgoing.Research;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Protection;
using PersonalCareApi.Records.Disagreements;
using PersonalCareApi.Records.Erasures;
using PersonalCareApi.Records.Exports;
using PersonalCareApi.Records.Restrictions;

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
        services.AddSingleton<RestrictionRepository>();
        services.AddSingleton<DisagreementRepository>();
        services.AddSingleton<StoredExports>();
        services.AddSingleton<ExportDecisions>();
        services.AddSingleton<ExportKinds>();
        services.AddSingleton<StoredErasures>();
        services.AddSingleton<IRunsInBackground, EraseRecord>();
        services.AddSingleton<StoredExtracts>();
        services.AddSingleton<ResearchProjects>();
        services.AddSingleton<IRunsInBackground, BuildExtract>();
        services.AddSingleton<IRunsInBackground, ExpireExtract>();
        services.AddSingleton<IRunsInBackground, BuildExport>();
        services.AddSingleton<IRunsInBackground, ExpireExport>();
    }
}
