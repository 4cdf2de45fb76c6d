using Microsoft.Extensions.DependencyInjection.Extensions;
using PersonalCareApi.Data;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Development;

/// <summary>All that a Development server has and no other: its own issuer, made-up people, a clock that moves.</summary>
/// <remarks>Each step looks at the environment itself, so that no caller can forget to.</remarks>
internal static class DevelopmentServer
{
    /// <summary>Replaces the clock, and gives the development issuer's registrations their key.</summary>
    public static void AddDevelopment(this WebApplicationBuilder builder)
    {
        if (!builder.Environment.IsDevelopment())
        {
            return;
        }

        builder.Services.TryAddSingleton(DataFolder.From(builder.Configuration, builder.Environment));
        builder.Services.AddSingleton<AdjustableClock>();
        builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(services => services.GetRequiredService<AdjustableClock>()));
        builder.Services.AddSingleton<DevelopmentIssuer>();
        builder.Services.AddSingleton(services => services.GetRequiredService<DevelopmentIssuer>().Key);
        builder.Services.AddSingleton<DemoPartners>();
    }

    /// <summary>Fills the database with the made-up people once it is migrated and its writer runs.</summary>
    public static void AddDemoData(this WebApplicationBuilder builder)
    {
        if (builder.Environment.IsDevelopment())
        {
            builder.Services.AddSingleton<DemoRecords>();
            builder.Services.AddHostedService<SeedOnStart>();
        }
    }

    public static void MapDevelopment(this WebApplication app)
    {
        if (!app.Environment.IsDevelopment())
        {
            return;
        }

        var development = app.MapGroup("/dev")
            .AllowAnonymous()
            .WithMetadata(new NoClientData("Signs in made-up people and moves the clock, in Development alone."))
            .AddEndpointFilter<Validation>()
            // The published contract is the same whatever the environment.
            .ExcludeFromDescription();
        development.MapToken();
        development.MapPersonas();
        development.MapClock();
        app.Lifetime.ApplicationStarted.Register(() => Greet(app));
    }

    /// <summary>Says where to begin.</summary>
    private static void Greet(WebApplication app)
    {
        var url = app.Urls.FirstOrDefault() ?? "http://localhost:5080";
        Console.WriteLine($"""

            PersonalCareApi runs at {url} with made-up people.
              Swagger UI   {url}/swagger   (Authorize, username practitioner, any password)
              A token      curl -s {url}/dev/token -d grant_type=password -d username=practitioner -d password=x
              Who there is {url}/dev/personas

            """);
    }
}
