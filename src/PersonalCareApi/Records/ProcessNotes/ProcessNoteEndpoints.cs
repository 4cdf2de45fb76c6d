using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Data;
using PersonalCareApi.Domain;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Records.ProcessNotes;

internal static class ProcessNoteEndpoints
{
    public static void MapProcessNotes(this ClientRecordRoutes records)
    {
        var notes = records.For("/process-notes", DataCategory.ProcessNotes);

        notes.Read("/", List).WithName("ListProcessNotes");
        notes.Read("/{id:guid}", Get).WithName("GetProcessNote");
        notes.Read("/{id:guid}/versions", ListVersions).WithName("ListProcessNoteVersions");
        notes.Read("/{id:guid}/versions/{version:int}", GetVersion).WithName("GetProcessNoteVersion");
        notes.Write("/", Write).WithName("WriteProcessNote");
        notes.Change("/{id:guid}", Change).WithName("ChangeProcessNote");
        notes.Discard("/{id:guid}", Discard).WithName("DiscardProcessNote");
        notes.Write("/{id:guid}/release", Release).WithName("ReleaseProcessNote");
        notes.Write("/{id:guid}/release/termination", TakeBack).WithName("TakeBackProcessNote");
    }

    /// <summary>Lists process notes, newest first.</summary>
    /// <remarks>
    /// Your own; beside them, or as the client, those that their authors released to you. That there are others shows in no
    /// list, total or export; the client's history tells that process notes were used and by whom, never which or how many.
    /// </remarks>
    private static async Task<Results<Ok<Page<ProcessNoteResponse>>, Problem>> List(
        Query<ProcessNoteQuery> query, HttpContext http, AccessGrant grant, ProcessNoteRepository notes, Cursors cursors,
        CancellationToken ct)
    {
        if (cursors.TryRead(query.Value.Cursor, http, out var after) is { } refusal)
        {
            return refusal;
        }

        var rows = await notes.List(grant, query.Value, after, ct);
        return Ok(cursors.Page(
            rows, note => ProcessNoteResponse.From(grant, note), note => new Position(note.Facts.OccurredAt, note.Id), http));
    }

    /// <summary>Gets one process note.</summary>
    private static async Task<Results<Ok<ProcessNoteResponse>, Problem>> Get(
        Guid id, AccessGrant grant, ProcessNoteRepository notes, CancellationToken ct)
    {
        return await notes.Find(grant, id, ct) is { } note ? Ok(ProcessNoteResponse.From(grant, note)) : Problems.NotFound();
    }

    /// <summary>Lists the versions of a process note, oldest first.</summary>
    /// <remarks>All of them for its author; for whoever it is released to, the one that is released.</remarks>
    private static async Task<Results<Ok<Page<ProcessNoteResponse>>, Problem>> ListVersions(
        Guid id, AccessGrant grant, ProcessNoteRepository notes, CancellationToken ct)
    {
        var versions = await notes.Versions(grant, id, null, ct);
        if (versions.Count == 0)
        {
            return Problems.NotFound();
        }

        return Ok(new Page<ProcessNoteResponse>
        {
            Items = [.. versions.Select(version => ProcessNoteResponse.From(grant, version))],
            NextCursor = null,
            Total = versions.Count,
        });
    }

    /// <summary>Gets one version of a process note as it was.</summary>
    private static async Task<Results<Ok<ProcessNoteResponse>, Problem>> GetVersion(
        Guid id, int version, AccessGrant grant, ProcessNoteRepository notes, CancellationToken ct)
    {
        return await notes.Versions(grant, id, version, ct) is [var note] ? Ok(ProcessNoteResponse.From(grant, note)) : Problems.NotFound();
    }

    /// <summary>Writes a process note.</summary>
    /// <remarks>
    /// Practitioners alone write them, for treatment, while they care for the client. A note is its author's: no consent
    /// compels its release.
    /// </remarks>
    private static async Task<Results<Created<ProcessNoteResponse>, Problem>> Write(
        Body<WriteProcessNote> body, AccessGrant grant, ProcessNoteRepository notes, WriteUnit unit, CancellationToken ct)
    {
        var written = body.Value;
        var note = new ProcessNote
        {
            Id = Ids.New(unit.Now),
            Version = 1,
            Facts = new ItemFacts(
                DataCategory.ProcessNotes.InherentLabel(), grant.ActingAs.Id, ProcessNoteRelease.Private, (written.OccurredAt ?? unit.Now).ToStored()),
            Content = new ProcessNoteContent { Text = written.Text, SessionId = written.SessionId },
            RecordedAt = unit.Now,
        };
        await notes.Add(grant, note, unit, ct);
        return Created($"/v1/clients/{grant.ClientId}/process-notes/{note.Id}", ProcessNoteResponse.From(grant, note));
    }

    /// <summary>Changes a process note of your own.</summary>
    /// <remarks>A merge patch (RFC 7396). What is released is not changed: take it back first.</remarks>
    private static async Task<Results<Ok<ProcessNoteResponse>, Problem>> Change(
        Guid id, MergePatch<ProcessNoteChange> patch, IfMatch ifMatch, AccessGrant grant, ProcessNoteRepository notes, WriteUnit unit,
        CancellationToken ct)
    {
        var (note, refusal) = await FindPrivate(id, ifMatch, grant, notes, ct);
        if (note is null || (refusal = patch.Apply(ProcessNoteChange.From(note), out var patched)) is not null)
        {
            return refusal!;
        }

        var changed = note with
        {
            Facts = note.Facts with { OccurredAt = patched.OccurredAt.ToStored() },
            Content = note.Content with { Text = patched.Text, SessionId = patched.SessionId },
        };
        return Ok(ProcessNoteResponse.From(grant, await notes.Change(grant, changed, unit, ct)));
    }

    /// <summary>Discards a process note of your own, with all its versions.</summary>
    /// <remarks>It was never part of the record. What is released is not discarded: take it back first.</remarks>
    private static async Task<Results<NoContent, Problem>> Discard(
        Guid id, IfMatch ifMatch, AccessGrant grant, ProcessNoteRepository notes, WriteUnit unit, CancellationToken ct)
    {
        var (note, refusal) = await FindPrivate(id, ifMatch, grant, notes, ct);
        if (note is null)
        {
            return refusal!;
        }

        await notes.Discard(grant, note, unit, ct);
        return NoContent();
    }

    /// <summary>Releases a process note of your own to the client, to those whom a consent permits, or to both.</summary>
    /// <remarks>
    /// Yours alone to decide. Grantees read it as far as the client's consent to process notes goes, which covers nothing
    /// else and names <c>PSYTHPN</c>; without one, nobody does.
    /// </remarks>
    private static async Task<Results<Ok<ProcessNoteResponse>, Problem>> Release(
        Guid id, Body<ReleaseProcessNote> body, IfMatch ifMatch, AccessGrant grant, ProcessNoteRepository notes, WriteUnit unit,
        CancellationToken ct)
    {
        var (note, refusal) = await FindPrivate(id, ifMatch, grant, notes, ct);
        if (note is null)
        {
            return refusal!;
        }

        var changed = note with
        {
            Facts = note.Facts with { Part = body.Value.ToPart() },
            Content = note.Content with { ReleasedAt = unit.Now },
        };
        return Ok(ProcessNoteResponse.From(grant, await notes.Change(grant, changed, unit, ct)));
    }

    /// <summary>Takes a released process note back: from then on it is its author's alone, in every version.</summary>
    private static async Task<Results<Ok<ProcessNoteResponse>, Problem>> TakeBack(
        Guid id, IfMatch ifMatch, AccessGrant grant, ProcessNoteRepository notes, WriteUnit unit, CancellationToken ct)
    {
        var (note, refusal) = await FindSeen(id, ifMatch, grant, notes, ct);
        if (note is null)
        {
            return refusal!;
        }

        if (!note.IsReleased)
        {
            return Problems.StateConflict("The note is not released.");
        }

        var changed = note with
        {
            Facts = note.Facts with { Part = ProcessNoteRelease.Private },
            Content = note.Content with { ReleasedAt = null },
        };
        return Ok(ProcessNoteResponse.From(grant, await notes.Change(grant, changed, unit, ct)));
    }

    /// <summary>The note as the caller has seen it, while nobody else reads it; or the refusal.</summary>
    private static async Task<(ProcessNote? Note, Problem? Refusal)> FindPrivate(
        Guid id, IfMatch ifMatch, AccessGrant grant, ProcessNoteRepository notes, CancellationToken ct)
    {
        var (note, refusal) = await FindSeen(id, ifMatch, grant, notes, ct);
        return note is { IsReleased: true } ? (null, Problems.StateConflict("The note is released. Take it back first.")) : (note, refusal);
    }

    private static async Task<(ProcessNote? Note, Problem? Refusal)> FindSeen(
        Guid id, IfMatch ifMatch, AccessGrant grant, ProcessNoteRepository notes, CancellationToken ct) =>
        await notes.Find(grant, id, ct) switch
        {
            null => (null, Problems.NotFound()),
            { Version: var version } when version != ifMatch.Version => (null, Problems.PreconditionFailed()),
            var note => (note, null),
        };
}
