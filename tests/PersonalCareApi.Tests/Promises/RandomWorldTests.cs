using System.Net;
using PersonalCareApi.Development;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Tests.Records;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Promises;

/// <summary>
/// In random worlds each list answers exactly what deciding row by row would: rows, total and pages; and a dry run tells
/// what then happens.
/// </summary>
[OnEachDatabase]
internal sealed class RandomWorldTests(TestDatabase database)
{
    private const int PageSize = 3;

    /// <summary>What a list shows: the rows of a table, and who sees a row that consent alone does not show.</summary>
    /// <param name="Operation">The list's operation.</param>
    /// <param name="Path">Its path; <c>{whole}</c> is the item whose parts it lists.</param>
    /// <param name="Table">Where the rows are.</param>
    /// <param name="Category">Their category.</param>
    /// <param name="Status">The column, or the constant, that is their status.</param>
    /// <param name="WholeId">The column that names the item whose part a row is.</param>
    /// <param name="Whole">The list of the items whose parts these are: who does not see the whole sees no part.</param>
    /// <param name="AlsoSeen">What it takes beside a consent.</param>
    private sealed record Listing(
        string Operation, string Path, string Table, DataCategory Category, string Status = "'final'", string WholeId = "NULL",
        Listing? Whole = null, Func<WorldRow, Asker, bool>? AlsoSeen = null);

    private static readonly Listing Goals = new("ListGoals", "/goals", "goal", DataCategory.Goals);

    private static readonly Listing SessionNotes =
        new("ListSessionNotes", "/session-notes", "session_note", DataCategory.SessionNotes, Status: "status", AlsoSeen: SignedOrOnesOwn);

    private static readonly Listing[] Listings =
    [
        new("ListAssessments", "/assessments", "assessment", DataCategory.Assessments),
        new("ListAssessmentRequests", "/assessment-requests", "assessment_request", DataCategory.Assessments),
        Goals,
        new("ListGoalProgress", "/goals/{whole}/progress", "goal_progress", DataCategory.Goals, WholeId: "goal_id", Whole: Goals),
        new("ListSessions", "/sessions", "care_session", DataCategory.SessionNotes),
        SessionNotes,
        new("ListAddenda", "/session-notes/{whole}/addenda", "session_note_addendum", DataCategory.SessionNotes, WholeId: "note_id", Whole: SessionNotes),
        new("ListAllianceCheckIns", "/alliance-check-ins", "alliance_check_in", DataCategory.SessionNotes),
        new("ListProcessNotes", "/process-notes", "process_note", DataCategory.ProcessNotes),
    ];

    /// <summary>Lists of a record that are no items in reach, each with its reason.</summary>
    private static readonly Dictionary<string, string> NotByItem = new()
    {
        ["ListRestrictions"] = "are what the client has closed, the same for whoever may read the list of consents",
        ["ListAccessHistory"] = "each request adds to it; entries carry no labels and no author",
        ["ListCareRelationships"] = "demographics, of which all is in reach or nothing",
        ["ListConsents"] = "each shows what concerns the caller, by rules of its own",
        ["ListEmergencyAccesses"] = "seen by whom it concerns, by rules of its own",
        ["ListFlags"] = "has the facts of its assessment, and shows nobody any whose purpose needs no answers",
        ["ListPrompts"] = "lie in several categories, and need each item they rest on in reach; compared by a test of their own",
        ["ListAssessmentsInProgress"] = "each is its author's alone, whatever is consented to",
        ["ListNotices"] = "the client's, by rules of its own",
        ["ListRepresentatives"] = "demographics, and of others that there are some",
        ["ListSafeguards"] = "the care team's, by rules of its own",
    };

    private static readonly (string Persona, Guid Id)[] People =
    [
        ("practitioner", Personas.PractitionerId), ("colleague", Personas.ColleagueId), ("supervisor", Personas.SupervisorId),
        ("auditor", Personas.AuditorId),
    ];

    private static readonly string[] PeoplesPurposes = ["TREAT", "ETREAT", "HOPERAT", "HPAYMT", "HRESCH"];

    private static readonly string[] PlatformsCategories = ["demographics", "consents", "assessments", "goals", "session-notes"];

    private ApiHost host = null!;
    private Api client = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        host = new ApiHost(database);
        client = await host.As("client");
    }

    [OneTimeTearDown]
    public async Task Stop() => await host.DisposeAsync();

    [Test]
    public void Every_list_of_a_record_is_compared_or_says_why_not()
    {
        var lists = Operation.Of(host)
            .Where(operation => operation.UnderRecord && operation.Name!.StartsWith("List", StringComparison.Ordinal)
                && !operation.Name.EndsWith("Versions", StringComparison.Ordinal))
            .Select(operation => operation.Name);

        Assert.That(Listings.Select(one => one.Operation).Concat(NotByItem.Keys), Is.EquivalentTo(lists));
    }

    [Test]
    public async Task A_list_is_what_deciding_row_by_row_would_give([Range(1, 3)] int seed)
    {
        var random = new Random(seed);
        var world = await World.Make(host, random);
        var seen = 0;
        for (var draw = 0; draw < 12; draw++)
        {
            var given = await GiveSome(world, random);
            foreach (var asker in await Askers(world, random))
            {
                foreach (var listing in Listings)
                {
                    seen += await Compare(world, asker, listing);
                }
            }

            foreach (var consent in given)
            {
                (await client.Post(Record(world.Record, $"/consents/{consent}/withdrawal"), new { })).Expect(HttpStatusCode.OK);
            }
        }

        // Otherwise the draws compare nothing with nothing.
        Assert.That(seen, Is.GreaterThan(500));
    }

    [Test]
    public async Task A_list_that_keeps_a_row_back_is_found()
    {
        var world = await World.Make(host, new Random(0));
        var rows = world.Rows("assessment", "'final'", "NULL");
        var asker = await ThePractitioner();
        (await client.Post(Record(world.Record, "/consents"), Consent(Provision.Permit("assessments")))).Expect(HttpStatusCode.Created);

        // Planted: a row that the list shows is said to be closed by a label it has not.
        var now = host.Clock.GetUtcNow();
        var facts = await world.Facts(now);
        var open = rows.First(row => world.MayRead(facts, asker, DataCategory.Assessments, row.Facts, now));
        var closed = open with { Labels = (long)Sensitivity.Hiv };

        Assert.That(world.MayRead(facts, asker, DataCategory.Assessments, closed.Facts, now), Is.False);
        Assert.That((await asker.Api.Get(Record(world.Record, "/assessments?limit=200"))).Ids(), Does.Contain(open.Id));
    }

    [Test]
    public async Task A_dry_run_tells_what_then_happens([Range(1, 3)] int seed)
    {
        var random = new Random(1000 + seed);
        var world = await World.Make(host, random);
        var changes = 0;
        for (var draw = 0; draw < 15; draw++)
        {
            var standing = await GiveSome(world, random);
            var before = await WhoMay(world);
            Guid? replaces = standing.Count > 0 && random.Next(2) == 0 ? standing[0] : null;
            var draft = world.SomeConsent(replaces);
            var told = await client.Post(Record(world.Record, "/access-decisions"), new { category = "goals", action = "read", draftConsent = draft });
            var posted = await client.Post(Record(world.Record, "/consents"), draft);
            Assert.That(told.Status, Is.EqualTo(posted.Status == HttpStatusCode.Created ? HttpStatusCode.OK : posted.Status), told.Text);
            if (posted.Status == HttpStatusCode.Created)
            {
                var after = await WhoMay(world);
                Assert.That(Lines(told, "gains"), Is.EquivalentTo(after.Except(before)), posted.Text);
                Assert.That(Lines(told, "losses"), Is.EquivalentTo(before.Except(after)), posted.Text);
                Assert.That(Lines(told, "affected"), Is.SubsetOf(before.Intersect(after)), posted.Text);
                changes += after.Except(before).Count() + before.Except(after).Count();
                standing = [.. standing.Where(one => one != replaces), posted.Id];
            }

            foreach (var consent in standing)
            {
                (await client.Post(Record(world.Record, $"/consents/{consent}/withdrawal"), new { })).Expect(HttpStatusCode.OK);
            }
        }

        Assert.That(changes, Is.GreaterThan(20));
    }

    private static bool SignedOrOnesOwn(WorldRow note, Asker asker) =>
        note.Status is "signed" or "retracted" || note.AuthorId == asker.Caller.PractitionerId;

    /// <summary>Compares a list, page by page, with what the rules give of each of its rows.</summary>
    /// <returns>How many rows it showed.</returns>
    private async Task<int> Compare(World world, Asker asker, Listing listing)
    {
        var now = host.Clock.GetUtcNow();
        var facts = await world.Facts(now);
        List<WorldRow> Seen(Listing of) =>
        [
            .. world.Rows(of.Table, of.Status, of.WholeId).Where(row =>
                world.MayRead(facts, asker, of.Category, row.Facts, now)
                && of.AlsoSeen?.Invoke(row, asker) != false
                && (of.Whole is null || Seen(of.Whole).Any(whole => whole.Id == row.WholeId))),
        ];
        var shown = 0;
        foreach (var (path, rows) in Paths(world, listing, Seen(listing)))
        {
            var about = $"{listing.Operation} of {asker}";
            var answer = await asker.Api.Get($"{path}?limit={PageSize}", asker.Headers);
            if (answer.Status != HttpStatusCode.OK)
            {
                Assert.That(rows, Is.Empty, $"{about} was refused: {answer.Text}");
                Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.Forbidden).Or.EqualTo(HttpStatusCode.NotFound), about);
                Assert.That(answer.Status == HttpStatusCode.NotFound || world.MayKnow(facts, asker, now), about);
                continue;
            }

            var ids = new List<Guid>();
            var pages = 0;
            for (var page = answer; ; page = await asker.Api.Get($"{path}?limit={PageSize}&cursor={Uri.EscapeDataString(page.NextCursor()!)}", asker.Headers))
            {
                pages++;
                ids.AddRange(page.Ids());
                Assert.That(page.Total(), Is.EqualTo(rows.Count), about);
                if (page.NextCursor() is null)
                {
                    break;
                }
            }

            Assert.That(ids, Is.EquivalentTo(rows.Select(row => row.Id)), about);
            Assert.That(pages, Is.EqualTo(Math.Max(1, (rows.Count + PageSize - 1) / PageSize)), about);
            shown += ids.Count;
        }

        return shown;
    }

    /// <summary>The list's path with the rows it must show; one of each whole where it lists parts.</summary>
    private static IEnumerable<(string Path, IReadOnlyList<WorldRow> Rows)> Paths(World world, Listing listing, IReadOnlyList<WorldRow> expected) =>
        listing.Whole is null
            ? [(Record(world.Record, listing.Path), expected)]
            : from whole in world.Rows(listing.Table, listing.Status, listing.WholeId).Select(row => row.WholeId!.Value).Distinct()
              select (
                  Record(world.Record, listing.Path.Replace("{whole}", whole.ToString(), StringComparison.Ordinal)),
                  (IReadOnlyList<WorldRow>)[.. expected.Where(row => row.WholeId == whole)]);

    /// <summary>Gives up to three consents; what cannot be given is left out.</summary>
    private async Task<IReadOnlyList<Guid>> GiveSome(World world, Random random)
    {
        var given = new List<Guid>();
        for (var count = random.Next(1, 4); count > 0; count--)
        {
            var answer = await client.Post(Record(world.Record, "/consents"), world.SomeConsent());
            if (answer.Status == HttpStatusCode.Created)
            {
                given.Add(answer.Id);
            }
            else
            {
                answer.Expect(HttpStatusCode.UnprocessableEntity);
            }
        }

        return given;
    }

    /// <summary>What the people of the partner and its platform may really do now, each asked by itself.</summary>
    private async Task<HashSet<string>> WhoMay(World world)
    {
        var permitted = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (persona, id) in People)
        {
            var api = await host.As(persona);
            foreach (var purpose in PeoplesPurposes)
            {
                var access = await api.Get(Record(world.Record, "/access"), ("Purpose-Of-Use", purpose));
                if (access.Status != HttpStatusCode.NotFound)
                {
                    permitted.UnionWith(
                        from one in access.Expect(HttpStatusCode.OK).Json.GetProperty("categories").EnumerateArray()
                        from action in new[] { "read", "write", "share" }
                        where one.GetProperty(action).GetProperty("permitted").GetBoolean()
                        select $"{id} {one.Word("category")}:{action} {purpose}");
                }
            }
        }

        // What the platform may is asked by the client: it has no scope to ask for itself.
        foreach (var category in PlatformsCategories)
        {
            foreach (var (action, purpose) in from action in new[] { "read", "write" } from purpose in new[] { "TREAT", "HOPERAT" } select (action, purpose))
            {
                var question = new { caller = new { kind = "application", Personas.Platform.Id }, category, action, purpose };
                if ((await client.Post(Record(world.Record, "/access-decisions"), question)).Expect(HttpStatusCode.OK).Word("decision") == "permit")
                {
                    permitted.Add($"{Personas.Platform.Id} {category}:{action} {purpose}");
                }
            }
        }

        return permitted;
    }

    /// <summary>Whether <see cref="WhoMay"/> asks about it.</summary>
    private static bool IsAsked(string line) =>
        line.Split(' ', ':') is [var id, var category, var action, var purpose]
        && (id == Personas.Platform.Id.ToString()
            ? PlatformsCategories.Contains(category) && action is "read" or "write" && purpose is "TREAT" or "HOPERAT"
            : PeoplesPurposes.Contains(purpose) && People.Any(one => one.Id.ToString() == id));

    private static IEnumerable<string> Lines(Answer told, string member) => told.Json.GetProperty(member).EnumerateArray()
        .Select(line => $"{line.Word("grantee.id")} {line.Word("category")}:{line.Word("action")} {line.Word("purpose")}")
        .Where(IsAsked);

    private async Task<IReadOnlyList<Asker>> Askers(World world, Random random)
    {
        var purpose = new[] { "TREAT", "ETREAT", "HOPERAT", "HPAYMT", "HRESCH" }[random.Next(5)];
        return
        [
            await ThePractitioner(),
            await Practitioner("practitioner", Personas.PractitionerId, purpose, "therapist"),
            await Practitioner("colleague", Personas.ColleagueId, null, "therapist"),
            await Practitioner("supervisor", Personas.SupervisorId, purpose, "therapist", "supervisor"),
            new Asker("client", Harbour(Personas.HarbourApp) with { ClientIds = [world.Record] }, client, null),
            new Asker(
                "platform", Harbour(Personas.Platform) with { ApplicationAlone = true }, await host.As("platform"), random.Next(2) == 0 ? "TREAT" : "HOPERAT"),
        ];
    }

    private Task<Asker> ThePractitioner() => Practitioner("practitioner", Personas.PractitionerId, null, "therapist");

    private async Task<Asker> Practitioner(string persona, Guid id, string? purpose, params string[] roles) =>
        new(persona, Harbour(Personas.HarbourApp) with { PractitionerId = id, PractitionerRoles = roles }, await host.As(persona), purpose);

    private static Caller Harbour(DemoApplication application) => new()
    {
        PartnerId = Personas.Harbour.Id,
        ApplicationId = application.Id,
        Scopes = application.Scopes.ToHashSet(StringComparer.Ordinal),
        Purposes = PurposeOfUse.All.Where(purpose => application.Purposes.Contains(purpose.Code)).ToHashSet(),
    };
}
