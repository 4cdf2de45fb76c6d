using System.Net;
using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using PersonalCareApi.Ledger;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Commands;

/// <summary>A backup is whole although everybody writes, serves when it is put back, and is never put back unnoticed.</summary>
[TestFixture]
internal sealed class BackupTests
{
    private OwnData data = null!;
    private Operator operations = null!;
    private string witness = null!;

    [SetUp]
    public void Start()
    {
        data = new OwnData(TestDatabase.Sqlite);
        operations = new Operator(data, "Development");
        witness = Path.Combine(data.Folder, "witness.jsonl");
    }

    [TearDown]
    public void Stop() => data.Dispose();

    [Test]
    public async Task A_backup_taken_while_everybody_writes_is_whole_and_serves_elsewhere()
    {
        var copy = Path.Combine(data.Folder, "copy.db");
        Guid clientId;
        await using (var host = Host())
        {
            clientId = await host.NewClient();
            using (var beside = data.Open())
            {
                // Long enough that the copy is not made in one piece.
                beside.Execute("CREATE TABLE filler (octets BLOB); INSERT INTO filler VALUES (zeroblob(60000000))");
            }

            var client = await host.As("client");
            using var enough = new CancellationTokenSource();
            var writing = Enumerable.Range(0, 4).Select(_ => Write(client, clientId, enough.Token)).ToList();
            var made = (await operations.Run("backup", "--to", copy, "--json")).Expect(0);
            await enough.CancelAsync();
            Assert.That((await Task.WhenAll(writing)).Sum(), Is.GreaterThan(0), "Nobody waited for the copy to end.");

            Assert.That(made.Json.GetProperty("bytes").GetInt64(), Is.EqualTo(new FileInfo(copy).Length).And.GreaterThan(60_000_000));
            Assert.That(made.Error, Does.Contain("pages copied."));
            Assert.That(Directory.GetFiles(data.Folder, "copy.db*"), Is.EqualTo([copy]), "It is in one file.");
            Assert.That((await operations.Run("backup", "--to", copy)).Expect(1).Error, Does.Contain("is there already"));
        }

        using var elsewhere = new OwnData(TestDatabase.Sqlite);
        CopyKeys(elsewhere);
        var there = new Operator(elsewhere, "Development");
        var restored = (await there.Run("restore", "--from", copy)).Expect(0);
        Assert.That(restored.Error, Does.Contain("Without a witness nobody can tell"));
        (await there.Run("ledger", "verify")).Expect(0);
        await using var next = new ApiHost(elsewhere);
        (await (await next.As("client")).Get(Record(clientId))).Expect(HttpStatusCode.OK);
        (await next.Anonymous().Get("/health/ready")).Expect(HttpStatusCode.OK);
    }

    [Test]
    public async Task A_restored_old_file_is_noticed_with_what_it_undoes()
    {
        var old = Path.Combine(data.Folder, "old.db");
        await using (var host = Host())
        {
            var clientId = await host.NewClient();
            var client = await host.As("client");
            var consent = (await client.Post(Record(clientId, "/consents"), Permit(["assessments"]))).Expect(HttpStatusCode.Created);
            await Turn(host);
            (await operations.Run("backup", "--to", old)).Expect(0);
            (await client.Post(Record(clientId, $"/consents/{consent.Id}/withdrawal"), new { })).Expect(HttpStatusCode.OK);
            await Turn(host);

            Assert.That((await operations.Run("restore", "--from", old)).Expect(1).Error, Does.Contain("There is a database"));
            Assert.That((await operations.Run("restore", "--from", old, "--replace")).Expect(1).Error, Does.Contain("A server has the database open"));
            (await client.Get(Record(clientId))).Expect(HttpStatusCode.OK);
        }

        SqliteConnection.ClearAllPools();
        var restored = (await operations.Run("restore", "--from", old, "--replace", "--against", witness, "--json")).Expect(1);

        Assert.That(restored.Error, Does.Contain("older than what the witness knows: checkpoints 2 to 3 are lost").And.Contain("Consents that were withdrawn since are in force again"));
        Assert.That(restored.Json.GetProperty("faults").EnumerateArray().Select(fault => fault.Word("kind")), Does.Contain("restored"));
        Assert.That(File.Exists(restored.Json.Word("aside")), "What was there is kept.");
        Assert.That((await operations.Run("ledger", "verify", "--against", witness)).Expect(1).Error, Does.Contain("an older state of it was put back"));
        Assert.That(
            (await operations.Run("restore", "--from", old, "--replace", "--Ledger:Witness:File", witness)).ExitCode, Is.EqualTo(1), "The witness that is set is asked as well.");
    }

    [Test]
    public async Task What_is_not_a_whole_database_of_this_program_is_refused_and_nothing_is_touched()
    {
        (await operations.Run("migrate")).Expect(0);
        var sound = Path.Combine(data.Folder, "sound.db");
        (await operations.Run("backup", "--to", sound)).Expect(0);
        var before = await File.ReadAllBytesAsync(Path.Combine(data.Folder, "personal-care.db"));

        await Refuses("There is no", Path.Combine(data.Folder, "none.db"));
        await Refuses("is no sound database", Planted(file => File.WriteAllText(file, new string('x', 5000))));
        await Refuses("is damaged", Planted(file =>
        {
            File.Copy(sound, file);
            using var damaged = new FileStream(file, FileMode.Open, FileAccess.Write);
            damaged.Seek(damaged.Length / 2, SeekOrigin.Begin);
            damaged.Write(new byte[40_000]);
        }), "is no sound database");
        await Refuses("is not a database of this program", Planted(file => Change(file, "CREATE TABLE other (id INTEGER)")));
        await Refuses("of a newer version of this program: 9999_later", Planted(file =>
        {
            File.Copy(sound, file);
            Change(file, "INSERT INTO SchemaVersions (ScriptName, Applied) VALUES ('9999_later', '2030-01-01')");
        }));

        Assert.That(await File.ReadAllBytesAsync(Path.Combine(data.Folder, "personal-care.db")), Is.EqualTo(before));
    }

    [TestCase("backup", "--to")]
    [TestCase("restore", "--from")]
    public async Task On_a_server_the_command_says_whose_backup_it_is(string command, string option)
    {
        var refused = (await operations.Run(
            command, option, Path.Combine(data.Folder, "any.db"), "--Database:Provider=SqlServer", "--ConnectionStrings:PersonalCare=Server=nowhere.invalid;Database=x")).Expect(1);
        Assert.That(refused.Error, Does.Contain("the server's own: BACKUP DATABASE"));
    }

    private ApiHost Host() => new(data) { Settings = new Dictionary<string, string> { ["Ledger:Witness:File"] = witness } };

    private static Task Turn(ApiHost host) => host.Services.GetRequiredService<Checkpointing>().Turn(CancellationToken.None);

    /// <returns>How many answers there were, each with its ledger entry.</returns>
    private static async Task<int> Write(Api client, Guid clientId, CancellationToken enough)
    {
        var written = 0;
        while (!enough.IsCancellationRequested)
        {
            (await client.Get(Record(clientId))).Expect(HttpStatusCode.OK);
            written++;
            await Task.Delay(5, CancellationToken.None);
        }

        return written;
    }

    private void CopyKeys(OwnData elsewhere)
    {
        foreach (var file in Directory.GetFiles(data.Folder, "*", SearchOption.AllDirectories).Where(file => !file.Contains(".db", StringComparison.Ordinal)))
        {
            var to = Path.Combine(elsewhere.Folder, Path.GetRelativePath(data.Folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }
    }

    private async Task Refuses(string because, string file, string? orBecause = null)
    {
        SqliteConnection.ClearAllPools();
        var refused = (await operations.Run("restore", "--from", file, "--replace")).Expect(1);
        Assert.That(refused.Error, Does.Contain(because).Or.Contain(orBecause ?? because));
    }

    private string Planted(Action<string> make)
    {
        var file = Path.Combine(data.Folder, $"planted-{Directory.GetFiles(data.Folder).Length}.db");
        make(file);
        return file;
    }

    private static void Change(string file, string statement)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        connection.Open();
        connection.Execute(statement);
    }
}
