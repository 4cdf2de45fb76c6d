using System.Diagnostics;
using System.Diagnostics.Metrics;
using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;

namespace PersonalCareApi.Telemetry;

/// <summary>What the program tells an operator of itself: how it decides, reads and writes. Codes and numbers alone, no id and no word of anybody.</summary>
/// <remarks>Nothing is made or counted while nobody listens: a span is then null, and a counter returns at once.</remarks>
internal static class Signals
{
    public const string Name = "PersonalCareApi";

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Decisions = Meter.CreateCounter<long>(
        "personalcare.decisions", "{decision}", "Decisions about uses of client data, once they are on the ledger.");

    private static readonly Counter<long> Commits = Meter.CreateCounter<long>(
        "personalcare.commits", "{unit}", "Units of work by how their commit ended.");

    private static readonly Histogram<double> CommitDuration = Meter.CreateHistogram<double>(
        "personalcare.commit.duration", "s", "From when a unit is handed to the writer until it is durable.");

    private static readonly Counter<long> Retries = Meter.CreateCounter<long>(
        "personalcare.database.retries", "{retry}", "Reads and commits that were tried again.");

    private static readonly Counter<long> Circuits = Meter.CreateCounter<long>(
        "personalcare.database.circuit_openings", "{opening}", "Times the database was taken for lost, so that nobody waits for it.");

    /// <summary>The decision about one declared use.</summary>
    public static Activity? Decide(DataUse use) => Source.StartActivity("personalcare.decide")
        ?.SetTag("personalcare.category", use.Category.Code())
        .SetTag("personalcare.action", use.Action.Code());

    /// <summary>What was decided, by its codes.</summary>
    public static void Decided(this Activity? span, bool permitted, string? reason) => span
        ?.SetTag("personalcare.decision", permitted ? "permit" : "deny")
        .SetTag("personalcare.reason", reason);

    /// <summary>One statement, by what it does and to which table; never the statement and never its parameters.</summary>
    public static Activity? Statement(Dialect dialect, string statement)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var (operation, table) = StatementSummary.Of(statement);
        var summary = table is null ? operation : $"{operation} {table}";
        return Source.StartActivity(summary, ActivityKind.Client)
            ?.SetTag("db.system.name", dialect.SystemName)
            .SetTag("db.operation.name", operation)
            .SetTag("db.collection.name", table)
            .SetTag("db.query.summary", summary);
    }

    /// <summary>One unit on its way through the writer: rows and ledger entries together.</summary>
    public static Activity? Commit(WriteUnit unit) => Source.StartActivity("personalcare.commit")
        ?.SetTag("personalcare.ledger.entries", unit.Uses.Count);

    /// <summary>It failed, by the kind of its failure: a message may quote a value.</summary>
    public static void Failed(this Activity? span, Exception failure) => span
        ?.SetTag("error.type", failure.GetType().FullName)
        .SetStatus(ActivityStatusCode.Error);

    /// <summary>Counts a unit and the decisions that are on the ledger with it.</summary>
    public static void Committed(WriteUnit unit, CommitOutcome outcome, TimeSpan took)
    {
        CommitDuration.Record(took.TotalSeconds);
        Commits.Add(1, Tag("personalcare.outcome", outcome switch
        {
            CommitOutcome.Committed => "committed",
            CommitOutcome.Outdated => "outdated",
            _ => "missed",
        }));
        if (!Decisions.Enabled || outcome is not CommitOutcome.Committed)
        {
            return;
        }

        foreach (var use in unit.Uses)
        {
            Decisions.Add(
                1,
                Tag("personalcare.decision", use.Decision),
                Tag("personalcare.reason", use.Reason ?? "none"),
                Tag("personalcare.category", use.Use.Category.Code()),
                Tag("personalcare.action", use.Use.Action.Code()));
        }
    }

    public static void Retried(string what, Exception? failure) =>
        Retries.Add(1, Tag("personalcare.operation", what), Tag("error.type", failure?.GetType().FullName));

    public static void CircuitOpened(string what) => Circuits.Add(1, Tag("personalcare.operation", what));

    private static KeyValuePair<string, object?> Tag(string name, object? value) => new(name, value);
}
