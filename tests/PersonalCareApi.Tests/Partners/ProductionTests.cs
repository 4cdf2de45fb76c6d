using System.Net;
using PersonalCareApi.Tests.TestHost;

namespace PersonalCareApi.Tests.Partners;

/// <summary>A Production server on a fresh folder, set up by commands alone, on tokens of the partners' own provider.</summary>
[OnEachDatabase]
internal sealed class ProductionTests(TestDatabase database)
{
    private const string Scopes = "practitioners:write demographics:read demographics:write consents:read partner:administer";

    private Installation installation = null!;
    private OpenIdProvider provider = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        installation = new Installation(database);
        provider = await OpenIdProvider.Start();
        var operations = installation.Operator;
        (await operations.Run("migrate")).Expect(0);
        foreach (var partner in new[] { "harbour", "elsewhere" })
        {
            (await operations.Run("partner", "add", partner, "--name", partner)).Expect(0);
            (await operations.Run("issuer", "add", "--partner", partner, "--url", provider.Url, "--audience", $"{partner}-api")).Expect(0);
            (await operations.Run("application", "add", "platform", "--partner", partner, "--name", "Platform",
                "--scope", Scopes, "--purpose", "TREAT")).Expect(0);
        }
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        await installation.DisposeAsync();
        await provider.DisposeAsync();
    }

    [Test]
    public async Task A_client_credentials_token_is_the_application_alone()
    {
        var me = (await (await Platform("harbour")).Get("/v1/me")).Expect(HttpStatusCode.OK).Json;

        Assert.That(me.GetProperty("identities").EnumerateArray().Single().GetProperty("kind").GetString(), Is.EqualTo("application"));
        Assert.That(me.GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString()), Is.EquivalentTo(Scopes.Split(' ')));
    }

    [Test]
    public async Task A_persons_token_is_the_person_that_the_partner_registered()
    {
        var platform = await Platform("harbour");
        var practitioner = (await platform.Post("/v1/practitioners", new { name = "Mira", subject = "mira-1", roles = new[] { "therapist" } }))
            .Expect(HttpStatusCode.Created);

        var mira = installation.With(await provider.TokenOfPerson("mira-1", "platform", "harbour-api", "demographics:read"));
        var identity = (await mira.Get("/v1/me")).Expect(HttpStatusCode.OK).Json.GetProperty("identities")[0];

        Assert.That(identity.GetProperty("kind").GetString(), Is.EqualTo("practitioner"));
        Assert.That(identity.GetProperty("id").GetGuid(), Is.EqualTo(practitioner.Id));
    }

    [Test]
    public async Task A_scope_that_the_application_has_not_counts_for_nothing()
    {
        var greedy = installation.With(await provider.TokenOfApplication("platform", "harbour-api", "consents:read journal:read"));
        var scopes = (await greedy.Get("/v1/me")).Expect(HttpStatusCode.OK).Json.GetProperty("scopes");

        Assert.That(scopes.EnumerateArray().Select(scope => scope.GetString()), Is.EqualTo(new[] { "consents:read" }));
    }

    [Test]
    public async Task Two_partners_on_one_provider_are_told_apart_by_the_audience()
    {
        var harbour = (await (await Platform("harbour")).Get("/v1/settings")).Expect(HttpStatusCode.OK).Json;
        var elsewhere = (await (await Platform("elsewhere")).Get("/v1/settings")).Expect(HttpStatusCode.OK).Json;

        Assert.That(harbour.GetProperty("code").GetString(), Is.EqualTo("harbour"));
        Assert.That(elsewhere.GetProperty("code").GetString(), Is.EqualTo("elsewhere"));
    }

    [Test]
    public async Task The_token_of_an_unknown_issuer_is_not_believed()
    {
        await using var stranger = await OpenIdProvider.Start();
        var answer = await installation.With(await stranger.TokenOfApplication("platform", "harbour-api", "consents:read")).Get("/v1/me");

        answer.Expect(HttpStatusCode.Unauthorized);
        Assert.That(stranger.Asked, Is.Zero, "Nobody unknown is asked for keys.");
    }

    [Test]
    public async Task An_audience_or_an_application_that_is_not_registered_is_not_believed()
    {
        (await installation.With(await provider.TokenOfApplication("platform", "other-api", "consents:read")).Get("/v1/me"))
            .Expect(HttpStatusCode.Unauthorized);
        (await installation.With(await provider.TokenOfApplication("stranger", "harbour-api", "consents:read")).Get("/v1/me"))
            .Expect(HttpStatusCode.Unauthorized);
    }

    [TestCase("/dev/personas")]
    [TestCase("/dev/clock")]
    [TestCase("/dev/token")]
    public async Task Nothing_of_a_development_server_is_there(string path) =>
        (await installation.Anonymous().Get(path)).Expect(HttpStatusCode.NotFound);

    [Test]
    public async Task An_application_is_gone_with_the_next_request_once_the_operator_revoked_it()
    {
        (await installation.Operator.Run("application", "add", "kiosk", "--partner", "harbour", "--name", "Kiosk")).Expect(0);
        var kiosk = installation.With(await provider.TokenOfApplication("kiosk", "harbour-api", "consents:read"));
        (await kiosk.Get("/v1/me")).Expect(HttpStatusCode.OK);

        (await installation.Operator.Run("application", "revoke", "kiosk", "--partner", "harbour")).Expect(0);

        (await kiosk.Get("/v1/me")).Expect(HttpStatusCode.Unauthorized);
    }

    [Test]
    public async Task An_application_that_the_administrator_registers_comes_in()
    {
        (await (await Platform("elsewhere")).Post("/v1/applications", new { code = "portal", name = "Portal", scopes = new[] { "consents:read" } }))
            .Expect(HttpStatusCode.Created);

        (await installation.With(await provider.TokenOfApplication("portal", "elsewhere-api", "consents:read")).Get("/v1/me"))
            .Expect(HttpStatusCode.OK);
    }

    private async Task<Api> Platform(string partner) =>
        installation.With(await provider.TokenOfApplication("platform", $"{partner}-api", Scopes));
}
