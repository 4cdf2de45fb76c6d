using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Net.Http.Headers;

namespace PersonalCareApi.Pipeline;

/// <summary>The entity tags of this API: a resource's version in quotes, strong.</summary>
internal static partial class ETags
{
    /// <summary>A version, which is positive and has at most ten digits, in quotes.</summary>
    public static Limits Limits { get; } = new() { MaxLength = 12, Pattern = Tag() };


    public static string For(int version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    /// <summary>The version a tag stands for; null for a weak one and for any that this server cannot have given.</summary>
    public static int? VersionOf(EntityTagHeaderValue tag) =>
        !tag.IsWeak
        && int.TryParse(tag.Tag.AsSpan().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
        // "07" is not a spelling of "7": tags are compared letter by letter.
        && tag.Tag == For(version)
            ? version
            : null;

    [GeneratedRegex("^\"[1-9][0-9]{0,9}\"$", RegexOptions.CultureInvariant)]
    private static partial Regex Tag();
}
