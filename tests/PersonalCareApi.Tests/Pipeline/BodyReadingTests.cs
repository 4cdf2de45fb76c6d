using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Tests.Pipeline;

/// <summary>What is refused before a body is looked into.</summary>
public sealed class BodyReadingTests
{
    private EdgeHost host = null!;

    [OneTimeSetUp]
    public async Task Start() => host = await EdgeHost.Start(routes =>
    {
        routes.MapPost("/questionnaires", Length);
        routes.MapPost("/small", Length).WithMetadata(new RequestSizeLimitAttribute(200));
        routes.MapPatch("/questionnaires", (MergePatch<Questionnaire> patch) => TypedResults.Ok());
    });

    [OneTimeTearDown]
    public async Task Stop() => await host.DisposeAsync();

    private static IResult Length(Body<Questionnaire> body) => TypedResults.Ok(body.Raw.Length);

    [TestCase("application/json")]
    [TestCase("application/json; charset=utf-8")]
    [TestCase("application/json; charset=\"UTF-8\"")]
    [TestCase("Application/JSON")]
    public async Task Json_in_utf8_is_taken(string contentType)
    {
        var response = await host.Post("/v1/questionnaires", Questionnaire.Sound, contentType);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), await response.Content.ReadAsStringAsync());
        Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo($"{Questionnaire.Sound.Length}"), "the bytes as they came");
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("text/plain")]
    [TestCase("application/xml")]
    [TestCase("application/merge-patch+json")]
    [TestCase("application/problem+json")]
    [TestCase("application/json; charset=utf-7")]
    [TestCase("application/json; charset=utf-16")]
    [TestCase("application/json; charset=nonsense")]
    [TestCase("application/json; charset=")]
    [TestCase("application/json; charset=utf-8; charset=utf-7")]
    [TestCase("nonsense")]
    public async Task Any_other_content_type_or_charset_is_415(string? contentType)
    {
        var response = await host.Post("/v1/questionnaires", Questionnaire.Sound, contentType);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.UnsupportedMediaType));
        Assert.That(await response.Slug(), Is.EqualTo("unsupported-media-type"));
        Assert.That(response.Headers.GetValues("Accept"), Is.EqualTo(["application/json"]));
    }

    [Test]
    public async Task A_compressed_body_is_415()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/questionnaires") { Content = new StringContent(Questionnaire.Sound, Encoding.UTF8, "application/json") };
        request.Content.Headers.ContentEncoding.Add("gzip");
        Assert.That((await host.Client.SendAsync(request)).StatusCode, Is.EqualTo(HttpStatusCode.UnsupportedMediaType));
    }

    [Test]
    public async Task A_patch_takes_merge_patches_only()
    {
        var response = await host.Send(HttpMethod.Patch, "/v1/questionnaires", "{}"u8.ToArray(), "application/json");
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.UnsupportedMediaType));
        Assert.That(response.Headers.GetValues("Accept-Patch"), Is.EqualTo(["application/merge-patch+json"]));
    }

    [TestCase("")]
    [TestCase(" ")]
    [TestCase("{")]
    [TestCase("{} {}")]
    [TestCase("{\"a\":1,}")]
    [TestCase("{\"a\":NaN}")]
    [TestCase("{/* comment */}")]
    [TestCase("{'a':1}")]
    public async Task What_is_no_json_is_400(string body)
    {
        var response = await host.Post("/v1/questionnaires", body);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(await response.Slug(), Is.EqualTo("unreadable-json"));
    }

    [Test]
    public async Task The_answer_to_unreadable_json_does_not_quote_it()
    {
        var response = await host.Post("/v1/questionnaires", "{\"note\": Petra}");
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("line 1, byte 9").And.Not.Contain("Petra").And.Not.Contain("'P'"));
    }

    [Test]
    public async Task Bytes_that_are_no_utf8_are_400()
    {
        var body = Encoding.UTF8.GetBytes(Questionnaire.With("\"note\":\"?\""));
        body[Array.IndexOf(body, (byte)'?')] = 0xFF;
        Assert.That(await (await host.Post("/v1/questionnaires", body)).Slug(), Is.EqualTo("unreadable-json"));
    }

    [Test]
    public async Task A_byte_order_mark_is_no_fault() =>
        Assert.That((await host.Post("/v1/questionnaires", [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Questionnaire.Sound)])).StatusCode,
            Is.EqualTo(HttpStatusCode.OK));

    [TestCase(31, HttpStatusCode.UnprocessableEntity)]
    [TestCase(33, HttpStatusCode.BadRequest)]
    [TestCase(5000, HttpStatusCode.BadRequest)]
    public async Task A_body_nested_too_deeply_is_400(int depth, HttpStatusCode expected)
    {
        var body = "{\"note\":" + new string('[', depth) + new string(']', depth) + "}";
        Assert.That((await host.Post("/v1/questionnaires", body)).StatusCode, Is.EqualTo(expected));
    }

    [Test]
    public async Task A_body_over_a_mebibyte_is_413_with_or_without_a_length()
    {
        var large = Encoding.UTF8.GetBytes(Questionnaire.With($"\"note\":\"{new string('a', RequestBody.DefaultLimit)}\""));
        var declared = await host.Post("/v1/questionnaires", large);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/questionnaires") { Content = new Undeclared(large) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        var chunked = await host.Client.SendAsync(request);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(await declared.Slug(), Is.EqualTo("too-large"));
            Assert.That(await chunked.Slug(), Is.EqualTo("too-large"));
        }
    }

    [Test]
    public async Task A_body_just_within_the_limit_is_read()
    {
        var overhead = Questionnaire.With("\"note\":\"\"").Length;
        var fitting = Questionnaire.With($"\"note\":\"{new string('a', RequestBody.DefaultLimit - overhead)}\"");
        Assert.That(await (await host.Post("/v1/questionnaires", fitting)).Content.ReadAsStringAsync(), Is.EqualTo($"{RequestBody.DefaultLimit}"));
    }

    [Test]
    public async Task A_route_may_set_a_limit_of_its_own() =>
        Assert.That(await (await host.Post("/v1/small", Questionnaire.With($"\"note\":\"{new string('a', 200)}\""))).Slug(), Is.EqualTo("too-large"));

    private sealed class Undeclared(byte[] bytes) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => stream.WriteAsync(bytes, 0, bytes.Length);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
