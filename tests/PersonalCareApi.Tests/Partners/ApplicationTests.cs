using System.Net;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.TestHost;

namespace PersonalCareApi.Tests.Partners;

/// <summary>A partner's applications, as its administrator registers, changes and revokes them.</summary>
[OnEachDatabase]
internal sealed class ApplicationTests(TestDatabase database)
{
    private ApiHost host = null!;
    private Api platform = null!;

    [SetUp]
    public async Task Start()
    {
        host = new ApiHost(database);
        platform = await host.As("platform");
    }

    [TearDown]
    public async Task Stop() => await host.DisposeAsync();

    [Test]
    public async Task An_application_is_registered_listed_and_read()
    {
        var created = (await platform.Post("/v1/applications", new
        {
            code = "kiosk",
            name = "Kiosk",
            subject = "kiosk@clients",
            scopes = new[] { "assessments:write", "assessments:write" },
            purposes = new[] { "TREAT" },
        })).Expect(HttpStatusCode.Created);

        Assert.That(created.Header("Location"), Is.EqualTo($"/v1/applications/{created.Id}"));
        var read = (await platform.Get($"/v1/applications/{created.Id}")).Expect(HttpStatusCode.OK);
        Assert.That(read.Text, Is.EqualTo(created.Text));
        Assert.That(read.Json.GetProperty("scopes").GetArrayLength(), Is.EqualTo(1));
        var codes = (await platform.Get("/v1/applications")).Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("code").GetString());
        Assert.That(codes, Is.EquivalentTo(new[] { "harbour-app", "platform", "kiosk" }));
    }

    [Test]
    public async Task A_code_is_used_once_even_after_its_revocation()
    {
        (await Revoke(Personas.HarbourApp.Id)).Expect(HttpStatusCode.OK);

        Assert.That(
            (await platform.Post("/v1/applications", new { code = "harbour-app", name = "Again" })).Expect(HttpStatusCode.Conflict).Problem,
            Is.EqualTo("already-exists"));
    }

    [Test]
    public async Task Unknown_scopes_and_purposes_are_refused_by_name() =>
        Assert.That(
            (await platform.Post("/v1/applications", new { code = "a b", name = "", scopes = new[] { "everything" }, purposes = new[] { "FUN" } }))
                .Expect(HttpStatusCode.UnprocessableEntity).Faults,
            Is.EqualTo(new[] { "#/code invalid-format", "#/name required", "#/scopes/0 unknown-value", "#/purposes/0 unknown-value" }));

    [Test]
    public async Task Nobody_raises_what_the_application_they_come_through_may_do()
    {
        var path = $"/v1/applications/{Personas.Platform.Id}";
        var own = await platform.Get(path);
        foreach (var raise in new object[]
        {
            new { scopes = new[] { "partner:administer", "journal:read" } },
            new { purposes = new[] { "TREAT", "HMARKT" } },
            new { subject = "practitioner" },
        })
        {
            (await platform.Patch(path, raise, ("If-Match", own.ETag))).Expect(HttpStatusCode.Forbidden);
        }

        var less = (await platform.Patch(path, new { scopes = new[] { "partner:administer" } }, ("If-Match", own.ETag))).Expect(HttpStatusCode.OK);
        Assert.That(less.ETag, Is.EqualTo("\"2\""));
        (await platform.Get("/v1/me")).Expect(HttpStatusCode.OK);
    }

    [Test]
    public async Task Another_application_is_changed_and_the_change_holds_with_the_next_request()
    {
        var practitioner = await host.As("practitioner");
        var path = $"/v1/applications/{Personas.HarbourApp.Id}";
        (await practitioner.Get("/v1/clients")).Expect(HttpStatusCode.OK);

        var changed = (await platform.Patch(path, new { scopes = new[] { "goals:read" } }, ("If-Match", (await platform.Get(path)).ETag)))
            .Expect(HttpStatusCode.OK);

        Assert.That(changed.Json.GetProperty("purposes").GetArrayLength(), Is.GreaterThan(1), "What the patch does not name stays.");
        (await practitioner.Get("/v1/clients")).Expect(HttpStatusCode.Forbidden);
    }

    [Test]
    public async Task A_change_says_which_version_it_means()
    {
        var path = $"/v1/applications/{Personas.HarbourApp.Id}";
        (await platform.Patch(path, new { name = "New" })).Expect(HttpStatusCode.PreconditionRequired);
        (await platform.Patch(path, new { name = "New" }, ("If-Match", "\"7\""))).Expect(HttpStatusCode.PreconditionFailed);
        (await platform.Post($"{path}/revocation")).Expect(HttpStatusCode.PreconditionRequired);
    }

    [Test]
    public async Task A_revocation_ends_access_at_once_and_for_good()
    {
        var practitioner = await host.As("practitioner");
        (await practitioner.Get("/v1/me")).Expect(HttpStatusCode.OK);

        var revoked = (await Revoke(Personas.HarbourApp.Id)).Expect(HttpStatusCode.OK);

        Assert.That(revoked.Json.GetProperty("revokedAt").GetString(), Is.Not.Null);
        (await practitioner.Get("/v1/me")).Expect(HttpStatusCode.Unauthorized);
        (await Revoke(Personas.HarbourApp.Id)).Expect(HttpStatusCode.Conflict);
        (await platform.Patch($"/v1/applications/{Personas.HarbourApp.Id}", new { name = "New" }, ("If-Match", revoked.ETag)))
            .Expect(HttpStatusCode.Conflict);
    }

    [Test]
    public async Task Another_partners_application_is_not_there()
    {
        (await platform.Get($"/v1/applications/{Personas.ElsewhereApp.Id}")).Expect(HttpStatusCode.NotFound);
        (await platform.Post($"/v1/applications/{Personas.ElsewhereApp.Id}/revocation", null, ("If-Match", "\"1\"")))
            .Expect(HttpStatusCode.NotFound);
    }

    private async Task<Answer> Revoke(Guid id) =>
        await platform.Post($"/v1/applications/{id}/revocation", null, ("If-Match", (await platform.Get($"/v1/applications/{id}")).ETag));
}
