using System.Text.Json;
using FluentValidation;
using PersonalCareApi.Data;
using PersonalCareApi.Records;

namespace PersonalCareApi.Partners;

/// <summary>What a partner has settled for flags and prompts; what it has not settled is as it stands here.</summary>
/// <remarks>None of these numbers is clinical: they say how fast and for whom a practice works, and are each partner's own.</remarks>
internal sealed record CareSettings
{
    public FlagSettings Flags { get; init; } = new();

    public PromptSettings Prompts { get; init; } = new();

    public static CareSettings Parse(string json) => JsonSerializer.Deserialize<CareSettings>(json, StoredJson.Options) ?? new CareSettings();

    public string ToJson() => JsonSerializer.Serialize(this, StoredJson.Options);
}

/// <summary>How fast a flag is looked at, and who is turned to when nobody has.</summary>
internal sealed record FlagSettings
{
    private const int MostHours = 720;

    /// <summary>Within how many hours somebody must have acknowledged a flag.</summary>
    public int DueHours { get; init; } = 24;

    /// <summary>After how many hours a flag that nobody has acknowledged escalates.</summary>
    public int EscalateHours { get; init; } = 24;

    /// <summary>To whom: a role in the care team, or of a practitioner.</summary>
    public string EscalateTo { get; init; } = "supervisor";

    internal sealed class Validator : AbstractValidator<FlagSettings>
    {
        public Validator()
        {
            RuleFor(flags => flags.DueHours).InclusiveBetween(1, MostHours);
            RuleFor(flags => flags.EscalateHours).InclusiveBetween(1, MostHours);
            RuleFor(flags => flags.EscalateTo).CareRole();
        }
    }
}

/// <summary>Which rules raise prompts, and from which numbers on where none has been published.</summary>
internal sealed record PromptSettings
{
    /// <summary>Reliable deterioration, by the points published for each instrument.</summary>
    public bool Deterioration { get; init; } = true;

    /// <summary>Weeks off track, where a table has been published.</summary>
    public bool NotOnTrack { get; init; } = true;

    public bool StalledGoals { get; init; } = true;

    /// <summary>For how many days a goal must have stood still. A rule of this project: nothing has been published.</summary>
    public int StalledGoalDays { get; init; } = 28;

    public bool FallingAlliance { get; init; } = true;

    /// <summary>How far below the mean of the ratings before it a rating must lie, of 10. A rule of this project: the scale has no norms.</summary>
    public decimal AlliancePoints { get; init; } = 2;

    /// <summary>How many ratings make that mean.</summary>
    public int AllianceRatings { get; init; } = 3;

    internal sealed class Validator : AbstractValidator<PromptSettings>
    {
        public Validator()
        {
            RuleFor(prompts => prompts.StalledGoalDays).InclusiveBetween(1, 366);
            RuleFor(prompts => prompts.AlliancePoints).InclusiveBetween(0.5m, 10);
            RuleFor(prompts => prompts.AllianceRatings).InclusiveBetween(1, 20);
        }
    }
}
