using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using PersonalCareApi.Development;

namespace PersonalCareApi.Bench;

/// <summary>What measurements ask of a server.</summary>
internal static class Requests
{
    public const string PractitionerId = "0197a000-0000-7000-8000-000000000101";
    public const string ClientId = "0197a000-0000-7000-8000-000000000201";

    public static string Record(string path) => $"/v1/clients/{ClientId}{path}";

    /// <summary>A consent of the client's: the practitioner reads and writes assessments for treatment.</summary>
    public static Task<Guid> GiveConsent(this HttpClient client, CancellationToken ct) => client.Create(Record("/consents"), Consent(), ct);

    /// <summary>What <see cref="GiveConsent"/> gives.</summary>
    public static object Consent(string method = "electronic-signature", int provisions = 1) => new
    {
        status = "active",
        evidence = new { method, givenAt = "2026-05-01T08:00:00Z" },
        provisions = Enumerable.Range(1, provisions).Select(number => new
        {
            effect = "permit",
            grantees = new[] { new { kind = "practitioner", id = PractitionerId } },
            categories = new[] { number == provisions ? "assessments" : "goals" },
            actions = new[] { "read", "write" },
            purposes = new[] { "TREAT" },
            period = new { from = $"2026-01-01T00:{number / 60:00}:{number % 60:00}Z", until = (string?)null },
        }).ToArray(),
    };

    public static async Task Withdraw(this HttpClient client, Guid consent, CancellationToken ct)
    {
        using var answer = await client.PostAsJsonAsync(Record($"/consents/{consent}/withdrawal"), new { }, ct);
        await answer.Expect(HttpStatusCode.OK, ct);
    }

    public static object Gad7 { get; } = new
    {
        instrument = "gad-7",
        administeredAt = "2026-05-04T09:30:00Z",
        answers = Enumerable.Range(1, 7).Select(item => new { item = $"{item}", value = 1 }).ToArray(),
    };

    /// <summary>The last answer is critical, and raises a flag.</summary>
    public static object FlaggedPhq9 { get; } = new
    {
        instrument = "phq-9",
        administeredAt = "2026-05-04T09:30:00Z",
        answers = Enumerable.Range(1, 9).Select(item => new { item = $"{item}", value = 1 }).ToArray(),
    };

    public static object Goal { get; } = new
    {
        statement = "Meet a friend outside the house once a week.",
        levels = Enumerable.Range(-2, 5).Select(level => new { level, description = $"As described for {level}." }).ToArray(),
    };

    /// <summary>A consent of the client's to research by the demo's platform, given by an act of its own.</summary>
    public static object ResearchConsent { get; } = new
    {
        status = "active",
        evidence = new { method = "electronic-signature", givenAt = "2026-05-01T08:00:00Z", @explicit = true },
        provisions = new[]
        {
            new
            {
                effect = "permit",
                grantees = new[] { new { kind = "application", id = Personas.Platform.Id } },
                categories = new[] { "assessments", "goals", "demographics" },
                actions = new[] { "share" },
                purposes = new[] { "HRESCH" },
            },
        },
    };

    /// <summary><see cref="Gad7"/> so many weeks ago; each a little other than the one before.</summary>
    public static object Gad7At(int weeksAgo) => new
    {
        instrument = "gad-7",
        administeredAt = TimeProvider.System.GetUtcNow().AddDays(-7 * weeksAgo),
        answers = Enumerable.Range(1, 7).Select(item => new { item = $"{item}", value = (item + weeksAgo) % 4 }).ToArray(),
    };

    public static Task<Guid> Assess(this HttpClient by, CancellationToken ct) => by.Create(Record("/assessments"), Gad7, ct);

    public static async Task<Guid> Create(this HttpClient by, string path, object body, CancellationToken ct)
    {
        using var answer = await by.PostAsJsonAsync(path, body, ct);
        await answer.Expect(HttpStatusCode.Created, ct);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(ct)).GetProperty("id").GetGuid();
    }

    /// <summary>The same write however often it is sent: the key says so.</summary>
    public static async Task<HttpResponseMessage> PostOnce(this HttpClient by, string path, object? body, string key, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", key);
        return await by.SendAsync(request, ct);
    }

    /// <summary>How many items a list has.</summary>
    public static async Task<int> Total(this HttpClient by, string list, CancellationToken ct) =>
        (await by.GetFromJsonAsync<JsonElement>(new Uri($"{list}?limit=1", UriKind.Relative), ct)).GetProperty("total").GetInt32();

    private static async Task Expect(this HttpResponseMessage answer, HttpStatusCode status, CancellationToken ct)
    {
        if (answer.StatusCode != status)
        {
            throw new InvalidOperationException($"{answer.StatusCode} instead of {status}: {await answer.Content.ReadAsStringAsync(ct)}");
        }
    }
}
