using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Protection;

/// <summary>The master key: encrypted with a certificate where one is named, renewed, and never silently another.</summary>
[OnEachDatabase]
internal sealed class MasterKeyTests(TestDatabase database)
{
    private const string File = "Protection:Certificate:File";
    private const string Password = "Protection:Certificate:Password";

    private OwnData data = null!;
    private DirectoryInfo folder = null!;
    private string certificate = null!;

    [SetUp]
    public void Certificate()
    {
        data = new OwnData(database);
        folder = new DirectoryInfo(data.Folder);
        certificate = NewCertificate("one.pfx", "secret");
    }

    [TearDown]
    public void Delete()
    {
        data.Dispose();
    }

    [Test]
    public async Task With_a_certificate_the_ring_holds_no_plain_key_and_another_server_with_it_reads()
    {
        await using (var plain = new ApiHost(database))
        {
            (await plain.Anonymous().Get("/health/ready")).Expect(HttpStatusCode.OK);
            Assert.That(Ring(plain), Has.All.Contains("unencrypted form").And.All.Contains("<value>"), "What a plain one looks like.");
        }

        await using var host = With((File, certificate), (Password, "secret"));
        var before = await Demographics(host);
        Assert.That(Ring(host), Is.Not.Empty.And.All.Contains("X509Certificate").And.None.Contains("unencrypted form").And.None.Contains("<value>"));

        var other = With((File, certificate), (Password, "secret"));
        Assert.That(await Demographics(other), Is.EqualTo(before));
    }

    [Test]
    public async Task Without_the_certificate_a_server_does_not_start_and_makes_no_key()
    {
        await using var host = With((File, certificate), (Password, "secret"));
        await Demographics(host);
        var ring = Ring(host);

        var refusal = await Start();
        Assert.That(refusal, Does.Contain("does not open").And.Contain(File).And.Contain("Protection:Certificate:Previous"));
        Assert.That(await Start("--Protection:Certificate:File", NewCertificate("two.pfx", null)), Is.EqualTo(refusal));
        Assert.That(Ring(host), Is.EqualTo(ring));
        var rotation = (await new Operator(data, "Development").Run("keys", "rotate")).Expect(1);
        Assert.That(rotation.Error, Does.Contain(refusal));
    }

    [Test]
    public async Task A_certificate_is_replaced_with_the_one_before_beside_it()
    {
        await using var host = With((File, certificate), (Password, "secret"));
        var before = await Demographics(host);

        var next = With((File, NewCertificate("two.pfx", "other")), (Password, "other"), ("Protection:Certificate:Previous:0:File", certificate), ("Protection:Certificate:Previous:0:Password", "secret"));
        Assert.That(await Demographics(next), Is.EqualTo(before));
        var withoutAny = With(("Protection:Certificate:Previous:0:File", certificate), ("Protection:Certificate:Previous:0:Password", "secret"));
        Assert.That(await Demographics(withoutAny), Is.EqualTo(before));
    }

    [Test]
    public async Task With_the_ring_of_another_installation_a_server_does_not_start_and_makes_no_key()
    {
        await using var host = With();
        await Demographics(host);
        var ring = Path.Combine(host.Data.Folder, "keys");
        Directory.Move(ring, $"{ring}.away");

        Assert.That(await Start(), Does.Contain("are not those of this database").And.Contain("Data:Folder"));
        Assert.That(Ring(host), Is.Empty);

        await using (var stranger = new ApiHost(database))
        {
            (await stranger.Anonymous().Get("/health/ready")).Expect(HttpStatusCode.OK);
            System.IO.File.Copy(Directory.GetFiles(Path.Combine(stranger.Data.Folder, "keys"))[0], Path.Combine(ring, "key-of-a-stranger.xml"));
        }

        Assert.That(await Start(), Does.Contain("are not those of this database"));
    }

    [Test]
    public async Task A_server_whose_ring_is_taken_away_is_not_ready_until_it_is_back()
    {
        await using var host = With();
        await Demographics(host);
        (await host.Anonymous().Get("/health/ready")).Expect(HttpStatusCode.OK);
        var ring = Path.Combine(host.Data.Folder, "keys");
        Directory.Move(ring, $"{ring}.away");

        host.Clock.Advance(TimeSpan.FromMinutes(1));
        var refused = (await host.Anonymous().Get("/health/ready")).Expect(HttpStatusCode.ServiceUnavailable);
        Assert.That(refused.Text, Does.Not.Contain("key"), "Which of them it is, the log says.");
        (await host.Anonymous().Get("/health/live")).Expect(HttpStatusCode.OK);

        Directory.Delete(ring); // Which is refused where a key was made in it meanwhile.
        Directory.Move($"{ring}.away", ring);
        (await host.Anonymous().Get("/health/ready")).Expect(HttpStatusCode.OK);
    }

    [TestCase("Protection:Certificate:File names no file", "none.pfx")]
    [TestCase("Protection:Certificate:File is no certificate in PKCS#12 that Protection:Certificate:Password opens", "one.pfx")]
    [TestCase("Protection:Certificate:File is no certificate in PKCS#12 that Protection:Certificate:Password opens", "text.pfx", "secret")]
    [TestCase("Protection:Certificate:File holds no private RSA key", "public.pfx", "secret")]
    [TestCase("Protection:Certificate:File holds no private RSA key", "ec.pfx", "secret")]
    [TestCase("Protection:Certificate:Password is set without Protection:Certificate:File", null, "secret")]
    public void A_certificate_that_cannot_be_used_stops_the_program_by_the_settings_name(string message, string? file, string? password = null)
    {
        System.IO.File.WriteAllText(Path.Combine(folder.FullName, "text.pfx"), "words");
        using var whole = X509CertificateLoader.LoadPkcs12FromFile(certificate, "secret");
        using var half = X509CertificateLoader.LoadCertificate(whole.Export(X509ContentType.Cert));
        System.IO.File.WriteAllBytes(Path.Combine(folder.FullName, "public.pfx"), half.Export(X509ContentType.Pfx, "secret"));
        using var curve = ECDsa.Create();
        using var elliptic = new CertificateRequest("CN=test", curve, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue);
        System.IO.File.WriteAllBytes(Path.Combine(folder.FullName, "ec.pfx"), elliptic.Export(X509ContentType.Pfx, "secret"));
        var settings = new List<(string, string)>();
        if (file is not null)
        {
            settings.Add((File, Path.Combine(folder.FullName, file)));
        }

        if (password is not null)
        {
            settings.Add((Password, password));
        }

        Assert.That(Refusal(With([.. settings])), Does.StartWith(message));
    }

    [Test]
    public void A_certificate_before_that_names_no_file_stops_the_program() =>
        Assert.That(Refusal(With(("Protection:Certificate:Previous:0", "old.pfx"))), Does.StartWith("Protection:Certificate:Previous:0:File must name"));

    [Test]
    public void A_key_vault_is_never_silently_left_out() =>
        Assert.That(Refusal(With(("Protection:KeyVaultKey", "https://vault.example/keys/one"))), Does.StartWith("Protection:KeyVaultKey is set"));

    [Test]
    public async Task After_wrapping_everything_again_the_older_master_key_is_not_needed()
    {
        await using var host = With();
        var operations = new Operator(data, "Development");
        var before = await Demographics(host);
        var kept = (await Register(host)).Expect(HttpStatusCode.Created);
        var old = Directory.GetFiles(Path.Combine(host.Data.Folder, "keys")).Single();
        var installation = host.Value<int>("SELECT COUNT(*) FROM secret");

        (await operations.Run("keys", "new-master", "--at-once")).Expect(0);
        var report = (await operations.Run("keys", "rewrap", "--json")).Expect(0).Json;

        Assert.That(report.GetProperty("clientKeys").GetInt32(), Is.EqualTo(3));
        Assert.That(report.GetProperty("installationKeys").GetInt32(), Is.EqualTo(installation).And.GreaterThan(0));
        Assert.That(report.GetProperty("keptAnswers").GetInt32(), Is.EqualTo(1));
        Assert.That(report.GetProperty("failures").GetArrayLength(), Is.Zero);
        Assert.That((await operations.Run("keys", "rewrap")).Expect(0).Output, Does.StartWith("0 keys of clients, 0 of the installation, 0 kept answers and 0 keys of the ledger"));

        System.IO.File.Delete(old);
        var next = With();
        Assert.That(await Demographics(next), Is.EqualTo(before));
        var replay = (await Register(next)).Expect(HttpStatusCode.Created);
        Assert.That((replay.Text, replay.Header("Idempotency-Replayed")), Is.EqualTo((kept.Text, "true")));
    }

    [Test]
    public async Task A_new_master_key_is_used_only_when_every_server_has_read_it()
    {
        await using var host = With();
        await Demographics(host);
        var operations = new Operator(data, "Development");

        var made = (await operations.Run("keys", "new-master", "--json")).Expect(0).Json;

        Assert.That(made.GetProperty("usedFrom").GetDateTimeOffset(), Is.EqualTo(TimeProvider.System.GetUtcNow().AddDays(2)).Within(TimeSpan.FromMinutes(5)));
        Assert.That(Ring(host), Has.Count.EqualTo(2));
        Assert.That((await operations.Run("keys", "rewrap", "--json")).Expect(0).Json.GetProperty("clientKeys").GetInt32(), Is.Zero);
    }

    [Test]
    public async Task A_key_that_does_not_open_is_named_and_the_others_are_wrapped_again()
    {
        await using var host = With();
        await Demographics(host);
        var operations = new Operator(data, "Development");
        (await operations.Run("keys", "new-master", "--at-once")).Expect(0);
        host.Execute("UPDATE client_key SET wrapped = @Nothing WHERE client_id = @OtherClientId", new { Nothing = new byte[1], Personas.OtherClientId });

        var run = (await operations.Run("keys", "rewrap", "--json")).Expect(1);

        Assert.That(run.Json.GetProperty("clientKeys").GetInt32(), Is.EqualTo(2));
        Assert.That(run.Error.Trim(), Is.EqualTo($"client {Personas.OtherClientId}, generation 1: does not open."));
    }

    private ApiHost With(params (string Name, string Value)[] settings) =>
        new(data) { Settings = settings.ToDictionary(setting => setting.Name, setting => setting.Value) };

    private static async Task<string> Demographics(ApiHost host) =>
        (await (await host.As("client")).Get(Record(Personas.ClientId))).Expect(HttpStatusCode.OK).Text;

    private static async Task<Answer> Register(ApiHost host) => await (await host.As("platform")).Post(
        "/v1/practitioners", new { name = "Dr Ada Lind", roles = new[] { "therapist" } }, ("Idempotency-Key", "one"));

    /// <summary>Why the program, started to serve, ends at once.</summary>
    private async Task<string> Start(params string[] settings) =>
        (await new Operator(data, "Development").Run(["--urls", "http://127.0.0.1:0", .. settings]).WaitAsync(TimeSpan.FromMinutes(1)))
            .Expect(1).Error.Trim().Split('\n')[^1];

    /// <summary>Why there is no server.</summary>
    private static string Refusal(ApiHost host)
    {
        try
        {
            Assert.That(host.Services, Is.Null);
        }
        catch (InvalidOperationException refused)
        {
            return refused.Message;
        }

        throw new AssertionException("It starts.");
    }

    private static List<string> Ring(ApiHost host) =>
        [.. Directory.GetFiles(Path.Combine(host.Data.Folder, "keys"), "key-*.xml").Order().Select(System.IO.File.ReadAllText)];

    private string NewCertificate(string name, string? password)
    {
        using var key = RSA.Create(2048);
        using var made = new CertificateRequest("CN=personal-care", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue);
        var path = Path.Combine(folder.FullName, name);
        System.IO.File.WriteAllBytes(path, made.Export(X509ContentType.Pfx, password));
        return path;
    }
}
