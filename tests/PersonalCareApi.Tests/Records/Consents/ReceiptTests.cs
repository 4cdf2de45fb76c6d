using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using PersonalCareApi.Development;
using PersonalCareApi.Protection;
using PersonalCareApi.Tests.Promises;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records.Consents;

/// <summary>Receipts: what was consented to, for programs, for a verifier, and for the client to read.</summary>
[OnEachDatabase]
internal sealed class ReceiptTests(TestDatabase database) : OnOneHost(database)
{
    private const string Keys = "/.well-known/jwks.json";
    private static readonly (string, string) Signed = ("Accept", "application/jwt");
    private static readonly (string, string) AsPage = ("Accept", "text/html");

    [TearDown]
    public void ResetTheClock() => Host.Clock.Reset();

    [Test]
    public async Task The_receipt_has_the_fields_of_the_standard_and_the_consent_as_it_is_recorded()
    {
        var record = await Host.NewClient();
        var given = (await Client.Post(Record(record, "/consents"), Intake(
            Provision.Permit("assessments", "goals") with { Purposes = ["TREAT"], Period = new { until = "2190-01-01T00:00:00Z" } },
            Provision.Deny("assessments") with { Parts = ["phq-9"] }))).Expect(HttpStatusCode.Created);
        var receipt = (await Client.Get(ReceiptOf(given))).Expect(HttpStatusCode.OK);
        var purpose = receipt.Json.GetProperty("pii_processing").GetProperty("purposes").EnumerateArray().Single();
        var happened = receipt.Json.GetProperty("event").EnumerateArray().Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(receipt.Header("Content-Type"), Does.StartWith("application/json"));
            Assert.That(receipt.Word("schema_version"), Does.StartWith("ISO/IEC TS 27560:2023"));
            Assert.That(receipt.Word("receipt_id"), Is.EqualTo($"{given.Id}.1"));
            Assert.That(receipt.Word("record_id"), Is.EqualTo($"{given.Id}"));
            Assert.That(receipt.Word("pii_principal_id"), Is.EqualTo($"{record}"));
            Assert.That(receipt.Word("pii_processing.privacy_notice"), Is.EqualTo("/v1/consent-wordings/intake/versions/3?language=de"));
            Assert.That(receipt.Word("pii_processing.language"), Is.EqualTo("de"));
            Assert.That(purpose.Word("purpose_type"), Is.EqualTo("TREAT"));
            Assert.That(purpose.GetProperty("pii_information").EnumerateArray().Select(one => one.Word("pii_type")), Is.EqualTo(["assessments", "goals"]));
            Assert.That(purpose.Word("withdrawal_method"), Is.EqualTo($"POST /v1/clients/{record}/consents/{given.Id}/withdrawal"));
            Assert.That(receipt.Json.GetProperty("party_identification")[0].Word("party_name"), Is.EqualTo("Harbour Teletherapy"));
            Assert.That(happened.Word("event_state"), Is.EqualTo("given"));
            Assert.That(happened.Word("entity_id"), Is.EqualTo($"{record}"));
            Assert.That(happened.Word("validity_duration"), Does.EndWith("/.."), "the denial has no end");
            Assert.That(receipt.Json.GetProperty("consent").GetProperty("provisions").GetRawText(), Is.EqualTo(given.Json.GetProperty("provisions").GetRawText()));
            Assert.That(receipt.Json.GetProperty("consent").GetProperty("evidence").GetRawText(), Is.EqualTo(given.Json.GetProperty("evidence").GetRawText()));
        }

        // What was noted down is where the text can be read.
        (await Client.Get(receipt.Word("pii_processing.privacy_notice")!)).Expect(HttpStatusCode.OK);
    }

    [Test]
    public async Task A_signed_receipt_is_verified_from_the_published_keys_alone()
    {
        var given = await Give(await Host.NewClient(), Provision.Permit("assessments"));
        var signed = (await Client.Get(ReceiptOf(given), Signed)).Expect(HttpStatusCode.OK);
        var plain = (await Client.Get(ReceiptOf(given))).Expect(HttpStatusCode.OK);
        var published = (await Host.Anonymous().Get(Keys)).Expect(HttpStatusCode.OK);
        var verified = await Verify(signed.Text, published.Text);
        var token = new JsonWebToken(signed.Text);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(signed.Header("Content-Type"), Is.EqualTo("application/jwt"));
            Assert.That(verified.IsValid, Is.True, $"{verified.Exception}");
            Assert.That(token.Typ, Is.EqualTo("consent-receipt+jwt"));
            Assert.That(token.Alg, Is.EqualTo("ES256"));
            Assert.That(token.Subject, Is.EqualTo($"urn:uuid:{plain.Word("pii_principal_id")}"));
            Assert.That(token.Id, Is.EqualTo(plain.Word("receipt_id")));
            Assert.That(SameJson(token.GetClaim("consent_receipt").Value, plain.Text));
            Assert.That(published.Header("Content-Type"), Does.StartWith("application/jwk-set+json"));
            Assert.That(published.Json.GetProperty("keys").EnumerateArray().SelectMany(key => key.EnumerateObject().Select(member => member.Name)).Distinct(),
                Is.EquivalentTo(["kty", "crv", "x", "y", "kid", "use", "alg"]), "the private part is not among them");
            Assert.That(new JsonWebKeySet(published.Text).Keys.Select(key => Base64UrlEncoder.Encode(key.ComputeJwkThumbprint())), Does.Contain(token.Kid));
        }
    }

    [Test]
    public async Task Tampering_is_found()
    {
        var given = await Give(await Host.NewClient(), Provision.Permit("assessments"));
        var signed = (await Client.Get(ReceiptOf(given), Signed)).Expect(HttpStatusCode.OK).Text;
        var published = (await Host.Anonymous().Get(Keys)).Text;
        var parts = signed.Split('.');
        var widened = Base64UrlEncoder.Encode(Base64UrlEncoder.Decode(parts[1]).Replace("assessments", "process-notes", StringComparison.Ordinal));
        var unsigned = Base64UrlEncoder.Encode("""{"alg":"none","typ":"consent-receipt+jwt"}""");
        await using var other = new ApiHost(Host.Data.Database);
        var others = (await (await other.As("client")).Post(Record(Personas.ClientId, "/consents"), Consent(Provision.Permit("goals")))).Expect(HttpStatusCode.Created);
        var foreign = (await (await other.As("client")).Get(ReceiptOf(others), Signed)).Text;

        Assert.That((await Verify(signed, published)).IsValid);
        foreach (var forged in new[] { $"{parts[0]}.{widened}.{parts[2]}", $"{unsigned}.{parts[1]}.", $"{parts[0]}.{parts[1]}.{foreign.Split('.')[2]}", foreign })
        {
            Assert.That((await Verify(forged, published)).IsValid, Is.False);
        }
    }

    [Test]
    public async Task The_receipt_of_an_old_version_stays_as_it_was()
    {
        var record = await Host.NewClient();
        var recorded = (await Practitioner.Post(Record(record, "/consents"), Consent(Provision.Permit("goals")))).Expect(HttpStatusCode.Created);
        var path = recorded.Header("Location")!;
        var draft = (await Client.Get(ReceiptOf(recorded))).Expect(HttpStatusCode.OK);
        (await Client.Post($"{path}/confirmation", null, ("If-Match", recorded.ETag))).Expect(HttpStatusCode.OK);
        var confirmed = (await Client.Get(ReceiptOf(recorded))).Expect(HttpStatusCode.OK);
        (await Client.Post($"{path}/withdrawal", new { reason = "My own words" })).Expect(HttpStatusCode.OK);
        var withdrawn = (await Client.Get(ReceiptOf(recorded))).Expect(HttpStatusCode.OK);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(States(draft), Is.EqualTo(["drafted"]));
            Assert.That(States(confirmed), Is.EqualTo(["drafted", "given"]));
            Assert.That(States(withdrawn), Is.EqualTo(["drafted", "given", "withdrawn"]));
            Assert.That((await Client.Get($"{path}/versions/1/receipt")).Text, Is.EqualTo(draft.Text));
            Assert.That((await Client.Get($"{path}/versions/2/receipt")).Text, Is.EqualTo(confirmed.Text));
            Assert.That((await Client.Get($"{path}/versions/3/receipt")).Text, Is.EqualTo(withdrawn.Text));
            Assert.That(SameJson(new JsonWebToken((await Client.Get($"{path}/versions/1/receipt", Signed)).Text).GetClaim("consent_receipt").Value, draft.Text));
            Assert.That((await Client.Get($"{path}/versions/2/receipt", AsPage)).Text, Does.Contain("Not the newest version").And.Not.Contain("In force"));
            Assert.That((await Client.Get($"{path}/versions/3/receipt", AsPage)).Text, Does.Contain("Taken back"));
            Assert.That(withdrawn.Text, Does.Not.Contain("My own words"), "why is nobody's to whom a receipt is shown");
            Assert.That((await Client.Get($"{path}/versions/4/receipt")).Status, Is.EqualTo(HttpStatusCode.NotFound));
        }
    }

    [Test]
    public async Task A_draft_that_was_declined_was_never_given()
    {
        var record = await Host.NewClient();
        var draft = (await Practitioner.Post(Record(record, "/consents"), Consent(Provision.Permit("goals")))).Expect(HttpStatusCode.Created);
        await Withdraw(record, draft);
        Assert.That(States(await Client.Get(ReceiptOf(draft))), Is.EqualTo(["drafted", "withdrawn"]));
    }

    [Test]
    public async Task What_was_replaced_says_so()
    {
        var record = await Host.NewClient();
        var old = await Give(record, Provision.Permit("goals"));
        (await Client.Post(Record(record, "/consents"), new
        {
            status = "active",
            evidence = new { method = "verbal", givenAt = "2026-05-01T08:00:00Z" },
            provisions = new[] { Provision.Permit("plans") },
            replaces = old.Id,
        })).Expect(HttpStatusCode.Created);
        Assert.That(States(await Client.Get(ReceiptOf(old))), Is.EqualTo(["given", "superseded"]));
        Assert.That((await Client.Get(ReceiptOf(old), AsPage)).Text, Does.Contain("Replaced").And.Contain("nothing left to take back"));
    }

    [Test]
    public async Task Only_the_client_and_representatives_get_a_receipt()
    {
        var given = (await (await Host.As("other-client")).Post(Record(Personas.OtherClientId, "/consents"), Consent(Provision.Permit("goals")))).Expect(HttpStatusCode.Created);
        (await (await Host.As("other-client")).Get(ReceiptOf(given))).Expect(HttpStatusCode.OK);
        var representative = await Host.As("representative");
        (await representative.Get(ReceiptOf(given))).Expect(HttpStatusCode.OK);
        Assert.That((await representative.Get(ReceiptOf(given), AsPage)).Text, Does.Contain("whom you represent"));
        foreach (var path in new[] { ReceiptOf(given), $"{given.Header("Location")}/versions/1/receipt", Record(Personas.OtherClientId, $"/consents/{Nobody}/receipt") })
        {
            (await Practitioner.Get(path)).Expect(HttpStatusCode.Forbidden);
            (await Platform.Get(path, ("Purpose-Of-Use", "TREAT"))).Expect(HttpStatusCode.Forbidden);
            (await Colleague.Get(path)).Expect(HttpStatusCode.NotFound);
            (await Client.Get(path)).Expect(HttpStatusCode.NotFound);
            (await Elsewhere.Get(path)).Expect(HttpStatusCode.NotFound);
        }

        (await Client.Get(Record(Personas.ClientId, $"/consents/{given.Id}/receipt"))).Expect(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task A_receipt_is_a_use_of_the_record_and_the_json_has_an_etag()
    {
        var record = await Host.NewClient();
        var given = await Give(record, Provision.Permit("goals"));
        var receipt = (await Client.Get(ReceiptOf(given))).Expect(HttpStatusCode.OK);
        Assert.That(receipt.ETag, Is.EqualTo("\"1\""));
        var unchanged = (await Client.Get(ReceiptOf(given), ("If-None-Match", receipt.ETag))).Expect(HttpStatusCode.NotModified);
        var page = (await Client.Get(ReceiptOf(given), AsPage, ("If-None-Match", receipt.ETag))).Expect(HttpStatusCode.OK);
        Assert.That(page.Header("ETag"), Is.Null, "a page with names as they are now is another thing than the JSON");

        var history = (await Client.Get(Record(record, "/access-history"))).Items();
        foreach (var answer in new[] { receipt, unchanged, page })
        {
            Assert.That(answer.Header("Vary"), Does.Contain("Accept"));
            var entry = history.Single(one => one.Word("id") == answer.Header("Access-Decision"));
            Assert.That(entry.Word("operation"), Is.EqualTo("GetConsentReceipt"));
        }
    }

    [TestCase(null, "application/json")]
    [TestCase("*/*", "application/json")]
    [TestCase("application/*", "application/json")]
    [TestCase("application/json;q=0.5, application/jwt", "application/jwt")]
    [TestCase("application/*;q=0.4, application/json;q=0.1", "application/jwt")]
    [TestCase("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html; charset=utf-8")]
    [TestCase("application/json;q=0, */*;q=0.1", "application/jwt")]
    [TestCase("not a header, at all;;;", "application/json")]
    [TestCase("application/pdf", null)]
    [TestCase("image/*, application/json;q=0", null)]
    public async Task The_form_is_the_one_asked_for(string? accept, string? form)
    {
        var given = await Give(await Host.NewClient(), Provision.Permit("goals"));
        var answer = accept is null ? await Client.Get(ReceiptOf(given)) : await Client.Get(ReceiptOf(given), ("Accept", accept));
        if (form is null)
        {
            Assert.That(answer.Expect(HttpStatusCode.NotAcceptable).Problem, Is.EqualTo("not-acceptable"));
        }
        else
        {
            Assert.That(answer.Expect(HttpStatusCode.OK).Header("Content-Type"), Does.StartWith(form));
        }
    }

    [Test]
    public async Task The_page_says_in_words_who_what_for_what_and_until_when()
    {
        var record = await Host.NewClient();
        var given = (await Client.Post(Record(record, "/consents"), Intake(
            Provision.Permit("assessments", "goals") with { Period = new { until = "2190-01-01T00:00:00Z" } },
            Provision.Permit("plans") with { Grantees = [Grantee.Partner], Actions = ["read"] },
            Provision.Deny("assessments") with { Parts = ["phq-9"], Grantees = [Grantee.Role("supervisor"), Grantee.CareTeam] }))).Expect(HttpStatusCode.Created);
        var page = (await Client.Get(ReceiptOf(given), AsPage)).Expect(HttpStatusCode.OK);
        var text = WebUtility.HtmlDecode(page.Text);
        using (Assert.EnterMultipleScope())
        {
            foreach (var words in new[]
            {
                "In force.", "What you allowed", "Mira Castellanos", "questionnaires that you answered", "your goals", "see, add to and change", "your treatment",
                "until 1 January 2190, 00:00 UTC", "everyone who works at Harbour Teletherapy", "What you denied", "whose role is supervisor", "your care team",
                "Patient Health Questionnaire", "How you take it back", "need not say why", "Zurücknehmen", $"{given.Id}.1",
            })
            {
                Assert.That(text, Does.Contain(words));
            }

            Assert.That(page.Text, Does.StartWith("<!DOCTYPE html><html lang=\"en\">"));
            Assert.That(page.Text, Does.Contain("<blockquote lang=\"de\">"), "words of another language say of which");
            Assert.That(page.Text, Does.Not.Contain("<script").And.Not.Contain("http"));
            Assert.That(page.Text.Split("<h1").Length, Is.EqualTo(2));
            Assert.That(page.Header("Content-Security-Policy"), Does.StartWith("default-src 'none'; style-src 'unsafe-inline'"));
            Assert.That(page.Header("Cache-Control"), Is.EqualTo("no-store"));
        }
    }

    [Test]
    public async Task The_page_says_where_a_denial_ends_and_when_a_consent_has_run_out()
    {
        var record = await Host.NewClient();
        var denied = await Give(record, Provision.Deny("journal"));
        var foreseen = await Give(record, Provision.Deny("journal") with { Purposes = ["ETREAT", "BTG"] });
        Assert.That((await Client.Get(ReceiptOf(denied), AsPage)).Text, Does.Contain("may look all the same").And.Contain("You allowed nothing"));
        Assert.That((await Client.Get(ReceiptOf(foreseen), AsPage)).Text, Does.Not.Contain("may look all the same"));

        var soon = Host.Clock.GetUtcNow().AddMinutes(5);
        var brief = await Give(record, Provision.Permit("goals") with { Period = new { until = soon } });
        Host.Clock.MoveTo(soon);
        Assert.That((await Client.Get(ReceiptOf(brief), AsPage)).Text, Does.Contain("Run out").And.Not.Contain("In force"));
    }

    [Test]
    public async Task Every_word_on_the_page_is_escaped()
    {
        const string Evil = "<img src=x onerror=alert(1)> \"'&";
        var mallory = (await Platform.Post("/v1/practitioners", new { name = Evil, roles = Array.Empty<string>() })).Expect(HttpStatusCode.Created);
        (await Platform.Post("/v1/consent-wordings", new
        {
            id = "evil",
            texts = new[] { new { language = "en", title = Evil, text = Evil, howToWithdraw = $"</blockquote>{Evil}" } },
            provisions = new[] { Provision.Permit("assessments") with { Grantees = [Grantee.Partner] } },
        })).Expect(HttpStatusCode.Created);
        foreach (var (wording, version) in new[] { ("evil", "1"), (Evil, Evil) })
        {
            var record = await Host.NewClient();
            var given = (await Client.Post(Record(record, "/consents"), new
            {
                status = "active",
                evidence = new { method = "verbal", givenAt = "2026-05-01T08:00:00Z", wording = new { id = wording, version, language = "en" } },
                provisions = new[] { Provision.Permit("assessments") with { Grantees = [Grantee.Practitioner(mallory.Id)], Parts = [Evil] } },
            })).Expect(HttpStatusCode.Created);
            var page = (await Client.Get(ReceiptOf(given), AsPage)).Expect(HttpStatusCode.OK);
            Assert.That(page.Text, Does.Not.Contain("<img").And.Not.Contain("</blockquote><"));
            Assert.That(WebUtility.HtmlDecode(page.Text).Split(Evil).Length, Is.GreaterThan(3));
        }
    }

    [Test]
    public async Task A_new_key_signs_and_the_old_stays_published()
    {
        await using var host = new ApiHost(Host.Data.Database);
        var client = await host.As("client");
        Assert.That((await host.Anonymous().Get(Keys)).Expect(HttpStatusCode.OK).Json.GetProperty("keys").GetArrayLength(), Is.Zero);
        var given = (await client.Post(Record(Personas.ClientId, "/consents"), Consent(Provision.Permit("goals")))).Expect(HttpStatusCode.Created);
        var before = (await client.Get(ReceiptOf(given), Signed)).Text;

        var rotated = (await new Operator(host.Data, "Development").Run("receipt-key", "rotate", "--json")).Expect(0);
        var after = (await client.Get(ReceiptOf(given), Signed)).Text;
        var published = (await host.Anonymous().Get(Keys)).Text;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(new JsonWebToken(after).Kid, Is.EqualTo(rotated.Json.Word("kid")).And.Not.EqualTo(new JsonWebToken(before).Kid));
            Assert.That((await Verify(before, published)).IsValid);
            Assert.That((await Verify(after, published)).IsValid);
            Assert.That((await new Operator(host.Data, "Development").Run("receipt-key", "list")).Expect(0).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(2));
        }
    }

    [Test]
    public async Task Replicas_that_make_the_first_key_at_once_sign_with_the_same()
    {
        await using var host = new ApiHost(Host.Data.Database);
        var replicas = Enumerable.Range(0, 6).Select(_ => new ReceiptKeys(
            host.Services.GetRequiredService<PersonalCareApi.Data.Database>(),
            host.Services.GetRequiredService<Microsoft.AspNetCore.DataProtection.IDataProtectionProvider>(),
            TimeProvider.System)).ToList();
        var signed = await Task.WhenAll(replicas.Select(replica => Task.Run(() => replica.Sign("{}", "x", CancellationToken.None))));
        Assert.That(signed.Select(token => new JsonWebToken(token).Kid).Distinct().ToList(), Has.Count.EqualTo(1));
        Assert.That(await replicas[0].Published(CancellationToken.None), Has.Count.EqualTo(1));

        using var database = host.OpenDatabase();
        using var command = database.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM secret WHERE name LIKE 'receipt-signing.%'";
        Assert.That(command.ExecuteScalar(), Is.EqualTo(1L));
    }

    [Test]
    public async Task Taking_back_is_as_easy_as_giving()
    {
        var record = await Host.NewClient();
        var given = await Give(record, Provision.Permit("assessments"));

        // Over the same channel, as the same caller: one request each. To give takes a body; to take back takes nothing.
        var giving = typeof(PersonalCareApi.Records.Consents.CreateConsent);
        var withdrawing = typeof(PersonalCareApi.Records.Consents.WithdrawConsent);
        Assert.That(Needed(withdrawing), Is.Empty);
        Assert.That(Needed(giving), Is.Not.Empty);
        Assert.That(
            Operation.Of(Host).Single(operation => operation.Name == "WithdrawConsent").Endpoint.Metadata.OfType<PersonalCareApi.Pipeline.TakesPrecondition>(), Is.Empty);
        var before = Uses(await Client.Get(Record(record, "/access-history")), "WithdrawConsent", "GiveConsent");
        (await Client.Post($"{given.Header("Location")}/withdrawal")).Expect(HttpStatusCode.OK);
        var after = Uses(await Client.Get(Record(record, "/access-history")), "WithdrawConsent", "GiveConsent");
        Assert.That(after - before, Is.EqualTo(1).And.EqualTo(before));
        (await Practitioner.Get(Record(record, "/assessments"))).Expect(HttpStatusCode.Forbidden);

        static IEnumerable<string> Needed(Type contract) =>
            PersonalCareApi.Pipeline.ObjectShape.Of(PersonalCareApi.Pipeline.Json.Options.GetTypeInfo(contract)).Required;

        static int Uses(Answer history, params string[] operations) => history.Items().Count(use => operations.Contains(use.Word("operation")));
    }

    private static string ReceiptOf(Answer consent) => $"{consent.Header("Location")}/receipt";

    private static IEnumerable<string?> States(Answer receipt) =>
        receipt.Expect(HttpStatusCode.OK).Json.GetProperty("event").EnumerateArray().Select(one => one.Word("event_state"));

    /// <summary>As somebody who has nothing of ours but the receipt and the published keys.</summary>
    private static Task<TokenValidationResult> Verify(string receipt, string published) => new JsonWebTokenHandler().ValidateTokenAsync(receipt, new TokenValidationParameters
    {
        IssuerSigningKeys = new JsonWebKeySet(published).GetSigningKeys(),
        ValidIssuer = $"urn:uuid:{Personas.Harbour.Id}",
        ValidTypes = ["consent-receipt+jwt"],
        ValidAlgorithms = ["ES256"],
        ValidateAudience = false,
        ValidateLifetime = false,
    });

    private static bool SameJson(string one, string other) => JsonNode.DeepEquals(JsonNode.Parse(one), JsonNode.Parse(other));

    /// <summary>A consent with the seeded wording, in German.</summary>
    private static object Intake(params Provision[] provisions) => new
    {
        status = "active",
        evidence = new { method = "electronic-signature", givenAt = "2026-05-01T08:00:00Z", wording = new { id = "intake", version = "3", language = "de" } },
        provisions,
    };
}
