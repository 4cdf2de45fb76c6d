using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.OpenApi;
using PersonalCareApi.Domain.Access;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace PersonalCareApi.Pipeline;

/// <summary>Writes on each operation what its route declares: input, use of client data, token, and every problem it can answer.</summary>
internal sealed partial class OperationDescription : IOperationFilter
{
    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        var route = new DeclaredRoute(context.ApiDescription.ActionDescriptor.EndpointMetadata, context.ApiDescription);
        var bound = BoundByTheFramework(operation, context).ToList();
        operation.Parameters = [.. InPathAlone(bound, context), .. bound, .. QueryParameters(route, context), .. Headers(route, context)];
        foreach (var parameter in operation.Parameters.OfType<OpenApiParameter>().Where(parameter => parameter.In == ParameterLocation.Path))
        {
            Describe(parameter, context);
        }

        if (route.Body is { } body)
        {
            operation.RequestBody = RequestBody(body, context);
        }

        if (!route.Anonymous)
        {
            // With the document, or the requirement is written as {}: no token needed.
            operation.Security =
            [
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(OpenApiDocument.Bearer, context.Document)] = [] },
            ];
        }

        operation.Description = string.Join("\n\n", new[] { operation.Description, UseOf(route) }.Where(text => !string.IsNullOrEmpty(text)));
        operation.Responses = Responses(operation, route, context);
    }

    /// <summary>Path parameters and the like; what is bound by types of ours is described from their metadata.</summary>
    private static IEnumerable<IOpenApiParameter> BoundByTheFramework(OpenApiOperation operation, OperationFilterContext context)
    {
        var ours = context.ApiDescription.ParameterDescriptions
            .Where(parameter => parameter.Source != BindingSource.Path
                && parameter.Source != BindingSource.Query
                && parameter.Source != BindingSource.Header)
            .Select(parameter => parameter.Name)
            .ToHashSet(StringComparer.Ordinal);
        return (operation.Parameters ?? []).Where(parameter => !ours.Contains(parameter.Name ?? ""));
    }

    /// <summary>What the path names and no handler takes: the grant holds the client, so that no handler can take another's.</summary>
    private static IEnumerable<IOpenApiParameter> InPathAlone(List<IOpenApiParameter> bound, OperationFilterContext context) =>
        PathParameter().Matches(context.ApiDescription.RelativePath ?? "")
            .Select(match => match.Groups["name"].Value)
            .Where(name => bound.All(parameter => parameter.Name != name))
            .Select(name => new OpenApiParameter
            {
                Name = name,
                In = ParameterLocation.Path,
                Required = true,
                Schema = context.SchemaGenerator.GenerateSchema(typeof(Guid), context.SchemaRepository),
            });

    [GeneratedRegex(@"\{(?<name>\w+)[^}]*\}")]
    private static partial Regex PathParameter();

    private static IEnumerable<IOpenApiParameter> QueryParameters(DeclaredRoute route, OperationFilterContext context)
    {
        foreach (var parameter in route.Query)
        {
            var schema = context.SchemaGenerator.GenerateSchema(
                Nullable.GetUnderlyingType(parameter.Property.PropertyType) ?? parameter.Property.PropertyType,
                context.SchemaRepository,
                parameter.Property);
            var description = schema.Description;
            if (schema is OpenApiSchema own)
            {
                own.Description = null;
                // A parameter is left out, not null.
                own.Type &= ~JsonSchemaType.Null;
                own.MaxLength = own.Type == JsonSchemaType.String && own.Format is null ? parameter.MaxLength : null;
            }

            yield return new OpenApiParameter { Name = parameter.Name, In = ParameterLocation.Query, Description = description, Schema = schema };
        }
    }

    /// <summary>What a name in a path stands for, everywhere; with an example where the demo data have one.</summary>
    private static void Describe(OpenApiParameter parameter, OperationFilterContext context)
    {
        (parameter.Description, var example) = parameter.Name switch
        {
            "clientId" => ("The client whose record it is.", "0197a000-0000-7000-8000-000000000201"),
            "code" when context.ApiDescription.RelativePath?.Contains("/instruments", StringComparison.Ordinal) == true =>
                ("The code of the instrument.", "phq-9"),
            "instrument" => ("The code of the instrument.", "phq-9"),
            "code" => ("Its code, as the list names it.", null),
            "externalId" => ("Your own id for it.", "mrn-20417"),
            "version" => ("Which version, such as 1.", null),
            _ => ("The id that it was given when it was made; lists name it.", (string?)null),
        };
        parameter.Example = example is null ? null : JsonValue.Create(example);
        if (parameter is { Name: "version", Schema: OpenApiSchema { Type: JsonSchemaType.Integer } number })
        {
            number.Minimum = "1";
        }
    }

    private static IEnumerable<OpenApiParameter> Headers(DeclaredRoute route, OperationFilterContext context)
    {
        if (route.TakesIdempotencyKey)
        {
            yield return Header("Idempotency-Key", "Any text of your own, new for every new request: a repeated request with the same key is answered as the first was.",
                // Two more than the key: it may stand in quotes.
                new Limits { MinLength = 1, MaxLength = Idempotency.LongestKey + 2 });
        }

        if (route.AnswersWithETag && route.Reads)
        {
            yield return Header("If-None-Match", "The ETag of the version you have: the answer is 304 when it is still the present one.",
                new Limits { MaxLength = DefaultLimits.LongestText });
        }

        if (route.Precondition is { } precondition)
        {
            yield return Header("If-Match", "The ETag of the version you have seen, such as \"3\".", ETags.Limits, required: !precondition.AlsoNew);
            if (precondition.AlsoNew)
            {
                yield return Header("If-None-Match", "* when there must be none yet. Either this or If-Match is needed.", new Limits { Words = ["*"] });
            }
        }

        if (route.Use is not null)
        {
            yield return new OpenApiParameter
            {
                Name = ConsentHandler.PurposeHeader,
                In = ParameterLocation.Header,
                Description = "The HL7 code of the purpose, such as TREAT. Clients and representatives always act for PATRQT.",
                Schema = Purpose(context),
            };
        }
    }

    /// <summary>The purposes, named once: there are some sixty.</summary>
    private static OpenApiSchemaReference Purpose(OperationFilterContext context)
    {
        if (context.SchemaRepository.Schemas.ContainsKey(nameof(PurposeOfUse)))
        {
            return new OpenApiSchemaReference(nameof(PurposeOfUse), context.Document);
        }

        var schema = new OpenApiSchema { Type = JsonSchemaType.String, Description = "A purpose of use, by its HL7 code." };
        new Limits { Words = [.. PurposeOfUse.All.Select(purpose => purpose.Code)] }.Describe(schema);
        return context.SchemaRepository.AddDefinition(nameof(PurposeOfUse), schema);
    }

    private static OpenApiRequestBody RequestBody(TakesBody body, OperationFilterContext context)
    {
        var schema = context.SchemaGenerator.GenerateSchema(body.Type, context.SchemaRepository);
        return new()
        {
            Required = !body.Type.IsDefined(typeof(MayBeLeftOutAttribute), inherit: false),
            Content = new Dictionary<string, IOpenApiMediaType>
            {
                [body.MediaType] = new OpenApiMediaType
                {
                    Schema = body.MediaType == MediaTypes.MergePatch ? PatchOf(schema, context) : schema,
                    Example = ContractExample.Of(body.Type),
                },
            },
        };
    }

    /// <summary>The schema of a patch: the whole value's, with nothing required.</summary>
    private static IOpenApiSchema PatchOf(IOpenApiSchema whole, OperationFilterContext context)
    {
        if (whole is not OpenApiSchemaReference { Reference.Id: { } id })
        {
            return whole;
        }

        var patch = (OpenApiSchema)context.SchemaRepository.Schemas[id].CreateShallowCopy();
        patch.Required = null;
        patch.Description = "A merge patch (RFC 7396): members left out stay as they are, null takes a member away.";
        var name = $"{id}MergePatch";
        return context.SchemaRepository.Schemas.ContainsKey(name)
            ? new OpenApiSchemaReference(name, context.Document)
            : context.SchemaRepository.AddDefinition(name, patch);
    }

    private static string UseOf(DeclaredRoute route) =>
        route.Use is { } use ? $"Data category: `{use.Category}`. Action: `{use.Action}`. Scope: `{use.Scope}`."
        : route.WithoutClientData is { } because
            ? $"No client data: {because}{(route.Scope is { } scope ? $" Scope: `{scope}`." : "")}"
        : "";

    private static OpenApiResponses Responses(OpenApiOperation operation, DeclaredRoute route, OperationFilterContext context)
    {
        var declared = operation.Responses ?? [];
        var responses = new OpenApiResponses();
        foreach (var (status, response) in declared.Where(pair => pair.Key[0] is '2' or '3'))
        {
            if (response is OpenApiResponse answer)
            {
                answer.Description = string.Join(": ", new[] { answer.Description, WhatIsAnswered(answer, context) }.Where(text => !string.IsNullOrEmpty(text)));
                answer.Headers = AnswerHeaders.Of(route, status, context);
                answer.Content ??= new Dictionary<string, IOpenApiMediaType>();
                foreach (var mediaType in route.AlsoAnswers)
                {
                    answer.Content[mediaType] = new OpenApiMediaType
                    {
                        Schema = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = Pipeline.RequestBody.DefaultLimit },
                    };
                }
            }

            responses[status] = response;
        }

        if (route.AnswersWithETag && route.Reads)
        {
            responses["304"] = new OpenApiResponse
            {
                Description = "Not modified: the version named in If-None-Match is the present one.",
                Headers = AnswerHeaders.Of(route, "304", context),
            };
        }

        // A status that a handler's type names is a problem like the others.
        var named = declared.Keys.Where(status => status[0] is '4' or '5').Select(status => int.Parse(status, CultureInfo.InvariantCulture));
        foreach (var status in route.ProblemStatuses().Union(named).Order())
        {
            responses[$"{status}"] = new OpenApiResponseReference(ProblemResponses.Name(status), context.Document);
        }

        return responses;
    }

    /// <summary>The words of the type that is answered.</summary>
    private static string? WhatIsAnswered(OpenApiResponse answer, OperationFilterContext context) =>
        answer.Content?.Values.FirstOrDefault()?.Schema is OpenApiSchemaReference { Reference.Id: { } id }
            ? context.SchemaRepository.Schemas[id].Description
            : null;

    private static OpenApiParameter Header(string name, string description, Limits limits, bool required = false)
    {
        var schema = new OpenApiSchema { Type = JsonSchemaType.String };
        limits.Describe(schema);
        return new() { Name = name, In = ParameterLocation.Header, Description = description, Required = required, Schema = schema };
    }
}
