using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.RegularExpressions;

namespace PersonalCareApi.Bench;

/// <summary>
/// Requests a second of whole requests over HTTP, each round beside bare endpoints that return the same bytes: the server on
/// one processor, the load (<c>wrk</c>) on the other.
/// </summary>
internal static partial class HttpLoad
{
    private const int Connections = 32;
    private const int Rounds = 5;
    private const int Seconds = 4;
    private const int WarmUpSeconds = 25;
    private const int TargetsInLoad = 1000;

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
            $"{population.Clients.Count} clients, {population.Assessments} assessments; {Connections} connections, median of {Rounds} rounds; CPU in µs a request");
        await output.WriteLineAsync("scenario    |    bare/s  CPU |      here/s  CPU    p99 | ratio  CPU ratio | goal  least");
        foreach (var scenario in withoutLoad ? [] : Scenarios)
        {
            var script = await Script(folder, scenario, population, token, ct);
            await Run(bare, script, Seconds, ct);
            await Run(server, script, WarmUpSeconds, ct);
            var (without, here) = (new List<Sample>(), new List<Sample>());
            for (var round = 0; round < Rounds; round++)
            {
                without.Add(await Run(bare, script, Seconds, ct));
                here.Add(await Run(server, script, Seconds, ct));
            }

            var ratio = Median(without.Zip(here, (a, b) => b.PerSecond / a.PerSecond));
            var costs = Median(without.Zip(here, (a, b) => b.Cpu / a.Cpu));
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{scenario.Name,-11} | {Median(without.Select(one => one.PerSecond)),9:F0} {Median(without.Select(one => one.Cpu)),4:F0} | {Median(here.Select(one => one.PerSecond)),11:F0} {Median(here.Select(one => one.Cpu)),4:F0} {Median(here.Select(one => one.P99)),4:F1} ms | {ratio,5:F3} {costs,9:F1} | {scenario.Goal:F2}  {scenario.Least:F2}"));
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
            scripts.Add(await Script(folder, Scenarios[0] with { File = $"provisions-{provisions}" }, population, token, ct));
            await Run(server, scripts[^1], Seconds, ct);
        }

        var costs = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            var one = await Run(server, scripts[0], Seconds, ct);
            costs.Add((await Run(server, scripts[1], Seconds, ct)).Cpu / one.Cpu);
        }

        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"read one with {ManyProvisions} provisions: {Median(costs):F2} of its CPU with one"));
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

            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{name}: {Median(took.Skip(Alone)):F1} ms"));
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

    /// <summary>What wrk asks: of another client each time.</summary>
    private static async Task<string> Script(string folder, Scenario scenario, Population population, string token, CancellationToken ct)
    {
        var targets = population.Clients.Take(TargetsInLoad).Select(client => $"\"/v1/clients/{client.ClientId}/assessments{scenario.Answer switch
        {
            "one" => $"/{client.AssessmentId}",
            "list" => "?limit=20",
            _ => "",
        }}\"");
        var body = System.Text.Json.JsonSerializer.Serialize(Requests.Gad7);
        var text = $$"""
            local targets = { {{string.Join(", ", targets)}} }
            local headers = { ["Authorization"] = "Bearer {{token}}" }
            local count = 0
            local run = os.time() .. "-" .. tostring({}):sub(8)
            request = function()
              count = count + 1
              local path = targets[(count * 7919) % #targets + 1]
              if {{(scenario.Answer == "created" ? "true" : "false")}} then
                headers["Content-Type"] = "application/json"
                headers["Idempotency-Key"] = run .. "-" .. count
                return wrk.format("POST", path, headers, '{{body}}')
              end
              return wrk.format("GET", path, headers)
            end
            """;
        var file = Path.Combine(folder, $"{scenario.File ?? scenario.Answer}.lua");
        await File.WriteAllTextAsync(file, text, ct);
        return file;
    }

    private static async Task<Sample> Run(Server server, string script, int seconds, CancellationToken ct)
    {
        var start = new ProcessStartInfo(
            "taskset", ["-c", "1", "wrk", "-t1", $"-c{Connections}", $"-d{seconds}s", "--latency", "-s", script, server.Address.ToString()])
        {
            RedirectStandardOutput = true,
        };
        var before = server.Cpu;
        using var wrk = Process.Start(start)!;
        var text = await wrk.StandardOutput.ReadToEndAsync(ct);
        await wrk.WaitForExitAsync(ct);
        var cpu = server.Cpu - before;
        if (wrk.ExitCode != 0 || text.Contains("Non-2xx", StringComparison.Ordinal) || text.Contains("Socket errors", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"The load was not answered as it should be:\n{text}");
        }

        var requests = Number(Total().Match(text).Groups[1].Value);
        var late = Percentile().Match(text);
        return new Sample(
            Number(PerSecond().Match(text).Groups[1].Value),
            cpu.TotalMicroseconds / requests,
            Number(late.Groups[1].Value) * late.Groups[2].Value switch { "us" => 0.001, "ms" => 1, _ => 1000 });
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static double Median(IEnumerable<double> values)
    {
        var ordered = values.Order().ToList();
        return ordered[ordered.Count / 2];
    }

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)")]
    private static partial Regex PerSecond();

    [GeneratedRegex(@"(\d+) requests in")]
    private static partial Regex Total();

    [GeneratedRegex(@"99%\s+([\d.]+)(us|ms|s)")]
    private static partial Regex Percentile();

    /// <param name="Name">What is asked.</param>
    /// <param name="Goal">The share of the bare endpoint's requests a second that is aimed at.</param>
    /// <param name="Least">The share below which it is too slow.</param>
    /// <param name="Answer">The bytes that the bare endpoint returns.</param>
    private sealed record Scenario(string Name, double Goal, double Least, string Answer)
    {
        /// <summary>The name of its script, where it is another than that of the answer.</summary>
        public string? File { get; init; }
    }

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

    /// <param name="PerSecond">Requests a second.</param>
    /// <param name="Cpu">Of the server, µs a request.</param>
    /// <param name="P99">Milliseconds.</param>
    private sealed record Sample(double PerSecond, double Cpu, double P99);
}
