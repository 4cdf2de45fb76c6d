using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using FluentValidation;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Records;
using PersonalCareApi.Records.Consents;

namespace PersonalCareApi.Partners;

/// <summary>A text that you show when you ask for consent, to be registered with its first version.</summary>
internal sealed record CreateConsentWording
{
    public const string Example = """
        { "id": "sharing-with-gp", "version": "1",
          "texts": [ { "language": "en", "title": "Letters to your doctor",
            "text": "We write to your family doctor what we work on together, and nothing of what you answer in questionnaires.",
            "howToWithdraw": "Open Privacy in the app and press Take back. It ends at once." } ],
          "provisions": [ { "effect": "permit", "grantees": [ { "kind": "care-team" } ], "categories": [ "goals", "plans" ],
            "actions": [ "read", "share" ], "purposes": [ "TREAT" ] } ] }
        """;

    /// <summary>Your own code for it, such as <c>intake</c>: what consents name in <c>evidence.wording.id</c>.</summary>
    public required string Id { get; init; }

    /// <summary>What the first version is called; <c>1</c> where it is left out.</summary>
    public string? Version { get; init; }

    /// <summary>The text in each language it is shown in.</summary>
    public required IReadOnlyList<WordingText> Texts { get; init; }

    /// <summary>What whoever agrees to the text consents to; no consent that names it may be wider.</summary>
    public required IReadOnlyList<ProvisionContent> Provisions { get; init; }

    internal sealed class Validator : AbstractValidator<CreateConsentWording>
    {
        public Validator()
        {
            RuleFor(wording => wording.Id).WordingCode();
            RuleFor(wording => wording.Version).WordingVersion();
            RuleFor(wording => wording.Texts).OneForEachLanguage();
            RuleForEach(wording => wording.Texts).SetValidator(new WordingTextRules());
            RuleFor(wording => wording.Provisions).OfOneConsent();
            RuleForEach(wording => wording.Provisions).SetValidator(new ProvisionWordRules());
        }
    }
}

/// <summary>A new version of a text that you show. It never changes once it is there.</summary>
internal sealed record CreateConsentWordingVersion
{
    public const string Example = """
        { "version": "4",
          "texts": [ { "language": "en", "title": "Your care with us",
            "text": "Everyone of our practice who works with you may see and add to what is written down for your treatment, but no notes of sessions.",
            "howToWithdraw": "Open Privacy in the app and press Take back. It ends at once." } ],
          "provisions": [ { "effect": "permit", "grantees": [ { "kind": "partner" } ], "categories": [ "assessments", "goals", "plans" ],
            "actions": [ "read", "write" ], "purposes": [ "TREAT" ] } ] }
        """;

    /// <summary>What it is called; the next number where it is left out.</summary>
    public string? Version { get; init; }

    /// <summary>The text in each language it is shown in.</summary>
    public required IReadOnlyList<WordingText> Texts { get; init; }

    /// <summary>What whoever agrees to the text consents to; no consent that names it may be wider.</summary>
    public required IReadOnlyList<ProvisionContent> Provisions { get; init; }

    internal sealed class Validator : AbstractValidator<CreateConsentWordingVersion>
    {
        public Validator()
        {
            RuleFor(wording => wording.Version).WordingVersion();
            RuleFor(wording => wording.Texts).OneForEachLanguage();
            RuleForEach(wording => wording.Texts).SetValidator(new WordingTextRules());
            RuleFor(wording => wording.Provisions).OfOneConsent();
            RuleForEach(wording => wording.Provisions).SetValidator(new ProvisionWordRules());
        }
    }
}

/// <summary>What is shown in one language.</summary>
internal sealed record WordingText
{
    /// <summary>A BCP 47 language tag, such as <c>en</c> or <c>pt-BR</c>.</summary>
    public required string Language { get; init; }

    public required string Title { get; init; }

    /// <summary>The whole text, as it is shown.</summary>
    [MaxLength(WordingTextRules.LongestText)]
    public required string Text { get; init; }

    /// <summary>How the consent is taken back, in words for the client.</summary>
    public required string HowToWithdraw { get; init; }
}

/// <summary>Each text by itself.</summary>
internal sealed class WordingTextRules : AbstractValidator<WordingText>
{
    public const int LongestText = 20_000;

    public WordingTextRules()
    {
        RuleFor(text => text.Language).Language();
        RuleFor(text => text.Title).NotEmpty().MaximumLength(200);
        RuleFor(text => text.Text).NotEmpty().MaximumLength(LongestText);
        RuleFor(text => text.HowToWithdraw).NotEmpty().MaximumLength(2000);
    }
}

/// <summary>How wordings and their versions are named, and what they hold.</summary>
internal static partial class ConsentWordingRules
{
    private const int MostLanguages = 50;

    private static readonly Limits Codes = new() { MinLength = 1, MaxLength = 64, Pattern = CodeForm() };
    private static readonly Limits Versions = new() { MinLength = 1, MaxLength = 50, Pattern = VersionForm() };

    /// <summary>Whether a wording can have this code and a version of it this name: any other is nobody's.</summary>
    public static bool CanBeNamed(string code, string version) => Codes.Hold(code) && Versions.Hold(version);

    public static bool CanBeNamed(string code) => Codes.Hold(code);

    public static IRuleBuilderOptions<T, string> WordingCode<T>(this IRuleBuilder<T, string> rule) => rule.Within(Codes)
        .WithErrorCode(FaultCodes.InvalidFormat).WithMessage("Must be a code of 1 to 64 lower-case letters, digits and hyphens.");

    public static IRuleBuilderOptions<T, string?> WordingVersion<T>(this IRuleBuilder<T, string?> rule) => rule.Within(Versions)
        .WithErrorCode(FaultCodes.InvalidFormat).WithMessage("Must have 1 to 50 letters, digits, points, hyphens and underscores.");

    public static IRuleBuilderOptions<T, IReadOnlyList<WordingText>> OneForEachLanguage<T>(this IRuleBuilder<T, IReadOnlyList<WordingText>> rule) =>
        rule.Within(new Limits { MinItems = 1, MaxItems = MostLanguages })
            .WithErrorCode(FaultCodes.WrongLength).WithMessage($"Must hold 1 to {MostLanguages} languages.")
            .Must(texts => texts.Select(text => text.Language).Distinct(StringComparer.OrdinalIgnoreCase).Count() == texts.Count)
            .WithErrorCode("repeated-language").WithMessage("Each language is named once.");

    [GeneratedRegex("^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$", RegexOptions.CultureInvariant)]
    private static partial Regex CodeForm();

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,49}$", RegexOptions.CultureInvariant)]
    private static partial Regex VersionForm();
}

/// <summary>Which text of a version.</summary>
internal sealed record WordingQuery
{
    /// <summary>Only the text in this language; every language where it is left out.</summary>
    [MaxLength(35)]
    public string? Language { get; init; }
}

/// <summary>A text that you show when you ask for consent, with its versions.</summary>
internal sealed record ConsentWordingResponse : IVersioned
{
    public const string Example = """
        { "id": "intake", "createdAt": "2026-05-04T08:00:00Z",
          "versions": [ { "version": "3", "languages": [ "en" ], "createdAt": "2026-05-04T08:00:00Z", "retiredAt": null } ], "etag": "\"1\"" }
        """;

    public required string Id { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Oldest first.</summary>
    public required IReadOnlyList<WordingVersionSummary> Versions { get; init; }

    public string Etag => ETags.For(Version);

    // A version is added, or retired: nothing else ever happens to it.
    private int Version => Versions.Count + Versions.Count(version => version.RetiredAt is not null);

    int IVersioned.Version => Version;

    public static ConsentWordingResponse From(ConsentWording wording, IEnumerable<KnownVersion> versions) => new()
    {
        Id = wording.Code,
        CreatedAt = wording.CreatedAt,
        Versions = [.. versions.Select(WordingVersionSummary.From)],
    };
}

/// <summary>A version of a wording in a few words.</summary>
internal sealed record WordingVersionSummary
{
    public const string Example = """
        { "version": "3", "languages": [ "en" ], "createdAt": "2026-05-04T08:00:00Z", "retiredAt": null }
        """;

    public required string Version { get; init; }

    public required IReadOnlyList<string> Languages { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Since when no new consent may name it; null while it may.</summary>
    public required DateTimeOffset? RetiredAt { get; init; }

    public static WordingVersionSummary From(KnownVersion version) => new()
    {
        Version = version.Version,
        Languages = version.Languages.Split(' '),
        CreatedAt = version.CreatedAt,
        RetiredAt = version.RetiredAt,
    };
}

/// <summary>One version of a wording: the text that is shown, and the provisions it stands for.</summary>
internal sealed record ConsentWordingVersionResponse : IVersioned
{
    public const string Example = """
        { "id": "intake", "version": "3",
          "texts": [ { "language": "en", "title": "Your care with us",
            "text": "Everyone of our practice who works with you may see and add to what is written down for your treatment.",
            "howToWithdraw": "Open Privacy in the app and press Take back. It ends at once." } ],
          "provisions": [ { "effect": "permit", "grantees": [ { "kind": "partner", "id": null, "code": null } ],
            "categories": [ "assessments", "goals" ], "actions": [ "read", "write" ], "purposes": [ "TREAT" ], "sensitivities": null,
            "period": null, "dataPeriod": null, "authoredBy": null, "parts": null } ],
          "createdAt": "2026-05-04T08:00:00Z", "retiredAt": null, "etag": "\"1\"" }
        """;

    /// <summary>The wording's code.</summary>
    public required string Id { get; init; }

    public required string Version { get; init; }

    /// <summary>The texts, or the one that was asked for.</summary>
    public required IReadOnlyList<WordingText> Texts { get; init; }

    public required IReadOnlyList<ProvisionContent> Provisions { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Since when no new consent may name it; null while it may.</summary>
    public required DateTimeOffset? RetiredAt { get; init; }

    public string Etag => ETags.For(Number);

    int IVersioned.Version => Number;

    private int Number => NumberOf(RetiredAt);

    /// <summary>It is made, and it may be retired: the two states it ever has.</summary>
    public static int NumberOf(DateTimeOffset? retiredAt) => retiredAt is null ? 1 : 2;

    public static ConsentWordingVersionResponse From(string code, ConsentWordingVersion version, string? language = null) => new()
    {
        Id = code,
        Version = version.Version,
        Texts = language is null ? version.Terms.Texts : [version.Terms.In(language)!],
        Provisions = version.Terms.Provisions,
        CreatedAt = version.CreatedAt,
        RetiredAt = version.RetiredAt,
    };
}

/// <summary>What one version of a wording says and stands for.</summary>
internal sealed record WordingTerms(IReadOnlyList<WordingText> Texts, IReadOnlyList<ProvisionContent> Provisions)
{
    /// <summary>Codes, with a space between.</summary>
    [JsonIgnore]
    public string Languages => string.Join(' ', Texts.Select(text => text.Language));

    /// <summary>The text in exactly this language: one in another was not what was shown.</summary>
    public WordingText? In(string language) =>
        Texts.FirstOrDefault(text => string.Equals(text.Language, language, StringComparison.OrdinalIgnoreCase));

    /// <summary>The provisions as the engine sees them; null where one says something this version of the program does not understand.</summary>
    public IReadOnlyList<ConsentProvision>? ToDomain()
    {
        var provisions = Provisions.Select(provision => provision.ToDomain()).OfType<ConsentProvision>().ToList();
        return provisions.Count == Provisions.Count ? provisions : null;
    }
}
