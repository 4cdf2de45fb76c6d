using System.CommandLine;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Commands;

internal static class HealthCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly Option<string?> Url = new("--url")
    {
        Description = "Ask the server that runs there, such as http://localhost:8080; without it the database is asked.",
    };

    public static Command Make(WebApplication app) => Verb.Make(
        app, "health", "Tells whether the server that runs at a URL, or the database, can serve.", Run, Url);

    private static async Task Run(Verb verb, CancellationToken ct)
    {
        if (verb.ValueOrNull(Url) is { } url)
        {
            await AskServer(
                Uri.TryCreate(url, UriKind.Absolute, out var server)
                    ? server
                    : throw new CommandFailed("--url must be absolute, such as http://localhost:8080."),
                ct);
        }
        else
        {
            var missing = await verb.Get<Readiness>().MissingWithoutWriter(ct);
            if (missing is [Readiness.MigrationsRan])
            {
                verb.RequireDatabase();
            }

            if (missing.Count > 0)
            {
                throw new CommandFailed($"Not ready: {string.Join(", ", missing)}.");
            }
        }

        verb.Answer(HealthResponse.Up, "up");
    }

    private static async Task AskServer(Uri url, CancellationToken ct)
    {
        using var client = new HttpClient { Timeout = Patience };
        try
        {
            using var answer = await client.GetAsync(new Uri(url, "/health/ready"), ct);
            if (!answer.IsSuccessStatusCode)
            {
                throw new CommandFailed($"The server answers {(int)answer.StatusCode}.");
            }
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
        {
            throw new CommandFailed("The server does not answer.");
        }
    }
}
