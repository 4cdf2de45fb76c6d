using System.Net;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.Records;
using PersonalCareApi.Tests.TestHost;

namespace PersonalCareApi.Tests.Partners;

/// <summary>What a caller learns about itself.</summary>
[OnEachDatabase]
internal sealed class MeTests(TestDatabase database) : OnOneHost(database)
{
    private static IEnumerable<string> Names => Personas.All.Select(persona => persona.Name);

    [TestCaseSource(nameof(Names))]
    public async Task Everybody_learns_as_whom_they_are_known(string name)
    {
        var persona = Personas.Named(name)!;
        var me = (await (await Host.As(name)).Get("/v1/me")).Expect(HttpStatusCode.OK);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(me.Word("partnerId"), Is.EqualTo(persona.Application.Partner.Id.ToString()));
            Assert.That(me.Word("applicationId"), Is.EqualTo(persona.Application.Id.ToString()));
            Assert.That(Identities(me), Does.Contain($"{persona.Party.KindCode} {persona.Party.Id}"));
            Assert.That(Words(me, "scopes"), Is.EquivalentTo(persona.Application.Scopes));
            Assert.That(Words(me, "purposes"), Is.EquivalentTo(persona.Application.Purposes));
        }
    }

    [Test]
    public async Task One_subject_may_be_several()
    {
        var own = await Host.NewClient(subject: "colleague");
        var me = (await Colleague.Get("/v1/me")).Expect(HttpStatusCode.OK);
        Assert.That(Identities(me), Is.SupersetOf(new[] { $"practitioner {Personas.ColleagueId}", $"client {own}" }));
    }

    [Test]
    public async Task Only_the_scopes_of_the_token_are_told()
    {
        var narrow = await Host.As("practitioner", "assessments:read consents:read");
        Assert.That(Words(await narrow.Get("/v1/me"), "scopes"), Is.EqualTo(["assessments:read", "consents:read"]));
    }

    [Test]
    public async Task Without_a_token_it_is_401_with_a_challenge()
    {
        var answer = (await Host.Anonymous().Get("/v1/me")).Expect(HttpStatusCode.Unauthorized);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer.Problem, Is.EqualTo("unauthorized"));
            Assert.That(answer.Header("WWW-Authenticate"), Does.StartWith("Bearer").And.Not.Contain("error"));
            Assert.That(answer.Header("Cache-Control"), Is.EqualTo("no-store"));
        }
    }

    private static IEnumerable<string> Identities(Answer me) =>
        me.Json.GetProperty("identities").EnumerateArray().Select(identity => $"{identity.Word("kind")} {identity.Word("id")}");

    private static IEnumerable<string> Words(Answer me, string member) =>
        me.Json.GetProperty(member).EnumerateArray().Select(word => word.GetString()!);
}
