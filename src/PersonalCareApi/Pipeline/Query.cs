using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using FluentValidation;
using Microsoft.AspNetCore.Http.Metadata;

namespace PersonalCareApi.Pipeline;

/// <summary>What every list takes: how many at a time, and where to go on.</summary>
internal record PageQuery
{
    public const int DefaultLimit = 50;
    public const int LargestLimit = 200;
    public const int LongestCursor = 1000;

    /// <summary>How many items to answer with; 50 when it is left out.</summary>
    [Range(1, LargestLimit)]
    public int? Limit { get; init; }

    /// <summary>The <c>nextCursor</c> of the page before.</summary>
    [MaxLength(LongestCursor)]
    public string? Cursor { get; init; }

    /// <summary>How many items this page may hold.</summary>
    public int Size => Limit ?? DefaultLimit;
}

/// <summary>The query string as a <typeparamref name="T"/>, or the refusal that names every faulty parameter.</summary>
/// <remarks><typeparamref name="T"/> is a record of nullable <c>init</c> properties; a parameter that is left out is null.</remarks>
internal sealed class Query<T> : IBoundInput, IBindableFromHttpContext<Query<T>>, IEndpointParameterMetadataProvider
    where T : class, new()
{
    private static readonly IReadOnlyList<QueryParameter> Parameters = QueryParameter.Of(typeof(T));

    private readonly T value;

    private Query(T value, Problem? refusal) => (this.value, Refusal) = (value, refusal);

    /// <summary>The value; there is none when there is a <see cref="Refusal"/>.</summary>
    public T Value => Refusal is null ? value : throw new InvalidOperationException("A refused query has no value.");

    public Problem? Refusal { get; }

    public static ValueTask<Query<T>?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var value = new T();
        var faults = new List<Fault>();
        foreach (var (name, texts) in context.Request.Query)
        {
            // The collection compares without case, names of this API do not.
            var known = Parameters.FirstOrDefault(candidate => candidate.Name == name);
            var complaint =
                known is null ? new(FaultCodes.UnknownParameter, "There is no such parameter here.")
                : texts.Count > 1 ? new(FaultCodes.RepeatedParameter, "Must not be given more than once.")
                : known.Set(value, texts.ToString());
            if (complaint is not null)
            {
                faults.Add(Fault.InQuery(name, complaint.Code, complaint.Detail));
            }
        }

        return ValueTask.FromResult<Query<T>?>(new(value, faults.Count == 0 ? null : Problems.Invalid(faults)));
    }

    public IReadOnlyList<Fault> BreachesOfRules(IServiceProvider services) =>
        Rules.BreachesInQuery(services.GetService<IValidator<T>>(), Value);

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new TakesQuery(Parameters));
}

/// <summary>Endpoint metadata for the document: the query parameters this route takes.</summary>
internal sealed record TakesQuery(IReadOnlyList<QueryParameter> Parameters);

/// <summary>One query parameter: its name, and how its text becomes a property's value.</summary>
internal sealed class QueryParameter
{
    /// <summary>What no parameter exceeds that does not say otherwise.</summary>
    private const int LongestText = 200;

    private readonly Type type;

    private QueryParameter(PropertyInfo property)
    {
        Property = property;
        Name = Rules.CamelCase(property.Name);
        type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        Range = property.GetCustomAttribute<RangeAttribute>();
        MaxLength = property.GetCustomAttribute<MaxLengthAttribute>()?.Length ?? LongestText;
        if (type != typeof(string) && type != typeof(int) && type != typeof(bool) && !TextFormats.Knows(type))
        {
            throw new NotSupportedException($"{property.DeclaringType}.{property.Name}: {type} is no type for a query parameter.");
        }
    }

    public string Name { get; }

    public PropertyInfo Property { get; }

    public RangeAttribute? Range { get; }

    /// <summary>How long a text may be.</summary>
    public int MaxLength { get; }

    /// <summary>The parameters of a query record, its own before the inherited ones.</summary>
    public static IReadOnlyList<QueryParameter> Of(Type query) =>
        [.. query.GetProperties().Where(property => property.CanWrite).Select(property => new QueryParameter(property))];

    /// <summary>Sets the property, or says why the text will not do.</summary>
    public Complaint? Set(object query, string text)
    {
        var complaint = Read(text, out var value);
        if (complaint is null && Range is not null && !Range.IsValid(value))
        {
            complaint = new(FaultCodes.OutOfRange, string.Create(CultureInfo.InvariantCulture, $"Must lie between {Range.Minimum} and {Range.Maximum}."));
        }

        if (complaint is null)
        {
            Property.SetValue(query, value);
        }

        return complaint;
    }

    private Complaint? Read(string text, out object? value)
    {
        value = null;
        if (text.Length == 0)
        {
            return new(FaultCodes.InvalidFormat, "Is empty; leave the parameter out instead.");
        }

        if (TextFormats.Text(text) is { } unfit)
        {
            return unfit;
        }

        if (type == typeof(string))
        {
            value = text;
            return text.Length <= MaxLength ? null : new(FaultCodes.TooLong, string.Create(CultureInfo.InvariantCulture, $"Must have at most {MaxLength} characters."));
        }

        if (type == typeof(bool))
        {
            value = text is "true" ? true : text is "false" ? false : null;
            return value is null ? new(FaultCodes.InvalidFormat, "Must be true or false.") : null;
        }

        if (type == typeof(int))
        {
            value = int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
            return value is not null ? null
                : text.AsSpan().TrimStart("+-").ContainsAnyExceptInRange('0', '9') ? new(FaultCodes.InvalidFormat, "Must be a whole number.")
                : new(FaultCodes.OutOfRange, "Is larger or smaller than can be kept.");
        }

        var complaint = TextFormats.Read(type, text, out value);
        return complaint is not null && type == typeof(DateTimeOffset) && text.Contains(' ', StringComparison.Ordinal)
            ? complaint with { Detail = complaint.Detail + " In a query a plus sign is written %2B." }
            : complaint;
    }
}
