using System.CommandLine;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Commands;

internal static class OpenApiCommand
{
    public static Command Make(WebApplication app) => Verb.Make(app, "openapi", "Prints the OpenAPI document.", (verb, _) =>
    {
        // Routes are known to the document once the endpoint station is there, which a started server adds itself.
        app.UseEndpoints(_ => { });
        verb.Write(OpenApiDocument.Render(app.Services));
        return Task.CompletedTask;
    });
}
