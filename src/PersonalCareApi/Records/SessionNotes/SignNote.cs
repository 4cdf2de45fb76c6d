using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Data;
using PersonalCareApi.Domain;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Partners;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Records.AllianceCheckIns;
using PersonalCareApi.Records.Prompts;
using PersonalCareApi.Records.Sessions;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Records.SessionNotes;

/// <summary>Signing a note: from then on it is part of the record and changes no more.</summary>
internal static class SignNote
{
    /// <summary>Signs a draft.</summary>
    /// <remarks>
    /// By its author, who names the version and the content hash they saw: another version is 412, another hash 409. Every
    /// section of the format must be there. Where the author has a supervisor, the note then awaits the supervisor's
    /// signature; else it is signed, and the client's rating of the alliance in it becomes a check-in of its own.
    /// </remarks>
    public static async Task<Results<Ok<SessionNoteResponse>, Problem>> Sign(
        Guid id, Body<SignSessionNote> body, IfMatch ifMatch, AccessGrant grant, SessionNoteRepository notes, SessionRepository sessions,
        PractitionerRepository practitioners, CheckInRepository checkIns, RaisePrompts prompts, WriteUnit unit, CancellationToken ct)
    {
        if (await notes.Find(grant, id, ct) is not { } note)
        {
            return Problems.NotFound();
        }

        if (note.Facts.AuthorId != grant.ActingAs.Id)
        {
            return Problems.Forbidden("Only its author signs a note; a supervisor cosigns it.");
        }

        if (NotSeen(note, body.Value, ifMatch) is { } stale)
        {
            return stale;
        }

        if (note.Status != SessionNoteStatus.Draft)
        {
            return Problems.StateConflict("The note is signed already.");
        }

        if (await NotReady(note, body.Value, grant, sessions, ct) is { } refusal)
        {
            return refusal;
        }

        var author = await practitioners.Find(grant.PartnerId, grant.ActingAs.Id, ct);
        if (author?.SupervisorId is not { } supervisor)
        {
            return Ok(await Complete(Signed(note, SignatureRole.Author, body.Value, grant, unit), grant, notes, checkIns, prompts, unit, ct));
        }

        if (!await practitioners.IsActive(grant.PartnerId, supervisor, ct))
        {
            return Problems.StateConflict("Your supervisor is suspended: nobody could cosign the note until another is named.");
        }

        var awaiting = Signed(note, SignatureRole.Author, body.Value, grant, unit) with
        {
            Status = SessionNoteStatus.AwaitingCosignature,
            CosignerId = supervisor,
        };
        return Ok(SessionNoteResponse.From(grant, await notes.Change(grant, awaiting, ChangeKind.Updated, unit, ct)));
    }

    /// <summary>Cosigns a note of somebody in training.</summary>
    /// <remarks>By the supervisor the author had when signing, who needs a consent for the record like anybody.</remarks>
    public static async Task<Results<Ok<SessionNoteResponse>, Problem>> Cosign(
        Guid id, Body<SignSessionNote> body, IfMatch ifMatch, AccessGrant grant, SessionNoteRepository notes, CheckInRepository checkIns,
        RaisePrompts prompts, WriteUnit unit, CancellationToken ct)
    {
        if (await notes.Find(grant, id, ct) is not { } note)
        {
            return Problems.NotFound();
        }

        if (note.CosignerId != grant.ActingAs.Id)
        {
            return Problems.Forbidden("Only the supervisor whose signature a note awaits cosigns it.");
        }

        if (NotSeen(note, body.Value, ifMatch) is { } stale)
        {
            return stale;
        }

        if (note.Status != SessionNoteStatus.AwaitingCosignature)
        {
            return Problems.StateConflict("The note awaits no cosignature.");
        }

        if (HashDiffers(note, body.Value, grant) is { } differs)
        {
            return differs;
        }

        return Ok(await Complete(Signed(note, SignatureRole.Cosigner, body.Value, grant, unit), grant, notes, checkIns, prompts, unit, ct));
    }

    /// <summary>Nobody signs a version they have not seen.</summary>
    private static Problem? NotSeen(SessionNote note, SignSessionNote signature, IfMatch ifMatch) =>
        note.Version != ifMatch.Version || note.Version != signature.Version ? Problems.PreconditionFailed() : null;

    private static Problem? HashDiffers(SessionNote note, SignSessionNote signature, AccessGrant grant) =>
        note.ContentHash(grant.ClientId) != signature.ContentHash
        || note.Content.Signatures.Any(earlier => earlier.ContentHash != signature.ContentHash)
            ? Problems.StateConflict("The content hash is not that of the note: what you saw is not what would be signed.")
            : null;

    private static async Task<Problem?> NotReady(
        SessionNote note, SignSessionNote signature, AccessGrant grant, SessionRepository sessions, CancellationToken ct)
    {
        if (HashDiffers(note, signature, grant) is { } differs)
        {
            return differs;
        }

        if (note.Content.Sections.Missing(note.Content.Format) is { Count: > 0 } missing)
        {
            return Problems.StateConflict($"The note lacks {string.Join(", ", missing)}.");
        }

        return await sessions.Find(grant, note.Content.SessionId, ct) switch
        {
            null or { IsRetracted: true } => Problems.StateConflict("The session was retracted; name another in the draft."),
            { Terms.Status: SessionStatus.Planned } => Problems.StateConflict("The session is only planned; say first what became of it."),
            { StartAt: var start } when start != note.Facts.OccurredAt =>
                Problems.StateConflict("The session was moved since the draft was changed; change the draft to take over its start."),
            _ => null,
        };
    }

    private static SessionNote Signed(SessionNote note, SignatureRole role, SignSessionNote signature, AccessGrant grant, WriteUnit unit) => note with
    {
        Content = note.Content with
        {
            Signatures =
            [
                .. note.Content.Signatures,
                new NoteSignature(PartyResponse.From(grant.ActingAs), unit.Now, role, signature.Version, signature.ContentHash),
            ],
        },
    };

    /// <summary>The note is part of the record from now on, and so is the rating in it.</summary>
    private static async Task<SessionNoteResponse> Complete(
        SessionNote note, AccessGrant grant, SessionNoteRepository notes, CheckInRepository checkIns, RaisePrompts prompts, WriteUnit unit,
        CancellationToken ct)
    {
        var signed = note with { Status = SessionNoteStatus.Signed };
        if (note.Content.Alliance is { } alliance)
        {
            // It says no more than the note does, so it has the note's labels, date and author.
            var checkIn = new CheckIn
            {
                Id = Ids.New(unit.Now),
                Version = 1,
                Status = CheckIn.Final,
                Facts = note.Facts,
                Content = new CheckInContent
                {
                    Value = alliance.Value,
                    SessionId = note.Content.SessionId,
                    RecordedBy = note.Author,
                    RecordedAt = unit.Now,
                },
            };
            await checkIns.Add(grant, checkIn, unit, ct);
            await prompts.AfterRating(grant, checkIn, unit, ct);
            signed = signed with { Content = signed.Content with { CheckInId = checkIn.Id } };
        }

        return SessionNoteResponse.From(grant, await notes.Change(grant, signed, ChangeKind.Created, unit, ct));
    }
}
