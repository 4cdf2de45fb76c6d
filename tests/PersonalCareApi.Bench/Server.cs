using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace PersonalCareApi.Bench;

/// <summary>A Development server in a process of its own, over a data folder that others may share.</summary>
internal sealed class Server : IAsyncDisposable
{
    private readonly Process process;
    private readonly ConcurrentQueue<string> said = new();

    private Server(Process process, Uri address)
    {
        this.process = process;
        Address = address;
    }

    public Uri Address { get; }

    /// <summary>What it has logged, line by line.</summary>
    public IReadOnlyCollection<string> Said => said;

    /// <summary>The processor time it has used.</summary>
    public TimeSpan Cpu
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    /// <summary>Whether it has ended by itself.</summary>
    public bool HasEnded => process.HasExited;

    public long ResidentMegabytes
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64 / (1024 * 1024);
        }
    }

    /// <summary>Starts the published program that <c>PERSONALCARE_PROGRAM</c> names, and returns when it is ready.</summary>
    /// <param name="folder">Its data.</param>
    /// <param name="ct">Gives up.</param>
    /// <param name="processor">The one it runs on; any where left out.</param>
    /// <param name="settings">More of them, as they stand on the command line.</param>
    public static Task<Server> Start(string folder, CancellationToken ct, int? processor = null, IReadOnlyList<string>? settings = null)
    {
        var address = FreeAddress();
        return Ready(
            Start(folder, ["--urls", address.ToString(), "--RateLimit:PermitsPerMinute", "1000000", "--Logging:LogLevel:Default", "Error", .. settings ?? []]),
            address,
            processor,
            new Uri("/health/ready", UriKind.Relative),
            ct);
    }

    /// <summary>Starts this program as the bare endpoints that others are compared with.</summary>
    public static Task<Server> StartBare(string folder, int processor, CancellationToken ct)
    {
        var address = FreeAddress();
        return Ready(
            new ProcessStartInfo("dotnet", [typeof(Server).Assembly.Location, "bare", "--url", address.ToString(), "--folder", folder]),
            address,
            processor,
            new Uri($"/v1/clients/{Guid.Empty}/assessments", UriKind.Relative),
            ct);
    }

    private static async Task<Server> Ready(ProcessStartInfo start, Uri address, int? processor, Uri sign, CancellationToken ct)
    {
        if (processor is { } only)
        {
            string[] command = ["-c", only.ToString(CultureInfo.InvariantCulture), start.FileName, .. start.ArgumentList];
            var pinned = new ProcessStartInfo("taskset", command);
            foreach (var (name, value) in start.Environment)
            {
                pinned.Environment[name] = value;
            }

            start = pinned;
        }

        start.RedirectStandardOutput = true;
        var server = new Server(Process.Start(start)!, address);
        server.process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is { Length: > 0 } text)
            {
                server.said.Enqueue(text);
            }
        };
        server.process.BeginOutputReadLine();
        using var client = new HttpClient { BaseAddress = address };
        while (!await IsReady(client, sign, ct))
        {
            if (server.process.HasExited)
            {
                throw new InvalidOperationException("The server ended before it was ready.");
            }

            await Task.Delay(50, ct);
        }

        return server;
    }

    /// <summary>A client signed in as a persona; the token is believed by every server over the same data folder.</summary>
    public async Task<HttpClient> As(string persona, CancellationToken ct)
    {
        var client = new HttpClient { BaseAddress = Address };
        client.DefaultRequestHeaders.Authorization = await SignIn(persona, ct);
        return client;
    }

    /// <summary>What a persona is signed in with, here and on every server over the same data folder.</summary>
    public async Task<AuthenticationHeaderValue> SignIn(string persona, CancellationToken ct)
    {
        using var client = new HttpClient { BaseAddress = Address };
        using var form = new FormUrlEncodedContent(
            new Dictionary<string, string> { ["grant_type"] = "password", ["username"] = persona, ["password"] = "any" });
        using var response = await client.PostAsync(new Uri("/dev/token", UriKind.Relative), form, ct);
        response.EnsureSuccessStatusCode();
        var token = (await response.Content.ReadFromJsonAsync<JsonElement>(ct)).GetProperty("access_token").GetString();
        return new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Runs one of the operator's commands on the data folder.</summary>
    /// <returns>The exit code, and all that was written.</returns>
    public static async Task<(int ExitCode, string Text)> Run(string folder, CancellationToken ct, params string[] command)
    {
        var start = Start(folder, command);
        start.RedirectStandardOutput = true;
        using var process = Process.Start(start)!;
        var text = await process.StandardOutput.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        return (process.ExitCode, text);
    }

    /// <summary>Kills it, as a power cut would.</summary>
    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private static ProcessStartInfo Start(string folder, params string[] arguments)
    {
        var program = Environment.GetEnvironmentVariable("PERSONALCARE_PROGRAM")
            ?? throw new InvalidOperationException("PERSONALCARE_PROGRAM must name a published PersonalCareApi.dll.");
        string[] all = [program, .. arguments, "--Data:Folder", folder, "--contentRoot", Path.GetDirectoryName(Path.GetFullPath(program))!];
        return new ProcessStartInfo("dotnet", all) { Environment = { ["ASPNETCORE_ENVIRONMENT"] = "Development" } };
    }

    private static async Task<bool> IsReady(HttpClient client, Uri sign, CancellationToken ct)
    {
        try
        {
            using var answer = await client.GetAsync(sign, ct);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>An address of this machine at which nobody listens.</summary>
    public static Uri FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}"));
    }
}
