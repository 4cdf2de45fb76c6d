using System.Text.Json;
using Dapper;
using PersonalCareApi.Data;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Partners;

/// <summary>A text that a partner shows, by the partner's code.</summary>
internal sealed record ConsentWording
{
    public required Guid Id { get; init; }

    public required Guid PartnerId { get; init; }

    public required string Code { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>That a wording has a version.</summary>
internal sealed record KnownVersion
{
    public required Guid WordingId { get; init; }

    public required string Version { get; init; }

    /// <summary>Codes, with a space between.</summary>
    public required string Languages { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? RetiredAt { get; init; }
}

/// <summary>One version of a wording; it never changes but for being retired.</summary>
internal sealed record ConsentWordingVersion
{
    public required Guid WordingId { get; init; }

    public required Guid PartnerId { get; init; }

    /// <summary>Its place in the order of versions, from 1.</summary>
    public required int Sequence { get; init; }

    public required string Version { get; init; }

    public required WordingTerms Terms { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? RetiredAt { get; init; }

    public KnownVersion Known => new()
    {
        WordingId = WordingId,
        Version = Version,
        Languages = Terms.Languages,
        CreatedAt = CreatedAt,
        RetiredAt = RetiredAt,
    };
}

/// <summary>The <c>consent_wording</c> tables: a partner's own texts, no client's data.</summary>
/// <remarks>
/// A consent is held to the wording it names, so what makes one named, or no longer to be named, raises the partner's
/// access version: a consent that is just being given is then looked at again.
/// </remarks>
internal sealed class ConsentWordingRepository(Database database, PartnerRepository partners)
{
    private const string SelectOne = """
        SELECT id, partner_id, code, created_at
        FROM consent_wording
        WHERE partner_id = @PartnerId AND code = @Code
        """;

    private const string SelectPage = """
        SELECT id, partner_id, code, created_at
        FROM consent_wording
        WHERE partner_id = @PartnerId
          AND (@AfterAt IS NULL OR created_at > @AfterAt OR (created_at = @AfterAt AND id > @AfterId))
        ORDER BY created_at, id
        """;

    private const string CountAll = """
        SELECT COUNT(*)
        FROM consent_wording
        WHERE partner_id = @PartnerId
        """;

    private const string SelectVersions = """
        SELECT wording_id, version, languages, created_at, retired_at
        FROM consent_wording_version
        WHERE partner_id = @PartnerId AND wording_id IN @WordingIds
        ORDER BY wording_id, sequence
        """;

    private const string SelectVersion = """
        SELECT wording_id, partner_id, sequence, version, content, created_at, retired_at
        FROM consent_wording_version
        WHERE partner_id = @PartnerId AND wording_id = @WordingId AND version = @Version
        """;

    private const string Insert = """
        INSERT INTO consent_wording (id, partner_id, code, created_at)
        VALUES (@Id, @PartnerId, @Code, @CreatedAt)
        """;

    private const string InsertVersion = """
        INSERT INTO consent_wording_version (
            wording_id, partner_id, sequence, version, languages, content, created_at, retired_at)
        VALUES (@WordingId, @PartnerId, @Sequence, @Version, @Languages, @Content, @CreatedAt, NULL)
        """;

    private const string RetireVersion = """
        UPDATE consent_wording_version
        SET retired_at = @RetiredAt
        WHERE wording_id = @WordingId AND partner_id = @PartnerId AND sequence = @Sequence AND retired_at IS NULL
        """;

    public async Task<ConsentWording?> Find(Guid partnerId, string code, CancellationToken ct) =>
        ConsentWordingRules.CanBeNamed(code)
            ? await database.ForSystem(SystemReason.PartnerAdministration)
                .QueryOne<ConsentWording>(SelectOne, new { PartnerId = partnerId, Code = code }, ct)
            : null;

    public Task<Rows<ConsentWording>> List(Guid partnerId, Position? after, int limit, CancellationToken ct) =>
        database.ForSystem(SystemReason.PartnerAdministration).QueryPage<ConsentWording>(
            SelectPage,
            CountAll,
            new DynamicParameters(new { PartnerId = partnerId, AfterAt = after?.At, AfterId = after?.Id }),
            limit,
            ct);

    /// <summary>What versions these wordings have, oldest first within each; their texts are not read.</summary>
    public async Task<ILookup<Guid, KnownVersion>> Versions(Guid partnerId, IReadOnlyCollection<Guid> wordingIds, CancellationToken ct) =>
        (await database.ForSystem(SystemReason.PartnerAdministration)
            .Query<KnownVersion>(SelectVersions, new { PartnerId = partnerId, WordingIds = wordingIds }, ct)).ToLookup(version => version.WordingId);

    public async Task<ConsentWordingVersion?> FindVersion(ConsentWording wording, string version, CancellationToken ct) =>
        ConsentWordingRules.CanBeNamed(wording.Code, version)
        && await database.ForSystem(SystemReason.PartnerAdministration).QueryOne<Row>(
            SelectVersion, new { wording.PartnerId, WordingId = wording.Id, Version = version }, ct) is { } row
            ? row.Open()
            : null;

    public void Add(ConsentWording wording, WriteUnit unit)
    {
        unit.Execute(Insert, wording);
        partners.ChangesAccess(wording.PartnerId, unit);
    }

    public void AddVersion(ConsentWordingVersion version, WriteUnit unit) => unit.Execute(
        InsertVersion,
        new
        {
            version.WordingId,
            version.PartnerId,
            version.Sequence,
            version.Version,
            version.Terms.Languages,
            Content = JsonSerializer.Serialize(version.Terms, StoredJson.Options),
            version.CreatedAt,
        });

    public void Retire(ConsentWordingVersion version, DateTimeOffset at, WriteUnit unit)
    {
        unit.Execute(
            RetireVersion, new { version.WordingId, version.PartnerId, version.Sequence, RetiredAt = at }, otherwise: WriteMiss.StaleVersion);
        partners.ChangesAccess(version.PartnerId, unit);
    }

    private sealed record Row
    {
        public required Guid WordingId { get; init; }

        public required Guid PartnerId { get; init; }

        public required int Sequence { get; init; }

        public required string Version { get; init; }

        public required string Content { get; init; }

        public required DateTimeOffset CreatedAt { get; init; }

        public DateTimeOffset? RetiredAt { get; init; }

        public ConsentWordingVersion Open() => new()
        {
            WordingId = WordingId,
            PartnerId = PartnerId,
            Sequence = Sequence,
            Version = Version,
            Terms = JsonSerializer.Deserialize<WordingTerms>(Content, StoredJson.Options) ?? throw new JsonException("The terms are null."),
            CreatedAt = CreatedAt,
            RetiredAt = RetiredAt,
        };
    }
}
