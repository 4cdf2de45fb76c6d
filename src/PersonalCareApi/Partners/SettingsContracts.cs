using FluentValidation;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Records.Erasures;

namespace PersonalCareApi.Partners;

/// <summary>A partner to be set up; the operator's alone.</summary>
internal sealed record CreatePartner(string Code, string Name)
{
    /// <summary>The new partner, with the settings that close most.</summary>
    public Partner ToPartner(Guid id, DateTimeOffset now) => new Partner
    {
        Id = id,
        Version = 1,
        Code = Code,
        Name = Name,
        DefaultRule = "",
        Closing = 0,
        Part2Programme = false,
        AgeOfConsent = 0,
        AgesByPurpose = "",
        RequiresFlagReader = true,
        Retention = "",
        Care = "",
        CreatedAt = now,
    }.With(SettingsChange.Defaults);

    internal sealed class Validator : AbstractValidator<CreatePartner>
    {
        public Validator()
        {
            RuleFor(partner => partner.Code).Matches("^[a-z0-9][a-z0-9-]{0,63}\\z").WithMessage("Must be lower-case letters, digits and hyphens, at most 64.");
            RuleFor(partner => partner.Name).NotEmpty().MaximumLength(200);
        }
    }
}

/// <summary>What you may settle for all your records, as a merge patch.</summary>
[ServerSets("id", "code", "name", "version", "etag")]
internal sealed record SettingsChange
{
    public const string Example = """
        { "ageOfConsent": 16, "ageOfConsentByPurpose": { "HRESCH": 18 }, "flags": { "dueHours": 8, "escalateTo": "supervisor" } }
        """;

    private const int Oldest = 120;
    private const int LongestRetention = 100;

    /// <summary>What a new partner begins with.</summary>
    public static SettingsChange Defaults { get; } = From(new PartnerRules(), requiresFlagReader: true);

    /// <summary>What holds where no consent speaks: silence denies, or an active care relationship permits ordinary treatment.</summary>
    public required DefaultRule DefaultRule { get; init; }

    /// <summary>The sensitivity labels that close an item which no permit names, as HL7 codes such as <c>HIV</c>.</summary>
    public required IReadOnlyList<string> ClosingLabels { get; init; }

    /// <summary>Whether you are a programme under 42 CFR Part 2; then the substance-use labels close whatever else is set.</summary>
    public required bool Part2Programme { get; init; }

    /// <summary>The age in full years from which a client consents alone.</summary>
    public required int AgeOfConsent { get; init; }

    /// <summary>Ages that differ for a purpose, by its HL7 code; null takes one away.</summary>
    public required IReadOnlyDictionary<string, int> AgeOfConsentByPurpose { get; init; }

    /// <summary>Whether an instrument with critical items needs a practitioner who could read its flag.</summary>
    public required bool RequiresFlagReader { get; init; }

    /// <summary>
    /// For how many years after its last entry a data category must be kept although the client has the record erased, such
    /// as the session notes that a professional law speaks of. What is not named here is erased. Null takes one away.
    /// </summary>
    public required IReadOnlyDictionary<string, int> Retention { get; init; }

    /// <summary>How fast a flag is looked at, and who is turned to when nobody has.</summary>
    public required FlagSettings Flags { get; init; }

    /// <summary>Which rules raise prompts, and from which numbers on.</summary>
    public required PromptSettings Prompts { get; init; }

    public static SettingsChange From(Partner partner) => From(
        new PartnerRules
        {
            // Anything but the one word that widens access is the rule that does not, as in the decision.
            Default = partner.DefaultRule == "implied-treatment" ? DefaultRule.ImpliedTreatment : DefaultRule.OptIn,
            Closing = (Sensitivity)partner.Closing,
            Part2Programme = partner.Part2Programme,
            AgeOfConsent = partner.AgeOfConsent,
        },
        partner.RequiresFlagReader) with
    { AgeOfConsentByPurpose = partner.Ages(), Retention = partner.RetentionYears(), Flags = CareSettings.Parse(partner.Care).Flags, Prompts = CareSettings.Parse(partner.Care).Prompts };

    public static Sensitivity LabelsOf(IEnumerable<string> codes) => codes.Aggregate(
        Sensitivity.None,
        (labels, code) => labels | (Sensitivities.TryParse(code, out var label) ? label : Sensitivity.Unknown));

    private static SettingsChange From(PartnerRules rules, bool requiresFlagReader) => new()
    {
        DefaultRule = rules.Default,
        // Labels this version cannot name close whatever is set.
        ClosingLabels = (rules.Closing & Sensitivities.Known).Codes(),
        Part2Programme = rules.Part2Programme,
        AgeOfConsent = rules.AgeOfConsent,
        AgeOfConsentByPurpose = rules.AgeOfConsentByPurpose.ToDictionary(age => age.Key.Code, age => age.Value),
        RequiresFlagReader = requiresFlagReader,
        Retention = new Dictionary<string, int>(),
        Flags = new FlagSettings(),
        Prompts = new PromptSettings(),
    };

    internal sealed class Validator : AbstractValidator<SettingsChange>
    {
        public Validator()
        {
            RuleFor(settings => settings.ClosingLabels).AtMost(100);
            RuleForEach(settings => settings.ClosingLabels).OneOf(Sensitivities.Known.Codes()).WithMessage("There is no such label. Labels are HL7 codes, such as HIV.");
            RuleFor(settings => settings.AgeOfConsent).InclusiveBetween(0, Oldest);
            RuleFor(settings => settings.AgeOfConsentByPurpose)
                .Must(ages => ages.Keys.All(code => PurposeOfUse.TryParse(code, out _)))
                .WithErrorCode(FaultCodes.UnknownValue).WithMessage("Names must be purposes of use, as HL7 codes such as HRESCH.")
                .Must(ages => ages.Values.All(age => age is >= 0 and <= Oldest))
                .WithErrorCode(FaultCodes.OutOfRange).WithMessage("Ages must lie between 0 and 120.");
            RuleFor(settings => settings.Retention)
                .Must(years => years.Keys.All(ErasedTable.CanBeKept))
                .WithErrorCode(FaultCodes.UnknownValue).WithMessage("Names must be data categories that can be kept, such as session-notes.")
                .Must(years => years.Values.All(year => year is >= 1 and <= LongestRetention))
                .WithErrorCode(FaultCodes.OutOfRange).WithMessage("Years must lie between 1 and 100.");
            RuleFor(settings => settings.Flags).SetValidator(new FlagSettings.Validator());
            RuleFor(settings => settings.Prompts).SetValidator(new PromptSettings.Validator());
        }
    }
}

/// <summary>What a partner has settled for all its records.</summary>
internal sealed record SettingsResponse : IVersioned
{
    public const string Example = """
        { "id": "0197a000-0000-7000-8000-000000000001", "code": "harbour", "name": "Harbour Teletherapy", "defaultRule": "opt-in",
          "closingLabels": [ "PSYTHPN", "GDIS", "SDV", "HIV", "SEX" ], "part2Programme": false, "ageOfConsent": 16,
          "ageOfConsentByPurpose": { "HRESCH": 18 }, "requiresFlagReader": true, "retention": { "session-notes": 10 },
          "flags": { "dueHours": 24, "escalateHours": 24, "escalateTo": "supervisor" },
          "prompts": { "deterioration": true, "notOnTrack": true, "stalledGoals": true, "stalledGoalDays": 28, "fallingAlliance": true,
            "alliancePoints": 2, "allianceRatings": 3 }, "version": 1, "etag": "\"1\"" }
        """;

    public required Guid Id { get; init; }

    /// <summary>What you are called in the operator's commands.</summary>
    public required string Code { get; init; }

    public required string Name { get; init; }

    public required DefaultRule DefaultRule { get; init; }

    public required IReadOnlyList<string> ClosingLabels { get; init; }

    public required bool Part2Programme { get; init; }

    public required int AgeOfConsent { get; init; }

    public required IReadOnlyDictionary<string, int> AgeOfConsentByPurpose { get; init; }

    public required bool RequiresFlagReader { get; init; }

    public required IReadOnlyDictionary<string, int> Retention { get; init; }

    public required FlagSettings Flags { get; init; }

    public required PromptSettings Prompts { get; init; }

    public required int Version { get; init; }

    public string Etag => ETags.For(Version);

    public static SettingsResponse From(Partner partner)
    {
        var settings = SettingsChange.From(partner);
        return new SettingsResponse
        {
            Id = partner.Id,
            Code = partner.Code,
            Name = partner.Name,
            DefaultRule = settings.DefaultRule,
            ClosingLabels = settings.ClosingLabels,
            Part2Programme = settings.Part2Programme,
            AgeOfConsent = settings.AgeOfConsent,
            AgeOfConsentByPurpose = settings.AgeOfConsentByPurpose,
            RequiresFlagReader = settings.RequiresFlagReader,
            Retention = settings.Retention,
            Flags = settings.Flags,
            Prompts = settings.Prompts,
            Version = partner.Version,
        };
    }
}
