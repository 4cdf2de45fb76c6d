using System.Net;
using System.Text.Json.Nodes;
using PersonalCareApi.Development;
using PersonalCareApi.Protection;
using PersonalCareApi.Tests.TestHost;

namespace PersonalCareApi.Tests.Pipeline;

/// <summary>Whom the server takes the bearer of a good token for.</summary>
[OnEachDatabase]
internal sealed class CallerDirectoryTests(TestDatabase database)
{
    /// <summary>What every change of registrations does in its own transaction.</summary>
    private const string RaiseAccessVersion = "UPDATE partner SET access_version = access_version + 1 WHERE id = @PartnerId";

    private static readonly TokenMaker Provider = new();
    private AuthenticationHost host = null!;
    private Guid issuerId;

    [OneTimeSetUp]
    public async Task Start()
    {
        host = await AuthenticationHost.Start(database);
        issuerId = AuthenticationHost.NewId();
        await Provider.Register(host, issuerId, Personas.Harbour.Id, "harbour");
    }

    [OneTimeTearDown]
    public async Task Stop() => await host.DisposeAsync();

    [Test]
    public async Task A_practitioner_has_roles_and_entitlements()
    {
        var who = await host.WhoIs(await host.TokenOf("supervisor"));

        Assert.That(who!.PractitionerId, Is.EqualTo(Personas.SupervisorId));
        Assert.That(who.Roles, Is.EqualTo(new[] { "therapist", "supervisor" }));
        Assert.That(who.MayDeclareEmergency, Is.True);
        Assert.That(who.ApplicationId, Is.EqualTo(Personas.HarbourApp.Id));
        Assert.That(who.ApplicationAlone, Is.False);
        Assert.That(who.Purposes, Is.EquivalentTo(new[] { "TREAT", "ETREAT", "PATRQT", "HPAYMT", "HOPERAT", "HRESCH" }));
    }

    [Test]
    public async Task Clients_and_representatives_are_known_by_their_links()
    {
        Assert.That((await host.WhoIs(await host.TokenOf("client")))!.ClientIds, Is.EqualTo(new[] { Personas.ClientId }));
        Assert.That(
            (await host.WhoIs(await host.TokenOf("representative")))!.RepresentativeIds, Is.EqualTo(new[] { Personas.RepresentativeId }));
    }

    [Test]
    public async Task One_subject_may_be_several()
    {
        var (client, representative) = (AuthenticationHost.NewId(), AuthenticationHost.NewId());
        await Link("both", "practitioner", Personas.ColleagueId);
        await Link("both", "client", client);
        await Link("both", "representative", representative);

        var who = await host.WhoIs(TokenFor("both"));

        Assert.That(who!.PractitionerId, Is.EqualTo(Personas.ColleagueId));
        Assert.That(who.ClientIds, Is.EqualTo(new[] { client }));
        Assert.That(who.RepresentativeIds, Is.EqualTo(new[] { representative }));
    }

    [Test]
    public async Task A_subject_without_a_link_is_signed_in_as_nobody()
    {
        var who = await host.WhoIs(TokenFor("stranger"));

        Assert.That(who, Is.Not.Null);
        Assert.That(who!.IsSomebody, Is.False);
    }

    [Test]
    public async Task The_same_subject_under_another_issuer_is_somebody_else() =>
        Assert.That((await host.WhoIs(TokenFor("practitioner")))!.IsSomebody, Is.False);

    [Test]
    public async Task A_suspended_practitioner_is_nobody_at_once()
    {
        var id = AuthenticationHost.NewId();
        await host.Execute(
            """
            INSERT INTO practitioner (id, partner_id, version, name, roles, may_declare_emergency, created_at, updated_at)
            VALUES (@Id, @PartnerId, 1, 'Suspended', 'therapist', 1, @Now, @Now)
            """,
            new { Id = id, PartnerId = Personas.Harbour.Id, Now });
        await Link("suspended", "practitioner", id);
        var token = TokenFor("suspended");
        Assert.That((await host.WhoIs(token))!.PractitionerId, Is.EqualTo(id));

        await host.Execute($"UPDATE practitioner SET suspended_at = @Now WHERE id = @Id; {RaiseAccessVersion}", new { Id = id, Now, PartnerId = Personas.Harbour.Id });

        var who = await host.WhoIs(token);
        Assert.That(who!.PractitionerId, Is.Null);
        Assert.That(who.Roles, Is.Empty);
        Assert.That(who.MayDeclareEmergency, Is.False);
    }

    [Test]
    public async Task Whoever_a_subject_is_linked_to_later_they_are_with_the_same_token_at_once()
    {
        await Link("grows", "client", Personas.ClientId);
        var token = TokenFor("grows");
        Assert.That((await host.WhoIs(token))!.ClientIds, Is.EqualTo(new[] { Personas.ClientId }));

        await Link("grows", "client", Personas.OtherClientId);
        Assert.That((await host.WhoIs(token))!.ClientIds, Is.EquivalentTo(new[] { Personas.ClientId, Personas.OtherClientId }));

        await host.Execute("DELETE FROM subject_link WHERE target_id = @Id", new { Id = Personas.OtherClientId });
        Assert.That((await host.WhoIs(token))!.ClientIds, Is.EqualTo(new[] { Personas.ClientId }));
    }

    [Test]
    public async Task Two_practitioners_are_none()
    {
        await Link("double", "practitioner", Personas.ColleagueId);
        await Link("double", "practitioner", Personas.SupervisorId);

        Assert.That((await host.WhoIs(TokenFor("double")))!.PractitionerId, Is.Null);
    }

    [Test]
    public async Task A_practitioner_of_another_partner_is_none()
    {
        await Link("crossed", "practitioner", Personas.ElsewherePractitionerId);

        Assert.That((await host.WhoIs(TokenFor("crossed")))!.PractitionerId, Is.Null);
    }

    [Test]
    public async Task A_revoked_application_is_refused_at_once()
    {
        await RegisterApplication("short-lived");
        var token = TokenFor("stranger", payload => payload["client_id"] = "short-lived");
        Assert.That(await host.WhoIs(token), Is.Not.Null);

        await host.Execute($"UPDATE application SET revoked_at = @Now WHERE code = 'short-lived'; {RaiseAccessVersion}", new { Now, PartnerId = Personas.Harbour.Id });

        using var response = await host.Send(token);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That(response.Headers.WwwAuthenticate.ToString(), Is.EqualTo("Bearer error=\"invalid_token\""));
    }

    [Test]
    public async Task A_subject_that_is_the_application_is_the_application_alone()
    {
        await RegisterApplication("server", subject: "service-account-7");

        Assert.That((await host.WhoIs(TokenFor("server", ByServer)))!.ApplicationAlone, Is.True);
        Assert.That((await host.WhoIs(TokenFor("service-account-7", ByServer)))!.ApplicationAlone, Is.True);
        Assert.That((await host.WhoIs(TokenFor("service-account-7")))!.ApplicationAlone, Is.False);

        static void ByServer(JsonObject payload) => payload["client_id"] = "server";
    }

    [Test]
    public async Task An_application_that_says_it_acts_for_a_person_is_believed_of_itself()
    {
        await RegisterApplication("backend", subject: "backend-account");
        await Link("served", "practitioner", Personas.ColleagueId);

        foreach (var actor in new[] { "backend", "backend-account" })
        {
            var who = await host.WhoIs(TokenFor("served", payload =>
            {
                payload["client_id"] = "backend";
                payload["act"] = new JsonObject { ["sub"] = actor };
            }));

            Assert.That(who?.PractitionerId, Is.EqualTo(Personas.ColleagueId));
            Assert.That(who!.ApplicationAlone, Is.False);
        }
    }

    [Test]
    public async Task Scopes_are_those_that_token_and_application_share()
    {
        await RegisterApplication("narrow");

        Assert.That(await ScopesOf(payload => payload["scope"] = "goals:read goals:write goals:READ"), Is.EqualTo(new[] { "goals:read" }));
        Assert.That(await ScopesOf(payload => payload["scope"] = ""), Is.Empty);
        Assert.That(await ScopesOf(payload => payload.Remove("scope")), Is.Empty);
        Assert.That(await ScopesOf(payload => Scp(payload, "goals:read plans:read")), Is.EqualTo(new[] { "goals:read" }));
        Assert.That(await ScopesOf(payload => Scp(payload, new JsonArray("goals:read", "plans:read"))), Is.EqualTo(new[] { "goals:read" }));

        static void Scp(JsonObject payload, JsonNode scopes)
        {
            payload.Remove("scope");
            payload["scp"] = scopes;
        }

        async Task<string[]?> ScopesOf(Action<JsonObject> change) =>
            (await host.WhoIs(TokenFor("stranger", payload =>
            {
                payload["client_id"] = "narrow";
                change(payload);
            })))?.Scopes;
    }

    [Test]
    public async Task A_purpose_that_is_no_code_permits_nothing()
    {
        await RegisterApplication("odd");

        Assert.That(
            (await host.WhoIs(TokenFor("stranger", payload => payload["client_id"] = "odd")))!.Purposes, Is.EqualTo(new[] { "TREAT" }));
    }

    [Test]
    public async Task Another_claim_names_the_application_where_the_registration_says_so()
    {
        await Provider.Register(
            host, AuthenticationHost.NewId(), Personas.Harbour.Id, "harbour", "https://azp.example", applicationClaim: "client_id azp");

        Assert.That(await host.WhoIs(TokenFor("stranger", payload =>
        {
            payload["iss"] = "https://azp.example";
            payload.Remove("client_id");
            payload["azp"] = "harbour-app";
        })), Is.Not.Null);
    }

    [TestCase("{")]
    [TestCase("{}")]
    [TestCase("")]
    [TestCase("""{"keys":[{"kid":"ec-1"}]}""")]
    [TestCase("""{"keys":[{"kid":"ec-1","kty":"EC","crv":"P-256","x":"?","y":"?"}]}""")]
    [TestCase("""{"keys":[{"kid":"ec-1","kty":"oct","k":"AAAA"}]}""")]
    public async Task A_key_set_that_cannot_be_read_admits_nobody(string jwks)
    {
        await host.Execute("DELETE FROM issuer WHERE url = 'https://broken.example'");
        await Provider.Register(host, AuthenticationHost.NewId(), Personas.Harbour.Id, "harbour", "https://broken.example", jwks);

        Assert.That(await host.WhoIs(TokenFor("stranger", payload => payload["iss"] = "https://broken.example")), Is.Null);
    }

    [Test]
    public async Task A_database_that_does_not_answer_is_no_fault_of_the_token()
    {
        await using var broken = await AuthenticationHost.Start(database);
        var token = await broken.TokenOf("client");

        foreach (var table in new[] { "subject_link", "issuer" })
        {
            await broken.Execute($"DROP TABLE {table}");
            using var response = await broken.Send(token);
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.InternalServerError), table);
        }
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private static string TokenFor(string subject, Action<JsonObject>? change = null) => Provider.Make(payload =>
    {
        payload["sub"] = subject;
        change?.Invoke(payload);
    });

    private Task Link(string subject, string kind, Guid target) => host.Execute(
        """
        INSERT INTO subject_link (id, partner_id, issuer_id, subject_digest, kind, target_id, created_at)
        VALUES (@Id, @PartnerId, @IssuerId, @Digest, @Kind, @Target, @Now)
        """,
        new
        {
            Id = AuthenticationHost.NewId(),
            PartnerId = Personas.Harbour.Id,
            IssuerId = issuerId,
            Digest = host.Get<Digests>().OfSubject(issuerId, subject),
            Kind = kind,
            Target = target,
            Now,
        });

    private Task RegisterApplication(string code, string? subject = null) => host.Execute(
        """
        INSERT INTO application (id, partner_id, code, name, subject, scopes, purposes, created_at)
        VALUES (@Id, @PartnerId, @Code, @Code, @Subject, 'goals:read assessments:read', 'TREAT treat NONSENSE', @Now)
        """,
        new { Id = AuthenticationHost.NewId(), PartnerId = Personas.Harbour.Id, Code = code, Subject = subject, Now });
}
