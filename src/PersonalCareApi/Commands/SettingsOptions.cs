using System.CommandLine;
using System.Globalization;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Partners;

namespace PersonalCareApi.Commands;

/// <summary>A partner's settings as options; what is not given stays.</summary>
internal static class SettingsOptions
{
    private const string OptIn = "opt-in";
    private const string ImpliedTreatment = "implied-treatment";

    private static readonly Option<string> Rule =
        new Option<string>("--default-rule") { Description = "What holds where no consent speaks." }.AcceptOnlyFrom(OptIn, ImpliedTreatment);

    private static readonly Option<string[]> Closing = new("--closing")
    {
        Description = "The labels that close an item which no permit names, such as HIV GDIS.",
        AllowMultipleArgumentsPerToken = true,
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<bool> Part2 = new("--part2") { Description = "Whether it is a programme under 42 CFR Part 2." };

    private static readonly Option<int> Age = new("--age-of-consent") { Description = "The age from which a client consents alone." };

    private static readonly Option<string[]> AgeFor = new("--age-for")
    {
        Description = "An age that differs for a purpose, such as HRESCH=18; HRESCH= takes it away.",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<bool> FlagReader = new("--requires-flag-reader")
    {
        Description = "Whether an instrument with critical items needs a practitioner who could read its flag.",
    };

    private static readonly Option<string[]> Retain = new("--retain")
    {
        Description = "For how many years after the last entry a category is kept although a record is erased, such as session-notes=10; session-notes= takes it away.",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<int> FlagDue = new("--flag-due-hours") { Description = "Within how many hours a flag must be acknowledged." };

    private static readonly Option<int> FlagEscalation = new("--flag-escalate-hours") { Description = "After how many hours a flag that nobody acknowledged escalates." };

    private static readonly Option<string> FlagEscalationTo = new("--flag-escalate-to") { Description = "The role it escalates to, such as supervisor." };

    private static readonly Option<string[]> Prompts = new("--prompt")
    {
        Description = "What raises prompts: deterioration, not-on-track, stalled-goals, falling-alliance, each =1 or =0; stalled-goal-days=28, alliance-points=2, alliance-ratings=3.",
        AllowMultipleArgumentsPerToken = true,
    };

    public static IEnumerable<Option> All => [Rule, Closing, Part2, Age, AgeFor, FlagReader, Retain, FlagDue, FlagEscalation, FlagEscalationTo, Prompts];

    /// <summary>The settings with what was given.</summary>
    public static SettingsChange Apply(Verb verb, SettingsChange settings) => settings with
    {
        DefaultRule = verb.Has(Rule)
            ? verb.Value(Rule) == ImpliedTreatment ? DefaultRule.ImpliedTreatment : DefaultRule.OptIn
            : settings.DefaultRule,
        ClosingLabels = verb.Has(Closing) ? verb.Value(Closing).Words() : settings.ClosingLabels,
        Part2Programme = verb.Has(Part2) ? verb.Value(Part2) : settings.Part2Programme,
        AgeOfConsent = verb.Has(Age) ? verb.Value(Age) : settings.AgeOfConsent,
        AgeOfConsentByPurpose = verb.Has(AgeFor) ? Numbers(settings.AgeOfConsentByPurpose, verb.Value(AgeFor), "--age-for takes PURPOSE=AGE") : settings.AgeOfConsentByPurpose,
        RequiresFlagReader = verb.Has(FlagReader) ? verb.Value(FlagReader) : settings.RequiresFlagReader,
        Retention = verb.Has(Retain) ? Numbers(settings.Retention, verb.Value(Retain), "--retain takes CATEGORY=YEARS") : settings.Retention,
        Flags = settings.Flags with
        {
            DueHours = verb.Has(FlagDue) ? verb.Value(FlagDue) : settings.Flags.DueHours,
            EscalateHours = verb.Has(FlagEscalation) ? verb.Value(FlagEscalation) : settings.Flags.EscalateHours,
            EscalateTo = verb.Has(FlagEscalationTo) ? verb.Value(FlagEscalationTo)! : settings.Flags.EscalateTo,
        },
        Prompts = verb.Has(Prompts) ? Settled(settings.Prompts, verb.Value(Prompts)) : settings.Prompts,
    };

    private static PromptSettings Settled(PromptSettings settings, string[] given)
    {
        foreach (var (name, number) in Numbers(new Dictionary<string, int>(), given, "--prompt takes NAME=NUMBER"))
        {
            settings = name switch
            {
                "deterioration" => settings with { Deterioration = number != 0 },
                "not-on-track" => settings with { NotOnTrack = number != 0 },
                "stalled-goals" => settings with { StalledGoals = number != 0 },
                "stalled-goal-days" => settings with { StalledGoalDays = number },
                "falling-alliance" => settings with { FallingAlliance = number != 0 },
                "alliance-points" => settings with { AlliancePoints = number },
                "alliance-ratings" => settings with { AllianceRatings = number },
                _ => throw new CommandFailed($"--prompt knows no {name}."),
            };
        }

        return settings;
    }

    /// <summary>Each word of each value: lists may be given in one word or in several.</summary>
    public static IReadOnlyList<string> Words(this IEnumerable<string> values) =>
        [.. values.SelectMany(value => value.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries))];

    private static Dictionary<string, int> Numbers(IReadOnlyDictionary<string, int> settled, string[] given, string takes)
    {
        var numbers = settled.ToDictionary();
        foreach (var word in given.Words())
        {
            switch (word.Split('='))
            {
                case [var name, ""]:
                    numbers.Remove(name);
                    break;
                case [var name, var text] when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number):
                    numbers[name] = number;
                    break;
                default:
                    throw new CommandFailed($"{takes}, not {word}.");
            }
        }

        return numbers;
    }

    private static Option<string> AcceptOnlyFrom(this Option<string> option, params string[] values)
    {
        option.AcceptOnlyFromAmong(values);
        return option;
    }
}
