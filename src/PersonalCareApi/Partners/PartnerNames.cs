using PersonalCareApi.Data;

namespace PersonalCareApi.Partners;

/// <summary>A practitioner or application as the partner registered it.</summary>
internal sealed record PartnersOwn
{
    public required Guid Id { get; init; }

    /// <summary><c>practitioner</c> or <c>application</c>.</summary>
    public required string Kind { get; init; }

    public required string Name { get; init; }

    /// <summary>Since when it is suspended or revoked.</summary>
    public DateTimeOffset? EndedAt { get; init; }
}

/// <summary>Who the ids are that provisions name, suspended and revoked ones included.</summary>
internal sealed class PartnerNames(Database database)
{
    private const string Select = """
        SELECT id, 'practitioner' AS kind, name, suspended_at AS ended_at
        FROM practitioner
        WHERE partner_id = @PartnerId AND id IN @Ids
        UNION ALL
        SELECT id, 'application' AS kind, name, revoked_at AS ended_at
        FROM application
        WHERE partner_id = @PartnerId AND id IN @Ids
        """;

    /// <summary>Those of the ids that are the partner's.</summary>
    public async Task<IReadOnlyDictionary<Guid, PartnersOwn>> Find(Guid partnerId, IReadOnlyCollection<Guid> ids, CancellationToken ct)
    {
        if (ids.Count == 0)
        {
            return new Dictionary<Guid, PartnersOwn>();
        }

        var found = await database.ForSystem(SystemReason.PartnerAdministration)
            .Query<PartnersOwn>(Select, new { PartnerId = partnerId, Ids = ids }, ct);
        return found.ToDictionary(own => own.Id);
    }
}
