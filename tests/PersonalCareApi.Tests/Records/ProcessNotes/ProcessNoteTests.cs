using System.Net;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records.ProcessNotes;

/// <summary>A practitioner's private notes, from writing to discarding.</summary>
[OnEachDatabase]
internal sealed class ProcessNoteTests(TestDatabase database) : OnOneHost(database)
{
    private const int LongestText = 20_000;

    [Test]
    public async Task A_note_is_written_read_changed_and_listed_by_its_author()
    {
        var record = await Host.NewClient();
        var session = Guid.Parse("01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d");
        var written = await Written(record, new { text = "Hurried.", occurredAt = "2026-05-04T10:30:00+02:00", sessionId = session });
        var changed = (await Practitioner.Patch(Path(record, written), new { text = "Hurried; why?", sessionId = (Guid?)null }, ("If-Match", written.ETag)))
            .Expect(HttpStatusCode.OK);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(written.Header("Location"), Is.EqualTo(Path(record, written)));
            Assert.That(written.Word("occurredAt"), Is.EqualTo("2026-05-04T08:30:00Z"));
            Assert.That(written.Word("sessionId"), Is.EqualTo($"{session}"));
            Assert.That(written.Word("recordedBy.id"), Is.EqualTo($"{Personas.PractitionerId}"));
            Assert.That(written.Word("releasedTo"), Is.EqualTo("[]"));
            Assert.That(changed.Word("text"), Is.EqualTo("Hurried; why?"));
            Assert.That(changed.Word("sessionId"), Is.Null);
            Assert.That(changed.Word("occurredAt"), Is.EqualTo(written.Word("occurredAt")));
            Assert.That((await Practitioner.Get(Path(record, written))).Text, Is.EqualTo(changed.Text));
            Assert.That((await Practitioner.Get(Path(record, written), ("If-None-Match", changed.ETag))).Status, Is.EqualTo(HttpStatusCode.NotModified));
            var versions = await Practitioner.Get($"{Path(record, written)}/versions");
            Assert.That(versions.Items().Select(version => version.Word("text")), Is.EqualTo(["Hurried.", "Hurried; why?"]));
            Assert.That((await Practitioner.Get($"{Path(record, written)}/versions/1")).Word("sessionId"), Is.EqualTo($"{session}"));
            Assert.That((await Practitioner.Get($"{Path(record, written)}/versions/3")).Status, Is.EqualTo(HttpStatusCode.NotFound));
        }
    }

    [Test]
    public async Task The_list_is_newest_first_filtered_half_open_and_paged()
    {
        var record = await Host.NewClient();
        foreach (var day in new[] { 2, 1, 3 })
        {
            await Written(record, new { text = $"Day {day}", occurredAt = $"2026-05-0{day}T09:00:00Z" });
        }

        string[] Texts(IEnumerable<System.Text.Json.JsonElement> items) => [.. items.Select(item => item.Word("text")!)];
        Assert.That(Texts((await Practitioner.Get(Notes(record))).Items()), Is.EqualTo(["Day 3", "Day 2", "Day 1"]));
        Assert.That(Texts(await Practitioner.AllPages(Notes(record), 1)), Is.EqualTo(["Day 3", "Day 2", "Day 1"]));
        var between = await Practitioner.Get($"{Notes(record)}?from=2026-05-01T09:00:00Z&until=2026-05-03T09:00:00Z&limit=1");
        Assert.That((Texts(between.Items())[0], between.Total()), Is.EqualTo(("Day 2", 2)));
    }

    [Test]
    public async Task What_is_discarded_is_gone_with_every_version()
    {
        var record = await Host.NewClient();
        var written = await Written(record);
        await Practitioner.Patch(Path(record, written), new { text = "Once more." }, ("If-Match", written.ETag));
        (await Practitioner.Send(HttpMethod.Delete, Path(record, written), null)).Expect(HttpStatusCode.PreconditionRequired);
        (await Discard(record, written, written.ETag)).Expect(HttpStatusCode.PreconditionFailed);
        (await Discard(record, written, "\"2\"")).Expect(HttpStatusCode.NoContent);

        using (Assert.EnterMultipleScope())
        {
            Assert.That((await Practitioner.Get(Path(record, written))).Status, Is.EqualTo(HttpStatusCode.NotFound));
            Assert.That((await Practitioner.Get($"{Path(record, written)}/versions")).Status, Is.EqualTo(HttpStatusCode.NotFound));
            Assert.That((await Practitioner.Get(Notes(record))).Total(), Is.Zero);
            Assert.That(Count($"process_note WHERE id = '{written.Id}'"), Is.Zero);
            Assert.That(Count($"item_version WHERE item_id = '{written.Id}'"), Is.Zero);
            Assert.That((await Discard(record, written, "\"2\"")).Status, Is.EqualTo(HttpStatusCode.NotFound));
        }
    }

    [Test]
    public async Task A_released_note_is_neither_changed_nor_discarded_nor_released_again_until_it_is_taken_back()
    {
        var record = await Host.NewClient();
        var written = await Written(record);
        var released = (await Release(record, written, "client")).Expect(HttpStatusCode.OK);
        Assert.That((released.Word("releasedTo"), released.Word("releasedAt")), Is.EqualTo(("[\"client\"]", released.Word("releasedAt"))));
        Assert.That(released.Word("releasedAt"), Is.Not.Null);

        Answer[] refused =
        [
            await Practitioner.Patch(Path(record, written), new { text = "Otherwise." }, ("If-Match", released.ETag)),
            await Discard(record, written, released.ETag),
            await Release(record, released, "grantees"),
        ];
        Assert.That(refused.Select(answer => answer.Expect(HttpStatusCode.Conflict).Problem), Is.All.EqualTo("state-conflict"));

        var back = (await TakeBack(record, released)).Expect(HttpStatusCode.OK);
        Assert.That((back.Word("releasedTo"), back.Word("releasedAt")), Is.EqualTo(("[]", (string?)null)));
        (await TakeBack(record, back)).Expect(HttpStatusCode.Conflict);
        var both = (await Release(record, back, "grantees", "client")).Expect(HttpStatusCode.OK);
        Assert.That(both.Word("releasedTo"), Is.EqualTo("[\"client\",\"grantees\"]"));
        (await Discard(record, both, (await TakeBack(record, both)).ETag)).Expect(HttpStatusCode.NoContent);
    }

    [Test]
    public async Task Whoever_a_note_is_released_to_sees_the_released_version_and_no_other()
    {
        var record = await Host.NewClient();
        var written = await Written(record, new { text = "Draft." });
        var first = await Release(record, written, "client");
        var back = await TakeBack(record, first);
        (await Client.Get($"{Path(record, written)}/versions")).Expect(HttpStatusCode.NotFound);
        (await Client.Get($"{Path(record, written)}/versions/2")).Expect(HttpStatusCode.NotFound);

        var changed = await Practitioner.Patch(Path(record, written), new { text = "As I can say it." }, ("If-Match", back.ETag));
        (await Release(record, changed, "client")).Expect(HttpStatusCode.OK);
        var seen = await Client.Get($"{Path(record, written)}/versions");
        Assert.That(seen.Items().Select(version => version.Word("text")), Is.EqualTo(["As I can say it."]));
        Assert.That(seen.Total(), Is.EqualTo(1));
        (await Client.Get($"{Path(record, written)}/versions/2")).Expect(HttpStatusCode.NotFound);
        (await Client.Get($"{Path(record, written)}/versions/5")).Expect(HttpStatusCode.OK);
        Assert.That((await Practitioner.Get($"{Path(record, written)}/versions")).Total(), Is.EqualTo(5), "its author sees them all");
    }

    [Test]
    public async Task Of_two_edits_of_one_version_one_is_kept_and_the_other_told()
    {
        var record = await Host.NewClient();
        var written = await Written(record);
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(number => Task.Run(() =>
            Practitioner.Patch(Path(record, written), new { text = $"Edit {number}" }, ("If-Match", written.ETag)))));

        var kept = answers.Single(answer => answer.Status == HttpStatusCode.OK);
        Assert.That(answers.Count(answer => answer.Status == HttpStatusCode.PreconditionFailed), Is.EqualTo(9));
        Assert.That((await Practitioner.Get(Path(record, written))).Text, Is.EqualTo(kept.Text));
        Assert.That(
            (await Practitioner.Get($"{Path(record, written)}/versions")).Items().Select(version => version.Word("text")),
            Is.EqualTo([written.Word("text"), kept.Word("text")]));
    }

    [Test]
    public async Task A_release_that_races_an_edit_never_releases_what_its_author_had_not_seen()
    {
        var record = await Host.NewClient();
        var written = await Written(record);
        var answers = await Task.WhenAll(
            Task.Run(() => Practitioner.Patch(Path(record, written), new { text = "Not for the client." }, ("If-Match", written.ETag))),
            Task.Run(() => Release(record, written, "client")));
        Assert.That(answers.Select(answer => (int)answer.Status).Order(), Is.EqualTo([200, 412]));
        Assert.That((await Client.Get(Notes(record))).Text, Does.Not.Contain("Not for the client."));
    }

    [Test]
    public async Task A_retry_is_answered_as_before_and_writes_nothing()
    {
        var record = await Host.NewClient();
        var note = new { text = "Once." };
        var first = (await Practitioner.Post(Notes(record), note, ("Idempotency-Key", "once"))).Expect(HttpStatusCode.Created);
        var again = (await Practitioner.Post(Notes(record), note, ("Idempotency-Key", "once"))).Expect(HttpStatusCode.Created);

        Assert.That((again.Text, again.Header("Idempotency-Replayed")), Is.EqualTo((first.Text, "true")));
        Assert.That((await Practitioner.Get(Notes(record))).Total(), Is.EqualTo(1));
    }

    [Test]
    public async Task The_care_that_ends_takes_the_author_from_their_notes()
    {
        var record = await Host.NewClient();
        var written = await Written(record);
        var care = (await Client.Get(Record(record, "/care-relationships"))).Items()[0];
        (await Practitioner.Post(Record(record, $"/care-relationships/{care.Word("id")}/termination"), null, ("If-Match", care.Word("etag")!)))
            .Expect(HttpStatusCode.OK);

        (await Practitioner.Get(Path(record, written))).Expect(HttpStatusCode.NotFound);
        (await Practitioner.Get(Notes(record))).Expect(HttpStatusCode.NotFound);
        (await Practitioner.Post(Notes(record), new { text = "Too late." })).Expect(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task They_are_used_for_treatment_and_for_nothing_else()
    {
        var record = await Host.NewClient();
        var written = await Written(record);
        foreach (var purpose in new[] { "HOPERAT", "HPAYMT", "ETREAT" })
        {
            (await Practitioner.Get(Path(record, written), ("Purpose-Of-Use", purpose))).Expect(HttpStatusCode.Forbidden);
            (await Practitioner.Post(Notes(record), new { text = "x" }, ("Purpose-Of-Use", purpose))).Expect(HttpStatusCode.Forbidden);
        }
    }

    [Test]
    public async Task For_another_purpose_the_author_is_a_grantee_like_any_other()
    {
        var record = await Host.NewClient();
        (string, string) operations = ("Purpose-Of-Use", "HOPERAT");
        await Give(record, Provisions.ProcessNotes(Grantee.Practitioner(Personas.PractitionerId)) with { Purposes = ["HOPERAT"] });
        var released = await Release(record, await Written(record), "grantees");
        Assert.That((await Practitioner.Get(Notes(record), operations)).Total(), Is.EqualTo(1));
        Assert.That((await Practitioner.Get($"{Path(record, released)}/versions", operations)).Total(), Is.EqualTo(1));

        await TakeBack(record, released);
        Assert.That((await Practitioner.Get(Notes(record), operations)).Total(), Is.Zero);
        (await Practitioner.Get($"{Path(record, released)}/versions", operations)).Expect(HttpStatusCode.NotFound);
        (await Practitioner.Get($"{Path(record, released)}/versions/2", operations)).Expect(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task For_payment_a_released_note_is_listed_without_its_text()
    {
        var record = await Host.NewClient();
        (await Release(record, await Written(record, new { text = "Narrative." }), "grantees")).Expect(HttpStatusCode.OK);
        await Give(record, Provisions.ProcessNotes(Grantee.Practitioner(Personas.ColleagueId)) with { Purposes = ["HPAYMT"] });

        var listed = (await Colleague.Get(Notes(record), ("Purpose-Of-Use", "HPAYMT"))).Items();
        Assert.That(listed.Single().Word("text"), Is.Null);
        Assert.That(listed.Single().Word("releasedTo"), Is.EqualTo("[\"grantees\"]"));
    }

    [Test]
    public async Task What_cannot_be_a_note_is_refused_and_every_fault_named()
    {
        var record = await Host.NewClient();
        using (Assert.EnterMultipleScope())
        {
            Assert.That((await Practitioner.Post(Notes(record), new { })).Faults, Is.EqualTo(["#/text required"]));
            Assert.That((await Practitioner.Post(Notes(record), new { text = "  " })).Faults, Is.EqualTo(["#/text required"]));
            Assert.That((await Practitioner.Post(Notes(record), new { text = new string('x', LongestText + 1) })).Faults, Is.EqualTo(["#/text too-long"]));
            Assert.That(
                (await Practitioner.Post(Notes(record), new { text = "x", occurredAt = "2190-01-01T00:00:00Z" })).Faults,
                Is.EqualTo(["#/occurredAt out-of-range"]));
            Assert.That(
                (await Practitioner.Post(Notes(record), new { text = "x", title = "y", labels = Array.Empty<string>() })).Faults,
                Is.EqualTo(["#/title unknown-member", "#/labels unknown-member"]));
        }

        var longest = await Written(record, new { text = new string('ü', LongestText) });
        Assert.That((await Practitioner.Patch(Path(record, longest), new { text = (string?)null }, ("If-Match", longest.ETag))).Faults, Is.EqualTo(["#/text null"]));
        Assert.That((await Practitioner.Patch(Path(record, longest), new { occurredAt = (string?)null }, ("If-Match", longest.ETag))).Faults, Is.EqualTo(["#/occurredAt null"]));
        Assert.That((await Release(record, longest)).Faults, Is.EqualTo(["#/to wrong-length"]));
        Assert.That((await Release(record, longest, "everybody")).Faults, Is.EqualTo(["#/to/0 unknown-value"]));
        (await Practitioner.Patch(Path(record, longest), new { text = "x" })).Expect(HttpStatusCode.PreconditionRequired);
        (await Practitioner.Post($"{Path(record, longest)}/release", new { to = new[] { "client" } })).Expect(HttpStatusCode.PreconditionRequired);
        (await Practitioner.Post($"{Path(record, longest)}/release/termination")).Expect(HttpStatusCode.PreconditionRequired);
    }

    [Test]
    public async Task A_consent_that_tries_to_name_private_notes_is_refused()
    {
        var record = await Host.NewClient();
        var posted = await Client.Post(Record(record, "/consents"), Consent(
            Provisions.ProcessNotes(Grantee.Practitioner(Personas.ColleagueId)) with { Parts = ["private"] }));
        Assert.That(posted.Expect(HttpStatusCode.UnprocessableEntity).Faults, Is.EqualTo(["#/provisions/0/parts process-notes-released-only"]));
    }

    private static string Notes(Guid record) => Record(record, "/process-notes");

    private static string Path(Guid record, Answer note) => $"{Notes(record)}/{note.Id}";

    private async Task<Answer> Written(Guid record, object? note = null) =>
        (await Practitioner.Post(Notes(record), note ?? new { text = "I hurry when we come near her father." })).Expect(HttpStatusCode.Created);

    private Task<Answer> Release(Guid record, Answer note, params string[] to) =>
        Practitioner.Post($"{Path(record, note)}/release", new { to }, ("If-Match", note.ETag));

    private Task<Answer> TakeBack(Guid record, Answer note) =>
        Practitioner.Post($"{Path(record, note)}/release/termination", null, ("If-Match", note.ETag));

    private Task<Answer> Discard(Guid record, Answer note, string etag) =>
        Practitioner.Send(HttpMethod.Delete, Path(record, note), null, ("If-Match", etag));
}

/// <summary>Provisions that speak of process notes.</summary>
internal static class Provisions
{
    /// <summary>What a proper consent to process notes says: nothing else, the label by its name, reading alone.</summary>
    public static Provision ProcessNotes(object grantee) => new()
    {
        Effect = "permit",
        Grantees = [grantee],
        Categories = ["process-notes"],
        Actions = ["read"],
        Purposes = ["TREAT"],
        Sensitivities = ["PSYTHPN"],
    };
}
