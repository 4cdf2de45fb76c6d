using System.Net;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records.SessionNotes;

/// <summary>Session notes as tests write and sign them.</summary>
internal static class Notes
{
    public const string SomeDay = "2026-05-04T09:30:00Z";

    public static object Body(
        string startAt = SomeDay, string text = "What was said.", string[]? modalities = null, Guid[]? goalIds = null,
        string[]? sensitivities = null, object? alliance = null) => new
        {
            format = "narrative",
            session = new { startAt, minutes = 50, medium = "video" },
            content = new { narrative = text },
            modalities = modalities ?? [],
            goalIds = goalIds ?? [],
            sensitivities = sensitivities ?? [],
            alliance,
        };

    public static async Task<Answer> Draft(this Api author, Guid record, object? body = null) =>
        (await author.Post(Record(record, "/session-notes"), body ?? Body())).Expect(HttpStatusCode.Created);

    /// <summary>The note as somebody sees it now.</summary>
    public static async Task<Answer> Note(this Api reader, Guid record, Guid id) =>
        (await reader.Get(Record(record, $"/session-notes/{id}"))).Expect(HttpStatusCode.OK);

    /// <summary>Signs what was seen.</summary>
    public static Task<Answer> TrySign(this Api signer, Guid record, Answer seen, string act = "signature", params (string, string)[] headers) =>
        signer.Post(
            Record(record, $"/session-notes/{seen.Id}/{act}"),
            new { version = seen.Json.GetProperty("version").GetInt32(), contentHash = seen.Word("contentHash") },
            [("If-Match", seen.ETag), .. headers]);

    public static async Task<Answer> Signed(this Api author, Guid record, object? body = null) =>
        (await author.TrySign(record, await author.Draft(record, body))).Expect(HttpStatusCode.OK);

    /// <summary>Names who signs with a practitioner, or nobody.</summary>
    public static async Task Supervise(this Api by, Guid practitioner, Guid? supervisor)
    {
        var path = $"/v1/practitioners/{practitioner}";
        var present = (await by.Get(path)).Expect(HttpStatusCode.OK);
        (await by.Patch(path, new { supervisorId = supervisor }, ("If-Match", present.ETag))).Expect(HttpStatusCode.OK);
    }

    /// <summary>A permit to read and write session notes for each of these practitioners.</summary>
    public static Provision Permit(params Guid[] practitioners) => Provision.Permit("session-notes") with
    {
        Grantees = [.. practitioners.Select(Grantee.Practitioner)],
    };

    public static Provision PermitApplication { get; } = Provision.Permit("session-notes") with
    {
        Grantees = [Grantee.Application(Personas.Platform.Id)],
    };
}
