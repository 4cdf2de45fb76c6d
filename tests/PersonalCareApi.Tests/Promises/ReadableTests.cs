using System.Net;
using System.Text;
using Dapper;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using PersonalCareApi.Development;
using PersonalCareApi.Protection;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Promises;

/// <summary>Nothing of a client's can be read in the database, nor in the log.</summary>
[OnEachDatabase]
internal sealed class ReadableTests(TestDatabase database)
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
    private const string Endangered = "locked into the Holundergarten";
    private const string Review = "agrees with the Protokoll of Doktor Beifuss";
    private const string Noted = "dreamt of the Leuchtturmwaerter";
    private const string Technique = "Pendeluhr listening";
    private const string Added = "it was the Nachtportier after all";
    private const string Danger = "Onkel Balthasar reads along";
    private const string Interpreter = "Frau Dolmetschergeselle";
    private const string Rating = "warm as Kachelofen";
    private const string Zone = "Pacific/Chatham";

    private static readonly string[] Planted =
        [Given, Family, Preferred, BirthDate, "1987-11-24", Evidence, ExternalId, Subject, LinkedSubject, Wording, Withdrawal, Retraction, Statement, Aside, Emergency, Unasked, Proxy, Authority, Endangered, Review, Noted, Technique, Added, Danger, Interpreter, Rating,
            "psychodynamic", Zone, "suicide-risk"];

    private ApiHost host = null!;

    [OneTimeSetUp]
    public async Task Live()
    {
        host = new ApiHost(database);
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
                    categories = new[] { "assessments", "demographics", "session-notes" },
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
        await WriteNotes(practitioner, client, clientId);
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
            Record(clientId, "/safeguards"), new { representativeId = proxy.Id, reason = Endangered, reviewAt = "2099-01-01T00:00:00Z" })).Expect(HttpStatusCode.Created);
        (await platform.Get($"/v1/clients?externalId={ExternalId}", forTreatment)).Expect(HttpStatusCode.OK);
        (await client.Post(Record(clientId, $"/consents/{consent.Id}/withdrawal"), new { reason = Withdrawal })).Expect(HttpStatusCode.OK);

        // What is sealed again was open in between.
        (await new Operator(host.Data, "Development").Run("keys", "rotate")).Expect(0);

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
        var stored = host.Data.Stored();

        string[] files = database == TestDatabase.Sqlite ? ["personal-care.db", "personal-care.db-wal", "personal-care.db-shm"] : [];
        Assert.That(stored.Select(one => one.Place), Is.SupersetOf([.. files, "client", "consent", "item_version", "ledger_entry", "subject_link"]));
        Assert.That(stored.SelectMany(one => Found(Planted, one.Place, one.Bytes)), Is.Empty);
    }

    [Test]
    public void A_text_that_is_stored_as_it_stands_is_found()
    {
        Assert.That(host.Data.Stored().SelectMany(one => Found([Personas.Harbour.Name], one.Place, one.Bytes)), Does.Contain($"{Personas.Harbour.Name} in partner (utf-8)"));
        Assert.That(Found([Given], "planted", Encoding.Unicode.GetBytes($"x{Given}")), Does.Contain("Zebulonia in planted (utf-16)"));
        Assert.That(Found([Given], "planted", Encoding.BigEndianUnicode.GetBytes($"x{Given}")), Does.Contain("Zebulonia in planted (utf-16BE)"));
        Assert.That(Found([Given], "planted", Encoding.UTF8.GetBytes(Convert.ToHexString(Encoding.UTF8.GetBytes(Given)))), Is.EqualTo(["Zebulonia in planted (hex)"]));
        Assert.That(
            new[] { "", "x", "xx" }.SelectMany(before => Found([Given], "planted", Encoding.UTF8.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes($"{before}{Given}xx"))))),
            Has.Exactly(3).EqualTo("Zebulonia in planted (base64)"));
        Assert.That(Found([Given], "planted", Encoding.UTF8.GetBytes("zebulonia")), Is.Not.Empty, "Whatever the case.");
    }

    [Test]
    public void No_key_stands_in_the_database_unwrapped()
    {
        var protection = host.Services.GetRequiredService<IDataProtectionProvider>();
        var (forClients, forSecrets) = (protection.CreateProtector(ClientKeys.Purpose), protection.CreateProtector(InstallationKeys.Purpose));
        using var beside = host.OpenDatabase();
        var wrapped = beside.Query<byte[]>("SELECT wrapped FROM client_key").ToList();
        var keys = wrapped.Select(forClients.Unprotect)
            .Concat(beside.Query<InstallationKeys.Row>("SELECT name, wrapped FROM secret").Select(row => forSecrets.CreateProtector(row.Name).Unprotect(row.Wrapped)))
            .ToList();

        Assert.That(keys, Has.Count.GreaterThan(8).And.All.Length.EqualTo(ClientKeyRing.KeySize));
        Assert.That(host.Data.Stored().Where(one => keys.Any(key => Holds(one.Bytes, key))).Select(one => one.Place), Is.Empty);
        Assert.That(host.Data.Stored().Where(one => Holds(one.Bytes, wrapped[0])), Is.Not.Empty, "Bytes that stand there are found.");
        Assert.That(Holds(Encoding.UTF8.GetBytes(Convert.ToBase64String([0, .. keys[0], 0])), keys[0]), "In Base64 too.");
    }

    [Test]
    public void No_text_of_a_client_stands_in_the_log()
    {
        var log = host.Log.All;

        Assert.That(log, Does.Contain("Database ready"), "The planted text: something that is logged is found.");
        Assert.That(Found(Planted, "the log", Encoding.UTF8.GetBytes(log)), Is.Empty);
    }

    private async Task WriteNotes(Api practitioner, Api client, Guid clientId)
    {
        (await practitioner.Post(Record(clientId, "/sessions"), new
        {
            startAt = "2026-05-04T09:30:00Z",
            medium = "phone",
            status = "held",
            participants = new[] { new { kind = "other", name = Interpreter } },
        })).Expect(HttpStatusCode.Created);
        var draft = (await practitioner.Post(Record(clientId, "/session-notes"), new
        {
            format = "narrative",
            session = new { startAt = "2026-05-04T09:30:00Z", medium = "phone" },
            content = new { narrative = Noted },
            modalities = new[] { "psychodynamic" },
            techniques = new[] { Technique },
        }, ("Idempotency-Key", "note"))).Expect(HttpStatusCode.Created);
        var note = draft.Header("Location")!;
        (await practitioner.Post(
            $"{note}/signature", new { version = 1, contentHash = draft.Word("contentHash") }, ("If-Match", draft.ETag))).Expect(HttpStatusCode.OK);
        (await practitioner.Get(Record(clientId, "/session-notes?modality=psychodynamic"))).Expect(HttpStatusCode.OK);
        (await client.Post($"{note}/addenda", new { text = Added })).Expect(HttpStatusCode.Created);
        (await practitioner.Post(
            $"{note}/withholding", new { reason = Danger, reviewAt = host.Clock.GetUtcNow().AddDays(1) }, ("If-Match", "\"2\""))).Expect(HttpStatusCode.OK);
        (await client.Post(Record(clientId, "/alliance-check-ins"), new { value = 9, note = Rating })).Expect(HttpStatusCode.Created);
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

    private static bool Holds(byte[] place, byte[] bytes)
    {
        var all = Encoding.Latin1.GetString(place);
        return place.AsSpan().IndexOf(bytes) >= 0
            || FormsOf(bytes).Any(form => all.Contains(form.Text, form.Exactly ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase));
    }

    private static IEnumerable<(string Name, string Text, bool Exactly)> FormsOf(string text)
    {
        foreach (var encoding in new[] { Encoding.UTF8, Encoding.Unicode, Encoding.BigEndianUnicode })
        {
            yield return (encoding.WebName, Encoding.Latin1.GetString(encoding.GetBytes(text)), false);
        }

        foreach (var form in FormsOf(Encoding.UTF8.GetBytes(text)))
        {
            yield return form;
        }
    }

    private static IEnumerable<(string Name, string Text, bool Exactly)> FormsOf(byte[] bytes)
    {
        yield return ("hex", Convert.ToHexString(bytes), false);

        // In Base64 a text looks otherwise at each of three places; what its neighbours bear on is left out.
        for (var shift = 0; shift < 3; shift++)
        {
            var shifted = Convert.ToBase64String([.. new byte[shift], .. bytes]);
            yield return ("base64", shifted[(shift == 0 ? 0 : shift + 1)..(shifted.Length - 4)], true);
        }
    }
}
