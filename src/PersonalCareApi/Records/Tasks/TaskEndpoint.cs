using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Records.AssessmentRequests;
using PersonalCareApi.Records.AssessmentsInProgress;
using PersonalCareApi.Records.Clients;
using PersonalCareApi.Records.Flags;
using PersonalCareApi.Records.Goals;
using PersonalCareApi.Records.Prompts;
using PersonalCareApi.Records.SessionNotes;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Records.Tasks;

/// <summary>What waits for whoever asks, over all records they may use.</summary>
internal static class TaskEndpoint
{
    private const string Operation = "ListTasks";

    private static readonly DataUse Demographics = new(DataCategory.Demographics, DataAction.Read);

    private static readonly IReadOnlyList<DataCategory> Categories = [DataCategory.Assessments, DataCategory.Goals, DataCategory.SessionNotes];

    public static void MapTasks(this IEndpointRouteBuilder v1) =>
        v1.MapHandler(HttpMethods.Get, "/me/tasks", List).WithTags("me").RequireAuthorization().WithName(Operation).WithMetadata(new DecidesPerClient(Demographics));

    /// <summary>Lists what waits for you, client by client.</summary>
    /// <remarks>
    /// To the client (and a representative): questionnaires that are due or overdue, those in the middle of being answered, goals that
    /// this side has not signed. To a practitioner: goals, notes to sign and to cosign, open flags, and prompts. A page is so many clients,
    /// oldest first; those of whom nothing is to say are left out of it: go on while there is a <c>nextCursor</c>. Each client is
    /// decided on their own, each category too; what you may not read is named in <c>withheld</c>.
    /// </remarks>
    private static async Task<Results<Ok<Page<ClientTasks>>, Problem>> List(
        Query<PageQuery> query, HttpContext http, UseOfData use, Caseload caseload, Waiting waiting, Cursors cursors, WriteUnit unit, CancellationToken ct)
    {
        if (cursors.TryRead(query.Value.Cursor, http, out var after) is { } refusal)
        {
            return refusal;
        }

        var size = query.Value.Size;
        DataUse[] uses = [.. Categories.Select(category => new DataUse(category, DataAction.Read)), Demographics];
        var found = await caseload.FindAny(use.Asked, uses, use.CallerSeenAt, after, size + 1, Operation, Pipeline.Problem.TraceIdOf(http), ct);
        var page = found.Take(size).ToList();
        var (tasks, unreadable) = await waiting.For(use.Asked.Caller, page, unit.Now, ct);
        var items = new List<ClientTasks>();
        foreach (var client in page)
        {
            List<Caseload.Entry> readable = [.. client.Entries.Where(entry => !unreadable.Contains(entry.Grant))];
            List<Caseload.Entry> read = [.. readable.Where(entry => Categories.Contains(entry.Grant.Use.Category))];
            List<Caseload.Entry> decided = read.Count > 0 ? read : readable;
            if (decided.Count == 0)
            {
                continue;
            }

            foreach (var entry in decided)
            {
                unit.Took(entry.Grant, entry.Use);
            }

            List<string> withheld = [.. Categories.Except(read.Select(entry => entry.Grant.Use.Category)).Select(category => category.Code())];
            List<TaskResponse> own = [.. tasks[client.ClientId].Where(task => !withheld.Contains(task.Category.Code())).OrderBy(task => task.DueAt ?? DateTimeOffset.MaxValue).ThenBy(task => task.Since)];
            if (own.Count > 0 || withheld.Count > 0)
            {
                items.Add(new ClientTasks
                {
                    ClientId = client.ClientId,
                    ActingAs = PartyResponse.From(decided[0].Grant.ActingAs),
                    Decisions = [.. decided.Select(entry => new CategoryDecision(entry.Grant.Use.Category, entry.Use.Id))],
                    Tasks = own,
                    Withheld = withheld,
                });
            }
        }

        return Ok(new Page<ClientTasks>
        {
            Items = items,
            NextCursor = found.Count > size ? cursors.After(page[^1].Position, http) : null,
            Total = null,
        });
    }
}

/// <summary>Looks for what waits in several records at once: one query of each kind, however many records there are on the page.</summary>
internal sealed class Waiting(
    AssessmentRequestRepository requests, InProgressRepository inProgress, GoalRepository goals, SessionNoteRepository notes,
    FlagRepository flags, PromptRepository prompts)
{
    /// <summary>What waits, by client, and the grants under which something did not open.</summary>
    public async Task<(ILookup<Guid, TaskResponse> Tasks, IReadOnlyList<AccessGrant> Unreadable)> For(
        Caller caller, IReadOnlyList<Caseload.Permitted> clients, DateTimeOffset now, CancellationToken ct)
    {
        var all = new List<(Guid ClientId, TaskResponse Task)>();
        var unreadable = new List<AccessGrant>();
        List<AccessGrant> Grants(DataCategory category, Func<AccessGrant, bool> which) =>
            [.. clients.Select(client => client.For(category)?.Grant).OfType<AccessGrant>().Where(which)];
        void Add(AccessGrant grant, TaskKind kind, Guid id, string path, DateTimeOffset since, DateTimeOffset? dueAt) =>
            all.Add((grant.ClientId, new TaskResponse(kind, grant.Use.Category, id, $"/v1/clients/{grant.ClientId}/{path}/{id}", since, dueAt)));

        var toAnswer = Grants(DataCategory.Assessments, IsTheClients);
        var due = await requests.DueOfEach(toAnswer, now, ct);
        var begun = await inProgress.OwnOfEach(toAnswer, ct);
        unreadable.AddRange([.. due.Unreadable, .. begun.Unreadable]);
        foreach (var grant in toAnswer)
        {
            foreach (var request in due[grant.ClientId])
            {
                Add(grant, TaskKind.Questionnaire, request.Id, "assessment-requests", request.NextDueAt!.Value, request.NextDueAt);
            }

            foreach (var one in begun[grant.ClientId])
            {
                Add(grant, TaskKind.QuestionnaireInProgress, one.Id, "assessments-in-progress", one.RecordedAt, null);
            }
        }

        var toAgree = Grants(DataCategory.Goals, grant => Sides.Of(grant.ActingAs) is not null);
        var proposed = await goals.ProposedOfEach(toAgree, ct);
        unreadable.AddRange(proposed.Unreadable);
        foreach (var grant in toAgree)
        {
            var side = Sides.Of(grant.ActingAs);
            foreach (var goal in proposed[grant.ClientId].Where(goal => goal.Content.InForce.All(agreement => Sides.Of(agreement.By) != side)))
            {
                Add(grant, TaskKind.GoalAgreement, goal.Id, "goals", goal.Content.ChangedAt, null);
            }
        }

        if (caller.PractitionerId is { } practitioner)
        {
            await AddToCare(caller, practitioner, clients, Grants, Add, unreadable, now, ct);
        }

        return (all.ToLookup(one => one.ClientId, one => one.Task), unreadable);
    }

    /// <summary>What waits for those who care: for a practitioner as such, and for no purpose that needs no single answers.</summary>
    private async Task AddToCare(
        Caller caller, Guid practitioner, IReadOnlyList<Caseload.Permitted> clients,
        Func<DataCategory, Func<AccessGrant, bool>, List<AccessGrant>> grantsOf,
        Action<AccessGrant, TaskKind, Guid, string, DateTimeOffset, DateTimeOffset?> add, List<AccessGrant> unreadable, DateTimeOffset now,
        CancellationToken ct)
    {
        var toSign = grantsOf(DataCategory.SessionNotes, Cares);
        var unsigned = await notes.ToSignOfEach(toSign, practitioner, ct);
        foreach (var grant in toSign)
        {
            foreach (var note in unsigned[grant.ClientId])
            {
                add(grant, note.Cosigns ? TaskKind.NoteCosignature : TaskKind.NoteSignature, note.Id, "session-notes", note.At, null);
            }
        }

        var roles = clients.ToDictionary(client => client.ClientId, client => client.Entries[0].Facts.CareRelationships
            .Where(one => one.PractitionerId == practitioner && one.Period.Contains(now)).Select(one => one.Role)
            .Concat(caller.PractitionerRoles).ToHashSet(StringComparer.Ordinal));
        var toLook = grantsOf(DataCategory.Assessments, Cares);
        var open = await flags.OpenOfEach(toLook, escalated: null, ct);
        unreadable.AddRange(open.Unreadable);
        foreach (var grant in toLook)
        {
            foreach (var (flag, _) in open[grant.ClientId])
            {
                var mine = flag.EscalatedAt is not null && roles[grant.ClientId].Contains(flag.Content.EscalateTo);
                add(grant, mine ? TaskKind.EscalatedFlag : TaskKind.Flag, flag.Id, "flags", flag.RecordedAt, flag.DueAt);
            }
        }

        foreach (var category in PromptHomes.All)
        {
            var toAnswer = grantsOf(category, Cares);
            var asked = await prompts.OpenOfEach(toAnswer, category, now, ct);
            unreadable.AddRange(asked.Unreadable);
            foreach (var grant in toAnswer)
            {
                foreach (var (prompt, _) in asked[grant.ClientId])
                {
                    add(grant, TaskKind.Prompt, prompt.Id, "prompts", prompt.DeferredUntil ?? prompt.RecordedAt, null);
                }
            }
        }
    }

    private static bool IsTheClients(AccessGrant grant) => grant.ActingAs.Kind is PartyKind.Client or PartyKind.Representative;

    private static bool Cares(AccessGrant grant) =>
        grant.ActingAs.Kind == PartyKind.Practitioner && !grant.Obligations.HasFlag(Obligations.MinimumNecessary);
}
