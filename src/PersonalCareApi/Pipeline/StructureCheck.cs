using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace PersonalCareApi.Pipeline;

/// <summary>Compares a JSON document with a contract type and finds everything that the deserializer would trip over or let pass.</summary>
/// <remarks>
/// The deserializer stops at the first fault, lets duplicates and nulls in lists pass, and throws on half characters;
/// callers want all faults at once, each with its place.
/// </remarks>
internal sealed class StructureCheck
{
    /// <summary>A small body can hold a hundred thousand faults; the answer must not be larger than the question.</summary>
    private const int MostFaults = 200;

    private readonly List<Fault> faults = [];

    private StructureCheck()
    {
    }

    /// <summary>The faults of a whole value.</summary>
    public static IReadOnlyList<Fault> Of(JsonElement document, Type type) => Run(document, type, partial: false);

    /// <summary>The faults of a merge patch, in which members may be absent and null takes a member away.</summary>
    public static IReadOnlyList<Fault> OfPatch(JsonElement document, Type type) => Run(document, type, partial: true);

    private static List<Fault> Run(JsonElement document, Type type, bool partial)
    {
        var check = new StructureCheck();
        check.Value(document, type, nullability: null, JsonPointer.Root, partial);
        return check.faults;
    }

    private void Value(JsonElement element, Type declared, NullabilityInfo? nullability, JsonPointer at, bool partial)
    {
        if (faults.Count > MostFaults)
        {
            return;
        }

        if (element.ValueKind == JsonValueKind.Null)
        {
            if (!nullability.AllowsNull(declared))
            {
                Add(at, new(FaultCodes.Null, "Must not be null."));
            }

            return;
        }

        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        var info = Json.Options.GetTypeInfo(type);
        switch (info.Kind)
        {
            case JsonTypeInfoKind.Object:
                Object(element, ObjectShape.Of(info), at, partial);
                break;
            case JsonTypeInfoKind.Enumerable when Is(element, JsonValueKind.Array, "an array", at):
                var index = 0;
                foreach (var item in element.EnumerateArray())
                {
                    // A merge patch replaces lists as a whole, so what is in one must be complete.
                    Value(item, info.ElementType!, nullability.Elements(), at.Item(index++), partial: false);
                }

                break;
            case JsonTypeInfoKind.Dictionary when Is(element, JsonValueKind.Object, "an object", at):
                foreach (var (name, value) in Members(element, at))
                {
                    if (!(partial && value.ValueKind == JsonValueKind.Null))
                    {
                        Value(value, info.ElementType!, nullability.Elements(), at.Member(name), partial);
                    }
                }

                break;
            case JsonTypeInfoKind.None when ScalarCheck.Complaint(element, info) is { } complaint:
                Add(at, complaint);
                break;
            default:
                break;
        }

        if (info.Kind == JsonTypeInfoKind.None && ScalarCheck.IsFree(type))
        {
            Free(element, at);
        }
    }

    private void Object(JsonElement element, ObjectShape shape, JsonPointer at, bool partial)
    {
        if (!Is(element, JsonValueKind.Object, "an object", at))
        {
            return;
        }

        var present = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, value) in Members(element, at))
        {
            present.Add(name);
            if (shape.Members.TryGetValue(name, out var member))
            {
                Member(value, member, at.Member(name), partial);
            }
            else if (!shape.Ignored.Contains(name))
            {
                Add(at.Member(name), new(FaultCodes.UnknownMember, "There is no such member here."));
            }
        }

        if (!partial)
        {
            foreach (var name in shape.Required.Where(name => !present.Contains(name)))
            {
                Add(at.Member(name), new(FaultCodes.Required, "Must be given."));
            }
        }
    }

    private void Member(JsonElement value, MemberShape member, JsonPointer at, bool partial)
    {
        var takesAway = partial && value.ValueKind == JsonValueKind.Null && !member.Required;
        if (member.Opaque)
        {
            Free(value, at);
        }
        else if (!takesAway)
        {
            Value(value, member.Type, member.Nullability, at, partial);
        }
    }

    /// <summary>JSON of any shape: still no duplicates and no text that cannot be kept.</summary>
    private void Free(JsonElement element, JsonPointer at)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var (name, value) in Members(element, at))
                {
                    Free(value, at.Member(name));
                }

                break;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in element.EnumerateArray())
                {
                    Free(item, at.Item(index++));
                }

                break;
            case JsonValueKind.String when ScalarCheck.Text(element, out _) is { } complaint:
                Add(at, complaint);
                break;
            default:
                break;
        }
    }

    /// <summary>The members of an object, each once; a name that comes again or cannot be read is a fault and left out.</summary>
    private IEnumerable<(string Name, JsonElement Value)> Members(JsonElement element, JsonPointer at)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in element.EnumerateObject())
        {
            if (ScalarCheck.Name(property, out var name) is { } complaint)
            {
                Add(at, complaint);
            }
            else if (!seen.Add(name))
            {
                Add(at.Member(name), new(FaultCodes.DuplicateMember, "Must not be given more than once."));
            }
            else
            {
                yield return (name, property.Value);
            }
        }
    }

    private bool Is(JsonElement element, JsonValueKind kind, string called, JsonPointer at)
    {
        if (element.ValueKind == kind)
        {
            return true;
        }

        Add(at, new(FaultCodes.WrongType, $"Must be {called}."));
        return false;
    }

    private void Add(JsonPointer at, Complaint complaint)
    {
        if (faults.Count < MostFaults)
        {
            faults.Add(Fault.InBody(at.ToString(), complaint.Code, complaint.Detail));
        }
        else if (faults.Count == MostFaults)
        {
            faults.Add(Fault.InBody("#", FaultCodes.TooManyFaults, "There are more faults than are listed here."));
        }
    }
}
