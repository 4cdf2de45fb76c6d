using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace PersonalCareApi.Pipeline;

/// <summary>The version of the resource that the caller has seen, from <c>If-Match</c>; or the refusal.</summary>
/// <remarks>
/// <c>*</c> is refused like an absent header: whoever changes a record here must say what it looked like to them. The
/// version goes into the statement's WHERE; that no row is hit is the 412 of <see cref="Problems.PreconditionFailed"/>.
/// </remarks>
internal sealed class IfMatch : IBoundInput, IBindableFromHttpContext<IfMatch>, IEndpointParameterMetadataProvider
{
    private readonly int? version;

    private IfMatch(int? version, Problem? refusal) => (this.version, Refusal) = (version, refusal);

    public int Version => version ?? throw new InvalidOperationException("A refused precondition has no version.");

    public Problem? Refusal { get; }

    public static ValueTask<IfMatch?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var refusal = Read(context.Request.Headers.IfMatch, out var version);
        return ValueTask.FromResult<IfMatch?>(new(refusal is null ? version : null, refusal));
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new TakesPrecondition(AlsoNew: false));

    /// <summary>The one version named by the header.</summary>
    internal static Problem? Read(StringValues header, out int version)
    {
        version = 0;
        if (StringValues.IsNullOrEmpty(header))
        {
            return Problems.PreconditionRequired("Send the ETag of the version you have seen in If-Match.");
        }

        if (!EntityTagHeaderValue.TryParseStrictList([.. header.OfType<string>()], out var tags) || tags.Count == 0)
        {
            return Problems.Invalid(Fault.InHeader(HeaderNames.IfMatch, FaultCodes.InvalidFormat, "Must be an ETag in its quotes, such as \"3\"."));
        }

        if (tags.Count > 1)
        {
            return Problems.Invalid(Fault.InHeader(HeaderNames.IfMatch, FaultCodes.SeveralTags, "Must be one ETag: the version you have seen."));
        }

        if (tags[0] == EntityTagHeaderValue.Any)
        {
            return Problems.PreconditionRequired("If-Match must name the version you have seen; * says nothing about it.");
        }

        if (ETags.VersionOf(tags[0]) is not { } named)
        {
            // A weak tag never matches here (RFC 9110, 13.1.1), and a tag this server never gave matches nothing.
            return Problems.PreconditionFailed();
        }

        version = named;
        return null;
    }
}

/// <summary>The condition of a PUT that creates or replaces: <c>If-None-Match: *</c> or the version seen; or the refusal.</summary>
internal sealed class IfMatchOrNone : IBoundInput, IBindableFromHttpContext<IfMatchOrNone>, IEndpointParameterMetadataProvider
{
    private readonly int? version;

    private IfMatchOrNone(int? version, Problem? refusal) => (this.version, Refusal) = (version, refusal);

    /// <summary>The version to replace; null when there must be none yet.</summary>
    public int? Version => Refusal is null ? version : throw new InvalidOperationException("A refused precondition has no version.");

    public Problem? Refusal { get; }

    public static ValueTask<IfMatchOrNone?> BindAsync(HttpContext context, ParameterInfo parameter) =>
        ValueTask.FromResult<IfMatchOrNone?>(Read(context.Request.Headers));

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new TakesPrecondition(AlsoNew: true));

    private static IfMatchOrNone Read(IHeaderDictionary headers)
    {
        if (StringValues.IsNullOrEmpty(headers.IfNoneMatch) && StringValues.IsNullOrEmpty(headers.IfMatch))
        {
            return new(null, Problems.PreconditionRequired(
                "Send If-None-Match: * to create it, or the ETag of the version you have seen in If-Match."));
        }

        if (StringValues.IsNullOrEmpty(headers.IfNoneMatch))
        {
            var refusal = IfMatch.Read(headers.IfMatch, out var version);
            return new(version, refusal);
        }

        return headers.IfNoneMatch == "*" && StringValues.IsNullOrEmpty(headers.IfMatch)
            ? new(null, null)
            : new(null, Problems.Invalid(Fault.InHeader(HeaderNames.IfNoneMatch, FaultCodes.NotAllowed,
                "Here it can only be *, and only without If-Match.")));
    }
}

/// <summary>Endpoint metadata for the document: this route wants to know the version seen, or that there is none yet.</summary>
internal sealed record TakesPrecondition(bool AlsoNew);
