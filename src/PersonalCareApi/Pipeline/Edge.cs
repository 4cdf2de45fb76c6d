using FluentValidation;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace PersonalCareApi.Pipeline;

/// <summary>Sets the HTTP edge up: how JSON is read and written, how rules speak, and what becomes of failures.</summary>
internal static class Edge
{
    public static IServiceCollection AddEdge(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IssuerUrls>();
        services.ConfigureHttpJsonOptions(options => Json.Configure(options.SerializerOptions));
        services.AddExceptionHandler<Failures>();
        services.Configure<KestrelServerOptions>(kestrel => kestrel.AddServerHeader = false);
        services.AddServerLimits();
        // A route value that cannot be bound is a bare 400 everywhere, in Development too: the problem is made in one place.
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = false);
        services.AddValidatorsFromAssemblyContaining<Validation>(ServiceLifetime.Singleton, includeInternalTypes: true);
        services.AddLogging(KeepAddressesOutOfLogs);
        SpeakTheNamesOfTheContract();
        return services;
    }

    /// <summary>
    /// The framework's own entries quote the address of the request, which can hold a partner's id of a person or what somebody
    /// searched for. They are left out however low an operator sets the level of the framework or of everything.
    /// </summary>
    private static void KeepAddressesOutOfLogs(ILoggingBuilder logging)
    {
        string[] quoting =
        [
            "Microsoft.AspNetCore.Hosting.Diagnostics",
            "Microsoft.AspNetCore.Routing.Matching",
            "Microsoft.AspNetCore.Routing.EndpointRoutingMiddleware",
            "Microsoft.AspNetCore.Server.Kestrel",
        ];
        foreach (var category in quoting)
        {
            logging.AddFilter(category, LogLevel.Warning);
        }
    }

    /// <summary>Unexpected failures and bare statuses become problems. Comes after <see cref="SecurityHeaders"/>, before everything else.</summary>
    public static IApplicationBuilder UseProblems(this IApplicationBuilder app) => app
        .UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandler = context => Problems.Internal().ExecuteAsync(context),
            // The framework's own log entry would quote the exception's message.
            SuppressDiagnosticsCallback = _ => true,
        })
        .UseStatusCodePages(page =>
            Problems.ForStatus(page.HttpContext.Response.StatusCode, page.HttpContext.Request)?.ExecuteAsync(page.HttpContext)
            ?? Task.CompletedTask);

    /// <summary>Rules speak English and call members as the contract does, whatever the server's locale.</summary>
    private static void SpeakTheNamesOfTheContract()
    {
        ValidatorOptions.Global.LanguageManager.Enabled = false;
        ValidatorOptions.Global.DisplayNameResolver = (_, member, _) => member is null ? null : Rules.CamelCase(member.Name);
    }
}
