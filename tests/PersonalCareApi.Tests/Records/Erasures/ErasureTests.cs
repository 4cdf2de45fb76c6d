using System.Net;
using System.Text;
using Dapper;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using PersonalCareApi.Development;
using PersonalCareApi.Domain.Ledger;
using PersonalCareApi.Tests.Promises;
using PersonalCareApi.Tests.Records.Exports;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records.Erasures;

/// <summary>What is erased cannot be found in the files, what must be kept is kept and said, and the ledger tells that it happened.</summary>
[OnEachDatabase]
internal sealed class ErasureTests(TestDatabase database)
{
    private const string ExternalId = "EXT-Mandragora-9911";
    private const string Subject = "subject-Wolkenkuckuck-77";
    private const string Family = "Quartzmeister";
    private const string NoteText = "dreamt of the Leuchtturmwaerter";

    [Test]
    public async Task Nothing_of_an_erased_record_is_left_in_the_files_and_the_ledger_verifies()
    {
        await using var host = new ApiHost(database);
        var (clientId, client) = await Lived(host);
        var platform = await host.As("platform");
        var practitioner = await host.As("practitioner");
        await client.Export(clientId);
        var before = Bytes(host, clientId);
        Assert.That(Found(host, before), Is.Not.Empty, "What is sought is there before.");

        var erasure = await Erase(host, client, clientId, "erased");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Found(host, before), Is.Empty);
            Assert.That(Found(host, [.. new[] { ExternalId, Subject, Family, NoteText }.Select(text => (text, Encoding.UTF8.GetBytes(text)))]), Is.Empty);
            foreach (var (who, api) in new[] { ("the client", client), ("the practitioner", practitioner), ("the platform", platform) })
            {
                (await api.Get(Record(clientId), ("Purpose-Of-Use", "TREAT"))).Expect(HttpStatusCode.NotFound);
                (await api.Get(Record(clientId, "/assessments"), ("Purpose-Of-Use", "TREAT"))).Expect(HttpStatusCode.NotFound);
                Assert.That((await api.Get(erasure)).Status, Is.EqualTo(api == platform ? HttpStatusCode.OK : HttpStatusCode.NotFound), who);
            }

            Assert.That(FaultOfLedger(host, clientId, out var operations), Is.Null);
            Assert.That(operations, Does.Contain("EraseRecord"));
            Assert.That(Rows(host, clientId), Is.EquivalentTo(["background_job", "change_row", "erasure", "ledger_entry"]));
        }
    }

    [Test]
    public async Task The_certificate_is_signed_and_can_be_read_by_people()
    {
        await using var host = new ApiHost(database);
        var (clientId, client) = await Lived(host);
        var erasure = await Erase(host, client, clientId, "erased");
        var platform = await host.As("platform");

        var certificate = (await platform.Get($"{erasure}/certificate")).Expect(HttpStatusCode.OK);
        var signed = (await platform.Get($"{erasure}/certificate", ("Accept", "application/jwt"))).Expect(HttpStatusCode.OK).Text;
        var page = (await platform.Get($"{erasure}/certificate", ("Accept", "text/html"))).Expect(HttpStatusCode.OK).Text;
        var keys = new JsonWebKeySet((await host.Anonymous().Get("/.well-known/jwks.json")).Text);
        var verified = await new JsonWebTokenHandler().ValidateTokenAsync(signed, new TokenValidationParameters
        {
            IssuerSigningKeys = keys.GetSigningKeys(),
            ValidIssuer = $"urn:uuid:{Personas.Harbour.Id}",
            ValidateAudience = false,
            ValidateLifetime = false,
            ValidTypes = ["erasure-certificate+jwt"],
        });

        Assert.That(verified.IsValid, verified.Exception?.Message);
        Assert.That(
            (certificate.Word("complete"), certificate.Word("keysDestroyed"), certificate.Json.GetProperty("rowsRemoved").GetInt32() > 10),
            Is.EqualTo(("True", "1", true)));
        Assert.That(page, Does.Contain("The record is gone.").And.Contain(certificate.Word("erasureId")!));
    }

    [Test]
    public async Task What_must_be_kept_is_kept_for_its_time_closed_to_all_but_the_client_and_then_erased()
    {
        await using var host = new ApiHost(database);
        var platform = await host.As("platform");
        var settings = (await platform.Get("/v1/settings")).Expect(HttpStatusCode.OK);
        (await platform.Patch("/v1/settings", new { retention = new Dictionary<string, int> { ["session-notes"] = 10 } }, ("If-Match", settings.ETag))).Expect(HttpStatusCode.OK);
        var (clientId, client) = await Lived(host);
        var practitioner = await host.As("practitioner");

        var erasure = await Erase(host, client, clientId, "kept-in-part");
        var kept = (await platform.Get(erasure)).Expect(HttpStatusCode.OK).Json.GetProperty("kept")[0];
        var notes = (await client.Get(Record(clientId, "/session-notes"))).Expect(HttpStatusCode.OK);

        using (Assert.EnterMultipleScope())
        {
            Assert.That((kept.Word("category"), kept.Word("years")), Is.EqualTo(("session-notes", "10")));
            Assert.That(notes.Text, Does.Contain(NoteText));
            Assert.That((await client.Get(Record(clientId))).Expect(HttpStatusCode.OK).Text, Does.Not.Contain(Family));
            Assert.That((await client.Get(Record(clientId, "/assessments"))).Total(), Is.Zero);
            (await client.Post(Record(clientId, "/goals"), new { statement = "x" })).Expect(HttpStatusCode.Forbidden);
            (await practitioner.Get(Record(clientId, "/session-notes"))).Expect(HttpStatusCode.NotFound);
            (await platform.Get(Record(clientId), ("Purpose-Of-Use", "TREAT"))).Expect(HttpStatusCode.NotFound);
            Assert.That((await client.Get($"{erasure}/certificate")).Expect(HttpStatusCode.OK).Word("complete"), Is.EqualTo("False"));
        }

        host.Clock.Advance(TimeSpan.FromDays(3660));
        var later = await host.As("platform");
        await Making.Until(() => later.Get(erasure), answer => answer.Word("state") == "erased");
        Assert.That(Rows(host, clientId), Is.EquivalentTo(["background_job", "change_row", "erasure", "ledger_entry"]));
        Assert.That((await later.Get($"{erasure}/certificate")).Expect(HttpStatusCode.OK).Word("complete"), Is.EqualTo("True"));
    }

    [Test]
    public async Task What_was_certified_is_not_certified_again_when_the_server_was_killed_behind_it()
    {
        await using var host = new ApiHost(database);
        var platform = await host.As("platform");
        var settings = (await platform.Get("/v1/settings")).Expect(HttpStatusCode.OK);
        (await platform.Patch("/v1/settings", new { retention = new Dictionary<string, int> { ["session-notes"] = 10 } }, ("If-Match", settings.ETag))).Expect(HttpStatusCode.OK);
        var (clientId, client) = await Lived(host);
        var erasure = await Erase(host, client, clientId, "kept-in-part");
        await JobWaits(host, clientId);
        var certificate = await Signed();

        LeaveAsAKilledServerDoes(host, clientId);
        await JobWaits(host, clientId);

        Assert.That(await Signed(), Is.EqualTo(certificate));
        Assert.That(FaultOfLedger(host, clientId, out var operations), Is.Null);
        Assert.That(operations.Count(operation => operation == "EraseRecord"), Is.EqualTo(2), "The request's own, and that it is done.");

        async Task<string> Signed() =>
            (await platform.Get($"{erasure}/certificate", ("Accept", "application/jwt"))).Expect(HttpStatusCode.OK).Text;
    }

    [Test]
    public async Task Only_the_client_or_who_stands_wholly_in_their_place_has_it_erased()
    {
        await using var host = new ApiHost(database);
        var clientId = await host.NewClient("erases-nothing");
        var practitioner = await host.As("practitioner");
        var platform = await host.As("platform");

        (await practitioner.Post(Record(clientId, "/erasures"), new { confirm = true })).Expect(HttpStatusCode.Forbidden);
        (await platform.Post(Record(clientId, "/erasures"), new { confirm = true }, ("Purpose-Of-Use", "TREAT"))).Expect(HttpStatusCode.Forbidden);
        (await (await host.As("representative")).Post(Record(Personas.OtherClientId, "/erasures"), new { confirm = true })).Expect(HttpStatusCode.Forbidden);
        (await host.As("erases-nothing", Personas.HarbourApp.Scopes).Post(Record(clientId, "/erasures"), new { confirm = false })).Expect(HttpStatusCode.UnprocessableEntity);
        (await practitioner.Get(Record(clientId))).Expect(HttpStatusCode.OK);
    }

    private static async Task<(Guid ClientId, Api Client)> Lived(ApiHost host)
    {
        var platform = await host.As("platform");
        var practitioner = await host.As("practitioner");
        var clientId = (await platform.Put($"/v1/clients/by-external-id/{ExternalId}", new
        {
            subject = Subject,
            name = new { given = "Zebulonia", family = Family },
            birthDate = "1987-11-23",
            careRelationships = new[] { new { practitionerId = Personas.PractitionerId } },
        }, ("Purpose-Of-Use", "TREAT"))).Expect(HttpStatusCode.Created).Id;
        var client = host.As(Subject, Personas.HarbourApp.Scopes);
        (await client.Post(
            Record(clientId, "/consents"), Permit(["demographics", "assessments", "goals", "session-notes"]), ("Idempotency-Key", "one"))).Expect(HttpStatusCode.Created);
        var assessment = (await practitioner.Post(
            Record(clientId, "/assessments"), Phq9(1, 1, 1, 1, 1, 1, 1, 1, 1), ("Idempotency-Key", "two"))).Expect(HttpStatusCode.Created);
        (await client.Post(Record(clientId, $"/assessments/{assessment.Id}/disagreements"), new { text = NoteText })).Expect(HttpStatusCode.Created);
        (await practitioner.Post(Record(clientId, "/process-notes"), new { text = NoteText })).Expect(HttpStatusCode.Created);
        var goal = await Goals.Goals.Propose(client, clientId);
        (await client.Post($"{goal}/progress", new { kind = "scaling", value = 2, note = NoteText })).Expect(HttpStatusCode.Created);
        var draft = (await practitioner.Post(Record(clientId, "/session-notes"), new
        {
            format = "narrative",
            session = new { startAt = "2026-05-04T09:30:00Z", medium = "phone" },
            content = new { narrative = NoteText },
            modalities = new[] { "cbt" },
        })).Expect(HttpStatusCode.Created);
        var note = draft.Header("Location")!;
        (await practitioner.Post(
            $"{note}/signature", new { version = 1, contentHash = draft.Word("contentHash") }, ("If-Match", draft.ETag))).Expect(HttpStatusCode.OK);
        (await client.Post($"{note}/addenda", new { text = NoteText })).Expect(HttpStatusCode.Created);
        (await client.Post(Record(clientId, "/alliance-check-ins"), new { value = 9, note = NoteText })).Expect(HttpStatusCode.Created);
        (await client.Post(Record(clientId, "/representatives"), new
        {
            relation = "friend",
            name = Family,
            categories = new[] { "goals" },
            actions = new[] { "read" },
            evidence = NoteText,
            endsWhenClientMayConsentAlone = false,
        })).Expect(HttpStatusCode.Created);
        (await client.Post(Record(clientId, "/restrictions"), new { categories = new[] { "goals" }, reason = NoteText })).Expect(HttpStatusCode.Created);
        (await (await host.As("colleague")).Post(
            Record(clientId, "/emergency-accesses"), new { reason = NoteText, clientCannotBeAskedBecause = NoteText })).Expect(HttpStatusCode.Created);
        return (clientId, client);
    }

    private static async Task<string> Erase(ApiHost host, Api client, Guid clientId, string state)
    {
        var erasure = (await client.Post(Record(clientId, "/erasures"), new { confirm = true })).Expect(HttpStatusCode.Created).Header("Location")!;
        var platform = await host.As("platform");
        await Making.Until(() => platform.Get(erasure), answer => answer.Word("state") == state);
        return erasure;
    }

    private static async Task JobWaits(ApiHost host, Guid clientId)
    {
        for (var waited = 0; StateOfJob() != "waiting"; waited++)
        {
            Assert.That(waited, Is.LessThan(2400));
            await Task.Delay(50);
        }

        string? StateOfJob()
        {
            using var connection = host.OpenDatabase();
            return connection.ExecuteScalar<string>("SELECT state FROM background_job WHERE client_id = @clientId", new { clientId });
        }
    }

    /// <summary>The last step was committed, and nobody has said that the run has ended.</summary>
    private static void LeaveAsAKilledServerDoes(ApiHost host, Guid clientId)
    {
        using var connection = host.OpenDatabase();
        var past = host.Clock.GetUtcNow().AddMinutes(-2);
        connection.Execute(
            "UPDATE background_job SET state = 'running', holder = @holder, lease_until = @past, due_at = @past WHERE client_id = @clientId",
            new { holder = Personas.PractitionerId, past, clientId });
    }

    /// <summary>Every sealed content, key, digest and item id of the record, as the database has it.</summary>
    private static List<(string What, byte[] Bytes)> Bytes(ApiHost host, Guid clientId)
    {
        using var connection = host.OpenDatabase();
        var found = new List<(string, byte[])>();
        foreach (var table in WithClient())
        {
            foreach (IDictionary<string, object?> row in connection.Query($"SELECT * FROM {table} WHERE client_id = @clientId", new { clientId }))
            {
                if (table is "ledger_entry" or "background_job")
                {
                    continue;
                }

                found.AddRange(row.Where(value => value.Value is byte[] { Length: >= 16 }).Select(value => ($"{table}.{value.Key}", (byte[])value.Value!)));
                found.AddRange(row.Where(value => value.Key is "id" or "item_id").Select(value => ($"{table}.{value.Key}", Encoding.UTF8.GetBytes($"{value.Value}"))));
            }
        }

        found.AddRange(connection.Query<byte[]>("SELECT subject_digest FROM subject_link WHERE target_id = @clientId", new { clientId }).Select(digest => ("subject", digest)));
        found.AddRange(connection.Query<byte[]>("SELECT digest FROM external_id WHERE target_id = @clientId", new { clientId }).Select(digest => ("external id", digest)));


        // The record's own id stays on the ledger and in the erasure.
        return [.. found.Where(one => !Encoding.UTF8.GetString(one.Item2).Equals($"{clientId}", StringComparison.OrdinalIgnoreCase))];
    }

    private static List<string> Found(ApiHost host, List<(string What, byte[] Bytes)> sought)
    {
        var stored = host.Data.Stored();
        return
        [
            .. from one in sought
               from place in stored
               let part = one.Bytes.AsSpan(one.Bytes.Length > 60 ? 33 : 0, Math.Min(24, one.Bytes.Length)).ToArray()
               where place.Bytes.AsSpan().IndexOf(part) >= 0
               select $"{one.What} in {place.Place}",
        ];
    }

    private static LedgerFault? FaultOfLedger(ApiHost host, Guid clientId, out List<string> operations)
    {
        using var connection = host.OpenDatabase();
        var entries = connection.Query<(long Sequence, byte[] PreviousHash, byte[] Hash, byte[] Canonical)>(
            "SELECT sequence, previous_hash, hash, canonical FROM ledger_entry WHERE chain_id = @clientId ORDER BY sequence", new { clientId })
            .Select(row => new LedgerEntry(clientId, row.Sequence, row.PreviousHash, row.Hash, row.Canonical)).ToList();
        operations = [.. entries.Select(entry => LedgerChain.Read(entry.Canonical).Operation)];
        return LedgerChain.FirstFault(entries);
    }

    private static List<string> Rows(ApiHost host, Guid clientId)
    {
        using var connection = host.OpenDatabase();
        return [.. WithClient().Where(table => connection.ExecuteScalar<int>($"SELECT COUNT(*) FROM {table} WHERE client_id = @clientId", new { clientId }) > 0)];
    }

    private static IEnumerable<string> WithClient()
    {
        using var sqlite = Statements.Migrated();
        return [.. SqliteSchema.Of(sqlite).Columns.Where(column => column.Name == "client_id").Select(column => column.Table).Distinct()];
    }
}
