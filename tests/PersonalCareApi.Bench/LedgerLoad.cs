using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PersonalCareApi.Configuration;
using PersonalCareApi.Data;
using PersonalCareApi.Development;
using PersonalCareApi.Domain;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Domain.Ledger;
using PersonalCareApi.Ledger;

namespace PersonalCareApi.Bench;

/// <summary>
/// A ledger of a given size, written through the program's own queue, and what checkpoints over it cost. It stays in its
/// folder, so that <c>ledger verify</c> can be measured on it.
/// </summary>
internal static class LedgerLoad
{
    private const int AtOnce = 2000;

    public static async Task<int> Measure(string folder, int entries, int chains, TextWriter output, CancellationToken ct)
    {
        await using var program = new InProcess(folder);
        var queue = program.Services.GetRequiredService<WriteQueue>();
        var tree = program.Services.GetRequiredService<CheckpointTree>();
        var ids = Enumerable.Range(0, chains).Select(number => Ids.New(DateTimeOffset.UnixEpoch.AddYears(50).AddSeconds(number))).ToList();
        await Tell(output, $"{entries} entries in {chains} chains written", () => Write(queue, ids, entries, ct));
        await Tell(output, "first checkpoint, over all of them", () => tree.Make(ct));
        foreach (var moved in new[] { 1, 1000, chains / 2 })
        {
            await Write(queue, ids[..moved], moved, ct);
            await Tell(output, $"checkpoint after {moved} heads have moved", () => tree.Make(ct));
        }

        await Tell(output, "turn in which nothing was written", () => tree.Make(ct));
        using var fresh = ActivatorUtilities.CreateInstance<CheckpointTree>(program.Services);
        await Tell(output, "the whole tree read and hashed, as at start", () => fresh.Newest(ct));
        await Tell(output, "one inclusion in it, of 1000", async () =>
        {
            foreach (var id in ids.Take(1000))
            {
                await fresh.Find(id, ct);
            }
        }, of: 1000);
        return 0;
    }

    private static async Task Write(WriteQueue queue, IReadOnlyList<Guid> chains, int entries, CancellationToken ct)
    {
        for (var done = 0; done < entries; done += AtOnce)
        {
            var units = Enumerable.Range(done, Math.Min(AtOnce, entries - done)).Select(number =>
            {
                var unit = new WriteUnit(TimeProvider.System);
                unit.Uses.Add(Use(chains[number % chains.Count], unit.Now));
                return queue.Commit(unit, ct);
            });
            await Task.WhenAll(units);
        }
    }

    private static LedgerUse Use(Guid clientId, DateTimeOffset now) => new()
    {
        Id = Ids.New(now),
        At = now,
        PartnerId = Personas.Harbour.Id,
        ClientId = clientId,
        ActingAs = new Party(PartyKind.Practitioner, Personas.PractitionerId),
        ApplicationId = Personas.HarbourApp.Id,
        Operation = "GetAssessment",
        Use = new DataUse(DataCategory.Assessments, DataAction.Read),
        Purpose = "TREAT",
        Decision = LedgerUse.Permit,
        Basis = new DecisionBasis("provision", clientId, 1, 0),
        Obligations = Obligations.Audit,
        AccessVersion = 3,
        PartnerAccessVersion = 1,
        Considered = [new ConsideredProvision(clientId, 1, 0, ProvisionEffect.Permit, null)],
        Outcome = 200,
        Trace = ActivityTraceId.CreateRandom().ToHexString(),
    };

    private static async Task Tell(TextWriter output, string what, Func<Task> work, int of = 1)
    {
        var begun = TimeProvider.System.GetTimestamp();
        await work();
        var took = TimeProvider.System.GetElapsedTime(begun) / of;
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{took.TotalMilliseconds,12:N3} ms  {what}"));
    }

    /// <summary>The program in this process; checkpoints are made when they are measured.</summary>
    private sealed class InProcess(string folder) : WebApplicationFactory<Database>
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.UseContentRoot(AppContext.BaseDirectory);
            builder.UseEnvironment("Development");
            builder.UseSetting("Data:Folder", folder);
            builder.UseSetting(Settings.CheckpointSeconds.Name, "3600");
            builder.ConfigureLogging(logging => logging.ClearProviders());
        }
    }
}
