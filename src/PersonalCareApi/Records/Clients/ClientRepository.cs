using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Protection;

namespace PersonalCareApi.Records.Clients;

/// <summary>A client as the record holds it.</summary>
internal sealed record Client(
    Guid Id, int Version, ItemFacts Facts, ClientContent Content, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>The <c>client</c> table and what goes with a new client.</summary>
internal sealed class ClientRepository(Database database, ClientKeys keys, Digests digests, VersionRepository versions)
{
    public const string Kind = "client";
    private const string Current = "current";

    private const string Columns = $"client_id, {ItemRow.ItemColumns}, content, created_at, updated_at";

    private const string SelectOne = $"""
        SELECT {Columns}
        FROM client
        WHERE {InReach.Where}
        """;

    private const string SelectIdByExternalId = """
        SELECT target_id
        FROM external_id
        WHERE partner_id = @PartnerId AND kind = @Kind AND digest = @Digest
        """;

    private const string InsertClient = """
        INSERT INTO client (
            client_id, partner_id, version, access_version, labels, author_id, part, occurred_at, content, created_at, updated_at)
        VALUES (
            @GrantClientId, @GrantPartnerId, @Version, 1, @Labels, @AuthorId, @Part, @OccurredAt, @Content, @Now, @Now)
        """;

    private const string InsertKey = """
        INSERT INTO client_key (client_id, partner_id, generation, wrapped, created_at)
        VALUES (@GrantClientId, @GrantPartnerId, 1, @Wrapped, @Now)
        """;

    private const string InsertExternalId = """
        INSERT INTO external_id (partner_id, kind, digest, target_id)
        VALUES (@GrantPartnerId, @ExternalKind, @Digest, @GrantClientId)
        """;

    private const string InsertSubject = """
        INSERT INTO subject_link (id, partner_id, issuer_id, subject_digest, kind, target_id, created_at)
        VALUES (@LinkId, @GrantPartnerId, @IssuerId, @Digest, 'client', @GrantClientId, @Now)
        """;

    private const string UpdateClient = $"""
        UPDATE client
        SET version = @Version, content = @Content, updated_at = @Now
        WHERE {InReach.Where} AND version = @PreviousVersion
        """;

    /// <summary>The client of the grant.</summary>
    public async Task<Client?> Find(AccessGrant grant, CancellationToken ct)
    {
        var row = await database.ForClient(grant, DataCategory.Demographics).QueryOne<Row>(SelectOne, null, ct);
        return row?.Open(await keys.For(grant, ct));
    }

    /// <summary>Those of the clients that the grants reach and who can be read, in the order of the grants.</summary>
    public async Task<IReadOnlyList<Client>> FindEach(IReadOnlyList<AccessGrant> grants, CancellationToken ct)
    {
        var found = await keys.OpenEach(
            grants,
            some => database.ForClients(some, DataCategory.Demographics).Query<Row>(SelectOne, null, ct),
            row => row.ClientId,
            (row, ring) => row.Open(ring),
            ct);
        return [.. grants.SelectMany(grant => found[grant.ClientId])];
    }

    /// <summary>The versions after <paramref name="after"/> as they were, oldest first.</summary>
    public async Task<Rows<Client>> Versions(AccessGrant grant, int after, int limit, CancellationToken ct) =>
        await Find(grant, ct) is { } present
            ? await versions.List(
                grant, DataCategory.Demographics, Kind, present.Id, after, limit, (version, ring) => AsItWas(present, version, ring), ct)
            : Rows<Client>.None;

    public async Task<Client?> FindVersion(AccessGrant grant, int version, CancellationToken ct) =>
        await Find(grant, ct) is { } present
            ? await versions.Find(
                grant, DataCategory.Demographics, Kind, present.Id, version, (kept, ring) => AsItWas(present, kept, ring), ct)
            : null;

    /// <summary>Whose client has this external id; the record itself is decided about before anything of it is shown.</summary>
    public Task<Guid?> IdByExternalId(Guid partnerId, string externalId, CancellationToken ct) =>
        database.ForSystem(SystemReason.CallerLookup).QueryOne<Guid?>(
            SelectIdByExternalId,
            new { PartnerId = partnerId, Kind, Digest = digests.OfExternalId(partnerId, Kind, externalId) },
            ct);

    /// <summary>Creates the record of the grant, with its key.</summary>
    /// <param name="grant">The admission.</param>
    /// <param name="content">What is known of the client.</param>
    /// <param name="unit">Collects the write.</param>
    /// <param name="whenTaken">What it means when another client has the external id.</param>
    /// <returns>The client, and the key ring that seals everything else the same request writes.</returns>
    public (Client Client, ClientKeyRing Ring) Add(
        AccessGrant grant, ClientContent content, WriteUnit unit, WriteMiss whenTaken = WriteMiss.AlreadyExists)
    {
        var (ring, wrapped) = keys.Create(grant.ClientId);
        var facts = new ItemFacts(Sensitivity.None, grant.ActingAs.Id, "", unit.Now);
        var client = new Client(grant.ClientId, 1, facts, content, unit.Now, unit.Now);
        var writes = unit.ForClient(grant, DataCategory.Demographics);
        writes.Insert(InsertClient, Kept(client, ring));
        writes.Also(InsertKey, new { Wrapped = wrapped });
        if (content.ExternalId is { } externalId)
        {
            writes.Also(
                InsertExternalId,
                new { ExternalKind = Kind, Digest = digests.OfExternalId(grant.PartnerId, Kind, externalId) },
                whenTaken);
        }

        return (client, ring);
    }

    /// <summary>Links a sign-in to the client of the grant.</summary>
    public void AddSubject(AccessGrant grant, Guid linkId, Guid issuerId, string subject, WriteUnit unit)
    {
        var writes = unit.ForClient(grant, DataCategory.Demographics);
        writes.Also(InsertSubject, new { LinkId = linkId, IssuerId = issuerId, Digest = digests.OfSubject(issuerId, subject) });
    }

    /// <summary>Writes a new version of the client.</summary>
    /// <param name="grant">Whose record.</param>
    /// <param name="client">The client as it was read, at the version that the caller has seen.</param>
    /// <param name="content">As it shall be.</param>
    /// <param name="changesAccess">Whether decisions depend on what changed.</param>
    /// <param name="unit">Collects the write.</param>
    /// <param name="ct">Ends the read of the key.</param>
    public async Task<Client> Change(
        AccessGrant grant, Client client, ClientContent content, bool changesAccess, WriteUnit unit, CancellationToken ct)
    {
        var changed = client with { Version = client.Version + 1, Content = content, UpdatedAt = unit.Now };
        var writes = unit.ForClient(grant, DataCategory.Demographics);
        writes.Update(UpdateClient, Kept(changed, await keys.For(grant, ct)), ChangeKind.Updated);
        if (changesAccess)
        {
            writes.ChangesAccess();
        }

        return changed;
    }

    private static Client AsItWas(Client present, KeptVersion version, ClientKeyRing ring) => present with
    {
        Version = version.Version,
        Facts = version.Facts,
        Content = ring.Open<ClientContent>(Kind, present.Id, version.Version, version.Content),
        UpdatedAt = version.RecordedAt,
    };

    private static KeptItem Kept(Client client, ClientKeyRing ring) => new()
    {
        Kind = Kind,
        Id = client.Id,
        Version = client.Version,
        Status = Current,
        Facts = client.Facts,
        Content = ring.Seal(Kind, client.Id, client.Version, client.Content),
    };

    private sealed record Row : ItemRow
    {
        public required Guid ClientId { get; init; }

        public required byte[] Content { get; init; }

        public required DateTimeOffset CreatedAt { get; init; }

        public required DateTimeOffset UpdatedAt { get; init; }

        public Client Open(ClientKeyRing ring) => new(
            ClientId, Version, Facts,
            ring.Open<ClientContent>(Kind, ClientId, Version, Content), CreatedAt, UpdatedAt);
    }
}
