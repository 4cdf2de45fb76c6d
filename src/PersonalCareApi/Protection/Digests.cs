using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
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

    /// <summary>Of a token, to know it again in memory. Without a key: it is kept nowhere, and nobody tries out signatures.</summary>
    public static byte[] OfToken(ReadOnlySpan<char> token) => SHA256.HashData(MemoryMarshal.AsBytes(token));

    /// <summary>Of several texts for one purpose; each is led by its length, so no two lists run together.</summary>
    public byte[] Of(string purpose, params ReadOnlySpan<string> parts)
    {
        var most = MostBytes(purpose);
        foreach (var part in parts)
        {
            most += MostBytes(part);
        }

        var borrowed = ArrayPool<byte>.Shared.Rent(most);
        try
        {
            var length = Append(borrowed, purpose);
            foreach (var part in parts)
            {
                length += Append(borrowed.AsSpan(length), part);
            }

            return HMACSHA256.HashData(keys.Get("lookup"), borrowed.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(borrowed, clearArray: true);
        }
    }

    private static int MostBytes(string text) => sizeof(int) + Strict.GetMaxByteCount(text.Length);

    /// <returns>How many bytes were written.</returns>
    private static int Append(Span<byte> bytes, string text)
    {
        var length = Strict.GetBytes(text, bytes[sizeof(int)..]);
        BinaryPrimitives.WriteInt32BigEndian(bytes, length);
        return sizeof(int) + length;
    }
}
