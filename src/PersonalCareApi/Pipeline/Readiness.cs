using PersonalCareApi.Data;
using PersonalCareApi.Protection;

namespace PersonalCareApi.Pipeline;

/// <summary>What this program needs to serve, each asked for itself; which of it is missing is the operator's alone to know.</summary>
internal sealed partial class Readiness(
    Database database, MigrationState migrations, WriteQueue queue, MasterKey master, TimeProvider time, ILogger<Readiness> logger)
{
    public const string DatabaseAnswers = "database";
    public const string MigrationsRan = "migrations";
    public const string WriterRuns = "ledger writer";
    public const string KeysOpen = "keys";

    /// <summary>Whoever may ask without a token must not make the program read its key files each time.</summary>
    private static readonly TimeSpan KeysHoldFor = TimeSpan.FromSeconds(10);

    private long keysHoldUntilTicks;
    private string told = "";

    /// <summary>What a server lacks; empty where it can serve. Told in the log when it changes.</summary>
    public async Task<IReadOnlyList<string>> Missing(CancellationToken ct)
    {
        List<string> missing = [.. await MissingWithoutWriter(ct)];
        if (!queue.IsRunning)
        {
            missing.Add(WriterRuns);
        }

        var names = string.Join(", ", missing);
        if (Interlocked.Exchange(ref told, names) != names)
        {
            if (missing.Count == 0)
            {
                LogReady(logger);
            }
            else
            {
                LogNotReady(logger, names);
            }
        }

        return missing;
    }

    /// <summary>What a command can ask, beside which no server need run.</summary>
    public async Task<IReadOnlyList<string>> MissingWithoutWriter(CancellationToken ct)
    {
        try
        {
            await database.ForSystem(SystemReason.Health).QueryOne<int>("SELECT 1", null, ct);
            if (!migrations.UpToDate)
            {
                return [MigrationsRan];
            }

            var now = time.GetUtcNow();
            if (now.UtcTicks >= Interlocked.Read(ref keysHoldUntilTicks))
            {
                await master.Check(withDatabase: true, ct);
                Interlocked.Exchange(ref keysHoldUntilTicks, (now + KeysHoldFor).UtcTicks);
            }

            return [];
        }
        catch (Exception failure) when (Failures.IsOfTheDatabase(failure))
        {
            return [DatabaseAnswers];
        }
        catch (DatabaseIsNewer)
        {
            return [MigrationsRan];
        }
        catch (MasterKeyUnavailable)
        {
            return [KeysOpen];
        }
    }

    [LoggerMessage(LogLevel.Warning, "This server cannot serve: {Missing} not ready.")]
    private static partial void LogNotReady(ILogger logger, string missing);

    [LoggerMessage(LogLevel.Information, "This server can serve again.")]
    private static partial void LogReady(ILogger logger);
}
