using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using PersonalCareApi.Development;
using PersonalCareApi.Protection;
using PersonalCareApi.Records.SessionNotes;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records.SessionNotes;

/// <summary>Session notes: drafted, changed, signed, and from then on as they were signed.</summary>
[OnEachDatabase]
internal sealed class SessionNoteTests(TestDatabase database) : OnOneHost(database)
{
    private Guid record;

    [SetUp]
    public async Task NewRecord()
    {
        record = await Host.NewClient();
        await Give(record, Provision.Permit("session-notes"));
    }

    private string Path => Record(record, "/session-notes");

    [Test]
    public async Task A_draft_is_read_as_it_was_written()
    {
        var goal = Nobody;
        var made = await Practitioner.Draft(record, new
        {
            format = "soap",
            session = new { startAt = "2026-05-04T11:30:00+02:00", minutes = 50, medium = "in-person" },
            content = new { subjective = "Sleeps better.", plan = "Go on." },
            modalities = new[] { "cbt", "act" },
            techniques = new[] { "thought records" },
            goalIds = new[] { goal },
            sensitivities = new[] { "SUD" },
            alliance = new { by = "client", scale = "session-check-in", value = 8.5 },
        });
        var session = (await Practitioner.Get(Record(record, $"/sessions/{made.Word("sessionId")}"))).Expect(HttpStatusCode.OK);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(made.Header("Location"), Is.EqualTo($"{Path}/{made.Id}"));
            Assert.That((await Practitioner.Get($"{Path}/{made.Id}")).Text, Is.EqualTo(made.Text));
            Assert.That(made.Word("status"), Is.EqualTo("draft"));
            Assert.That(made.Word("author.id"), Is.EqualTo($"{Personas.PractitionerId}"));
            Assert.That(made.Word("sessionStartAt"), Is.EqualTo("2026-05-04T09:30:00Z"));
            Assert.That(made.Word("content.subjective"), Is.EqualTo("Sleeps better."));
            Assert.That(made.Word("content.objective"), Is.Null);
            Assert.That(made.Json.GetProperty("goalIds")[0].GetGuid(), Is.EqualTo(goal), "kept as given");
            Assert.That(made.Json.GetProperty("signatures").GetArrayLength(), Is.Zero);
            Assert.That(made.Word("contentHash"), Has.Length.EqualTo(64));
            Assert.That(session.Word("status"), Is.EqualTo("held"));
            Assert.That(session.Word("minutes"), Is.EqualTo("50"));
            Assert.That(session.Word("medium"), Is.EqualTo("in-person"));
            Assert.That(session.Json.GetProperty("participants")[0].Word("id"), Is.EqualTo($"{Personas.PractitionerId}"));
        }
    }

    [Test]
    public async Task Every_fault_of_a_draft_is_named_at_once()
    {
        var refused = await Practitioner.Post(Path, new
        {
            format = "dap",
            sessionId = Nobody,
            session = new { startAt = "2099-01-01T00:00:00Z", minutes = 0, medium = "video" },
            content = new { subjective = "not of DAP", data = new string('x', 20_001), narrative = "nor this" },
            modalities = new[] { "cbt", "astrology" },
            techniques = new[] { "" },
            sensitivities = new[] { "PSYTHPN" },
            alliance = new { by = "practitioner", scale = "wai", value = 8.25 },
        });
        Assert.That(refused.Expect(HttpStatusCode.UnprocessableEntity).Faults, Is.EquivalentTo([
            "#/session not-allowed", "#/session/startAt out-of-range", "#/session/minutes out-of-range", "#/content/data wrong-length",
            "#/content/subjective not-allowed", "#/content/narrative not-allowed", "#/modalities/1 unknown-value", "#/techniques/0 wrong-length",
            "#/sensitivities/0 unknown-value", "#/alliance/by unknown-value", "#/alliance/scale unknown-value", "#/alliance/value out-of-range",
        ]));
        Assert.That((await Practitioner.Get(Path)).Total(), Is.Zero);
        Assert.That((await Practitioner.Get(Record(record, "/sessions"))).Total(), Is.Zero);
    }

    [TestCase("\"content\":{}", "#/sessionId required")]
    [TestCase("\"sessionId\":\"0197a000-0000-7000-8000-0000000fffff\",\"content\":{}", "#/sessionId unknown-reference")]
    [TestCase("\"sessionId\":null,\"content\":null", "#/content null")]
    [TestCase("\"session\":{\"startAt\":\"2026-05-04T09:30:00Z\",\"medium\":\"fax\"},\"content\":{}", "#/session/medium unknown-value")]
    [TestCase("\"content\":{\"prose\":\"x\"}", "#/content/prose unknown-member")]
    [TestCase("\"content\":{},\"modalities\":[null]", "#/modalities/0 null")]
    [TestCase("\"content\":{},\"alliance\":{\"by\":\"client\",\"scale\":\"session-check-in\",\"value\":10.5}", "#/alliance/value out-of-range")]
    public async Task A_faulty_draft_names_its_fault(string members, string fault) =>
        Assert.That(
            (await Practitioner.PostText(Path, $"{{\"format\":\"soap\",{members}}}")).Expect(HttpStatusCode.UnprocessableEntity).Faults,
            Does.Contain(fault));

    [Test]
    public async Task No_more_goals_are_named_than_fifty() =>
        Assert.That(
            (await Practitioner.Post(Path, Notes.Body(goalIds: [.. Enumerable.Repeat(Nobody, 51)]))).Expect(HttpStatusCode.UnprocessableEntity).Faults,
            Is.EqualTo(["#/goalIds too-long"]));

    [Test]
    public async Task A_draft_changes_member_by_member_and_takes_back_what_was_read()
    {
        var made = await Practitioner.Draft(record, new
        {
            format = "dap",
            session = new { startAt = Notes.SomeDay, medium = "chat" },
            content = new { data = "a", plan = "b" },
            techniques = new[] { "worry time" },
        });
        var patched = (await Practitioner.Patch($"{Path}/{made.Id}", new { content = new { plan = "c" } }, ("If-Match", made.ETag))).Expect(HttpStatusCode.OK);
        var edited = JsonNode.Parse(patched.Text)!;
        edited["techniques"] = new JsonArray("breathing");
        using var whole = new StringContent(edited.ToJsonString(), System.Text.Encoding.UTF8, "application/merge-patch+json");
        var again = (await Practitioner.Send(HttpMethod.Patch, $"{Path}/{made.Id}", whole, ("If-Match", patched.ETag))).Expect(HttpStatusCode.OK);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(patched.Word("content.data"), Is.EqualTo("a"));
            Assert.That(patched.Word("content.plan"), Is.EqualTo("c"));
            Assert.That(patched.Word("contentHash"), Is.Not.EqualTo(made.Word("contentHash")));
            Assert.That(again.Word("version"), Is.EqualTo("3"));
            Assert.That(again.Json.GetProperty("techniques")[0].GetString(), Is.EqualTo("breathing"));
            Assert.That(
                (await Practitioner.Patch($"{Path}/{made.Id}", new { format = "soap" }, ("If-Match", again.ETag))).Faults,
                Is.EqualTo(["#/content/data not-allowed"]));
        }
    }

    [Test]
    public async Task Of_two_who_edit_one_draft_the_second_hears_of_the_first_and_nothing_is_lost()
    {
        var made = await Practitioner.Draft(record, new
        {
            format = "dap",
            session = new { startAt = Notes.SomeDay, medium = "chat" },
            content = new { },
        });
        var (desk, phone) = (await Host.As("practitioner"), await Host.As("practitioner"));
        var path = $"{Path}/{made.Id}";
        (await desk.Patch(path, new { content = new { data = "from the desk" } }, ("If-Match", made.ETag))).Expect(HttpStatusCode.OK);
        (await phone.Patch(path, new { content = new { plan = "from the phone" } }, ("If-Match", made.ETag))).Expect(HttpStatusCode.PreconditionFailed);
        var present = await phone.Note(record, made.Id);
        var both = (await phone.Patch(path, new { content = new { plan = "from the phone" } }, ("If-Match", present.ETag))).Expect(HttpStatusCode.OK);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(both.Word("content.data"), Is.EqualTo("from the desk"));
            Assert.That(both.Word("content.plan"), Is.EqualTo("from the phone"));
        }

        var racing = await Task.WhenAll(Enumerable.Range(0, 8).Select(number =>
            desk.Patch(path, new { techniques = new[] { $"{number}" } }, ("If-Match", both.ETag))));
        Assert.That(racing.Count(answer => answer.Status == HttpStatusCode.OK), Is.EqualTo(1));
        Assert.That(racing.Count(answer => answer.Status == HttpStatusCode.PreconditionFailed), Is.EqualTo(7));
        Assert.That((await desk.Note(record, made.Id)).Text, Is.EqualTo(racing.Single(answer => answer.Status == HttpStatusCode.OK).Text));
    }

    [Test]
    public async Task A_discarded_draft_is_gone_with_its_versions_and_marks()
    {
        var made = await Practitioner.Draft(record, Notes.Body(modalities: ["cbt"], goalIds: [Nobody]));
        var path = $"{Path}/{made.Id}";
        (await Practitioner.Send(HttpMethod.Delete, path, null)).Expect(HttpStatusCode.PreconditionRequired);
        (await Practitioner.Send(HttpMethod.Delete, path, null, ("If-Match", "\"9\""))).Expect(HttpStatusCode.PreconditionFailed);
        Assert.That(Count($"session_note_mark WHERE note_id = '{made.Id}'"), Is.EqualTo(2));
        (await Practitioner.Send(HttpMethod.Delete, path, null, ("If-Match", made.ETag))).Expect(HttpStatusCode.NoContent);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((await Practitioner.Get(path)).Status, Is.EqualTo(HttpStatusCode.NotFound));
            Assert.That((await Practitioner.Get($"{path}/versions")).Status, Is.EqualTo(HttpStatusCode.NotFound));
            Assert.That(Count($"session_note_mark WHERE note_id = '{made.Id}'"), Is.Zero);
            Assert.That(Count($"item_version WHERE item_id = '{made.Id}'"), Is.Zero);
            Assert.That(Count($"change_row WHERE item_id = '{made.Id}'"), Is.Zero, "no feed of changes tells of a draft");
            Assert.That((await Practitioner.Get(Record(record, $"/sessions/{made.Word("sessionId")}"))).Status, Is.EqualTo(HttpStatusCode.OK));
        }
    }

    [TestCase("soap", "subjective, objective, assessment, plan")]
    [TestCase("dap", "data, assessment, plan")]
    [TestCase("birp", "behavior, intervention, response, plan")]
    [TestCase("girp", "goal, intervention, response, plan")]
    [TestCase("narrative", "narrative")]
    public async Task A_note_is_signed_once_every_section_of_its_format_is_there(string format, string sections)
    {
        var made = await Practitioner.Draft(record, new
        {
            format,
            session = new { startAt = Notes.SomeDay, medium = "chat" },
            content = new Dictionary<string, string> { [sections.Split(", ")[0]] = " \n" },
        });
        var refused = (await Practitioner.TrySign(record, made)).Expect(HttpStatusCode.Conflict);
        Assert.That(refused.Problem, Is.EqualTo("state-conflict"));
        Assert.That(refused.Word("detail"), Is.EqualTo($"The note lacks {sections}."));

        var whole = (await Practitioner.Patch(
            $"{Path}/{made.Id}", new { content = sections.Split(", ").ToDictionary(section => section, _ => "Something.") }, ("If-Match", made.ETag)))
            .Expect(HttpStatusCode.OK);
        var signed = (await Practitioner.TrySign(record, whole)).Expect(HttpStatusCode.OK);
        Assert.That(signed.Word("status"), Is.EqualTo("signed"));
    }

    [Test]
    public async Task A_signature_names_what_the_signer_saw()
    {
        var made = await Practitioner.Draft(record);
        var path = $"{Path}/{made.Id}";
        var other = new string('0', 64);
        (await Practitioner.Post($"{path}/signature", new { version = 1, contentHash = made.Word("contentHash") })).Expect(HttpStatusCode.PreconditionRequired);
        (await Practitioner.Post($"{path}/signature", new { version = 2, contentHash = made.Word("contentHash") }, ("If-Match", made.ETag))).Expect(HttpStatusCode.PreconditionFailed);
        (await Practitioner.Post($"{path}/signature", new { version = 1, contentHash = other }, ("If-Match", made.ETag))).Expect(HttpStatusCode.Conflict);
        Assert.That(
            (await Practitioner.Post($"{path}/signature", new { version = 1, contentHash = "ABC" }, ("If-Match", made.ETag))).Faults,
            Is.EqualTo(["#/contentHash invalid-format"]));

        var signed = (await Practitioner.TrySign(record, made)).Expect(HttpStatusCode.OK);
        var signature = signed.Json.GetProperty("signatures")[0];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(signed.ETag, Is.EqualTo("\"2\""));
            Assert.That(signature.Word("role"), Is.EqualTo("author"));
            Assert.That(signature.Word("by.id"), Is.EqualTo($"{Personas.PractitionerId}"));
            Assert.That(signature.Word("version"), Is.EqualTo("1"));
            Assert.That(signature.Word("contentHash"), Is.EqualTo(made.Word("contentHash")));
            Assert.That(signature.Word("verified"), Is.EqualTo("True"));
            Assert.That((await Practitioner.TrySign(record, signed)).Problem, Is.EqualTo("state-conflict"));
            Assert.That((await Practitioner.TrySign(record, made)).Status, Is.EqualTo(HttpStatusCode.PreconditionFailed));
        }
    }

    [Test]
    public async Task The_hash_can_be_recomputed_from_what_is_answered()
    {
        var made = await Practitioner.Draft(record, new
        {
            format = "dap",
            session = new { startAt = "2026-05-04T09:30:00.5Z", medium = "chat" },
            content = new { data = "Größer \"als\" <gedacht> & 😀\r\n\tnoch mehr", plan = "\\" },
            modalities = new[] { "cbt" },
            techniques = new[] { "b", "a" },
            sensitivities = new[] { "SUD" },
            alliance = new { by = "client", scale = "session-check-in", value = 10.0 },
        });

        // As an integrator would, with what the document says and any JSON library that sorts members.
        var shown = JsonNode.Parse(made.Text)!;
        var matter = new SortedDictionary<string, JsonNode?>(StringComparer.Ordinal)
        {
            ["author"] = shown["author"]!["id"]!.DeepClone(),
            ["content"] = new JsonObject(shown["content"]!.AsObject().Where(section => section.Value is not null)
                .OrderBy(section => section.Key, StringComparer.Ordinal)
                .Select(section => KeyValuePair.Create(section.Key, (JsonNode?)section.Value!.DeepClone()))),
        };
        foreach (var name in new[] { "id", "clientId", "sessionStartAt", "format", "modalities", "techniques", "goalIds", "sensitivities", "alliance" })
        {
            matter[name] = shown[name]?.DeepClone();
        }

        matter["alliance"]!["value"] = 10;
        var text = JsonSerializer.Serialize(matter, Jcs).Replace("\\uD83D\\uDE00", "😀", StringComparison.Ordinal);
        Assert.That(
            Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text))),
            Is.EqualTo(made.Word("contentHash")), text);
    }

    [Test]
    public async Task A_signature_whose_answer_was_lost_is_given_once()
    {
        var made = await Practitioner.Draft(record, Notes.Body(alliance: new { by = "client", scale = "session-check-in", value = 7 }));
        (string, string) key = ("Idempotency-Key", "sign-once");
        var first = (await Practitioner.TrySign(record, made, "signature", key)).Expect(HttpStatusCode.OK);

        // The signer never saw the answer, and asks again just as before.
        var again = (await Practitioner.TrySign(record, made, "signature", key)).Expect(HttpStatusCode.OK);
        var present = await Practitioner.Note(record, made.Id);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(again.Text, Is.EqualTo(first.Text));
            Assert.That(again.ETag, Is.EqualTo(first.ETag));
            Assert.That(again.Header("Idempotency-Replayed"), Is.EqualTo("true"));
            Assert.That(present.Text, Is.EqualTo(first.Text));
            Assert.That(present.Json.GetProperty("signatures").GetArrayLength(), Is.EqualTo(1));
            Assert.That((await Practitioner.Get(Record(record, "/alliance-check-ins"))).Total(), Is.EqualTo(1));
        }

        var racing = await Practitioner.Draft(record);
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Practitioner.TrySign(record, racing)));
        Assert.That(answers.Count(answer => answer.Status == HttpStatusCode.OK), Is.EqualTo(1));
        Assert.That((await Practitioner.Note(record, racing.Id)).Json.GetProperty("signatures").GetArrayLength(), Is.EqualTo(1));
    }

    [TestCase("content")]
    [TestCase("techniques")]
    [TestCase("start")]
    [TestCase("unsigned")]
    public async Task What_is_not_what_was_signed_is_not_shown(string altered)
    {
        var note = altered == "unsigned" ? await Practitioner.Draft(record) : await Practitioner.Signed(record);
        Tamper(note.Id, altered);
        var read = await Client.Note(record, note.Id);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(read.Json.GetProperty("content").ValueKind, Is.EqualTo(JsonValueKind.Null));
            Assert.That(read.Json.GetProperty("techniques").ValueKind, Is.EqualTo(JsonValueKind.Null));
            Assert.That(read.Json.GetProperty("signatures").EnumerateArray().Select(one => one.GetProperty("verified").GetBoolean()), Is.All.False);
            Assert.That(read.Text, Does.Not.Contain("Forged").And.Not.Contain("What was said"));
            Assert.That((await Practitioner.Get(Path)).Text, Does.Not.Contain("Forged").And.Not.Contain("What was said"));
        }
    }

    [Test]
    public async Task What_was_sealed_is_opened_and_sealed_by_the_test_as_the_program_does()
    {
        var note = await Practitioner.Signed(record);
        Tamper(note.Id, "nothing");
        Assert.That((await Client.Note(record, note.Id)).Text, Is.EqualTo((await Practitioner.Note(record, note.Id)).Text).And.Contain("What was said"));
    }

    [Test]
    public async Task Versions_from_before_the_signature_are_the_authors_alone()
    {
        await Give(record, Notes.Permit(Personas.ColleagueId));
        var made = await Practitioner.Draft(record, Notes.Body(text: "First thought."));
        var changed = (await Practitioner.Patch($"{Path}/{made.Id}", new { content = new { narrative = "Second thought." } }, ("If-Match", made.ETag))).Expect(HttpStatusCode.OK);
        var signed = (await Practitioner.TrySign(record, changed)).Expect(HttpStatusCode.OK);
        var versions = $"{Path}/{made.Id}/versions";
        using (Assert.EnterMultipleScope())
        {
            Assert.That((await Practitioner.Get(versions)).Items().Select(version => $"{version.Word("version")} {version.Word("status")}"), Is.EqualTo(["1 draft", "2 draft", "3 signed"]));
            Assert.That((await Practitioner.Get($"{versions}/1")).Text, Is.EqualTo(made.Text));
            foreach (var other in new[] { Client, Colleague })
            {
                Assert.That((await other.Get(versions)).Items().Select(version => version.Word("version")), Is.EqualTo(["3"]));
                Assert.That((await other.Get($"{versions}/1")).Status, Is.EqualTo(HttpStatusCode.NotFound));
                Assert.That((await other.Get($"{versions}/3")).Text, Is.EqualTo(signed.Text));
                Assert.That((await other.Get(versions)).Text, Does.Not.Contain("First thought"));
            }
        }
    }

    [Test]
    public async Task A_session_that_is_planned_moved_or_retracted_must_be_settled_before_its_note_is_signed()
    {
        var sessions = Record(record, "/sessions");
        var planned = (await Practitioner.Post(sessions, new { startAt = "2026-05-04T09:30:00Z", medium = "video", status = "planned" })).Expect(HttpStatusCode.Created);
        var note = await Practitioner.Draft(record, new { format = "narrative", sessionId = planned.Id, content = new { narrative = "x" } });
        Assert.That((await Practitioner.TrySign(record, note)).Expect(HttpStatusCode.Conflict).Word("detail"), Does.Contain("planned"));

        var held = (await Practitioner.Patch($"{sessions}/{planned.Id}", new { status = "held", startAt = "2026-05-04T10:00:00Z" }, ("If-Match", planned.ETag))).Expect(HttpStatusCode.OK);
        Assert.That((await Practitioner.TrySign(record, note)).Expect(HttpStatusCode.Conflict).Word("detail"), Does.Contain("moved"));

        note = (await Practitioner.Patch($"{Path}/{note.Id}", new { }, ("If-Match", note.ETag))).Expect(HttpStatusCode.OK);
        Assert.That(note.Word("sessionStartAt"), Is.EqualTo("2026-05-04T10:00:00Z"));
        (await Practitioner.Post($"{sessions}/{planned.Id}/retraction", new { reason = "another client's" }, ("If-Match", held.ETag))).Expect(HttpStatusCode.OK);
        Assert.That((await Practitioner.TrySign(record, note)).Expect(HttpStatusCode.Conflict).Word("detail"), Does.Contain("retracted"));
    }

    [Test]
    public async Task For_payment_the_note_says_that_and_not_what()
    {
        await Give(record, Provision.Permit("session-notes") with { Purposes = ["HPAYMT"], Actions = ["read"] });
        var note = await Practitioner.Signed(record, Notes.Body(modalities: ["cbt"], alliance: new { by = "client", scale = "session-check-in", value = 3 }));
        var addendum = (await Practitioner.Post($"{Path}/{note.Id}/addenda", new { text = "Added." })).Expect(HttpStatusCode.Created);
        (string, string) forPayment = ("Purpose-Of-Use", "HPAYMT");
        var read = (await Practitioner.Get($"{Path}/{note.Id}", forPayment)).Expect(HttpStatusCode.OK);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(read.Json.GetProperty("content").ValueKind, Is.EqualTo(JsonValueKind.Null));
            Assert.That(read.Json.GetProperty("techniques").ValueKind, Is.EqualTo(JsonValueKind.Null));
            Assert.That(read.Json.GetProperty("alliance").ValueKind, Is.EqualTo(JsonValueKind.Null));
            Assert.That(read.Json.GetProperty("modalities")[0].GetString(), Is.EqualTo("cbt"));
            Assert.That(read.Json.GetProperty("signatures")[0].Word("verified"), Is.EqualTo("True"));
            Assert.That((await Practitioner.Get($"{Path}/{note.Id}/addenda/{addendum.Id}", forPayment)).Word("text"), Is.Null);
            Assert.That((await Practitioner.Get(Record(record, "/alliance-check-ins"), forPayment)).Items()[0].Word("value"), Is.Null);
        }
    }

    [Test]
    public async Task A_label_that_the_consent_does_not_name_closes_the_note()
    {
        await Give(record, Notes.Permit(Personas.ColleagueId));
        var closed = await Practitioner.Signed(record, Notes.Body(sensitivities: ["HIV"]));
        var open = await Practitioner.Signed(record);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((await Colleague.Get(Path)).Ids(), Is.EqualTo([open.Id]));
            Assert.That((await Colleague.Get(Path)).Total(), Is.EqualTo(1));
            Assert.That((await Colleague.Get($"{Path}/{closed.Id}")).Status, Is.EqualTo(HttpStatusCode.NotFound));
            Assert.That((await Client.Get(Path)).Total(), Is.EqualTo(2));
            Assert.That((await Practitioner.Get(Path)).Total(), Is.EqualTo(2), "the author's own labels do not close");
        }
    }

    [Test]
    public async Task The_client_sees_who_read_a_note()
    {
        var note = await Practitioner.Signed(record);
        await Practitioner.Note(record, note.Id);
        var history = (await Client.Get(Record(record, "/access-history"))).Items().Select(entry => entry.Word("operation")).ToList();
        Assert.That(history, Is.SupersetOf(["DraftSessionNote", "SignSessionNote", "GetSessionNote"]));
    }

    private static JsonSerializerOptions Jcs { get; } = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Changes what is kept, as somebody with the database and the client's key could.</summary>
    private void Tamper(Guid id, string what)
    {
        using var beside = Host.OpenDatabase();
        var keys = Host.Services.GetRequiredService<ClientKeys>();
        var ring = keys.Unwrap(record, beside.Query<ClientKeys.Row>(
            "SELECT client_id, generation, wrapped FROM client_key WHERE client_id = @Record", new { Record = record }));
        var row = beside.QuerySingle<(long Version, byte[] Content)>(
            "SELECT version, content FROM session_note WHERE id = @Id", new { Id = id });
        var content = ring.Open<SessionNoteContent>("session-note", id, (int)row.Version, row.Content);
        content = what switch
        {
            "content" => content with { Sections = new NoteSections { Narrative = "Forged." } },
            "techniques" => content with { Techniques = ["Forged."] },
            _ => content,
        };
        var set = what switch
        {
            "start" => "occurred_at = @Start",
            "unsigned" => "status = 'signed'",
            _ => "content = @Content",
        };
        Assert.That(
            beside.Execute(
                $"UPDATE session_note SET {set} WHERE id = @Id",
                new { Id = id, Start = DateTimeOffset.Parse("2026-05-03T09:30:00Z", null), Content = ring.Seal("session-note", id, (int)row.Version, content) }),
            Is.EqualTo(1));
    }
}
