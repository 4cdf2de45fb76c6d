using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace PersonalCareApi.Pipeline;

/// <summary>Answers 304 to a caller who has the present version already.</summary>
internal static class ConditionalGet
{
    /// <summary>
    /// Turns a buffered answer to a GET into 304 when its ETag is one the caller named; then nothing of the buffer may be sent.
    /// </summary>
    /// <remarks>Called last, when the use is decided and on the ledger: to learn that nothing changed is to read, too.</remarks>
    public static bool IsNotModified(HttpContext context)
    {
        var response = context.Response;
        if (!(HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
            || response.StatusCode != StatusCodes.Status200OK
            || !EntityTagHeaderValue.TryParse(response.Headers.ETag.ToString(), out var tag)
            || !Names(context.Request.Headers.IfNoneMatch, tag))
        {
            return false;
        }

        response.StatusCode = StatusCodes.Status304NotModified;
        response.Headers.Remove(HeaderNames.ContentLength);
        response.Headers.Remove(HeaderNames.ContentType);
        return true;
    }

    /// <summary>Weak comparison (RFC 9110, 13.1.2). A header that cannot be read names nothing: the answer is then sent in full.</summary>
    private static bool Names(StringValues header, EntityTagHeaderValue tag) =>
        !StringValues.IsNullOrEmpty(header)
        && EntityTagHeaderValue.TryParseStrictList([.. header.OfType<string>()], out var tags)
        && tags.Any(named => named == EntityTagHeaderValue.Any || named.Compare(tag, useStrongComparison: false));
}
