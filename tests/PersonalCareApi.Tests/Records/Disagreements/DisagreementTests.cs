using System.Net;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.Promises;
using PersonalCareApi.Tests.Records.Exports;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records.Disagreements;

/// <summary>What a client says against an item is where the item is, and nowhere else.</summary>
[OnEachDatabase]
internal sealed class DisagreementTests(TestDatabase database)
{
    private const string Words = "I never said that about the Waldhorn.";
    private ApiHost host = null!;
    private Api client = null!;
    private Api practitioner = null!;
    private Guid clientId;

    [OneTimeSetUp]
    public async Task Start()
    {
        host = new ApiHost(database);
        clientId = await host.NewClient("disagrees");
        client = host.As("disagrees", Personas.HarbourApp.Scopes);
        practitioner = await host.As("practitioner");
        (await client.Post(Record(clientId, "/consents"), Permit(["assessments", "goals", "session-notes"]))).Expect(HttpStatusCode.Created);
    }

    [OneTimeTearDown]
    public async Task Stop() => await host.DisposeAsync();

    [Test]
    public async Task It_is_shown_with_the_item_to_whoever_reads_it_in_lists_and_archives()
    {
        var made = (await practitioner.Post(Record(clientId, "/assessments"), Phq9(1, 1, 1, 1, 1, 1, 1, 1, 1))).Expect(HttpStatusCode.Created);
        var path = Record(clientId, $"/assessments/{made.Id}");
        Assert.That(made.Json.GetProperty("disagreements").GetArrayLength(), Is.Zero);

        (await client.Post($"{path}/disagreements", new { text = Words })).Expect(HttpStatusCode.Created);

        var read = (await practitioner.Get(path)).Expect(HttpStatusCode.OK).Json.GetProperty("disagreements")[0];
        Assert.That((read.Word("text"), read.Word("by.kind")), Is.EqualTo((Words, "client")));
        Assert.That((await practitioner.Get(Record(clientId, "/assessments"))).Items()[0].GetProperty("disagreements").GetArrayLength(), Is.EqualTo(1));
        using var archive = await client.Download(await client.Export(clientId));
        Assert.That(archive.Json("assessments.json")[0].GetProperty("disagreements")[0].Word("text"), Is.EqualTo(Words));
        Assert.That(archive.Text("summary.html"), Does.Contain("about the Waldhorn"));
    }

    [Test]
    public async Task Goals_and_session_notes_are_disputed_alike()
    {
        var goal = (await practitioner.Post(Record(clientId, "/goals"), new
        {
            statement = "Walk.",
            levels = Enumerable.Range(-2, 5).Select(level => new { level, description = $"{level}" }),
        })).Expect(HttpStatusCode.Created);
        var draft = (await practitioner.Post(Record(clientId, "/session-notes"), new
        {
            format = "narrative",
            session = new { startAt = "2026-05-04T09:30:00Z", medium = "phone" },
            content = new { narrative = "Said much." },
        })).Expect(HttpStatusCode.Created);
        var note = draft.Header("Location")!;

        // What the client does not see is not there to be disputed.
        (await client.Post($"{note}/disagreements", new { text = Words })).Expect(HttpStatusCode.NotFound);
        (await practitioner.Post(
            $"{note}/signature", new { version = 1, contentHash = draft.Word("contentHash") }, ("If-Match", draft.ETag))).Expect(HttpStatusCode.OK);
        foreach (var path in new[] { note, goal.Header("Location")! })
        {
            (await client.Post($"{path}/disagreements", new { text = Words })).Expect(HttpStatusCode.Created);
            Assert.That((await practitioner.Get(path)).Expect(HttpStatusCode.OK).Json.GetProperty("disagreements")[0].Word("text"), Is.EqualTo(Words), path);
            (await practitioner.Post($"{path}/disagreements", new { text = "No." })).Expect(HttpStatusCode.Forbidden);
        }
    }
}
