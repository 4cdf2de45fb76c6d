using System.Globalization;
using Microsoft.Net.Http.Headers;

namespace PersonalCareApi.Pipeline;

/// <summary>The entity tags of this API: a resource's version in quotes, strong.</summary>
internal static class ETags
{
    public static string For(int version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    /// <summary>The version a tag stands for; null for a weak one and for any that this server cannot have given.</summary>
    public static int? VersionOf(EntityTagHeaderValue tag) =>
        !tag.IsWeak
        && int.TryParse(tag.Tag.AsSpan().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
        // "07" is not a spelling of "7": tags are compared letter by letter.
        && tag.Tag == For(version)
            ? version
            : null;
}
