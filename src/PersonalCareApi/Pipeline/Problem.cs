using System.Diagnostics;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.Features;
using PersonalCareApi.Domain.Access;

namespace PersonalCareApi.Pipeline;

/// <summary>A deliberate refusal, answered as RFC 9457 <c>application/problem+json</c>.</summary>
/// <remarks>It is a value that handlers return, not an exception; <see cref="Problems"/> makes it.</remarks>
internal sealed record Problem(ProblemKind Kind) : IResult, IStatusCodeHttpResult
{
    public const string ContentType = "application/problem+json";

    /// <summary>What is the matter in this case; the meaning of the kind where nothing more is said.</summary>
    public string? Detail { get; init; }

    /// <summary>The reason, in refusals of the consent decision.</summary>
    public RefusalReason? Reason { get; init; }

    public IReadOnlyList<Fault> Errors { get; init; } = [];

    /// <summary>Further members, for the few problems that have them.</summary>
    public IReadOnlyDictionary<string, object> Members { get; init; } = new Dictionary<string, object>();

    /// <summary>Headers that belong to the refusal, such as <c>WWW-Authenticate</c>.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public int? StatusCode => Kind.Status;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Kind.Status;
        foreach (var (name, value) in Headers)
        {
            response.Headers[name] = value;
        }

        return response.WriteAsJsonAsync(DetailsFor(httpContext), Json.Options, ContentType, httpContext.RequestAborted);
    }

    private ProblemDetails DetailsFor(HttpContext context) => new()
    {
        Type = TypeUrl(context.Request),
        Title = Kind.Title,
        Status = Kind.Status,
        Detail = Detail ?? Kind.Meaning,
        // Never the query: it may hold what somebody searched for.
        Instance = context.Request.PathBase.Add(context.Request.Path).ToUriComponent(),
        TraceId = TraceIdOf(context),
        Reason = Reason,
        Errors = Errors.Count == 0 ? null : Errors,
        Members = Members.Count == 0 ? null : Members.ToDictionary(),
    };

    private string TypeUrl(HttpRequest request) =>
        $"{(request.Host.HasValue ? $"{request.Scheme}://{request.Host.ToUriComponent()}" : "")}{request.PathBase.ToUriComponent()}/problems/{Kind.Slug}";

    /// <summary>The W3C trace id under which the logs of this request are found.</summary>
    public static string TraceIdOf(HttpContext context) =>
        (context.Features.Get<IHttpActivityFeature>()?.Activity ?? Activity.Current)?.TraceId.ToHexString() ?? context.TraceIdentifier;
}

/// <summary>The body of every refusal (RFC 9457).</summary>
internal sealed record ProblemDetails
{
    /// <summary>The kind of problem: the address of a page on this server that explains it and what to do.</summary>
    public required string Type { get; init; }

    /// <summary>The kind of problem in a few words, always the same for one type.</summary>
    public required string Title { get; init; }

    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>What is the matter in this case.</summary>
    public required string Detail { get; init; }

    /// <summary>The path of the request.</summary>
    public required string Instance { get; init; }

    /// <summary>The W3C trace id; name it when you report the problem.</summary>
    public required string TraceId { get; init; }

    /// <summary>Why a use of a client's data was refused, as a code.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RefusalReason? Reason { get; init; }

    /// <summary>Each thing that is wrong with the request.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<Fault>? Errors { get; init; }

    [JsonExtensionData]
    public Dictionary<string, object>? Members { get; init; }
}
