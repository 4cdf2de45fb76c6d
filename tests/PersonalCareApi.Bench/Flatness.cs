using System.Globalization;

namespace PersonalCareApi.Bench;

/// <summary>What a read and a list cost over a database a hundred times as large: both in turn, within one run.</summary>
internal static class Flatness
{
    private const int WarmUpSeconds = 20;
    private const int AssessmentsOfEach = 100;
    private const int Fewer = 100;
    private const double Most = 1.3;

    /// <summary>The comparison, a line each.</summary>
    /// <param name="folder">Keeps both databases for the next run.</param>
    /// <param name="more">How many clients the larger has; the smaller has a hundred, each of either a hundred assessments.</param>
    /// <param name="output">Where the lines go.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<int> Measure(string folder, int more, TextWriter output, CancellationToken ct)
    {
        var small = await Filled(Path.Combine(folder, "small"), Fewer, output, ct);
        var large = await Filled(Path.Combine(folder, "large"), more, output, ct);
        await using var overSmall = await Server.Start(small.Folder, ct, processor: 0);
        await using var overLarge = await Server.Start(large.Folder, ct, processor: 0);
        await output.WriteLineAsync($"{small.Population.Assessments} assessments beside {large.Population.Assessments}; CPU in µs a request, median of {Wrk.Rounds} rounds");
        foreach (var (name, asked) in new[] { ("read one", "one"), ("list 20", "list") })
        {
            var less = await Script(small, overSmall, asked, ct);
            var most = await Script(large, overLarge, asked, ct);
            await Wrk.Run(overSmall, less, WarmUpSeconds, ct);
            await Wrk.Run(overLarge, most, WarmUpSeconds, ct);
            var rounds = await Wrk.InTurn(overSmall, less, overLarge, most, ct);
            var (few, many) = (rounds.Select(round => round.One).ToList(), rounds.Select(round => round.Other).ToList());
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-8} | {Wrk.Median(few.Select(one => one.Cpu)),5:F0} {Wrk.Median(few.Select(one => one.PerSecond)),6:F0}/s | {Wrk.Median(many.Select(one => one.Cpu)),5:F0} {Wrk.Median(many.Select(one => one.PerSecond)),6:F0}/s | {Wrk.Median(rounds.Select(round => round.Other.Cpu / round.One.Cpu)):F2} of the CPU, {Wrk.Median(rounds.Select(round => round.One.PerSecond / round.Other.PerSecond)):F2} of the time; at most {Most:F1}"));
        }

        return 0;
    }

    private static async Task<Half> Filled(string folder, int clients, TextWriter output, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        await using var server = await Server.Start(folder, ct);
        return new Half(folder, await Population.In(folder, server, clients, AssessmentsOfEach, output, ct));
    }

    private static async Task<string> Script(Half half, Server server, string asked, CancellationToken ct) =>
        await Wrk.Script(half.Folder, asked, asked, half.Population, (await server.SignIn("practitioner", ct)).Parameter!, ct);

    /// <param name="Folder">Its data.</param>
    /// <param name="Population">Who is in it.</param>
    private sealed record Half(string Folder, Population Population);
}
