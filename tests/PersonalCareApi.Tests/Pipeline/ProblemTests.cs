using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Tests.Pipeline;

/// <summary>Deliberate refusals: their form, their headers, their pages.</summary>
public sealed partial class ProblemTests
{
    private static readonly Dictionary<string, Problem> Refusals = new()
    {
        ["not-found"] = Problems.NotFound(),
        ["unauthorized"] = Problems.Unauthorized(),
        ["invalid-token"] = Problems.Unauthorized(invalidToken: true),
        ["scope"] = Problems.Forbidden(RefusalReason.ScopeMissing, "assessments:read"),
        ["denied"] = Problems.Forbidden(RefusalReason.DeniedByClient, "assessments:read"),
        ["too-many-requests"] = Problems.TooManyRequests(TimeSpan.FromSeconds(2.1)),
        ["unavailable"] = Problems.Unavailable(TimeSpan.Zero),
        ["members"] = Problems.AlreadyExists("It is there.") with { Members = new Dictionary<string, object> { ["existingId"] = 7 } },
    };

    private EdgeHost host = null!;

    [OneTimeSetUp]
    public async Task Start() => host = await EdgeHost.Start(routes =>
    {
        routes.MapGet("/refusals/{name}", (string name) => Refusals[name]);
        routes.MapGet("/clients/{id:guid}", (Guid id) => Problems.NotFound());
        routes.MapGet("/typed/{id:guid}", (Guid id) => TypedResults.NotFound());
        routes.MapGet("/status/{status:int}", (int status) => Results.StatusCode(status));
    });

    [OneTimeTearDown]
    public async Task Stop() => await host.DisposeAsync();

    [Test]
    public async Task A_problem_has_the_members_of_RFC_9457_and_no_query()
    {
        var response = await host.Client.GetAsync("/v1/refusals/denied?name=Petra");
        var problem = await response.Json();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(await response.Slug(), Is.EqualTo("forbidden"));
            Assert.That(problem.EnumerateObject().Select(member => member.Name),
                Is.EqualTo(["type", "title", "status", "detail", "instance", "traceId", "reason"]));
            Assert.That(problem.GetProperty("reason").GetString(), Is.EqualTo("denied-by-client"));
            Assert.That(problem.GetProperty("instance").GetString(), Is.EqualTo("/v1/refusals/denied"));
            Assert.That(response.Headers.WwwAuthenticate, Is.Empty);
        }
    }

    [Test]
    public async Task Further_members_stand_beside_the_others() =>
        Assert.That((await (await host.Client.GetAsync("/v1/refusals/members")).Json()).GetProperty("existingId").GetInt32(), Is.EqualTo(7));

    [TestCase("unauthorized", "Bearer realm=\"personal-care\"")]
    [TestCase("invalid-token", "Bearer realm=\"personal-care\", error=\"invalid_token\"")]
    [TestCase("scope", "Bearer realm=\"personal-care\", error=\"insufficient_scope\", scope=\"assessments:read\"")]
    public async Task Refused_tokens_are_told_what_is_needed(string refusal, string challenge) =>
        Assert.That((await host.Client.GetAsync($"/v1/refusals/{refusal}")).Headers.WwwAuthenticate.ToString(), Is.EqualTo(challenge));

    [TestCase("too-many-requests", "3")]
    [TestCase("unavailable", "1")]
    public async Task Who_should_wait_is_told_how_long(string refusal, string seconds) =>
        Assert.That((await host.Client.GetAsync($"/v1/refusals/{refusal}")).Headers.GetValues("Retry-After"), Is.EqualTo([seconds]));

    [TestCase("/v1/clients/01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d")]
    [TestCase("/v1/typed/01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d")]
    [TestCase("/v1/clients/not-an-id")]
    [TestCase("/v1/no-such-thing")]
    [TestCase("/problems/no-such-problem")]
    public async Task Every_404_is_the_same_but_for_instance_and_trace(string path)
    {
        var deliberate = await host.Client.GetAsync("/v1/refusals/not-found");
        var other = await host.Client.GetAsync(path);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(other.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
            Assert.That(await WithoutIdentity(other), Is.EqualTo(await WithoutIdentity(deliberate)));
            Assert.That(Headers(other), Is.EqualTo(Headers(deliberate)));
        }
    }

    [TestCase(401, "unauthorized")]
    [TestCase(403, "forbidden")]
    [TestCase(404, "not-found")]
    [TestCase(409, "state-conflict")]
    [TestCase(415, "unsupported-media-type")]
    [TestCase(500, "internal")]
    [TestCase(503, "unavailable")]
    public async Task A_bare_status_becomes_its_problem(int status, string slug) =>
        Assert.That(await (await host.Client.GetAsync($"/v1/status/{status}")).Slug(), Is.EqualTo(slug));

    [Test]
    public async Task A_bare_401_does_not_tell_why_the_token_is_refused()
    {
        var response = await host.Send(HttpMethod.Get, "/v1/status/401", headers: ("Authorization", "Bearer nonsense"));
        Assert.That(response.Headers.WwwAuthenticate.ToString(), Is.EqualTo("Bearer realm=\"personal-care\", error=\"invalid_token\""));
    }

    [Test]
    public async Task A_method_that_is_not_offered_is_405_and_names_those_that_are()
    {
        var response = await host.Send(HttpMethod.Delete, "/v1/clients/01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d");
        Assert.That(await response.Slug(), Is.EqualTo("method-not-allowed"));
        Assert.That(response.Content.Headers.Allow, Is.EqualTo(["GET"]));
    }

    [Test]
    public void Every_kind_has_its_own_slug_and_says_what_to_do()
    {
        Assert.That(ProblemCatalogue.All.Select(kind => kind.Slug), Is.Unique);
        Assert.That(ProblemCatalogue.All, Has.All.Matches<ProblemKind>(kind => kind is not null
            && Regex.IsMatch(kind.Slug, "^[a-z-]+$") && kind.Meaning.EndsWith('.') && kind.Remedy.EndsWith('.') && kind.Status is >= 400 and < 600));
    }

    [Test]
    public void Every_kind_is_in_the_catalogue()
    {
        var declared = typeof(ProblemCatalogue).GetProperties().Where(property => property.PropertyType == typeof(ProblemKind)).Select(property => property.GetValue(null));
        Assert.That(ProblemCatalogue.All, Is.EquivalentTo(declared));
    }

    [Test]
    public async Task Every_type_leads_to_a_page_for_people()
    {
        foreach (var kind in ProblemCatalogue.All)
        {
            var page = await host.Client.GetAsync($"/problems/{kind.Slug}");
            var html = await page.Content.ReadAsStringAsync();
            using (Assert.EnterMultipleScope())
            {
                Assert.That(page.Content.Headers.ContentType?.ToString(), Is.EqualTo("text/html; charset=utf-8"));
                Assert.That(html, Does.Contain(WebUtility.HtmlEncode(kind.Title).Replace("&#39;", "&#x27;", StringComparison.Ordinal)));
                Assert.That(page.Headers.GetValues("Content-Security-Policy").Single(), Does.Contain("default-src 'none'").And.Not.Contain("script"));
            }
        }

        Assert.That(await host.Client.GetStringAsync("/problems"), Does.Contain("/problems/not-found"));
    }

    private static async Task<string> WithoutIdentity(HttpResponseMessage response) =>
        Identity().Replace(await response.Content.ReadAsStringAsync(), "");

    private static string[] Headers(HttpResponseMessage response) =>
        [.. response.Headers.Concat(response.Content.Headers).Where(header => header.Key != "Content-Length").Select(header => $"{header.Key}: {string.Join(',', header.Value)}")];

    [GeneratedRegex("\"(instance|traceId)\":\"[^\"]*\"")]
    private static partial Regex Identity();
}
