using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace PersonalCareApi.Ledger;

/// <summary>What a monitor sees of the ledger: checkpoints made, how far behind each witness is, and what failed.</summary>
internal sealed class LedgerMetrics : IDisposable
{
    public const string Name = "PersonalCareApi.Ledger";

    private readonly Meter meter;
    private readonly Counter<long> made;
    private readonly Counter<long> failed;
    private readonly Counter<long> witnessFailed;
    private readonly ConcurrentDictionary<string, long> behind = new(StringComparer.Ordinal);

    public LedgerMetrics(IMeterFactory meters)
    {
        meter = meters.Create(Name);
        made = meter.CreateCounter<long>("personalcare.ledger.checkpoints", description: "Checkpoints made by this program.");
        failed = meter.CreateCounter<long>("personalcare.ledger.checkpoint.failures", description: "Checkpoints that could not be made.");
        witnessFailed = meter.CreateCounter<long>("personalcare.ledger.witness.failures", description: "Times a witness could not be told.");
        meter.CreateObservableGauge(
            "personalcare.ledger.witness.behind", () => behind.Select(one => new Measurement<long>(one.Value, Witness(one.Key))), description: "Checkpoints a witness does not have yet.");
    }

    public void Made() => made.Add(1);

    public void Failed() => failed.Add(1);

    public void WitnessFailed(string witness) => witnessFailed.Add(1, Witness(witness));

    public void WitnessIsBehind(string witness, long checkpoints) => behind[witness] = checkpoints;

    public void Dispose() => meter.Dispose();

    private static KeyValuePair<string, object?> Witness(string name) => new("personalcare.witness", name);
}
