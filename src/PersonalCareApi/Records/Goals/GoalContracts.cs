using System.ComponentModel.DataAnnotations;
using FluentValidation;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Domain.Outcomes;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Records.Disagreements;

namespace PersonalCareApi.Records.Goals;

/// <summary>The terms of a goal: what both sides agree to.</summary>
[ServerSets("id", "clientId", "status", "termsVersion", "proposedBy", "proposedAt", "changedBy", "changedAt", "agreements",
    "achievement", "settingAside", "retraction", "disagreements", "version", "etag")]
internal sealed record GoalTerms
{
    public const string Example = """
        { "statement": "Meet a friend outside the house once a week.", "why": "I miss laughing with people.", "weight": 2,
          "targetDate": "2026-12-18",
          "levels": [
            { "level": -2, "description": "No meeting in a month." }, { "level": -1, "description": "One or two meetings a month." },
            { "level": 0, "description": "One meeting a week." }, { "level": 1, "description": "One meeting a week, once with more than one person." },
            { "level": 2, "description": "Two meetings a week." } ],
          "needs": [ "company" ], "strengths": [ "two old friends nearby" ], "instruments": [ "phq-9" ] }
        """;

    /// <summary>What is to be reached, in words that the client would use.</summary>
    public required string Statement { get; init; }

    /// <summary>Why it matters to the client.</summary>
    public string? Why { get; init; }

    /// <summary>How much it counts among the client's goals, 0 to 100; a goal of weight 0 is followed but not counted.</summary>
    public decimal Weight { get; init; } = 1;

    /// <summary>By when it is hoped for.</summary>
    public DateOnly? TargetDate { get; init; }

    /// <summary>The five attainment levels, each described so that both sides would agree which one is reached.</summary>
    public required IReadOnlyList<LevelContent> Levels { get; init; }

    /// <summary>The client's needs that it answers.</summary>
    public IReadOnlyList<string> Needs { get; init; } = [];

    /// <summary>The client's strengths that it builds on.</summary>
    public IReadOnlyList<string> Strengths { get; init; } = [];

    /// <summary>The instruments, by code, that should show its effect.</summary>
    public IReadOnlyList<string> Instruments { get; init; } = [];

    /// <summary>HL7 sensitivity labels that close the goal further, such as <c>SUD</c>.</summary>
    public IReadOnlyList<string> Sensitivities { get; init; } = [];

    /// <summary>Whether two terms say the same.</summary>
    public bool Says(GoalTerms other) => StoredText.Of(this) == StoredText.Of(other);

    internal sealed class Validator : AbstractValidator<GoalTerms>
    {
        private const int MostLinks = 20;
        private const int LongestLink = 200;
        private static readonly int[] EachLevel = [-2, -1, 0, 1, 2];

        public Validator()
        {
            RuleFor(goal => goal.Statement).NotEmpty().MaximumLength(2000);
            RuleFor(goal => goal.Why).Length(1, 2000);
            RuleFor(goal => goal.Weight).InclusiveBetween(0, 100).PrecisionScale(7, 4, ignoreTrailingZeros: true);
            RuleFor(goal => goal.Levels).AtMost(EachLevel.Length);
            RuleFor(goal => goal.Levels).Must(levels => levels.Select(level => level?.Level).Order().SequenceEqual(EachLevel.Cast<int?>()))
                .WithErrorCode(FaultCodes.InvalidValue).WithMessage("Must describe each of the levels -2, -1, 0, 1 and 2 once.");
            RuleForEach(goal => goal.Levels).SetValidator(new LevelContent.Validator());
            RuleFor(goal => goal.Needs).AtMost(MostLinks);
            RuleForEach(goal => goal.Needs).Length(1, LongestLink);
            RuleFor(goal => goal.Strengths).AtMost(MostLinks);
            RuleForEach(goal => goal.Strengths).Length(1, LongestLink);
            RuleFor(goal => goal.Instruments).AtMost(MostLinks);
            RuleForEach(goal => goal.Instruments).Length(1, 64);
            RuleFor(goal => goal.Sensitivities).AtMost(MostLinks);
            RuleForEach(goal => goal.Sensitivities).AuthorsLabel();
        }
    }
}

/// <summary>What it looks like when a level is reached.</summary>
internal sealed record LevelContent
{
    /// <summary>−2 much less than expected, −1 less, 0 the expected outcome, 1 more, 2 much more.</summary>
    public required int Level { get; init; }

    public required string Description { get; init; }

    internal sealed class Validator : AbstractValidator<LevelContent>
    {
        public Validator()
        {
            RuleFor(level => level.Level).InclusiveBetween(GoalAttainment.Lowest, GoalAttainment.Highest);
            RuleFor(level => level.Description).NotEmpty().MaximumLength(1000);
        }
    }
}

/// <summary>That a goal is achieved.</summary>
internal sealed record AchieveGoal
{
    public const string Example = """
        { "note": "Four weeks in a row." }
        """;

    public string? Note { get; init; }

    internal sealed class Validator : AbstractValidator<AchieveGoal>
    {
        public Validator() => RuleFor(achievement => achievement.Note).Length(1, 2000);
    }
}

/// <summary>That a goal is no longer pursued.</summary>
internal sealed record SetGoalAside
{
    public const string Example = """
        { "reason": "The move to another town comes first." }
        """;

    /// <summary>Why; it stays readable with the goal.</summary>
    public required string Reason { get; init; }

    internal sealed class Validator : AbstractValidator<SetGoalAside>
    {
        public Validator() => RuleFor(setting => setting.Reason).NotEmpty().MaximumLength(2000);
    }
}

/// <summary>Which goals.</summary>
internal sealed record GoalQuery : PageQuery
{
    /// <summary>Only goals of this status.</summary>
    public GoalStatus? Status { get; init; }
}

/// <summary>Where a goal stands; each is reached by a fact that somebody recorded.</summary>
internal enum GoalStatus
{
    /// <summary>Not yet signed by both sides.</summary>
    Proposed,

    /// <summary>Signed by both sides.</summary>
    Agreed,

    Achieved,
    SetAside,

    /// <summary>Entered in error.</summary>
    Retracted,
}

/// <summary>A goal with who proposed, changed and signed it.</summary>
internal sealed record GoalResponse : IVersioned
{
    public const string Example = """
        { "id": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d", "clientId": "0197a000-0000-7000-8000-000000000201",
          "statement": "Meet a friend outside the house once a week.", "why": "I miss laughing with people.", "weight": 2,
          "targetDate": "2026-12-18",
          "levels": [
            { "level": -2, "description": "No meeting in a month." }, { "level": -1, "description": "One or two meetings a month." },
            { "level": 0, "description": "One meeting a week." }, { "level": 1, "description": "One meeting a week, once with more than one person." },
            { "level": 2, "description": "Two meetings a week." } ],
          "needs": [ "company" ], "strengths": [ "two old friends nearby" ], "instruments": [ "phq-9" ], "sensitivities": [],
          "status": "agreed", "termsVersion": 1,
          "proposedBy": { "kind": "practitioner", "id": "0197a000-0000-7000-8000-000000000101" }, "proposedAt": "2026-05-04T09:30:00Z",
          "changedBy": { "kind": "client", "id": "0197a000-0000-7000-8000-000000000201" }, "changedAt": "2026-05-05T18:02:00Z",
          "agreements": [
            { "by": { "kind": "practitioner", "id": "0197a000-0000-7000-8000-000000000101" }, "version": 1, "at": "2026-05-04T09:31:00Z", "inForce": true },
            { "by": { "kind": "client", "id": "0197a000-0000-7000-8000-000000000201" }, "version": 1, "at": "2026-05-05T18:02:00Z", "inForce": true } ],
          "achievement": null, "settingAside": null, "retraction": null, "disagreements": [], "version": 3, "etag": "\"3\"" }
        """;

    public required Guid Id { get; init; }

    public required Guid ClientId { get; init; }

    /// <summary>Null, like every text of the goal, where the purpose, such as payment, needs no narrative.</summary>
    public required string? Statement { get; init; }

    public required string? Why { get; init; }

    public required decimal Weight { get; init; }

    public required DateOnly? TargetDate { get; init; }

    public required IReadOnlyList<LevelContent>? Levels { get; init; }

    public required IReadOnlyList<string>? Needs { get; init; }

    public required IReadOnlyList<string>? Strengths { get; init; }

    public required IReadOnlyList<string> Instruments { get; init; }

    public required IReadOnlyList<string> Sensitivities { get; init; }

    public required GoalStatus Status { get; init; }

    /// <summary>The version at which the present terms were set: what an agreement is to.</summary>
    public required int TermsVersion { get; init; }

    public required PartyResponse ProposedBy { get; init; }

    public required DateTimeOffset ProposedAt { get; init; }

    /// <summary>Who made this version.</summary>
    public required PartyResponse ChangedBy { get; init; }

    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>Every signature, those of earlier terms included.</summary>
    public required IReadOnlyList<AgreementResponse> Agreements { get; init; }

    public required AchievementResponse? Achievement { get; init; }

    public required FactResponse? SettingAside { get; init; }

    public required FactResponse? Retraction { get; init; }

    /// <summary>What the client, or a representative, says against it, oldest first; shown with it as it is now.</summary>
    [MaxLength(DisagreementResponse.MostOfOneItem)]
    public required IReadOnlyList<DisagreementResponse> Disagreements { get; init; }

    public required int Version { get; init; }

    public string Etag => ETags.For(Version);

    public static GoalResponse From(AccessGrant grant, Goal goal)
    {
        var (content, terms) = (goal.Content, goal.Content.Terms);
        var narrative = !grant.Obligations.HasFlag(Obligations.MinimumNecessary);
        return new GoalResponse
        {
            Id = goal.Id,
            ClientId = grant.ClientId,
            Statement = narrative ? terms.Statement : null,
            Why = narrative ? terms.Why : null,
            Weight = terms.Weight,
            TargetDate = terms.TargetDate,
            Levels = narrative ? terms.Levels : null,
            Needs = narrative ? terms.Needs : null,
            Strengths = narrative ? terms.Strengths : null,
            Instruments = terms.Instruments,
            Sensitivities = terms.Sensitivities,
            Status = goal.Status,
            TermsVersion = content.TermsVersion,
            ProposedBy = content.ProposedBy,
            ProposedAt = content.ProposedAt,
            ChangedBy = content.ChangedBy,
            ChangedAt = content.ChangedAt,
            Agreements = [.. content.Agreements.Select(one => new AgreementResponse(one.By, one.Version, one.At, one.Version == content.TermsVersion))],
            Achievement = AchievementResponse.From(content.Achievement, narrative),
            SettingAside = FactResponse.From(content.SettingAside, narrative),
            Retraction = FactResponse.From(content.Retraction, narrative),
            Disagreements = DisagreementResponse.Of(grant, goal.Disagreements),
            Version = goal.Version,
        };
    }
}

/// <summary>A signature under the terms of a goal.</summary>
/// <param name="By">Who signed.</param>
/// <param name="Version">The version at which the terms signed were set.</param>
/// <param name="At">When.</param>
/// <param name="InForce">False once the terms have been amended.</param>
internal sealed record AgreementResponse(PartyResponse By, int Version, DateTimeOffset At, bool InForce);

/// <summary>That a goal was achieved.</summary>
/// <param name="By">Who said so.</param>
/// <param name="At">When.</param>
/// <param name="Note">In which words; null where none were given, or where the purpose needs no narrative.</param>
internal sealed record AchievementResponse(PartyResponse By, DateTimeOffset At, string? Note)
{
    public static AchievementResponse? From(RecordedFact? fact, bool narrative) =>
        fact is null ? null : new AchievementResponse(fact.By, fact.At, narrative ? fact.Text : null);
}
