using PersonalCareApi.Data;
using PersonalCareApi.Protection;

namespace PersonalCareApi.Ledger;

/// <summary>Sets the ledger's checkpoints up: what signs them, who makes them, and who is told.</summary>
internal static class LedgerRegistration
{
    private const string FileSetting = "Ledger:Witness:File";
    private const string UrlSetting = "Ledger:Witness:Url";
    private const string AuthorizationSetting = "Ledger:Witness:Authorization";

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
        if (builder.Configuration[FileSetting] is { Length: > 0 } file)
        {
            builder.Services.AddSingleton<Witness>(new WitnessFile(Path.Combine(builder.Environment.ContentRootPath, file)));
        }

        if (builder.Configuration[UrlSetting] is { Length: > 0 } text)
        {
            // Without TLS only to this machine itself.
            if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || (url.Scheme != Uri.UriSchemeHttps && !(url.Scheme == Uri.UriSchemeHttp && url.IsLoopback)))
            {
                throw new InvalidOperationException($"{UrlSetting} must be an https URL.");
            }

            var authorization = builder.Configuration[AuthorizationSetting];
            builder.Services.AddSingleton<Witness>(provider => new WitnessWebhook(
                url, authorization, provider.GetRequiredService<IHttpClientFactory>(), provider.GetRequiredService<Database>(),
                provider.GetRequiredService<TimeProvider>()));
        }
    }
}
