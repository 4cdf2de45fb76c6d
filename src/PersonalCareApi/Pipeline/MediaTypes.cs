namespace PersonalCareApi.Pipeline;

/// <summary>The media types of bodies and answers.</summary>
internal static class MediaTypes
{
    public const string Json = "application/json";
    public const string MergePatch = "application/merge-patch+json";
    public const string Jwt = "application/jwt";
    public const string Html = "text/html";
    public const string Fhir = "application/fhir+json";
    public const string Zip = "application/zip";
    public const string Csv = "text/csv";
    public const string Svg = "image/svg+xml";
}
