using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Records.Prompts;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Records.Goals;

/// <summary>Which of the two sides of a goal somebody is on.</summary>
internal enum Side
{
    /// <summary>The client, or a representative in the client's place.</summary>
    Client,

    Practitioner,
}

/// <summary>On which side of the two somebody acts.</summary>
internal static class Sides
{
    public const string NobodyBehindIt = "Goals are the client's and the practitioner's: an application alone does not write them.";

    /// <summary>Null for an application alone, with no person behind it.</summary>
    public static Side? Of(Party party) => Of(party.Kind);

    public static Side? Of(PartyResponse party) => party.Kind switch
    {
        "client" or "representative" => Side.Client,
        "practitioner" => Side.Practitioner,
        _ => null,
    };

    private static Side? Of(PartyKind kind) => kind switch
    {
        PartyKind.Client or PartyKind.Representative => Side.Client,
        PartyKind.Practitioner => Side.Practitioner,
        _ => null,
    };
}

/// <summary>What becomes of a goal once it is proposed: each status by a fact that somebody records.</summary>
internal static class GoalFacts
{
    /// <summary>Signs the present terms of a goal.</summary>
    /// <remarks>
    /// <c>If-Match</c> says which terms were seen. The goal is agreed once the client, or a representative, and a
    /// practitioner of the care team have signed the same terms; nobody signs for both sides.
    /// </remarks>
    public static Task<Results<Ok<GoalResponse>, Problem>> Agree(
        Guid id, IfMatch ifMatch, AccessGrant grant, UseOfData use, GoalRepository goals, PromptRepository prompts, WriteUnit unit, CancellationToken ct) =>
        Decide(id, ifMatch, grant, use, goals, prompts, unit, (goal, side) =>
        {
            if (goal.Status is not (GoalStatus.Proposed or GoalStatus.Agreed))
            {
                return Problems.StateConflict("Only a goal that is proposed can be agreed to.");
            }

            if (goal.Content.InForce.Any(agreement => Sides.Of(agreement.By) == side))
            {
                return Problems.StateConflict("This side has signed these terms already.");
            }

            var agreement = new Agreement(PartyResponse.From(grant.ActingAs), goal.Content.TermsVersion, unit.Now);
            var bySide = goal.Content.InForce.Append(agreement).Select(one => Sides.Of(one.By)).Distinct().Count();
            return goal with
            {
                Status = bySide == 2 ? GoalStatus.Agreed : GoalStatus.Proposed,
                Content = goal.Content with { Agreements = [.. goal.Content.Agreements, agreement] },
            };
        }, ct);

    /// <summary>Records that an agreed goal is achieved.</summary>
    public static Task<Results<Ok<GoalResponse>, Problem>> Achieve(
        Guid id, Body<AchieveGoal> body, IfMatch ifMatch, AccessGrant grant, UseOfData use, GoalRepository goals, PromptRepository prompts, WriteUnit unit,
        CancellationToken ct) =>
        Decide(id, ifMatch, grant, use, goals, prompts, unit, (goal, _) => goal.Status == GoalStatus.Agreed
            ? goal with { Status = GoalStatus.Achieved, Content = goal.Content with { Achievement = Fact(grant, unit, body.Value.Note) } }
            : Problems.StateConflict("Only a goal that both sides have agreed to can be achieved."), ct);

    /// <summary>Sets a goal aside, with the reason.</summary>
    public static Task<Results<Ok<GoalResponse>, Problem>> SetAside(
        Guid id, Body<SetGoalAside> body, IfMatch ifMatch, AccessGrant grant, UseOfData use, GoalRepository goals, PromptRepository prompts, WriteUnit unit,
        CancellationToken ct) =>
        Decide(id, ifMatch, grant, use, goals, prompts, unit, (goal, _) => goal.Status is GoalStatus.Proposed or GoalStatus.Agreed
            ? goal with { Status = GoalStatus.SetAside, Content = goal.Content with { SettingAside = Fact(grant, unit, body.Value.Reason) } }
            : Problems.StateConflict("Only a goal that is proposed or agreed can be set aside."), ct);

    /// <summary>Retracts a goal that was entered in error.</summary>
    /// <remarks>It stays readable, marked, with who, when and why. The client and representatives retract what they proposed.</remarks>
    public static Task<Results<Ok<GoalResponse>, Problem>> Retract(
        Guid id, Body<RetractItem> body, IfMatch ifMatch, AccessGrant grant, UseOfData use, GoalRepository goals, PromptRepository prompts, WriteUnit unit,
        CancellationToken ct) =>
        Decide(id, ifMatch, grant, use, goals, prompts, unit, (goal, side) =>
        {
            if (side == Side.Client && goal.Facts.AuthorId != grant.ActingAs.Id)
            {
                return Problems.Forbidden("The client and representatives retract what they proposed themselves.");
            }

            return goal.Status == GoalStatus.Retracted
                ? Problems.StateConflict("The goal is retracted already.")
                : goal with { Status = GoalStatus.Retracted, Content = goal.Content with { Retraction = Fact(grant, unit, body.Value.Reason) } };
        }, ct);

    private static RecordedFact Fact(AccessGrant grant, WriteUnit unit, string? text) =>
        new(PartyResponse.From(grant.ActingAs), unit.Now, text);

    /// <summary>What every fact asks for: a goal in reach, somebody who belongs to one of its sides, and the version seen.</summary>
    private static async Task<Results<Ok<GoalResponse>, Problem>> Decide(
        Guid id, IfMatch ifMatch, AccessGrant grant, UseOfData use, GoalRepository goals, PromptRepository prompts, WriteUnit unit,
        Func<Goal, Side, GoalOrProblem> next, CancellationToken ct)
    {
        if (await goals.Find(grant, id, ct) is not { } goal)
        {
            return Problems.NotFound();
        }

        if (Sides.Of(grant.ActingAs) is not { } side)
        {
            return Problems.Forbidden(Sides.NobodyBehindIt);
        }

        // A permit lets a practitioner read and propose; to stand for the care belongs to those who give it.
        if (side == Side.Practitioner && !use.InCareTeam)
        {
            return Problems.Forbidden("Only a practitioner of the care team decides about a goal.");
        }

        if (goal.Version != ifMatch.Version)
        {
            return Problems.PreconditionFailed();
        }

        var (changed, problem) = next(goal, side);
        if (problem is not null)
        {
            return problem;
        }

        if (changed!.Status is GoalStatus.Achieved or GoalStatus.SetAside or GoalStatus.Retracted)
        {
            // Nobody asks any more why it stands still.
            await prompts.CloseOn(grant, id, new RecordedFact(PartyResponse.From(grant.ActingAs), unit.Now, null), unit, ct);
        }

        return Ok(GoalResponse.From(grant, await goals.Change(grant, changed, unit, ct)));
    }

    /// <summary>The goal as it shall be, or why it cannot be.</summary>
    private readonly record struct GoalOrProblem(Goal? Goal, Problem? Problem)
    {
        public static implicit operator GoalOrProblem(Goal goal) => new(goal, null);

        public static implicit operator GoalOrProblem(Problem problem) => new(null, problem);
    }
}
