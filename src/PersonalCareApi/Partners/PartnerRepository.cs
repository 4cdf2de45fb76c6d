using PersonalCareApi.Data;

namespace PersonalCareApi.Partners;

/// <summary>The <c>partner</c> table: what a partner has settled for all its records.</summary>
internal sealed class PartnerRepository(Database database)
{
    private const string SelectRequiresFlagReader = """
        SELECT requires_flag_reader
        FROM partner
        WHERE id = @PartnerId
        """;

    /// <summary>Whether an instrument with critical items needs a practitioner who could read its flag.</summary>
    public Task<bool> RequiresFlagReader(Guid partnerId, CancellationToken ct) =>
        database.ForSystem(SystemReason.PartnerAdministration)
            .QueryOne<bool>(SelectRequiresFlagReader, new { PartnerId = partnerId }, ct);
}
