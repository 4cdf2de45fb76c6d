using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Protection;
using PersonalCareApi.Records.Clients;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Records.Prompts;

internal static class PromptEndpoints
{
    private const string ListOperation = "ListPrompts";
    private const string OpenOperation = "ListOpenPrompts";
    private const string ForCareAlone = "Prompts are for those who care: this purpose needs no single answers.";

    private static readonly IReadOnlyList<DataUse> Reads = [.. PromptHomes.All.Select(category => new DataUse(category, DataAction.Read))];
    private static readonly DataUse Demographics = new(DataCategory.Demographics, DataAction.Read);

    public static void MapPrompts(this IEndpointRouteBuilder v1, ClientRecordRoutes records)
    {
        v1.MapHandler(HttpMethods.Get, "/prompts", ListOpen).WithTags("prompts").RequireAuthorization().WithName(OpenOperation).WithMetadata(new DecidesPerClient(Reads[0]));

        var prompts = records.ForAny("/prompts", PromptHomes.All);
        prompts.Read("/", List).WithName(ListOperation);
        prompts.Read("/{id:guid}", Get).WithName("GetPrompt");
        prompts.Read("/{id:guid}/versions", ListVersions).WithName("ListPromptVersions");
        prompts.Read("/{id:guid}/versions/{version:int}", GetVersion).WithName("GetPromptVersion");
        prompts.Write("/{id:guid}/response", Respond).WithName("RespondToPrompt");
    }

    /// <summary>Lists the open prompts of your caseload, client by client.</summary>
    /// <remarks>
    /// A page is so many clients, oldest first; those of whom there is nothing to say are left out of it, so that it may hold fewer,
    /// or none: go on while there is a <c>nextCursor</c>. Each client is decided on their own, each category too; what you may not read
    /// is named in <c>withheld</c>. What was put off is here again from its date on.
    /// </remarks>
    private static async Task<Results<Ok<Page<ClientPrompts>>, Problem>> ListOpen(
        Query<OpenPromptQuery> query, HttpContext http, UseOfData use, Caseload caseload, PromptRepository prompts, Cursors cursors,
        WriteUnit unit, CancellationToken ct)
    {
        if (cursors.TryRead(query.Value.Cursor, http, out var after) is { } refusal)
        {
            return refusal;
        }

        var size = query.Value.Size;
        var found = await caseload.FindAny(
            use.Asked, [.. Reads, Demographics], use.CallerSeenAt, after, size + 1, OpenOperation, Pipeline.Problem.TraceIdOf(http), ct);
        var page = found.Take(size).ToList();
        var open = new Dictionary<DataCategory, OfEach<(StoredPrompt Prompt, int Count)>>();
        foreach (var category in PromptHomes.All)
        {
            List<AccessGrant> grants = [.. page.Select(client => client.For(category)?.Grant).OfType<AccessGrant>().Where(ShowsPrompts)];
            open[category] = await prompts.OpenOfEach(grants, category, unit.Now, ct);
        }

        var items = new List<ClientPrompts>();
        foreach (var client in page)
        {
            List<Caseload.Entry> read =
            [
                .. PromptHomes.All.Select(client.For).OfType<Caseload.Entry>()
                    .Where(entry => ShowsPrompts(entry.Grant) && !open[entry.Grant.Use.Category].IsUnreadable(client.ClientId)),
            ];
            List<Caseload.Entry> decided = read.Count > 0 ? read : [.. new[] { client.For(DataCategory.Demographics) }.OfType<Caseload.Entry>()];
            if (decided.Count == 0)
            {
                continue;
            }

            foreach (var entry in decided)
            {
                unit.Took(entry.Grant, entry.Use);
            }

            var waiting = read.SelectMany(entry => open[entry.Grant.Use.Category][client.ClientId].Select(one => (entry.Grant, one.Prompt, one.Count))).ToList();
            List<string> withheld = [.. PromptHomes.All.Except(read.Select(entry => entry.Grant.Use.Category)).Select(category => category.Code())];
            if (waiting.Count > 0 || withheld.Count > 0)
            {
                items.Add(new ClientPrompts
                {
                    ClientId = client.ClientId,
                    Decisions = [.. decided.Select(entry => new CategoryDecision(entry.Grant.Use.Category, entry.Use.Id))],
                    Count = waiting.DistinctBy(one => one.Prompt.Category).Sum(one => one.Count),
                    Prompts = [.. waiting.OrderBy(one => one.Prompt.RecordedAt).ThenBy(one => one.Prompt.Id).Select(one => PromptResponse.From(one.Grant, one.Prompt))],
                    Withheld = withheld,
                });
            }
        }

        return Ok(new Page<ClientPrompts>
        {
            Items = items,
            NextCursor = found.Count > size ? cursors.After(page[^1].Position, http) : null,
            Total = null,
        });
    }

    /// <summary>Lists what those who care are asked to look at, newest first.</summary>
    /// <remarks>
    /// A rule raises a prompt with the fact that calls for it: reliable deterioration (by the points published for the instrument), a
    /// week off track (PHQ-9 alone, Schueller 2015), a goal that has stood still, a falling alliance (rules of this project, with the
    /// partner's thresholds). Each lies in the category of its evidence, and only who may see all of that sees it; categories that you
    /// may not read are named in <c>withheld</c>. A prompt asks a person to look; no score decides about care.
    /// </remarks>
    private static async Task<Results<Ok<PromptPage>, Problem>> List(
        Query<PromptQuery> query, HttpContext http, AccessGrant grant, UseOfData use, PromptRepository prompts, Cursors cursors, WriteUnit unit,
        CancellationToken ct)
    {
        if (cursors.TryRead(query.Value.Cursor, http, out var after) is { } refusal)
        {
            return refusal;
        }

        var trace = Pipeline.Problem.TraceIdOf(http);
        var others = Reads.Where(one => one.Category != grant.Use.Category).Select(one => use.Also(one, ListOperation, trace)).OfType<PermittedUse>().ToList();
        List<AccessGrant> grants = [.. others.Select(other => other.Grant).Prepend(grant).Where(ShowsPrompts)];
        if (grants.Count == 0)
        {
            return Problems.Forbidden(ForCareAlone);
        }

        foreach (var other in others.Where(other => ShowsPrompts(other.Grant)))
        {
            unit.Took(other.Grant, other.Entry);
        }

        var rows = new List<(AccessGrant Grant, StoredPrompt Prompt)>();
        var (total, more) = (0, false);
        foreach (var one in grants)
        {
            var some = await prompts.List(one, query.Value, after, ct);
            rows.AddRange(some.Items.Select(prompt => (one, prompt)));
            total += some.Total;
            more |= some.HasMore;
        }

        // Stable, so that each category keeps the order of its database.
        var page = rows.OrderByDescending(row => row.Prompt.RecordedAt).Take(query.Value.Size).ToList();
        return Ok(new PromptPage
        {
            Items = [.. page.Select(row => PromptResponse.From(row.Grant, row.Prompt))],
            NextCursor = more || rows.Count > page.Count ? cursors.After(new Position(page[^1].Prompt.RecordedAt, page[^1].Prompt.Id), http) : null,
            Total = total,
            Withheld = [.. PromptHomes.All.Except(grants.Select(one => one.Use.Category)).Select(category => category.Code())],
        });
    }

    /// <summary>Gets one prompt with its evidence and what was answered.</summary>
    private static async Task<Results<Ok<PromptResponse>, Problem>> Get(Guid id, AccessGrant grant, PromptRepository prompts, CancellationToken ct) =>
        !ShowsPrompts(grant) ? Problems.Forbidden(ForCareAlone)
        : await prompts.Find(grant, id, ct) is { } prompt ? Ok(PromptResponse.From(grant, prompt))
        : Problems.NotFound();

    /// <summary>Lists every version of a prompt, oldest first.</summary>
    private static async Task<Results<Ok<Page<PromptResponse>>, Problem>> ListVersions(
        Guid id, Query<PageQuery> query, HttpContext http, AccessGrant grant, PromptRepository prompts, Cursors cursors, CancellationToken ct) =>
        !ShowsPrompts(grant)
            ? Problems.Forbidden(ForCareAlone)
            : await cursors.Versions(
                query.Value, http, (after, limit) => prompts.Versions(grant, id, after, limit, ct), version => PromptResponse.From(grant, version));

    /// <summary>Gets one version of a prompt as it was.</summary>
    private static async Task<Results<Ok<PromptResponse>, Problem>> GetVersion(
        Guid id, int version, AccessGrant grant, PromptRepository prompts, CancellationToken ct) =>
        !ShowsPrompts(grant) ? Problems.Forbidden(ForCareAlone)
        : await prompts.FindVersion(grant, id, version, ct) is { } prompt ? Ok(PromptResponse.From(grant, prompt))
        : Problems.NotFound();

    /// <summary>Answers a prompt: accept with a change of the plan, defer until a date, or decline; with the reason.</summary>
    /// <remarks>
    /// By a practitioner who may write the category of its evidence. Answers are kept. One that defers can be followed by another at
    /// any time; the others end the prompt.
    /// </remarks>
    private static async Task<Results<Ok<PromptResponse>, Problem>> Respond(
        Guid id, Body<RespondToPrompt> body, IfMatch ifMatch, AccessGrant grant, PromptRepository prompts, WriteUnit unit, CancellationToken ct)
    {
        if (!ShowsPrompts(grant))
        {
            return Problems.Forbidden(ForCareAlone);
        }

        if (await prompts.Find(grant, id, ct) is not { } prompt)
        {
            return Problems.NotFound();
        }

        if (grant.ActingAs.Kind != PartyKind.Practitioner)
        {
            return Problems.Forbidden("Only a practitioner answers a prompt.");
        }

        if (prompt.Version != ifMatch.Version)
        {
            return Problems.PreconditionFailed();
        }

        if (prompt.Status is not (PromptStatus.Open or PromptStatus.Deferred))
        {
            return Problems.StateConflict(prompt.Status == PromptStatus.Closed ? "The prompt is closed." : "The prompt is answered already.");
        }

        var given = body.Value;
        var response = new PromptResponseContent(
            PartyResponse.From(grant.ActingAs), unit.Now, given.Answer, given.Reason, given.PlanChange, given.Until?.ToStored());
        return Ok(PromptResponse.From(grant, await prompts.Respond(grant, prompt, response, unit, ct)));
    }

    /// <summary>A prompt tells of single answers: how the alliance was rated, where a goal stands.</summary>
    private static bool ShowsPrompts(AccessGrant grant) => !grant.Obligations.HasFlag(Obligations.MinimumNecessary);
}
