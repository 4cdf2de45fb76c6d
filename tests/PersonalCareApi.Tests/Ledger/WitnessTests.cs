using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using PersonalCareApi.Development;
using PersonalCareApi.Ledger;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Ledger;

/// <summary>Checkpoints leave for a witness; one that cannot be reached is seen to be behind, and has them all later.</summary>
[OnEachDatabase]
internal sealed class WitnessTests(TestDatabase database)
{
    private readonly List<string> told = [];

    [Test]
    public async Task A_file_that_cannot_be_written_is_told_in_the_log_and_catches_up()
    {
        using var data = new OwnData(database);
        var file = Path.Combine(data.Folder, "witness.jsonl");
        await using var host = new ApiHost(data) { Settings = new Dictionary<string, string> { ["Ledger:Witness:File"] = file } };
        var clientId = await host.NewClient();
        var client = await host.As("client");
        Directory.CreateDirectory(file);
        await Turn(host, client, clientId, times: 3);
        Assert.That(host.Log.All, Does.Contain("The ledger's witness file could not be told"));

        Directory.Delete(file);
        await Turn(host, client, clientId, times: 1);
        await Turn(host, client, clientId, times: 1);
        var lines = await File.ReadAllLinesAsync(file);

        Assert.That(lines, Has.Length.EqualTo(5));
        Assert.That((await Against(host, file)).Faults, Is.Empty);

        // A line that a crash cut off is no line, and is written again.
        await File.AppendAllTextAsync(file, "{\"sequence\":6,\"ha");
        Assert.That((await Against(host, file)).Faults, Is.Empty);
        await Turn(host, client, clientId, times: 1);
        Assert.That((await File.ReadAllLinesAsync(file)).Select(line => line[..13]), Is.EqualTo(Enumerable.Range(1, 6).Select(number => $"{{\"sequence\":{number}")));
        Assert.That((await Against(host, file)).Witnessed, Is.EqualTo(6));
    }

    [Test]
    public async Task Programs_that_tell_the_same_file_at_once_leave_it_whole()
    {
        const int Checkpoints = 200;
        using var data = new OwnData(database);
        var path = Path.Combine(data.Folder, "witness.jsonl");
        for (var sequence = 1; sequence <= Checkpoints; sequence++)
        {
            // Each names the heads that moved as it saw them, so that no two lines are equally long.
            var lines = Enumerable.Range(0, 4).Select(program => new WitnessLine(
                sequence,
                $"{sequence:x64}",
                "signed",
                [.. Enumerable.Range(0, program * 20).Select(head => new WitnessedHead(Personas.ClientId, head, new string('0', 64)))]));
            var told = await Task.WhenAll(lines.Select(line => Task.Run(async () =>
            {
                try
                {
                    await new WitnessFile(path).Take([line], CancellationToken.None);
                    return true;
                }
                catch (IOException)
                {
                    // Another was first, and the line is there.
                    return false;
                }
            })));
            Assert.That(told.Count(one => one), Is.EqualTo(1), $"Checkpoint {sequence}");
        }

        var read = (await File.ReadAllLinesAsync(path)).Select(line => WitnessLine.Read(Encoding.UTF8.GetBytes(line))?.Sequence);
        Assert.That(read, Is.EqualTo(Enumerable.Range(1, Checkpoints)));
    }

    [Test]
    public async Task A_webhook_gets_the_same_lines_each_at_least_once_and_after_a_failure_those_it_missed()
    {
        using var listener = new HttpListener();
        var url = Listen(listener);
        var fails = true;
        var serving = Serve(listener, () => fails);
        using var data = new OwnData(database);
        await using var host = new ApiHost(data)
        {
            Settings = new Dictionary<string, string> { ["Ledger:Witness:Url"] = url, ["Ledger:Witness:Authorization"] = "Bearer planted" },
        };
        var clientId = await host.NewClient();
        var client = await host.As("client");
        await Turn(host, client, clientId, times: 2);
        Assert.That(told, Is.Empty);
        Assert.That(host.Log.All, Does.Contain("The ledger's witness webhook could not be told").And.Not.Contain("planted"));

        fails = false;
        await Turn(host, client, clientId, times: 2);
        listener.Stop();
        await serving;

        var file = Path.Combine(data.Folder, "received.jsonl");
        await File.WriteAllTextAsync(file, string.Concat(told));
        var report = await Against(host, file);
        Assert.That(report.Faults, Is.Empty, "What it was sent, one behind the other, is the file of a witness.");
        Assert.That(report.Witnessed, Is.EqualTo(4));
    }

    [Test]
    public async Task A_webhook_without_TLS_elsewhere_is_refused_at_start()
    {
        await using var host = new ApiHost(database) { Settings = new Dictionary<string, string> { ["Ledger:Witness:Url"] = "http://example.org/witness" } };
        Assert.That(host.CreateClient, Throws.Exception.With.Message.Contains("Ledger:Witness:Url must be an https URL"));
    }

    [Test]
    public async Task The_command_verifies_against_the_file_and_names_an_old_database_put_back()
    {
        using var data = new OwnData(database);
        var file = Path.Combine(data.Folder, "witness.jsonl");
        var settings = new Dictionary<string, string> { ["Ledger:Witness:File"] = file };
        LedgerRows old;
        await using (var host = new ApiHost(data) { Settings = settings })
        {
            var clientId = await host.NewClient();
            var client = await host.As("client");
            await Turn(host, client, clientId, times: 1);
            using var connection = host.OpenDatabase();
            old = LedgerRows.Of(connection);
            await Turn(host, client, clientId, times: 2);
        }

        var shell = new Operator(data, "Development");
        var sound = (await shell.Run("ledger", "verify", "--against", file)).Expect(0);
        Assert.That(sound.Output, Does.Contain("witnessed up to 3: sound"));
        Assert.That((await shell.Run("ledger", "status", "--Ledger:Witness:File", file)).Expect(0).Output, Does.Contain("The file has checkpoint 3."));
        Assert.That((await shell.Run("ledger", "verify", "--against", $"{file}.none")).Expect(1).Error, Does.Contain("cannot be read"));

        using (var connection = data.Open())
        {
            old.PutBack(connection);
        }

        (await shell.Run("ledger", "verify")).Expect(0);
        var restored = (await shell.Run("ledger", "verify", "--against", file, "--json")).Expect(1);
        Assert.That(restored.Error, Does.Contain("restored: checkpoint 2: The witness knows checkpoints up to 3, the database up to 1"));
        Assert.That(restored.Json.GetProperty("sound").GetBoolean(), Is.False);
        Assert.That(restored.Json.GetProperty("faults").EnumerateArray().Select(fault => fault.Word("kind")), Does.Contain("restored").And.Contain("truncated"));
    }

    private static async Task Turn(ApiHost host, Api client, Guid clientId, int times)
    {
        foreach (var _ in Enumerable.Range(0, times))
        {
            (await client.Get(Record(clientId))).Expect(HttpStatusCode.OK);
            await host.Services.GetRequiredService<Checkpointing>().Turn(CancellationToken.None);
        }
    }

    private static async Task<LedgerReport> Against(ApiHost host, string file)
    {
        await using var known = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return await host.Services.GetRequiredService<LedgerVerification>().Run(known, null, _ => { }, CancellationToken.None);
    }

    private static string Listen(HttpListener listener)
    {
        using var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/";
        probe.Stop();
        listener.Prefixes.Add(url);
        listener.Start();
        return url;
    }

    private async Task Serve(HttpListener listener, Func<bool> fails)
    {
        while (listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception ended) when (ended is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
            var body = await reader.ReadToEndAsync();
            var isSound = context.Request is { HttpMethod: "POST", ContentType: "application/x-ndjson; charset=utf-8" }
                && context.Request.Headers["Authorization"] == "Bearer planted";
            context.Response.StatusCode = fails() || !isSound ? 500 : 204;
            if (context.Response.StatusCode == 204)
            {
                told.Add(body);
            }

            context.Response.Close();
        }
    }
}
