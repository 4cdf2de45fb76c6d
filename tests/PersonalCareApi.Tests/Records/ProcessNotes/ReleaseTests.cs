using System.Net;
using Microsoft.Extensions.DependencyInjection;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.Promises;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records.ProcessNotes;

/// <summary>Who does what with a process note in each state of its release: the whole table.</summary>
[OnEachDatabase]
internal sealed class ReleaseTests(TestDatabase database) : OnOneHost(database)
{
    private static readonly string[] States = ["private", "shared-with-client", "shared-by-consent", "shared"];

    private Api application = null!;
    private Guid applicationId;

    /// <summary>Everybody but the author: they change nothing, whatever they try.</summary>
    private static readonly Dictionary<string, string[]> Table = new()
    {
        // In each state: list/total, read, versions/total, the released version, the version before; then what would change it.
        ["a colleague with a general consent"] =
        [
            "403 403 403 403 403; 403 403 403 403", "403 403 403 403 403; 403 403 403 403",
            "403 403 403 403 403; 403 403 403 403", "403 403 403 403 403; 403 403 403 403",
        ],
        ["a colleague with a proper consent"] =
        [
            "200/0 404 404 404 404; 403 403 403 403", "200/0 404 404 404 404; 403 403 403 403",
            "200/1 200 200/1 200 404; 403 403 403 403", "200/1 200 200/1 200 404; 403 403 403 403",
        ],
        ["a supervisor in the care team"] =
        [
            "200/0 404 404 404 404; 404 404 404 404", "200/0 404 404 404 404; 404 404 404 404",
            "200/0 404 404 404 404; 404 404 404 404", "200/0 404 404 404 404; 404 404 404 404",
        ],
        ["a supervisor in the care team with a proper consent"] =
        [
            "200/0 404 404 404 404; 404 404 404 404", "200/0 404 404 404 404; 404 404 404 404",
            "200/1 200 200/1 200 404; 404 404 404 404", "200/1 200 200/1 200 404; 404 404 404 404",
        ],
        ["the client"] =
        [
            "200/0 404 404 404 404; 403 403 403 403", "200/1 200 200/1 200 404; 403 403 403 403",
            "200/0 404 404 404 404; 403 403 403 403", "200/1 200 200/1 200 404; 403 403 403 403",
        ],
        ["a representative"] =
        [
            "403 403 403 403 403; 403 403 403 403", "403 403 403 403 403; 403 403 403 403",
            "403 403 403 403 403; 403 403 403 403", "403 403 403 403 403; 403 403 403 403",
        ],
        ["an application with a proper consent"] =
        [
            "200/0 404 404 404 404; 403 403 403 403", "200/0 404 404 404 404; 403 403 403 403",
            "200/1 200 200/1 200 404; 403 403 403 403", "200/1 200 200/1 200 404; 403 403 403 403",
        ],
        ["another partner's practitioner"] =
        [
            "404 404 404 404 404; 404 404 404 404", "404 404 404 404 404; 404 404 404 404",
            "404 404 404 404 404; 404 404 404 404", "404 404 404 404 404; 404 404 404 404",
        ],
    };

    [OneTimeSetUp]
    public async Task RegisterAnApplication()
    {
        string[] scopes = ["process-notes:read", "process-notes:write"];
        var registered = (await Platform.Post("/v1/applications", new { code = "reader", name = "A reader", scopes, purposes = new[] { "TREAT" }, subject = "reader" }))
            .Expect(HttpStatusCode.Created);
        applicationId = registered.Id;
        application = Host.WithToken(
            Host.Services.GetRequiredService<DevelopmentIssuer>().Issue(Personas.Harbour.Code, "reader", "reader", string.Join(' ', scopes)));
    }

    [Test]
    public async Task Nobody_but_the_author_does_more_than_read_what_is_released_to_them(
        [ValueSource(nameof(Callers))] string caller, [ValueSource(nameof(States))] string state)
    {
        var (record, api) = await Around(caller);
        var note = await NoteIn(record, state);
        var path = Record(record, $"/process-notes/{note.Id}");
        (string, string) seen = ("If-Match", note.ETag);
        (string, string) purpose = ("Purpose-Of-Use", "TREAT");
        var newest = state == "private" ? 1 : 2;

        Answer[] reads =
        [
            await api.Get(Record(record, "/process-notes"), purpose), await api.Get(path, purpose), await api.Get($"{path}/versions", purpose),
            await api.Get($"{path}/versions/{newest}", purpose), await api.Get($"{path}/versions/{3 - newest}", purpose),
        ];
        Answer[] writes =
        [
            await api.Patch(path, new { text = "Not mine." }, seen, purpose), await api.Send(HttpMethod.Delete, path, null, seen, purpose),
            await api.Post($"{path}/release", new { to = new[] { "client", "grantees" } }, seen, purpose),
            await api.Post($"{path}/release/termination", null, seen, purpose),
        ];

        var found = $"{string.Join(' ', reads.Select(Shown))}; {string.Join(' ', writes.Select(Shown))}";
        Assert.That(found, Is.EqualTo(Table[caller][Array.IndexOf(States, state)]));
        Assert.That((await Practitioner.Get(path)).Text, Is.EqualTo(note.Text), "whatever was tried, the author's note is as it was");
        Assert.That(
            (await api.Post(Record(record, "/process-notes"), new { text = "Mine?" }, purpose)).Status,
            Is.EqualTo(caller.Contains("care team", StringComparison.Ordinal) ? HttpStatusCode.Created : writes[0].Status),
            "only who cares for the client writes, and then a note of their own");
    }

    [TestCase("private", "200/2 200 200/1 200 404; 200 204 200 409")]
    [TestCase("shared-with-client", "200/2 200 200/2 200 200; 409 409 409 200")]
    [TestCase("shared-by-consent", "200/2 200 200/2 200 200; 409 409 409 200")]
    [TestCase("shared", "200/2 200 200/2 200 200; 409 409 409 200")]
    public async Task The_author_reads_always_changes_what_is_private_and_takes_back_what_is_not(string state, string expected)
    {
        var record = await Host.NewClient();
        await NoteIn(record, "private");
        var note = await NoteIn(record, state);
        var path = Record(record, $"/process-notes/{note.Id}");
        var newest = state == "private" ? 1 : 2;
        Answer[] reads =
        [
            await Practitioner.Get(Record(record, "/process-notes")), await Practitioner.Get(path), await Practitioner.Get($"{path}/versions"),
            await Practitioner.Get($"{path}/versions/{newest}"), await Practitioner.Get($"{path}/versions/{3 - newest}"),
        ];

        // Each on a note of its own, since each may change it.
        (string, string) seen = ("If-Match", note.ETag);
        string[] paths =
        [
            path, Record(record, $"/process-notes/{(await NoteIn(record, state)).Id}"),
            Record(record, $"/process-notes/{(await NoteIn(record, state)).Id}"), Record(record, $"/process-notes/{(await NoteIn(record, state)).Id}"),
        ];
        Answer[] writes =
        [
            await Practitioner.Patch(paths[0], new { text = "Changed." }, seen), await Practitioner.Send(HttpMethod.Delete, paths[1], null, seen),
            await Practitioner.Post($"{paths[2]}/release", new { to = new[] { "client" } }, seen),
            await Practitioner.Post($"{paths[3]}/release/termination", null, seen),
        ];

        Assert.That($"{string.Join(' ', reads.Select(Shown))}; {string.Join(' ', writes.Select(Shown))}", Is.EqualTo(expected));
    }

    [Test]
    public async Task A_withdrawn_consent_and_a_denial_close_what_was_released_at_once()
    {
        var record = await Host.NewClient();
        var note = await NoteIn(record, "shared");
        var path = Record(record, $"/process-notes/{note.Id}");
        var consent = await Give(record, Provisions.ProcessNotes(Grantee.Practitioner(Personas.ColleagueId)));
        (await Colleague.Get(path)).Expect(HttpStatusCode.OK);
        await Withdraw(record, consent);
        (await Colleague.Get(path)).Expect(HttpStatusCode.NotFound);

        await Give(record, Provisions.ProcessNotes(Grantee.Practitioner(Personas.ColleagueId)));
        (await Colleague.Get(path)).Expect(HttpStatusCode.OK);
        await Give(record, new Provision { Effect = "deny" });
        Assert.That((await Colleague.Get(path)).Expect(HttpStatusCode.Forbidden).Reason, Is.EqualTo("denied-by-client"));
        (await Practitioner.Get(path)).Expect(HttpStatusCode.OK);
    }

    [Test]
    public async Task Without_the_label_or_beside_anything_else_no_consent_to_them_is_taken()
    {
        var record = await Host.NewClient();
        var colleague = Provisions.ProcessNotes(Grantee.Practitioner(Personas.ColleagueId));
        Provision[][] bundles =
        [
            [colleague with { Sensitivities = null }],
            [colleague with { Categories = ["process-notes", "goals"] }],
            [colleague, Provision.Permit("goals")],
            [colleague with { Actions = ["read", "write"] }],
            [colleague with { Actions = ["share"] }],
        ];
        foreach (var provisions in bundles)
        {
            (await Client.Post(Record(record, "/consents"), Consent([.. provisions]))).Expect(HttpStatusCode.UnprocessableEntity);
        }
    }

    private static IEnumerable<string> Callers => Table.Keys;

    private static string Shown(Answer answer) => answer.Status == HttpStatusCode.OK && answer.Json.TryGetProperty("total", out var total)
        ? $"{(int)answer.Status}/{total}"
        : $"{(int)answer.Status}";

    private async Task<(Guid Record, Api Api)> Around(string caller)
    {
        if (caller == "a representative")
        {
            return (Personas.OtherClientId, await Host.As("representative"));
        }

        var record = await Host.NewClient();
        switch (caller)
        {
            case "a colleague with a general consent":
                await Give(record, Provision.Permit("all") with { Grantees = [Grantee.Practitioner(Personas.ColleagueId)], Actions = ["read", "write", "share"] });
                return (record, Colleague);
            case "a colleague with a proper consent":
                await Give(record, Provisions.ProcessNotes(Grantee.Practitioner(Personas.ColleagueId)));
                return (record, Colleague);
            case "a supervisor in the care team":
                await BringIn(record);
                await Give(record, Provision.Permit("all") with { Grantees = [Grantee.CareTeam] });
                return (record, Supervisor);
            case "a supervisor in the care team with a proper consent":
                await BringIn(record);
                await Give(record, Provisions.ProcessNotes(Grantee.Role("supervisor")));
                return (record, Supervisor);
            case "the client":
                return (record, Client);
            case "an application with a proper consent":
                await Give(record, Provisions.ProcessNotes(Grantee.Application(applicationId)));
                return (record, application);
            case "another partner's practitioner":
                await Give(record, Provisions.ProcessNotes(Grantee.Partner));
                return (record, Elsewhere);
            default:
                throw new ArgumentOutOfRangeException(nameof(caller), caller, "Nobody of the table.");
        }
    }

    private async Task BringIn(Guid record) =>
        (await Practitioner.Post(Record(record, "/care-relationships"), new { practitionerId = Personas.SupervisorId, role = "supervisor" }))
            .Expect(HttpStatusCode.Created);

    /// <summary>A note of the practitioner's, as it is in this state.</summary>
    private async Task<Answer> NoteIn(Guid record, string state)
    {
        var notes = Record(record, "/process-notes");
        var written = (await Practitioner.Post(notes, new { text = "I hurry when we come near her father." })).Expect(HttpStatusCode.Created);
        string[] to = state switch
        {
            "shared-with-client" => ["client"],
            "shared-by-consent" => ["grantees"],
            "shared" => ["client", "grantees"],
            _ => [],
        };
        return to is []
            ? await Practitioner.Get($"{notes}/{written.Id}")
            : (await Practitioner.Post($"{notes}/{written.Id}/release", new { to }, ("If-Match", written.ETag))).Expect(HttpStatusCode.OK);
    }
}
