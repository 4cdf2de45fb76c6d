using System.Net;
using System.Security.Cryptography;
using Dapper;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.Promises;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records.Exports;

/// <summary>An archive holds what its asker may have when it is made and when it is fetched, says what it leaves out, and can be verified.</summary>
[OnEachDatabase]
internal sealed class ExportTests(TestDatabase database)
{
    private const string PrivateNote = "what only Mira thinks";
    private const string ReleasedNote = "what Mira shared with Ines";
    private const string DraftText = "not yet signed by anybody";
    private ApiHost host = null!;

    [OneTimeSetUp]
    public void Start() => host = new ApiHost(database);

    [OneTimeTearDown]
    public async Task Stop() => await host.DisposeAsync();

    [Test]
    public async Task The_client_has_the_whole_record_and_of_process_notes_what_was_released()
    {
        var (clientId, client, practitioner) = await Begun("export-whole", "assessments", "goals", "session-notes");
        (await practitioner.Post(Record(clientId, "/assessments"), Phq9(1, 1, 1, 1, 1, 1, 1, 1, 1))).Expect(HttpStatusCode.Created);
        (await client.Post(Record(clientId, "/goals"), Goal("Waldhorn spielen"))).Expect(HttpStatusCode.Created);
        (await practitioner.Post(Record(clientId, "/session-notes"), Note(DraftText))).Expect(HttpStatusCode.Created);
        (await practitioner.Post(Record(clientId, "/process-notes"), new { text = PrivateNote })).Expect(HttpStatusCode.Created);
        var released = (await practitioner.Post(Record(clientId, "/process-notes"), new { text = ReleasedNote })).Expect(HttpStatusCode.Created);
        (await practitioner.Post(
            Record(clientId, $"/process-notes/{released.Id}/release"), new { to = new[] { "client" } }, ("If-Match", released.ETag))).Expect(HttpStatusCode.OK);

        using var archive = await client.Download(await client.Export(clientId));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(archive.Manifest.GetProperty("withheld").GetArrayLength(), Is.Zero);
            Assert.That(archive.Json("assessments.json")[0].Word("score"), Is.EqualTo("9"));
            Assert.That(archive.Json("goals.json")[0].Word("statement"), Is.EqualTo("Waldhorn spielen"));
            Assert.That(archive.Json("consents.json").GetArrayLength(), Is.EqualTo(1));
            Assert.That(archive.Json("access-history.json").GetArrayLength(), Is.GreaterThan(3));
            Assert.That(archive.Everything, Does.Contain(ReleasedNote));
            Assert.That(archive.Everything, Does.Not.Contain(PrivateNote).And.Not.Contain(DraftText));
            Assert.That(archive.Paths, Has.None.Contains("safeguards"));
        }
    }

    [Test]
    public async Task Files_are_as_the_manifest_says_and_the_manifest_is_signed_with_a_published_key()
    {
        var (clientId, client, _) = await Begun("export-signed");
        using var archive = await client.Download(await client.Export(clientId));

        foreach (var file in archive.Manifest.GetProperty("files").EnumerateArray())
        {
            var bytes = archive.Bytes(file.Word("path")!);
            Assert.That(Convert.ToHexStringLower(SHA256.HashData(bytes)), Is.EqualTo(file.Word("sha256")), file.Word("path"));
            Assert.That(bytes, Has.Length.EqualTo(file.GetProperty("bytes").GetInt32()));
        }

        Assert.That(
            archive.Paths.Except(["manifest.json", "manifest.jws"]),
            Is.EquivalentTo(archive.Manifest.GetProperty("files").EnumerateArray().Select(file => file.Word("path"))));
        var keys = new JsonWebKeySet((await host.Anonymous().Get("/.well-known/jwks.json")).Text);
        var parameters = new TokenValidationParameters
        {
            IssuerSigningKeys = keys.GetSigningKeys(),
            ValidateIssuer = false,
            ValidateAudience = false,
            ValidateLifetime = false,
            ValidTypes = ["export-manifest+jwt"],
        };
        var token = archive.Text("manifest.jws");
        var verified = await new JsonWebTokenHandler().ValidateTokenAsync(token, parameters);
        Assert.That(verified.IsValid, verified.Exception?.Message);
        Assert.That(
            ((JsonWebToken)verified.SecurityToken).GetPayloadValue<string>("manifest_sha256"),
            Is.EqualTo(Convert.ToHexStringLower(SHA256.HashData(archive.Bytes("manifest.json")))));
        Assert.That((await new JsonWebTokenHandler().ValidateTokenAsync(Changed.Character(token, ^8), parameters)).IsValid, Is.False, "A changed one is found.");
    }

    [Test]
    public async Task Each_kind_has_the_schema_of_its_contract_and_a_place_on_the_page()
    {
        var (clientId, client, practitioner) = await Begun("export-schemas", "assessments");
        (await practitioner.Post(Record(clientId, "/assessments"), Phq9(0, 0, 0, 0, 0, 0, 0, 0, 0))).Expect(HttpStatusCode.Created);
        using var archive = await client.Download(await client.Export(clientId));
        var page = archive.Text("summary.html");

        foreach (var path in archive.Paths.Where(path => path.EndsWith(".json", StringComparison.Ordinal) && path != "manifest.json" && !path.StartsWith("schemas/", StringComparison.Ordinal)))
        {
            var kind = path[..^".json".Length];
            var schema = archive.Json($"schemas/{kind}.schema.json");
            var definition = schema.GetProperty("$defs").GetProperty(schema.GetProperty("items").Word("$ref")!.Split('/')[^1]);
            var required = definition.GetProperty("required").EnumerateArray().Select(member => member.GetString()!).ToList();
            Assert.That(schema.GetRawText(), Does.Not.Contain("#/components/"), path);
            foreach (var item in archive.Json(path).EnumerateArray())
            {
                Assert.That(item.EnumerateObject().Select(member => member.Name), Is.SupersetOf(required), path);
            }

            Assert.That(page, Does.Contain($"<h2 id=\"{kind}\">"));
        }

        Assert.That(page, Does.StartWith("<!DOCTYPE html><html lang=\"en\">").And.Not.Contain("<script"));
    }

    [Test]
    public async Task A_practitioner_has_what_may_be_shared_and_the_manifest_says_what_was_left_out()
    {
        var (clientId, client, practitioner) = await Begun("export-shared", "assessments", "goals");
        (await client.Post(Record(clientId, "/consents"), Permit(["demographics", "assessments"], actions: ["share"]))).Expect(HttpStatusCode.Created);
        (await practitioner.Post(Record(clientId, "/assessments"), Phq9(1, 1, 1, 1, 1, 1, 1, 1, 1))).Expect(HttpStatusCode.Created);
        (await client.Post(Record(clientId, "/goals"), Goal("Waldhorn spielen"))).Expect(HttpStatusCode.Created);

        using var archive = await practitioner.Download(await practitioner.Export(clientId));
        var history = (await client.Get(Record(clientId, "/access-history?limit=200"))).Items();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(archive.Json("assessments.json").GetArrayLength(), Is.EqualTo(1));
            Assert.That(archive.Paths, Has.None.StartsWith("goals").And.None.StartsWith("consents"));
            Assert.That(archive.Everything, Does.Not.Contain("Waldhorn"));
            Assert.That(
                archive.Manifest.GetProperty("withheld").EnumerateArray().Select(one => $"{one.Word("category")} {one.Word("reason")}"),
                Is.SupersetOf(["goals no-consent", "session-notes no-consent", "process-notes no-consent"]));
            Assert.That(
                history.Where(entry => entry.Word("operation") == "BuildExport").Select(entry => $"{entry.Word("category")} {entry.Word("decision")}"),
                Is.SupersetOf(["assessments permit", "demographics permit", "goals deny"]));
            Assert.That(
                history.Where(entry => entry.Word("operation") == "DownloadExport").Select(entry => entry.Word("category")),
                Is.EquivalentTo(["demographics", "demographics", "assessments"]));
        }
    }

    [Test]
    public async Task Without_leave_to_share_there_is_no_archive_and_nobody_fetches_anothers()
    {
        var (clientId, client, practitioner) = await Begun("export-refused", "assessments");

        Assert.That((await practitioner.Post(Record(clientId, "/exports"))).Expect(HttpStatusCode.Forbidden).Reason, Is.EqualTo("no-consent"));

        var own = await client.Export(clientId);
        (await client.Post(Record(clientId, "/consents"), Permit(["demographics"], actions: ["read", "share"]))).Expect(HttpStatusCode.Created);
        (await practitioner.Get(own)).Expect(HttpStatusCode.NotFound);
        (await practitioner.Get($"{own}/content")).Expect(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task What_was_withdrawn_since_is_not_delivered()
    {
        var (clientId, client, practitioner) = await Begun("export-withdrawn", "assessments");
        (await client.Post(Record(clientId, "/consents"), Permit(["demographics"], actions: ["share"]))).Expect(HttpStatusCode.Created);
        var sharing = (await client.Post(Record(clientId, "/consents"), Permit(["assessments"], actions: ["share"]))).Expect(HttpStatusCode.Created);
        (await practitioner.Post(Record(clientId, "/assessments"), Phq9(1, 1, 1, 1, 1, 1, 1, 1, 1))).Expect(HttpStatusCode.Created);
        var export = await practitioner.Export(clientId);
        (await practitioner.Download(export)).Dispose();

        (await client.Post(Record(clientId, $"/consents/{sharing.Id}/withdrawal"), new { })).Expect(HttpStatusCode.OK);

        Assert.That((await practitioner.Get($"{export}/content")).Expect(HttpStatusCode.Conflict).Problem, Is.EqualTo("state-conflict"));
        using var anew = await practitioner.Download(await practitioner.Export(clientId));
        Assert.That(anew.Paths, Has.None.StartsWith("assessments"));
    }

    [Test]
    public async Task What_was_changed_since_is_not_delivered_as_it_was()
    {
        var (clientId, client, practitioner) = await Begun("export-changed", "assessments");
        var made = (await practitioner.Post(Record(clientId, "/assessments"), Phq9(1, 1, 1, 1, 1, 1, 1, 1, 1))).Expect(HttpStatusCode.Created);
        var export = await client.Export(clientId);

        (await practitioner.Post(
            Record(clientId, $"/assessments/{made.Id}/retraction"), new { reason = "Wrong client." }, ("If-Match", made.ETag))).Expect(HttpStatusCode.OK);

        (await client.Get($"{export}/content")).Expect(HttpStatusCode.Conflict);
    }

    [Test]
    public async Task An_archive_is_gone_after_its_time_and_nothing_of_it_is_left()
    {
        await using var own = new ApiHost(database);
        var client = await own.As("client");
        var export = await client.Export(Personas.ClientId);
        var before = Chunks(own);

        own.Clock.Advance(TimeSpan.FromHours(25));
        var later = await own.As("client");
        Assert.That((await later.Get($"{export}/content")).Expect(HttpStatusCode.Gone).Problem, Is.EqualTo("gone"));
        await Making.Until(() => later.Get(export), answer => answer.Word("state") == "expired");

        Assert.That((before, Chunks(own)), Is.EqualTo((1, 0)));
    }

    [Test]
    public async Task An_archive_in_the_database_is_sealed()
    {
        var (clientId, client, _) = await Begun("export-sealed");
        await client.Export(clientId);
        using var connection = host.OpenDatabase();
        var stored = connection.Query<byte[]>("SELECT content FROM archive_chunk WHERE client_id = @clientId", new { clientId }).Single();

        Assert.That(stored.AsSpan().IndexOf("manifest.json"u8), Is.EqualTo(-1));
    }

    private static int Chunks(ApiHost host)
    {
        using var connection = host.OpenDatabase();
        return connection.ExecuteScalar<int>("SELECT COUNT(*) FROM archive_chunk");
    }

    /// <summary>A record of its own, with the practitioner permitted to read and write these.</summary>
    private async Task<(Guid ClientId, Api Client, Api Practitioner)> Begun(string subject, params string[] categories)
    {
        var clientId = await host.NewClient(subject);
        var client = host.As(subject, Personas.HarbourApp.Scopes);
        if (categories.Length > 0)
        {
            (await client.Post(Record(clientId, "/consents"), Permit(categories))).Expect(HttpStatusCode.Created);
        }

        return (clientId, client, await host.As("practitioner"));
    }

    private static object Goal(string statement) => new
    {
        statement,
        levels = Enumerable.Range(-2, 5).Select(level => new { level, description = $"{level}" }),
    };

    private static object Note(string narrative) => new
    {
        format = "narrative",
        session = new { startAt = "2026-05-04T09:30:00Z", medium = "phone" },
        content = new { narrative },
    };
}
