using System.Text.Json.Serialization.Metadata;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace PersonalCareApi.Pipeline;

/// <summary>Describes objects from the same <see cref="ObjectShape"/> that bodies are checked with.</summary>
internal sealed class SchemaDescription : ISchemaFilter
{
    public void Apply(IOpenApiSchema schema, SchemaFilterContext context)
    {
        if (schema is not OpenApiSchema { Properties: { } properties } described
            || context.MemberInfo is not null
            || Json.Options.GetTypeInfo(context.Type) is not { Kind: JsonTypeInfoKind.Object } info)
        {
            return;
        }

        var shape = ObjectShape.Of(info);
        described.Required = new SortedSet<string>(shape.Required, StringComparer.Ordinal);
        foreach (var name in shape.Ignored)
        {
            if (!properties.TryGetValue(name, out var property))
            {
                properties[name] = new OpenApiSchema { ReadOnly = true, Description = "Set by the server; ignored when it is sent." };
            }
            else if (property is OpenApiSchema computed)
            {
                computed.ReadOnly = true;
            }
        }
    }
}
