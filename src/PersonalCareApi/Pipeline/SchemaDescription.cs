using System.Reflection;
using System.Text.Json.Serialization.Metadata;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace PersonalCareApi.Pipeline;

/// <summary>Describes objects from the same <see cref="ObjectShape"/> that bodies are checked with.</summary>
internal sealed class SchemaDescription(IServiceProvider services) : ISchemaFilter
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
        foreach (var (name, member) in shape.Members.Where(pair => properties.ContainsKey(pair.Key)))
        {
            properties[name] = WithNull(properties[name], member.Type, member.Nullability);
        }

        LimitDescription.Describe(
            context.Type, services, name => properties.TryGetValue(name, out var property) ? property as OpenApiSchema : null);
        if (ContractExample.Of(context.Type) is { } example)
        {
            described.Examples = [example];
        }

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

        if (typeof(IVersioned).IsAssignableFrom(context.Type))
        {
            DescribeVersion(described, properties);
        }
    }

    /// <summary>A resource is only answered, never sent: its entity tag is computed and always there.</summary>
    private static void DescribeVersion(OpenApiSchema described, IDictionary<string, IOpenApiSchema> properties)
    {
        if (properties.TryGetValue("etag", out var etag) && etag is OpenApiSchema tag)
        {
            tag.Type = JsonSchemaType.String;
            ETags.Limits.Describe(tag);
            described.Required!.Add("etag");
        }

        if (properties.TryGetValue("version", out var version) && version is OpenApiSchema number && number.Type?.HasFlag(JsonSchemaType.Integer) == true)
        {
            number.Minimum = "1";
        }
    }

    /// <summary>The schema with null exactly where the contract allows it, in elements and values as well.</summary>
    private static IOpenApiSchema WithNull(IOpenApiSchema schema, Type type, NullabilityInfo? nullability)
    {
        var nullable = nullability.AllowsNull(type);
        if (schema is not OpenApiSchema own)
        {
            return nullable ? new OpenApiSchema { OneOf = [new OpenApiSchema { Type = JsonSchemaType.Null }, schema] } : schema;
        }

        own.Type = nullable ? own.Type | JsonSchemaType.Null : own.Type & ~JsonSchemaType.Null;
        if (Json.Options.GetTypeInfo(type).ElementType is { } element)
        {
            own.Items = own.Items is { } items ? WithNull(items, element, nullability.Elements()) : null;
            own.AdditionalProperties = own.AdditionalProperties is { } values ? WithNull(values, element, nullability.Elements()) : null;
        }

        return own;
    }
}
