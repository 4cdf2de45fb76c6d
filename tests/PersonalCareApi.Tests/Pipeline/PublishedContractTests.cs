using System.Globalization;
using System.Net;
using System.Text.Json;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Tests.TestHost;

namespace PersonalCareApi.Tests.Pipeline;

/// <summary>What the published document says of the whole program: limits that hold, answers for everything, problems with a page.</summary>
[TestFixture]
internal sealed class PublishedContractTests
{
    private ApiHost host = null!;
    private JsonElement document;

    [OneTimeSetUp]
    public void Start()
    {
        host = new ApiHost(TestDatabase.Sqlite);
        document = JsonDocument.Parse(OpenApiDocument.Render(host.Services)).RootElement;
    }

    [OneTimeTearDown]
    public async Task Stop() => await host.DisposeAsync();

    private IEnumerable<(string Name, JsonElement Operation)> Operations() =>
        from path in document.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        select ($"{operation.Name} {path.Name}", operation.Value);

    [Test]
    public void Every_operation_has_a_success_with_words_and_a_schema()
    {
        var silent = from operation in Operations()
                     let successes = operation.Operation.GetProperty("responses").EnumerateObject().Where(response => response.Name[0] == '2').ToList()
                     where successes.Count == 0 || !successes.TrueForAll(response =>
                         response.Value.GetProperty("description").GetString() is { Length: > 0 }
                         && (response.Name == "204" || (response.Value.GetProperty("content").EnumerateObject() is var forms && forms.Any() && forms.All(form => form.Value.TryGetProperty("schema", out _)))))
                     select operation.Name;
        Assert.That(silent, Is.Empty);
    }

    [Test]
    public async Task Every_problem_it_names_has_a_page()
    {
        var slugs = document.GetProperty("components").GetProperty("responses").EnumerateObject()
            .SelectMany(response => response.Value.GetProperty("content").GetProperty("application/problem+json").GetProperty("examples").EnumerateObject())
            .Select(example => example.Name)
            .ToList();
        Assert.That(slugs, Does.Contain("too-many-requests").And.Contain("no-reader"));
        foreach (var slug in slugs)
        {
            (await host.Anonymous().Get($"/problems/{slug}")).Expect(HttpStatusCode.OK);
        }
    }

    [Test]
    public void Every_answer_under_v1_tells_the_quota() =>
        Assert.That(
            from operation in Operations()
            where operation.Name.Contains("/v1/", StringComparison.Ordinal)
            from response in operation.Operation.GetProperty("responses").EnumerateObject()
            where !Resolve(response.Value).GetProperty("headers").TryGetProperty("RateLimit", out _)
            select $"{operation.Name} {response.Name}",
            Is.Empty);

    [Test]
    public void A_resource_always_has_its_version_and_entity_tag()
    {
        var schema = document.GetProperty("components").GetProperty("schemas").GetProperty("ClientResponse");
        var tag = schema.GetProperty("properties").GetProperty("etag");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(schema.GetProperty("required").EnumerateArray().Select(name => name.GetString()), Does.Contain("etag").And.Contain("version"));
            Assert.That(tag.GetProperty("type").GetString(), Is.EqualTo("string"));
            Assert.That(ETags.For(12), Does.Match(tag.GetProperty("pattern").GetString()!));
        }
    }

    /// <summary>A limit by default is right only for what the server itself writes; what is sent must be held to its own.</summary>
    [Test]
    public void Whatever_is_sent_is_limited_by_a_rule()
    {
        var bodies = Operations()
            .Where(operation => operation.Operation.TryGetProperty("requestBody", out _))
            .SelectMany(operation => operation.Operation.GetProperty("requestBody").GetProperty("content").EnumerateObject())
            .Select(content => content.Value.GetProperty("schema"))

            // Its limits are those by default, and it is held to no wider ones (SizeCheck).
            .Where(schema => !schema.TryGetProperty("$ref", out var reference) || !reference.ValueEquals("#/components/schemas/Instrument"));
        var seen = new HashSet<string>();
        Assert.That(bodies.SelectMany(body => LimitedByDefault(body, seen)).ToList(),
            // Its rule happens to have the same number.
            Is.EqualTo(["AnswerContent/text"]));
        Assert.That(LimitedByDefault(JsonDocument.Parse("""{"$ref":"#/components/schemas/ProblemDetails"}""").RootElement, []),
            Does.Contain("ProblemDetails/title").And.Contain("ProblemDetails/errors"));
    }

    [Test]
    public async Task No_instrument_is_larger_than_the_document_says()
    {
        var practitioner = await host.As("practitioner");
        var list = (await practitioner.Get("/v1/instruments")).Expect(HttpStatusCode.OK).Json;
        Assert.That(TooLarge(list), Is.Empty);
        foreach (var code in list.GetProperty("items").EnumerateArray().Select(instrument => instrument.GetProperty("code").GetString()!))
        {
            Assert.That(TooLarge((await practitioner.Get($"/v1/instruments/{code}")).Expect(HttpStatusCode.OK).Json), Is.Empty, code);
        }
    }

    [Test]
    public async Task A_parameter_longer_than_the_document_says_is_refused()
    {
        var practitioner = await host.As("practitioner");
        var answer = await practitioner.Get($"/v1/practitioners?externalId={new string('x', 201)}&cursor={new string('x', 1001)}");
        Assert.That(answer.Expect(HttpStatusCode.UnprocessableEntity).Faults, Is.EqualTo(["externalId too-long", "cursor too-long"]));
    }

    private JsonElement Resolve(JsonElement element) => element.TryGetProperty("$ref", out var reference)
        ? reference.GetString()!.Split('/').Skip(1).Aggregate(document, (parent, name) => parent.GetProperty(name))
        : element;

    private IEnumerable<string> LimitedByDefault(JsonElement schema, HashSet<string> seen, string name = "")
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            var target = reference.GetString()!.Split('/')[^1];
            return seen.Add(target) ? LimitedByDefault(Resolve(schema), seen, target) : [];
        }

        return
        [
            .. Has(schema, "maxLength", DefaultLimits.LongestText) || Has(schema, "maxItems", DefaultLimits.MostItems) ? [name] : Array.Empty<string>(),
            .. Parts(schema, "properties").SelectMany(part => LimitedByDefault(part.Schema, seen, $"{name}/{part.Name}")),
            .. Parts(schema, "oneOf").SelectMany(part => LimitedByDefault(part.Schema, seen, name)),
            .. schema.TryGetProperty("items", out var items) ? LimitedByDefault(items, seen, name) : [],
        ];
    }

    private static IEnumerable<(string Name, JsonElement Schema)> Parts(JsonElement schema, string member) =>
        !schema.TryGetProperty(member, out var parts) ? []
        : parts.ValueKind == JsonValueKind.Object ? parts.EnumerateObject().Select(part => (part.Name, part.Value))
        : parts.EnumerateArray().Select(part => (member, part));

    private static bool Has(JsonElement schema, string member, int value) =>
        schema.TryGetProperty(member, out var number) && number.GetInt32() == value;

    private static IEnumerable<string> TooLarge(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().SelectMany(member => TooLarge(member.Value)),
        JsonValueKind.Array when json.GetArrayLength() > DefaultLimits.MostItems => [json.GetArrayLength().ToString(CultureInfo.InvariantCulture)],
        JsonValueKind.Array => json.EnumerateArray().SelectMany(TooLarge),
        JsonValueKind.String when json.GetString()!.Length > DefaultLimits.LongestText => [json.GetString()!],
        _ => [],
    };
}
