using System.Security.Cryptography;

namespace PersonalCareApi.Protection;

/// <summary>What a file in an archive is recognised by, as anybody can compute it again.</summary>
internal static class FileDigest
{
    public static string Sha256(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
