using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Records.SessionNotes;

internal static class SessionNoteEndpoints
{
    public static void MapSessionNotes(this ClientRecordRoutes records)
    {
        var notes = records.For("/session-notes", DataCategory.SessionNotes);

        notes.Read("/", Search).WithName("ListSessionNotes");
        notes.Read("/{id:guid}", Get).WithName("GetSessionNote");
        notes.Read("/{id:guid}/versions", ListVersions).WithName("ListSessionNoteVersions");
        notes.Read("/{id:guid}/versions/{version:int}", GetVersion).WithName("GetSessionNoteVersion");
        notes.Write("/", DraftNote.Draft).WithName("DraftSessionNote");
        notes.Change("/{id:guid}", DraftNote.Change).WithName("ChangeSessionNote");
        notes.Discard("/{id:guid}", DraftNote.Discard).WithName("DiscardSessionNote");
        notes.Write("/{id:guid}/signature", SignNote.Sign).WithName("SignSessionNote");
        notes.Write("/{id:guid}/cosignature", SignNote.Cosign).WithName("CosignSessionNote");
        notes.Write("/{id:guid}/retraction", SignedNote.Retract).WithName("RetractSessionNote");
        notes.Write("/{id:guid}/withholding", SignedNote.Withhold).WithName("WithholdSessionNote");
        notes.Write("/{id:guid}/withholding/termination", SignedNote.EndWithholding).WithName("EndWithholding");
        notes.Read("/{id:guid}/addenda", AddendumEndpoints.List).WithName("ListAddenda");
        notes.Read("/{id:guid}/addenda/{addendumId:guid}", AddendumEndpoints.Get).WithName("GetAddendum");
        notes.Write("/{id:guid}/addenda", AddendumEndpoints.Add, clientIsAuthor: true).WithName("AddAddendum");
    }

    /// <summary>Searches the client's session notes, newest session first.</summary>
    /// <remarks>
    /// Exactly those that you may read: the total counts them and no others. A draft is its author's alone, and the
    /// supervisor's while it awaits the cosignature; a note that is withheld the client and representatives do not see.
    /// </remarks>
    private static async Task<Results<Ok<Page<SessionNoteResponse>>, Problem>> Search(
        Query<SessionNoteQuery> query, HttpContext http, AccessGrant grant, SessionNoteRepository notes, Cursors cursors, CancellationToken ct)
    {
        if (cursors.TryRead(query.Value.Cursor, http, out var after) is { } refusal)
        {
            return refusal;
        }

        var rows = await notes.List(grant, query.Value, after, ct);
        return Ok(cursors.Page(rows, row => SessionNoteResponse.From(grant, row), row => new Position(row.Facts.OccurredAt, row.Id), http));
    }

    /// <summary>Gets one session note.</summary>
    /// <remarks>Every signature is checked: what is not what was signed is not shown.</remarks>
    private static async Task<Results<Ok<SessionNoteResponse>, Problem>> Get(
        Guid id, AccessGrant grant, SessionNoteRepository notes, CancellationToken ct) =>
        await notes.Find(grant, id, ct) is { } note ? Ok(SessionNoteResponse.From(grant, note)) : Problems.NotFound();

    /// <summary>Lists the versions of a session note that you may see, oldest first.</summary>
    /// <remarks>Those from before it was signed stay between its author and whoever signed with them.</remarks>
    private static async Task<Results<Ok<Page<SessionNoteResponse>>, Problem>> ListVersions(
        Guid id, AccessGrant grant, SessionNoteRepository notes, CancellationToken ct)
    {
        var versions = await notes.Versions(grant, id, null, ct);
        return versions.Count == 0
            ? Problems.NotFound()
            : Ok(new Page<SessionNoteResponse>
            {
                Items = [.. versions.Select(version => SessionNoteResponse.From(grant, version))],
                NextCursor = null,
                Total = versions.Count,
            });
    }

    /// <summary>Gets one version of a session note as it was.</summary>
    private static async Task<Results<Ok<SessionNoteResponse>, Problem>> GetVersion(
        Guid id, int version, AccessGrant grant, SessionNoteRepository notes, CancellationToken ct) =>
        await notes.Versions(grant, id, version, ct) is [var note] ? Ok(SessionNoteResponse.From(grant, note)) : Problems.NotFound();
}
