using System.Text.RegularExpressions;
using FluentValidation;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Records;

/// <summary>Rules that several contracts share.</summary>
internal static partial class RecordRules
{
    /// <summary>How far a phone's clock may be ahead of ours.</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    /// <summary>What RFC 5646, 4.4.1 asks every program to hold.</summary>
    private const int LongestLanguageTag = 35;

    private const int LongestTimeZone = 64;

    public const int LongestExternalId = 200;

    /// <summary>A partner's own id: 1 to 200 visible characters, no space at either end, so that both databases compare alike.</summary>
    public static IRuleBuilderOptions<T, string?> ExternalId<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Within(ExternalIds).WithErrorCode(FaultCodes.InvalidFormat).WithMessage(ExternalIdMessage);

    /// <summary>The fault of an external id that stands in the path; null where it has none.</summary>
    public static Fault? FaultOfExternalId(string inPath) =>
        TextFormats.Text(inPath) is { } unfit ? Fault.InQuery("externalId", unfit.Code, unfit.Detail)
        : ExternalIds.Hold(inPath) ? null
        : Fault.InQuery("externalId", FaultCodes.InvalidFormat, ExternalIdMessage);

    public static IRuleBuilderOptions<T, string?> TimeZone<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Within(new Limits { MaxLength = LongestTimeZone }).WithErrorCode(FaultCodes.UnknownValue).WithMessage(TimeZoneMessage)
            .Must(zone => zone is null or { Length: > LongestTimeZone }
                || (TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found) && found.HasIanaId))
            .WithErrorCode(FaultCodes.UnknownValue).WithMessage(TimeZoneMessage);

    public static IRuleBuilderOptions<T, string?> Language<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Within(new Limits { MaxLength = LongestLanguageTag, Pattern = LanguageTag() })
            .WithErrorCode(FaultCodes.InvalidFormat).WithMessage("Must be a BCP 47 language tag, such as en or pt-BR.");

    /// <summary>The part in somebody's care: a short lower-case code.</summary>
    public static IRuleBuilderOptions<T, string?> CareRole<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Within(new Limits { MinLength = 1, MaxLength = 64, Pattern = RoleCode() })
            .WithErrorCode(FaultCodes.InvalidFormat).WithMessage("Must be a code of 1 to 64 lower-case letters, digits and hyphens.");

    /// <summary>A label that an author may put on an item; that of process notes belongs to their store alone.</summary>
    public static IRuleBuilderOptions<T, string> AuthorsLabel<T>(this IRuleBuilder<T, string> rule) =>
        rule.OneOf([.. (Sensitivities.Known & ~Sensitivity.PsyThPn).Codes()]).WithMessage("Must be an HL7 sensitivity label, such as SUD.");

    public static IRuleBuilderOptions<T, DateOnly?> PlausibleBirthDate<T>(this IRuleBuilder<T, DateOnly?> rule, TimeProvider time) =>
        rule.Must(date => date is null || date <= DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime.AddDays(1)))
            .WithErrorCode(FaultCodes.OutOfRange).WithMessage("Must not lie in the future.");

    public static IRuleBuilderOptions<T, DateTimeOffset> NotInTheFuture<T>(this IRuleBuilder<T, DateTimeOffset> rule, TimeProvider time) =>
        rule.Must(instant => instant <= time.GetUtcNow() + ClockTolerance)
            .WithErrorCode(FaultCodes.OutOfRange).WithMessage("Must not lie in the future.");

    public static IRuleBuilderOptions<T, DateTimeOffset?> NotInTheFuture<T>(this IRuleBuilder<T, DateTimeOffset?> rule, TimeProvider time) =>
        rule.Must(instant => instant is null || instant <= time.GetUtcNow() + ClockTolerance)
            .WithErrorCode(FaultCodes.OutOfRange).WithMessage("Must not lie in the future.");

    private const string ExternalIdMessage = "Must have 1 to 200 characters on one line, none of them a space at either end.";
    private const string TimeZoneMessage = "Must be an IANA time zone, such as Europe/London.";

    private static readonly Limits ExternalIds = new() { MinLength = 1, MaxLength = LongestExternalId, Pattern = OneLine() };

    [GeneratedRegex(@"^\S(?:[^\r\n]*\S)?$", RegexOptions.CultureInvariant)]
    private static partial Regex OneLine();

    [GeneratedRegex("^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$", RegexOptions.CultureInvariant)]
    private static partial Regex LanguageTag();

    [GeneratedRegex("^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$", RegexOptions.CultureInvariant)]
    private static partial Regex RoleCode();
}
