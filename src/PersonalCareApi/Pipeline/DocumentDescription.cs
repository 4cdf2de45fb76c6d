using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using PersonalCareApi.Domain.Access;
using Swashbuckle.AspNetCore.SwaggerGen;
using Document = Microsoft.OpenApi.OpenApiDocument;

namespace PersonalCareApi.Pipeline;

/// <summary>Finishes the document: the problem answers, schemas open where they may grow, everything in order.</summary>
internal sealed class DocumentDescription : IDocumentFilter
{
    public void Apply(Document swaggerDoc, DocumentFilterContext context)
    {
        context.SchemaGenerator.GenerateSchema(typeof(ProblemDetails), context.SchemaRepository);
        var used = Operations(swaggerDoc).SelectMany(operation => operation.Responses?.Keys.AsEnumerable() ?? []).ToHashSet();
        foreach (var kinds in ProblemCatalogue.All.GroupBy(kind => kind.Status).Where(kinds => used.Contains($"{kinds.Key}")))
        {
            swaggerDoc.AddComponent<IOpenApiResponse>(ProblemResponses.Name(kinds.Key), ProblemResponses.Of(kinds, swaggerDoc));
        }

        AnswerHeaders.AddTo(swaggerDoc);
        OpenAnswers(swaggerDoc);
        TakeAwayWhatNobodyNames(swaggerDoc);
        DefaultLimits.Complete(swaggerDoc);
        Sort(swaggerDoc);
    }

    /// <summary>Unknown members are refused in what is sent; answers may gain members within v1, so their schemas say nothing.</summary>
    private static void OpenAnswers(Document document)
    {
        var schemas = document.Components?.Schemas ?? new Dictionary<string, IOpenApiSchema>();
        var answered = new SchemaReach(schemas);
        answered.Follow(schemas[nameof(ProblemDetails)]);
        foreach (var response in Operations(document).SelectMany(operation => operation.Responses?.Values.AsEnumerable() ?? []).OfType<OpenApiResponse>())
        {
            foreach (var content in response.Content?.Values ?? [])
            {
                answered.Follow(content.Schema);
            }
        }

        foreach (var schema in answered.Reached)
        {
            schema.AdditionalPropertiesAllowed = true;
        }
    }

    /// <summary>A value that is only ever patched is described by its patch alone.</summary>
    private static void TakeAwayWhatNobodyNames(Document document)
    {
        if (document.Components?.Schemas is not { } schemas)
        {
            return;
        }

        var named = new SchemaReach(schemas);
        named.Follow(schemas[nameof(ProblemDetails)]);
        foreach (var operation in Operations(document))
        {
            var contents = (operation.Responses?.Values.AsEnumerable() ?? []).OfType<OpenApiResponse>().Select(response => response.Content)
                .Append(operation.RequestBody?.Content);
            IEnumerable<IOpenApiSchema?> used =
            [
                .. contents.SelectMany(content => content?.Values.AsEnumerable() ?? []).Select(content => content.Schema),
                .. (operation.Parameters?.AsEnumerable() ?? []).Select(parameter => parameter.Schema),
            ];
            foreach (var schema in used)
            {
                named.Follow(schema);
            }
        }

        foreach (var name in schemas.Where(schema => schema.Value is OpenApiSchema own && !named.Reached.Contains(own)).Select(schema => schema.Key).ToList())
        {
            schemas.Remove(name);
        }
    }

    private static void Sort(Document document)
    {
        var paths = new OpenApiPaths();
        foreach (var (path, item) in document.Paths.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            paths[path] = item;
        }

        document.Paths = paths;
        document.Tags = Headings.Of(Operations(document).SelectMany(operation => operation.Tags ?? new HashSet<OpenApiTagReference>())
            .Select(tag => tag.Name).OfType<string>().ToHashSet(StringComparer.Ordinal));
        if (document.Components is { } components)
        {
            components.Schemas = Sorted(components.Schemas);
            components.Responses = Sorted(components.Responses);
            components.Headers = Sorted(components.Headers);
        }
    }

    private static IEnumerable<OpenApiOperation> Operations(Document document) =>
        document.Paths.Values.SelectMany(path => path.Operations?.Values.AsEnumerable() ?? []);

    private static SortedDictionary<string, T>? Sorted<T>(IDictionary<string, T>? entries) =>
        entries is null ? null : new(entries, StringComparer.Ordinal);
}

/// <summary>The schemas that can be come by from a starting point.</summary>
internal sealed class SchemaReach(IDictionary<string, IOpenApiSchema> named)
{
    private readonly HashSet<OpenApiSchema> reached = [];

    public IReadOnlyCollection<OpenApiSchema> Reached => reached;

    public void Follow(IOpenApiSchema? schema)
    {
        if (schema is OpenApiSchemaReference reference)
        {
            Follow(named.TryGetValue(reference.Reference.Id ?? "", out var target) ? target : null);
        }
        else if (schema is OpenApiSchema own && reached.Add(own))
        {
            IEnumerable<IOpenApiSchema?> parts =
                [.. own.Properties?.Values ?? [], .. own.AllOf ?? [], .. own.OneOf ?? [], .. own.AnyOf ?? [], own.Items, own.AdditionalProperties];
            foreach (var part in parts)
            {
                Follow(part);
            }
        }
    }
}

/// <summary>One answer per problem status, shared by all operations.</summary>
internal static class ProblemResponses
{
    public static string Name(int status) => string.Create(CultureInfo.InvariantCulture, $"Problem{status}");

    public static OpenApiResponse Of(IGrouping<int, ProblemKind> kinds, Document document)
    {
        return new OpenApiResponse
        {
            // A list, or a page runs the kinds together.
            Description = string.Join("\n", kinds.Select(kind => $"{(kinds.Count() > 1 ? "* " : "")}`{kind.Slug}`: {kind.Meaning}")),
            Content = new Dictionary<string, IOpenApiMediaType>
            {
                [Problem.ContentType] = new OpenApiMediaType
                {
                    Schema = new OpenApiSchemaReference(nameof(ProblemDetails), document),
                    Examples = kinds.ToDictionary(kind => kind.Slug, IOpenApiExample (kind) => new OpenApiExample { Value = Example(kind) }),
                },
            },
            Headers = AnswerHeaders.OfProblem(kinds.Key, document),
        };
    }

    /// <summary>A problem of that kind as it might be answered.</summary>
    private static JsonNode? Example(ProblemKind kind)
    {
        var problem = kind == ProblemCatalogue.Forbidden ? Problems.Forbidden(RefusalReason.NoConsent)
            : kind == ProblemCatalogue.Invalid ? Problems.Invalid(Fault.InBody("#/answers/3/value", FaultCodes.OutOfRange, "Must be one of 0, 1, 2, 3."))
            : new Problem(kind);
        return JsonSerializer.SerializeToNode(
            new ProblemDetails
            {
                Type = $"https://care.example.org/problems/{kind.Slug}",
                Title = kind.Title,
                Status = kind.Status,
                Detail = problem.Detail ?? kind.Meaning,
                Instance = "/v1/clients/0197a000-0000-7000-8000-000000000201/assessments",
                TraceId = "4bf92f3577b34da6a3ce929d0e0e4736",
                Reason = problem.Reason,
                Errors = problem.Errors.Count == 0 ? null : problem.Errors,
            },
            Json.Options);
    }
}
