using System.Runtime.CompilerServices;
using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Records.AccessHistory;
using PersonalCareApi.Records.AllianceCheckIns;
using PersonalCareApi.Records.AssessmentRequests;
using PersonalCareApi.Records.Assessments;
using PersonalCareApi.Records.CareRelationships;
using PersonalCareApi.Records.Clients;
using PersonalCareApi.Records.Consents;
using PersonalCareApi.Records.EmergencyAccesses;
using PersonalCareApi.Records.Flags;
using PersonalCareApi.Records.Goals;
using PersonalCareApi.Records.Notices;
using PersonalCareApi.Records.ProcessNotes;
using PersonalCareApi.Records.Prompts;
using PersonalCareApi.Records.Representatives;
using PersonalCareApi.Records.Restrictions;
using PersonalCareApi.Records.SessionNotes;
using PersonalCareApi.Records.Sessions;

namespace PersonalCareApi.Outgoing.Exports;

/// <summary>What one category's decision opens, for whoever reads a kind of it.</summary>
/// <param name="Use">The decision.</param>
/// <param name="Permitted">All categories that the archive will hold.</param>
internal sealed record ExportScope(UseOfData Use, IReadOnlyList<DataCategory> Permitted)
{
    public AccessGrant Grant => Use.Grant ?? throw new InvalidOperationException("Nothing was permitted.");
}

/// <summary>One kind of item in an archive: a file of it, in the words of its contract.</summary>
/// <param name="Name">The file's name, without ending.</param>
/// <param name="Category">Under which decision it is read.</param>
/// <param name="Contract">The answer's type in this API, and so in the file.</param>
/// <param name="Read">Every item in reach, page by page.</param>
internal sealed record ExportKind(
    string Name, DataCategory Category, Type Contract, Func<ExportScope, CancellationToken, IAsyncEnumerable<object>> Read);

/// <summary>Every kind of item that an archive can hold. A new resource of the record adds itself here.</summary>
/// <remarks>Not among them: safeguards, which the care team alone sees, and drafts, which are their authors'.</remarks>
internal sealed class ExportKinds(
    ClientRepository clients, CareRelationshipRepository relationships, RepresentativeRepository representatives,
    EmergencyAccessRepository emergencies, NoticeRepository notices, ConsentRepository consents, RestrictionRepository restrictions, AssessmentRepository assessments,
    AssessmentRequestRepository requests, FlagRepository flags, PromptRepository prompts,
    GoalRepository goals, ProgressRepository progress, SessionRepository sessions, SessionNoteRepository notes, AddendumRepository addenda,
    CheckInRepository checkIns, ProcessNoteRepository processNotes, AccessHistoryRepository history)
{
    private const int PageSize = PageQuery.LargestLimit;

    public IReadOnlyList<ExportKind> All =>
    [
        new("client", DataCategory.Demographics, typeof(ClientResponse), Client),
        new("care-relationships", DataCategory.Demographics, typeof(CareRelationshipResponse), (scope, ct) => Pages(
            after => relationships.List(scope.Grant, after, PageSize, ct),
            row => new Position(row.RecordedAt, row.Relationship.Id),
            row => CareRelationshipResponse.Of(scope.Grant, row))),
        new("representatives", DataCategory.Demographics, typeof(RepresentativeResponse), (scope, ct) => Pages(
            after => representatives.List(scope.Grant, after, PageSize, ct),
            row => new Position(row.Content.RecordedAt, row.Id),
            row => RepresentativeResponse.From(scope.Grant, row, scope.Use.Facts!))),
        new("emergency-accesses", DataCategory.Demographics, typeof(EmergencyAccessResponse), (scope, ct) => Pages(
            after => emergencies.List(scope.Grant, after, PageSize, ct),
            row => new Position(row.Facts.OccurredAt, row.Id),
            row => EmergencyAccessResponse.Of(scope.Grant, row))),
        new("notices", DataCategory.Demographics, typeof(NoticeResponse), Notices),
        new("consents", DataCategory.Consents, typeof(ConsentResponse), (scope, ct) => Pages(
            after => consents.List(scope.Grant, null, after, PageSize, ct),
            row => new Position(row.RecordedAt, row.Id),
            row => ConsentResponse.From(scope.Grant, row, scope.Use.InCareTeam))),
        new("restrictions", DataCategory.Consents, typeof(RestrictionResponse), (scope, ct) => Pages(
            after => restrictions.List(scope.Grant, after, PageSize, ct),
            row => new Position(row.Facts.OccurredAt, row.Id),
            row => RestrictionResponse.Of(scope.Grant, row))),
        new("assessments", DataCategory.Assessments, typeof(AssessmentResponse), (scope, ct) => Pages(
            after => assessments.List(scope.Grant, new AssessmentQuery { Limit = PageSize }, after, ct),
            row => new Position(row.Facts.OccurredAt, row.Id),
            row => AssessmentResponse.From(scope.Grant, row))),
        new("assessment-requests", DataCategory.Assessments, typeof(AssessmentRequestResponse), (scope, ct) => Pages(
            after => requests.List(scope.Grant, new AssessmentRequestQuery { Limit = PageSize }, after, ct),
            row => new Position(row.RecordedAt, row.Id),
            row => AssessmentRequestResponse.From(scope.Grant, row))),
        new("flags", DataCategory.Assessments, typeof(FlagResponse), (scope, ct) => Pages(
            after => scope.Grant.Obligations.HasFlag(Obligations.MinimumNecessary)
                ? Task.FromResult(Rows<StoredFlag>.None) // A flag repeats an answer.
                : flags.List(scope.Grant, new FlagQuery { Limit = PageSize }, after, ct),
            row => new Position(row.Facts.OccurredAt, row.Id),
            row => FlagResponse.From(scope.Grant, row))),
        .. PromptHomes.All.Select(category => new ExportKind($"prompts-on-{category.Code()}", category, typeof(PromptResponse), (scope, ct) => Pages(
            after => scope.Grant.Obligations.HasFlag(Obligations.MinimumNecessary)
                ? Task.FromResult(Rows<StoredPrompt>.None) // A prompt tells of single answers.
                : prompts.List(scope.Grant, new PromptQuery { Limit = PageSize }, after, ct),
            row => new Position(row.RecordedAt, row.Id),
            row => PromptResponse.From(scope.Grant, row)))),
        new("goals", DataCategory.Goals, typeof(GoalResponse), (scope, ct) => Pages(
            after => Goals(scope, after, ct), At, row => GoalResponse.From(scope.Grant, row))),
        new("goal-progress", DataCategory.Goals, typeof(ProgressResponse), Progress),
        new("sessions", DataCategory.SessionNotes, typeof(SessionResponse), (scope, ct) => Pages(
            after => sessions.List(scope.Grant, new SessionQuery { Limit = PageSize }, after, ct),
            row => new Position(row.StartAt, row.Id),
            row => SessionResponse.From(scope.Grant, row))),
        new("session-notes", DataCategory.SessionNotes, typeof(SessionNoteResponse), (scope, ct) => Pages(
            after => Notes(scope, after, ct), At, row => SessionNoteResponse.From(scope.Grant, row))),
        new("session-note-addenda", DataCategory.SessionNotes, typeof(AddendumResponse), Addenda),
        new("alliance-check-ins", DataCategory.SessionNotes, typeof(CheckInResponse), (scope, ct) => Pages(
            after => checkIns.List(scope.Grant, new CheckInQuery { Limit = PageSize }, after, ct),
            row => new Position(row.Facts.OccurredAt, row.Id),
            row => CheckInResponse.From(scope.Grant, row))),
        new("process-notes", DataCategory.ProcessNotes, typeof(ProcessNoteResponse), (scope, ct) => Pages(
            after => processNotes.List(scope.Grant, new ProcessNoteQuery { Limit = PageSize }, after, ct),
            row => new Position(row.Facts.OccurredAt, row.Id),
            row => ProcessNoteResponse.From(scope.Grant, row))),
        new("access-history", DataCategory.AccessHistory, typeof(AccessHistoryEntry), (scope, ct) => Pages(
            after => history.List(scope.Grant, new AccessHistoryQuery { Limit = PageSize }, after, ct),
            row => new Position(row.Use.At, row.Use.Id),
            row => AccessHistoryEntry.From(row.Use))),
    ];

    private Task<Rows<Goal>> Goals(ExportScope scope, Position? after, CancellationToken ct) =>
        goals.List(scope.Grant, new GoalQuery { Limit = PageSize }, after, ct);

    private Task<Rows<SessionNote>> Notes(ExportScope scope, Position? after, CancellationToken ct) =>
        notes.List(scope.Grant, new SessionNoteQuery { Limit = PageSize }, after, ct);

    private static Position At(Goal goal) => new(goal.Facts.OccurredAt, goal.Id);

    private static Position At(SessionNote note) => new(note.Facts.OccurredAt, note.Id);

    private async IAsyncEnumerable<object> Client(ExportScope scope, [EnumeratorCancellation] CancellationToken ct)
    {
        if (await clients.Find(scope.Grant, ct) is { } client)
        {
            yield return ClientResponse.From(client);
        }
    }

    /// <summary>The client's letters: of practitioners and applications nobody reads them.</summary>
    private IAsyncEnumerable<object> Notices(ExportScope scope, CancellationToken ct)
    {
        var own = scope.Grant.ActingAs.Kind is PartyKind.Client or PartyKind.Representative;
        IReadOnlyList<string> categories = own ? [.. scope.Permitted.Select(category => category.Code())] : [];
        return Pages(
            after => own ? notices.List(scope.Grant, categories, false, after, PageSize, ct) : Task.FromResult(Rows<Notice>.None),
            row => new Position(row.RecordedAt, row.Id),
            row => NoticeResponse.From(scope.Grant, row));
    }

    private async IAsyncEnumerable<object> Progress(ExportScope scope, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var goal in Each(after => Goals(scope, after, ct), At).WithCancellation(ct))
        {
            var all = Pages(
                after => progress.List(scope.Grant, goal.Id, new ProgressQuery { Limit = PageSize }, after, ct),
                row => new Position(row.Facts.OccurredAt, row.Id),
                row => ProgressResponse.From(scope.Grant, row));
            await foreach (var one in all.WithCancellation(ct))
            {
                yield return one;
            }
        }
    }

    private async IAsyncEnumerable<object> Addenda(ExportScope scope, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var note in Each(after => Notes(scope, after, ct), At).WithCancellation(ct))
        {
            var all = Pages(
                after => addenda.List(scope.Grant, note.Id, after, PageSize, ct),
                row => new Position(row.RecordedAt, row.Id),
                row => AddendumResponse.From(scope.Grant, row));
            await foreach (var one in all.WithCancellation(ct))
            {
                yield return one;
            }
        }
    }

    private static async IAsyncEnumerable<object> Pages<T>(
        Func<Position?, Task<Rows<T>>> page, Func<T, Position> position, Func<T, object> answer)
    {
        await foreach (var row in Each(page, position))
        {
            yield return answer(row);
        }
    }

    private static async IAsyncEnumerable<T> Each<T>(Func<Position?, Task<Rows<T>>> page, Func<T, Position> position)
    {
        for (Position? after = null; ;)
        {
            var rows = await page(after);
            foreach (var row in rows.Items)
            {
                yield return row;
            }

            if (!rows.HasMore)
            {
                yield break;
            }

            after = position(rows.Items[^1]);
        }
    }
}
