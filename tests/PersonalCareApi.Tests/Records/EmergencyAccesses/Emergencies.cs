using System.Net;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records.EmergencyAccesses;

/// <summary>Emergencies, as tests declare them.</summary>
internal static class Emergencies
{
    public const string Reason = "Brought in unconscious.";

    public static object Body(int? minutes = null) => minutes is { } named
        ? new { reason = Reason, clientCannotBeAskedBecause = "Nobody answers.", minutes = named }
        : new { reason = Reason, clientCannotBeAskedBecause = "Nobody answers." };

    public static async Task<Answer> Declare(this Api by, Guid record, int? minutes = null) =>
        (await by.Post(Record(record, "/emergency-accesses"), Body(minutes))).Expect(HttpStatusCode.Created);

    public static Task<Answer> EndEmergency(this Api by, Guid record, Answer access) =>
        by.Post(Record(record, $"/emergency-accesses/{access.Id}/termination"), null, ("If-Match", access.ETag));

    public static Task<Answer> Review(this Api by, Guid record, Guid access, string etag, string outcome = "justified") =>
        by.Post(Record(record, $"/emergency-accesses/{access}/review"), new { outcome, note = "The report fits." }, ("If-Match", etag));
}
