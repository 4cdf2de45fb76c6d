using Dapper;
using PersonalCareApi.Domain.Access;

namespace PersonalCareApi.Data;

/// <summary>What happened to an item, as <c>/changes</c> tells it.</summary>
internal enum ChangeKind
{
    Created,
    Updated,
    Retracted,
    Erased,
}

/// <summary>An item of client data as it is kept: its columns common to all tables, and its sealed content.</summary>
internal sealed record KeptItem
{
    /// <summary>The kind, for example <c>assessment</c>.</summary>
    public required string Kind { get; init; }

    public required Guid Id { get; init; }

    public required int Version { get; init; }

    public required string Status { get; init; }

    public required ItemFacts Facts { get; init; }

    public required byte[] Content { get; init; }

    /// <summary>Whether no feed of changes tells of it: a draft, or what concerns nobody who reads a feed.</summary>
    public bool IsPrivate { get; init; }
}

/// <summary>Writes on one client's record; each is bound to the grant.</summary>
internal sealed class ClientWrites(WriteUnit unit, AccessGrant grant)
{
    private const string KeepVersion = """
        INSERT INTO item_version (
            item_id, version, partner_id, client_id, kind, labels, author_id, part, occurred_at, status, content,
            recorded_at, recorded_by_kind, recorded_by_id)
        VALUES (
            @Id, @Version, @GrantPartnerId, @GrantClientId, @Kind, @Labels, @AuthorId, @Part, @OccurredAt, @Status, @Content,
            @Now, @ByKind, @ById)
        """;

    private const string DropVersions = """
        DELETE FROM item_version
        WHERE item_id = @Id AND client_id = @GrantClientId AND partner_id = @GrantPartnerId
        """;

    // Changes nothing, and keeps the row to the commit: a server's other writers wait, and then see what this one left.
    private const string HoldRecord = """
        UPDATE client
        SET version = version
        WHERE client_id = @GrantClientId AND partner_id = @GrantPartnerId
        """;

    private const string AddChange = """
        INSERT INTO change_row (
            partner_id, client_id, category, kind, item_id, what, labels, author_id, part, occurred_at, at)
        VALUES (
            @GrantPartnerId, @GrantClientId, @Category, @Kind, @Id, @What, @Labels, @AuthorId, @Part, @OccurredAt, @Now)
        """;

    public DateTimeOffset Now => unit.Now;

    /// <summary>
    /// Inserts an item that the grant covers, with its first version and its change row; else the unit is out of reach.
    /// </summary>
    /// <param name="sql">The insert; <c>@GrantPartnerId</c> and <c>@GrantClientId</c> are the record's, <c>@Now</c> the unit's instant.</param>
    /// <param name="item">What is kept; its members are parameters by name.</param>
    /// <param name="columns">The columns of the table's own.</param>
    /// <param name="duplicate">What it means when a key of the table is there already.</param>
    public void Insert(string sql, KeptItem item, object? columns = null, WriteMiss duplicate = WriteMiss.AlreadyExists)
    {
        if (!grant.Covers(item.Facts))
        {
            unit.Found(WriteMiss.OutOfReach);
            return;
        }

        unit.Execute(sql, Bind(item, columns), duplicate: duplicate);
        Keep(item, ChangeKind.Created);
    }

    /// <summary>
    /// Inserts an item as <see cref="Insert"/> does, where what its insert says of the items in reach is so: one such insert
    /// on a record after the other, whichever server makes it.
    /// </summary>
    /// <param name="sql">The insert; carries <see cref="InReach.Where"/> in its condition.</param>
    /// <param name="item">What is kept; its members are parameters by name.</param>
    /// <param name="columns">The columns of the table's own.</param>
    /// <param name="otherwise">What it means when the condition does not hold, or a key of the table is there already.</param>
    public void InsertWhile(string sql, KeptItem item, object columns, WriteMiss otherwise)
    {
        if (!grant.Covers(item.Facts))
        {
            unit.Found(WriteMiss.OutOfReach);
            return;
        }

        unit.Execute(HoldRecord, Bind(item, null));
        var parameters = Bind(item, columns);
        unit.Execute(InReach.Fill(sql, grant, parameters), parameters, 1, otherwise, otherwise);
        Keep(item, ChangeKind.Created);
    }

    /// <summary>Changes an item in reach at the version before <c>item.Version</c>, and keeps the new version.</summary>
    /// <param name="sql">The update; carries <see cref="InReach.Where"/> and <c>version = @PreviousVersion</c>.</param>
    /// <param name="item">The item as it is from now on.</param>
    /// <param name="what">How the change is told.</param>
    /// <param name="columns">The columns of the table's own.</param>
    /// <param name="stale">What it means when the item has moved on: another, where the caller has not named the version.</param>
    public void Update(string sql, KeptItem item, ChangeKind what, object? columns = null, WriteMiss stale = WriteMiss.StaleVersion)
    {
        if (!grant.Covers(item.Facts))
        {
            unit.Found(WriteMiss.OutOfReach);
            return;
        }

        var parameters = Bind(item, columns);
        parameters.Add("PreviousVersion", item.Version - 1);
        unit.Execute(InReach.Fill(sql, grant, parameters), parameters, 1, stale);
        Keep(item, what);
    }

    /// <summary>Deletes an item in reach at the version given, with all its versions: what was never part of the record.</summary>
    /// <param name="sql">The delete; carries <see cref="InReach.Where"/> and <c>version = @Version</c>.</param>
    /// <param name="item">The item as it was read.</param>
    public void Delete(string sql, KeptItem item)
    {
        if (!grant.Covers(item.Facts))
        {
            unit.Found(WriteMiss.OutOfReach);
            return;
        }

        var parameters = Bind(item, null);
        unit.Execute(InReach.Fill(sql, grant, parameters), parameters, 1, WriteMiss.StaleVersion);
        unit.Execute(DropVersions, Bind(item, null), expect: null);
        unit.Items.Add(item.Facts);
        Tell(item, ChangeKind.Erased);
    }

    /// <summary>A statement beside an item, such as a row of an index.</summary>
    public void Also(string sql, object columns, WriteMiss duplicate = WriteMiss.AlreadyExists)
    {
        var parameters = new DynamicParameters(columns);
        InReach.BindRecord(grant, parameters);
        parameters.Add("Now", unit.Now);
        unit.Execute(sql, parameters, expect: null, duplicate: duplicate);
    }

    /// <summary>Makes every decision about this record before this commit outdated.</summary>
    public void ChangesAccess() => unit.ChangesAccess(grant);

    private void Keep(KeptItem item, ChangeKind what)
    {
        unit.Items.Add(item.Facts);
        grant.Meets(item.Facts.Labels);
        var parameters = Bind(item, null);
        parameters.Add("ByKind", grant.ActingAs.KindCode);
        parameters.Add("ById", grant.ActingAs.Id);
        unit.Execute(KeepVersion, parameters, 1, WriteMiss.StaleVersion, WriteMiss.StaleVersion);
        Tell(item, what);
    }

    private void Tell(KeptItem item, ChangeKind what)
    {
        // Process notes are on no other path than their own: no feed of changes ever tells that there are any.
        if (item.IsPrivate || grant.Use.Category == DataCategory.ProcessNotes)
        {
            return;
        }

        var change = Bind(item, null);
        change.Add("Category", grant.Use.Category.Code());
        change.Add("What", what switch
        {
            ChangeKind.Created => "created",
            ChangeKind.Updated => "updated",
            ChangeKind.Retracted => "retracted",
            ChangeKind.Erased => "erased",
            _ => throw new ArgumentOutOfRangeException(nameof(what)),
        });
        unit.Execute(AddChange, change);
    }

    private DynamicParameters Bind(KeptItem item, object? columns)
    {
        var parameters = new DynamicParameters(columns);
        InReach.BindRecord(grant, parameters);
        parameters.Add("Now", unit.Now);
        parameters.Add("Kind", item.Kind);
        parameters.Add("Id", item.Id);
        parameters.Add("Version", item.Version);
        parameters.Add("Status", item.Status);
        parameters.Add("Labels", (long)item.Facts.Labels);
        parameters.Add("AuthorId", item.Facts.AuthorId);
        parameters.Add("Part", item.Facts.Part);
        parameters.Add("OccurredAt", item.Facts.OccurredAt);
        parameters.Add("Content", item.Content);
        return parameters;
    }
}
