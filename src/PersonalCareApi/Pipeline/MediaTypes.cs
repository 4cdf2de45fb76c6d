namespace PersonalCareApi.Pipeline;

/// <summary>The media types that request bodies come in.</summary>
internal static class MediaTypes
{
    public const string Json = "application/json";
    public const string MergePatch = "application/merge-patch+json";
}
