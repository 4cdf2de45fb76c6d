using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Data;
using PersonalCareApi.Domain;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Records.Prompts;
using PersonalCareApi.Records.Sessions;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Records.AllianceCheckIns;

internal static class CheckInEndpoints
{
    public static void MapAllianceCheckIns(this ClientRecordRoutes records)
    {
        var checkIns = records.For("/alliance-check-ins", DataCategory.SessionNotes);

        checkIns.Read("/", List).WithName("ListAllianceCheckIns");
        checkIns.Read("/{id:guid}", Get).WithName("GetAllianceCheckIn");
        checkIns.Read("/{id:guid}/versions", ListVersions).WithName("ListAllianceCheckInVersions");
        checkIns.Read("/{id:guid}/versions/{version:int}", GetVersion).WithName("GetAllianceCheckInVersion");
        checkIns.Write("/", Record, clientIsAuthor: true).WithName("RecordAllianceCheckIn");
        checkIns.Write("/{id:guid}/retraction", Retract, clientIsAuthor: true).WithName("RetractAllianceCheckIn");
    }

    /// <summary>Lists how the client rated the alliance, newest first.</summary>
    /// <remarks>
    /// The scale <c>session-check-in</c> is this project's own: one question, 0 to 10, without norms. It compares a client
    /// with themself and nobody with anybody else.
    /// </remarks>
    private static async Task<Results<Ok<Page<CheckInResponse>>, Problem>> List(
        Query<CheckInQuery> query, HttpContext http, AccessGrant grant, CheckInRepository checkIns, Cursors cursors, CancellationToken ct)
    {
        if (cursors.TryRead(query.Value.Cursor, http, out var after) is { } refusal)
        {
            return refusal;
        }

        var rows = await checkIns.List(grant, query.Value, after, ct);
        return Ok(cursors.Page(rows, row => CheckInResponse.From(grant, row), row => new Position(row.Facts.OccurredAt, row.Id), http));
    }

    /// <summary>Gets one rating of the alliance.</summary>
    private static async Task<Results<Ok<CheckInResponse>, Problem>> Get(
        Guid id, AccessGrant grant, CheckInRepository checkIns, CancellationToken ct) =>
        await checkIns.Find(grant, id, ct) is { } checkIn ? Ok(CheckInResponse.From(grant, checkIn)) : Problems.NotFound();

    /// <summary>Lists every version of a rating, oldest first.</summary>
    private static Task<Results<Ok<Page<CheckInResponse>>, Problem>> ListVersions(
        Guid id, Query<PageQuery> query, HttpContext http, AccessGrant grant, CheckInRepository checkIns, Cursors cursors,
        CancellationToken ct) =>
        cursors.Versions(
            query.Value, http, (after, limit) => checkIns.Versions(grant, id, after, limit, ct), version => CheckInResponse.From(grant, version));

    /// <summary>Gets one version of a rating as it was.</summary>
    private static async Task<Results<Ok<CheckInResponse>, Problem>> GetVersion(
        Guid id, int version, AccessGrant grant, CheckInRepository checkIns, CancellationToken ct) =>
        await checkIns.FindVersion(grant, id, version, ct) is { } checkIn ? Ok(CheckInResponse.From(grant, checkIn)) : Problems.NotFound();

    /// <summary>Records how the client rates the alliance.</summary>
    /// <remarks>The rating is the client's, whoever writes it down.</remarks>
    private static async Task<Results<Created<CheckInResponse>, Problem>> Record(
        Body<RecordCheckIn> body, AccessGrant grant, CheckInRepository checkIns, SessionRepository sessions, RaisePrompts prompts, WriteUnit unit,
        CancellationToken ct)
    {
        var rating = body.Value;
        if (rating.SessionId is { } session && await sessions.Find(grant, session, ct) is null)
        {
            return Problems.Invalid(Fault.InBody("#/sessionId", "unknown-reference", "There is no such session."));
        }

        var checkIn = new CheckIn
        {
            Id = Ids.New(unit.Now),
            Version = 1,
            Status = CheckIn.Final,
            Facts = new ItemFacts(Sensitivity.Psy, grant.ActingAs.Id, "", (rating.At ?? unit.Now).ToStored()),
            Content = new CheckInContent
            {
                Value = rating.Value,
                SessionId = rating.SessionId,
                Note = rating.Note,
                RecordedBy = PartyResponse.From(grant.ActingAs),
                RecordedAt = unit.Now,
            },
        };
        await checkIns.Add(grant, checkIn, unit, ct);
        await prompts.AfterRating(grant, checkIn, unit, ct);
        return Created($"/v1/clients/{grant.ClientId}/alliance-check-ins/{checkIn.Id}", CheckInResponse.From(grant, checkIn));
    }

    /// <summary>Retracts a rating that was entered in error.</summary>
    /// <remarks>It stays readable, marked. The client and representatives retract what they entered.</remarks>
    private static async Task<Results<Ok<CheckInResponse>, Problem>> Retract(
        Guid id, Body<RetractItem> body, IfMatch ifMatch, AccessGrant grant, CheckInRepository checkIns, PromptRepository prompts, WriteUnit unit,
        CancellationToken ct)
    {
        if (await checkIns.Find(grant, id, ct) is not { } checkIn)
        {
            return Problems.NotFound();
        }

        if (grant.ActingAs.Kind is PartyKind.Client or PartyKind.Representative && checkIn.Facts.AuthorId != grant.ActingAs.Id)
        {
            return Problems.Forbidden("The client and representatives retract what they entered themselves.");
        }

        if (checkIn.Version != ifMatch.Version)
        {
            return Problems.PreconditionFailed();
        }

        if (checkIn.Status == CheckIn.Retracted)
        {
            return Problems.StateConflict("It is retracted already.");
        }

        var retraction = new RecordedFact(PartyResponse.From(grant.ActingAs), unit.Now, body.Value.Reason);
        await prompts.CloseOn(grant, id, retraction, unit, ct);
        return Ok(CheckInResponse.From(grant, await checkIns.Retract(grant, checkIn, retraction, unit, ct)));
    }
}
