namespace PersonalCareApi.Bench;

/// <summary>What every long run shares: a data folder that is gone afterwards, the operator's verifier, and how it ends.</summary>
internal static class Soak
{
    public static async Task<int> InFolder(Func<string, Task<int>> run)
    {
        var folder = Directory.CreateTempSubdirectory("personal-care-soak-").FullName;
        try
        {
            return await run(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Runs the operator's own verifier over the chains.</summary>
    /// <returns>What it says where it found anything; else nothing.</returns>
    public static async Task<IReadOnlyList<string>> LedgerFaults(string folder, CancellationToken ct, params string[] options)
    {
        var (exitCode, text) = await Server.Run(folder, ct, ["ledger", "verify", .. options]);
        return exitCode == 0 ? [] : [$"ledger verify ended with {exitCode}: {text}"];
    }

    /// <summary>Tells what was counted, and each fault below it.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="counted">The one line that sums the run up.</param>
    /// <param name="faults">Every promise that was broken.</param>
    /// <param name="happened">Whether what was to be tried happened at all: a run that tried nothing has shown nothing.</param>
    /// <returns>The exit code: 0 where nothing was violated.</returns>
    public static async Task<int> Tell(TextWriter output, string counted, IReadOnlyCollection<string> faults, bool happened)
    {
        await output.WriteLineAsync($"{counted}; {faults.Count} faults");
        foreach (var fault in faults)
        {
            await output.WriteLineAsync(fault);
        }

        return faults.Count == 0 && happened ? 0 : 1;
    }
}
