using System.Globalization;

namespace PersonalCareApi.Pipeline;

/// <summary>A place in a JSON document, which reads as RFC 6901's fragment form: <c>#/answers/3/value</c>.</summary>
internal sealed class JsonPointer
{
    /// <summary>Names come from the caller; a pointer must not repeat a megabyte of them in every fault.</summary>
    private const int LongestName = 100;

    private readonly JsonPointer? parent;
    private readonly string segment;

    private JsonPointer(JsonPointer? parent, string segment) => (this.parent, this.segment) = (parent, segment);

    /// <summary>The whole document, <c>#</c>.</summary>
    public static JsonPointer Root { get; } = new(null, "#");

    public JsonPointer Member(string name) => new(this, name);

    public JsonPointer Item(int index) => new(this, index.ToString(CultureInfo.InvariantCulture));

    public override string ToString() => parent is null ? segment : $"{parent}/{Escape(segment)}";

    /// <summary>A name as one segment: <c>~</c> and <c>/</c> as RFC 6901 has it, then what a URI fragment cannot hold.</summary>
    public static string Escape(string name)
    {
        var shown = name.Length > LongestName ? name[..LongestName] + "…" : name;
        return Uri.EscapeDataString(shown.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal));
    }
}
