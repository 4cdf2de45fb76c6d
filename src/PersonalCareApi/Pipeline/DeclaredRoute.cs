using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace PersonalCareApi.Pipeline;

/// <summary>An example lies with its contract: a constant named <c>Example</c>, JSON that works on the demo data.</summary>
internal static class ContractExample
{
    /// <summary>The example of a contract type, or null where it has none.</summary>
    public static JsonNode? Of(Type contract) =>
        contract.GetField("Example", BindingFlags.Public | BindingFlags.Static)?.GetRawConstantValue() is string json
            ? JsonNode.Parse(json)
            : null;
}

/// <summary>What a route's metadata declare of it, as the document needs to know it.</summary>
internal sealed class DeclaredRoute(IList<object> metadata, ApiDescription description)
{
    public TakesBody? Body { get; } = metadata.OfType<TakesBody>().LastOrDefault();

    public IReadOnlyList<QueryParameter> Query { get; } = metadata.OfType<TakesQuery>().LastOrDefault()?.Parameters ?? [];

    public TakesPrecondition? Precondition { get; } = metadata.OfType<TakesPrecondition>().LastOrDefault();

    public IDescribesUse? Use { get; } = metadata.OfType<IDescribesUse>().LastOrDefault();

    public string? WithoutClientData { get; } = metadata.OfType<NoClientData>().LastOrDefault()?.Because;

    public bool Anonymous { get; } = metadata.OfType<IAllowAnonymous>().Any();

    /// <summary>Whether the answer is one resource with its ETag; a GET of it may be answered 304.</summary>
    public bool AnswersWithETag { get; } =
        description.SupportedResponseTypes.Any(response => typeof(IVersioned).IsAssignableFrom(response.Type));

    /// <summary>The forms in which it answers beside JSON.</summary>
    public IReadOnlyList<string> AlsoAnswers { get; } = metadata.OfType<AlsoAnswers>().LastOrDefault()?.MediaTypes ?? [];

    public bool Reads { get; } = description.HttpMethod is "GET" or "HEAD";

    public bool TakesIdempotencyKey { get; } = description.HttpMethod is "POST" or "PATCH";

    /// <summary>Whether requests are counted, and web pages may call.</summary>
    public bool IsLimited { get; } = description.RelativePath?.StartsWith("v1/", StringComparison.Ordinal) == true;

    /// <summary>The statuses of the refusals this route can answer.</summary>
    public IEnumerable<int> ProblemStatuses()
    {
        var names = description.ParameterDescriptions.Any(parameter => parameter.Source == BindingSource.Path);
        (int Status, bool Possible)[] statuses =
        [
            (400, Body is not null),
            (401, !Anonymous),
            (403, !Anonymous),
            (404, names || Use is not null),
            (406, AlsoAnswers.Count > 0),
            (409, !Reads),
            (412, Precondition is not null),
            (413, Body is not null),
            (415, Body is not null),
            (422, Body is not null || Query.Count > 0 || Precondition is not null || TakesIdempotencyKey),
            (428, Precondition is not null),
            (429, IsLimited),
            (500, true),
            (503, true),
        ];
        return statuses.Where(status => status.Possible).Select(status => status.Status);
    }
}
