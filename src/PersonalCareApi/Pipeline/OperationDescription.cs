using System.Globalization;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace PersonalCareApi.Pipeline;

/// <summary>Writes on each operation what its route declares: input, use of client data, token, and every problem it can answer.</summary>
internal sealed class OperationDescription : IOperationFilter
{
    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        var route = new DeclaredRoute(context.ApiDescription.ActionDescriptor.EndpointMetadata, context.ApiDescription);
        operation.Parameters = [.. BoundByTheFramework(operation, context), .. QueryParameters(route, context), .. Headers(route)];
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
            }

            yield return new OpenApiParameter { Name = parameter.Name, In = ParameterLocation.Query, Description = description, Schema = schema };
        }
    }

    private static IEnumerable<OpenApiParameter> Headers(DeclaredRoute route)
    {
        if (route.TakesIdempotencyKey)
        {
            yield return Header("Idempotency-Key", "Any text of your own, new for every new request: a repeated request with the same key is answered as the first was.");
        }

        if (route.Precondition is { } precondition)
        {
            yield return Header("If-Match", "The ETag of the version you have seen, such as \"3\".", required: !precondition.AlsoNew);
            if (precondition.AlsoNew)
            {
                yield return Header("If-None-Match", "* when there must be none yet. Either this or If-Match is needed.");
            }
        }

        if (route.Use is not null)
        {
            yield return Header("Purpose-Of-Use", "The HL7 code of the purpose, such as TREAT. Clients and representatives always act for PATRQT.");
        }
    }

    private static OpenApiRequestBody RequestBody(TakesBody body, OperationFilterContext context)
    {
        var schema = context.SchemaGenerator.GenerateSchema(body.Type, context.SchemaRepository);
        return new()
        {
            Required = true,
            Content = new Dictionary<string, IOpenApiMediaType>
            {
                [body.MediaType] = new OpenApiMediaType { Schema = body.MediaType == MediaTypes.MergePatch ? PatchOf(schema, context) : schema },
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
        : route.WithoutClientData is { } because ? $"No client data: {because}"
        : "";

    private static OpenApiResponses Responses(OpenApiOperation operation, DeclaredRoute route, OperationFilterContext context)
    {
        var responses = new OpenApiResponses();
        foreach (var (status, response) in (operation.Responses ?? []).Where(pair => pair.Key.StartsWith('2') || pair.Key.StartsWith('3')))
        {
            if (route.Use is not null && response is OpenApiResponse answer)
            {
                answer.Headers ??= new Dictionary<string, IOpenApiHeader>();
                answer.Headers["Access-Decision"] = new OpenApiHeader
                {
                    Description = "The id of the decision that this answer rests on.",
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "uuid" },
                };
            }

            responses[status] = response;
        }

        foreach (var status in route.ProblemStatuses())
        {
            responses[status.ToString(CultureInfo.InvariantCulture)] = new OpenApiResponseReference(ProblemResponses.Name(status), context.Document);
        }

        return responses;
    }

    private static OpenApiParameter Header(string name, string description, bool required = false) => new()
    {
        Name = name,
        In = ParameterLocation.Header,
        Description = description,
        Required = required,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };
}
