using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PersonalCareApi.Data;

namespace PersonalCareApi.Protection;

/// <summary>One client's data keys, by generation: seals what is written with the newest, opens what any sealed.</summary>
/// <remarks>
/// AES-256-GCM. Sealed form: format (1 byte), generation (4), nonce (12), tag (16), ciphertext. What the content belongs
/// to (client, kind, id, version) is associated data, so a ciphertext moved to another row or client does not open.
/// </remarks>
internal sealed class ClientKeyRing
{
    public const int KeySize = 32;
    private const byte Format = 1;
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int GenerationAt = 1;
    private const int NonceAt = GenerationAt + sizeof(int);
    private const int TagAt = NonceAt + NonceSize;
    private const int TextAt = TagAt + TagSize;
    private const int KindAt = 16 + 16 + sizeof(int);
    private const int LongestName = KindAt + 64;

    private readonly Guid clientId;
    private readonly IReadOnlyDictionary<int, byte[]> keys;
    private readonly int newest;
    private Cipher? spare;

    /// <param name="clientId">Whose keys.</param>
    /// <param name="keys">Those that are at hand, by generation.</param>
    /// <param name="newest">
    /// The newest generation there is, at hand or not: what is sealed with an older one would be lost when that is removed.
    /// </param>
    public ClientKeyRing(Guid clientId, IReadOnlyDictionary<int, byte[]> keys, int newest)
    {
        this.clientId = clientId;
        this.keys = keys;
        this.newest = newest;
    }

    /// <summary>False once the keys are destroyed: then nothing of the record can be read or written.</summary>
    public bool HasKey => keys.Count > 0;

    /// <summary>The newest generation as a sealed content begins with it: bytes that compare as numbers.</summary>
    public byte[] NewestAsBytes
    {
        get
        {
            var bytes = new byte[sizeof(int)];
            BinaryPrimitives.WriteInt32BigEndian(bytes, newest);
            return bytes;
        }
    }

    /// <summary>An id for what is kept under a digest, to seal it for.</summary>
    public static Guid IdOf(ReadOnlySpan<byte> digest) => new(digest[..16], bigEndian: true);

    public byte[] Seal<T>(string kind, Guid id, int version, T content) =>
        SealBytes(kind, id, version, JsonSerializer.SerializeToUtf8Bytes(content, StoredJson.Options));

    /// <summary>The content that was sealed for exactly this kind, id and version.</summary>
    /// <exception cref="CryptographicException">It was not, or the key is gone.</exception>
    /// <exception cref="JsonException">What was sealed is no such content.</exception>
    public T Open<T>(string kind, Guid id, int version, ReadOnlySpan<byte> sealedContent)
    {
        // Borrowed, and cleared before it is given back: what was opened is nowhere longer than it takes to read it.
        var borrowed = ArrayPool<byte>.Shared.Rent(Length(sealedContent));
        try
        {
            var content = borrowed.AsSpan(0, Length(sealedContent));
            Decrypt(kind, id, version, sealedContent, content);
            return JsonSerializer.Deserialize<T>(content, StoredJson.Options) ?? throw new JsonException("The content is null.");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(borrowed, clearArray: true);
        }
    }

    public byte[] SealBytes(string kind, Guid id, int version, ReadOnlySpan<byte> content)
    {
        var sealedContent = new byte[TextAt + content.Length];
        sealedContent[0] = Format;
        BinaryPrimitives.WriteInt32BigEndian(sealedContent.AsSpan(GenerationAt), newest);
        var nonce = sealedContent.AsSpan(NonceAt, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        var cipher = Take(newest);
        cipher.Aes.Encrypt(
            nonce, content, sealedContent.AsSpan(TextAt), sealedContent.AsSpan(TagAt, TagSize),
            BelongsTo(stackalloc byte[LongestName], kind, id, version));
        GiveBack(cipher);
        return sealedContent;
    }

    public byte[] OpenBytes(string kind, Guid id, int version, ReadOnlySpan<byte> sealedContent)
    {
        var content = new byte[Length(sealedContent)];
        Decrypt(kind, id, version, sealedContent, content);
        return content;
    }

    /// <summary>How long the content is, in bytes.</summary>
    private static int Length(ReadOnlySpan<byte> sealedContent) => sealedContent.Length >= TextAt && sealedContent[0] == Format
        ? sealedContent.Length - TextAt
        : throw new CryptographicException("Not a sealed content.");

    private void Decrypt(string kind, Guid id, int version, ReadOnlySpan<byte> sealedContent, Span<byte> content)
    {
        var cipher = Take(BinaryPrimitives.ReadInt32BigEndian(sealedContent[GenerationAt..]));
        cipher.Aes.Decrypt(
            sealedContent.Slice(NonceAt, NonceSize), sealedContent[TextAt..], sealedContent.Slice(TagAt, TagSize), content,
            BelongsTo(stackalloc byte[LongestName], kind, id, version));
        GiveBack(cipher);
    }

    /// <summary>The spare cipher, where it is of this generation, or a new one: nobody else has it until it is given back.</summary>
    private Cipher Take(int generation)
    {
        if (Interlocked.Exchange(ref spare, null) is not { } kept)
        {
            return new Cipher(generation, new AesGcm(Key(generation), TagSize));
        }

        if (kept.Generation == generation)
        {
            return kept;
        }

        kept.Aes.Dispose();
        return new Cipher(generation, new AesGcm(Key(generation), TagSize));
    }

    /// <summary>Keeps it for the next: to make one takes half as long as to open a content. It goes with the ring.</summary>
    private void GiveBack(Cipher cipher) => Interlocked.Exchange(ref spare, cipher)?.Aes.Dispose();

    private sealed record Cipher(int Generation, AesGcm Aes);

    private byte[] Key(int generation) =>
        keys.TryGetValue(generation, out var key) ? key : throw new CryptographicException("The key is gone.");

    /// <exception cref="ArgumentException">The kind is longer than any that the program has.</exception>
    private ReadOnlySpan<byte> BelongsTo(Span<byte> name, string kind, Guid id, int version)
    {
        clientId.TryWriteBytes(name, bigEndian: true, out _);
        id.TryWriteBytes(name[16..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(name[32..], version);
        return name[..(KindAt + Encoding.UTF8.GetBytes(kind, name[KindAt..]))];
    }
}
