using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace PersonalCareApi.Pipeline;

/// <summary>What a token says of itself, read strictly and before anything in it is believed.</summary>
/// <remarks>
/// The libraries are lenient: of two members of one name they take one, a claim given as an array becomes several
/// claims of which the first wins, an unknown <c>crit</c> is passed over. Whatever could be read in two ways is
/// refused here, and all that is used later is read from here.
/// </remarks>
internal sealed class TokenShape
{
    /// <summary>A real token has one or two KiB; more is not worth parsing.</summary>
    public const int LongestToken = 8 * 1024;

    public static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    /// <summary>A token that outlives a day could hardly be called back when a phone is lost.</summary>
    public static readonly TimeSpan LongestLifetime = TimeSpan.FromHours(24);

    private const int MostAudiences = 10;

    private static readonly SearchValues<char> Base64UrlAlphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    private static readonly string[] SingleTexts = ["iss", "sub", "client_id", "azp", "scope", "jti"];

    private readonly JsonElement payload;

    private TokenShape(JsonElement header, JsonElement payload)
    {
        this.payload = payload;
        Algorithm = Text(header, "alg") ?? "";
        KeyId = Text(header, "kid") ?? "";
        Type = WithoutPrefix(Text(header, "typ") ?? "");
        Issuer = Text("iss") ?? "";
        Audiences = Texts("aud") ?? [];
        var scopes = Text("scope") is { } scope ? [scope] : Texts("scp") ?? [];
        Scopes = [.. scopes.SelectMany(some => some.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
        ExpiresAt = Instant("exp");
        NotBefore = Instant("nbf");
        IssuedAt = Instant("iat");
    }

    public string Algorithm { get; }

    public string KeyId { get; }

    /// <summary>The <c>typ</c> without the prefix <c>application/</c>, which RFC 7515 lets a token leave out.</summary>
    public string Type { get; }

    public string Issuer { get; }

    public IReadOnlyList<string> Audiences { get; }

    public IReadOnlyList<string> Scopes { get; }

    /// <summary>Whether an application says that it acts for the subject (RFC 8693).</summary>
    public bool HasActor => payload.TryGetProperty("act", out _);

    /// <summary>Who that application is.</summary>
    public string? Actor => payload.TryGetProperty("act", out var actor) && actor.ValueKind == JsonValueKind.Object ? Text(actor, "sub") : null;

    private DateTimeOffset? ExpiresAt { get; }

    private DateTimeOffset? NotBefore { get; }

    private DateTimeOffset? IssuedAt { get; }

    /// <summary>The token as read, or null if it is not one that has exactly one meaning.</summary>
    public static TokenShape? Read(string token)
    {
        if (token.Length > LongestToken || token.Split('.') is not [var header, var payload, { Length: > 0 } signature])
        {
            return null;
        }

        try
        {
            return Json(header) is { } readHeader && Json(payload) is { } readPayload && IsBase64Url(signature)
                && HasOneMeaning(readHeader, readPayload)
                    ? new TokenShape(readHeader, readPayload)
                    : null;
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException)
        {
            // Not JSON, a member twice, or text that is no Unicode.
            return null;
        }
    }

    /// <summary>The claim, if it is a single text.</summary>
    public string? Text(string claim) => Text(payload, claim);

    /// <summary>The first of these claims that the token has, if that is a single text.</summary>
    public string? FirstOf(IEnumerable<string> claims) =>
        claims.Where(claim => payload.TryGetProperty(claim, out _)).Select(Text).FirstOrDefault();

    /// <summary>Whether the token is in force at that instant, and was not made to last.</summary>
    public bool IsInForce(DateTimeOffset now)
    {
        if (ExpiresAt is not { } expires || expires <= now - ClockSkew)
        {
            return false;
        }

        if (NotBefore > now + ClockSkew || IssuedAt > now + ClockSkew)
        {
            return false;
        }

        var begins = IssuedAt ?? NotBefore ?? now;
        return expires - begins <= LongestLifetime && expires - now <= LongestLifetime + ClockSkew;
    }

    private static bool HasOneMeaning(JsonElement header, JsonElement payload) =>
        // Nothing critical is understood here, so whatever is named critical forbids the token (RFC 7515, 4.1.11).
        !header.TryGetProperty("crit", out _)
        && SingleTexts.All(claim => !payload.TryGetProperty(claim, out var value) || value.ValueKind == JsonValueKind.String)
        && IsNumericDate(payload, "exp") && IsNumericDate(payload, "nbf") && IsNumericDate(payload, "iat")
        && IsUnicode(header) && IsUnicode(payload);

    private static JsonElement? Json(string part)
    {
        if (!IsBase64Url(part))
        {
            return null;
        }

        var bytes = Base64Url.DecodeFromChars(part);
        return Utf8.IsValid(bytes) && JsonElement.Parse(bytes, Strict) is { ValueKind: JsonValueKind.Object } json ? json : null;
    }

    private static bool IsBase64Url(string part) => !part.AsSpan().ContainsAnyExcept(Base64UrlAlphabet);

    /// <summary>Absent, or seconds since 1970 that a calendar can hold.</summary>
    private static bool IsNumericDate(JsonElement payload, string claim) =>
        !payload.TryGetProperty(claim, out var value)
        || (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds)
            && seconds >= 0 && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds());

    /// <summary>Whether every text in it can be read; one with half a surrogate pair throws.</summary>
    private static bool IsUnicode(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => json.GetString() is not null,
        JsonValueKind.Array => json.EnumerateArray().All(IsUnicode),
        JsonValueKind.Object => json.EnumerateObject().All(member => IsUnicode(member.Value)),
        _ => true,
    };

    private static string? Text(JsonElement from, string name) =>
        from.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string WithoutPrefix(string type) =>
        type.StartsWith("application/", StringComparison.OrdinalIgnoreCase) ? type["application/".Length..] : type;

    private List<string>? Texts(string claim)
    {
        if (!payload.TryGetProperty(claim, out var value))
        {
            return null;
        }

        var texts = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().ToList() : [value];
        return texts.All(text => text.ValueKind == JsonValueKind.String) && texts.Count <= MostAudiences
            ? texts.ConvertAll(text => text.GetString()!)
            : [];
    }

    private DateTimeOffset? Instant(string claim) =>
        payload.TryGetProperty(claim, out var value) ? DateTimeOffset.UnixEpoch.AddSeconds(value.GetDouble()) : null;
}
