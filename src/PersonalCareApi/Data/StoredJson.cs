using System.Text.Json;
using System.Text.Json.Serialization;

namespace PersonalCareApi.Data;

/// <summary>How content stands in a sealed column: nulls written, members of newer versions ignored, required ones missed.</summary>
internal static class StoredJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false) },
    };
}
