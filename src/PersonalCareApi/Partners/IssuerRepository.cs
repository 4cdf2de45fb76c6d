using Dapper;
using PersonalCareApi.Data;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Partners;

/// <summary>The <c>issuer</c> table as its partner administers it; <see cref="IssuerDirectory"/> is how tokens find it.</summary>
internal sealed class IssuerRepository(Database database, PartnerRepository partners)
{
    private const string SelectOne = $"""
        SELECT {Issuer.Columns}
        FROM issuer
        WHERE id = @Id AND partner_id = @PartnerId
        """;

    private const string SelectPage = $"""
        SELECT {Issuer.Columns}
        FROM issuer
        WHERE partner_id = @PartnerId
          AND (@AfterAt IS NULL OR created_at > @AfterAt OR (created_at = @AfterAt AND id > @AfterId))
        ORDER BY created_at, id
        """;

    private const string CountAll = """
        SELECT COUNT(*)
        FROM issuer
        WHERE partner_id = @PartnerId
        """;

    private const string Insert = """
        INSERT INTO issuer (
            id, partner_id, version, url, audience, key_source, jwks, token_types, subject_claim, application_claim, created_at)
        VALUES (
            @Id, @PartnerId, @Version, @Url, @Audience, @KeySource, @Jwks, @TokenTypes, @SubjectClaim, @ApplicationClaim, @CreatedAt)
        """;

    private const string UpdateKeys = """
        UPDATE issuer
        SET version = @Version, key_source = @KeySource, jwks = @Jwks
        WHERE id = @Id AND partner_id = @PartnerId AND version = @Version - 1
        """;

    public Task<Issuer?> Find(Guid partnerId, Guid id, CancellationToken ct) =>
        database.ForSystem(SystemReason.PartnerAdministration).QueryOne<Issuer>(SelectOne, new { Id = id, PartnerId = partnerId }, ct);

    public Task<Rows<Issuer>> List(Guid partnerId, Position? after, int limit, CancellationToken ct) =>
        database.ForSystem(SystemReason.PartnerAdministration).QueryPage<Issuer>(
            SelectPage,
            CountAll,
            new DynamicParameters(new { PartnerId = partnerId, AfterAt = after?.At, AfterId = after?.Id }),
            limit,
            ct);

    public void Add(Issuer issuer, WriteUnit unit) => unit.Execute(Insert, issuer);

    /// <summary>Writes the next version, which may differ in its keys alone; every token believed before is looked at again.</summary>
    public void ChangeKeys(Issuer changed, WriteUnit unit)
    {
        unit.Execute(UpdateKeys, changed, otherwise: WriteMiss.StaleVersion);
        partners.ChangesAccess(changed.PartnerId, unit);
    }
}
