namespace PersonalCareApi.Tests.TestHost;

/// <summary>What somebody has tampered with.</summary>
internal static class Changed
{
    /// <summary>The text with another character in this place.</summary>
    /// <param name="text">Base64url, whose last character may hold bits that mean nothing.</param>
    /// <param name="at">Not the last place.</param>
    public static string Character(string text, Index at)
    {
        var characters = text.ToCharArray();
        characters[at] = characters[at] == 'A' ? 'B' : 'A';
        return new string(characters);
    }
}
