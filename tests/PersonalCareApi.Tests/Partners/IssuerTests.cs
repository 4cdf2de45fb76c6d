using System.Net;
using System.Text.Json.Nodes;
using PersonalCareApi.Tests.Pipeline;
using PersonalCareApi.Tests.TestHost;

namespace PersonalCareApi.Tests.Partners;

/// <summary>Who signs a partner's tokens, as its administrator registers it.</summary>
[OnEachDatabase]
internal sealed class IssuerTests(TestDatabase database)
{
    private static readonly TokenMaker Provider = new();
    private ApiHost host = null!;
    private Api platform = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        host = new ApiHost(database);
        platform = await host.As("platform");
    }

    [OneTimeTearDown]
    public async Task Stop() => await host.DisposeAsync();

    [Test]
    public async Task Tokens_of_a_registered_issuer_are_believed_and_those_of_replaced_keys_no_more()
    {
        var created = (await platform.Post("/v1/issuers", Profile("first"))).Expect(HttpStatusCode.Created);
        Assert.That(created.ETag, Is.EqualTo("\"1\""));
        var token = Provider.Make(payload => payload["aud"] = "first");
        (await With(token).Get("/v1/me")).Expect(HttpStatusCode.OK);

        var next = new TokenMaker();
        var file = Path.Combine(host.Data.Folder, "next.json");
        await File.WriteAllTextAsync(file, next.Jwks);
        (await new Operator(host.Data, "Development").Run("issuer", "set", $"{created.Id}", "--partner", "harbour", "--jwks", file)).Expect(0);

        (await With(token).Get("/v1/me")).Expect(HttpStatusCode.Unauthorized);
        (await With(next.Make(payload => payload["aud"] = "first")).Get("/v1/me")).Expect(HttpStatusCode.OK);
        Assert.That((await platform.Get($"/v1/issuers/{created.Id}")).ETag, Is.EqualTo("\"2\""));
    }

    [Test]
    public async Task A_registration_is_listed_as_it_was_made()
    {
        var profile = Profile("listed");
        (await platform.Post("/v1/issuers", profile)).Expect(HttpStatusCode.Created);

        var listed = (await platform.Get("/v1/issuers?limit=200")).Expect(HttpStatusCode.OK).Json.GetProperty("items").EnumerateArray()
            .Single(issuer => issuer.GetProperty("audience").GetString() == "listed");
        Assert.That(
            profile.All(member => JsonNode.DeepEquals(JsonNode.Parse(listed.GetProperty(member.Key).GetRawText()), member.Value)), $"{listed}");
    }

    [Test]
    public async Task The_pair_of_issuer_and_audience_is_registered_once()
    {
        (await platform.Post("/v1/issuers", Profile("twice"))).Expect(HttpStatusCode.Created);

        Assert.That((await platform.Post("/v1/issuers", Profile("twice"))).Expect(HttpStatusCode.Conflict).Problem, Is.EqualTo("already-exists"));
    }

    [Test]
    public async Task Only_who_administers_the_partner_sees_its_issuers()
    {
        var practitioner = await host.As("practitioner");
        var refused = (await practitioner.Get("/v1/issuers")).Expect(HttpStatusCode.Forbidden);
        Assert.That(refused.Header("WWW-Authenticate"), Does.Contain("partner:administer"));
        (await practitioner.Post("/v1/issuers", Profile("taken"))).Expect(HttpStatusCode.Forbidden);
    }

    private static IEnumerable<TestCaseData> BrokenProfiles()
    {
        yield return Broken("#/url not-https", profile => profile["url"] = "http://id.example");
        yield return Broken("#/url not-https", profile => profile["url"] = "/issuer");
        yield return Broken("#/url invalid-format", profile => profile["url"] = "https://id.example?tenant=1");
        yield return Broken("#/audience required", profile => profile["audience"] = "");
        yield return Broken("#/audience invalid-format", profile => profile["audience"] = "api ");
        yield return Broken("#/keySource unknown-value", profile => profile["keySource"] = "guessed");
        yield return Broken("#/jwks required", profile => profile.Remove("jwks"));
        yield return Broken("#/jwks not-allowed", profile => profile["keySource"] = "discovery");
        yield return Broken("#/jwks invalid-key-set", profile => profile["jwks"] = "keys");
        yield return Broken("#/jwks no-keys", profile => profile["jwks"] = new JsonObject { ["keys"] = new JsonArray() });
        yield return Broken("#/jwks private-key", profile => Key(profile)["d"] = "AQAB");
        yield return Broken("#/jwks private-key", profile => profile["jwks"] = Set(new JsonObject { ["kty"] = "oct", ["kid"] = "1", ["k"] = "AQAB" }));
        yield return Broken("#/jwks key-id", profile => Key(profile).Remove("kid"));
        yield return Broken("#/jwks key-id", profile => profile["jwks"] = Set(Provider.EcKey(), Provider.EcKey()));
        yield return Broken("#/jwks weak-or-unknown-key", profile => Key(profile)["crv"] = "P-521");
        yield return Broken("#/jwks weak-or-unknown-key", profile => Key(profile)["use"] = "enc");
        yield return Broken("#/jwks weak-or-unknown-key", profile => Key(profile)["x"] = Key(profile)["y"]!.DeepClone());
        yield return Broken("#/tokenTypes invalid-token-types", profile => profile["tokenTypes"] = new JsonArray());
        yield return Broken("#/tokenTypes invalid-token-types", profile => profile["tokenTypes"] = new JsonArray("application/at+jwt"));
        yield return Broken("#/subjectClaim invalid-claim", profile => profile["subjectClaim"] = "sub or email");
        yield return Broken("#/applicationClaims invalid-claim", profile => profile["applicationClaims"] = new JsonArray());
    }

    [TestCaseSource(nameof(BrokenProfiles))]
    public async Task A_broken_profile_is_refused_by_name(string fault, Action<JsonObject> breakIt)
    {
        var profile = Profile("broken");
        breakIt(profile);

        Assert.That((await platform.Post("/v1/issuers", profile)).Expect(HttpStatusCode.UnprocessableEntity).Faults, Is.EqualTo(new[] { fault }));
    }

    private Api With(string token)
    {
        var client = host.CreateClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return new Api(client);
    }

    private static TestCaseData Broken(string fault, Action<JsonObject> change) => new(fault, change) { TestName = null };

    private static JsonObject Key(JsonObject profile) => profile["jwks"]!["keys"]![0]!.AsObject();

    private static JsonObject Set(params JsonObject[] keys) => new() { ["keys"] = new JsonArray([.. keys]) };

    private static JsonObject Profile(string audience) => new()
    {
        ["url"] = TokenMaker.Url,
        ["audience"] = audience,
        ["keySource"] = "given",
        ["jwks"] = Set(Provider.EcKey()),
        ["tokenTypes"] = new JsonArray("at+jwt", "JWT"),
        ["subjectClaim"] = "sub",
        ["applicationClaims"] = new JsonArray("azp", "client_id"),
    };
}
