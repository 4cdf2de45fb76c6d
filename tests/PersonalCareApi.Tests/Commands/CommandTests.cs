using Dapper;
using PersonalCareApi.Commands;
using PersonalCareApi.Tests.Pipeline;
using PersonalCareApi.Tests.TestHost;

namespace PersonalCareApi.Tests.Commands;

/// <summary>The operator's commands: what they do, what they say, how they end.</summary>
[OnEachDatabase]
internal sealed class CommandTests(TestDatabase database)
{
    private OwnData data = null!;
    private Operator operations = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        data = new OwnData(database);
        operations = new Operator(data);
        (await operations.Run("migrate")).Expect(0);
        (await operations.Run("partner", "add", "harbour", "--name", "Harbour Teletherapy")).Expect(0);
    }

    [OneTimeTearDown]
    public void Stop() => data.Dispose();

    [Test]
    public async Task Migrating_again_does_no_harm() =>
        Assert.That((await operations.Run("migrate", "--json")).Expect(0).Json.GetProperty("upToDate").GetBoolean(), Is.True);

    [Test]
    public async Task On_a_database_that_is_not_migrated_a_command_says_so()
    {
        using var fresh = new OwnData(database);
        var listed = (await new Operator(fresh).Run("partner", "list")).Expect(1);
        Assert.That(listed.Error, Does.Contain("Run migrate first."));
        (await new Operator(fresh).Run("health")).Expect(1);
    }

    [Test]
    public async Task On_the_database_of_a_newer_program_nothing_is_done_and_it_says_so()
    {
        using var newer = new OwnData(database);
        var older = new Operator(newer);
        (await older.Run("migrate")).Expect(0);
        await using (var beside = newer.Open())
        {
            await beside.ExecuteAsync("INSERT INTO SchemaVersions (ScriptName, Applied) VALUES ('9999_later', '2030-01-01')");
        }

        foreach (var command in new string[][] { ["migrate"], ["partner", "list"], ["health"], [], ["--Database:MigrateOnStart", "false"] })
        {
            // Without a verb it would serve.
            var refused = (await older.Run([.. command, "--urls", "http://127.0.0.1:0"]).WaitAsync(TimeSpan.FromMinutes(1))).Expect(1);
            Assert.That(refused.Error.Trim(), Does.StartWith("The database is of a newer version of this program: 9999_later is not known to this one."), string.Join(' ', command));
        }
    }

    [Test]
    public async Task A_partner_begins_with_what_closes_most_and_is_changed_by_what_is_named()
    {
        var added = (await operations.Run("partner", "add", "clinic", "--name", "Clinic", "--json")).Expect(0).Json;
        Assert.That(added.GetProperty("defaultRule").GetString(), Is.EqualTo("opt-in"));
        Assert.That(added.GetProperty("requiresFlagReader").GetBoolean(), Is.True);
        Assert.That(added.GetProperty("closingLabels").EnumerateArray().Select(label => label.GetString()), Does.Contain("HIV").And.Contain("PSYTHPN"));

        var set = (await operations.Run(
            "partner", "set", "clinic", "--age-for", "HRESCH=18", "--closing", "HIV GDIS", "--part2", "--requires-flag-reader", "false", "--json")).Expect(0).Json;
        Assert.That(set.GetProperty("ageOfConsentByPurpose").GetProperty("HRESCH").GetInt32(), Is.EqualTo(18));
        Assert.That(set.GetProperty("closingLabels").GetArrayLength(), Is.EqualTo(2));
        Assert.That(set.GetProperty("part2Programme").GetBoolean(), Is.True);
        Assert.That(set.GetProperty("requiresFlagReader").GetBoolean(), Is.False);
        Assert.That(set.GetProperty("version").GetInt32(), Is.EqualTo(2));
        Assert.That((await operations.Run("partner", "list")).Expect(0).Output, Does.Contain("clinic").And.Contain("harbour"));
    }

    [Test]
    public async Task What_is_there_already_fails_and_says_so()
    {
        var twice = (await operations.Run("partner", "add", "harbour", "--name", "Again")).Expect(1);

        Assert.That(twice.Output, Is.Empty);
        Assert.That(twice.Error.Trim(), Is.EqualTo("There is a partner harbour already."));
    }

    [TestCase("partner", "set", "nobody", "--name", "X")]
    [TestCase("issuer", "list", "--partner", "nobody")]
    [TestCase("application", "revoke", "nothing", "--partner", "harbour")]
    [TestCase("partner", "add", "Harbour!", "--name", "X")]
    [TestCase("partner", "set", "harbour", "--age-for", "HRESCH")]
    [TestCase("partner", "set", "harbour", "--closing", "XYZ")]
    [TestCase("application", "add", "app", "--partner", "harbour", "--name", "App", "--scope", "everything")]
    [TestCase("health", "--url", "http://127.0.0.1:1")]
    [TestCase("health", "--url", "nowhere")]
    public async Task What_cannot_be_done_ends_with_1(params string[] command)
    {
        var failed = (await operations.Run(command)).Expect(1);
        Assert.That(failed.Output, Is.Empty);
        Assert.That(failed.Error, Is.Not.Empty);
    }

    [TestCase("patrner")]
    [TestCase("partner")]
    [TestCase("partner", "add", "x")]
    [TestCase("partner", "add", "x", "--nmae", "X")]
    [TestCase("partner", "set", "harbour", "--default-rule", "sloppy")]
    [TestCase("partner", "set", "harbour", "--age-of-consent", "many")]
    [TestCase("issuer", "set", "no-id", "--partner", "harbour")]
    public async Task What_is_no_command_ends_with_2(params string[] command) =>
        Assert.That((await operations.Run(command)).Expect(2).Error, Does.Contain("--help"));

    [Test]
    public async Task Help_tells_each_command_and_what_it_takes()
    {
        Assert.That((await operations.Run("--help")).Expect(0).Output, Does.Contain("migrate").And.Contain("demo-data").And.Contain("health"));
        Assert.That((await operations.Run("issuer", "add", "--help")).Expect(0).Output, Does.Contain("--audience").And.Contain("--jwks"));
    }

    [Test]
    public async Task A_key_set_is_read_from_a_file_and_its_faults_are_told_by_name()
    {
        var file = Path.Combine(data.Folder, "keys.json");
        await File.WriteAllTextAsync(file, new TokenMaker().Jwks);
        string[] add = ["issuer", "add", "--partner", "harbour", "--url", "https://id.example", "--audience", "api", "--jwks", file];
        var added = (await operations.Run([.. add, "--token-type", "JWT", "--application-claim", "azp", "client_id", "--json"])).Expect(0).Json;
        Assert.That(added.GetProperty("keySource").GetString(), Is.EqualTo("given"));
        Assert.That(added.GetProperty("applicationClaims").GetRawText(), Is.EqualTo("""["azp","client_id"]"""));
        Assert.That((await operations.Run(add)).Expect(1).Error, Does.Contain("already"));

        await File.WriteAllTextAsync(file, """{"keys":[{"kty":"oct","k":"AQAB","kid":"1"}]}""");
        Assert.That((await operations.Run(add)).Expect(1).Error, Does.StartWith("jwks: private-key."));
        await File.WriteAllTextAsync(file, "keys");
        Assert.That((await operations.Run(add)).Expect(1).Error, Does.StartWith("jwks: invalid-key-set."));
    }

    [Test]
    public async Task An_application_is_added_changed_and_revoked()
    {
        (await operations.Run("application", "add", "portal", "--partner", "harbour", "--name", "Portal", "--scope", "goals:read,goals:write")).Expect(0);
        var set = (await operations.Run("application", "set", "portal", "--partner", "harbour", "--purpose", "TREAT", "HRESCH", "--json")).Expect(0).Json;
        Assert.That(set.GetProperty("scopes").GetArrayLength(), Is.EqualTo(2));
        Assert.That(set.GetProperty("purposes").GetArrayLength(), Is.EqualTo(2));

        (await operations.Run("application", "revoke", "portal", "--partner", "harbour")).Expect(0);
        (await operations.Run("application", "revoke", "portal", "--partner", "harbour")).Expect(1);
        (await operations.Run("application", "set", "portal", "--partner", "harbour", "--name", "X")).Expect(1);
        Assert.That((await operations.Run("application", "list", "--partner", "harbour")).Expect(0).Output, Does.Contain("(revoked)"));
    }

    [Test]
    public async Task Made_up_people_are_for_development_alone()
    {
        Assert.That((await operations.Run("demo-data")).Expect(1).Error, Does.Contain("Development"));

        using var development = new OwnData(database);
        var there = new Operator(development, "Development");
        (await there.Run("migrate")).Expect(0);
        Assert.That((await there.Run("demo-data")).Expect(0).Output, Does.Contain("practitioner"));
        (await there.Run("demo-data")).Expect(0);
    }

    [Test]
    public async Task Health_is_told_by_the_exit_code() => Assert.That((await operations.Run("health")).Expect(0).Output.Trim(), Is.EqualTo("up"));

    [Test]
    public async Task The_document_is_printed_and_nothing_else() =>
        Assert.That((await operations.Run("openapi")).Expect(0).Json.GetProperty("openapi").GetString(), Does.StartWith("3.1"));

    [TestCase("partner list --json --Data:Folder x", "--Data:Folder x", "partner list --json")]
    [TestCase("--Anything=x --Other y", "--Anything=x --Other y", "")]
    [TestCase("--help", "", "--help")]
    [TestCase("migrate --Data:Folder=x --json", "--Data:Folder=x", "migrate --json")]
    [TestCase("--urls http://localhost:1 --environment Development", "--urls http://localhost:1 --environment Development", "")]
    [TestCase("partner add x --name Y", "", "partner add x --name Y")]
    public void Settings_and_command_are_told_apart(string line, string settings, string command)
    {
        var arguments = Arguments.Split(line.Split(' '));
        Assert.That(string.Join(' ', arguments.Settings), Is.EqualTo(settings));
        Assert.That(string.Join(' ', arguments.Command), Is.EqualTo(command));
    }
}
