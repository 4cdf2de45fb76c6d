using System.Net;
using System.Text;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Promises;

/// <summary>Nothing of a client's can be read in the files of the database, nor in the log.</summary>
[TestFixture]
internal sealed class ReadableTests
{
    private const string Given = "Zebulonia";
    private const string Family = "Quartzmeister";
    private const string Preferred = "Fuchsienzauber";
    private const string BirthDate = "1987-11-23";
    private const string Evidence = "passport seen, Hyazinth stamp";
    private const string ExternalId = "EXT-Mandragora-7781";
    private const string Subject = "subject-Wolkenkuckuck-42";
    private const string LinkedSubject = "subject-Nebelkerze-43";
    private const string Wording = "wording-Ligusterhecke";
    private const string Withdrawal = "because Tante Adelgunde said so";
    private const string Retraction = "entered for Frau Pimpernell instead";
    private const string Statement = "to play the Waldhorn again";
    private const string Aside = "the Waldhorn is with the Pfandleiher";
    private const string Emergency = "found beneath the Eisenhut";
    private const string Unasked = "asleep since the Tollkirschen";
    private const string Proxy = "Ottokar Seidelbast";
    private const string Authority = "paper with the Siegellack of Notar Wermut";
    private const string Danger = "locked into the Holundergarten";
    private const string Review = "agrees with the Protokoll of Doktor Beifuss";
    private const string Zone = "Pacific/Chatham";

    private static readonly string[] Planted =
        [Given, Family, Preferred, BirthDate, "1987-11-24", Evidence, ExternalId, Subject, LinkedSubject, Wording, Withdrawal, Retraction, Statement, Aside, Emergency, Unasked, Proxy, Authority, Danger, Review, Zone, "suicide-risk"];

    private ApiHost host = null!;

    [OneTimeSetUp]
    public async Task Live()
    {
        host = new ApiHost();
        var platform = await host.As("platform");
        var client = host.As(Subject, Personas.HarbourApp.Scopes);
        var practitioner = await host.As("practitioner");
        var stranger = await host.As("colleague");
        (string, string) forTreatment = ("Purpose-Of-Use", "TREAT");

        var created = (await platform.Put($"/v1/clients/by-external-id/{ExternalId}", new
        {
            subject = Subject,
            name = new { given = Given, family = Family, preferred = Preferred },
            birthDate = BirthDate,
            timeZone = Zone,
            careRelationships = new[] { new { practitionerId = Personas.PractitionerId } },
        }, forTreatment)).Expect(HttpStatusCode.Created);
        var clientId = created.Id;
        var consent = (await client.Post(Record(clientId, "/consents"), new
        {
            status = "active",
            evidence = new { method = "electronic-signature", givenAt = "2026-05-01T08:00:00Z", wording = new { id = Wording, version = "1", language = "en" } },
            provisions = new[]
            {
                new
                {
                    effect = "permit",
                    grantees = new[] { new { kind = "practitioner", id = Personas.PractitionerId } },
                    categories = new[] { "assessments", "demographics" },
                    actions = new[] { "read", "write" },
                    purposes = new[] { "TREAT" },
                },
            },
        }, ("Idempotency-Key", "one"))).Expect(HttpStatusCode.Created);
        (await client.Post(Record(clientId, "/consents"), Consent(new
        {
            effect = "permit",
            grantees = new[] { new { kind = "application", id = Personas.Platform.Id } },
            categories = new[] { "demographics" },
            actions = new[] { "read", "write" },
            purposes = new[] { "TREAT" },
        }))).Expect(HttpStatusCode.Created);

        // What was said and then taken back stays in the versions.
        (await platform.Post(Record(clientId, "/subjects"), new { subject = LinkedSubject }, forTreatment)).Expect(HttpStatusCode.NoContent);
        var present = (await platform.Get(Record(clientId), forTreatment)).Expect(HttpStatusCode.OK);
        (await platform.Patch(
            Record(clientId), new { birthDate = "1987-11-24", birthDateEvidence = Evidence }, forTreatment, ("If-Match", present.ETag))).Expect(HttpStatusCode.OK);
        var assessment = (await practitioner.Post(
            Record(clientId, "/assessments"), Phq9(2, 2, 1, 1, 2, 1, 1, 0, 1), ("Idempotency-Key", "two"))).Expect(HttpStatusCode.Created);
        (await practitioner.Post(
            Record(clientId, $"/assessments/{assessment.Id}/retraction"), new { reason = Retraction }, ("If-Match", assessment.ETag))).Expect(HttpStatusCode.OK);
        var goal = await Records.Goals.Goals.Propose(client, clientId);
        await Records.Goals.Goals.Amend(client, goal, new { statement = Statement });
        (await client.Post($"{goal}/progress", new { kind = "scaling", value = 2, note = Statement })).Expect(HttpStatusCode.Created);
        (await client.Post($"{goal}/setting-aside", new { reason = Aside }, ("If-Match", "\"2\""))).Expect(HttpStatusCode.OK);
        var access = (await stranger.Post(
            Record(clientId, "/emergency-accesses"), new { reason = Emergency, clientCannotBeAskedBecause = Unasked }, ("Idempotency-Key", "three"))).Expect(HttpStatusCode.Created);
        var ended = (await stranger.Post(
            Record(clientId, $"/emergency-accesses/{access.Id}/termination"), null, ("If-Match", access.ETag))).Expect(HttpStatusCode.OK);
        (await practitioner.Post(
            Record(clientId, $"/emergency-accesses/{access.Id}/review"), new { outcome = "justified", note = Review }, ("If-Match", ended.ETag))).Expect(HttpStatusCode.OK);
        var proxy = (await client.Post(Record(clientId, "/representatives"), new
        {
            relation = "friend",
            name = Proxy,
            categories = new[] { "goals" },
            actions = new[] { "read" },
            evidence = Authority,
            endsWhenClientMayConsentAlone = false,
        })).Expect(HttpStatusCode.Created);
        (await practitioner.Post(
            Record(clientId, "/safeguards"), new { representativeId = proxy.Id, reason = Danger, reviewAt = "2099-01-01T00:00:00Z" })).Expect(HttpStatusCode.Created);
        (await platform.Get($"/v1/clients?externalId={ExternalId}", forTreatment)).Expect(HttpStatusCode.OK);
        (await client.Post(Record(clientId, $"/consents/{consent.Id}/withdrawal"), new { reason = Withdrawal })).Expect(HttpStatusCode.OK);

        // What goes wrong is logged, and must not quote.
        (await practitioner.Post(Record(clientId, "/assessments"), new { instrument = Given })).Expect(HttpStatusCode.Forbidden);
        (await client.PostText(Record(clientId, "/consents"), $"{{ \"{Family}\": ")).Expect(HttpStatusCode.BadRequest);
        (await client.Post(Record(clientId, "/consents"), new { status = Preferred })).Expect(HttpStatusCode.UnprocessableEntity);
        (await stranger.Get($"/v1/clients/by-external-id/{ExternalId}")).Expect(HttpStatusCode.MethodNotAllowed);
    }

    [OneTimeTearDown]
    public async Task Stop() => await host.DisposeAsync();

    [Test]
    public void No_text_of_a_client_stands_in_the_database_or_its_log_files()
    {
        var files = Files();

        Assert.That(files.Select(file => file.Name), Is.SupersetOf(["personal-care.db", "personal-care.db-wal", "personal-care.db-shm"]));
        Assert.That(files.SelectMany(file => Found(Planted, file.Name, file.Bytes)), Is.Empty);
    }

    [Test]
    public void A_text_that_is_stored_as_it_stands_is_found()
    {
        Assert.That(Files().SelectMany(file => Found([Personas.Harbour.Name], file.Name, file.Bytes)), Is.Not.Empty);
        Assert.That(Found([Given], "planted", Encoding.Unicode.GetBytes($"x{Given}")), Does.Contain("Zebulonia in planted (utf-16)"));
        Assert.That(Found([Given], "planted", Encoding.BigEndianUnicode.GetBytes($"x{Given}")), Does.Contain("Zebulonia in planted (utf-16BE)"));
        Assert.That(Found([Given], "planted", Encoding.UTF8.GetBytes(Convert.ToHexString(Encoding.UTF8.GetBytes(Given)))), Is.EqualTo(["Zebulonia in planted (hex)"]));
        Assert.That(
            new[] { "", "x", "xx" }.SelectMany(before => Found([Given], "planted", Encoding.UTF8.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes($"{before}{Given}xx"))))),
            Has.Exactly(3).EqualTo("Zebulonia in planted (base64)"));
        Assert.That(Found([Given], "planted", Encoding.UTF8.GetBytes("zebulonia")), Is.Not.Empty, "Whatever the case.");
    }

    [Test]
    public void No_text_of_a_client_stands_in_the_log()
    {
        var log = host.Log.All;

        Assert.That(log, Does.Contain("Database ready"), "The planted text: something that is logged is found.");
        Assert.That(Found(Planted, "the log", Encoding.UTF8.GetBytes(log)), Is.Empty);
    }

    private List<(string Name, byte[] Bytes)> Files() =>
        [.. Directory.GetFiles(host.Folder, "personal-care.db*").Select(file => (Path.GetFileName(file), Read(file)))];

    private static byte[] Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var bytes = new MemoryStream();
        file.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static IEnumerable<string> Found(IEnumerable<string> texts, string place, byte[] bytes)
    {
        // As Latin-1 every byte is one character, so the search is one for bytes that ignores the case of letters.
        var all = Encoding.Latin1.GetString(bytes);
        return
            from text in texts
            from form in FormsOf(text)
            where all.Contains(form.Text, form.Exactly ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase)
            group form by (text, form.Name) into found
            select $"{found.Key.text} in {place} ({found.Key.Name})";
    }

    private static IEnumerable<(string Name, string Text, bool Exactly)> FormsOf(string text)
    {
        foreach (var encoding in new[] { Encoding.UTF8, Encoding.Unicode, Encoding.BigEndianUnicode })
        {
            yield return (encoding.WebName, Encoding.Latin1.GetString(encoding.GetBytes(text)), false);
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        yield return ("hex", Convert.ToHexString(bytes), false);

        // In Base64 a text looks otherwise at each of three places; what its neighbours bear on is left out.
        for (var shift = 0; shift < 3; shift++)
        {
            var shifted = Convert.ToBase64String([.. new byte[shift], .. bytes]);
            yield return ("base64", shifted[(shift == 0 ? 0 : shift + 1)..(shifted.Length - 4)], true);
        }
    }
}
