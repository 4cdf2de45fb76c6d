using System.Net;
using System.Text.Json.Nodes;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.TestHost;

namespace PersonalCareApi.Tests.Pipeline;

/// <summary>Which tokens are believed. Each refused one differs from a good one in a single respect.</summary>
[OnEachDatabase]
internal sealed class AuthenticationTests(TestDatabase database)
{
    private static readonly TokenMaker Provider = new();
    private static readonly TokenMaker OtherProvider = new();
    private AuthenticationHost host = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        host = await AuthenticationHost.Start(database);
        await Provider.Register(host, AuthenticationHost.NewId(), Personas.Harbour.Id, "harbour");
        await Provider.Register(host, AuthenticationHost.NewId(), Personas.Harbour.Id, "harbour-mobile");
        await Provider.Register(host, AuthenticationHost.NewId(), Personas.Elsewhere.Id, "elsewhere");
        await OtherProvider.Register(host, AuthenticationHost.NewId(), Personas.Elsewhere.Id, "elsewhere", "https://id.elsewhere.example");
    }

    [OneTimeTearDown]
    public async Task Stop() => await host.DisposeAsync();

    [TestCase("ES256", TokenMaker.EcKeyId)]
    [TestCase("RS256", TokenMaker.RsaKeyId)]
    [TestCase("PS256", TokenMaker.RsaKeyId)]
    public async Task A_good_token_is_believed(string algorithm, string keyId)
    {
        var who = await host.WhoIs(Provider.Make(header: header => (header["alg"], header["kid"]) = (algorithm, keyId)));

        Assert.That(who?.PartnerId, Is.EqualTo(Personas.Harbour.Id));
        Assert.That(who!.Scopes, Is.EquivalentTo(new[] { "assessments:read", "goals:read" }));
    }

    [TestCase("JWT")]
    [TestCase("AT+JWT")]
    [TestCase("application/at+jwt")]
    public async Task The_type_is_compared_without_case_and_prefix(string type) =>
        Assert.That(await host.WhoIs(Provider.Make(header: header => header["typ"] = type)), Is.Not.Null);

    [Test]
    public async Task No_token_is_401_without_an_error_code()
    {
        using var response = await host.Client.GetAsync("/who");

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That(response.Headers.WwwAuthenticate.ToString(), Is.EqualTo("Bearer"));
    }

    private static IEnumerable<TestCaseData> WrongHeaders()
    {
        yield return Wrong("a symmetric algorithm, with the public key as secret", header => header["alg"] = "HS256");
        yield return Wrong("an algorithm that is not one of ours", header => (header["alg"], header["kid"]) = ("RS512", TokenMaker.RsaKeyId));
        yield return Wrong("an algorithm in another case", header => header["alg"] = "es256");
        yield return Wrong("no algorithm", header => header.Remove("alg"));
        yield return Wrong("an algorithm that is not the key's", header => (header["alg"], header["kid"]) = ("RS256", TokenMaker.EcKeyId));
        yield return Wrong("an EC algorithm with an RSA key", header => header["kid"] = TokenMaker.RsaKeyId);
        yield return Wrong("an unknown key", header => header["kid"] = "ec-2");
        yield return Wrong("a key id in another case", header => header["kid"] = "EC-1");
        yield return Wrong("no key id", header => header.Remove("kid"));
        yield return Wrong("an empty key id", header => header["kid"] = "");
        yield return Wrong("a key id as array", header => header["kid"] = new JsonArray(TokenMaker.EcKeyId));
        yield return Wrong("something critical", header => header["crit"] = new JsonArray("exp"));
        yield return Wrong("nothing critical, but the list", header => header["crit"] = new JsonArray());
        yield return Wrong("another type", header => header["typ"] = "id+jwt");
        yield return Wrong("no type", header => header.Remove("typ"));
        yield return Wrong("an empty type", header => header["typ"] = "");
    }

    private static IEnumerable<TestCaseData> WrongPayloads()
    {
        yield return Wrong("no issuer", payload => payload.Remove("iss"));
        yield return Wrong("another issuer", payload => payload["iss"] = "https://id.example");
        yield return Wrong("the issuer in another case", payload => payload["iss"] = "https://ID.harbour.example");
        yield return Wrong("the issuer with a slash", payload => payload["iss"] = TokenMaker.Url + "/");
        yield return Wrong("an issuer as array", payload => payload["iss"] = new JsonArray(TokenMaker.Url));
        yield return Wrong("no audience", payload => payload.Remove("aud"));
        yield return Wrong("an empty list of audiences", payload => payload["aud"] = new JsonArray());
        yield return Wrong("an unknown audience", payload => payload["aud"] = "harbor");
        yield return Wrong("the audience in another case", payload => payload["aud"] = "Harbour");
        yield return Wrong("the audience with a space", payload => payload["aud"] = "harbour ");
        yield return Wrong("an audience that is no text", payload => payload["aud"] = new JsonArray("harbour", 1));
        yield return Wrong("the audiences of two partners", payload => payload["aud"] = new JsonArray("harbour", "elsewhere"));
        yield return Wrong("no subject", payload => payload.Remove("sub"));
        yield return Wrong("an empty subject", payload => payload["sub"] = "");
        yield return Wrong("a blank subject", payload => payload["sub"] = " ");
        yield return Wrong("a subject of 201 characters", payload => payload["sub"] = new string('a', 201));
        yield return Wrong("two subjects", payload => payload["sub"] = new JsonArray("practitioner", "client"));
        yield return Wrong("one subject as array", payload => payload["sub"] = new JsonArray("practitioner"));
        yield return Wrong("a subject that is a number", payload => payload["sub"] = 1);
        yield return Wrong("no application", payload => payload.Remove("client_id"));
        yield return Wrong("an application as array", payload => payload["client_id"] = new JsonArray("harbour-app"));
        yield return Wrong("an unknown application", payload => payload["client_id"] = "harbour-application");
        yield return Wrong("the application in another case", payload => payload["client_id"] = "Harbour-App");
        yield return Wrong("an application of another partner", payload => payload["client_id"] = "elsewhere-app");
        yield return Wrong("its application in a claim that the registration does not name", payload =>
        {
            payload.Remove("client_id");
            payload["azp"] = "harbour-app";
        });
        yield return Wrong("scopes as array", payload => payload["scope"] = new JsonArray("assessments:read"));
        yield return Wrong("another application acting", payload => payload["act"] = new JsonObject { ["sub"] = "platform" });
        yield return Wrong("nobody acting", payload => payload["act"] = new JsonObject());
        yield return Wrong("an actor that is no object", payload => payload["act"] = "harbour-app");
        yield return Wrong("no expiry", payload => payload.Remove("exp"));
        yield return Wrong("an expiry of null", payload => payload["exp"] = null);
        yield return Wrong("an expiry that is a text", payload => payload["exp"] = $"{TokenMaker.Now + 3600}");
        yield return Wrong("an expiry below zero", payload => payload["exp"] = -1);
        yield return Wrong("an expiry beyond the calendar", payload => payload["exp"] = 1e15);
        yield return Wrong("an expiry beyond all numbers", payload => payload["exp"] = JsonNode.Parse("1e999"));
        yield return Wrong("a past expiry", payload => payload["exp"] = TokenMaker.Now - 31);
        yield return Wrong("a life of more than a day", payload => payload["exp"] = TokenMaker.Now + 86_400 + 60);
        yield return Wrong("a life of more than a day that began long ago", payload => payload["iat"] = TokenMaker.Now - 86_400);
        yield return Wrong("a life of years with no beginning", payload =>
        {
            payload.Remove("iat");
            payload.Remove("nbf");
            payload["exp"] = TokenMaker.Now + 100_000_000;
        });
        yield return Wrong("a beginning to come", payload => payload["nbf"] = TokenMaker.Now + 60);
        yield return Wrong("an issue to come", payload => payload["iat"] = TokenMaker.Now + 60);
        yield return Wrong("a beginning that is a text", payload => payload["nbf"] = "now");
    }

    [TestCaseSource(nameof(WrongHeaders))]
    public async Task A_token_is_refused_whose_header_has(Action<JsonObject> change) =>
        await IsRefused(Provider.Make(header: change));

    [TestCaseSource(nameof(WrongPayloads))]
    public async Task A_token_is_refused_whose_payload_has(Action<JsonObject> change) =>
        await IsRefused(Provider.Make(change));

    [Test]
    public async Task An_unsigned_token_is_refused([Values("none", "None", "ES256")] string algorithm)
    {
        var signed = Provider.Make(header: header => header["alg"] = algorithm);
        await IsRefused(signed[..(signed.LastIndexOf('.') + 1)]);
        await IsRefused(signed[..signed.LastIndexOf('.')]);
    }

    [Test]
    public async Task A_token_changed_after_signing_is_refused()
    {
        var parts = Provider.Make().Split('.');
        var changed = Provider.Make(payload => payload["sub"] = "supervisor").Split('.')[1];
        await IsRefused($"{parts[0]}.{changed}.{parts[2]}");
    }

    [Test]
    public async Task A_key_that_the_token_brings_along_is_not_used([Values("jwk", "jku", "x5u", "x5c")] string member)
    {
        var thief = new TokenMaker();
        await IsRefused(thief.Make(header: header => header[member] = member switch
        {
            "jwk" => thief.EcKey(),
            "x5c" => new JsonArray("MIIB"),
            _ => "https://thief.example/keys",
        }));
    }

    [Test]
    public async Task Another_issuers_key_is_refused_even_under_the_same_key_id()
    {
        await IsRefused(OtherProvider.Make());
        await IsRefused(Provider.Make(payload =>
        {
            payload["iss"] = "https://id.elsewhere.example";
            payload["aud"] = "elsewhere";
            payload["client_id"] = "elsewhere-app";
        }));
    }

    [Test]
    public async Task The_audience_selects_the_partner()
    {
        var who = await host.WhoIs(Provider.Make(payload => (payload["aud"], payload["client_id"]) = ("elsewhere", "elsewhere-app")));

        Assert.That(who?.PartnerId, Is.EqualTo(Personas.Elsewhere.Id));
    }

    [Test]
    public async Task Audiences_of_others_beside_ours_do_no_harm()
    {
        var who = await host.WhoIs(Provider.Make(
            payload => payload["aud"] = new JsonArray("https://id.harbour.example/userinfo", "harbour-mobile", "harbour")));

        Assert.That(who?.PartnerId, Is.EqualTo(Personas.Harbour.Id));
    }

    [TestCase("""{"alg":"ES256","kid":"ec-1","typ":"at+jwt","typ":"at+jwt"}""")]
    [TestCase("""{"alg":"ES256","kid":"ec-1","typ":"at+jwt","\u0061lg":"none"}""")]
    [TestCase("""{"alg":"ES256","kid":"ec-1","typ":"at+jwt",}""")]
    [TestCase("""["ES256"]""")]
    [TestCase("null")]
    [TestCase("")]
    public async Task A_header_with_more_than_one_reading_is_refused(string header) =>
        await IsRefused(Provider.Sign(header, TokenMaker.Payload().ToJsonString()));

    [TestCase("""{"sub":"client",""")]
    [TestCase("""{"\u0073ub":"client",""")]
    [TestCase("""{"act":{"sub":"harbour-app","sub":"platform"},""")]
    [TestCase("""{"name":"\ud800",""")]
    [TestCase("""{"\ud800":1,""")]
    [TestCase("{/* */")]
    [TestCase("\uFEFF{")]
    public async Task A_payload_with_more_than_one_reading_is_refused(string beginning) =>
        await IsRefused(Provider.Sign(
            TokenMaker.Header().ToJsonString(), beginning + TokenMaker.Payload().ToJsonString()[1..]));

    [Test]
    public async Task A_subject_that_is_no_unicode_is_refused() =>
        await IsRefused(Provider.Sign(
            TokenMaker.Header().ToJsonString(),
            TokenMaker.Payload().ToJsonString().Replace("\"practitioner\"", "\"\\ud800\"", StringComparison.Ordinal)));

    [TestCase(9 * 1024)]
    [TestCase(64 * 1024)]
    public async Task A_large_token_is_refused(int size) =>
        await IsRefused(Provider.Make(payload => payload["padding"] = new string('a', size)));

    [TestCase("..")]
    [TestCase("a.b.c")]
    [TestCase("a.b.c.d.e")]
    [TestCase("e30.e30.e30")]
    [TestCase("{}.{}.{}")]
    public async Task What_is_no_token_is_refused(string token) => await IsRefused(token);

    [Test]
    public async Task A_padded_or_spaced_token_is_refused()
    {
        var token = Provider.Make();
        await IsRefused(token + "=");
        await IsRefused(token.Replace(".", " .", StringComparison.Ordinal));
        await IsRefused($"{token},Bearer {token}");
    }

    private async Task IsRefused(string token)
    {
        using var response = await host.Send(token);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That(response.Headers.WwwAuthenticate.ToString(), Is.EqualTo("Bearer error=\"invalid_token\""));
        Assert.That(await response.Content.ReadAsStringAsync(), Is.Empty);
    }

    private static TestCaseData Wrong(string what, Action<JsonObject> change) => new TestCaseData(change).SetArgDisplayNames(what);
}
