using System.Net;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records.SessionNotes;

/// <summary>Withheld notes and addenda: what the client does not see for a time, and what is added for good.</summary>
[OnEachDatabase]
internal sealed class WithholdingTests(TestDatabase database) : OnOneHost(database)
{
    private Guid record;
    private Answer note = null!;

    [SetUp]
    public async Task NewNote()
    {
        record = await Host.NewClient();
        await Give(record, Notes.Permit(Personas.PractitionerId, Personas.ColleagueId));
        note = await Practitioner.Signed(record);
    }

    [TearDown]
    public void ResetTheClock() => Host.Clock.Reset();

    private string Path => Record(record, "/session-notes");

    private string NotePath => $"{Path}/{note.Id}";

    [Test]
    public async Task What_is_withheld_the_client_neither_reads_nor_counts_until_it_lapses()
    {
        var addendum = (await Practitioner.Post($"{NotePath}/addenda", new { text = "More." })).Expect(HttpStatusCode.Created);
        await Practitioner.Signed(record);
        var reviewAt = Host.Clock.GetUtcNow().AddDays(10);
        var withheld = await Withhold(reviewAt);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(withheld.Word("withholding.reason"), Is.EqualTo("Danger."));
            foreach (var path in new[] { NotePath, $"{NotePath}/versions", $"{NotePath}/versions/2", $"{NotePath}/addenda", $"{NotePath}/addenda/{addendum.Id}" })
            {
                Assert.That((await Client.Get(path)).Status, Is.EqualTo(HttpStatusCode.NotFound), path);
                Assert.That((await Colleague.Get(path)).Status, Is.EqualTo(HttpStatusCode.OK), path);
            }

            Assert.That((await Client.Get(Path)).Total(), Is.EqualTo(1));
            Assert.That((await Client.Get(Path)).Ids(), Does.Not.Contain(note.Id));
            Assert.That((await Client.Post($"{NotePath}/addenda", new { text = "?" })).Status, Is.EqualTo(HttpStatusCode.NotFound));
        }

        Host.Clock.MoveTo(reviewAt.AddSeconds(1));
        var client = await Host.As("client");
        var read = await client.Note(record, note.Id);
        Assert.That(read.Word("withholding.reason"), Is.Null);
        Assert.That((await client.Get(Path)).Total(), Is.EqualTo(2));
    }

    [Test]
    public async Task Withholding_is_ended_early_or_renewed()
    {
        var withheld = await Withhold(Host.Clock.GetUtcNow().AddDays(1));
        var renewed = (await Practitioner.Post(
            $"{NotePath}/withholding", new { reason = "Still.", reviewAt = Host.Clock.GetUtcNow().AddDays(300) }, ("If-Match", withheld.ETag))).Expect(HttpStatusCode.OK);
        Assert.That(renewed.Word("withholding.reason"), Is.EqualTo("Still."));
        var ended = (await Practitioner.Post($"{NotePath}/withholding/termination", null, ("If-Match", renewed.ETag))).Expect(HttpStatusCode.OK);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ended.Word("withholding.endedBy.id"), Is.EqualTo($"{Personas.PractitionerId}"));
            Assert.That((await Client.Get(NotePath)).Status, Is.EqualTo(HttpStatusCode.OK));
            Assert.That((await Practitioner.Post($"{NotePath}/withholding/termination", null, ("If-Match", ended.ETag))).Problem, Is.EqualTo("state-conflict"));
        }
    }

    [TestCase(-1)]
    [TestCase(0)]
    [TestCase(370)]
    public async Task A_review_lies_ahead_and_within_a_year(int days)
    {
        var refused = await Practitioner.Post(
            $"{NotePath}/withholding", new { reason = "Danger.", reviewAt = Host.Clock.GetUtcNow().AddDays(days) }, ("If-Match", note.ETag));
        Assert.That(refused.Expect(HttpStatusCode.UnprocessableEntity).Faults, Is.EqualTo(["#/reviewAt out-of-range"]));
    }

    [Test]
    public async Task A_withheld_note_that_is_retracted_stays_withheld()
    {
        var withheld = await Withhold(Host.Clock.GetUtcNow().AddDays(1));
        (await Practitioner.Post($"{NotePath}/retraction", new { reason = "Wrong client." }, ("If-Match", withheld.ETag))).Expect(HttpStatusCode.OK);
        Assert.That((await Client.Get(NotePath)).Status, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That((await Client.Get(Path)).Total(), Is.Zero);
    }

    [Test]
    public async Task Addenda_stand_in_their_order_with_who_said_them()
    {
        var first = (await Practitioner.Post($"{NotePath}/addenda", new { text = "First." })).Expect(HttpStatusCode.Created);
        var second = (await Client.Post($"{NotePath}/addenda", new { text = "I see it otherwise." })).Expect(HttpStatusCode.Created);
        var third = (await Colleague.Post($"{NotePath}/addenda", new { text = "Third." })).Expect(HttpStatusCode.Created);
        var listed = await Colleague.Get($"{NotePath}/addenda");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(listed.Ids(), Is.EqualTo([first.Id, second.Id, third.Id]));
            Assert.That(listed.Total(), Is.EqualTo(3));
            Assert.That(listed.Items().Select(item => item.Word("author.kind")), Is.EqualTo(["practitioner", "client", "practitioner"]));
            Assert.That((await Client.AllPages($"{NotePath}/addenda", 1)).Select(item => item.GetProperty("id").GetGuid()), Is.EqualTo([first.Id, second.Id, third.Id]));
            Assert.That((await Practitioner.Get(second.Header("Location")!)).Text, Is.EqualTo(second.Text));
            Assert.That((await Practitioner.Get($"{Path}/{Nobody}/addenda/{second.Id}")).Status, Is.EqualTo(HttpStatusCode.NotFound));
            Assert.That((await Practitioner.Post($"{NotePath}/addenda", new { text = " " })).Faults, Is.EqualTo(["#/text required"]));
            Assert.That((await Practitioner.Note(record, note.Id)).ETag, Is.EqualTo(note.ETag), "the note itself does not change");
        }
    }

    [Test]
    public async Task A_retraction_keeps_the_note_and_takes_back_the_rating_that_came_of_it()
    {
        var rated = await Practitioner.Signed(record, Notes.Body(alliance: new { by = "client", scale = "session-check-in", value = 2 }));
        var retracted = (await Practitioner.Post($"{Path}/{rated.Id}/retraction", new { reason = "Wrong client." }, ("If-Match", rated.ETag))).Expect(HttpStatusCode.OK);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(retracted.Word("status"), Is.EqualTo("retracted"));
            Assert.That(retracted.Word("retraction.reason"), Is.EqualTo("Wrong client."));
            Assert.That(retracted.Word("content.narrative"), Is.EqualTo("What was said."));
            Assert.That(retracted.Json.GetProperty("signatures")[0].Word("verified"), Is.EqualTo("True"));
            Assert.That((await Client.Get($"{Path}/{rated.Id}")).Word("status"), Is.EqualTo("retracted"));
            Assert.That((await Client.Get(Record(record, "/alliance-check-ins"))).Items().Single().Word("status"), Is.EqualTo("retracted"));
        }
    }

    private async Task<Answer> Withhold(DateTimeOffset reviewAt) =>
        (await Practitioner.Post($"{NotePath}/withholding", new { reason = "Danger.", reviewAt }, ("If-Match", note.ETag))).Expect(HttpStatusCode.OK);
}
