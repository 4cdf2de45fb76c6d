using System.Data.Common;
using PersonalCareApi.Telemetry;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace PersonalCareApi.Data;

/// <summary>
/// What is tried again when the database falters: reads and the writer's whole transaction, never half of one. While it
/// is not to be had at all, nobody waits for it: the circuit is open, and requests are answered that they may come again.
/// </summary>
internal sealed class Resilience
{
    private static readonly TimeSpan Sampled = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan OpenFor = TimeSpan.FromSeconds(2);

    public Resilience(Dialect dialect, TimeProvider time)
    {
        Reads = Pipeline("read", dialect, time, attempts: 3);
        Commits = Pipeline("commit", dialect, time, attempts: 5);
    }

    /// <summary>For reads and for opening a connection.</summary>
    public ResiliencePipeline Reads { get; }

    /// <summary>For a transaction that was rolled back whole.</summary>
    public ResiliencePipeline Commits { get; }

    private static ResiliencePipeline Pipeline(string what, Dialect dialect, TimeProvider time, int attempts) =>
        new ResiliencePipelineBuilder { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<DbException>(dialect.IsUnavailable),
                FailureRatio = 0.5,
                MinimumThroughput = 4,
                SamplingDuration = Sampled,
                BreakDuration = OpenFor,
                OnOpened = _ =>
                {
                    Signals.CircuitOpened(what);
                    return default;
                },
            })
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<DbException>(dialect.IsTransient).Handle<ChainMoved>(),
                MaxRetryAttempts = attempts,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = TimeSpan.FromMilliseconds(20),
                OnRetry = retry =>
                {
                    Signals.Retried(what, retry.Outcome.Exception);
                    return default;
                },
            })
            .Build();
}
