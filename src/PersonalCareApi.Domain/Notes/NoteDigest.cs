using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace PersonalCareApi.Domain.Notes;

/// <summary>What somebody signs when they sign a note.</summary>
public sealed record NoteMatter
{
    public required Guid Id { get; init; }

    public required Guid ClientId { get; init; }

    public required Guid AuthorId { get; init; }

    public required DateTimeOffset SessionStartAt { get; init; }

    public required NoteFormat Format { get; init; }

    /// <summary>The sections that are there, by name.</summary>
    public required IReadOnlyDictionary<string, string> Sections { get; init; }

    public required IReadOnlyList<string> Modalities { get; init; }

    public required IReadOnlyList<string> Techniques { get; init; }

    public required IReadOnlyList<Guid> GoalIds { get; init; }

    public required IReadOnlyList<string> Sensitivities { get; init; }

    public required AllianceMatter? Alliance { get; init; }
}

/// <summary>A rating of the therapeutic alliance, as it is signed.</summary>
public sealed record AllianceMatter(string By, string Scale, decimal Value);

/// <summary>The content hash of a session note: SHA-256, lower-case hex, over the JSON that RFC 8785 makes of it.</summary>
/// <remarks>
/// Canonical by a published standard, so that anybody can recompute it: members in the order of their names, no white
/// space, texts in UTF-8 with nothing escaped that need not be, numbers as JavaScript writes them. Sections that are
/// null are left out, so that a section this version does not know changes no hash.
/// </remarks>
public static class NoteDigest
{
    public static string Of(NoteMatter note) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Canonical(note))));

    /// <summary>What the hash is over.</summary>
    public static string Canonical(NoteMatter note)
    {
        var json = new StringBuilder();
        Object(json,
            ("alliance", note.Alliance is { } alliance ? () => Write(json, alliance) : () => json.Append("null")),
            ("author", () => Write(json, note.AuthorId)),
            ("clientId", () => Write(json, note.ClientId)),
            ("content", () => Object(json, [.. note.Sections.Select(section => (section.Key, (Action)(() => Write(json, section.Value))))])),
            ("format", () => Write(json, note.Format.Code())),
            ("goalIds", () => Array(json, note.GoalIds, Write)),
            ("id", () => Write(json, note.Id)),
            ("modalities", () => Array(json, note.Modalities, Write)),
            ("sensitivities", () => Array(json, note.Sensitivities, Write)),
            ("sessionStartAt", () => Write(json, InstantText.Short(note.SessionStartAt))),
            ("techniques", () => Array(json, note.Techniques, Write)));
        return json.ToString();
    }

    private static void Write(StringBuilder json, AllianceMatter alliance) => Object(json,
        ("by", () => Write(json, alliance.By)),
        ("scale", () => Write(json, alliance.Scale)),
        // 0.# has no exponent and no trailing zero: for these small numbers the same as JavaScript's.
        ("value", () => json.Append(alliance.Value.ToString("0.############################", CultureInfo.InvariantCulture))));

    private static void Object(StringBuilder json, params (string Name, Action Value)[] members)
    {
        json.Append('{');
        foreach (var (index, (name, value)) in members.OrderBy(member => member.Name, StringComparer.Ordinal).Index())
        {
            json.Append(index == 0 ? "" : ",");
            Write(json, name);
            json.Append(':');
            value();
        }

        json.Append('}');
    }

    private static void Array<T>(StringBuilder json, IReadOnlyList<T> items, Action<StringBuilder, T> write)
    {
        json.Append('[');
        foreach (var (index, item) in items.Index())
        {
            json.Append(index == 0 ? "" : ",");
            write(json, item);
        }

        json.Append(']');
    }

    private static void Write(StringBuilder json, Guid id) => Write(json, id.ToString("D"));

    /// <summary>RFC 8785, 3.2.2.2: only quotes, backslashes and control characters are escaped.</summary>
    private static void Write(StringBuilder json, string text)
    {
        json.Append('"');
        foreach (var character in text)
        {
            _ = character switch
            {
                '"' => json.Append("\\\""),
                '\\' => json.Append("\\\\"),
                '\b' => json.Append("\\b"),
                '\t' => json.Append("\\t"),
                '\n' => json.Append("\\n"),
                '\f' => json.Append("\\f"),
                '\r' => json.Append("\\r"),
                < ' ' => json.Append("\\u").Append(((int)character).ToString("x4", CultureInfo.InvariantCulture)),
                _ => json.Append(character),
            };
        }

        json.Append('"');
    }
}
