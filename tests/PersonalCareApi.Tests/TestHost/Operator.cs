using System.Text;
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
    private static readonly Redirected Output = Redirected.Take(Console.Out, Console.SetOut);
    private static readonly Redirected Error = Redirected.Take(Console.Error, Console.SetError);

    /// <summary>Runs the program as from a shell.</summary>
    public async Task<CommandResult> Run(params string[] args)
    {
        var settings = data.Settings.SelectMany(setting => new[] { $"--{setting.Key}", setting.Value });
        // What a test names comes last, and holds.
        string[] all = [.. settings, "--environment", environment, "--Issuers:AllowHttpLoopback", "true", .. args];
        return await Task.Run(() =>
        {
            var (output, error) = (Output.ToText(), Error.ToText());
            var exitCode = (int)typeof(Program).Assembly.EntryPoint!.Invoke(null, [all])!;
            return new CommandResult(exitCode, output.ToString(), error.ToString());
        });
    }

    /// <summary>Starts something in this process.</summary>
    /// <exception cref="InvalidOperationException">It did not start; the message is what it wrote, or else what was thrown.</exception>
    public static T Start<T>(Func<T> start) => Task.Run(() =>
    {
        var error = Error.ToText();
        try
        {
            return start();
        }
        catch (InvalidOperationException refused) when (error.ToString() is { Length: > 0 } said)
        {
            throw new InvalidOperationException(said, refused);
        }
    }).GetAwaiter().GetResult();

    /// <summary>A stream of the process, which belongs to all tests: what a command writes goes to its own text instead.</summary>
    private sealed class Redirected(TextWriter process) : TextWriter
    {
        private readonly AsyncLocal<TextWriter?> text = new();

        public override Encoding Encoding => process.Encoding;

        public static Redirected Take(TextWriter process, Action<TextWriter> set)
        {
            var redirected = new Redirected(process);
            set(redirected);
            return redirected;
        }

        /// <summary>From here on, what this flow of execution and those it starts write is kept as text.</summary>
        public StringWriter ToText()
        {
            var written = new StringWriter();
            text.Value = Synchronized(written);
            return written;
        }

        public override void Write(char value) => (text.Value ?? process).Write(value);

        public override void Write(string? value) => (text.Value ?? process).Write(value);

        public override void Write(char[] buffer, int index, int count) => (text.Value ?? process).Write(buffer, index, count);

        public override void Flush() => (text.Value ?? process).Flush();
    }
}
