using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using PersonalCareApi.Development;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Tests.TestHost;

/// <summary>The API as one caller sees it; every answer is read whole, so that a test can look at all of it.</summary>
internal sealed class Api(HttpClient client)
{
    public Task<Answer> Get(string path, params (string Name, string Value)[] headers) => Send(HttpMethod.Get, path, null, headers);

    public Task<Answer> Post(string path, object? body = null, params (string Name, string Value)[] headers) =>
        Send(HttpMethod.Post, path, JsonContentOf(body, "application/json"), headers);

    public Task<Answer> Put(string path, object? body = null, params (string Name, string Value)[] headers) =>
        Send(HttpMethod.Put, path, JsonContentOf(body, "application/json"), headers);

    public Task<Answer> Patch(string path, object? body = null, params (string Name, string Value)[] headers) =>
        Send(HttpMethod.Patch, path, JsonContentOf(body, "application/merge-patch+json"), headers);

    public async Task<Answer> Send(HttpMethod method, string path, HttpContent? content, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await client.SendAsync(request);
        return await Answer.From(response);
    }

    /// <summary>Posts text as it stands.</summary>
    public Task<Answer> PostText(string path, string body, string contentType = "application/json") =>
        Send(HttpMethod.Post, path, new StringContent(body, Encoding.UTF8, MediaTypeHeaderValue.Parse(contentType)));

    private static StringContent? JsonContentOf(object? body, string contentType) => body is null
        ? null
        : new StringContent(JsonSerializer.Serialize(body, Json.Options), Encoding.UTF8, contentType);
}

/// <summary>One answer, read whole.</summary>
internal sealed record Answer(HttpStatusCode Status, string Text, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The body as it came.</summary>
    public byte[] Bytes { get; init; } = [];

    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    /// <summary>The id of a created or read resource.</summary>
    public Guid Id => Json.GetProperty("id").GetGuid();

    public string? Header(string name) => Headers.GetValueOrDefault(name);

    public string ETag => Header("ETag") ?? throw new AssertionException($"The answer has no ETag: {Text}");

    /// <summary>The slug of the problem, for example <c>forbidden</c>.</summary>
    public string Problem => Json.GetProperty("type").GetString()!.Split('/')[^1];

    /// <summary>The reason code of a refusal.</summary>
    public string? Reason => Json.TryGetProperty("reason", out var reason) ? reason.GetString() : null;

    /// <summary>The faults as <c>place code</c>, in the order they were told.</summary>
    public IReadOnlyList<string> Faults =>
    [
        .. Json.GetProperty("errors").EnumerateArray().Select(fault =>
            $"{(fault.TryGetProperty("pointer", out var pointer) ? pointer : fault.TryGetProperty("parameter", out var parameter) ? parameter : fault.GetProperty("header"))} {fault.GetProperty("code")}"),
    ];

    /// <summary>Fails with the whole answer where the status is another.</summary>
    public Answer Expect(HttpStatusCode status)
    {
        Assert.That(Status, Is.EqualTo(status), Text);
        return this;
    }

    public static async Task<Answer> From(HttpResponseMessage response)
    {
        var headers = response.Headers.Concat(response.Content.Headers)
            .ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
        var bytes = await response.Content.ReadAsByteArrayAsync();
        return new Answer(response.StatusCode, Encoding.UTF8.GetString(bytes), headers) { Bytes = bytes };
    }
}

/// <summary>Requests that many tests make.</summary>
internal static class Requests
{
    public static string Record(Guid clientId, string path = "") => $"/v1/clients/{clientId}{path}";

    /// <summary>A complete PHQ-9 with these values for items 1 to 9.</summary>
    public static object Phq9(params int[] values) => new
    {
        instrument = "phq-9",
        administeredAt = "2026-05-04T09:30:00Z",
        answers = values.Select((value, index) => new { item = $"{index + 1}", value }),
    };

    /// <summary>A consent of the client's that permits the practitioner persona to read and write for treatment.</summary>
    public static object Permit(string[] categories, Guid? practitioner = null, string[]? sensitivities = null, string[]? actions = null) => Consent(new
    {
        effect = "permit",
        grantees = new[] { new { kind = "practitioner", id = practitioner ?? Personas.PractitionerId } },
        categories,
        sensitivities = sensitivities ?? [],
        actions = actions ?? ["read", "write"],
        purposes = new[] { "TREAT" },
    });

    public static object Consent(params object[] provisions) => new
    {
        status = "active",
        evidence = new { method = "electronic-signature", givenAt = "2026-05-01T08:00:00Z" },
        provisions,
    };
}
