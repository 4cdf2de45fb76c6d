using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json.Serialization.Metadata;

namespace PersonalCareApi.Pipeline;

/// <summary>What an object of a contract may and must hold; bodies are checked and the document is written from the same shape.</summary>
internal sealed class ObjectShape
{
    private static readonly ConcurrentDictionary<Type, ObjectShape> Known = new();

    private ObjectShape(JsonTypeInfo info)
    {
        // A property that nothing can set is computed by us; whoever sends it back is not at fault.
        var settable = info.Properties.Where(property => property.Set is not null || property.AssociatedParameter is not null).ToList();
        Members = settable.ToFrozenDictionary(property => property.Name, property => new MemberShape(property), StringComparer.Ordinal);
        Required = [.. settable.Select(property => property.Name).Where(name => Members[name].Required)];
        // Without a getter it is kept out of JSON altogether.
        Ignored = info.Properties.Where(property => property.Get is not null).Select(property => property.Name).Except(Members.Keys)
            .Concat(info.Type.GetCustomAttribute<ServerSetsAttribute>()?.Members ?? [])
            .ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>The members a caller may send, by their name in JSON.</summary>
    public FrozenDictionary<string, MemberShape> Members { get; }

    /// <summary>The names that must be there, in the order of the contract.</summary>
    public IReadOnlyList<string> Required { get; }

    /// <summary>Names that only the server sets.</summary>
    public FrozenSet<string> Ignored { get; }

    public static ObjectShape Of(JsonTypeInfo info) => Known.GetOrAdd(info.Type, static (_, made) => new ObjectShape(made), info);
}

/// <summary>One member of a contract: its type, whether it must be there, whether it may be null.</summary>
internal sealed class MemberShape
{
    public MemberShape(JsonPropertyInfo property)
    {
        Type = property.PropertyType;
        Opaque = property.CustomConverter is not null;
        Required = property.IsRequired || property.AssociatedParameter is { HasDefaultValue: false, IsMemberInitializer: false };
        Nullability = property.AttributeProvider switch
        {
            PropertyInfo declared => new NullabilityInfoContext().Create(declared),
            FieldInfo declared => new NullabilityInfoContext().Create(declared),
            _ => null,
        };
        Nullable = Nullability.AllowsNull(Type);
    }

    public Type Type { get; }

    public bool Required { get; }

    public bool Nullable { get; }

    /// <summary>True when a converter of its own reads the member, so that its type says nothing about its JSON.</summary>
    public bool Opaque { get; }

    /// <summary>The annotations of the type and, within it, of elements and values.</summary>
    public NullabilityInfo? Nullability { get; }
}

/// <summary>Where the compiler's annotations say that null is meant.</summary>
internal static class Annotations
{
    public static bool AllowsNull(this NullabilityInfo? nullability, Type type) =>
        Nullable.GetUnderlyingType(type) is not null
        || (!type.IsValueType && nullability is not null and not { ReadState: NullabilityState.NotNull });

    /// <summary>The annotation of the elements of a list (of any kind) or of the values of a map.</summary>
    public static NullabilityInfo? Elements(this NullabilityInfo? nullability) =>
        nullability?.ElementType ?? nullability?.GenericTypeArguments.LastOrDefault();
}
