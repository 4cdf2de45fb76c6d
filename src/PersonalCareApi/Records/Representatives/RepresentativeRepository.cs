using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Protection;
using PersonalCareApi.Records.Consents;
using PersonalCareApi.Records.Notices;

namespace PersonalCareApi.Records.Representatives;

/// <summary>What of a representative is sealed: all of it. What decisions need stands beside it in columns.</summary>
internal sealed record RepresentativeContent
{
    public required string Relation { get; init; }

    public string? Name { get; init; }

    public required IReadOnlyList<string> Categories { get; init; }

    public required IReadOnlyList<string> Actions { get; init; }

    public required PeriodContent Period { get; init; }

    public required bool EndsWhenClientMayConsentAlone { get; init; }

    public required string Evidence { get; init; }

    public required PartyResponse RecordedBy { get; init; }

    public required DateTimeOffset RecordedAt { get; init; }

    public RecordedFact? Termination { get; init; }
}

/// <summary>A representative as the record holds it.</summary>
internal sealed record Representative
{
    public required Guid Id { get; init; }

    public required int Version { get; init; }

    public required ItemFacts Facts { get; init; }

    public required RepresentativeContent Content { get; init; }

    /// <summary>What it says of the authority; whether it rests just now is not told here.</summary>
    public Representation Authority =>
        new(Id, [], [], Content.Period.ToDomain(), Suspended: false, Content.EndsWhenClientMayConsentAlone);
}

/// <summary>The <c>representative</c> table. Every write bears on decisions.</summary>
internal sealed class RepresentativeRepository(
    Database database, ClientKeys keys, Digests digests, VersionRepository versions, NoticeRepository notices)
{
    private const string Kind = "representative";
    private const string Current = "current";

    private const string Columns = $"id, {ItemRow.ItemColumns}, content";

    /// <summary>A representative sees their own authority, and of no other that there is one.</summary>
    private const string Shown = "(@GrantOwnRecord = 0 OR @GrantActingAsId = @GrantClientId OR @GrantActingAsId = id)";

    private const string SelectOne = $"""
        SELECT {Columns}
        FROM representative
        WHERE {InReach.Where} AND {Shown} AND id = @Id
        """;

    private const string SelectPage = $"""
        SELECT {Columns}
        FROM representative
        WHERE {InReach.Where} AND {Shown}
          AND (@AfterAt IS NULL OR recorded_at < @AfterAt OR (recorded_at = @AfterAt AND id < @AfterId))
        ORDER BY recorded_at DESC, id DESC
        """;

    private const string CountAll = $"""
        SELECT COUNT(*)
        FROM representative
        WHERE {InReach.Where} AND {Shown}
        """;

    private const string CountSignIns = """
        SELECT COUNT(*)
        FROM subject_link
        WHERE issuer_id = @IssuerId AND subject_digest = @Digest AND target_id IN @Ids
        """;

    private const string InsertOne = """
        INSERT INTO representative (
            id, partner_id, client_id, version, labels, author_id, part, occurred_at, categories, actions, from_at, until_at,
            ends_at_age_of_consent, content, recorded_at)
        VALUES (
            @Id, @GrantPartnerId, @GrantClientId, @Version, @Labels, @AuthorId, @Part, @OccurredAt, @Categories, @Actions, @FromAt,
            @UntilAt, @EndsAtAge, @Content, @Now)
        """;

    private const string UpdateUntil = $"""
        UPDATE representative
        SET version = @Version, until_at = @UntilAt, content = @Content
        WHERE {InReach.Where} AND id = @Id AND version = @PreviousVersion
        """;

    private const string InsertSubject = """
        INSERT INTO subject_link (id, partner_id, issuer_id, subject_digest, kind, target_id, created_at)
        VALUES (@LinkId, @GrantPartnerId, @IssuerId, @Digest, 'representative', @RepresentativeId, @Now)
        """;

    public async Task<Representative?> Find(AccessGrant grant, Guid id, CancellationToken ct)
    {
        var row = await database.ForClient(grant, DataCategory.Demographics).QueryOne<Row>(SelectOne, new { Id = id }, ct);
        return row?.Open(await keys.For(grant, ct));
    }

    public async Task<Rows<Representative>> List(AccessGrant grant, Position? after, int limit, CancellationToken ct)
    {
        var rows = await database.ForClient(grant, DataCategory.Demographics).QueryPage<Row>(
            SelectPage, CountAll, new { AfterAt = after?.At, AfterId = after?.Id }, limit, ct);
        var ring = await keys.For(grant, ct);
        return rows.Select(row => row.Open(ring));
    }

    /// <summary>The versions after <paramref name="after"/> as they were, oldest first.</summary>
    public async Task<Rows<Representative>> Versions(AccessGrant grant, Guid id, int after, int limit, CancellationToken ct) =>
        await Find(grant, id, ct) is { } present
            ? await versions.List(grant, DataCategory.Demographics, Kind, id, after, limit, (version, ring) => AsItWas(present, version, ring), ct)
            : Rows<Representative>.None;

    public async Task<Representative?> FindVersion(AccessGrant grant, Guid id, int version, CancellationToken ct) =>
        await Find(grant, id, ct) is { } present
            ? await versions.Find(grant, DataCategory.Demographics, Kind, id, version, (kept, ring) => AsItWas(present, kept, ring), ct)
            : null;

    /// <summary>Whether the sign-in is that of the client or of who recorded the authority: nobody represents, or records, themself.</summary>
    public async Task<bool> IsTheirOwn(AccessGrant grant, Guid authorId, Guid issuerId, string subject, CancellationToken ct) =>
        await database.ForSystem(SystemReason.CallerLookup).QueryOne<int>(
            CountSignIns,
            new { IssuerId = issuerId, Digest = digests.OfSubject(issuerId, subject), Ids = new[] { authorId, grant.ClientId } },
            ct) > 0;

    public async Task Add(AccessGrant grant, Representative representative, WriteUnit unit, CancellationToken ct) =>
        Add(grant, representative, await keys.For(grant, ct), unit);

    /// <summary>Adds one with a ring at hand, as for a record that the same unit creates.</summary>
    public void Add(AccessGrant grant, Representative representative, ClientKeyRing ring, WriteUnit unit)
    {
        var writes = unit.ForClient(grant, DataCategory.Demographics);
        writes.Insert(InsertOne, Kept(representative, ring), ColumnsOf(representative));
        writes.ChangesAccess();
        if (GiveConsent.OnBehalf(grant))
        {
            Tell(grant, NoticeKind.RepresentativeRecorded, representative, ring, unit);
        }
    }

    /// <summary>Links a sign-in: whoever signs in with it is the representative from then on.</summary>
    public async Task AddSubject(
        AccessGrant grant, Representative representative, Guid linkId, Guid issuerId, string subject, WriteUnit unit, CancellationToken ct)
    {
        AddLink(grant, representative, linkId, issuerId, subject, unit);
        unit.ForClient(grant, DataCategory.Demographics).ChangesAccess();
        Tell(grant, NoticeKind.RepresentativeLinked, representative, await keys.For(grant, ct), unit);
    }

    /// <summary>Links the sign-in of a representative that the same unit adds; the notice of that is enough.</summary>
    public void AddLink(AccessGrant grant, Representative representative, Guid linkId, Guid issuerId, string subject, WriteUnit unit) =>
        unit.ForClient(grant, DataCategory.Demographics).Also(
            InsertSubject,
            new { LinkId = linkId, IssuerId = issuerId, Digest = digests.OfSubject(issuerId, subject), RepresentativeId = representative.Id });

    /// <summary>Writes the next version.</summary>
    public async Task<Representative> Change(AccessGrant grant, Representative changed, WriteUnit unit, CancellationToken ct)
    {
        var next = changed with { Version = changed.Version + 1 };
        var writes = unit.ForClient(grant, DataCategory.Demographics);
        writes.Update(UpdateUntil, Kept(next, await keys.For(grant, ct)), ChangeKind.Updated, ColumnsOf(next));
        writes.ChangesAccess();
        return next;
    }

    /// <summary>To the client alone: no representative learns of another.</summary>
    private void Tell(AccessGrant grant, NoticeKind kind, Representative representative, ClientKeyRing ring, WriteUnit unit) =>
        notices.Tell(grant, new News(kind, representative.Id, representative.Facts, DataCategory.AccessHistory), ring, unit);

    private static object ColumnsOf(Representative representative) => new
    {
        Categories = string.Join(' ', representative.Content.Categories.Distinct()),
        Actions = string.Join(' ', representative.Content.Actions.Distinct()),
        FromAt = representative.Content.Period.From,
        UntilAt = representative.Content.Period.Until,
        EndsAtAge = representative.Content.EndsWhenClientMayConsentAlone,
    };

    private static Representative AsItWas(Representative present, KeptVersion version, ClientKeyRing ring) => present with
    {
        Version = version.Version,
        Facts = version.Facts,
        Content = ring.Open<RepresentativeContent>(Kind, present.Id, version.Version, version.Content),
    };

    private static KeptItem Kept(Representative representative, ClientKeyRing ring) => new()
    {
        Kind = Kind,
        Id = representative.Id,
        Version = representative.Version,
        Status = Current,
        Facts = representative.Facts,
        Content = ring.Seal(Kind, representative.Id, representative.Version, representative.Content),
    };

    private sealed record Row : ItemRow
    {
        public required Guid Id { get; init; }

        public required byte[] Content { get; init; }

        public Representative Open(ClientKeyRing ring) => new()
        {
            Id = Id,
            Version = Version,
            Facts = Facts,
            Content = ring.Open<RepresentativeContent>(Kind, Id, Version, Content),
        };
    }
}
