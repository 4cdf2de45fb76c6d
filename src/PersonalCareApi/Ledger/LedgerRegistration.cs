using PersonalCareApi.Configuration;
using PersonalCareApi.Data;
using PersonalCareApi.Protection;

namespace PersonalCareApi.Ledger;

/// <summary>Sets the ledger's checkpoints up: what signs them, who makes them, and who is told.</summary>
internal static class LedgerRegistration
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static void AddLedger(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<CheckpointKeys>();
        services.AddSingleton<CheckpointRepository>();
        services.AddSingleton<CheckpointTree>();
        services.AddSingleton<LedgerMetrics>();
        services.AddSingleton<Witnesses>();
        services.AddSingleton<LedgerVerification>();
        services.AddSingleton<Checkpointing>();

        // After the writer, so that it ends before it: the last checkpoint is written as well.
        services.AddHostedService(provider => provider.GetRequiredService<Checkpointing>());
        services.AddHttpClient(WitnessWebhook.Client, client => client.Timeout = Patience)
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false });
        AddWitnesses(builder);
    }

    private static void AddWitnesses(WebApplicationBuilder builder)
    {
        if (Settings.WitnessFile.In(builder.Configuration) is { } file)
        {
            builder.Services.AddSingleton<Witness>(new WitnessFile(Path.Combine(builder.Environment.ContentRootPath, file)));
        }

        if (Settings.WitnessUrl.In(builder.Configuration) is { } url)
        {
            var authorization = Settings.WitnessAuthorization.In(builder.Configuration);
            builder.Services.AddSingleton<Witness>(provider => new WitnessWebhook(
                url, authorization, provider.GetRequiredService<IHttpClientFactory>(), provider.GetRequiredService<Database>(),
                provider.GetRequiredService<TimeProvider>()));
        }
    }
}
