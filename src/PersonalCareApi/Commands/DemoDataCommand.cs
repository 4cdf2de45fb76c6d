using System.CommandLine;
using PersonalCareApi.Development;

namespace PersonalCareApi.Commands;

internal static class DemoDataCommand
{
    public static Command Make(WebApplication app) => Verb.Make(
        app, "demo-data", "Fills the database with made-up people. Only in Development, where starting does it too.", Run);

    private static async Task Run(Verb verb, CancellationToken ct)
    {
        if (!verb.IsDevelopment)
        {
            throw new CommandFailed("Made-up people are for a Development server alone (ASPNETCORE_ENVIRONMENT=Development).");
        }

        verb.RequireDatabase();
        await verb.WithWriter(async () =>
        {
            await verb.Get<DemoPartners>().Seed(ct);
            await verb.Get<DemoRecords>().Seed(ct);
        });
        verb.AnswerAll(
            [.. Personas.All.Select(PersonaResponse.From)],
            persona => $"{persona.Name,-24}{persona.Id}  {persona.Description}");
    }
}
