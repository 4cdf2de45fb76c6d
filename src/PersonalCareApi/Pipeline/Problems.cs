using System.Globalization;
using Microsoft.Net.Http.Headers;
using PersonalCareApi.Domain.Access;

namespace PersonalCareApi.Pipeline;

/// <summary>Makes every deliberate refusal; nothing else answers with a status of 400 or more.</summary>
internal static class Problems
{
    private const string Challenge = "Bearer realm=\"personal-care\"";

    // One instance: unknown, out of reach and not yours must not differ in a single byte but instance and traceId.
    private static readonly Problem NothingHere = new(ProblemCatalogue.NotFound);

    public static Problem NotFound() => NothingHere;

    /// <summary>A caller without a token, or (<paramref name="invalidToken"/>) with one that does not hold; why is not told.</summary>
    public static Problem Unauthorized(bool invalidToken = false) => new(ProblemCatalogue.Unauthorized)
    {
        Headers = Header(HeaderNames.WWWAuthenticate, invalidToken ? $"{Challenge}, error=\"invalid_token\"" : Challenge),
    };

    /// <summary>A related caller whose use is refused.</summary>
    /// <param name="scope">The scope that is missing, for <see cref="RefusalReason.ScopeMissing"/>.</param>
    public static Problem Forbidden(RefusalReason reason, string? scope = null) => new(ProblemCatalogue.Forbidden)
    {
        Reason = reason,
        Detail = Explain(reason),
        Headers = reason == RefusalReason.ScopeMissing && scope is not null
            ? Header(HeaderNames.WWWAuthenticate, $"{Challenge}, error=\"insufficient_scope\", scope=\"{scope}\"")
            : Empty,
    };

    /// <summary>A caller whose role does not allow what is no use of client data.</summary>
    public static Problem Forbidden(string detail) => new(ProblemCatalogue.Forbidden) { Detail = detail };

    public static Problem Invalid(IEnumerable<Fault> faults) => new(ProblemCatalogue.Invalid)
    {
        Detail = "See errors for what is wrong and where.",
        Errors = [.. faults],
    };

    public static Problem Invalid(Fault fault) => Invalid([fault]);

    public static Problem UnreadableJson(string detail) => new(ProblemCatalogue.UnreadableJson) { Detail = detail };

    /// <summary>415, naming what is taken in the header that RFC 9110 and RFC 5789 have for it.</summary>
    public static Problem UnsupportedMediaType(string expected) => new(ProblemCatalogue.UnsupportedMediaType)
    {
        Detail = $"This operation takes {expected} in UTF-8, not compressed.",
        Headers = Header(expected == MediaTypes.MergePatch ? "Accept-Patch" : HeaderNames.Accept, expected),
    };

    public static Problem TooLarge(int limit) => new(ProblemCatalogue.TooLarge)
    {
        Detail = string.Create(CultureInfo.InvariantCulture, $"The body may have at most {limit} bytes."),
    };

    public static Problem PreconditionRequired(string detail) => new(ProblemCatalogue.PreconditionRequired) { Detail = detail };

    public static Problem PreconditionFailed() => new(ProblemCatalogue.PreconditionFailed);

    public static Problem AlreadyExists(string detail) => new(ProblemCatalogue.AlreadyExists) { Detail = detail };

    public static Problem NoReader() => new(ProblemCatalogue.NoReader);

    public static Problem LicenceRequired(string detail) => new(ProblemCatalogue.LicenceRequired) { Detail = detail };

    public static Problem NotDefined(string detail) => new(ProblemCatalogue.NotDefined) { Detail = detail };

    public static Problem StateConflict(string detail) => new(ProblemCatalogue.StateConflict) { Detail = detail };

    public static Problem IdempotencyKeyInUse() => new(ProblemCatalogue.IdempotencyKeyInUse) { Headers = RetryAfter(TimeSpan.FromSeconds(1)) };

    public static Problem IdempotencyKeyReused() => new(ProblemCatalogue.IdempotencyKeyReused);

    public static Problem Gone(string detail) => new(ProblemCatalogue.Gone) { Detail = detail };

    public static Problem NotAcceptable(string detail) => new(ProblemCatalogue.NotAcceptable) { Detail = detail };

    public static Problem MethodNotAllowed() => new(ProblemCatalogue.MethodNotAllowed);

    public static Problem TooManyRequests(TimeSpan retryAfter) => new(ProblemCatalogue.TooManyRequests) { Headers = RetryAfter(retryAfter) };

    public static Problem Unavailable(TimeSpan retryAfter) => new(ProblemCatalogue.Unavailable) { Headers = RetryAfter(retryAfter) };

    public static Problem Internal() => new(ProblemCatalogue.Internal);

    /// <summary>The problem for a status that somebody set without a body; null where it is no refusal of ours.</summary>
    public static Problem? ForStatus(int status, HttpRequest request) => status switch
    {
        // Overwrites the framework's challenge, which may tell a stranger why the token does not hold.
        StatusCodes.Status401Unauthorized => Unauthorized(invalidToken: request.Headers.Authorization.Count > 0),
        StatusCodes.Status404NotFound => NotFound(),
        StatusCodes.Status503ServiceUnavailable => Unavailable(TimeSpan.FromSeconds(1)),
        _ => ProblemCatalogue.ForStatus(status) is { } kind ? new Problem(kind) : null,
    };

    private static string Explain(RefusalReason reason) => reason switch
    {
        RefusalReason.PurposeNotPermitted => "The purpose is missing or not permitted for this use.",
        RefusalReason.ScopeMissing => "The token does not carry the scope for this use.",
        RefusalReason.DeniedByClient => "The client has denied this use.",
        RefusalReason.LabelNotNamed => "The data carries a sensitivity label that the consent does not name.",
        RefusalReason.Expired => "The consent for this use has expired.",
        RefusalReason.NoConsent => "No consent covers this use.",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "Not a reason for refusal."),
    };

    private static readonly Dictionary<string, string> Empty = [];

    private static Dictionary<string, string> RetryAfter(TimeSpan wait) =>
        Header(HeaderNames.RetryAfter, Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture));

    private static Dictionary<string, string> Header(string name, string value) => new() { [name] = value };
}
