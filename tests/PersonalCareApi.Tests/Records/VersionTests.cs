using System.Net;
using System.Text.Json;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records;

/// <summary>What changed stays readable as it was, to whoever may read it as it is.</summary>
[OnEachDatabase]
internal sealed class VersionTests(TestDatabase database) : OnOneHost(database)
{
    [Test]
    public async Task A_client_is_shown_as_every_answer_told_it_at_the_time()
    {
        var created = (await Practitioner.Post("/v1/clients", new
        {
            externalId = "versions-1",
            name = new { given = "Sofia", family = "Lund" },
            birthDate = "1987-11-23",
            timeZone = "Europe/Stockholm",
        })).Expect(HttpStatusCode.Created);
        var path = Record(created.Id);
        Host.Clock.Advance(TimeSpan.FromMinutes(1));
        var renamed = await Change(path, created, new { name = new { family = "Berg" } });
        Host.Clock.Advance(TimeSpan.FromMinutes(1));
        var corrected = await Change(path, renamed, new { birthDate = "1987-11-24", birthDateEvidence = "passport seen", timeZone = "Europe/Oslo" });

        await AreVersions(Practitioner, path, created, renamed, corrected);
        Assert.That((await Practitioner.Get($"{path}/versions/1")).Word("name.family"), Is.EqualTo("Lund"));
    }

    [Test]
    public async Task A_care_relationship_that_has_ended_is_shown_as_it_began()
    {
        var record = await Host.NewClient();
        var begun = (await Practitioner.Post(
            Team(record), new { practitionerId = Personas.ColleagueId, role = "co-therapist", from = "2026-01-01T00:00:00Z", until = "2090-01-01T00:00:00Z" }))
            .Expect(HttpStatusCode.Created);
        var path = begun.Header("Location")!;
        (await Colleague.Get($"{path}/versions/1")).Expect(HttpStatusCode.OK);
        var ended = (await Practitioner.Post($"{path}/termination", null, ("If-Match", begun.ETag))).Expect(HttpStatusCode.OK);

        await AreVersions(Practitioner, path, begun, ended);
        await AreVersions(Client, path, begun, ended);
        Assert.That((await Practitioner.Get($"{path}/versions/1")).Word("until"), Is.EqualTo("2090-01-01T00:00:00Z"));
        foreach (var under in new[] { "/versions", "/versions/1", "/versions/2" })
        {
            (await Colleague.Get(path + under)).Expect(HttpStatusCode.NotFound);
        }
    }

    [Test]
    public async Task A_view_of_a_goal_that_was_retracted_is_shown_as_it_was_recorded()
    {
        var record = await Host.NewClient();
        await Give(record, Provision.Permit("goals"));
        var goal = (await Client.Post(Record(record, "/goals"), Goals.Goals.Terms())).Expect(HttpStatusCode.Created);
        var views = $"{goal.Header("Location")}/progress";
        var recorded = (await Client.Post(views, new { kind = "scaling", value = 4.5, note = "Better." })).Expect(HttpStatusCode.Created);
        var retracted = (await Client.Post(
            $"{views}/{recorded.Id}/retraction", new { reason = "The wrong goal." }, ("If-Match", recorded.ETag))).Expect(HttpStatusCode.OK);

        await AreVersions(Practitioner, $"{views}/{recorded.Id}", recorded, retracted);
    }

    [Test]
    public async Task Versions_come_page_by_page_and_the_total_counts_them_all()
    {
        var answer = (await Practitioner.Post("/v1/clients", new { language = "en" })).Expect(HttpStatusCode.Created);
        var path = Record(answer.Id);
        foreach (var language in new[] { "de", "fr", "it", "es" })
        {
            answer = await Change(path, answer, new { language });
        }

        var first = (await Practitioner.Get($"{path}/versions?limit=2")).Expect(HttpStatusCode.OK);
        var cursor = Uri.EscapeDataString(first.NextCursor()!);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((first.Items().Count, first.Total()), Is.EqualTo((2, 5)));
            Assert.That((await Practitioner.Get($"{path}/versions?limit=2&cursor={cursor}")).Total(), Is.EqualTo(5));
            Assert.That((await Practitioner.AllPages($"{path}/versions", 2)).Select(Language), Is.EqualTo(["en", "de", "fr", "it", "es"]));
            Assert.That((await Practitioner.Get($"{path}/versions?limit=5")).NextCursor(), Is.Null);
        }

        // A cursor is good for its own list alone.
        var team = (await Practitioner.Get(Team(answer.Id))).Ids().Single();
        foreach (var other in new[] { $"{Team(answer.Id)}/{team}/versions", Team(answer.Id), $"{Record(await Host.NewClient())}/versions" })
        {
            Assert.That(
                (await Practitioner.Get($"{other}?cursor={cursor}")).Expect(HttpStatusCode.UnprocessableEntity).Faults, Is.EqualTo(["cursor invalid-value"]));
        }
    }

    [Test]
    public async Task A_version_is_read_by_whoever_may_read_the_item_and_by_nobody_else()
    {
        var record = await Host.NewClient();
        var relationship = $"{Team(record)}/{(await Practitioner.Get(Team(record))).Ids().Single()}";
        foreach (var path in new[] { Record(record), relationship }.SelectMany(item => new[] { $"{item}/versions", $"{item}/versions/1" }))
        {
            (await Practitioner.Get(path)).Expect(HttpStatusCode.OK);
            (await Client.Get(path)).Expect(HttpStatusCode.OK);
            (await Platform.Get(path, ("Purpose-Of-Use", "TREAT"))).Expect(HttpStatusCode.OK);
            (await Colleague.Get(path)).Expect(HttpStatusCode.NotFound);
            (await Elsewhere.Get(path)).Expect(HttpStatusCode.NotFound);
            Assert.That(
                (await (await Host.As("practitioner", "assessments:read")).Get(path)).Expect(HttpStatusCode.Forbidden).Reason, Is.EqualTo("scope-missing"));
        }

        await Give(record, Provision.Deny("demographics") with { Grantees = [Grantee.Practitioner(Personas.PractitionerId)] });
        Assert.That((await Practitioner.Get($"{relationship}/versions")).Expect(HttpStatusCode.Forbidden).Reason, Is.EqualTo("denied-by-client"));
        Assert.That((await Practitioner.Get(Record(record, "/versions/1"))).Expect(HttpStatusCode.Forbidden).Reason, Is.EqualTo("denied-by-client"));
    }

    [Test]
    public async Task A_version_out_of_reach_is_not_found()
    {
        var record = await Host.NewClient();
        var byPlatform = (await Practitioner.Get(Team(record))).Ids().Single();
        var byPractitioner = (await Practitioner.Post(Team(record), new { practitionerId = Personas.SupervisorId })).Expect(HttpStatusCode.Created).Id;
        await Give(record, Provision.Permit("demographics") with
        {
            Grantees = [Grantee.Practitioner(Personas.ColleagueId)],
            AuthoredBy = [Personas.Platform.Id],
        });

        Assert.That((await Colleague.Get($"{Team(record)}/{byPlatform}/versions")).Total(), Is.EqualTo(1));
        (await Colleague.Get($"{Team(record)}/{byPractitioner}/versions")).Expect(HttpStatusCode.NotFound);
        (await Colleague.Get($"{Team(record)}/{byPractitioner}/versions/1")).Expect(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task A_label_put_on_later_closes_what_was_written_before_and_one_taken_off_opens_only_what_comes_after()
    {
        var record = await Host.NewClient();
        await Give(record, Provision.Permit("goals"));
        var goal = (await Client.Post(Record(record, "/goals"), Goals.Goals.Terms())).Expect(HttpStatusCode.Created).Header("Location")!;
        (await Practitioner.Get($"{goal}/versions/1")).Expect(HttpStatusCode.OK);

        await Goals.Goals.Amend(Client, goal, new { sensitivities = new[] { "SDV" } });
        foreach (var under in new[] { "", "/versions", "/versions/1", "/versions/2" })
        {
            (await Practitioner.Get(goal + under)).Expect(HttpStatusCode.NotFound);
        }

        await Goals.Goals.Amend(Client, goal, new { sensitivities = Array.Empty<string>() });
        Assert.That((await Practitioner.Get($"{goal}/versions")).Items().Select(version => version.Word("version")), Is.EqualTo(["1", "3"]));
        Assert.That((await Practitioner.Get($"{goal}/versions")).Total(), Is.EqualTo(2));
        (await Practitioner.Get($"{goal}/versions/2")).Expect(HttpStatusCode.NotFound);
        Assert.That((await Client.Get($"{goal}/versions")).Total(), Is.EqualTo(3));
    }

    [Test]
    public async Task A_session_moved_out_of_the_permitted_time_takes_its_versions_with_it()
    {
        var record = await Host.NewClient();
        await Give(
            record,
            Provision.Permit("session-notes") with { Grantees = [Grantee.Practitioner(Personas.ColleagueId)], DataPeriod = new { until = "2026-06-01T00:00:00Z" } },
            Provision.Permit("session-notes"));
        var planned = (await Practitioner.Post(
            Record(record, "/sessions"), new { startAt = "2026-05-04T09:30:00Z", medium = "phone", status = "cancelled" })).Expect(HttpStatusCode.Created);
        var path = planned.Header("Location")!;
        (await Colleague.Get($"{path}/versions/1")).Expect(HttpStatusCode.OK);

        (await Practitioner.Patch(path, new { startAt = "2026-07-04T09:30:00Z" }, ("If-Match", planned.ETag))).Expect(HttpStatusCode.OK);
        foreach (var under in new[] { "", "/versions", "/versions/1" })
        {
            (await Colleague.Get(path + under)).Expect(HttpStatusCode.NotFound);
        }
    }

    [TestCase("/session-notes")]
    [TestCase("/process-notes")]
    public async Task A_note_that_was_saved_often_tells_its_versions_page_by_page(string notes)
    {
        var record = await Host.NewClient();
        await Give(record, Provision.Permit("session-notes"));
        var isProcessNote = notes == "/process-notes";
        var note = (await Practitioner.Post(Record(record, notes), isProcessNote
            ? new { text = "0" }
            : SessionNotes.Notes.Body())).Expect(HttpStatusCode.Created);
        var path = note.Header("Location")!;
        for (var times = 1; times < 5; times++)
        {
            object patch = isProcessNote ? new { text = $"{times}" } : new { content = new { narrative = $"{times}" } };
            note = (await Practitioner.Patch(path, patch, ("If-Match", note.ETag))).Expect(HttpStatusCode.OK);
        }

        var first = await Practitioner.Get($"{path}/versions?limit=2");
        using (Assert.EnterMultipleScope())
        {
            Assert.That((first.Items().Count, first.Total()), Is.EqualTo((2, 5)));
            Assert.That(
                (await Practitioner.AllPages($"{path}/versions", 2)).Select(version => version.Word("version")), Is.EqualTo(["1", "2", "3", "4", "5"]));
            Assert.That((await Practitioner.Get($"{path}/versions/5")).Text, Is.EqualTo(note.Text));
            Assert.That((await Practitioner.Get($"{path}/versions/6")).Status, Is.EqualTo(HttpStatusCode.NotFound));
            Assert.That((await Client.Get($"{path}/versions")).Status, Is.EqualTo(HttpStatusCode.NotFound), "nobody else sees what is not signed, or not released");
        }
    }

    [Test]
    public async Task A_version_that_never_was_and_the_versions_of_another_record_are_not_found()
    {
        var (record, other) = (await Host.NewClient(), await Host.NewClient());
        var own = (await Practitioner.Get(Team(record))).Ids().Single();
        var foreign = (await Practitioner.Get(Team(other))).Ids().Single();
        foreach (var path in new[]
        {
            Record(record, "/versions/2"), Record(record, "/versions/0"), Record(record, "/versions/-1"), Record(record, "/versions/99999999999"),
            $"{Team(record)}/{own}/versions/2", $"{Team(record)}/{foreign}/versions", $"{Team(record)}/{foreign}/versions/1", $"{Team(record)}/{Nobody}/versions",

            // The client's own versions are those of the record, not of a care relationship by that id.
            $"{Team(record)}/{record}/versions", $"{Team(record)}/{record}/versions/1", $"{Record(Nobody)}/versions",
        })
        {
            Assert.That((await Practitioner.Get(path)).Expect(HttpStatusCode.NotFound).Problem, Is.EqualTo("not-found"), path);
        }
    }

    [Test]
    public async Task Reading_a_version_is_a_use_that_the_client_sees()
    {
        var record = await Host.NewClient();
        var read = (await Practitioner.Get(Record(record, "/versions/1"))).Expect(HttpStatusCode.OK);
        var again = await Practitioner.Get(Record(record, "/versions/1"), ("If-None-Match", read.ETag));
        Assert.That(again.Status, Is.EqualTo(HttpStatusCode.NotModified));
        var history = (await Client.Get(Record(record, "/access-history"))).Items();
        Assert.That(
            history.Where(entry => entry.Word("operation") == "GetClientVersion").Select(entry => entry.Word("id")),
            Is.EqualTo([again.Header("Access-Decision"), read.Header("Access-Decision")]));
    }

    /// <summary>Each version is, letter by letter, what was answered when it was made; the list holds them and no more.</summary>
    private static async Task AreVersions(Api by, string item, params Answer[] asAnswered)
    {
        var list = await by.Get($"{item}/versions");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(list.Items().Select(Text), Is.EqualTo(asAnswered.Select(answer => Text(answer.Json))));
            Assert.That((list.Total(), list.NextCursor()), Is.EqualTo((asAnswered.Length, (string?)null)));
            foreach (var (index, answer) in asAnswered.Index())
            {
                var version = (await by.Get($"{item}/versions/{index + 1}")).Expect(HttpStatusCode.OK);
                Assert.That((version.Text, version.ETag), Is.EqualTo((answer.Text, answer.ETag)));
            }

            Assert.That((await by.Get($"{item}/versions/{asAnswered.Length + 1}")).Status, Is.EqualTo(HttpStatusCode.NotFound));
        }
    }

    private async Task<Answer> Change(string path, Answer seen, object patch) =>
        (await Practitioner.Patch(path, patch, ("If-Match", seen.ETag))).Expect(HttpStatusCode.OK);

    private static string Text(JsonElement json) => JsonSerializer.Serialize(json);

    private static string? Language(JsonElement client) => client.Word("language");

    private static string Team(Guid record) => Record(record, "/care-relationships");
}
