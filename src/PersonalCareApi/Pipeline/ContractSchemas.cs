using System.Text.Json.Nodes;

namespace PersonalCareApi.Pipeline;

/// <summary>The schemas of the published document, each as a JSON Schema that stands by itself.</summary>
internal sealed class ContractSchemas(IServiceProvider services)
{
    private const string InDocument = "#/components/schemas/";
    private const string InSchema = "#/$defs/";

    private readonly Lazy<JsonObject> components = new(
        () => JsonNode.Parse(OpenApiDocument.Render(services))!["components"]!["schemas"]!.AsObject());

    /// <summary>The schema of a list of these.</summary>
    public string OfList(Type contract)
    {
        var used = new SortedDictionary<string, JsonNode>(StringComparer.Ordinal);
        Collect(contract.Name, used);
        return new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["type"] = "array",
            ["items"] = new JsonObject { ["$ref"] = InSchema + contract.Name },
            ["$defs"] = new JsonObject(used.Select(one => KeyValuePair.Create(one.Key, (JsonNode?)one.Value))),
        }.ToJsonString(Json.Options);
    }

    /// <summary>The schema with that name and all that it names, with references that hold where they now stand.</summary>
    private void Collect(string name, SortedDictionary<string, JsonNode> used)
    {
        if (used.ContainsKey(name))
        {
            return;
        }

        var text = components.Value[name]?.ToJsonString(Json.Options)
            ?? throw new InvalidOperationException($"The document has no schema {name}.");
        var schema = JsonNode.Parse(text.Replace($"\"{InDocument}", $"\"{InSchema}", StringComparison.Ordinal))!;
        used.Add(name, schema);
        foreach (var reference in References(schema).ToList())
        {
            Collect(reference[InSchema.Length..], used);
        }
    }

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(member => member is { Key: "$ref", Value: JsonValue value }
            ? [value.GetValue<string>()]
            : References(member.Value)),
        JsonArray elements => elements.SelectMany(References),
        _ => [],
    };
}
