using PersonalCareApi.Tests.TestHost;

namespace PersonalCareApi.Tests.Commands;

/// <summary>A setting that cannot be ends the program before anything starts: every fault in a line of its own, and nothing else.</summary>
[TestFixture]
internal sealed class SettingsFaultTests
{
    private OwnData data = null!;

    [OneTimeSetUp]
    public void Start() => data = new OwnData(TestDatabase.Sqlite);

    [OneTimeTearDown]
    public void Stop() => data.Dispose();

    [TestCase("Urls", "nowhere", "Urls must be addresses such as http://localhost:5080, with ; between.")]
    [TestCase("Database:Provider", "Postgres", "Database:Provider must be Sqlite or SqlServer.")]
    [TestCase("Database:MigrateOnStart", "perhaps", "Database:MigrateOnStart must be true or false.")]
    [TestCase("ConnectionStrings:PersonalCare", "Password=hidden;what", "ConnectionStrings:PersonalCare is no connection string for Sqlite.")]
    [TestCase("RateLimit:PermitsPerMinute", "0", "RateLimit:PermitsPerMinute must be a number from 1 to 1000000.")]
    [TestCase("RateLimit:PermitsPerMinute", "many", "RateLimit:PermitsPerMinute must be a number from 1 to 1000000.")]
    [TestCase("Cors:Origins:0", "*", "Cors:Origins: each must be an origin such as https://app.example.org.")]
    [TestCase("Cors:Origins", "https://app.example.org", "Cors:Origins is a list: set Cors:Origins:0.")]
    [TestCase("Issuers:AllowHttpLoopback", "1", "Issuers:AllowHttpLoopback must be true or false.")]
    [TestCase("Ledger:CheckpointSeconds", "0", "Ledger:CheckpointSeconds must be a number from 1 to 86400.")]
    [TestCase("Ledger:Witness:Url", "http://example.org/witness", "Ledger:Witness:Url must be an https URL.")]
    [TestCase("Ledger:Witnes:File", "witness.jsonl", "Ledger:Witnes:File is no setting of this program.")]
    [TestCase("Ledger:SigningKey:File", "none.pem", "Ledger:SigningKey:File names no file with a private key in PEM that can be read.")]
    [TestCase("Exports:KeptHours", "721", "Exports:KeptHours must be a number from 1 to 720.")]
    [TestCase("Protection:Certificate:Password", "hidden", "Protection:Certificate:Password is set without Protection:Certificate:File.")]
    [TestCase("Protection:Certificate:Previous:0:Password", "hidden", "Protection:Certificate:Previous:0:Password is set without Protection:Certificate:Previous:0:File.")]
    public async Task A_fault_is_one_line_with_the_name_and_never_the_value(string name, string value, string line)
    {
        var ended = (await new Operator(data).Run($"--{name}={value}").WaitAsync(TimeSpan.FromMinutes(1))).Expect(1);

        Assert.That(ended.Error.Trim(), Is.EqualTo(line));
        Assert.That(ended.Error, Does.Not.Contain("   at ").And.Not.Contain("hidden").And.Not.Contain("Exception"));
        Assert.That(ended.Output, Is.Empty);
    }

    [Test]
    public async Task All_faults_are_told_at_once_and_stop_commands_too()
    {
        var ended = (await new Operator(data).Run(
            "migrate", "--Exports:KeptHours=0", "--Ledger:CheckpointSeconds=x", "--Cors:Origins:0=nowhere", "--Data:Folders=x")).Expect(1);

        Assert.That(ended.Error.Trim().Split('\n').Select(line => line.Split(' ')[0].Trim(':', '\r')), Is.EqualTo(["Cors:Origins", "Ledger:CheckpointSeconds", "Exports:KeptHours", "Data:Folders"]));
        Assert.That(File.Exists(Path.Combine(data.Folder, "personal-care.db")), Is.False, "Nothing was begun.");
    }

    [Test]
    public async Task A_secret_comes_from_a_file_of_its_name()
    {
        var secrets = Directory.CreateDirectory(Path.Combine(data.Folder, "secrets")).FullName;
        await File.WriteAllTextAsync(Path.Combine(secrets, "Exports__KeptHours"), "0");

        Assert.That(
            (await new Operator(data).Run("migrate", $"--Secrets:Folder={secrets}")).Expect(1).Error, Does.Contain("Exports:KeptHours must be"));
        Assert.That(
            (await new Operator(data).Run("migrate", $"--Secrets:Folder={secrets}.none")).Expect(1).Error, Does.Contain("Secrets:Folder names no folder"));
    }
}
