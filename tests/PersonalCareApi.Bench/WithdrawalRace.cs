using System.Diagnostics;

namespace PersonalCareApi.Bench;

/// <summary>
/// Two servers over one database; readers at full speed on both while consents are given and withdrawn through one and the
/// other. An answer with data to a request that began after a withdrawal was acknowledged is a violation.
/// </summary>
internal static class WithdrawalRace
{
    private const int ReadersOfEach = 4;

    /// <returns>The exit code: 0 where nothing was violated.</returns>
    public static Task<int> Run(TimeSpan duration, TextWriter output, CancellationToken ct) => Soak.InFolder(async folder =>
    {
        await using var one = await Server.Start(folder, ct);
        await using var other = await Server.Start(folder, ct);
        return await Race([one, other], duration, output, ct);
    });

    private static async Task<int> Race(Server[] servers, TimeSpan duration, TextWriter output, CancellationToken ct)
    {
        var clients = await Task.WhenAll(servers.Select(server => server.As("client", ct)));
        await clients[0].Assess(ct);
        var race = new Withdrawals(serversMayEnd: false);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var readers = new List<Task>();
        foreach (var (number, server) in servers.Index())
        {
            for (var reader = 0; reader < ReadersOfEach; reader++)
            {
                readers.Add(race.ReadOn(number, await server.As("practitioner", ct), TimeSpan.Zero, stop.Token));
            }
        }

        var watch = Stopwatch.StartNew();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(ct);
        enough.CancelAfter(duration);
        var racing = race.Race(
            () => clients[race.Acknowledged % 2].GiveConsent(ct),
            async consent =>
            {
                var by = race.Acknowledged / 2 % 2;
                await clients[by].Withdraw(consent, ct);
                return by;
            },
            enough.Token);

        // A reader that fails ends the run: without it nobody would see what is waited for.
        await await Task.WhenAny([racing, .. readers]);
        await stop.CancelAsync();
        await Task.WhenAll(readers);
        return await Soak.Tell(
            output,
            $"{race.Acknowledged} withdrawals in {watch.Elapsed.TotalSeconds:F0} s on 2 servers; {race.Reads} reads, {race.WithData} with data, "
            + $"{race.After} begun after a withdrawal was acknowledged, {race.AfterOnAnother} of them on the other server; of these {race.Violations} with data",
            race.Violations == 0 ? [] : ["Data left a server after the withdrawal was acknowledged."],
            race.WithData > 0);
    }
}
