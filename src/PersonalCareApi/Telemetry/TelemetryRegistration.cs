using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using PersonalCareApi.Configuration;

namespace PersonalCareApi.Telemetry;

/// <summary>Sends traces, metrics and logs to a collector where one is named, by the variables that OpenTelemetry has for it.</summary>
/// <remarks>Without one no provider is registered: nothing listens, so nothing is made.</remarks>
internal static class TelemetryRegistration
{
    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        builder.Services.AddHostedService<Backlog>();
        var configuration = builder.Configuration;
        if (Settings.OtelDisabled.In(configuration) is true)
        {
            return;
        }

        var (traces, metrics, logs) = (Goes(Settings.OtlpTraces), Goes(Settings.OtlpMetrics), Goes(Settings.OtlpLogs));
        if (!traces && !metrics && !logs)
        {
            return;
        }

        // What the environment says of the service comes last, and holds.
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("personal-care-api").AddEnvironmentVariableDetector());
        if (traces)
        {
            telemetry.WithTracing(tracing => tracing
                .AddSource(Signals.Name)
                .AddAspNetCoreInstrumentation(requests => requests.Filter = http => !http.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal))
                .AddProcessor(new RequestsWithoutAddresses())
                .AddOtlpExporter());
        }

        if (metrics)
        {
            telemetry.WithMetrics(measuring => measuring
                .AddMeter($"{Signals.Name}*", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime")
                .AddOtlpExporter());
        }

        if (logs)
        {
            // Scopes stay out: the framework's hold the address of the request.
            telemetry.WithLogging(logging => logging.AddOtlpExporter(), options => options.IncludeScopes = false);
        }

        bool Goes(Setting<Uri?> own) => (own.In(configuration) ?? Settings.Otlp.In(configuration)) is not null;
    }
}

/// <summary>Leaves of a request's span only what tells nobody's id and no word: an address can hold a partner's id of a person, or what was searched for.</summary>
internal sealed class RequestsWithoutAddresses : BaseProcessor<Activity>
{
    /// <summary>The framework's source of requests; ours says nothing else anyway.</summary>
    private const string Requests = "Microsoft.AspNetCore";

    /// <summary>Named one by one, so that what a later version adds stays out until somebody has looked at it.</summary>
    private static readonly HashSet<string> Kept =
    [
        "http.request.method", "http.response.status_code", "http.route", "url.scheme", "network.protocol.version", "server.address", "server.port", "error.type",
    ];

    public override void OnEnd(Activity data)
    {
        if (data.Source.Name != Requests)
        {
            return;
        }

        foreach (var tag in data.TagObjects.Where(tag => !Kept.Contains(tag.Key)).ToList())
        {
            data.SetTag(tag.Key, null);
        }
    }
}
