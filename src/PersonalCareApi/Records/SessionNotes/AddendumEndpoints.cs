using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Data;
using PersonalCareApi.Domain;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Records.SessionNotes;

/// <summary>Adding to a signed note, which itself does not change.</summary>
internal static class AddendumEndpoints
{
    /// <summary>Lists the addenda of a session note, oldest first.</summary>
    public static async Task<Results<Ok<Page<AddendumResponse>>, Problem>> List(
        Guid id, Query<PageQuery> query, HttpContext http, AccessGrant grant, SessionNoteRepository notes, AddendumRepository addenda,
        Cursors cursors, CancellationToken ct)
    {
        if (cursors.TryRead(query.Value.Cursor, http, out var after) is { } refusal)
        {
            return refusal;
        }

        if (await notes.Find(grant, id, ct) is null)
        {
            return Problems.NotFound();
        }

        var rows = await addenda.List(grant, id, after, query.Value.Size, ct);
        return Ok(cursors.Page(rows, row => AddendumResponse.From(grant, row), row => new Position(row.RecordedAt, row.Id), http));
    }

    /// <summary>Gets one addendum.</summary>
    public static async Task<Results<Ok<AddendumResponse>, Problem>> Get(
        Guid id, Guid addendumId, AccessGrant grant, AddendumRepository addenda, CancellationToken ct) =>
        await addenda.Find(grant, id, addendumId, ct) is { } addendum ? Ok(AddendumResponse.From(grant, addendum)) : Problems.NotFound();

    /// <summary>Adds to a signed note.</summary>
    /// <remarks>
    /// A practitioner supplements; the client or a representative says how they see it. Whoever sees the note sees all
    /// that was added.
    /// </remarks>
    public static async Task<Results<Created<AddendumResponse>, Problem>> Add(
        Guid id, Body<AddAddendum> body, AccessGrant grant, SessionNoteRepository notes, AddendumRepository addenda, WriteUnit unit,
        CancellationToken ct)
    {
        if (await notes.Find(grant, id, ct) is not { } note)
        {
            return Problems.NotFound();
        }

        if (grant.ActingAs.Kind == PartyKind.Application)
        {
            return Problems.Forbidden("An addendum is somebody's own words: an application alone adds none.");
        }

        if (note.Status != SessionNoteStatus.Signed)
        {
            return Problems.StateConflict("Only a signed note has addenda.");
        }

        var addendum = new Addendum
        {
            Id = Ids.New(unit.Now),
            NoteId = note.Id,
            Facts = note.Facts with { AuthorId = grant.ActingAs.Id },
            Content = new AddendumContent(PartyResponse.From(grant.ActingAs), body.Value.Text),
            RecordedAt = unit.Now,
        };
        await addenda.Add(grant, addendum, unit, ct);
        return Created(
            $"/v1/clients/{grant.ClientId}/session-notes/{note.Id}/addenda/{addendum.Id}", AddendumResponse.From(grant, addendum));
    }
}
