using System.Data.Common;
using Polly;
using Polly.Retry;

namespace PersonalCareApi.Data;

/// <summary>What is tried again when the database falters: reads and the writer's whole transaction, never half of one.</summary>
internal sealed class Resilience
{
    public Resilience(Dialect dialect, TimeProvider time)
    {
        Reads = Retry(dialect, time, attempts: 3);
        Commits = Retry(dialect, time, attempts: 5);
    }

    /// <summary>For reads and for opening a connection.</summary>
    public ResiliencePipeline Reads { get; }

    /// <summary>For a transaction that was rolled back whole.</summary>
    public ResiliencePipeline Commits { get; }

    private static ResiliencePipeline Retry(Dialect dialect, TimeProvider time, int attempts) =>
        new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<DbException>(dialect.IsTransient).Handle<ChainMoved>(),
                MaxRetryAttempts = attempts,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = TimeSpan.FromMilliseconds(20),
            })
            .Build();
}
