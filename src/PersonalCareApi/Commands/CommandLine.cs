using System.CommandLine;
using PersonalCareApi.Data;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Commands;

/// <summary>What the program does when it is started: serve, or one of the operator's commands.</summary>
internal static class CommandLine
{
    /// <summary>Runs the command that the arguments name; settings such as <c>--urls</c> are left to the configuration.</summary>
    /// <returns>The exit code: 0 when it was done, 1 when it failed.</returns>
    public static Task<int> Run(WebApplication app, string[] args)
    {
        var serve = new RootCommand("Serves PersonalCareApi.") { TreatUnmatchedTokensAsErrors = false };
        serve.SetAction(async (_, ct) =>
        {
            await app.RunAsync(ct);
            return 0;
        });

        var migrate = new Command("migrate", "Brings the database to this program's version and ends.");
        migrate.SetAction(_ => app.Services.GetRequiredService<MigrationRunner>().Run());
        serve.Add(migrate);

        var openApi = new Command("openapi", "Prints the OpenAPI document and ends.");
        openApi.SetAction(_ =>
        {
            // Routes are known to the document once the endpoint station is there, which a started server adds itself.
            app.UseEndpoints(_ => { });
            Console.Out.Write(OpenApiDocument.Render(app.Services));
        });
        serve.Add(openApi);

        return serve.Parse(args).InvokeAsync();
    }
}
