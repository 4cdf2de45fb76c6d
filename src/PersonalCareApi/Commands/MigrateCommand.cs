using System.CommandLine;
using PersonalCareApi.Data;

namespace PersonalCareApi.Commands;

internal static class MigrateCommand
{
    public static Command Make(WebApplication app) => Verb.Make(
        app, "migrate", "Makes the database where it is missing, and brings it to this program's version.", Run);

    private static Task Run(Verb verb, CancellationToken ct)
    {
        verb.Get<MigrationRunner>().Run();
        verb.Answer(new { Database = verb.Get<Dialect>().Name, UpToDate = true }, "The database is at this program's version.");
        return Task.CompletedTask;
    }
}
