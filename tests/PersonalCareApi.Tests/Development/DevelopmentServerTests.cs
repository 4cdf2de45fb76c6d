using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.Pipeline;
using PersonalCareApi.Tests.TestHost;

namespace PersonalCareApi.Tests.Development;

/// <summary>The token endpoint, the personas and the clock of a Development server.</summary>
internal sealed class DevelopmentServerTests
{
    private AuthenticationHost host = null!;

    [OneTimeSetUp]
    public async Task Start() => host = await AuthenticationHost.Start(TestDatabase.Sqlite);

    [OneTimeTearDown]
    public async Task Stop() => await host.DisposeAsync();

    private static IEnumerable<string> Names => Personas.All.Select(persona => persona.Name);

    [TestCaseSource(nameof(Names))]
    public async Task Every_persona_signs_in_as_who_the_list_says(string name)
    {
        var persona = (await host.Client.GetFromJsonAsync<PersonaList>("/dev/personas"))!.Items.Single(item => item.Name == name);
        using var response = await host.AskForToken(persona.TokenRequest);
        var issued = await response.Content.ReadFromJsonAsync<IssuedToken>();

        var who = await host.WhoIs(issued!.AccessToken);

        Guid[] ids = persona.Kind switch
        {
            "practitioner" => [who!.PractitionerId!.Value],
            "client" => who!.ClientIds,
            "representative" => who!.RepresentativeIds,
            _ => who!.ApplicationAlone ? [who.ApplicationId] : [],
        };
        Assert.That(ids, Is.EqualTo(new[] { persona.Id }));
        Assert.That(who.Scopes, Is.EquivalentTo(issued.Scope.Split(' ')));
    }

    [Test]
    public async Task The_answer_is_what_oauth_says()
    {
        using var response = await host.AskForToken("grant_type=password&username=client&password=x&scope=goals:read%20plans:read");
        var answer = await response.Content.ReadFromJsonAsync<JsonObject>();

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(response.Headers.CacheControl!.NoStore, Is.True);
        Assert.That(answer?.Select(member => member.Key), Is.EqualTo(new[] { "access_token", "token_type", "expires_in", "scope" }));
        Assert.That((string?)answer!["token_type"], Is.EqualTo("Bearer"));
        Assert.That((int?)answer["expires_in"], Is.EqualTo(3600));
        Assert.That((string?)answer["scope"], Is.EqualTo("goals:read plans:read"));
    }

    [Test]
    public async Task The_token_is_what_rfc_9068_says()
    {
        var token = new JsonWebToken(await host.TokenOf("practitioner"));

        Assert.That(token.Typ, Is.EqualTo("at+jwt"));
        Assert.That(token.Alg, Is.EqualTo("ES256"));
        Assert.That(token.Kid, Is.EqualTo(host.Get<DevelopmentIssuer>().Key.Key.Kid));
        Assert.That(token.Issuer, Is.EqualTo("http://localhost:5080/dev"));
        Assert.That(
            token.Claims.Select(claim => claim.Type),
            Is.EquivalentTo(new[] { "iss", "aud", "sub", "client_id", "scope", "iat", "nbf", "exp", "jti" }));
    }

    [TestCase("grant_type=password")]
    [TestCase("grant_type=password&username=&password=")]
    public async Task An_empty_form_of_swagger_ui_signs_in_the_practitioner(string form)
    {
        using var response = await host.AskForToken(form);
        var answer = await response.Content.ReadFromJsonAsync<JsonObject>();

        Assert.That(new JsonWebToken((string?)answer!["access_token"]).Subject, Is.EqualTo("practitioner"));
    }

    [TestCase("", "invalid_request")]
    [TestCase("username=client", "invalid_request")]
    [TestCase("grant_type=password&grant_type=password&username=client", "invalid_request")]
    [TestCase("grant_type=password&username=nobody", "invalid_grant")]
    [TestCase("grant_type=password&username=Client", "invalid_grant")]
    [TestCase("grant_type=authorization_code", "unsupported_grant_type")]
    [TestCase("grant_type=password&username=client&scope=everything", "invalid_scope")]
    [TestCase("grant_type=client_credentials&client_id=platform&scope=journal:read", "invalid_scope")]
    public async Task A_request_that_is_wrong_is_refused_as_oauth_says(string form, string error)
    {
        using var response = await host.AskForToken(form);
        var answer = await response.Content.ReadFromJsonAsync<TokenRefusal>();

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(answer!.Error, Is.EqualTo(error));
        Assert.That(response.Headers.CacheControl!.NoStore, Is.True);
    }

    [TestCase("application/json")]
    [TestCase("multipart/form-data; boundary=x")]
    public async Task Only_a_form_asks_for_a_token(string contentType)
    {
        using var response = await host.AskForToken("grant_type=password&username=client", contentType);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    [TestCase("platform:secret", HttpStatusCode.OK)]
    [TestCase("platform", HttpStatusCode.OK)]
    [TestCase("harbour-app:secret", HttpStatusCode.Unauthorized)]
    [TestCase("", HttpStatusCode.Unauthorized)]
    public async Task An_application_may_say_who_it_is_by_http_basic(string credentials, HttpStatusCode status)
    {
        var basic = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
        using var response = await host.AskForToken("grant_type=client_credentials", client: basic);

        Assert.That(response.StatusCode, Is.EqualTo(status));
        Assert.That(response.Headers.WwwAuthenticate, Has.Count.EqualTo(status == HttpStatusCode.Unauthorized ? 1 : 0));
    }

    [Test]
    public async Task The_clock_moves_and_tokens_expire_by_it()
    {
        await using var moved = await AuthenticationHost.Start(TestDatabase.Sqlite);
        var token = await moved.TokenOf("client");

        using var advanced = await moved.Client.PutAsJsonAsync("/dev/clock", new { advance = "PT2H" });
        Assert.That(advanced.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await moved.WhoIs(token), Is.Null);
        Assert.That(await moved.WhoIs(await moved.TokenOf("client")), Is.Not.Null);

        using var reset = await moved.Client.DeleteAsync("/dev/clock");
        Assert.That(await moved.WhoIs(token), Is.Not.Null);
    }

    [Test]
    public async Task The_clock_is_set_to_an_instant()
    {
        await using var moved = await AuthenticationHost.Start(TestDatabase.Sqlite);
        using var set = await moved.Client.PutAsJsonAsync("/dev/clock", new { now = "2031-05-04T09:30:00+02:00" });
        var reading = await moved.Client.GetFromJsonAsync<ClockReading>("/dev/clock");

        Assert.That(
            reading!.Now, Is.EqualTo(new DateTimeOffset(2031, 5, 4, 7, 30, 0, TimeSpan.Zero)).Within(TimeSpan.FromMinutes(1)));
        Assert.That(moved.Get<TimeProvider>().GetUtcNow().Year, Is.EqualTo(2031));
    }

    [TestCase("""{}""")]
    [TestCase("""{"now":"2031-05-04T09:30:00Z","advance":"PT1H"}""")]
    [TestCase("""{"advance":"an hour"}""")]
    [TestCase("""{"advance":"P9999Y"}""")]
    [TestCase("""{"advance":"P99999999999Y"}""")]
    [TestCase("""{"advance":"-P9999Y"}""")]
    [TestCase("""{"now":"0001-01-01T00:00:00Z"}""")]
    [TestCase("""{"now":"9999-12-31T23:59:59Z"}""")]
    public async Task The_clock_does_not_move_where_it_cannot_go(string setting)
    {
        using var content = new StringContent(setting, Encoding.UTF8, "application/json");
        using var response = await host.Client.PutAsync("/dev/clock", content);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
    }

    [Test]
    public async Task The_key_is_the_owners_alone_and_outlives_a_restart()
    {
        var first = await AuthenticationHost.Start(TestDatabase.Sqlite);
        var token = await first.TokenOf("client");
        var data = await first.Stop();
        var file = Path.Combine(data.Folder, "data", "development-signing-key.pem");
        Assert.That(File.Exists(file));
        if (!OperatingSystem.IsWindows())
        {
            Assert.That(File.GetUnixFileMode(file), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        }

        await using var second = await AuthenticationHost.Start("Development", data);

        Assert.That((await second.WhoIs(token))!.ClientIds, Is.EqualTo(new[] { Personas.ClientId }));
    }

    [Test]
    public async Task In_production_nothing_of_it_is_there_even_on_a_development_database()
    {
        var first = await AuthenticationHost.Start(TestDatabase.Sqlite);
        var token = await first.TokenOf("client");
        var data = await first.Stop();
        await using var production = await AuthenticationHost.Start("Production", data);

        using var ask = await production.AskForToken("grant_type=password&username=client");
        using var personas = await production.Client.GetAsync("/dev/personas");
        using var clock = await production.Client.GetAsync("/dev/clock");

        Assert.That(
            new[] { ask.StatusCode, personas.StatusCode, clock.StatusCode }, Is.All.EqualTo(HttpStatusCode.NotFound));
        Assert.That(await production.WhoIs(token), Is.Null);
        Assert.That(production.Get<TimeProvider>(), Is.SameAs(TimeProvider.System));
    }
}
