using System.CommandLine;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging.Console;
using PersonalCareApi.Configuration;
using PersonalCareApi.Data;
using PersonalCareApi.Protection;

namespace PersonalCareApi.Commands;

/// <summary>What the program does when it is started: serve, or one of the operator's commands.</summary>
internal static class CommandLine
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int BadUsage = 2;

    // Settings are read once, at start. To watch their files would watch every folder below the working directory too.
    private const string ReadSettingsOnce = "--hostBuilder:reloadConfigOnChange=false";

    /// <summary>The program's builder; only settings such as <c>--urls</c> reach the configuration.</summary>
    /// <returns>False where what is set cannot be; every fault has been told.</returns>
    public static bool TryCreateBuilder(string[] args, [NotNullWhen(true)] out WebApplicationBuilder? builder)
    {
        builder = CreateBuilder(args);
        if (Settings.SecretsFolder.In(builder.Configuration) is { } secrets)
        {
            // A file for each, named as the environment would name it: as containers are given secrets.
            builder.Configuration.AddKeyPerFile(Path.GetFullPath(secrets, builder.Environment.ContentRootPath), optional: true);
        }

        var faults = Settings.Faults(builder.Configuration, builder.Environment.ContentRootPath);
        foreach (var fault in faults)
        {
            Console.Error.WriteLine(fault);
        }

        return faults.Count == 0;
    }

    private static WebApplicationBuilder CreateBuilder(string[] args)
    {
        var arguments = Arguments.Split(args);
        var builder = WebApplication.CreateBuilder([.. arguments.Settings, ReadSettingsOnce]);
        if (arguments.HasCommand)
        {
            // A command's output is its answer, for people and pipes; what is logged goes beside it.
            builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
            builder.Logging.AddFilter<ConsoleLoggerProvider>(level => level >= LogLevel.Warning);
        }

        return builder;
    }

    /// <summary>Runs the command that the arguments name, or serves.</summary>
    /// <returns>The exit code: 0 when it was done, 1 when it failed, 2 when the command is not one.</returns>
    public static async Task<int> Run(WebApplication app, string[] args)
    {
        var arguments = Arguments.Split(args);
        var parsed = Root(app).Parse(arguments.Command);
        if (parsed.Errors.Count == 0)
        {
            var exitCode = await parsed.InvokeAsync();
            if (arguments.HasCommand)
            {
                // So that what was logged is written; a server that ends has done it itself.
                await app.DisposeAsync();
            }

            return exitCode;
        }

        foreach (var error in parsed.Errors)
        {
            await Console.Error.WriteLineAsync(error.Message);
        }

        await Console.Error.WriteLineAsync("Add --help to see what a command takes.");
        return BadUsage;
    }

    private static RootCommand Root(WebApplication app)
    {
        var root = new RootCommand("Serves PersonalCareApi, or runs one of the operator's commands. Settings such as --Data:Folder come with either.")
        {
            MigrateCommand.Make(app),
            PartnerCommands.Make(app),
            IssuerCommands.Make(app),
            ApplicationCommands.Make(app),
            KeysCommands.Make(app),
            ReceiptKeyCommands.Make(app),
            LedgerCommands.Make(app),
            BackupCommand.Make(app),
            RestoreCommand.Make(app),
            DemoDataCommand.Make(app),
            HealthCommand.Make(app),
            OpenApiCommand.Make(app),
        };
        root.SetAction(async (_, ct) =>
        {
            try
            {
                await app.RunAsync(ct);
                return Done;
            }
            catch (Exception refused) when (refused is MasterKeyUnavailable or MigrationFailed or DatabaseIsNewer or DbException or IOException)
            {
                // Where it was thrown helps nobody: the message names what to set, what does not answer, or what is taken.
                await Console.Error.WriteLineAsync(refused.Message);
                return Failed;
            }
        });
        return root;
    }
}
