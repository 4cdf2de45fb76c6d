using System.Net;
using System.Text.Json;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Tests.Pipeline;

/// <summary>What integrators read must be what the server does.</summary>
public sealed class OpenApiDocumentTests
{
    private const string Path = "/v1/clients/{clientId}/questionnaires";

    private EdgeHost host = null!;
    private JsonElement document;

    [OneTimeSetUp]
    public async Task Start()
    {
        host = await EdgeHost.Start(Map, register: Register);
        document = JsonDocument.Parse(OpenApiDocument.Render(host.Services)).RootElement;
    }

    [OneTimeTearDown]
    public async Task Stop() => await host.DisposeAsync();

    private static void Register(IServiceCollection services) => services.AddSingleton<IValidator<Questionnaire>, QuestionnaireRules>();

    private static void Map(RouteGroupBuilder routes)
    {
        var questionnaires = routes.MapGroup("/clients/{clientId:guid}/questionnaires").WithTags("Questionnaires")
            .WithMetadata(new Use("assessments", "write", "assessments:write"));
        questionnaires.MapGet("/", List).WithName("ListQuestionnaires");
        questionnaires.MapGet("/{id:guid}", Get).WithName("GetQuestionnaire");
        questionnaires.MapPost("/", Administer).WithName("AdministerQuestionnaire").Produces(410);
        questionnaires.MapPatch("/{id:guid}", Change).WithName("ChangeQuestionnaire");
        routes.MapGet("/instruments", Instruments).WithName("ListInstruments").WithTags("Instruments").AllowAnonymous()
            .WithMetadata(new NoClientData("Instruments are published."));
    }

    private sealed record Use(string Category, string Action, string Scope) : IDescribesUse;

    private sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor, int Total)
        where T : notnull;

    private sealed record Filed(Guid Id, Guid? GoalId, DateOnly Day, DateTimeOffset At, decimal Weight, Mode Mode, string? Note, ItemAnswer? Worst) : IVersioned
    {
        int IVersioned.Version => 1;
    }

    /// <summary>Lists the questionnaires.</summary>
    /// <remarks>Newest first.</remarks>
    private static Ok<Page<Filed>> List(Guid clientId, Query<QuestionnaireQuery> query, CancellationToken ct) => throw new NotSupportedException();

    private static Results<Ok<Filed>, NotFound> Get(Guid clientId, Guid id) => throw new NotSupportedException();

    private static Results<Created<Filed>, Problem> Administer(Guid clientId, Body<Questionnaire> body) => throw new NotSupportedException();

    private static Results<Ok<Filed>, NotFound> Change(Guid clientId, Guid id, IfMatch condition, MergePatch<Questionnaire> patch) => throw new NotSupportedException();

    private static Ok<IReadOnlyList<string>> Instruments() => throw new NotSupportedException();

    private JsonElement Operation(string method, string path = Path) => document.GetProperty("paths").GetProperty(path).GetProperty(method);

    private JsonElement Schema(string name) => document.GetProperty("components").GetProperty("schemas").GetProperty(name);

    private static string[] Parameters(JsonElement operation) =>
        [.. operation.GetProperty("parameters").EnumerateArray().Select(parameter => $"{parameter.GetProperty("in").GetString()} {parameter.GetProperty("name").GetString()}")];

    private static string[] Statuses(JsonElement operation) => [.. operation.GetProperty("responses").EnumerateObject().Select(response => response.Name)];

    private static string[] Required(JsonElement schema) => [.. schema.GetProperty("required").EnumerateArray().Select(name => name.GetString()!)];

    [Test]
    public void It_is_OpenAPI_3_1_without_a_host()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(document.GetProperty("openapi").GetString(), Does.StartWith("3.1."));
            Assert.That(document.GetProperty("info").GetProperty("title").GetString(), Is.EqualTo("PersonalCareApi"));
            Assert.That(document.GetProperty("servers").EnumerateArray().Single().GetProperty("url").GetString(), Is.EqualTo("/"));
        }
    }

    [Test]
    public void Every_operation_needs_the_token_by_name_unless_it_is_open()
    {
        // A reference made without the document is written as [{}], which means that no token is needed.
        Assert.That(Operation("post").GetProperty("security").GetRawText().Replace(" ", "", StringComparison.Ordinal).ReplaceLineEndings(""), Is.EqualTo("[{\"Bearer\":[]}]"));
        Assert.That(Operation("get", "/v1/instruments").TryGetProperty("security", out _), Is.False);
        Assert.That(document.GetProperty("components").GetProperty("securitySchemes").GetProperty("Bearer").GetProperty("scheme").GetString(), Is.EqualTo("bearer"));
    }

    [Test]
    public void An_operation_says_what_it_does_with_which_data()
    {
        var list = Operation("get");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(list.GetProperty("operationId").GetString(), Is.EqualTo("ListQuestionnaires"));
            Assert.That(list.GetProperty("summary").GetString(), Is.EqualTo("Lists the questionnaires."));
            Assert.That(list.GetProperty("description").GetString(),
                Is.EqualTo("Newest first.\n\nData category: `assessments`. Action: `write`. Scope: `assessments:write`."));
            Assert.That(Operation("get", "/v1/instruments").GetProperty("description").GetString(), Is.EqualTo("No client data: Instruments are published."));
        }
    }

    [Test]
    public void Parameters_and_headers_are_those_the_route_takes()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Parameters(Operation("get")), Is.EqualTo(
            [
                "path clientId", "query from", "query day", "query instrument", "query goalId", "query private", "query mode", "query limit", "query cursor",
                "header Purpose-Of-Use",
            ]));
            Assert.That(Parameters(Operation("get", Path + "/{id}")), Is.EqualTo(["path clientId", "path id", "header If-None-Match", "header Purpose-Of-Use"]));
            Assert.That(Parameters(Operation("post")), Is.EqualTo(["path clientId", "header Idempotency-Key", "header Purpose-Of-Use"]));
            Assert.That(Parameters(Operation("patch", Path + "/{id}")),
                Is.EqualTo(["path clientId", "path id", "header Idempotency-Key", "header If-Match", "header Purpose-Of-Use"]));
        }
    }

    [Test]
    public void A_query_parameter_has_its_words_and_its_bounds()
    {
        var limit = Operation("get").GetProperty("parameters").EnumerateArray().Single(parameter => parameter.GetProperty("name").GetString() == "limit");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(limit.GetProperty("description").GetString(), Does.StartWith("How many items"));
            Assert.That(limit.GetProperty("schema").GetProperty("maximum").GetInt32(), Is.EqualTo(200));
            Assert.That(limit.GetProperty("schema").GetProperty("type").GetString(), Is.EqualTo("integer"));
        }
    }

    [Test]
    public void Every_status_that_can_be_answered_is_there()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Statuses(Operation("get")), Is.EqualTo(["200", "401", "403", "404", "422", "429", "500", "503"]));
            Assert.That(Statuses(Operation("get", Path + "/{id}")), Is.EqualTo(["200", "304", "401", "403", "404", "429", "500", "503"]));
            Assert.That(Statuses(Operation("post")),
                Is.EqualTo(["201", "400", "401", "403", "404", "409", "410", "413", "415", "422", "429", "500", "503"]));
            Assert.That(Statuses(Operation("patch", Path + "/{id}")),
                Is.EqualTo(["200", "400", "401", "403", "404", "409", "412", "413", "415", "422", "428", "429", "500", "503"]));
            Assert.That(Statuses(Operation("get", "/v1/instruments")), Is.EqualTo(["200", "429", "500", "503"]));
        }
    }

    [Test]
    public void Every_reference_leads_somewhere()
    {
        var text = document.GetRawText();
        foreach (var reference in System.Text.RegularExpressions.Regex.Matches(text, "\"#/components/([a-zA-Z]+)/([^\"]+)\"").Select(match => match.Groups))
        {
            Assert.That(document.GetProperty("components").GetProperty(reference[1].Value).TryGetProperty(reference[2].Value, out _), reference[0].Value);
        }
    }

    [Test]
    public void The_problem_schema_leaves_room_for_more_members()
    {
        var problem = Schema("ProblemDetails");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(problem.GetRawText(), Does.Not.Contain("\"additionalProperties\": false"));
            Assert.That(Required(problem), Is.EqualTo(["detail", "instance", "status", "title", "traceId", "type"]));
            Assert.That(problem.GetProperty("properties").EnumerateObject().Select(member => member.Name), Does.Contain("errors").And.Contain("reason"));
        }
    }

    [Test]
    public void What_is_sent_is_closed_and_what_is_answered_may_grow()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Schema("Questionnaire").GetProperty("additionalProperties").GetBoolean(), Is.False);
            Assert.That(Schema("Filed").TryGetProperty("additionalProperties", out _), Is.False);
            Assert.That(Schema("FiledPage").TryGetProperty("additionalProperties", out _), Is.False);
        }
    }

    [Test]
    public void Required_and_null_are_as_the_body_is_checked()
    {
        var schema = Schema("Questionnaire");
        string Member(string name) => schema.GetProperty("properties").GetProperty(name).GetRawText().Replace(" ", "", StringComparison.Ordinal).ReplaceLineEndings("");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Required(schema), Is.EqualTo(["administeredAt", "answers", "instrument", "mode"]));
            Assert.That(Member("instrument"), Is.EqualTo("{\"maxLength\":20,\"minLength\":1,\"type\":\"string\"}"), "as its rules have it");
            Assert.That(Member("note"), Does.Contain("[\"null\",\"string\"]"));
            Assert.That(Member("tags"), Is.EqualTo("{\"maxItems\":1000,\"type\":\"array\",\"items\":{\"maxLength\":4000,\"type\":\"string\"}}"));
            Assert.That(Member("remarks"), Is.EqualTo("{\"maxItems\":1000,\"type\":[\"null\",\"array\"],\"items\":{\"maxLength\":4000,\"type\":[\"null\",\"string\"]}}"));
            Assert.That(Member("worst"), Does.StartWith("{\"oneOf\":[{\"type\":\"null\"},{"));
            Assert.That(Member("score"), Does.Contain("\"readOnly\":true"));
            Assert.That(Member("answerCount"), Does.Contain("\"readOnly\":true"));
            Assert.That(Schema("FiledPage").GetProperty("properties").GetProperty("items").GetProperty("items").TryGetProperty("$ref", out _), Is.True);
        }
    }

    [Test]
    public void A_patch_requires_nothing_and_closes_the_same()
    {
        var patch = Schema("QuestionnaireMergePatch");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(patch.TryGetProperty("required", out _), Is.False);
            Assert.That(patch.GetProperty("additionalProperties").GetBoolean(), Is.False);
            Assert.That(Operation("patch", Path + "/{id}").GetProperty("requestBody").GetProperty("content").EnumerateObject().Single().Name,
                Is.EqualTo("application/merge-patch+json"));
        }
    }

    [TestCase("id", "uuid", "string")]
    [TestCase("day", "date", "string")]
    [TestCase("at", "date-time", "string")]
    [TestCase("weight", null, "number")]
    public void Ids_dates_and_decimals_have_their_formats(string member, string? format, string type)
    {
        var schema = Schema("Filed").GetProperty("properties").GetProperty(member);
        Assert.That(schema.GetProperty("type").GetString(), Is.EqualTo(type));
        Assert.That(schema.TryGetProperty("format", out var given) ? given.GetString() : null, Is.EqualTo(format));
    }

    [Test]
    public void Words_of_a_list_stand_as_in_json() =>
        Assert.That(Schema("Mode").GetProperty("enum").EnumerateArray().Select(word => word.GetString()), Is.EqualTo(["self-report", "interview"]));

    [Test]
    public void An_example_is_the_one_the_route_declares() =>
        Assert.That(Operation("post").GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("example").GetProperty("instrument").GetString(),
            Is.EqualTo("phq-9"));

    [Test]
    public async Task It_is_the_same_text_however_often_and_wherever_it_is_rendered()
    {
        await using var development = await EdgeHost.Start(Map, "Development", Register);
        var text = OpenApiDocument.Render(host.Services);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(OpenApiDocument.Render(host.Services), Is.EqualTo(text));
            Assert.That(OpenApiDocument.Render(development.Services), Is.EqualTo(text));
            Assert.That(await host.Client.GetStringAsync("/openapi/v1.json"), Is.EqualTo(text));
            Assert.That(text, Does.Not.Contain("\r").And.Not.Contain("localhost").And.Not.Contain("\"/problems"));
        }
    }

    [Test]
    public async Task The_demo_sign_in_is_offered_in_Development_only()
    {
        await using var development = await EdgeHost.Start(Map, "Development");
        var served = JsonDocument.Parse(await development.Client.GetStringAsync("/openapi/v1.json")).RootElement;
        var operation = served.GetProperty("paths").GetProperty(Path).GetProperty("post");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(served.GetProperty("components").GetProperty("securitySchemes").GetProperty("DevelopmentSignIn").GetProperty("flows").GetProperty("password").GetProperty("tokenUrl").GetString(),
                Is.EqualTo("/dev/token"));
            Assert.That(operation.GetProperty("security").EnumerateArray().Select(requirement => requirement.EnumerateObject().Single().Name),
                Is.EqualTo(["DevelopmentSignIn"]), "beside it, the field for a token would take the focus and scroll the persona out of sight");
            Assert.That(await host.Client.GetStringAsync("/openapi/v1.json"), Does.Not.Contain("/dev/"));
        }
    }

    [Test]
    public async Task Swagger_UI_is_an_endpoint_with_a_policy_it_can_work_under()
    {
        var page = await host.Client.GetAsync("/swagger/index.html");
        var script = await host.Client.GetAsync("/swagger/index.js");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(page.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            Assert.That(page.Headers.GetValues("Content-Security-Policy").Single(), Does.Contain("script-src 'self';").And.Not.Contain("unsafe-eval"));
            Assert.That(await page.Content.ReadAsStringAsync(), Does.Not.Contain("<script>"), "an inline script would not run");
            Assert.That(await script.Content.ReadAsStringAsync(), Does.Contain("../openapi/v1.json"));
        }
    }

    [Test]
    public void Whatever_answers_says_that_it_touches_no_client_data()
    {
        var endpoints = ((IEndpointRouteBuilder)host.App).DataSources.SelectMany(source => source.Endpoints).ToList();
        var silent = endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<NoClientData>() is null && endpoint.Metadata.GetMetadata<IDescribesUse>() is null);
        Assert.That(endpoints.Select(endpoint => endpoint.DisplayName), Has.Some.Contains("swagger").And.Some.Contains("openapi").And.Some.Contains("problems"));
        Assert.That(silent.Select(endpoint => endpoint.DisplayName), Is.Empty);
    }
}
