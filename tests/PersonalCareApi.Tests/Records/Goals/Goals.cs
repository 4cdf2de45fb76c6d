using System.Net;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records.Goals;

/// <summary>What tests do with goals; a goal is its path.</summary>
internal static class Goals
{
    public static object Terms(decimal weight = 2, string[]? sensitivities = null, string[]? instruments = null) => new
    {
        statement = "Meet a friend outside the house once a week.",
        why = "I miss laughing with people.",
        weight,
        levels = Enumerable.Range(-2, 5).Select(level => new { level, description = $"As described for {level}." }),
        needs = new[] { "company" },
        instruments = instruments ?? [],
        sensitivities = sensitivities ?? [],
    };

    public static async Task<string> Propose(Api by, Guid record, decimal weight = 2, string[]? sensitivities = null) =>
        (await by.Post(Record(record, "/goals"), Terms(weight, sensitivities))).Expect(HttpStatusCode.Created).Header("Location")!;

    /// <summary>Records a fact about the version that is there now.</summary>
    public static async Task<Answer> Fact(Api by, string goal, string fact) => (await Try(by, goal, fact)).Expect(HttpStatusCode.OK);

    public static async Task<Answer> Try(Api by, string goal, string fact)
    {
        var seen = await by.Get(goal);
        object? body = fact switch
        {
            "agreements" => null,
            "achievement" => new { note = "There." },
            _ => new { reason = "Because." },
        };
        return await by.Post($"{goal}/{fact}", body, ("If-Match", seen.Header("ETag") ?? "\"1\""));
    }

    public static async Task<Answer> Amend(Api by, string goal, object patch) => (await TryToAmend(by, goal, patch)).Expect(HttpStatusCode.OK);

    public static async Task<Answer> TryToAmend(Api by, string goal, object patch) =>
        await by.Patch(goal, patch, ("If-Match", (await by.Get(goal)).Header("ETag") ?? "\"1\""));

    public static string? Status(Answer goal) => goal.Json.GetProperty("status").GetString();
}
