using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Protection;
using PersonalCareApi.Records.Notices;

namespace PersonalCareApi.Records.Consents;

/// <summary>A consent as the record holds it.</summary>
internal sealed record Consent
{
    public required Guid Id { get; init; }

    public required int Version { get; init; }

    public required ConsentStatus Status { get; init; }

    public required ItemFacts Facts { get; init; }

    public required string AuthorKind { get; init; }

    public required ConsentContent Content { get; init; }

    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>When this version of it came to be.</summary>
    public required DateTimeOffset ChangedAt { get; init; }
}

/// <summary>The <c>consent</c> table and its index of grantees. Every write raises the record's access version, and what is recorded on the client's behalf is told to the client.</summary>
internal sealed class ConsentRepository(Database database, ClientKeys keys, VersionRepository versions, NoticeRepository notices)
{
    private const string Kind = "consent";

    private const string Columns = $"id, {ItemRow.ItemColumns}, status, author_kind, content, recorded_at, updated_at AS changed_at";

    private const string Filter = "(@Status IS NULL OR status = @Status)";

    private const string SelectOne = $"""
        SELECT {Columns}
        FROM consent
        WHERE {InReach.Where} AND id = @Id
        """;

    private const string SelectPage = $"""
        SELECT {Columns}
        FROM consent
        WHERE {InReach.Where} AND {Filter}
          AND (@AfterAt IS NULL OR recorded_at < @AfterAt OR (recorded_at = @AfterAt AND id < @AfterId))
        ORDER BY recorded_at DESC, id DESC
        """;

    private const string CountAll = $"""
        SELECT COUNT(*)
        FROM consent
        WHERE {InReach.Where} AND {Filter}
        """;

    private const string InsertOne = """
        INSERT INTO consent (
            id, partner_id, client_id, version, labels, author_id, part, occurred_at, status, author_kind, content, recorded_at,
            updated_at)
        VALUES (
            @Id, @GrantPartnerId, @GrantClientId, @Version, @Labels, @AuthorId, @Part, @OccurredAt, @Status, @AuthorKind, @Content,
            @Now, @Now)
        """;

    private const string UpdateOne = $"""
        UPDATE consent
        SET version = @Version, status = @Status, content = @Content, updated_at = @Now
        WHERE {InReach.Where} AND id = @Id AND version = @PreviousVersion
        """;

    private const string InsertGrantee = """
        INSERT INTO consent_grantee (consent_id, position, partner_id, client_id, kind, grantee_id, code)
        VALUES (@ConsentId, @Position, @GrantPartnerId, @GrantClientId, @Kind, @GranteeId, @Code)
        """;

    public async Task<Consent?> Find(AccessGrant grant, Guid id, CancellationToken ct)
    {
        var row = await database.ForClient(grant, DataCategory.Consents).QueryOne<Row>(SelectOne, new { Id = id }, ct);
        return row?.Open(await keys.For(grant, ct));
    }

    public async Task<Rows<Consent>> List(AccessGrant grant, ConsentStatus? status, Position? after, int limit, CancellationToken ct)
    {
        var rows = await database.ForClient(grant, DataCategory.Consents).QueryPage<Row>(
            SelectPage,
            CountAll,
            new { Status = status is { } wanted ? Code(wanted) : null, AfterAt = after?.At, AfterId = after?.Id },
            limit,
            ct);
        var ring = await keys.For(grant, ct);
        return rows.Select(row => row.Open(ring));
    }

    /// <summary>The versions after <paramref name="after"/> as they were, oldest first.</summary>
    public async Task<Rows<Consent>> Versions(AccessGrant grant, Guid id, int after, int limit, CancellationToken ct) =>
        await Find(grant, id, ct) is { } present
            ? await versions.List(grant, DataCategory.Consents, Kind, id, after, limit, (version, ring) => AsItWas(present, version, ring), ct)
            : Rows<Consent>.None;

    public async Task<Consent?> FindVersion(AccessGrant grant, Guid id, int version, CancellationToken ct) =>
        await Find(grant, id, ct) is { } present
            ? await versions.Find(grant, DataCategory.Consents, Kind, id, version, (kept, ring) => AsItWas(present, kept, ring), ct)
            : null;

    public async Task Add(AccessGrant grant, Consent consent, WriteUnit unit, CancellationToken ct)
    {
        var ring = await keys.For(grant, ct);
        var writes = unit.ForClient(grant, DataCategory.Consents);
        writes.Insert(InsertOne, Kept(consent, ring), new { consent.AuthorKind });
        var grantees = consent.Content.Provisions.SelectMany(provision => provision.Grantees ?? []).Distinct();
        foreach (var (position, grantee) in grantees.Index())
        {
            writes.Also(
                InsertGrantee, new { ConsentId = consent.Id, Position = position, grantee.Kind, GranteeId = grantee.Id, grantee.Code });
        }

        writes.ChangesAccess();
        TellClient(grant, consent, ring, unit);
    }

    /// <summary>Writes the next version of a consent that was read under the same grant.</summary>
    public async Task<Consent> Change(
        AccessGrant grant, Consent consent, ConsentStatus status, ConsentContent content, WriteUnit unit, CancellationToken ct)
    {
        var changed = consent with { Version = consent.Version + 1, Status = status, Content = content, ChangedAt = unit.Now };
        var ring = await keys.For(grant, ct);
        var writes = unit.ForClient(grant, DataCategory.Consents);
        writes.Update(UpdateOne, Kept(changed, ring), ChangeKind.Updated);
        writes.ChangesAccess();
        TellClient(grant, changed, ring, unit);
        return changed;
    }

    /// <summary>What somebody else has just recorded for the client; a consent that another replaces is told of with that one.</summary>
    private void TellClient(AccessGrant grant, Consent consent, ClientKeyRing ring, WriteUnit unit)
    {
        if (GiveConsent.OnBehalf(grant) && consent.Status != ConsentStatus.Superseded)
        {
            var news = new News(KindOf(consent), consent.Id, consent.Facts, DataCategory.Consents)
            {
                Reason = consent.Content.Withdrawal?.Reason,
            };
            notices.Tell(grant, news, ring, unit);
        }
    }

    private static NoticeKind KindOf(Consent consent) => consent.Status switch
    {
        ConsentStatus.Withdrawn => NoticeKind.ConsentWithdrawn,
        ConsentStatus.Draft => NoticeKind.ConsentDrafted,
        _ => consent.Content.Provisions.All(provision => provision.Effect == "deny") ? NoticeKind.DenialRecorded : NoticeKind.ConsentRecorded,
    };

    private static Consent AsItWas(Consent present, KeptVersion version, ClientKeyRing ring) => present with
    {
        Version = version.Version,
        Status = StatusOf(version.Status),
        Facts = version.Facts,
        Content = ring.Open<ConsentContent>(Kind, present.Id, version.Version, version.Content),
        ChangedAt = version.RecordedAt,
    };

    private static KeptItem Kept(Consent consent, ClientKeyRing ring) => new()
    {
        Kind = Kind,
        Id = consent.Id,
        Version = consent.Version,
        Status = Code(consent.Status),
        Facts = consent.Facts,
        Content = ring.Seal(Kind, consent.Id, consent.Version, consent.Content),
    };

    private static string Code(ConsentStatus status) => status switch
    {
        ConsentStatus.Draft => "draft",
        ConsentStatus.Active => "active",
        ConsentStatus.Superseded => "superseded",
        ConsentStatus.Withdrawn => "withdrawn",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "Not a status."),
    };

    private static ConsentStatus StatusOf(string code) => Enum.Parse<ConsentStatus>(code, ignoreCase: true);

    private sealed record Row : ItemRow
    {
        public required Guid Id { get; init; }

        public required string Status { get; init; }

        public required string AuthorKind { get; init; }

        public required byte[] Content { get; init; }

        public required DateTimeOffset RecordedAt { get; init; }

        public required DateTimeOffset ChangedAt { get; init; }

        public Consent Open(ClientKeyRing ring) => new()
        {
            Id = Id,
            Version = Version,
            Status = StatusOf(Status),
            Facts = Facts,
            AuthorKind = AuthorKind,
            Content = ring.Open<ConsentContent>(Kind, Id, Version, Content),
            RecordedAt = RecordedAt,
            ChangedAt = ChangedAt,
        };
    }
}
