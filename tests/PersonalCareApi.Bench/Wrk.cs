using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace PersonalCareApi.Bench;

/// <summary>The load on a server, made by <c>wrk</c> on the second processor, and what it tells.</summary>
internal static partial class Wrk
{
    public const int Connections = 32;
    public const int Rounds = 5;

    /// <summary>How long a round takes.</summary>
    public const int Seconds = 4;

    private const int Targets = 1000;

    /// <summary>Writes what wrk asks: of another client each time.</summary>
    /// <param name="folder">Where the script is left.</param>
    /// <param name="name">The script's name.</param>
    /// <param name="asked">One assessment (<c>one</c>), a page of them (<c>list</c>), or that one is administered (<c>created</c>).</param>
    /// <param name="population">Whose records are asked for: a thousand of them, spread over all.</param>
    /// <param name="token">Who asks.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<string> Script(string folder, string name, string asked, Population population, string token, CancellationToken ct)
    {
        var step = Math.Max(1, population.Clients.Count / Targets);
        var targets = population.Clients.Where((_, at) => at % step == 0).Take(Targets).Select(client => $"\"/v1/clients/{client.ClientId}/assessments{asked switch
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
              if {{(asked == "created" ? "true" : "false")}} then
                headers["Content-Type"] = "application/json"
                headers["Idempotency-Key"] = run .. "-" .. count
                return wrk.format("POST", path, headers, '{{body}}')
              end
              return wrk.format("GET", path, headers)
            end
            """;
        var file = Path.Combine(folder, $"{name}.lua");
        await File.WriteAllTextAsync(file, text, ct);
        return file;
    }

    /// <summary>Two loads in turn, so that what else the machine does meets both.</summary>
    /// <inheritdoc cref="Run"/>
    public static async Task<IReadOnlyList<(Sample One, Sample Other)>> InTurn(
        Server one, string script, Server other, string otherScript, CancellationToken ct)
    {
        var rounds = new List<(Sample, Sample)>();
        while (rounds.Count < Rounds)
        {
            rounds.Add((await Run(one, script, Seconds, ct), await Run(other, otherScript, Seconds, ct)));
        }

        return rounds;
    }

    /// <exception cref="InvalidOperationException">A request was not answered by a success.</exception>
    public static async Task<Sample> Run(Server server, string script, int seconds, CancellationToken ct)
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

    public static double Median(IEnumerable<double> values)
    {
        var ordered = values.Order().ToList();
        return ordered[ordered.Count / 2];
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)")]
    private static partial Regex PerSecond();

    [GeneratedRegex(@"(\d+) requests in")]
    private static partial Regex Total();

    [GeneratedRegex(@"99%\s+([\d.]+)(us|ms|s)")]
    private static partial Regex Percentile();

    /// <param name="PerSecond">Requests a second.</param>
    /// <param name="Cpu">Of the server, µs a request.</param>
    /// <param name="P99">Milliseconds.</param>
    internal sealed record Sample(double PerSecond, double Cpu, double P99);
}
