using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Data;
using PersonalCareApi.Domain;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Reference.Instruments;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Records.Goals;

internal static class GoalEndpoints
{
    public static void MapGoals(this ClientRecordRoutes records)
    {
        var goals = records.For("/goals", DataCategory.Goals);

        goals.Read("/", List).WithName("ListGoals");
        goals.Read("/{id:guid}", Get).WithName("GetGoal");
        goals.Read("/{id:guid}/versions", ListVersions).WithName("ListGoalVersions");
        goals.Read("/{id:guid}/versions/{version:int}", GetVersion).WithName("GetGoalVersion");
        goals.Write("/", Propose, clientIsAuthor: true).WithName("ProposeGoal");
        goals.Change("/{id:guid}", Amend, clientIsAuthor: true).WithName("AmendGoal");
        goals.Write("/{id:guid}/agreements", GoalFacts.Agree, clientIsAuthor: true).WithName("AgreeGoal");
        goals.Write("/{id:guid}/achievement", GoalFacts.Achieve, clientIsAuthor: true).WithName("AchieveGoal");
        goals.Write("/{id:guid}/setting-aside", GoalFacts.SetAside, clientIsAuthor: true).WithName("SetGoalAside");
        goals.Write("/{id:guid}/retraction", GoalFacts.Retract, clientIsAuthor: true).WithName("RetractGoal");
        goals.Read("/{id:guid}/progress", ProgressEndpoints.List).WithName("ListGoalProgress");
        goals.Read("/{id:guid}/progress/{progressId:guid}", ProgressEndpoints.Get).WithName("GetGoalProgress");
        goals.Read("/{id:guid}/progress/{progressId:guid}/versions", ProgressEndpoints.ListVersions).WithName("ListGoalProgressVersions");
        goals.Read("/{id:guid}/progress/{progressId:guid}/versions/{version:int}", ProgressEndpoints.GetVersion)
            .WithName("GetGoalProgressVersion");
        goals.Write("/{id:guid}/progress", ProgressEndpoints.Record, clientIsAuthor: true).WithName("RecordGoalProgress");
        goals.Write("/{id:guid}/progress/{progressId:guid}/retraction", ProgressEndpoints.Retract, clientIsAuthor: true)
            .WithName("RetractGoalProgress");

        records.For("/goal-attainment", DataCategory.Goals, "goals").Read("/", AttainmentEndpoint.Get).WithName("GetGoalAttainment");
    }

    /// <summary>Lists the client's goals, newest first.</summary>
    private static async Task<Results<Ok<Page<GoalResponse>>, Problem>> List(
        Query<GoalQuery> query, HttpContext http, AccessGrant grant, GoalRepository goals, Cursors cursors, CancellationToken ct)
    {
        if (cursors.TryRead(query.Value.Cursor, http, out var after) is { } refusal)
        {
            return refusal;
        }

        var rows = await goals.List(grant, query.Value, after, ct);
        return Ok(cursors.Page(rows, row => GoalResponse.From(grant, row), row => new Position(row.Facts.OccurredAt, row.Id), http));
    }

    /// <summary>Gets one goal with who proposed, changed and signed it.</summary>
    private static async Task<Results<Ok<GoalResponse>, Problem>> Get(
        Guid id, AccessGrant grant, GoalRepository goals, CancellationToken ct) =>
        await goals.Find(grant, id, ct) is { } goal ? Ok(GoalResponse.From(grant, goal)) : Problems.NotFound();

    /// <summary>Lists every version of a goal, oldest first.</summary>
    private static Task<Results<Ok<Page<GoalResponse>>, Problem>> ListVersions(
        Guid id, Query<PageQuery> query, HttpContext http, AccessGrant grant, GoalRepository goals, Cursors cursors,
        CancellationToken ct) =>
        cursors.Versions(
            query.Value, http, (after, limit) => goals.Versions(grant, id, after, limit, ct), version => GoalResponse.From(grant, version));

    /// <summary>Gets one version of a goal as it was.</summary>
    private static async Task<Results<Ok<GoalResponse>, Problem>> GetVersion(
        Guid id, int version, AccessGrant grant, GoalRepository goals, CancellationToken ct) =>
        await goals.FindVersion(grant, id, version, ct) is { } goal ? Ok(GoalResponse.From(grant, goal)) : Problems.NotFound();

    /// <summary>Proposes a goal.</summary>
    /// <remarks>Either side proposes; it is agreed once the client, or a representative, and a practitioner of the care team have signed.</remarks>
    private static async Task<Results<Created<GoalResponse>, Problem>> Propose(
        Body<GoalTerms> body, AccessGrant grant, GoalRepository goals, InstrumentShelf shelf, WriteUnit unit, CancellationToken ct)
    {
        if (Sides.Of(grant.ActingAs) is null)
        {
            return Problems.Forbidden(Sides.NobodyBehindIt);
        }

        if (await UnknownInstruments(grant.PartnerId, body.Value, shelf, ct) is { Count: > 0 } faults)
        {
            return Problems.Invalid(faults);
        }

        var by = PartyResponse.From(grant.ActingAs);
        var goal = new Goal
        {
            Id = Ids.New(unit.Now),
            Version = 1,
            Status = GoalStatus.Proposed,
            Facts = new ItemFacts(Sensitivities.Of(body.Value.Sensitivities), grant.ActingAs.Id, "", unit.Now),
            Content = new GoalContent
            {
                Terms = body.Value,
                TermsVersion = 1,
                ProposedBy = by,
                ProposedAt = unit.Now,
                ChangedBy = by,
                ChangedAt = unit.Now,
            },
        };
        await goals.Add(grant, goal, unit, ct);
        return Created($"/v1/clients/{grant.ClientId}/goals/{goal.Id}", GoalResponse.From(grant, goal));
    }

    /// <summary>Amends the terms of a goal.</summary>
    /// <remarks>
    /// A merge patch (RFC 7396). New terms void both agreements: the goal is proposed until both sides have signed again.
    /// A patch that changes nothing voids nothing.
    /// </remarks>
    private static async Task<Results<Ok<GoalResponse>, Problem>> Amend(
        Guid id, MergePatch<GoalTerms> patch, IfMatch ifMatch, AccessGrant grant, GoalRepository goals, InstrumentShelf shelf,
        WriteUnit unit, CancellationToken ct)
    {
        if (await goals.Find(grant, id, ct) is not { } goal)
        {
            return Problems.NotFound();
        }

        if (Sides.Of(grant.ActingAs) is null)
        {
            return Problems.Forbidden(Sides.NobodyBehindIt);
        }

        if (goal.Version != ifMatch.Version)
        {
            return Problems.PreconditionFailed();
        }

        if (goal.Status is not (GoalStatus.Proposed or GoalStatus.Agreed))
        {
            return Problems.StateConflict("Only a goal that is proposed or agreed can be amended.");
        }

        if (patch.Apply(goal.Content.Terms, out var terms) is { } refusal)
        {
            return refusal;
        }

        if (await UnknownInstruments(grant.PartnerId, terms, shelf, ct) is { Count: > 0 } faults)
        {
            return Problems.Invalid(faults);
        }

        if (terms.Says(goal.Content.Terms))
        {
            return Ok(GoalResponse.From(grant, goal));
        }

        var amended = goal with
        {
            Status = GoalStatus.Proposed,
            Facts = goal.Facts with { Labels = Sensitivities.Of(terms.Sensitivities) },
            Content = goal.Content with { Terms = terms, TermsVersion = goal.Version + 1 },
        };
        return Ok(GoalResponse.From(grant, await goals.Change(grant, amended, unit, ct)));
    }

    private static async Task<List<Fault>> UnknownInstruments(Guid partnerId, GoalTerms terms, InstrumentShelf shelf, CancellationToken ct)
    {
        var unknown = await shelf.Unknown(partnerId, terms.Instruments, ct);
        return
        [
            .. from instrument in terms.Instruments.Index()
               where unknown.Contains(instrument.Item)
               select Fault.InBody($"#/instruments/{instrument.Index}", "unknown-reference", "There is no instrument with this code."),
        ];
    }
}
