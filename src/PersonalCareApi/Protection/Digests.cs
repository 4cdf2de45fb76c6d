using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace PersonalCareApi.Protection;

/// <summary>Keyed digests: what is looked up by equality and must not be readable in the database.</summary>
/// <remarks>
/// HMAC-SHA256 with the installation's lookup key. Without the key nobody can try out subjects or external ids
/// against a stolen database.
/// </remarks>
internal sealed class Digests(InstallationKeys keys)
{
    // Text that is no Unicode throws: replaced characters would give two ids one digest.
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Of a token's subject, under the issuer that vouches for it.</summary>
    public byte[] OfSubject(Guid issuerId, string subject) => Of("subject", issuerId.ToString("D"), subject);

    /// <summary>Of a partner's own id for something of that kind.</summary>
    public byte[] OfExternalId(Guid partnerId, string kind, string externalId) =>
        Of("external-id", partnerId.ToString("D"), kind, externalId);

    /// <summary>Of several texts for one purpose; each is led by its length, so no two lists run together.</summary>
    public byte[] Of(string purpose, params string[] parts)
    {
        using var digest = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, keys.Get("lookup"));
        Append(digest, purpose);
        foreach (var part in parts)
        {
            Append(digest, part);
        }

        return digest.GetHashAndReset();
    }

    private static void Append(IncrementalHash digest, string text)
    {
        var bytes = Strict.GetBytes(text);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        digest.AppendData(length);
        digest.AppendData(bytes);
    }
}
