using Dapper;
using PersonalCareApi.Data;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Partners;

/// <summary>A practitioner as the partner registered them.</summary>
internal sealed record Practitioner
{
    public required Guid Id { get; init; }

    public required int Version { get; init; }

    public string? ExternalId { get; init; }

    public required string Name { get; init; }

    /// <summary>Codes, with a space between.</summary>
    public required string Roles { get; init; }

    public required bool MayDeclareEmergency { get; init; }

    /// <summary>Who signs their notes with them, while they are in training.</summary>
    public Guid? SupervisorId { get; init; }

    public DateTimeOffset? SuspendedAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public IReadOnlyList<string> RoleCodes => Roles.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>The <c>practitioner</c> table: a partner's registrations, no client's data.</summary>
/// <remarks>Roles, entitlements and suspensions bear on decisions, so each change raises the partner's access version.</remarks>
internal sealed class PractitionerRepository(Database database, PartnerRepository partners)
{
    private const string Columns = """
        id, version, external_id, name, roles, may_declare_emergency, supervisor_id, suspended_at, created_at, updated_at
        """;

    private const string Filter = """
        partner_id = @PartnerId AND (@ExternalId IS NULL OR external_id = @ExternalId)
        """;

    private const string SelectOne = $"""
        SELECT {Columns}
        FROM practitioner
        WHERE id = @Id AND partner_id = @PartnerId
        """;

    private const string SelectSeveral = $"""
        SELECT {Columns}
        FROM practitioner
        WHERE id IN @Ids AND partner_id = @PartnerId AND suspended_at IS NULL
        """;

    private const string SelectActive = $"""
        SELECT {Columns}
        FROM practitioner
        WHERE partner_id = @PartnerId AND suspended_at IS NULL
        """;

    private const string SelectPage = $"""
        SELECT {Columns}
        FROM practitioner
        WHERE {Filter}
          AND (@AfterAt IS NULL OR created_at > @AfterAt OR (created_at = @AfterAt AND id > @AfterId))
        ORDER BY created_at, id
        """;

    private const string CountAll = $"""
        SELECT COUNT(*)
        FROM practitioner
        WHERE {Filter}
        """;

    private const string Insert = """
        INSERT INTO practitioner (
            id, partner_id, version, external_id, name, roles, may_declare_emergency, supervisor_id, suspended_at, created_at, updated_at)
        VALUES (
            @Id, @PartnerId, @Version, @ExternalId, @Name, @Roles, @MayDeclareEmergency, @SupervisorId, @SuspendedAt, @CreatedAt,
            @UpdatedAt)
        """;

    private const string Update = """
        UPDATE practitioner
        SET version = @Version, name = @Name, roles = @Roles, may_declare_emergency = @MayDeclareEmergency,
            supervisor_id = @SupervisorId, suspended_at = @SuspendedAt, updated_at = @UpdatedAt
        WHERE id = @Id AND partner_id = @PartnerId AND version = @Version - 1
        """;

    private const string InsertSubject = """
        INSERT INTO subject_link (id, partner_id, issuer_id, subject_digest, kind, target_id, created_at)
        SELECT @LinkId, @PartnerId, @IssuerId, @Digest, 'practitioner', @Id, @Now
        WHERE NOT EXISTS (
            SELECT 1
            FROM subject_link
            WHERE issuer_id = @IssuerId AND subject_digest = @Digest AND kind = 'practitioner')
        """;

    public Task<Practitioner?> Find(Guid partnerId, Guid id, CancellationToken ct) =>
        database.ForSystem(SystemReason.PartnerAdministration).QueryOne<Practitioner>(SelectOne, new { Id = id, PartnerId = partnerId }, ct);

    public async Task<bool> IsActive(Guid partnerId, Guid id, CancellationToken ct) =>
        await Find(partnerId, id, ct) is { SuspendedAt: null };

    /// <summary>Those of the ids that are active practitioners of the partner.</summary>
    public Task<IReadOnlyList<Practitioner>> FindActive(Guid partnerId, IReadOnlyCollection<Guid> ids, CancellationToken ct) =>
        database.ForSystem(SystemReason.PartnerAdministration).Query<Practitioner>(SelectSeveral, new { Ids = ids, PartnerId = partnerId }, ct);

    /// <summary>Every active practitioner of the partner.</summary>
    public Task<IReadOnlyList<Practitioner>> AllActive(Guid partnerId, CancellationToken ct) =>
        database.ForSystem(SystemReason.PartnerAdministration).Query<Practitioner>(SelectActive, new { PartnerId = partnerId }, ct);

    public Task<Rows<Practitioner>> List(Guid partnerId, string? externalId, Position? after, int limit, CancellationToken ct) =>
        database.ForSystem(SystemReason.PartnerAdministration).QueryPage<Practitioner>(
            SelectPage,
            CountAll,
            new DynamicParameters(new { PartnerId = partnerId, ExternalId = externalId, AfterAt = after?.At, AfterId = after?.Id }),
            limit,
            ct);

    public void Add(Guid partnerId, Practitioner practitioner, WriteUnit unit) =>
        unit.Execute(Insert, RowOf(partnerId, practitioner));

    /// <summary>Links a sign-in that is no practitioner's yet: of a subject that is two, the ledger could not say who acted.</summary>
    /// <remarks>It changes who a caller is, so programs that link at the same time do it one after the other.</remarks>
    public void AddSubject(Guid partnerId, Guid id, Guid linkId, Guid issuerId, byte[] digest, WriteUnit unit)
    {
        unit.Execute(
            InsertSubject,
            new { LinkId = linkId, PartnerId = partnerId, IssuerId = issuerId, Digest = digest, Id = id, unit.Now },
            otherwise: WriteMiss.AlreadyExists);
        partners.ChangesAccess(partnerId, unit);
    }

    /// <summary>Writes the next version.</summary>
    public void Change(Guid partnerId, Practitioner changed, WriteUnit unit)
    {
        unit.Execute(Update, RowOf(partnerId, changed), otherwise: WriteMiss.StaleVersion);
        partners.ChangesAccess(partnerId, unit);
    }

    private static object RowOf(Guid partnerId, Practitioner practitioner) => new
    {
        practitioner.Id,
        PartnerId = partnerId,
        practitioner.Version,
        practitioner.ExternalId,
        practitioner.Name,
        practitioner.Roles,
        practitioner.MayDeclareEmergency,
        practitioner.SupervisorId,
        practitioner.SuspendedAt,
        practitioner.CreatedAt,
        practitioner.UpdatedAt,
    };
}
