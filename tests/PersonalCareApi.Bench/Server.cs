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

    private Server(Process process, Uri address)
    {
        this.process = process;
        Address = address;
    }

    public Uri Address { get; }

    /// <summary>Starts the published program that <c>PERSONALCARE_PROGRAM</c> names, and returns when it is ready.</summary>
    public static async Task<Server> Start(string folder, CancellationToken ct)
    {
        var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort()}"));
        var start = Start(folder, "--urls", address.ToString(), "--RateLimit:PermitsPerMinute", "1000000", "--Logging:LogLevel:Default", "Error");
        start.RedirectStandardOutput = true;
        var server = new Server(Process.Start(start)!, address);
        server.process.BeginOutputReadLine();
        using var client = new HttpClient { BaseAddress = address };
        while (!await IsReady(client, ct))
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
        using var form = new FormUrlEncodedContent(
            new Dictionary<string, string> { ["grant_type"] = "password", ["username"] = persona, ["password"] = "any" });
        using var response = await client.PostAsync(new Uri("/dev/token", UriKind.Relative), form, ct);
        response.EnsureSuccessStatusCode();
        var token = (await response.Content.ReadFromJsonAsync<JsonElement>(ct)).GetProperty("access_token").GetString();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
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

    private static async Task<bool> IsReady(HttpClient client, CancellationToken ct)
    {
        try
        {
            using var answer = await client.GetAsync(new Uri("/health/ready", UriKind.Relative), ct);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
