using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Data;
using PersonalCareApi.Domain;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Records.Assessments;
using PersonalCareApi.Records.Goals;
using PersonalCareApi.Records.SessionNotes;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Records.Disagreements;

/// <summary>A client's statement of disagreement (45 CFR 164.526(d); GDPR 16): it travels with the item that it disputes.</summary>
internal static class DisagreementEndpoints
{
    public static void MapDisagreements(this ClientRecordRoutes records)
    {
        records.For("/assessments", DataCategory.Assessments)
            .Write("/{id:guid}/disagreements", WithAssessment, clientIsAuthor: true).WithName("DisagreeWithAssessment");
        records.For("/goals", DataCategory.Goals)
            .Write("/{id:guid}/disagreements", WithGoal, clientIsAuthor: true).WithName("DisagreeWithGoal");
        records.For("/session-notes", DataCategory.SessionNotes)
            .Write("/{id:guid}/disagreements", WithNote, clientIsAuthor: true).WithName("DisagreeWithSessionNote");
    }

    /// <summary>Says what is wrong with an assessment, as the client sees it.</summary>
    /// <remarks>By the client or a representative. It is shown with the assessment to whoever reads it, and goes with it into every archive.</remarks>
    private static async Task<Results<Created<DisagreementResponse>, Problem>> WithAssessment(
        Guid id, Body<Disagree> body, AccessGrant grant, AssessmentRepository assessments, DisagreementRepository disagreements,
        WriteUnit unit, CancellationToken ct) =>
        await assessments.Find(grant, id, ct) is { } assessment
            ? await Add(body.Value, grant, "assessment", id, assessment.Facts, assessment.Disagreements.Count, disagreements, unit, ct)
            : Problems.NotFound();

    /// <summary>Says what is wrong with a goal, as the client sees it.</summary>
    /// <remarks>By the client or a representative. It is shown with the goal to whoever reads it, and goes with it into every archive.</remarks>
    private static async Task<Results<Created<DisagreementResponse>, Problem>> WithGoal(
        Guid id, Body<Disagree> body, AccessGrant grant, GoalRepository goals, DisagreementRepository disagreements, WriteUnit unit,
        CancellationToken ct) =>
        await goals.Find(grant, id, ct) is { } goal
            ? await Add(body.Value, grant, "goal", id, goal.Facts, goal.Disagreements.Count, disagreements, unit, ct)
            : Problems.NotFound();

    /// <summary>Says what is wrong with a session note, as the client sees it.</summary>
    /// <remarks>By the client or a representative. It is shown with the note to whoever reads it, and goes with it into every archive.</remarks>
    private static async Task<Results<Created<DisagreementResponse>, Problem>> WithNote(
        Guid id, Body<Disagree> body, AccessGrant grant, SessionNoteRepository notes, DisagreementRepository disagreements, WriteUnit unit,
        CancellationToken ct) =>
        await notes.Find(grant, id, ct) is { } note
            ? await Add(body.Value, grant, "session-note", id, note.Facts, note.Disagreements.Count, disagreements, unit, ct)
            : Problems.NotFound();

    private static async Task<Results<Created<DisagreementResponse>, Problem>> Add(
        Disagree request, AccessGrant grant, string kind, Guid itemId, ItemFacts facts, int said, DisagreementRepository disagreements,
        WriteUnit unit, CancellationToken ct)
    {
        if (grant.ActingAs.Kind is not (PartyKind.Client or PartyKind.Representative))
        {
            return Problems.Forbidden("A disagreement is the client's own words, or a representative's.");
        }

        if (said >= DisagreementResponse.MostOfOneItem)
        {
            return Problems.StateConflict($"There are {said} disagreements with it already.");
        }

        var disagreement = new Disagreement
        {
            Id = Ids.New(unit.Now),
            ItemKind = kind,
            ItemId = itemId,
            Facts = facts,
            Content = new DisagreementContent(PartyResponse.From(grant.ActingAs), request.Text),
            RecordedAt = unit.Now,
        };
        await disagreements.Add(grant, disagreement, unit, ct);
        return Created($"/v1/clients/{grant.ClientId}/{kind}s/{itemId}", DisagreementResponse.From(grant, disagreement));
    }
}
