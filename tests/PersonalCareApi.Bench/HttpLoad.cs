using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;

namespace PersonalCareApi.Bench;

/// <summary>
/// Requests a second of whole requests over HTTP, each round beside bare endpoints that return the same bytes: the server on
/// one processor, the load (<see cref="Wrk"/>) on the other.
/// </summary>
internal static class HttpLoad
{
    private const int WarmUpSeconds = 25;

    private static readonly Scenario[] Scenarios =
    [
        new("read one", 0.30, 0.15, "one"),
        new("list 20", 0.20, 0.10, "list"),
        new("administer", 0.15, 0.08, "created"),
    ];

    private const int Alone = 30;
    private const int WeeksOfTenYears = 520;
    private const int ManyProvisions = 100;

    /// <summary>The whole comparison, and what is asked alone: each a line, which is also left in <c>results.txt</c> of the folder.</summary>
    public static async Task<int> Measure(
        string folder, int clients, int assessmentsOfEach, bool withoutLoad, TextWriter console, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        await using var results = new StreamWriter(Path.Combine(folder, "results.txt"), append: true) { AutoFlush = true };
        await using var output = new Both(console, results);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm} UTC, {Environment.ProcessorCount} processors"));
        Population population;
        await using (var seeding = await Server.Start(folder, ct))
        {
            population = await Population.In(folder, seeding, clients, assessmentsOfEach, output, ct);
        }

        await using var server = await Server.Start(folder, ct, processor: 0);
        using var practitioner = await server.As("practitioner", ct);
        await KeepAnswers(folder, practitioner, population.Clients[0], ct);
        await using var bare = await Server.StartBare(folder, processor: 0, ct);
        var token = practitioner.DefaultRequestHeaders.Authorization!.Parameter!;
        await output.WriteLineAsync(
            $"{population.Clients.Count} clients, {population.Assessments} assessments; {Wrk.Connections} connections, median of {Wrk.Rounds} rounds; CPU in µs a request");
        await output.WriteLineAsync("scenario    |    bare/s  CPU |      here/s  CPU    p99 | ratio  CPU ratio | goal  least");
        foreach (var scenario in withoutLoad ? [] : Scenarios)
        {
            var script = await Wrk.Script(folder, scenario.Answer, scenario.Answer, population, token, ct);
            await Wrk.Run(bare, script, Wrk.Seconds, ct);
            await Wrk.Run(server, script, WarmUpSeconds, ct);
            var rounds = await Wrk.InTurn(bare, script, server, script, ct);
            var (without, here) = (rounds.Select(round => round.One).ToList(), rounds.Select(round => round.Other).ToList());
            var ratio = Wrk.Median(rounds.Select(round => round.Other.PerSecond / round.One.PerSecond));
            var costs = Wrk.Median(rounds.Select(round => round.Other.Cpu / round.One.Cpu));
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{scenario.Name,-11} | {Wrk.Median(without.Select(one => one.PerSecond)),9:F0} {Wrk.Median(without.Select(one => one.Cpu)),4:F0} | {Wrk.Median(here.Select(one => one.PerSecond)),11:F0} {Wrk.Median(here.Select(one => one.Cpu)),4:F0} {Wrk.Median(here.Select(one => one.P99)),4:F1} ms | {ratio,5:F3} {costs,9:F1} | {scenario.Goal:F2}  {scenario.Least:F2}"));
        }

        await output.WriteLineAsync($"resident after the load: {server.ResidentMegabytes} MB");
        await WithProvisions(folder, server, practitioner, token, output, ct);
        await OneByOne(server, practitioner, output, ct);
        return 0;
    }

    /// <summary>Read one, of a client with a hundred provisions beside one with one.</summary>
    private static async Task WithProvisions(
        string folder, Server server, HttpClient practitioner, string token, TextWriter output, CancellationToken ct)
    {
        using var platform = await server.As("platform", ct);
        platform.DefaultRequestHeaders.Add("Purpose-Of-Use", "TREAT");
        var scripts = new List<string>();
        foreach (var provisions in new[] { 1, ManyProvisions })
        {
            var clientId = await Population.NewClient(platform, practitioner, provisions, ct);
            var assessment = await practitioner.Create($"/v1/clients/{clientId}/assessments", Requests.Gad7, ct);
            var population = new Population { Assessments = 1, Clients = [new Population.Member(clientId, assessment)] };
            scripts.Add(await Wrk.Script(folder, $"provisions-{provisions}", Scenarios[0].Answer, population, token, ct));
            await Wrk.Run(server, scripts[^1], Wrk.Seconds, ct);
        }

        var rounds = await Wrk.InTurn(server, scripts[0], server, scripts[1], ct);
        var costs = Wrk.Median(rounds.Select(round => round.Other.Cpu / round.One.Cpu));
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"read one with {ManyProvisions} provisions: {costs:F2} of its CPU with one"));
    }

    /// <summary>What is asked now and then, and is large: one after the other.</summary>
    private static async Task OneByOne(Server server, HttpClient practitioner, TextWriter output, CancellationToken ct)
    {
        using var platform = await server.As("platform", ct);
        platform.DefaultRequestHeaders.Add("Purpose-Of-Use", "TREAT");
        var clientId = await Population.NewClient(platform, practitioner, 1, ct);
        for (var week = 0; week < WeeksOfTenYears; week++)
        {
            await practitioner.Create($"/v1/clients/{clientId}/assessments", Requests.Gad7At(WeeksOfTenYears - week), ct);
        }

        foreach (var (name, path) in new[]
        {
            ("caseload of 200", "/v1/caseload?limit=200"),
            ("outcomes, 10 years", $"/v1/clients/{clientId}/outcomes"),
            ("series, 10 years", $"/v1/clients/{clientId}/outcomes/gad-7"),
            ("chart, 10 years", $"/v1/clients/{clientId}/outcomes/gad-7/chart"),
        })
        {
            var took = new List<double>();
            for (var asked = 0; asked < 2 * Alone; asked++)
            {
                var begun = Stopwatch.GetTimestamp();
                await practitioner.GetByteArrayAsync(new Uri(path, UriKind.Relative), ct);
                took.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            }

            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{name}: {Wrk.Median(took.Skip(Alone)):F1} ms"));
        }
    }

    private static async Task KeepAnswers(string folder, HttpClient practitioner, Population.Member client, CancellationToken ct)
    {
        var assessments = $"/v1/clients/{client.ClientId}/assessments";
        await Keep("one", await practitioner.GetByteArrayAsync(new Uri($"{assessments}/{client.AssessmentId}", UriKind.Relative), ct));
        await Keep("list", await practitioner.GetByteArrayAsync(new Uri($"{assessments}?limit=20", UriKind.Relative), ct));
        using var created = await practitioner.PostAsJsonAsync(new Uri(assessments, UriKind.Relative), Requests.Gad7, ct);
        await Keep("created", await created.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync(ct));

        Task Keep(string name, byte[] bytes) => File.WriteAllBytesAsync(Path.Combine(folder, $"{name}.json"), bytes, ct);
    }

    /// <param name="Name">What is asked.</param>
    /// <param name="Goal">The share of the bare endpoint's requests a second that is aimed at.</param>
    /// <param name="Least">The share below which it is too slow.</param>
    /// <param name="Answer">The bytes that the bare endpoint returns.</param>
    private sealed record Scenario(string Name, double Goal, double Least, string Answer);

    /// <summary>Writes the same in two places.</summary>
    private sealed class Both(TextWriter one, TextWriter other) : TextWriter
    {
        public override System.Text.Encoding Encoding => one.Encoding;

        public override async Task WriteLineAsync(string? value)
        {
            await one.WriteLineAsync(value);
            await other.WriteLineAsync(value);
        }
    }
}
