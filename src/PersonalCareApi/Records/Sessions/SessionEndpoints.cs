using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Data;
using PersonalCareApi.Domain;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Partners;
using PersonalCareApi.Pipeline;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Records.Sessions;

internal static class SessionEndpoints
{
    public static void MapSessions(this ClientRecordRoutes records)
    {
        var sessions = records.For("/sessions", DataCategory.SessionNotes);

        sessions.Read("/", List).WithName("ListSessions");
        sessions.Read("/{id:guid}", Get).WithName("GetSession");
        sessions.Read("/{id:guid}/versions", ListVersions).WithName("ListSessionVersions");
        sessions.Read("/{id:guid}/versions/{version:int}", GetVersion).WithName("GetSessionVersion");
        sessions.Write("/", Record).WithName("RecordSession");
        sessions.Change("/{id:guid}", Change).WithName("ChangeSession");
        sessions.Write("/{id:guid}/retraction", Retract).WithName("RetractSession");
    }

    /// <summary>Lists the client's sessions, newest first.</summary>
    private static async Task<Results<Ok<Page<SessionResponse>>, Problem>> List(
        Query<SessionQuery> query, HttpContext http, AccessGrant grant, SessionRepository sessions, Cursors cursors, CancellationToken ct)
    {
        if (cursors.TryRead(query.Value.Cursor, http, out var after) is { } refusal)
        {
            return refusal;
        }

        var rows = await sessions.List(grant, query.Value, after, ct);
        return Ok(cursors.Page(rows, row => SessionResponse.From(grant, row), row => new Position(row.StartAt, row.Id), http));
    }

    /// <summary>Gets one session.</summary>
    private static async Task<Results<Ok<SessionResponse>, Problem>> Get(
        Guid id, AccessGrant grant, SessionRepository sessions, CancellationToken ct) =>
        await sessions.Find(grant, id, ct) is { } session ? Ok(SessionResponse.From(grant, session)) : Problems.NotFound();

    /// <summary>Lists every version of a session, oldest first.</summary>
    private static async Task<Results<Ok<Page<SessionResponse>>, Problem>> ListVersions(
        Guid id, AccessGrant grant, SessionRepository sessions, CancellationToken ct)
    {
        var versions = await sessions.Versions(grant, id, null, ct);
        return versions.Count == 0
            ? Problems.NotFound()
            : Ok(new Page<SessionResponse>
            {
                Items = [.. versions.Select(version => SessionResponse.From(grant, version))],
                NextCursor = null,
                Total = versions.Count,
            });
    }

    /// <summary>Gets one version of a session as it was.</summary>
    private static async Task<Results<Ok<SessionResponse>, Problem>> GetVersion(
        Guid id, int version, AccessGrant grant, SessionRepository sessions, CancellationToken ct) =>
        await sessions.Versions(grant, id, version, ct) is [var session] ? Ok(SessionResponse.From(grant, session)) : Problems.NotFound();

    /// <summary>Plans a session, or records one that was held, missed or cancelled.</summary>
    private static async Task<Results<Created<SessionResponse>, Problem>> Record(
        Body<SessionTerms> body, AccessGrant grant, SessionRepository sessions, PractitionerRepository practitioners, WriteUnit unit,
        CancellationToken ct)
    {
        if (await UnknownParticipants(body.Value, grant, practitioners, ct) is { Count: > 0 } faults)
        {
            return Problems.Invalid(faults);
        }

        var session = Session.New(Ids.New(unit.Now), grant, body.Value, unit.Now);
        await sessions.Add(grant, session, unit, ct);
        return Created($"/v1/clients/{grant.ClientId}/sessions/{session.Id}", SessionResponse.From(grant, session));
    }

    /// <summary>Changes a session, such as from planned to held.</summary>
    /// <remarks>
    /// A merge patch (RFC 7396). What was held, missed or cancelled is never planned again. Notes keep the start that the
    /// session had when they were changed last.
    /// </remarks>
    private static async Task<Results<Ok<SessionResponse>, Problem>> Change(
        Guid id, MergePatch<SessionTerms> patch, IfMatch ifMatch, AccessGrant grant, SessionRepository sessions,
        PractitionerRepository practitioners, WriteUnit unit, CancellationToken ct)
    {
        if (await sessions.Find(grant, id, ct) is not { } session)
        {
            return Problems.NotFound();
        }

        if (session.Version != ifMatch.Version)
        {
            return Problems.PreconditionFailed();
        }

        if (session.Terms is not { } terms)
        {
            return Problems.StateConflict("The session is retracted.");
        }

        if (patch.Apply(terms, out var changed) is { } refusal)
        {
            return refusal;
        }

        if (changed.Status == SessionStatus.Planned && terms.Status != SessionStatus.Planned)
        {
            return Problems.StateConflict("What was held, missed or cancelled is never planned again.");
        }

        if (await UnknownParticipants(changed, grant, practitioners, ct) is { Count: > 0 } faults)
        {
            return Problems.Invalid(faults);
        }

        return Ok(SessionResponse.From(grant, await sessions.Change(grant, session.With(changed), unit, ct)));
    }

    /// <summary>Retracts a session that was entered in error.</summary>
    /// <remarks>It stays readable, marked. Its notes are retracted by themselves.</remarks>
    private static async Task<Results<Ok<SessionResponse>, Problem>> Retract(
        Guid id, Body<RetractItem> body, IfMatch ifMatch, AccessGrant grant, SessionRepository sessions, WriteUnit unit, CancellationToken ct)
    {
        if (await sessions.Find(grant, id, ct) is not { } session)
        {
            return Problems.NotFound();
        }

        if (session.Version != ifMatch.Version)
        {
            return Problems.PreconditionFailed();
        }

        if (session.IsRetracted)
        {
            return Problems.StateConflict("The session is retracted already.");
        }

        var retraction = new RecordedFact(PartyResponse.From(grant.ActingAs), unit.Now, body.Value.Reason);
        var retracted = session with { Status = Session.Retracted, Content = session.Content with { Retraction = retraction } };
        return Ok(SessionResponse.From(grant, await sessions.Change(grant, retracted, unit, ct)));
    }

    /// <summary>A practitioner must be one of this partner's, suspended ones included; the client, if named, this one.</summary>
    private static async Task<List<Fault>> UnknownParticipants(
        SessionTerms terms, AccessGrant grant, PractitionerRepository practitioners, CancellationToken ct)
    {
        var faults = new List<Fault>();
        foreach (var (index, participant) in terms.Participants.Index())
        {
            if (participant is { Kind: ParticipantKind.Practitioner, Id: { } practitioner }
                && await practitioners.Find(grant.PartnerId, practitioner, ct) is null)
            {
                faults.Add(Fault.InBody($"#/participants/{index}/id", "unknown-reference", "There is no such practitioner."));
            }

            if (participant is { Kind: ParticipantKind.Client, Id: { } client } && client != grant.ClientId)
            {
                faults.Add(Fault.InBody($"#/participants/{index}/id", "unknown-reference", "The client who takes part is the client of this record."));
            }
        }

        return faults;
    }
}
