using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Records.AllianceCheckIns;
using PersonalCareApi.Records.Prompts;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Records.SessionNotes;

/// <summary>What becomes of a note that is part of the record: it may be retracted, and withheld for a time.</summary>
internal static class SignedNote
{
    /// <summary>Retracts a note that was entered in error.</summary>
    /// <remarks>By its author or cosigner. It stays readable, marked; the rating that came of it is retracted with it.</remarks>
    public static async Task<Results<Ok<SessionNoteResponse>, Problem>> Retract(
        Guid id, Body<RetractItem> body, IfMatch ifMatch, AccessGrant grant, SessionNoteRepository notes, CheckInRepository checkIns, PromptRepository prompts,
        WriteUnit unit, CancellationToken ct)
    {
        if (await notes.Find(grant, id, ct) is not { } note)
        {
            return Problems.NotFound();
        }

        if (note.Facts.AuthorId != grant.ActingAs.Id && note.CosignerId != grant.ActingAs.Id)
        {
            return Problems.Forbidden("Only who signed a note retracts it.");
        }

        if (note.Version != ifMatch.Version)
        {
            return Problems.PreconditionFailed();
        }

        if (note.Status != SessionNoteStatus.Signed)
        {
            return Problems.StateConflict(note.IsOpen ? "What is not signed is discarded." : "The note is retracted already.");
        }

        var retraction = new RecordedFact(PartyResponse.From(grant.ActingAs), unit.Now, body.Value.Reason);
        if (note.Content.CheckInId is { } made && await checkIns.Find(grant, made, ct) is { Status: CheckIn.Final } checkIn)
        {
            await checkIns.Retract(grant, checkIn, retraction, unit, ct);
            await prompts.CloseOn(grant, made, retraction, unit, ct);
        }

        var retracted = note with { Status = SessionNoteStatus.Retracted, Content = note.Content with { Retraction = retraction } };
        return Ok(SessionNoteResponse.From(grant, await notes.Change(grant, retracted, ChangeKind.Retracted, unit, ct)));
    }

    /// <summary>Withholds a note from the client and representatives, because reading it would endanger somebody's life or safety.</summary>
    /// <remarks>
    /// By a practitioner of the care team (45 CFR 164.524(a)(3)). Until <c>reviewAt</c> they do not see the note, and no count
    /// tells of it; then it lapses unless it is withheld again.
    /// </remarks>
    public static async Task<Results<Ok<SessionNoteResponse>, Problem>> Withhold(
        Guid id, Body<WithholdSessionNote> body, IfMatch ifMatch, AccessGrant grant, UseOfData use, SessionNoteRepository notes,
        WriteUnit unit, CancellationToken ct)
    {
        if (await notes.Find(grant, id, ct) is not { } note)
        {
            return Problems.NotFound();
        }

        if (RefusalOf(note, use, ifMatch) is { } refusal)
        {
            return refusal;
        }

        var until = body.Value.ReviewAt.ToStored();
        var withheld = note with
        {
            WithheldUntil = until,
            Content = note.Content with
            {
                Withholding = new Withholding(PartyResponse.From(grant.ActingAs), unit.Now, body.Value.Reason, until),
            },
        };
        return Ok(SessionNoteResponse.From(grant, await notes.Change(grant, withheld, ChangeKind.Updated, unit, ct)));
    }

    /// <summary>Ends the withholding of a note now.</summary>
    public static async Task<Results<Ok<SessionNoteResponse>, Problem>> EndWithholding(
        Guid id, IfMatch ifMatch, AccessGrant grant, UseOfData use, SessionNoteRepository notes, WriteUnit unit, CancellationToken ct)
    {
        if (await notes.Find(grant, id, ct) is not { } note)
        {
            return Problems.NotFound();
        }

        if (RefusalOf(note, use, ifMatch) is { } refusal)
        {
            return refusal;
        }

        if (note.Content.Withholding is not { } withholding || !(note.WithheldUntil > unit.Now))
        {
            return Problems.StateConflict("The note is not withheld.");
        }

        var shown = note with
        {
            WithheldUntil = null,
            Content = note.Content with
            {
                Withholding = withholding with { EndedBy = PartyResponse.From(grant.ActingAs), EndedAt = unit.Now },
            },
        };
        return Ok(SessionNoteResponse.From(grant, await notes.Change(grant, shown, ChangeKind.Updated, unit, ct)));
    }

    private static Problem? RefusalOf(SessionNote note, UseOfData use, IfMatch ifMatch) =>
        !use.InCareTeam ? Problems.Forbidden("Only a practitioner of the care team withholds a note.")
        : note.Version != ifMatch.Version ? Problems.PreconditionFailed()
        : note.IsOpen ? Problems.StateConflict("What is not signed the client does not see.")
        : null;
}
