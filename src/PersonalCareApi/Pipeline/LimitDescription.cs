using System.Globalization;
using System.Reflection;
using FluentValidation;
using FluentValidation.Validators;
using Microsoft.OpenApi;
using DataAnnotations = System.ComponentModel.DataAnnotations;
using Document = Microsoft.OpenApi.OpenApiDocument;

namespace PersonalCareApi.Pipeline;

/// <summary>Writes the limits of a contract's members into its schema: from the rules that enforce them, or from an attribute of what is answered.</summary>
internal static class LimitDescription
{
    /// <summary>What the rules of <paramref name="contract"/> hold its members to; a rule with a condition is none of the document's.</summary>
    public static void Describe(Type contract, IServiceProvider services, Func<string, OpenApiSchema?> member)
    {
        if (services.GetService(typeof(IValidator<>).MakeGenericType(contract)) is IValidator validator)
        {
            foreach (var rule in validator.CreateDescriptor().Rules.Where(rule => !rule.HasCondition && rule.PropertyName is not null))
            {
                var schema = member(Rules.CamelCase(rule.PropertyName));
                var limited = IsOfElements(rule) ? schema?.Items as OpenApiSchema : schema;
                foreach (var component in rule.Components.Where(component => limited is not null && !component.HasCondition))
                {
                    Describe(component.Validator, limited!);
                }
            }
        }

        foreach (var property in contract.GetProperties())
        {
            if (property.GetCustomAttribute<DataAnnotations.AllowedValuesAttribute>() is { } allowed
                && member(Rules.CamelCase(property.Name)) is { } schema)
            {
                new Limits { Words = [.. allowed.Values.OfType<string>()] }.Describe(schema);
            }
        }
    }

    private static bool IsOfElements(IValidationRule rule) =>
        rule.GetType().GetInterfaces().Any(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ICollectionRule<,>));

    private static void Describe(IPropertyValidator validator, OpenApiSchema schema)
    {
        switch (validator)
        {
            case IHasLimits { Limits: var limits }:
                limits.Describe(schema);
                break;
            case ILengthValidator length:
                schema.MinLength = length.Min > 0 ? length.Min : schema.MinLength;
                schema.MaxLength = length.Max > 0 ? length.Max : schema.MaxLength;
                break;
            case INotEmptyValidator when schema.Type?.HasFlag(JsonSchemaType.String) == true:
                schema.MinLength ??= 1;
                break;
            case IBetweenValidator { Name: "InclusiveBetweenValidator" } between:
                schema.Minimum = Convert.ToString(between.From, CultureInfo.InvariantCulture);
                schema.Maximum = Convert.ToString(between.To, CultureInfo.InvariantCulture);
                break;
        }
    }
}

/// <summary>The limits of what no rule and no attribute limits: what is answered, whose size the server itself decides.</summary>
internal sealed class DefaultLimits : OpenApiVisitorBase
{
    /// <summary>No code, label or sentence that is answered is longer.</summary>
    public const int LongestText = 4000;

    /// <summary>No list that is answered whole is longer; those that may grow without end come in pages.</summary>
    public const int MostItems = 1000;

    /// <summary>The longest text of each format: an instant has at most nine digits of a second and an offset.</summary>
    private static readonly Dictionary<string, int> LongestOfFormat = new(StringComparer.Ordinal)
    {
        ["uuid"] = 36,
        ["date"] = 10,
        ["time"] = 16,
        ["date-time"] = 35,
    };

    public static void Complete(Document document) => new OpenApiWalker(new DefaultLimits()).Walk(document);

    public override void Visit(IOpenApiSchema schema)
    {
        if (schema is not OpenApiSchema { Type: { } type } own)
        {
            return;
        }

        if (type.HasFlag(JsonSchemaType.String) && own.Enum is not { Count: > 0 })
        {
            own.MaxLength ??= LongestOfFormat.GetValueOrDefault(own.Format ?? "", LongestText);
        }

        if (type.HasFlag(JsonSchemaType.Array))
        {
            own.MaxItems ??= MostItems;
        }

        if (type.HasFlag(JsonSchemaType.Integer))
        {
            var (least, most) = own.Format == "int64" ? (long.MinValue, long.MaxValue) : (int.MinValue, int.MaxValue);
            own.Minimum ??= least.ToString(CultureInfo.InvariantCulture);
            own.Maximum ??= most.ToString(CultureInfo.InvariantCulture);
        }
    }
}
