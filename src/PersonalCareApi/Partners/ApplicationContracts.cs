using FluentValidation;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Partners;

/// <summary>An application of yours, to be registered with the most it may do.</summary>
internal sealed record CreateApplication
{
    public const string Example = """
        { "code": "harbour-kiosk", "name": "Questionnaires in the waiting room", "scopes": ["assessments:write"], "purposes": ["TREAT"] }
        """;

    /// <summary>Its id at your identity provider, as tokens name it; unique among your applications, and never used again.</summary>
    public required string Code { get; init; }

    public required string Name { get; init; }

    /// <summary>The subject of its tokens when it acts alone, where that is not the code.</summary>
    public string? Subject { get; init; }

    /// <summary>The scopes its tokens may carry; others in a token count for nothing.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>The purposes it may claim, as HL7 codes such as <c>TREAT</c>.</summary>
    public IReadOnlyList<string> Purposes { get; init; } = [];

    public Application ToApplication(Guid id, Guid partnerId, DateTimeOffset now) => new()
    {
        Id = id,
        PartnerId = partnerId,
        Version = 1,
        Code = Code,
        Name = Name,
        Subject = Subject,
        Scopes = string.Join(' ', Scopes.Distinct()),
        Purposes = string.Join(' ', Purposes.Distinct()),
        CreatedAt = now,
    };

    internal sealed class Validator : AbstractValidator<CreateApplication>
    {
        public Validator()
        {
            RuleFor(application => application.Code).MaximumLength(200).Must(ApplicationRules.IsId)
                .WithErrorCode(FaultCodes.InvalidFormat).WithMessage("Must have 1 to 200 visible ASCII characters.");
            RuleFor(application => application.Name).NotEmpty().MaximumLength(200);
            RuleFor(application => application.Subject).MaximumLength(200).Subject();
            RuleFor(application => application.Scopes).AtMost(ApplicationRules.MostWords);
            RuleFor(application => application.Purposes).AtMost(ApplicationRules.MostWords);
            RuleForEach(application => application.Scopes).KnownScope();
            RuleForEach(application => application.Purposes).KnownPurpose();
        }
    }
}

/// <summary>What may be changed of an application, as a merge patch.</summary>
[ServerSets("id", "code", "revokedAt", "version", "etag", "createdAt")]
internal sealed record ApplicationChange
{
    public const string Example = """
        { "name": "Harbour's app", "purposes": [ "TREAT", "PATRQT" ] }
        """;

    public required string Name { get; init; }

    public string? Subject { get; init; }

    public IReadOnlyList<string> Scopes { get; init; } = [];

    public IReadOnlyList<string> Purposes { get; init; } = [];

    public static ApplicationChange From(Application application) => new()
    {
        Name = application.Name,
        Subject = application.Subject,
        Scopes = application.ScopeList,
        Purposes = application.PurposeList,
    };

    internal sealed class Validator : AbstractValidator<ApplicationChange>
    {
        public Validator()
        {
            RuleFor(application => application.Name).NotEmpty().MaximumLength(200);
            RuleFor(application => application.Subject).MaximumLength(200).Subject();
            RuleFor(application => application.Scopes).AtMost(ApplicationRules.MostWords);
            RuleFor(application => application.Purposes).AtMost(ApplicationRules.MostWords);
            RuleForEach(application => application.Scopes).KnownScope();
            RuleForEach(application => application.Purposes).KnownPurpose();
        }
    }
}

/// <summary>An application of a partner's.</summary>
internal sealed record ApplicationResponse : IVersioned
{
    public const string Example = """
        { "id": "0197a000-0000-7000-8000-000000000021", "code": "harbour-app", "name": "Harbour's app", "subject": null,
          "scopes": [ "assessments:read", "assessments:write" ], "purposes": [ "TREAT", "PATRQT" ], "revokedAt": null, "version": 1,
          "etag": "\"1\"", "createdAt": "2026-05-04T08:00:00Z" }
        """;

    public required Guid Id { get; init; }

    public required string Code { get; init; }

    public required string Name { get; init; }

    public required string? Subject { get; init; }

    public required IReadOnlyList<string> Scopes { get; init; }

    public required IReadOnlyList<string> Purposes { get; init; }

    /// <summary>Since when none of its tokens is believed; null while it may come in.</summary>
    public required DateTimeOffset? RevokedAt { get; init; }

    public required int Version { get; init; }

    public string Etag => ETags.For(Version);

    public required DateTimeOffset CreatedAt { get; init; }

    public static ApplicationResponse From(Application application) => new()
    {
        Id = application.Id,
        Code = application.Code,
        Name = application.Name,
        Subject = application.Subject,
        Scopes = application.ScopeList,
        Purposes = application.PurposeList,
        RevokedAt = application.RevokedAt,
        Version = application.Version,
        CreatedAt = application.CreatedAt,
    };
}

/// <summary>Rules of what an application may be and do.</summary>
internal static class ApplicationRules
{
    /// <summary>More scopes or purposes than there are make no sense.</summary>
    public const int MostWords = 100;

    private const int Longest = 200;

    /// <summary>No space, so that both databases compare alike.</summary>
    public static bool IsId(string id) => id.Length is > 0 and <= Longest && id.All(c => c is > ' ' and < (char)127);

    public static IRuleBuilderOptions<T, string?> Subject<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(subject => subject is null || IsId(subject))
            .WithErrorCode(FaultCodes.InvalidFormat).WithMessage("Must have 1 to 200 visible ASCII characters.");

    public static IRuleBuilderOptions<T, string> KnownScope<T>(this IRuleBuilder<T, string> rule) =>
        rule.OneOf(Scopes.All).WithMessage("There is no such scope. Scopes are <category>:<action>, such as assessments:read.");

    public static IRuleBuilderOptions<T, string> KnownPurpose<T>(this IRuleBuilder<T, string> rule) =>
        rule.OneOf([.. PurposeOfUse.All.Select(purpose => purpose.Code)]).WithMessage("There is no such purpose of use. Purposes are HL7 codes, such as TREAT.");
}
