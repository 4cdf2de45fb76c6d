using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using FluentValidation;
using Microsoft.AspNetCore.Http.Metadata;

namespace PersonalCareApi.Pipeline;

/// <summary>A JSON merge patch (RFC 7396) of a <typeparamref name="T"/>: what is absent stays, null takes away.</summary>
internal sealed class MergePatch<T> : IBoundInput, IBindableFromHttpContext<MergePatch<T>>, IEndpointParameterMetadataProvider
    where T : notnull
{
    private readonly JsonElement patch;
    private readonly IValidator<T>? validator;

    private MergePatch(JsonElement patch, IValidator<T>? validator, ReadOnlyMemory<byte> raw, Problem? refusal) =>
        (this.patch, this.validator, Raw, Refusal) = (patch, validator, raw, refusal);

    /// <summary>The bytes as they came, for fingerprints.</summary>
    public ReadOnlyMemory<byte> Raw { get; }

    public Problem? Refusal { get; }

    public static async ValueTask<MergePatch<T>?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var (body, document) = await RequestBody.ReadJson(context, MediaTypes.MergePatch);
        using (document)
        {
            if (document is null)
            {
                return new(default, null, body.Raw, body.Refusal);
            }

            var faults = StructureCheck.OfPatch(document.RootElement, typeof(T));
            return new(
                document.RootElement.Clone(),
                context.RequestServices.GetService<IValidator<T>>(),
                body.Raw,
                faults.Count == 0 ? null : Problems.Invalid(faults));
        }
    }

    /// <summary>Applies the patch to the present state; the result has the structure of a whole value and keeps every rule.</summary>
    /// <param name="current">The state as the caller may see and change it.</param>
    /// <param name="patched">The new state; <paramref name="current"/> where there is a refusal.</param>
    /// <returns>The refusal, or null.</returns>
    public Problem? Apply(T current, out T patched)
    {
        patched = current;
        var merged = Merge(JsonSerializer.SerializeToNode(current, Json.Options), patch, typeof(T));
        var faults = Contract.Read<T>(JsonSerializer.SerializeToElement(merged), out var value);
        if (faults.Count == 0)
        {
            faults = Rules.BreachesInBody(validator, value!);
        }

        if (faults.Count > 0)
        {
            return Problems.Invalid(faults);
        }

        patched = value!;
        return null;
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new TakesBody(typeof(T), MediaTypes.MergePatch));

    private static JsonNode? Merge(JsonNode? target, JsonElement patch, Type type)
    {
        var info = Json.Options.GetTypeInfo(type);
        if (patch.ValueKind != JsonValueKind.Object)
        {
            return JsonSerializer.SerializeToNode(patch);
        }

        var shape = info.Kind == JsonTypeInfoKind.Object ? ObjectShape.Of(info) : null;
        var result = target as JsonObject ?? [];
        foreach (var change in patch.EnumerateObject())
        {
            var member = shape?.Members.GetValueOrDefault(change.Name);
            if (change.Value.ValueKind != JsonValueKind.Null)
            {
                result[change.Name] = Merge(result[change.Name], change.Value, member?.Type ?? info.ElementType ?? typeof(object));
            }
            else if (member is { Nullable: true })
            {
                // A member that must be there but may be null is not gone but null.
                result[change.Name] = null;
            }
            else
            {
                result.Remove(change.Name);
            }
        }

        return result;
    }
}
