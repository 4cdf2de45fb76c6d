using System.Net;
using System.Text.Json;

namespace PersonalCareApi.Tests.TestHost;

/// <summary>Reads lists and members out of answers.</summary>
internal static class Reading
{
    public static IReadOnlyList<JsonElement> Items(this Answer answer) =>
        [.. answer.Expect(HttpStatusCode.OK).Json.GetProperty("items").EnumerateArray()];

    /// <summary>The ids of a list, in its order.</summary>
    public static IReadOnlyList<Guid> Ids(this Answer answer) => [.. answer.Items().Select(item => item.GetProperty("id").GetGuid())];

    public static int? Total(this Answer answer) =>
        answer.Expect(HttpStatusCode.OK).Json.GetProperty("total") is { ValueKind: JsonValueKind.Number } total ? total.GetInt32() : null;

    public static string? NextCursor(this Answer answer) => answer.Json.GetProperty("nextCursor").GetString();

    /// <summary>A member as text, found by a path such as <c>severity.code</c>; null where it is null or not there.</summary>
    public static string? Word(this Answer answer, string path) => answer.Json.Word(path);

    /// <inheritdoc cref="Word(Answer, string)"/>
    public static string? Word(this JsonElement json, string path)
    {
        foreach (var member in path.Split('.'))
        {
            if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(member, out json))
            {
                return null;
            }
        }

        return json.ValueKind == JsonValueKind.Null ? null : json.ToString();
    }

    /// <summary>Every item of a list, page by page, from <paramref name="after"/> on.</summary>
    public static async Task<IReadOnlyList<JsonElement>> AllPages(this Api api, string path, int limit, string? after = null)
    {
        var items = new List<JsonElement>();
        var cursor = after is null ? "" : $"&cursor={Uri.EscapeDataString(after)}";
        do
        {
            var page = await api.Get($"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit={limit}{cursor}");
            Assert.That(page.Items(), Has.Count.LessThanOrEqualTo(limit));
            items.AddRange(page.Items());
            cursor = page.NextCursor() is { } next ? $"&cursor={Uri.EscapeDataString(next)}" : null;
        }
        while (cursor is not null);

        return items;
    }
}
