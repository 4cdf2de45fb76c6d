using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace PersonalCareApi.Tests.Promises;

/// <summary>One place in compiled code that names something.</summary>
/// <param name="In">The outermost type the code stands in, so that state machines and lambdas count as their author's.</param>
/// <param name="Target">The type whose member is named; the type itself where <paramref name="Member"/> is empty.</param>
/// <param name="Member">The method or field.</param>
/// <param name="Constant">The number loaded directly before, such as an enum argument.</param>
/// <param name="Text">A string literal; then there is no target.</param>
internal sealed record Mention(string In, string Target, string Member, int? Constant = null, string? Text = null)
{
    public string InNamespace => NamespaceOf(In);

    public string TargetNamespace => NamespaceOf(Target);

    private static string NamespaceOf(string type)
    {
        var outer = type.Split('/')[0];
        return outer.LastIndexOf('.') is var dot and > 0 ? outer[..dot] : "";
    }
}

/// <summary>Reads what compiled code names: what a rule about dependencies is checked against, not what the source looks like.</summary>
internal static class Il
{
    /// <summary>Ends the name of a method that is called with type arguments.</summary>
    public const string GenericSuffix = "<>";

    private static readonly Dictionary<int, OpCode> OpCodesByValue = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => (int)(ushort)code.Value);

    /// <summary>Everything the code of an assembly names, in the order of the code.</summary>
    public static IReadOnlyList<Mention> Mentions(Assembly assembly)
    {
        using var file = File.OpenRead(assembly.Location);
        using var pe = new PEReader(file);
        var metadata = pe.GetMetadataReader();
        return [.. metadata.MethodDefinitions.SelectMany(handle => OfMethod(pe, metadata, metadata.GetMethodDefinition(handle)))];
    }

    /// <summary>What the code of one type calls, as <c>Type.Method</c> with the type's short name.</summary>
    public static IReadOnlyList<string> CallsOf(Type type) =>
    [
        .. Mentions(type.Assembly)
            .Where(mention => mention.In == type.FullName && mention.Member.Length > 0)
            .Select(mention => $"{mention.Target.Split('.', '/')[^1]}.{mention.Member}"),
    ];

    private static List<Mention> OfMethod(PEReader pe, MetadataReader metadata, MethodDefinition method)
    {
        var mentions = new List<Mention>();
        if (method.RelativeVirtualAddress == 0)
        {
            return mentions;
        }

        var outermost = Outermost(metadata, method.GetDeclaringType());
        var il = pe.GetMethodBody(method.RelativeVirtualAddress).GetILReader();
        int? constant = null;
        while (il.RemainingBytes > 0)
        {
            int value = il.ReadByte();
            var code = OpCodesByValue[value == 0xFE ? 0xFE00 | il.ReadByte() : value];
            int? loaded = null;
            switch (code.OperandType)
            {
                case OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok:
                    var (target, member) = NameOf(metadata, MetadataTokens.EntityHandle(il.ReadInt32()));
                    mentions.Add(new Mention(outermost, target, member, constant));
                    break;
                case OperandType.InlineString:
                    var text = metadata.GetUserString((UserStringHandle)MetadataTokens.Handle(il.ReadInt32()));
                    mentions.Add(new Mention(outermost, "", "", Text: text));
                    break;
                case OperandType.InlineSwitch:
                    var cases = il.ReadInt32();
                    il.Offset += cases * sizeof(int);
                    break;
                case OperandType.InlineNone:
                    loaded = code.Value >= OpCodes.Ldc_I4_0.Value && code.Value <= OpCodes.Ldc_I4_8.Value ? code.Value - OpCodes.Ldc_I4_0.Value : null;
                    break;
                case OperandType.ShortInlineI:
                    var small = il.ReadSByte();
                    loaded = code == OpCodes.Ldc_I4_S ? small : null;
                    break;
                case OperandType.InlineI:
                    loaded = il.ReadInt32();
                    break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineVar:
                    il.ReadByte();
                    break;
                case OperandType.InlineVar:
                    il.ReadInt16();
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    il.ReadInt64();
                    break;
                default:
                    il.ReadInt32();
                    break;
            }

            constant = loaded;
        }

        return mentions;
    }

    private static string Outermost(MetadataReader metadata, TypeDefinitionHandle handle)
    {
        var type = metadata.GetTypeDefinition(handle);
        while (!type.GetDeclaringType().IsNil)
        {
            type = metadata.GetTypeDefinition(type.GetDeclaringType());
        }

        return Full(metadata.GetString(type.Namespace), metadata.GetString(type.Name));
    }

    private static (string Target, string Member) NameOf(MetadataReader metadata, EntityHandle handle)
    {
        switch (handle.Kind)
        {
            case HandleKind.MethodSpecification:
                var generic = NameOf(metadata, metadata.GetMethodSpecification((MethodSpecificationHandle)handle).Method);
                return (generic.Target, generic.Member + GenericSuffix);
            case HandleKind.MemberReference:
                var reference = metadata.GetMemberReference((MemberReferenceHandle)handle);
                return (TypeName(metadata, reference.Parent), metadata.GetString(reference.Name));
            case HandleKind.MethodDefinition:
                var method = metadata.GetMethodDefinition((MethodDefinitionHandle)handle);
                return (TypeName(metadata, method.GetDeclaringType()), metadata.GetString(method.Name));
            case HandleKind.FieldDefinition:
                var field = metadata.GetFieldDefinition((FieldDefinitionHandle)handle);
                return (TypeName(metadata, field.GetDeclaringType()), metadata.GetString(field.Name));
            default:
                return (TypeName(metadata, handle), "");
        }
    }

    private static string TypeName(MetadataReader metadata, EntityHandle handle)
    {
        switch (handle.Kind)
        {
            case HandleKind.TypeReference:
                var reference = metadata.GetTypeReference((TypeReferenceHandle)handle);
                return reference.ResolutionScope.Kind == HandleKind.TypeReference
                    ? $"{TypeName(metadata, reference.ResolutionScope)}/{metadata.GetString(reference.Name)}"
                    : Full(metadata.GetString(reference.Namespace), metadata.GetString(reference.Name));
            case HandleKind.TypeDefinition:
                var definition = metadata.GetTypeDefinition((TypeDefinitionHandle)handle);
                return definition.GetDeclaringType().IsNil
                    ? Full(metadata.GetString(definition.Namespace), metadata.GetString(definition.Name))
                    : $"{TypeName(metadata, definition.GetDeclaringType())}/{metadata.GetString(definition.Name)}";
            case HandleKind.TypeSpecification:
                return metadata.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(new Names(), null);
            case HandleKind.MethodDefinition:
                return NameOf(metadata, handle).Target;
            default:
                return handle.Kind.ToString();
        }
    }

    private static string Full(string space, string name) => space.Length == 0 ? name : $"{space}.{name}";

    /// <summary>A constructed type is known by the name of what it is constructed from.</summary>
    private sealed class Names : ISignatureTypeProvider<string, object?>
    {
        public string GetArrayType(string elementType, ArrayShape shape) => elementType;

        public string GetByReferenceType(string elementType) => elementType;

        public string GetFunctionPointerType(MethodSignature<string> signature) => "";

        public string GetGenericInstantiation(string genericType, ImmutableArray<string> typeArguments) => genericType;

        public string GetGenericMethodParameter(object? genericContext, int index) => "";

        public string GetGenericTypeParameter(object? genericContext, int index) => "";

        public string GetModifiedType(string modifier, string unmodifiedType, bool isRequired) => unmodifiedType;

        public string GetPinnedType(string elementType) => elementType;

        public string GetPointerType(string elementType) => elementType;

        public string GetPrimitiveType(PrimitiveTypeCode typeCode) => typeCode.ToString();

        public string GetSZArrayType(string elementType) => elementType;

        public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => TypeName(reader, handle);

        public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => TypeName(reader, handle);

        public string GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
            reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);
    }
}
