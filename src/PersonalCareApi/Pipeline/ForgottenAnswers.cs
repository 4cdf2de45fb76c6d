using PersonalCareApi.Data;

namespace PersonalCareApi.Pipeline;

/// <summary>Removes the answers that were kept for retries and are kept no longer, some at a time.</summary>
/// <remarks>Every server does it: whoever comes second finds nothing left to remove.</remarks>
internal sealed partial class ForgottenAnswers(Database database, TimeProvider time, ILogger<ForgottenAnswers> logger) : BackgroundService
{
    private const int AtATime = 500;

    private const string SelectExpired = """
        SELECT digest
        FROM idempotency
        WHERE expires_at <= @Now
        ORDER BY expires_at, digest
        """;

    private const string DeleteThem = """
        DELETE FROM idempotency
        WHERE digest IN @Digests AND expires_at <= @Now
        """;

    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    /// <summary>Removes all that have expired.</summary>
    public async Task Remove(CancellationToken ct)
    {
        var scope = database.ForSystem(SystemReason.Idempotency);
        var now = time.GetUtcNow().ToStored();
        while (await scope.Query<byte[]>($"{SelectExpired}\n{database.Dialect.FirstRows}", new { Now = now, Limit = AtATime }, ct) is { Count: > 0 } expired)
        {
            await scope.Execute(DeleteThem, new { Digests = expired, Now = now }, ct);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // By the machine's clock: that of a Development server may stand still or leap.
        using var timer = new PeriodicTimer(Every);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await Remove(stoppingToken);
            }
            catch (Exception failure) when (Failures.IsOfTheDatabase(failure))
            {
                LogFailed(logger, failure.GetType().Name);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Expired answers could not be removed: {Error}.")]
    private static partial void LogFailed(ILogger logger, string error);
}
