using System.Net;
using Dapper;
using PersonalCareApi.Development;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Domain.Tests.Access;
using PersonalCareApi.Tests.Records;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;
using Grantee = PersonalCareApi.Tests.Records.Grantee;

namespace PersonalCareApi.Tests.Promises;

/// <summary>Who asks in a world of made-up people, and for what.</summary>
internal sealed record Asker(string Persona, Caller Caller, Api Api, string? Purpose)
{
    public (string Name, string Value)[] Headers => Purpose is null ? [] : [("Purpose-Of-Use", Purpose)];

    public override string ToString() => $"{Persona} for {Purpose ?? "their own purpose"}";
}

/// <summary>A row of a table as far as it bears on who sees it.</summary>
internal sealed record WorldRow
{
    public required Guid Id { get; init; }

    public required long Labels { get; init; }

    public required Guid AuthorId { get; init; }

    public required string Part { get; init; }

    public required DateTimeOffset OccurredAt { get; init; }

    public required string Status { get; init; }

    public Guid? WholeId { get; init; }

    public ItemFacts Facts => new((Sensitivity)Labels, AuthorId, Part, OccurredAt);
}

/// <summary>One client's record with items of every kind, by several authors, of mixed sensitivity, over a year and a half.</summary>
internal sealed class World(ApiHost host, Random random, Guid record)
{
    private static readonly string[] Everything = ["PSY", "ETH", "SUD", "ETHUD", "OPIOIDUD", "GDIS", "SDV", "HIV", "SEX"];

    private static readonly string[][] SomeLabels = [[], [], [], ["PSY"], ["SUD"], ["HIV"], ["SEX", "SDV"]];

    private static readonly string[][] SomePurposes =
        [["TREAT"], ["TREAT"], ["TREAT"], ["TREAT", "HOPERAT"], ["HPAYMT"], ["ETREAT"], ["HOPERAT"], ["HRESCH"]];

    private static readonly Guid[] Practitioners = [Personas.PractitionerId, Personas.ColleagueId, Personas.SupervisorId];

    public Guid Record => record;

    /// <summary>A record with its items, and no consent in force.</summary>
    public static async Task<World> Make(ApiHost host, Random random)
    {
        var world = new World(host, random, await host.NewClient());
        var client = await host.As("client");
        var broad = (await client.Post(Record(world.Record, "/consents"), Consent(Provision.Permit("assessments", "goals", "session-notes") with
        {
            Grantees = [Grantee.Partner],
            Sensitivities = Everything,
        }))).Expect(HttpStatusCode.Created);
        await world.Fill(client, [await host.As("practitioner"), await host.As("colleague"), await host.As("supervisor")]);
        (await client.Post(Record(world.Record, $"/consents/{broad.Id}/withdrawal"), new { })).Expect(HttpStatusCode.OK);
        return world;
    }

    /// <summary>A consent as somebody might give it; now and then one that cannot be given.</summary>
    /// <param name="replaces">The consent that it takes the place of.</param>
    public object SomeConsent(Guid? replaces = null)
    {
        var purposes = Any(SomePurposes);
        var ofProcessNotes = random.Next(5) == 0;
        return new
        {
            status = "active",
            replaces,
            evidence = new { method = "electronic-signature", givenAt = "2026-05-01T08:00:00Z", @explicit = true },
            provisions = Enumerable.Range(0, random.Next(1, 4)).Select(_ => SomeProvision(ofProcessNotes, purposes)).ToArray(),
        };
    }

    /// <summary>The record as a decision sees it now.</summary>
    public async Task<RecordFacts> Facts(DateTimeOffset now) =>
        await host.FactsOf(record, now) ?? throw new AssertionException("The record is not there.");

    /// <summary>Whether one item may be read, by the rules written once more in the plainest way.</summary>
    public bool MayRead(RecordFacts facts, Asker asker, DataCategory category, ItemFacts item, DateTimeOffset now) =>
        Rules(facts, asker, new DataUse(category, DataAction.Read), now).MayUse(item);

    public bool MayKnow(RecordFacts facts, Asker asker, DateTimeOffset now) =>
        Rules(facts, asker, new DataUse(DataCategory.Demographics, DataAction.Read), now).MayKnowOfTheRecord();

    /// <summary>Every row of a table, read beside the program.</summary>
    public IReadOnlyList<WorldRow> Rows(string table, string status, string whole)
    {
        using var beside = host.OpenDatabase();
        return
        [
            .. beside.Query<WorldRow>(
                $"SELECT id, labels, author_id, part, occurred_at, {status} AS status, {whole} AS whole_id FROM {table} WHERE client_id = @Record",
                new { Record = record }),
        ];
    }

    private PlainRules Rules(RecordFacts facts, Asker asker, DataUse use, DateTimeOffset now) => new(
        facts,
        new AccessRequest
        {
            Caller = asker.Caller,
            ClientId = record,
            Use = use,
            ClaimedPurpose = asker.Purpose is { } code && PurposeOfUse.TryParse(code, out var purpose) ? purpose : null,
        },
        now);

    private Provision SomeProvision(bool ofProcessNotes, string[] purposes)
    {
        var permits = ofProcessNotes || random.Next(3) > 0;
        var spans = random.Next(6);
        return new Provision
        {
            Effect = permits ? "permit" : "deny",
            Grantees = permits || random.Next(2) == 0 ? [SomeGrantee()] : null,
            Categories = ofProcessNotes ? ["process-notes"] : permits || random.Next(2) == 0 ? SomeCategories() : null,
            Actions = permits || random.Next(2) == 0 ? Any<string[]>(["read"], ["read"], ["read", "write"], ["write"]) : null,
            Purposes = permits ? purposes : Any<string[]?>(null, ["TREAT"], ["HOPERAT"]),
            Sensitivities = ofProcessNotes ? ["PSYTHPN"] : Any(SomeLabels),
            Period = Any<object?>(null, null, null, new { from = "2026-01-01T00:00:00Z", until = "2026-02-01T00:00:00Z" }, new { from = "2026-01-01T00:00:00Z" }),
            DataPeriod = spans == 0 ? new { from = (string?)SomeDay(), until = (string?)null } : spans == 1 ? new { from = (string?)null, until = (string?)SomeDay() } : null,
            AuthoredBy = random.Next(5) == 0 ? [Any(Practitioners)] : null,
            Parts = !ofProcessNotes && random.Next(6) == 0 ? Any<string[]>(["phq-9"], ["audit-c", "gad-7"]) : null,
        };
    }

    private object SomeGrantee() => Any(
        Grantee.Practitioner(Personas.PractitionerId), Grantee.Practitioner(Personas.PractitionerId), Grantee.Practitioner(Personas.ColleagueId),
        Grantee.CareTeam, Grantee.Role("therapist"), Grantee.Role("supervisor"), Grantee.Partner, Grantee.Application(Personas.Platform.Id));

    private string[] SomeCategories() => Any<string[]>(
        ["assessments"], ["assessments"], ["goals"], ["session-notes"], ["assessments", "goals"], ["goals", "session-notes"],
        ["assessments", "goals", "session-notes"], ["all"]);

    private string SomeDay() => $"2025-{random.Next(1, 13):00}-{random.Next(1, 28):00}T10:00:00Z";

    private T Any<T>(params T[] of) => of[random.Next(of.Length)];

    private async Task Fill(Api client, Api[] practitioners)
    {
        foreach (var index in Enumerable.Range(0, 12))
        {
            var by = index % 4 == 3 ? client : practitioners[index % 4 % practitioners.Length];
            var form = (index % 3) switch { 0 => Forms.Phq9(SomeDay()), 1 => Forms.Gad7(SomeDay()), _ => Forms.AuditC(SomeDay()) };
            (await by.Post(Record(record, "/assessments"), form)).Expect(HttpStatusCode.Created);
        }

        foreach (var index in Enumerable.Range(0, 6))
        {
            (await practitioners[index % 3].Post(
                Record(record, "/assessment-requests"), new { instrument = index < 3 ? "audit-c" : "gad-7", dueAt = "2026-05-01T09:00:00Z" })).Expect(HttpStatusCode.Created);
        }

        foreach (var index in Enumerable.Range(0, 5))
        {
            var goal = await Records.Goals.Goals.Propose(index % 2 == 0 ? practitioners[index % 3] : client, record, sensitivities: Any(SomeLabels));
            foreach (var by in new[] { client, practitioners[0] })
            {
                (await by.Post($"{goal}/progress", new { kind = "scaling", value = 5, observedAt = SomeDay() })).Expect(HttpStatusCode.Created);
            }
        }

        foreach (var index in Enumerable.Range(0, 6))
        {
            var note = (await practitioners[index % 3].Post(
                Record(record, "/session-notes"), Records.SessionNotes.Notes.Body(SomeDay(), sensitivities: Any(SomeLabels)))).Expect(HttpStatusCode.Created);
            if (index < 4)
            {
                (await Records.SessionNotes.Notes.TrySign(practitioners[index % 3], record, note)).Expect(HttpStatusCode.OK);
                (await practitioners[index % 3].Post(Record(record, $"/session-notes/{note.Id}/addenda"), new { text = "Later." })).Expect(HttpStatusCode.Created);
            }

            (await client.Post(Record(record, "/alliance-check-ins"), new { value = 7, at = SomeDay() })).Expect(HttpStatusCode.Created);
        }

        foreach (var to in new string[]?[] { null, ["client"], ["grantees"], ["client", "grantees"] })
        {
            var note = (await practitioners[0].Post(Record(record, "/process-notes"), new { text = "My own thought." })).Expect(HttpStatusCode.Created);
            if (to is not null)
            {
                (await practitioners[0].Post(Record(record, $"/process-notes/{note.Id}/release"), new { to }, ("If-Match", note.ETag))).Expect(HttpStatusCode.OK);
            }
        }
    }
}
