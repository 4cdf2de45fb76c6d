using System.Text.Json;

namespace PersonalCareApi.Tests.TestHost;

/// <summary>How a command ended, and what it wrote.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Error)
{
    public JsonElement Json => JsonElement.Parse(Output);

    public Guid Id => Json.GetProperty("id").GetGuid();

    /// <summary>Fails with all that was written where the exit code is another.</summary>
    public CommandResult Expect(int exitCode)
    {
        Assert.That(ExitCode, Is.EqualTo(exitCode), $"{Output}\n{Error}");
        return this;
    }
}

/// <summary>The operator at the command line of an installation.</summary>
internal sealed class Operator(OwnData data, string environment = "Production")
{
    // Standard output belongs to the whole process.
    private static readonly SemaphoreSlim Console = new(1);

    /// <summary>Runs the program as from a shell.</summary>
    public async Task<CommandResult> Run(params string[] args)
    {
        var settings = data.Settings.SelectMany(setting => new[] { $"--{setting.Key}", setting.Value });
        string[] all = [.. args, .. settings, "--environment", environment, "--Issuers:AllowHttpLoopback", "true"];
        await Console.WaitAsync();
        var (standardOutput, standardError) = (System.Console.Out, System.Console.Error);
        using var output = new StringWriter();
        using var error = new StringWriter();
        try
        {
            System.Console.SetOut(output);
            System.Console.SetError(error);
            var exitCode = await Task.Run(() => (int)typeof(Program).Assembly.EntryPoint!.Invoke(null, [all])!);
            return new CommandResult(exitCode, output.ToString(), error.ToString());
        }
        finally
        {
            System.Console.SetOut(standardOutput);
            System.Console.SetError(standardError);
            Console.Release();
        }
    }
}
