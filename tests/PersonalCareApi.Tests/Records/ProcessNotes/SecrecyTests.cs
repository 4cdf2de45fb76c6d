using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.Promises;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records.ProcessNotes;

/// <summary>A private note is on no path but its author's: not its words, and not that it is there.</summary>
[OnEachDatabase]
internal sealed partial class SecrecyTests(TestDatabase database) : OnOneHost(database)
{
    private const string Sentence = "Quivering heliotrope semaphore, said the ferryman.";

    [Test]
    public async Task A_planted_sentence_is_found_in_its_authors_answers_and_nowhere_else()
    {
        var notes = Record(Personas.ClientId, "/process-notes");
        var proper = Provisions.ProcessNotes(Grantee.Partner);
        (await Client.Post(Record(Personas.ClientId, "/consents"), Consent(proper))).Expect(HttpStatusCode.Created);
        (await Client.Post(Record(Personas.ClientId, "/consents"), Consent(Provision.Permit("all") with
        {
            Grantees = [Grantee.Partner],
            Actions = ["read", "write", "share"],
        }))).Expect(HttpStatusCode.Created);

        // Written with a key, changed, released and taken back: every place that keeps something has kept it.
        var written = (await Practitioner.Post(notes, new { text = Sentence }, ("Idempotency-Key", "planted"))).Expect(HttpStatusCode.Created);
        var path = $"{notes}/{written.Id}";
        await Practitioner.Patch(path, new { text = $"Again: {Sentence}" }, ("If-Match", "\"1\""), ("Idempotency-Key", "planted"));
        await Practitioner.Post($"{path}/release", new { to = new[] { "client", "grantees" } }, ("If-Match", "\"2\""), ("Idempotency-Key", "planted"));
        Assert.That((await Client.Get(path)).Text, Does.Contain(Sentence), "while it is released");
        Assert.That((await Colleague.Get(path)).Text, Does.Contain(Sentence), "while it is released");
        (await Practitioner.Post($"{path}/release/termination", null, ("If-Match", "\"3\""))).Expect(HttpStatusCode.OK);

        var found = new List<string>();
        var answered = 0;
        foreach (var (who, api) in await Everybody())
        {
            foreach (var operation in Gets)
            {
                var answer = await Ask(api, operation, written.Id);
                answered += answer.Status == HttpStatusCode.OK ? 1 : 0;
                if (answer.Text.Contains(Sentence, StringComparison.Ordinal) || answer.Headers.Values.Any(value => value.Contains(Sentence, StringComparison.Ordinal)))
                {
                    found.Add($"{who} {operation.Name}");
                }
            }
        }

        Assert.That(found, Is.EquivalentTo([
            "practitioner ListProcessNotes", "practitioner GetProcessNote", "practitioner ListProcessNoteVersions", "practitioner GetProcessNoteVersion",
        ]));
        Assert.That(answered, Is.GreaterThan(60), "a walk of refusals would prove nothing");
        Assert.That(PlacesWith(Sentence), Is.Empty);
        Assert.That(PlacesWith("process-note"), Is.Not.Empty, "what stands plain is found by the same search");
        Assert.That(Host.Log.All, Does.Not.Contain(Sentence));
        Assert.That(Host.Log.All, Is.Not.Empty);
        Assert.That(Count("change_row WHERE kind = 'process-note' OR category = 'process-notes'"), Is.Zero);
    }

    [Test]
    public async Task That_there_are_private_notes_changes_no_answer_to_anybody_else()
    {
        var record = await Host.NewClient();
        await Give(record, Provisions.ProcessNotes(Grantee.Partner));
        await Give(record, Provision.Permit("all") with { Grantees = [Grantee.Partner], Actions = ["read"] });
        var everybody = (await Everybody()).Where(one => one.Who != "practitioner").ToList();

        var before = await Answers(everybody, record);
        var notes = Record(record, "/process-notes");
        var written = (await Practitioner.Post(notes, new { text = Sentence })).Expect(HttpStatusCode.Created);
        await Practitioner.Get(notes);
        await Practitioner.Get($"{notes}/{written.Id}");
        await Practitioner.Get($"{notes}/{Nobody}");
        await Practitioner.Patch($"{notes}/{written.Id}", new { text = "" }, ("If-Match", "\"1\""));
        await Practitioner.Patch($"{notes}/{written.Id}", new { text = "x" }, ("If-Match", "\"1\""));
        await Practitioner.Patch($"{notes}/{written.Id}", new { text = "y" }, ("If-Match", "\"1\""));
        var own = await Client.Get(Record(record, "/access-history"));
        var after = await Answers(everybody, record);

        using (Assert.EnterMultipleScope())
        {
            foreach (var (asked, answer) in before)
            {
                Assert.That(after[asked], Is.EqualTo(answer), asked);
            }

            Assert.That(own.Text, Does.Not.Contain($"{written.Id}"));
        }

        // The planted difference: one that is released to the client changes what the client is answered.
        await Practitioner.Post($"{notes}/{written.Id}/release", new { to = new[] { "client" } }, ("If-Match", "\"2\""));
        var released = await Answers(everybody, record);
        Assert.That(before.Where(one => released[one.Key] != one.Value).Select(one => one.Key), Is.EqualTo(["client ListProcessNotes"]));
    }

    [Test]
    public async Task The_authors_use_is_told_the_client_as_category_and_caller_alone()
    {
        var record = await Host.NewClient();
        var notes = Record(record, "/process-notes");
        var written = (await Practitioner.Post(notes, new { text = "Mine." })).Expect(HttpStatusCode.Created);
        var read = await Practitioner.Get($"{notes}/{written.Id}");
        await Practitioner.Send(HttpMethod.Delete, $"{notes}/{written.Id}", null, ("If-Match", "\"1\""));

        var history = (await Client.AllPages(Record(record, "/access-history"), 200)).Where(entry => entry.Word("category") == "process-notes").ToList();
        var explained = (await Client.Get(Record(record, $"/access-decisions/{read.Header("Access-Decision")}"))).Expect(HttpStatusCode.OK);

        Assert.That(history, Has.Count.EqualTo(3));
        Assert.That(history.Select(entry => entry.Word("operation")), Is.All.EqualTo("UseProcessNotes"));
        Assert.That(history.Select(entry => entry.Word("by.id")), Is.All.EqualTo($"{Personas.PractitionerId}"));
        Assert.That(history.Select(entry => $"{entry}"), Is.All.Not.Contains($"{written.Id}"));
        Assert.That(explained.Json.Word("operation"), Is.EqualTo("UseProcessNotes"));
    }

    [Test]
    public async Task The_reading_of_a_released_note_by_others_is_told_the_client()
    {
        var record = await Host.NewClient();
        var notes = Record(record, "/process-notes");
        var consent = await Give(record, Provisions.ProcessNotes(Grantee.Partner));
        (await Practitioner.Post(Record(record, "/care-relationships"), new { practitionerId = Personas.SupervisorId })).Expect(HttpStatusCode.Created);
        var written = (await Practitioner.Post(notes, new { text = "Shared." })).Expect(HttpStatusCode.Created);
        await Practitioner.Post($"{notes}/{written.Id}/release", new { to = new[] { "client", "grantees" } }, ("If-Match", "\"1\""));
        var own = (await Supervisor.Post(notes, new { text = "The supervisor's own." })).Expect(HttpStatusCode.Created);
        await Supervisor.Get($"{notes}/{own.Id}");

        Answer[] told =
        [
            await Colleague.Get($"{notes}/{written.Id}"), await Supervisor.Get($"{notes}/{written.Id}"), await Supervisor.Get(notes),
            await Supervisor.Get($"{notes}/{written.Id}/versions"), await Supervisor.Get($"{notes}/{written.Id}/versions/2"),
            await Client.Get($"{notes}/{written.Id}"),
        ];

        var history = (await Client.AllPages(Record(record, "/access-history"), 200)).Where(entry => told.Any(answer => answer.Header("Access-Decision") == entry.Word("id"))).Reverse().ToList();
        Assert.That(history.Select(entry => entry.Word("id")), Is.EqualTo(told.Select(answer => answer.Header("Access-Decision"))));
        Assert.That(history[0].Word("basis.consentId"), Is.EqualTo($"{consent.Id}"));
        Assert.That(history[0].Word("summary"), Is.EqualTo("A practitioner read process notes for treatment, as a consent allows."));
    }

    private List<Operation> Gets => field ??= [.. Operation.Of(Host).Where(operation => operation.Method == HttpMethod.Get)];

    /// <summary>Every persona, and nobody.</summary>
    private async Task<List<(string Who, Api Api)>> Everybody()
    {
        var everybody = new List<(string, Api)> { ("nobody", Host.Anonymous()) };
        foreach (var persona in Personas.All)
        {
            everybody.Add((persona.Name, await Host.As(persona.Name)));
        }

        return everybody;
    }

    private static Task<Answer> Ask(Api api, Operation operation, Guid itemId, Guid? record = null) =>
        api.Get(
            operation.Path(record ?? Personas.ClientId).Replace(Operation.SomeId, $"{itemId}", StringComparison.Ordinal),
            ("Purpose-Of-Use", "TREAT"));

    /// <summary>What each is answered by each operation, traces and the growing history aside.</summary>
    private async Task<Dictionary<string, string>> Answers(List<(string Who, Api Api)> everybody, Guid record)
    {
        var answers = new Dictionary<string, string>();
        foreach (var (who, api) in everybody)
        {
            foreach (var operation in Gets.Where(operation => operation.UnderRecord && operation.Name is not ("ListAccessHistory" or "GetAccessHistoryProof")))
            {
                var answer = await Ask(api, operation, Nobody, record);
                answers.Add($"{who} {operation.Name}", $"{answer.Status} {Trace().Replace(answer.Text, "")}");
            }
        }

        return answers;
    }

    /// <summary>The files and tables of the installation that hold these words as they stand.</summary>
    private List<string> PlacesWith(string words) =>
    [
        .. Host.Data.Stored()
            .Where(one => new[] { Encoding.UTF8, Encoding.Unicode }.Any(encoding => one.Bytes.AsSpan().IndexOf(encoding.GetBytes(words)) >= 0))
            .Select(one => one.Place),
    ];

    [GeneratedRegex("(?<=\"(traceId|at)\":\")[^\"]*", RegexOptions.CultureInvariant)]
    private static partial Regex Trace();
}
