using System.Data.Common;
using System.Reflection;
using DbUp;
using DbUp.Engine;
using DbUp.Engine.Output;

namespace PersonalCareApi.Data;

/// <summary>Brings the database to this program's version: numbered scripts, each once, in order, under a lock.</summary>
/// <remarks>DbUp takes no lock of its own, so replicas that start together would race: the lock is ours.</remarks>
internal sealed partial class MigrationRunner(Dialect dialect, ILogger<MigrationRunner> logger)
{
    /// <summary>Runs what is missing.</summary>
    /// <exception cref="MigrationFailed">A script failed; the database is as the last whole script left it.</exception>
    /// <exception cref="DatabaseIsNewer">A newer program has run scripts on it; nothing was touched.</exception>
    public void Run()
    {
        dialect.EnsureDatabase(new Log(logger));
        using var migrationLock = dialect.LockForMigration();
        var engine = Engine();
        RequireKnown(engine);
        var result = engine.PerformUpgrade();
        if (!result.Successful)
        {
            throw new MigrationFailed(result.ErrorScript?.Name ?? "before the first script", result.Error);
        }

        LogMigrated(logger, dialect.Name, result.Scripts.Count());
    }

    /// <summary>Whether every script of this program has run; on a database that is not there, none has.</summary>
    /// <exception cref="DatabaseIsNewer">A newer program has run scripts on it.</exception>
    public bool IsUpToDate()
    {
        try
        {
            var engine = Engine();
            RequireKnown(engine);
            return !engine.IsUpgradeRequired();
        }
        catch (DbException error) when (dialect.IsMissing(error))
        {
            return false;
        }
    }

    /// <summary>Those of the scripts that this program does not have: a newer one ran them.</summary>
    public IReadOnlyList<string> Unknown(IEnumerable<string> scripts) => Unknown(Engine(), scripts);

    private static IReadOnlyList<string> Unknown(UpgradeEngine engine, IEnumerable<string> scripts) =>
        [.. scripts.Except(engine.GetDiscoveredScripts().Select(script => script.Name))];

    /// <summary>A newer program keeps what this one would not know to keep, so this one neither reads nor writes there.</summary>
    private static void RequireKnown(UpgradeEngine engine)
    {
        if (Unknown(engine, engine.GetExecutedScripts()) is [var unknown, ..])
        {
            throw new DatabaseIsNewer(unknown);
        }
    }

    private UpgradeEngine Engine() =>
        dialect.ForMigrations(DeployChanges.To)
            .WithScriptsEmbeddedInAssembly(
                Assembly.GetExecutingAssembly(),
                name => name.Contains($".Migrations.{dialect.Name}.", StringComparison.Ordinal))
            .WithTransactionPerScript()
            .WithVariablesDisabled()
            .LogTo(new Log(logger))
            .Build();

    [LoggerMessage(LogLevel.Information, "Database ready ({Dialect}); migrations run now: {Count}.")]
    private static partial void LogMigrated(ILogger logger, string dialect, int count);

    /// <summary>DbUp's words, one level below the program's own.</summary>
    private sealed partial class Log(ILogger logger) : IUpgradeLog
    {
        public void LogTrace(string format, params object[] args)
        {
        }

        public void LogDebug(string format, params object[] args)
        {
        }

        public void LogInformation(string format, params object[] args) => LogStep(logger, Text(format, args));

        public void LogWarning(string format, params object[] args) => LogProblem(logger, Text(format, args));

        public void LogError(string format, params object[] args) => LogProblem(logger, Text(format, args));

        public void LogError(Exception ex, string format, params object[] args) => LogProblem(logger, Text(format, args));

        private static string Text(string format, object[] args) =>
            args.Length == 0 ? format : string.Format(System.Globalization.CultureInfo.InvariantCulture, format, args);

        [LoggerMessage(LogLevel.Debug, "Migration: {Step}")]
        private static partial void LogStep(ILogger logger, string step);

        [LoggerMessage(LogLevel.Warning, "Migration: {Problem}")]
        private static partial void LogProblem(ILogger logger, string problem);
    }
}

/// <summary>A migration did not run to its end.</summary>
internal sealed class MigrationFailed(string script, Exception cause)
    : Exception($"The migration {script} failed: {cause.Message}", cause);

/// <summary>The database was brought to the version of a newer program than this.</summary>
internal sealed class DatabaseIsNewer(string script) : Exception(
    $"The database is of a newer version of this program: {script} is not known to this one. Start that version, or restore a backup from before it.");
