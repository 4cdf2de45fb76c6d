using System.Text.RegularExpressions;
using FluentValidation;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Records;

/// <summary>Rules that several contracts share.</summary>
internal static partial class RecordRules
{
    /// <summary>How far a phone's clock may be ahead of ours.</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    /// <summary>What RFC 5646, 4.4.1 asks every program to hold.</summary>
    private const int LongestLanguageTag = 35;

    /// <summary>A partner's own id: 1 to 200 visible characters, no space at either end, so that both databases compare alike.</summary>
    public static IRuleBuilderOptions<T, string?> ExternalId<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(id => id is null || IsExternalId(id)).WithErrorCode(FaultCodes.InvalidFormat).WithMessage(ExternalIdMessage);

    /// <summary>The fault of an external id that stands in the path; null where it has none.</summary>
    public static Fault? FaultOfExternalId(string inPath) =>
        TextFormats.Text(inPath) is { } unfit ? Fault.InQuery("externalId", unfit.Code, unfit.Detail)
        : IsExternalId(inPath) ? null
        : Fault.InQuery("externalId", FaultCodes.InvalidFormat, ExternalIdMessage);

    public static IRuleBuilderOptions<T, string?> TimeZone<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(zone => zone is null || (TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found) && found.HasIanaId))
            .WithErrorCode(FaultCodes.UnknownValue).WithMessage("Must be an IANA time zone, such as Europe/London.");

    public static IRuleBuilderOptions<T, string?> Language<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(tag => tag is null || (tag.Length <= LongestLanguageTag && LanguageTag().IsMatch(tag)))
            .WithErrorCode(FaultCodes.InvalidFormat).WithMessage("Must be a BCP 47 language tag, such as en or pt-BR.");

    /// <summary>The part in somebody's care: a short lower-case code.</summary>
    public static IRuleBuilderOptions<T, string> CareRole<T>(this IRuleBuilder<T, string> rule) =>
        rule.Must(role => RoleCode().IsMatch(role))
            .WithErrorCode(FaultCodes.InvalidFormat).WithMessage("Must be a code of 1 to 64 lower-case letters, digits and hyphens.");

    public static IRuleBuilderOptions<T, DateOnly?> PlausibleBirthDate<T>(this IRuleBuilder<T, DateOnly?> rule, TimeProvider time) =>
        rule.Must(date => date is null || date <= DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime.AddDays(1)))
            .WithErrorCode(FaultCodes.OutOfRange).WithMessage("Must not lie in the future.");

    public static IRuleBuilderOptions<T, DateTimeOffset> NotInTheFuture<T>(this IRuleBuilder<T, DateTimeOffset> rule, TimeProvider time) =>
        rule.Must(instant => instant <= time.GetUtcNow() + ClockTolerance)
            .WithErrorCode(FaultCodes.OutOfRange).WithMessage("Must not lie in the future.");

    private const string ExternalIdMessage = "Must have 1 to 200 characters, none of them a space at either end.";

    private static bool IsExternalId(string id) => id.Length is > 0 and <= 200 && id == id.Trim();

    [GeneratedRegex("^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$", RegexOptions.CultureInvariant)]
    private static partial Regex LanguageTag();

    [GeneratedRegex("^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$", RegexOptions.CultureInvariant)]
    private static partial Regex RoleCode();
}
