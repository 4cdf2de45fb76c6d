using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Data;
using PersonalCareApi.Domain;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Records.Prompts;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Records.Goals;

/// <summary>How a goal comes along, as either side sees it.</summary>
internal static class ProgressEndpoints
{
    /// <summary>Lists how each side saw a goal come along, newest first.</summary>
    public static async Task<Results<Ok<Page<ProgressResponse>>, Problem>> List(
        Guid id, Query<ProgressQuery> query, HttpContext http, AccessGrant grant, GoalRepository goals, ProgressRepository progress,
        Cursors cursors, CancellationToken ct)
    {
        if (cursors.TryRead(query.Value.Cursor, http, out var after) is { } refusal)
        {
            return refusal;
        }

        // A view of a goal is in reach only where the goal is, whatever labels the goal has been given since.
        if (await goals.Find(grant, id, ct) is null)
        {
            return Problems.NotFound();
        }

        var rows = await progress.List(grant, id, query.Value, after, ct);
        return Ok(cursors.Page(rows, row => ProgressResponse.From(grant, row), row => new Position(row.Facts.OccurredAt, row.Id), http));
    }

    /// <summary>Gets one view of a goal.</summary>
    public static async Task<Results<Ok<ProgressResponse>, Problem>> Get(
        Guid id, Guid progressId, AccessGrant grant, GoalRepository goals, ProgressRepository progress, CancellationToken ct) =>
        await goals.Find(grant, id, ct) is not null && await progress.Find(grant, id, progressId, ct) is { } found
            ? Ok(ProgressResponse.From(grant, found))
            : Problems.NotFound();

    /// <summary>Lists every version of a view of a goal, oldest first.</summary>
    public static async Task<Results<Ok<Page<ProgressResponse>>, Problem>> ListVersions(
        Guid id, Guid progressId, Query<PageQuery> query, HttpContext http, AccessGrant grant, GoalRepository goals,
        ProgressRepository progress, Cursors cursors, CancellationToken ct) =>
        await goals.Find(grant, id, ct) is null
            ? Problems.NotFound()
            : await cursors.Versions(
                query.Value, http, (after, limit) => progress.Versions(grant, id, progressId, after, limit, ct),
                version => ProgressResponse.From(grant, version));

    /// <summary>Gets one version of a view of a goal as it was.</summary>
    public static async Task<Results<Ok<ProgressResponse>, Problem>> GetVersion(
        Guid id, Guid progressId, int version, AccessGrant grant, GoalRepository goals, ProgressRepository progress,
        CancellationToken ct) =>
        await goals.Find(grant, id, ct) is not null && await progress.FindVersion(grant, id, progressId, version, ct) is { } found
            ? Ok(ProgressResponse.From(grant, found))
            : Problems.NotFound();

    /// <summary>Records how a goal comes along.</summary>
    /// <remarks>Either side records its own view; both are kept, neither is merged into the other.</remarks>
    public static async Task<Results<Created<ProgressResponse>, Problem>> Record(
        Guid id, Body<RecordProgress> body, AccessGrant grant, GoalRepository goals, ProgressRepository progress,
        RaisePrompts prompts, WriteUnit unit, CancellationToken ct)
    {
        if (await goals.Find(grant, id, ct) is not { } goal)
        {
            return Problems.NotFound();
        }

        if (Sides.Of(grant.ActingAs) is not { } side)
        {
            return Problems.Forbidden(Sides.NobodyBehindIt);
        }

        if (goal.Status is GoalStatus.SetAside or GoalStatus.Retracted)
        {
            return Problems.StateConflict("The goal is no longer pursued.");
        }

        var view = body.Value;
        var recorded = new Progress
        {
            Id = Ids.New(unit.Now),
            GoalId = goal.Id,
            Version = 1,
            Status = Progress.Final,
            Facts = new ItemFacts(goal.Facts.Labels, grant.ActingAs.Id, "", (view.ObservedAt ?? unit.Now).ToStored()),
            Content = new ProgressContent
            {
                Kind = view.Kind,
                Level = view.Level,
                Value = view.Value,
                Note = view.Note,
                TermsVersion = goal.Content.TermsVersion,
                RecordedBy = PartyResponse.From(grant.ActingAs),
                RecordedAt = unit.Now,
            },
        };
        await progress.Add(grant, recorded, side, unit, ct);
        await prompts.AfterProgress(grant, goal, recorded, side, unit, ct);
        return Created($"/v1/clients/{grant.ClientId}/goals/{goal.Id}/progress/{recorded.Id}", ProgressResponse.From(grant, recorded));
    }

    /// <summary>Retracts a view of a goal that was entered in error.</summary>
    /// <remarks>It stays readable, marked, and no longer counts. Everybody retracts their own.</remarks>
    public static async Task<Results<Ok<ProgressResponse>, Problem>> Retract(
        Guid id, Guid progressId, Body<RetractItem> body, IfMatch ifMatch, AccessGrant grant, GoalRepository goals,
        ProgressRepository progress, PromptRepository prompts, WriteUnit unit, CancellationToken ct)
    {
        if (await goals.Find(grant, id, ct) is null || await progress.Find(grant, id, progressId, ct) is not { } found)
        {
            return Problems.NotFound();
        }

        if (found.Facts.AuthorId != grant.ActingAs.Id)
        {
            return Problems.Forbidden("Everybody retracts their own view.");
        }

        if (found.Version != ifMatch.Version)
        {
            return Problems.PreconditionFailed();
        }

        if (found.Status == Progress.Retracted)
        {
            return Problems.StateConflict("It is retracted already.");
        }

        var retraction = new RecordedFact(PartyResponse.From(grant.ActingAs), unit.Now, body.Value.Reason);
        await prompts.CloseOn(grant, progressId, retraction, unit, ct);
        return Ok(ProgressResponse.From(grant, await progress.Retract(grant, found, retraction, unit, ct)));
    }
}
