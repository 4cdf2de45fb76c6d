using Microsoft.Extensions.Caching.Memory;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Protection;

namespace PersonalCareApi.Data;

/// <summary>What a decision needs of a record, read in one round trip, with the versions that the data statement compares.</summary>
/// <remarks>
/// What was read is remembered. Of one record it is only ever used to permit: every permitted use compares the versions again,
/// when it reads and when its ledger entry is committed, and is decided afresh where they moved. Of several records it is used
/// where it has the versions that a query has just found. A refusal is never remembered.
/// </remarks>
internal sealed partial class Facts(Database database, ClientKeys keys) : IDisposable
{
    /// <summary>In provisions, of which a record has few; each record counts as one more.</summary>
    private const int Remembered = 100_000;

    private static readonly TimeSpan RememberedFor = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The condition that some relation could open the record <c>candidate</c> to a caller; wider than
    /// <see cref="Relation"/>, which decides, and never narrower.
    /// </summary>
    public const string SomeRelation = """
        (@AnyOfPartner = 1
            OR candidate.client_id IN @OwnIds
            OR EXISTS (
                SELECT 1 FROM representative AS r
                WHERE r.client_id = candidate.client_id AND r.id IN @RepresentativeIds)
            OR EXISTS (
                SELECT 1 FROM care_relationship AS c
                WHERE c.client_id = candidate.client_id AND c.practitioner_id = @PractitionerId)
            OR EXISTS (
                SELECT 1 FROM emergency_access AS e
                WHERE e.client_id = candidate.client_id AND e.practitioner_id = @PractitionerId)
            OR (@PractitionerId IS NOT NULL AND EXISTS (
                SELECT 1 FROM consent_grantee AS g
                WHERE g.client_id = candidate.client_id
                  AND (g.kind = 'partner' OR g.grantee_id = @PractitionerId OR g.code IN @Roles))))
        """;

    // Each statement below reads only of these: of a record that is unknown and of one that is unrelated, nothing is read
    // further than this, so neither is told from the other by the time it takes.
    private const string Related = $"""
        (SELECT candidate.client_id
            FROM client AS candidate
            WHERE candidate.client_id IN @ClientIds AND candidate.partner_id = @PartnerId AND {SomeRelation})
        """;

    // The versions come first: whatever is read after them is at least as new, and anything newer than them makes the
    // data statement find no match. The keys come last: a content that was read before them was sealed with one of them,
    // whatever was rotated in between.
    private const string Select = $"""
        SELECT c.client_id, c.partner_id, c.version, c.access_version, c.content, c.erased_at, p.access_version AS partner_access_version,
               p.default_rule, p.closing, p.part2_programme, p.age_of_consent, p.ages_by_purpose
        FROM client c
        INNER JOIN partner p ON p.id = c.partner_id
        WHERE c.client_id IN {Related};

        SELECT id, client_id, practitioner_id, role, from_at, until_at
        FROM care_relationship
        WHERE client_id IN {Related};

        SELECT id, client_id, categories, actions, from_at, until_at, ends_at_age_of_consent
        FROM representative
        WHERE client_id IN {Related};

        SELECT client_id, representative_id, from_at, until_at
        FROM safeguard
        WHERE client_id IN {Related};

        SELECT id, client_id, practitioner_id, from_at, until_at
        FROM emergency_access
        WHERE client_id IN {Related};

        SELECT id, client_id, version, status, occurred_at, content
        FROM consent
        WHERE client_id IN {Related} AND status IN ('draft', 'active')
        ORDER BY recorded_at, id;

        SELECT id, client_id, categories, from_at, until_at
        FROM restriction
        WHERE client_id IN {Related};

        SELECT client_id, generation, wrapped
        FROM client_key
        WHERE client_id IN {Related};
        """;

    private const string SelectVersions = $"""
        SELECT c.client_id, c.partner_id, c.access_version, p.access_version AS partner_access_version
        FROM client c
        INNER JOIN partner p ON p.id = c.partner_id
        WHERE c.client_id IN {Related}
        """;

    private readonly MemoryCache remembered = new(new MemoryCacheOptions { SizeLimit = Remembered });

    /// <summary>
    /// The facts of the record asked for as they were last read, or null where they were not, or the partner's have changed
    /// since. The record's own may have changed: good enough to permit by, and to nothing else.
    /// </summary>
    public RecordFacts? Recall(AccessRequest asked, long partnerAccessVersion, DateTimeOffset now) =>
        remembered.TryGetValue(asked.ClientId, out AsRead? read)
        && read!.Record.PartnerId == asked.Caller.PartnerId && read.Record.PartnerAccessVersion == partnerAccessVersion
            ? read.At(now)
            : null;

    /// <summary>Forgets a record of which nothing may be left.</summary>
    public void Forget(Guid clientId)
    {
        remembered.Remove(clientId);
        keys.Forget(clientId);
    }

    public void Dispose() => remembered.Dispose();

    /// <summary>The facts of the record asked for, or null where this partner has none that the caller could be related to.</summary>
    public async Task<RecordFacts?> Load(AccessRequest asked, DateTimeOffset now, CancellationToken ct) =>
        (await Read(asked, [asked.ClientId], now, ct)).GetValueOrDefault(asked.ClientId);

    /// <summary>The facts of several records as they are now, by client; without those that the caller could not be related to.</summary>
    /// <remarks>What is remembered of a record at the versions that it has now is what would be read.</remarks>
    public async Task<IReadOnlyDictionary<Guid, RecordFacts>> LoadMany(
        AccessRequest asked, IReadOnlyList<Guid> clientIds, DateTimeOffset now, CancellationToken ct)
    {
        var found = new Dictionary<Guid, RecordFacts>();
        var changed = new List<Guid>();
        foreach (var row in await database.ForSystem(SystemReason.Facts).Query<VersionsRow>(SelectVersions, About(asked, clientIds), ct))
        {
            if (remembered.TryGetValue(row.ClientId, out AsRead? read) && row.AreOf(read!.Record))
            {
                found[row.ClientId] = read.At(now);
            }
            else
            {
                changed.Add(row.ClientId);
            }
        }

        if (changed.Count > 0)
        {
            foreach (var (clientId, record) in await Read(asked, changed, now, ct))
            {
                found[clientId] = record;
            }
        }

        return found;
    }

    /// <summary>What a statement must know to read of those records only that the caller could be related to.</summary>
    private static object About(AccessRequest asked, IReadOnlyList<Guid> clientIds) => new
    {
        ClientIds = clientIds,
        asked.Caller.PartnerId,
        AnyOfPartner = asked.Caller.ApplicationAlone || asked.DeclaresEmergency
            || ((asked.AsksAboutAccess || asked.ReviewsEmergencies) && asked.Caller.IsAuditor) ? 1 : 0,
        OwnIds = asked.Caller.ClientIds,
        asked.Caller.RepresentativeIds,
        asked.Caller.PractitionerId,
        Roles = asked.Caller.PractitionerRoles,
    };

    private Task<IReadOnlyDictionary<Guid, RecordFacts>> Read(
        AccessRequest asked, IReadOnlyList<Guid> clientIds, DateTimeOffset now, CancellationToken ct) =>
        database.ForSystem(SystemReason.Facts).QuerySeveral<IReadOnlyDictionary<Guid, RecordFacts>>(
            Select,
            About(asked, clientIds),
            async results =>
            {
                var records = await results.ReadAsync<RecordRow>();
                var relationships = (await results.ReadAsync<RelationshipRow>()).ToLookup(row => row.ClientId);
                var representatives = (await results.ReadAsync<RepresentativeRow>()).ToLookup(row => row.ClientId);
                var safeguards = (await results.ReadAsync<SafeguardRow>()).ToLookup(row => row.ClientId);
                var emergencies = (await results.ReadAsync<EmergencyRow>()).ToLookup(row => row.ClientId);
                var consents = (await results.ReadAsync<ConsentRow>()).ToLookup(row => row.ClientId);
                var restrictions = (await results.ReadAsync<RestrictionRow>()).ToLookup(row => row.ClientId);
                var wrapped = (await results.ReadAsync<ClientKeys.Row>()).ToLookup(row => row.ClientId);
                return records.ToDictionary(row => row.ClientId, row =>
                {
                    var ring = keys.Remember(row.ClientId, row.AccessVersion, keys.Unwrap(row.ClientId, wrapped[row.ClientId]));
                    var client = row.Client(ring);
                    var record = new RecordFacts
                    {
                        ClientId = row.ClientId,
                        PartnerId = row.PartnerId,
                        AccessVersion = row.AccessVersion,
                        PartnerAccessVersion = row.PartnerAccessVersion,
                        Rules = row.Rules(),
                        ClientIsReadable = client is not null,
                        BirthDate = client?.BirthDate,
                        TimeZone = client?.TimeZone is { } id && TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) ? zone : null,
                        CareRelationships = [.. relationships[row.ClientId].Select(relationship => relationship.ToDomain())],
                        Representations = [.. representatives[row.ClientId].Select(one => one.ToDomain())],
                        Emergencies = [.. emergencies[row.ClientId].Select(emergency => emergency.ToDomain())],
                        Restrictions = [.. restrictions[row.ClientId].Select(restriction => restriction.ToDomain())],
                        IsErased = row.ErasedAt is not null,
                        Consents = [.. consents[row.ClientId].Select(consent => consent.ToDomain(ring))],
                    };
                    return Remember(new AsRead(record, [.. safeguards[row.ClientId]])).At(now);
                });
            },
            ct);

    private AsRead Remember(AsRead read) => remembered.Set(
        read.Record.ClientId,
        read,
        new MemoryCacheEntryOptions
        {
            Size = 1 + read.Record.Consents.Sum(consent => consent.Provisions?.Count ?? 0),
            AbsoluteExpirationRelativeToNow = RememberedFor,
        });

    /// <summary>The facts as they were read; which authorities rest depends on when that is asked.</summary>
    private sealed record AsRead(RecordFacts Record, IReadOnlyList<SafeguardRow> Safeguards)
    {
        public RecordFacts At(DateTimeOffset now) => Safeguards.Count == 0
            ? Record
            : Record with
            {
                Representations =
                [
                    .. Record.Representations.Select(one => one with
                    {
                        Suspended = Safeguards.Any(safeguard =>
                            safeguard.RepresentativeId == one.Id && new Period(safeguard.FromAt, safeguard.UntilAt).Contains(now)),
                    }),
                ],
            };
    }
}
