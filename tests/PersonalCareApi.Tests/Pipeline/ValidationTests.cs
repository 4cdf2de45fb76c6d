using System.Net;
using System.Text;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Tests.Pipeline;

/// <summary>The order in which input is judged, and how rules speak.</summary>
public sealed class ValidationTests
{
    private EdgeHost host = null!;
    private int handled;

    [OneTimeSetUp]
    public async Task Start() => host = await EdgeHost.Start(
        routes =>
        {
            routes.MapPut("/questionnaires", (Body<Questionnaire> body, Query<QuestionnaireQuery> query, IfMatch condition) => TypedResults.Ok(Interlocked.Increment(ref handled)));
            routes.MapPost("/many", (Body<Many> body) => TypedResults.Ok());
        },
        register: services => services.AddValidatorsFromTests());

    [OneTimeTearDown]
    public async Task Stop() => await host.DisposeAsync();

    [SetUp]
    public void Reset() => handled = 0;

    private Task<HttpResponseMessage> Put(string query, string body, string? version = "\"3\"", string contentType = MediaTypes.Json) =>
        host.Send(HttpMethod.Put, $"/v1/questionnaires?{query}", Encoding.UTF8.GetBytes(body), contentType,
            version is null ? [] : [("If-Match", version)]);

    [Test]
    public async Task Sound_input_reaches_the_handler()
    {
        Assert.That((await Put("limit=5", Questionnaire.Sound)).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(handled, Is.EqualTo(1));
    }

    [Test]
    public async Task A_body_that_cannot_be_read_is_answered_before_all_else()
    {
        Assert.That(await (await Put("limit=0", "{", version: null)).Slug(), Is.EqualTo("unreadable-json"));
        Assert.That(await (await Put("limit=0", "{}", version: null, contentType: "text/plain")).Slug(), Is.EqualTo("unsupported-media-type"));
    }

    [Test]
    public async Task Faults_of_form_come_together_whatever_they_are_in_and_before_the_precondition()
    {
        Assert.That(await (await Put("limit=0", Questionnaire.With("\"note\":1"), version: "three")).Faults(),
            Is.EqualTo(["#/note wrong-type", "limit out-of-range", "If-Match invalid-format"]));
        Assert.That(await (await Put("limit=0", Questionnaire.Sound, version: null)).Faults(), Is.EqualTo(["limit out-of-range"]));
    }

    [Test]
    public async Task The_precondition_comes_before_the_rules() =>
        Assert.That(await (await Put("", Questionnaire.With("\"note\":\"forbidden word\""), version: null)).Slug(), Is.EqualTo("precondition-required"));

    [Test]
    public async Task Breaches_of_rules_come_together_with_places_and_codes_of_ours()
    {
        var body = Questionnaire.With("\"note\":\"forbidden word\"")
            .Replace("\"phq-9\"", "\"\"", StringComparison.Ordinal)
            .Replace("[{\"item\":\"1\",\"value\":2}]", "[{\"item\":\"1\",\"value\":2},{\"item\":\"2\",\"value\":7}]", StringComparison.Ordinal);
        var response = await Put("instrument=a-name-that-is-far-too-long", body);
        Assert.That(await response.Faults(), Is.EqualTo(
            ["#/instrument required", "#/note forbidden-word", "#/answers/1/value out-of-range", "instrument too-long"]));
        Assert.That(string.Join(' ', (await response.Json()).GetProperty("errors").EnumerateArray().Select(fault => fault.GetProperty("detail").GetString())),
            Does.Contain("'instrument' must not be empty").And.Not.Contain("Validator"));
    }

    [Test]
    public async Task Nothing_refused_reaches_the_handler()
    {
        await Put("limit=0", Questionnaire.Sound);
        await Put("", Questionnaire.Sound, version: null);
        await Put("", Questionnaire.With("\"note\":\"forbidden word\""));
        await Put("", "{");
        Assert.That(handled, Is.Zero);
    }

    [Test]
    public async Task Every_rule_of_the_library_has_a_code_of_ours()
    {
        var faults = await (await host.Post("/v1/many", """{"a":"x","b":5,"c":"abc","d":"ab"}""")).Faults();
        Assert.That(faults, Is.EqualTo(
        [
            "#/a too-short", "#/a wrong-length", "#/a invalid-format", "#/a not-allowed",
            "#/b out-of-range", "#/b out-of-range", "#/b not-allowed", "#/b invalid-value",
            "#/c wrong-length", "#/c not-allowed", "#/d invalid-value",
        ]));
    }

    [TestCase("Answers[3].Value", "#/answers/3/value")]
    [TestCase("Answers", "#/answers")]
    [TestCase("", "#")]
    [TestCase("Matrix[0][12].ItemCode", "#/matrix/0/12/itemCode")]
    public void A_property_path_becomes_a_pointer(string path, string pointer) => Assert.That(Rules.PointerTo(path), Is.EqualTo(pointer));

    internal sealed record Many(string A, int B, string C, string D);

    internal sealed class ManyRules : AbstractValidator<Many>
    {
        public ManyRules()
        {
            RuleFor(many => many.A).MinimumLength(2).Length(2, 3).Matches("^[0-9]+$").Equal("z");
            RuleFor(many => many.B).GreaterThan(5).ExclusiveBetween(0, 5).NotEqual(5).Must(_ => false);
            RuleFor(many => many.C).Length(2).Empty();
            RuleFor(many => many.D).CreditCard();
        }
    }
}

internal static class TestRules
{
    public static IServiceCollection AddValidatorsFromTests(this IServiceCollection services) => services
        .AddSingleton<IValidator<Questionnaire>, QuestionnaireRules>()
        .AddSingleton<IValidator<QuestionnaireQuery>, QuestionnaireQueryRules>()
        .AddSingleton<IValidator<ValidationTests.Many>, ValidationTests.ManyRules>();
}
