using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Tests.Pipeline;

/// <summary>Versions in <c>If-Match</c> and <c>If-None-Match</c>.</summary>
public sealed class PreconditionTests
{
    private EdgeHost host = null!;

    [OneTimeSetUp]
    public async Task Start() => host = await EdgeHost.Start(
        routes =>
        {
            routes.MapDelete("/notes", (IfMatch condition) => TypedResults.Ok(condition.Version));
            routes.MapPut("/notes", (IfMatchOrNone condition) => TypedResults.Ok(condition.Version ?? -1));
            routes.MapGet("/notes", Get);
        },
        use: app => app.Use(async (context, next) =>
        {
            // As the pipeline does it: the answer waits in a buffer until all else is done.
            var wire = context.Response.Body;
            using var buffer = new MemoryStream();
            context.Response.Body = buffer;
            await next(context);
            context.Response.Body = wire;
            if (!ConditionalGet.IsNotModified(context))
            {
                await wire.WriteAsync(buffer.ToArray());
            }
        }));

    [OneTimeTearDown]
    public async Task Stop() => await host.DisposeAsync();

    private static IResult Get(HttpResponse response, Query<PageQuery> query)
    {
        response.Headers.ETag = ETags.For(3);
        return TypedResults.Ok("the note");
    }

    private Task<HttpResponseMessage> Send(HttpMethod method, params (string, string)[] headers) => host.Send(method, "/v1/notes", headers: headers);

    [TestCase("\"3\"", "3")]
    [TestCase("\"2147483647\"", "2147483647")]
    [TestCase(" \"0\" ", "0")]
    public async Task A_version_in_quotes_is_the_version_seen(string tag, string version) =>
        Assert.That(await (await Send(HttpMethod.Delete, ("If-Match", tag))).Content.ReadAsStringAsync(), Is.EqualTo(version));

    [Test]
    public async Task No_version_is_428()
    {
        var response = await Send(HttpMethod.Delete);
        Assert.That((int)response.StatusCode, Is.EqualTo(428));
        Assert.That(await response.Slug(), Is.EqualTo("precondition-required"));
    }

    [Test]
    public async Task A_star_says_nothing_about_the_version_and_is_428() =>
        Assert.That((int)(await Send(HttpMethod.Delete, ("If-Match", "*"))).StatusCode, Is.EqualTo(428));

    [TestCase("W/\"3\"")]
    [TestCase("\"03\"")]
    [TestCase("\"+3\"")]
    [TestCase("\"2147483648\"")]
    [TestCase("\"abc\"")]
    [TestCase("\"\"")]
    public async Task A_tag_that_no_version_here_can_have_is_412(string tag) =>
        Assert.That(await (await Send(HttpMethod.Delete, ("If-Match", tag))).Slug(), Is.EqualTo("precondition-failed"));

    [TestCase("3", "If-Match invalid-format")]
    [TestCase("\"3", "If-Match invalid-format")]
    [TestCase("\"3\", nonsense", "If-Match invalid-format")]
    [TestCase("\"3\", \"4\"", "If-Match several-tags")]
    public async Task A_header_that_cannot_be_understood_is_422(string header, string fault) =>
        Assert.That(await (await Send(HttpMethod.Delete, ("If-Match", header))).Faults(), Is.EqualTo([fault]));

    [Test]
    public async Task A_put_says_whether_it_creates_or_which_version_it_replaces()
    {
        Assert.That(await (await Send(HttpMethod.Put, ("If-None-Match", "*"))).Content.ReadAsStringAsync(), Is.EqualTo("-1"));
        Assert.That(await (await Send(HttpMethod.Put, ("If-Match", "\"3\""))).Content.ReadAsStringAsync(), Is.EqualTo("3"));
        Assert.That(await (await Send(HttpMethod.Put)).Slug(), Is.EqualTo("precondition-required"));
        Assert.That(await (await Send(HttpMethod.Put, ("If-None-Match", "\"3\""))).Faults(), Is.EqualTo(["If-None-Match not-allowed"]));
        Assert.That(await (await Send(HttpMethod.Put, ("If-None-Match", "*"), ("If-Match", "\"3\""))).Faults(), Is.EqualTo(["If-None-Match not-allowed"]));
    }

    [TestCase("\"3\"")]
    [TestCase("W/\"3\"")]
    [TestCase("\"1\", W/\"3\"")]
    [TestCase("*")]
    public async Task Who_has_the_present_version_gets_304_and_no_body(string tags)
    {
        var response = await Send(HttpMethod.Get, ("If-None-Match", tags));
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NotModified));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(await response.Content.ReadAsStringAsync(), Is.Empty);
            Assert.That(response.Headers.ETag?.Tag, Is.EqualTo("\"3\""));
            Assert.That(response.Headers.CacheControl?.NoStore, Is.True);
        }
    }

    [TestCase("\"2\"")]
    [TestCase("3")]
    [TestCase("\"3\" and nonsense")]
    public async Task Who_has_another_version_gets_the_whole_answer(string tags)
    {
        var response = await Send(HttpMethod.Get, ("If-None-Match", tags));
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo("\"the note\""));
    }

    [Test]
    public async Task A_refusal_is_never_304() =>
        Assert.That((await host.Send(HttpMethod.Get, "/v1/notes?colour=red", headers: ("If-None-Match", "*"))).StatusCode, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
}
