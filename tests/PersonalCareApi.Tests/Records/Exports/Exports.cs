using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Text.Json;
using PersonalCareApi.Tests.TestHost;

namespace PersonalCareApi.Tests.Records.Exports;

/// <summary>An archive as it was downloaded.</summary>
internal sealed class Unpacked(byte[] bytes) : IDisposable
{
    private readonly ZipArchive zip = new(new MemoryStream(bytes), ZipArchiveMode.Read);

    public IReadOnlyList<string> Paths => [.. zip.Entries.Select(entry => entry.FullName)];

    public JsonElement Manifest => Json("manifest.json");

    public byte[] Bytes(string path)
    {
        using var stream = (zip.GetEntry(path) ?? throw new AssertionException($"There is no {path} among {string.Join(", ", Paths)}.")).Open();
        using var all = new MemoryStream();
        stream.CopyTo(all);
        return all.ToArray();
    }

    public string Text(string path) => System.Text.Encoding.UTF8.GetString(Bytes(path));

    public JsonElement Json(string path) => JsonDocument.Parse(Bytes(path)).RootElement;

    public string Everything => string.Join('\n', Paths.Select(Text));

    public void Dispose() => zip.Dispose();
}

/// <summary>Makes archives, and waits for what is done in the background.</summary>
internal static class Making
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromMinutes(2);

    /// <summary>Asks again until what is waited for is so; fails with the last answer where it never is.</summary>
    public static async Task<Answer> Until(Func<Task<Answer>> ask, Func<Answer, bool> isSo)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var answer = await ask();
            if (isSo(answer))
            {
                return answer;
            }

            Assert.That(watch.Elapsed, Is.LessThan(LongEnough), $"{answer.Status} {answer.Text}");
            await Task.Delay(50);
        }
    }

    /// <summary>Begins an export and waits for its end.</summary>
    /// <returns>The path of the export.</returns>
    public static async Task<string> Export(this Api api, Guid clientId, string state = "ready", params (string Name, string Value)[] headers)
    {
        var path = (await api.Post(Requests.Record(clientId, "/exports"), null, headers)).Expect(HttpStatusCode.Created).Header("Location")!;
        await Until(() => api.Get(path, headers), answer => answer.Word("state") is not "building");
        var ended = (await api.Get(path, headers)).Expect(HttpStatusCode.OK);
        Assert.That(ended.Word("state"), Is.EqualTo(state), ended.Text);
        return path;
    }

    public static async Task<Unpacked> Download(this Api api, string path, params (string Name, string Value)[] headers) =>
        new((await api.Get($"{path}/content", headers)).Expect(HttpStatusCode.OK).Bytes);
}
