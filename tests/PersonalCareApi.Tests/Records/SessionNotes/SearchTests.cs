using System.Net;
using PersonalCareApi.Data;
using PersonalCareApi.Development;
using PersonalCareApi.Protection;
using PersonalCareApi.Records.Erasures;
using PersonalCareApi.Records.SessionNotes;
using PersonalCareApi.Tests.Promises;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records.SessionNotes;

/// <summary>Searching session notes: by each filter, exactly those that may be seen.</summary>
[OnEachDatabase]
internal sealed class SearchTests(TestDatabase database) : OnOneHost(database)
{
    private static readonly Guid Goal = Guid.Parse("0197a000-0000-7000-8000-0000000e0001");
    private static readonly Guid OtherGoal = Guid.Parse("0197a000-0000-7000-8000-0000000e0002");

    private Guid record;
    private Answer january = null!;
    private Answer march = null!;
    private Answer colleagues = null!;
    private Answer draft = null!;
    private Answer labelled = null!;

    private string Path => Record(record, "/session-notes");

    [OneTimeSetUp]
    public async Task Write()
    {
        record = await Host.NewClient();
        var all = await Give(record, Notes.Permit(Personas.PractitionerId, Personas.ColleagueId));
        january = await Practitioner.Signed(record, Notes.Body("2026-01-10T09:00:00Z", modalities: ["cbt", "cbt", "act"], goalIds: [Goal, OtherGoal]));
        march = await Practitioner.Signed(record, Notes.Body("2026-03-10T09:00:00Z", modalities: ["cbt"], goalIds: [Goal]));
        labelled = await Practitioner.Signed(record, Notes.Body("2026-04-10T09:00:00Z", modalities: ["dbt"], sensitivities: ["HIV"]));
        colleagues = await Colleague.Signed(record, Notes.Body("2026-02-10T09:00:00Z", modalities: ["act"]));
        draft = await Practitioner.Draft(record, Notes.Body("2026-05-10T09:00:00Z", modalities: ["cbt"], goalIds: [Goal]));
        await Withdraw(record, all);
    }

    private static IEnumerable<TestCaseData> Filters()
    {
        yield return new TestCaseData("", "draft labelled march colleagues january");
        yield return new TestCaseData("?from=2026-02-10T09:00:00Z&until=2026-04-10T09:00:00Z", "march colleagues");
        yield return new TestCaseData("?modality=cbt", "draft march january");
        yield return new TestCaseData("?modality=act", "colleagues january");
        yield return new TestCaseData("?modality=emdr", "");
        yield return new TestCaseData($"?goal={Goal}", "draft march january");
        yield return new TestCaseData($"?goal={OtherGoal}", "january");
        yield return new TestCaseData($"?goal={Nobody}", "");
        yield return new TestCaseData($"?author={Personas.ColleagueId}", "colleagues");
        yield return new TestCaseData("?status=draft", "draft");
        yield return new TestCaseData("?status=signed&modality=cbt", "march january");
        yield return new TestCaseData("?status=retracted", "");
        yield return new TestCaseData("?session={march}", "march");
        yield return new TestCaseData($"?modality=cbt&goal={OtherGoal}", "january");
    }

    [TestCaseSource(nameof(Filters))]
    public async Task Each_filter_finds_exactly_its_notes(string query, string expected)
    {
        var consent = await Give(record, Notes.Permit(Personas.PractitionerId));
        await ExpectFound(Practitioner, query, expected);
        await Withdraw(record, consent);
    }

    [TestCaseSource(nameof(Filters))]
    public async Task The_client_finds_the_same_without_the_drafts(string query, string expected) =>
        await ExpectFound(Client, query, Without(expected, "draft"));

    private static IEnumerable<TestCaseData> Reaches()
    {
        yield return new TestCaseData(
            Notes.Permit(Personas.ColleagueId) with { DataPeriod = new { from = "2026-02-01T00:00:00Z", until = "2026-04-01T00:00:00Z" } },
            "draft labelled january").SetArgDisplayNames("data period");
        yield return new TestCaseData(
            Notes.Permit(Personas.ColleagueId) with { AuthoredBy = [Personas.PractitionerId] }, "draft labelled colleagues").SetArgDisplayNames("author");
        yield return new TestCaseData(Notes.Permit(Personas.ColleagueId), "draft labelled").SetArgDisplayNames("no label named");
        yield return new TestCaseData(
            Notes.Permit(Personas.ColleagueId) with { Sensitivities = ["HIV"] }, "draft").SetArgDisplayNames("the label named");
    }

    [TestCaseSource(nameof(Reaches))]
    public async Task Under_a_consent_that_reaches_some_each_filter_counts_those_alone(object provision, string outOfReach)
    {
        var consent = await Give(record, (Provision)provision);
        foreach (var filter in Filters())
        {
            await ExpectFound(Colleague, (string)filter.Arguments[0]!, Without((string)filter.Arguments[1]!, outOfReach));
        }

        await Withdraw(record, consent);
    }

    [Test]
    public async Task Pages_hold_every_note_once()
    {
        var consent = await Give(record, Notes.Permit(Personas.PractitionerId));
        var ids = (await Practitioner.AllPages(Path, 2)).Select(item => item.GetProperty("id").GetGuid()).ToList();
        Assert.That(ids, Is.EqualTo((await Practitioner.Get(Path)).Ids()).And.Count.EqualTo(5));
        await Withdraw(record, consent);
    }

    [Test]
    public async Task A_changed_draft_is_found_by_what_it_names_now()
    {
        var fresh = await Host.NewClient();
        await Give(fresh, Provision.Permit("session-notes"));
        var path = Record(fresh, "/session-notes");
        var made = await Practitioner.Draft(fresh, Notes.Body(modalities: ["cbt"], goalIds: [Goal]));
        (await Practitioner.Patch($"{path}/{made.Id}", new { modalities = new[] { "act" }, goalIds = Array.Empty<Guid>() }, ("If-Match", made.ETag))).Expect(HttpStatusCode.OK);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((await Practitioner.Get($"{path}?modality=cbt")).Total(), Is.Zero);
            Assert.That((await Practitioner.Get($"{path}?goal={Goal}")).Total(), Is.Zero);
            Assert.That((await Practitioner.Get($"{path}?modality=act")).Total(), Is.EqualTo(1));
        }
    }

    /// <summary>Statements over several records, which say otherwise who sees what, each with its reason.</summary>
    private static readonly Dictionary<string, string> SaidOtherwise = new()
    {
        ["SessionNoteRepository.SelectToSign"] = "shows a draft to its author alone, and one that awaits its cosignature to the cosigner alone",
        ["SessionNoteRepository.SelectMarks"] = "is for an application alone, from which no signed note is withheld, and opens none",
    };

    [Test]
    public void No_statement_on_notes_forgets_who_sees_them()
    {
        var statements = Statements.In(typeof(Database).Assembly)
            .Where(statement => statement.Sql.Contains(" session_note\n", StringComparison.Ordinal))

            // What is sealed anew under another key, or erased, is seen by nobody.
            .Where(statement => !statement.Name.StartsWith($"{nameof(SealedColumn)}.", StringComparison.Ordinal)
                && !statement.Name.StartsWith($"{nameof(ErasedTable)}.", StringComparison.Ordinal))
            .Where(statement => statement.Sql.Contains("SELECT", StringComparison.Ordinal) || statement.Changes)
            .ToList();
        Assert.That(statements, Has.Count.GreaterThanOrEqualTo(8));
        Assert.That(
            statements.Where(statement => !statement.Sql.Contains(SessionNoteRepository.Seen, StringComparison.Ordinal)
                && !statement.Sql.Contains("author_id = @GrantActingAsId AND status IN ('draft', 'awaiting')", StringComparison.Ordinal))
                .Select(statement => statement.Name),
            Is.EquivalentTo(SaidOtherwise.Keys));
    }

    private async Task ExpectFound(Api caller, string query, string expected)
    {
        var answer = await caller.Get(Path + query.Replace("{march}", march.Word("sessionId"), StringComparison.Ordinal));
        var names = new Dictionary<Guid, string>
        {
            [january.Id] = "january",
            [march.Id] = "march",
            [colleagues.Id] = "colleagues",
            [draft.Id] = "draft",
            [labelled.Id] = "labelled",
        };
        Assert.That(string.Join(' ', answer.Ids().Select(id => names[id])), Is.EqualTo(expected), query);
        Assert.That(answer.Total(), Is.EqualTo(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length), query);
    }

    private static string Without(string names, string left) => string.Join(' ', names.Split(' ').Except(left.Split(' ')));
}
