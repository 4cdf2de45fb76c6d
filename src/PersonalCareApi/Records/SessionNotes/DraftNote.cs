using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Data;
using PersonalCareApi.Domain;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Records.Sessions;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Records.SessionNotes;

/// <summary>Writing a note: until it is signed it is its author's alone.</summary>
internal static class DraftNote
{
    private const string OthersNote = "Only its author changes or discards a note.";

    /// <summary>Drafts a session note.</summary>
    /// <remarks>
    /// Only practitioners write notes. Where <c>session</c> is given instead of <c>sessionId</c>, the held session is recorded
    /// with the draft. Nobody but the author sees a draft.
    /// </remarks>
    public static async Task<Results<Created<SessionNoteResponse>, Problem>> Draft(
        Body<DraftSessionNote> body, AccessGrant grant, SessionNoteRepository notes, SessionRepository sessions, WriteUnit unit,
        CancellationToken ct)
    {
        if (grant.ActingAs.Kind != PartyKind.Practitioner)
        {
            return Problems.Forbidden("Only a practitioner writes session notes.");
        }

        var draft = body.Value;
        if (await SessionOf(draft, grant, sessions, unit, ct) is not { } session)
        {
            return UnknownSession();
        }

        var note = Written(
            new SessionNote
            {
                Id = Ids.New(unit.Now),
                Version = 1,
                Status = SessionNoteStatus.Draft,
                Facts = new ItemFacts(Sensitivity.Psy, grant.ActingAs.Id, "", session.StartAt),
                Content = new SessionNoteContent
                {
                    SessionId = session.Id,
                    Format = draft.Format,
                    Sections = draft.Content,
                    Modalities = [],
                    Techniques = [],
                    GoalIds = [],
                    Sensitivities = [],
                    RecordedAt = unit.Now,
                },
            },
            draft,
            session);
        await notes.Add(grant, note, unit, ct);
        return Created($"/v1/clients/{grant.ClientId}/session-notes/{note.Id}", SessionNoteResponse.From(grant, note));
    }

    /// <summary>Changes a draft.</summary>
    /// <remarks>
    /// A merge patch (RFC 7396). A note that awaits its cosignature becomes a draft again, and its author's signature is void.
    /// A signed note does not change: add an addendum.
    /// </remarks>
    public static async Task<Results<Ok<SessionNoteResponse>, Problem>> Change(
        Guid id, MergePatch<SessionNoteChange> patch, IfMatch ifMatch, AccessGrant grant, SessionNoteRepository notes,
        SessionRepository sessions, WriteUnit unit, CancellationToken ct)
    {
        if (await notes.Find(grant, id, ct) is not { } note)
        {
            return Problems.NotFound();
        }

        if (RefusalOf(note, grant, ifMatch) is { } notNow)
        {
            return notNow;
        }

        if (patch.Apply(SessionNoteChange.From(note), out var change) is { } refusal)
        {
            return refusal;
        }

        if (await sessions.Find(grant, change.SessionId, ct) is not { IsRetracted: false } session)
        {
            return UnknownSession();
        }

        var changed = Written(note, change, session) with { Status = SessionNoteStatus.Draft, CosignerId = null };
        return Ok(SessionNoteResponse.From(grant, await notes.Change(grant, changed, ChangeKind.Updated, unit, ct)));
    }

    /// <summary>Discards a draft.</summary>
    /// <remarks>It goes with all its versions; the session it is about stays.</remarks>
    public static async Task<Results<NoContent, Problem>> Discard(
        Guid id, IfMatch ifMatch, AccessGrant grant, SessionNoteRepository notes, WriteUnit unit, CancellationToken ct)
    {
        if (await notes.Find(grant, id, ct) is not { } note)
        {
            return Problems.NotFound();
        }

        if (RefusalOf(note, grant, ifMatch) is { } notNow)
        {
            return notNow;
        }

        await notes.Discard(grant, note, unit, ct);
        return NoContent();
    }

    private static Problem? RefusalOf(SessionNote note, AccessGrant grant, IfMatch ifMatch) =>
        note.Facts.AuthorId != grant.ActingAs.Id ? Problems.Forbidden(OthersNote)
        : note.Version != ifMatch.Version ? Problems.PreconditionFailed()
        : !note.IsOpen ? Problems.StateConflict("A signed note does not change; add an addendum.")
        : null;

    /// <summary>The session named, or the one given, which is then recorded in the same unit; null where there is none.</summary>
    private static async Task<Session?> SessionOf(
        DraftSessionNote draft, AccessGrant grant, SessionRepository sessions, WriteUnit unit, CancellationToken ct)
    {
        if (draft.Session is not { } held)
        {
            return await sessions.Find(grant, draft.SessionId!.Value, ct) is { IsRetracted: false } found ? found : null;
        }

        var terms = new SessionTerms
        {
            StartAt = held.StartAt,
            Minutes = held.Minutes,
            Medium = held.Medium,
            Status = SessionStatus.Held,
            Participants =
            [
                new ParticipantContent { Kind = ParticipantKind.Practitioner, Id = grant.ActingAs.Id },
                new ParticipantContent { Kind = ParticipantKind.Client },
            ],
        };
        var session = Session.New(Ids.New(unit.Now), grant, terms, unit.Now);
        await sessions.Add(grant, session, unit, ct);
        return session;
    }

    /// <summary>The note with these terms: nobody has signed them yet.</summary>
    private static SessionNote Written(SessionNote note, INoteTerms terms, Session session) => note with
    {
        Facts = note.Facts with
        {
            Labels = Sensitivity.Psy | Sensitivities.Of(terms.Sensitivities),
            OccurredAt = session.StartAt,
        },
        Content = note.Content with
        {
            SessionId = session.Id,
            Format = terms.Format,
            Sections = terms.Content,
            Modalities = terms.Modalities,
            Techniques = terms.Techniques,
            GoalIds = terms.GoalIds,
            Sensitivities = terms.Sensitivities,
            Alliance = terms.Alliance,
            Signatures = [],
        },
    };

    private static Problem UnknownSession() =>
        Problems.Invalid(Fault.InBody("#/sessionId", "unknown-reference", "There is no such session, or it was retracted."));
}
