using System.Reflection;
using System.Text.Json;
using FluentValidation;
using FluentValidation.Validators;
using Microsoft.Extensions.DependencyInjection;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Tests.Promises;

/// <summary>The contract: whatever is taken is validated, and what is published is what the program does.</summary>
[TestFixture]
internal sealed class ContractTests
{
    private static readonly string[] Methods = ["get", "put", "post", "patch", "delete", "head", "options", "trace"];

    /// <summary>Members whose rules stand elsewhere, each with its place.</summary>
    private static readonly Dictionary<string, string> JudgedElsewhere = new()
    {
        ["ProvisionContent.Period"] = "ProvisionRules.Check, which sees the whole provision",
        ["ProvisionContent.DataPeriod"] = "ProvisionRules.Check, which sees the whole provision",
    };

    /// <summary>Request types that are judged as a whole, each with its place.</summary>
    private static readonly Dictionary<Type, string> JudgedAsAWhole = new()
    {
        [typeof(PersonalCareApi.Domain.Instruments.Instrument)] = "InstrumentRules: the check of the library, which limits every text, list and number",
        [typeof(PersonalCareApi.Reference.Instruments.FhirQuestionnaire)] = "FromQuestionnaire: what it becomes is checked as a definition",
    };

    [Test]
    public void Every_request_type_has_a_validator_and_so_has_everything_in_it()
    {
        var types = Operation.Of(RealProgram.Host).Select(operation => operation.Body?.Type).OfType<Type>().Distinct().Except(JudgedAsAWhole.Keys).ToList();

        Assert.That(types, Has.Count.GreaterThan(5));
        Assert.That(types.SelectMany(type => Unjudged(type, RealProgram.Host.Services)), Is.Empty);
    }

    [Test]
    public void A_request_type_or_a_part_of_one_without_rules_is_found()
    {
        using var services = new ServiceCollection().AddSingleton<IValidator<Planted>, PlantedValidator>().BuildServiceProvider();

        Assert.That(Unjudged(typeof(PlantedPart), services), Is.EqualTo(["PlantedPart has no validator"]));
        Assert.That(Unjudged(typeof(Planted), services), Is.EqualTo(["Planted.Forgotten has no rule", "PlantedPart.Words has no rule"]));
    }

    [Test]
    public void The_published_document_is_the_programs()
    {
        var file = Path.Combine(RealProgram.Root(), "openapi", "personal-care.v1.json");
        var rendered = OpenApiDocument.Render(RealProgram.Host.Services);

        Assert.That(Staleness(File.Exists(file) ? File.ReadAllText(file) : null, rendered), Is.Null);
        Assert.That(Staleness(null, rendered), Does.EndWith("run scripts/update-openapi.sh"));
        Assert.That(Staleness(rendered.Replace("\"openapi\"", "\"openApi\"", StringComparison.Ordinal), rendered), Does.EndWith("run scripts/update-openapi.sh"));
    }

    [Test]
    public void Every_operation_has_a_name_a_summary_and_a_heading()
    {
        var document = OpenApiDocument.Render(RealProgram.Host.Services);

        Assert.That(FaultsOfOperations(document), Is.Empty);
        Assert.That(Operation.Of(RealProgram.Host).Where(operation => operation.Pattern.Contains("/v1/", StringComparison.Ordinal) && operation.Name is null), Is.Empty);
    }

    [TestCase("""{ "tags": ["x"], "summary": "Does.", "operationId": "" }""", "get /x has no operationId")]
    [TestCase("""{ "tags": ["x"], "operationId": "Do" }""", "get /x has no summary")]
    [TestCase("""{ "summary": "Does.", "operationId": "Do" }""", "get /x has no tag")]
    [TestCase("""{ "tags": ["x"], "summary": "Does.", "operationId": "Do" }, "put": { "tags": ["x"], "summary": "Does.", "operationId": "Do" }""", "Do names 2 operations")]
    public void An_operation_without_one_is_found(string operation, string fault) =>
        Assert.That(FaultsOfOperations($$"""{ "paths": { "/x": { "get": {{operation}} } } }"""), Is.EqualTo([fault]));

    [Test]
    public void Every_heading_and_every_name_in_a_path_is_described()
    {
        var document = OpenApiDocument.Render(RealProgram.Host.Services);

        Assert.That(Undescribed(document), Is.Empty);
        Assert.That(
            Undescribed("""
                { "tags": [ { "name": "x" } ],
                  "paths": { "/x/{id}": { "get": { "parameters": [ { "name": "id", "in": "path" }, { "name": "q", "in": "query" } ] } } } }
                """),
            Is.EqualTo(["heading x", "get /x/{id} id"]));
    }

    private static IEnumerable<string> Undescribed(string document)
    {
        var root = JsonDocument.Parse(document).RootElement;
        var headings = root.GetProperty("tags").EnumerateArray().Where(tag => Text(tag, "description") is "").Select(tag => $"heading {Text(tag, "name")}");
        var names =
            from path in root.GetProperty("paths").EnumerateObject()
            from operation in path.Value.EnumerateObject()
            where operation.Value.TryGetProperty("parameters", out _)
            from parameter in operation.Value.GetProperty("parameters").EnumerateArray()
            where Text(parameter, "in") is "path" && Text(parameter, "description") is ""
            select $"{operation.Name} {path.Name} {Text(parameter, "name")}";
        return headings.Concat(names);
    }

    private static string? Staleness(string? published, string rendered) => published == rendered
        ? null
        : $"openapi/personal-care.v1.json is {(published is null ? "missing" : "stale")}: run scripts/update-openapi.sh";

    private static IEnumerable<string> FaultsOfOperations(string document)
    {
        var operations =
            (from path in JsonDocument.Parse(document).RootElement.GetProperty("paths").EnumerateObject()
             from operation in path.Value.EnumerateObject()
             where Methods.Contains(operation.Name)
             select (Name: $"{operation.Name} {path.Name}", operation.Value)).ToList();
        var missing =
            from operation in operations
            from fault in new[]
            {
                (Member: "operationId", Has: Text(operation.Value, "operationId") is not ""),
                (Member: "summary", Has: Text(operation.Value, "summary") is not ""),
                (Member: "tag", Has: operation.Value.TryGetProperty("tags", out var tags) && tags.GetArrayLength() > 0),
            }
            where !fault.Has
            select $"{operation.Name} has no {fault.Member}";
        var shared =
            from operation in operations
            group operation by Text(operation.Value, "operationId") into named
            where named.Key is not "" && named.Count() > 1
            select $"{named.Key} names {named.Count()} operations";
        return missing.Concat(shared);
    }

    private static string Text(JsonElement element, string member) =>
        element.TryGetProperty(member, out var value) ? value.GetString() ?? "" : "";

    private static IEnumerable<string> Unjudged(Type type, IServiceProvider services) =>
        services.GetService(typeof(IValidator<>).MakeGenericType(type)) is IValidator validator
            ? Unjudged(type, validator)
            : [$"{type.Name} has no validator"];

    /// <summary>Every member that is itself a contract, or text, must be spoken of by some rule, and what it holds as well.</summary>
    private static IEnumerable<string> Unjudged(Type type, IValidator validator)
    {
        var rules = validator.CreateDescriptor().Rules.ToList();
        foreach (var property in type.GetProperties().Where(property => property.CanWrite))
        {
            var held = HeldBy(property.PropertyType);
            if ((held != typeof(string) && !IsContract(held)) || JudgedElsewhere.ContainsKey($"{type.Name}.{property.Name}"))
            {
                continue;
            }

            var own = rules.Where(rule => rule.PropertyName == property.Name).ToList();
            var within = rules.Any(rule => rule.PropertyName?.StartsWith(property.Name + ".", StringComparison.Ordinal) == true);
            var validators = own.SelectMany(rule => rule.Components).Select(component => component.Validator).ToList();
            if (validators.Count == 0 && !within)
            {
                yield return $"{type.Name}.{property.Name} has no rule";
            }

            foreach (var child in validators.OfType<IChildValidatorAdaptor>().Where(child => Made(child.ValidatorType) is not null))
            {
                foreach (var fault in Unjudged(held, Made(child.ValidatorType)!))
                {
                    yield return fault;
                }
            }
        }
    }

    private static IValidator? Made(Type validator)
    {
        const BindingFlags Any = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance;
        return validator.GetConstructor(Any, []) is { } plain && !validator.IsGenericType ? (IValidator)plain.Invoke([])
            : validator.GetConstructor(Any, [typeof(TimeProvider)]) is { } timed ? (IValidator)timed.Invoke([TimeProvider.System])
            : null;
    }

    private static Type HeldBy(Type type) => Nullable.GetUnderlyingType(type)
        ?? (type.IsGenericType && type.IsAssignableTo(typeof(System.Collections.IEnumerable)) ? type.GetGenericArguments()[^1] : type);

    private static bool IsContract(Type type) =>
        type is { IsClass: true, Namespace: { } space } && space.StartsWith("PersonalCareApi", StringComparison.Ordinal);

    private sealed record Planted
    {
        public string? Name { get; init; }

        public string? Forgotten { get; init; }

        public IReadOnlyList<PlantedPart> Parts { get; init; } = [];
    }

    private sealed record PlantedPart
    {
        public string? Words { get; init; }
    }

    private sealed class PlantedValidator : AbstractValidator<Planted>
    {
        public PlantedValidator()
        {
            RuleFor(planted => planted.Name).Length(1, 10);
            RuleForEach(planted => planted.Parts).SetValidator(new PlantedPartValidator());
        }
    }

    private sealed class PlantedPartValidator : AbstractValidator<PlantedPart>;
}
