using Dapper;
using PersonalCareApi.Data;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Partners;

/// <summary>An application as the partner registered it.</summary>
internal sealed record Application
{
    public required Guid Id { get; init; }

    public required Guid PartnerId { get; init; }

    public required int Version { get; init; }

    public required string Code { get; init; }

    public required string Name { get; init; }

    public string? Subject { get; init; }

    /// <summary>Codes, with a space between.</summary>
    public required string Scopes { get; init; }

    /// <inheritdoc cref="Scopes"/>
    public required string Purposes { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public IReadOnlyList<string> ScopeList => Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    public IReadOnlyList<string> PurposeList => Purposes.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    public Application With(ApplicationChange changed) => this with
    {
        Version = Version + 1,
        Name = changed.Name,
        Subject = changed.Subject,
        Scopes = string.Join(' ', changed.Scopes.Distinct()),
        Purposes = string.Join(' ', changed.Purposes.Distinct()),
    };

    public Application RevokedFrom(DateTimeOffset now) => this with { Version = Version + 1, RevokedAt = now };
}

/// <summary>The <c>application</c> table as its partner administers it.</summary>
/// <remarks>What an application may do bears on decisions, so each change raises the partner's access version.</remarks>
internal sealed class ApplicationRepository(Database database, PartnerRepository partners)
{
    private const string Columns = """
        id, partner_id, version, code, name, subject, scopes, purposes, revoked_at, created_at
        """;

    private const string SelectOne = $"""
        SELECT {Columns}
        FROM application
        WHERE id = @Id AND partner_id = @PartnerId
        """;

    private const string SelectByCode = $"""
        SELECT {Columns}
        FROM application
        WHERE code = @Code AND partner_id = @PartnerId
        """;

    private const string SelectPage = $"""
        SELECT {Columns}
        FROM application
        WHERE partner_id = @PartnerId
          AND (@AfterAt IS NULL OR created_at > @AfterAt OR (created_at = @AfterAt AND id > @AfterId))
        ORDER BY created_at, id
        """;

    private const string SelectActive = $"""
        SELECT {Columns}
        FROM application
        WHERE partner_id = @PartnerId AND revoked_at IS NULL
        """;

    private const string CountAll = """
        SELECT COUNT(*)
        FROM application
        WHERE partner_id = @PartnerId
        """;

    private const string Insert = """
        INSERT INTO application (id, partner_id, version, code, name, subject, scopes, purposes, revoked_at, created_at)
        VALUES (@Id, @PartnerId, @Version, @Code, @Name, @Subject, @Scopes, @Purposes, @RevokedAt, @CreatedAt)
        """;

    private const string Update = """
        UPDATE application
        SET version = @Version, name = @Name, subject = @Subject, scopes = @Scopes, purposes = @Purposes, revoked_at = @RevokedAt
        WHERE id = @Id AND partner_id = @PartnerId AND version = @Version - 1
        """;

    public Task<Application?> Find(Guid partnerId, Guid id, CancellationToken ct) =>
        database.ForSystem(SystemReason.PartnerAdministration).QueryOne<Application>(SelectOne, new { Id = id, PartnerId = partnerId }, ct);

    public Task<Application?> Find(Guid partnerId, string code, CancellationToken ct) =>
        database.ForSystem(SystemReason.PartnerAdministration).QueryOne<Application>(SelectByCode, new { Code = code, PartnerId = partnerId }, ct);

    public Task<Rows<Application>> List(Guid partnerId, Position? after, int limit, CancellationToken ct) =>
        database.ForSystem(SystemReason.PartnerAdministration).QueryPage<Application>(
            SelectPage,
            CountAll,
            new DynamicParameters(new { PartnerId = partnerId, AfterAt = after?.At, AfterId = after?.Id }),
            limit,
            ct);

    /// <summary>Every application of the partner that is not revoked.</summary>
    public Task<IReadOnlyList<Application>> Active(Guid partnerId, CancellationToken ct) =>
        database.ForSystem(SystemReason.PartnerAdministration).Query<Application>(SelectActive, new { PartnerId = partnerId }, ct);

    public void Add(Application application, WriteUnit unit) => unit.Execute(Insert, application);

    /// <summary>Writes the next version.</summary>
    public void Change(Application changed, WriteUnit unit)
    {
        unit.Execute(Update, changed, otherwise: WriteMiss.StaleVersion);
        partners.ChangesAccess(changed.PartnerId, unit);
    }
}
