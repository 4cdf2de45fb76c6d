using System.Reflection;
using System.Text.Json;
using FluentValidation;
using Microsoft.AspNetCore.Http.Metadata;

namespace PersonalCareApi.Pipeline;

/// <summary>A request's JSON body as a <typeparamref name="T"/>, or the refusal that names all its structural faults.</summary>
/// <remarks>Binding never fails and never throws for what a caller sent: the framework's own answers know nothing of places and codes.</remarks>
internal sealed class Body<T> : IBoundInput, IBindableFromHttpContext<Body<T>>, IEndpointParameterMetadataProvider
    where T : notnull
{
    private readonly T? value;

    private Body(T? value, ReadOnlyMemory<byte> raw, Problem? refusal) => (this.value, Raw, Refusal) = (value, raw, refusal);

    /// <summary>The value; there is none when there is a <see cref="Refusal"/>.</summary>
    public T Value => Refusal is null ? value! : throw new InvalidOperationException("A refused body has no value.");

    /// <summary>The bytes as they came, for fingerprints.</summary>
    public ReadOnlyMemory<byte> Raw { get; }

    public Problem? Refusal { get; }

    public static async ValueTask<Body<T>?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        if (typeof(T).IsDefined(typeof(MayBeLeftOutAttribute)) && RequestBody.IsAbsent(context))
        {
            return new(JsonSerializer.Deserialize<T>("{}", Json.Options), default, null);
        }

        var (body, document) = await RequestBody.ReadJson(context, MediaTypes.Json);
        using (document)
        {
            if (document is null)
            {
                return new(default, body.Raw, body.Refusal);
            }

            var faults = Contract.Read<T>(document.RootElement, out var value);
            return new(value, body.Raw, faults.Count == 0 ? null : Problems.Invalid(faults));
        }
    }

    public IReadOnlyList<Fault> BreachesOfRules(IServiceProvider services) =>
        Rules.BreachesInBody(services.GetService<IValidator<T>>(), Value);

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new TakesBody(typeof(T), MediaTypes.Json));
}

/// <summary>Endpoint metadata for the document: the body this route takes.</summary>
/// <remarks>
/// Not the framework's <see cref="IAcceptsMetadata"/>: routing answers 415 to that before anybody is authenticated and
/// anything is decided.
/// </remarks>
internal sealed record TakesBody(Type Type, string MediaType);

/// <summary>Turns JSON into a contract type once its structure is sound.</summary>
internal static class Contract
{
    /// <summary>The value; or, where faults are returned, none.</summary>
    public static IReadOnlyList<Fault> Read<T>(JsonElement json, out T? value)
    {
        value = default;
        var faults = StructureCheck.Of(json, typeof(T));
        if (faults.Count > 0)
        {
            return faults;
        }

        try
        {
            value = json.Deserialize<T>(Json.Options);
            return [];
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or FormatException or OverflowException)
        {
            // A converter or a constructor of the contract had its own opinion; that is the caller's fault, not a bug.
            var place = Rules.PointerTo((exception as JsonException)?.Path?.TrimStart('$') ?? "");
            return [Fault.InBody(place, FaultCodes.InvalidValue, "Holds a value that is not accepted here.")];
        }
    }
}
