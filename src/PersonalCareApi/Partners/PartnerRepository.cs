using System.Text.Json;
using PersonalCareApi.Data;

namespace PersonalCareApi.Partners;

/// <summary>An organisation whose platforms call the API, and what it has settled for all its records.</summary>
internal sealed record Partner
{
    public required Guid Id { get; init; }

    public required int Version { get; init; }

    public required string Code { get; init; }

    public required string Name { get; init; }

    /// <summary>The word in the table.</summary>
    public required string DefaultRule { get; init; }

    public required long Closing { get; init; }

    public required bool Part2Programme { get; init; }

    public required int AgeOfConsent { get; init; }

    /// <summary>Ages by the code of a purpose, as JSON.</summary>
    public required string AgesByPurpose { get; init; }

    public required bool RequiresFlagReader { get; init; }

    /// <summary>Years by category, as JSON.</summary>
    public required string Retention { get; init; }

    /// <summary>What is settled for flags and prompts, as JSON.</summary>
    public required string Care { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>For how many years after the last entry which category is kept although a record is erased.</summary>
    public IReadOnlyDictionary<string, int> RetentionYears() =>
        JsonSerializer.Deserialize<Dictionary<string, int>>(Retention, StoredJson.Options) ?? [];

    public IReadOnlyDictionary<string, int> Ages() =>
        JsonSerializer.Deserialize<Dictionary<string, int>>(AgesByPurpose, StoredJson.Options) ?? [];

    public Partner With(SettingsChange settings) => this with
    {
        DefaultRule = settings.DefaultRule == Domain.Access.DefaultRule.ImpliedTreatment ? "implied-treatment" : "opt-in",
        Closing = (long)SettingsChange.LabelsOf(settings.ClosingLabels),
        Part2Programme = settings.Part2Programme,
        AgeOfConsent = settings.AgeOfConsent,
        AgesByPurpose = JsonSerializer.Serialize(
            settings.AgeOfConsentByPurpose.OrderBy(age => age.Key, StringComparer.Ordinal).ToDictionary(), StoredJson.Options),
        RequiresFlagReader = settings.RequiresFlagReader,
        Retention = JsonSerializer.Serialize(
            settings.Retention.OrderBy(years => years.Key, StringComparer.Ordinal).ToDictionary(), StoredJson.Options),
        Care = new CareSettings { Flags = settings.Flags, Prompts = settings.Prompts }.ToJson(),
    };
}

/// <summary>The <c>partner</c> table: what a partner has settled for all its records.</summary>
internal sealed class PartnerRepository(Database database)
{
    private const string Columns = """
        id, version, code, name, default_rule, closing, part2_programme, age_of_consent, ages_by_purpose, requires_flag_reader,
        retention, care, created_at
        """;

    private const string SelectRequiresFlagReader = """
        SELECT requires_flag_reader
        FROM partner
        WHERE id = @PartnerId
        """;

    private const string SelectCare = """
        SELECT care
        FROM partner
        WHERE id = @PartnerId
        """;

    private const string SelectOne = $"""
        SELECT {Columns}
        FROM partner
        WHERE id = @PartnerId
        """;

    private const string SelectByCode = $"""
        SELECT {Columns}
        FROM partner
        WHERE code = @Code
        """;

    private const string SelectAll = $"""
        SELECT {Columns}
        FROM partner
        ORDER BY code
        """;

    private const string Insert = """
        INSERT INTO partner (
            id, version, code, name, access_version, default_rule, closing, part2_programme, age_of_consent, ages_by_purpose,
            requires_flag_reader, retention, care, created_at)
        VALUES (
            @Id, @Version, @Code, @Name, 1, @DefaultRule, @Closing, @Part2Programme, @AgeOfConsent, @AgesByPurpose,
            @RequiresFlagReader, @Retention, @Care, @CreatedAt)
        """;

    private const string Update = $"""
        UPDATE partner
        SET version = @Version, name = @Name, {WriteUnit.RaisesAccess}, default_rule = @DefaultRule, closing = @Closing,
            part2_programme = @Part2Programme, age_of_consent = @AgeOfConsent, ages_by_purpose = @AgesByPurpose,
            requires_flag_reader = @RequiresFlagReader, retention = @Retention, care = @Care
        WHERE id = @Id AND version = @Version - 1
        """;

    private const string RaiseAccessVersion = $"""
        UPDATE partner
        SET {WriteUnit.RaisesAccess}
        WHERE id = @PartnerId
        """;

    /// <summary>Whether an instrument with critical items needs a practitioner who could read its flag.</summary>
    public Task<bool> RequiresFlagReader(Guid partnerId, CancellationToken ct) =>
        database.ForSystem(SystemReason.PartnerAdministration)
            .QueryOne<bool>(SelectRequiresFlagReader, new { PartnerId = partnerId }, ct);

    /// <summary>What the partner has settled for flags and prompts.</summary>
    public async Task<CareSettings> Care(Guid partnerId, CancellationToken ct) => CareSettings.Parse(
        await database.ForSystem(SystemReason.PartnerAdministration).QueryOne<string>(SelectCare, new { PartnerId = partnerId }, ct) ?? "{}");

    public Task<Partner?> Find(Guid partnerId, CancellationToken ct) =>
        database.ForSystem(SystemReason.PartnerAdministration).QueryOne<Partner>(SelectOne, new { PartnerId = partnerId }, ct);

    public Task<Partner?> Find(string code, CancellationToken ct) =>
        database.ForSystem(SystemReason.PartnerAdministration).QueryOne<Partner>(SelectByCode, new { Code = code }, ct);

    public Task<IReadOnlyList<Partner>> List(CancellationToken ct) =>
        database.ForSystem(SystemReason.PartnerAdministration).Query<Partner>(SelectAll, null, ct);

    public void Add(Partner partner, WriteUnit unit) => unit.Execute(Insert, partner);

    /// <summary>Writes the next version; every decision before it is outdated.</summary>
    public void Change(Partner changed, WriteUnit unit) => unit.Execute(Update, changed, otherwise: WriteMiss.StaleVersion);

    /// <summary>Makes every decision about the partner's records before this commit outdated.</summary>
    public void ChangesAccess(Guid partnerId, WriteUnit unit) => unit.Execute(RaiseAccessVersion, new { PartnerId = partnerId });
}
