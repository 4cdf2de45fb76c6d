using System.Data.Common;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Diagnostics;
using PersonalCareApi.Data;
using Polly.CircuitBreaker;

namespace PersonalCareApi.Pipeline;

/// <summary>Turns the unexpected into a problem that tells nothing, and a log entry that tells where but not what.</summary>
/// <remarks>
/// An exception's message may quote a statement, a value, a name: it is never logged. Type, stack and trace id hold no
/// client data and are enough to find the bug.
/// </remarks>
internal sealed class Failures(ILogger<Failures> logger) : IExceptionHandler
{
    /// <summary>The caller hung up; nobody reads the status, it only keeps the statistics honest.</summary>
    private const int ClientClosedRequest = 499;
    private static readonly TimeSpan SoonAgain = TimeSpan.FromSeconds(1);

    /// <summary>Whether the database failed, or is not to be had: what was asked may be asked again.</summary>
    public static bool IsOfTheDatabase(Exception failure) =>
        failure is DbException or ChainMoved or TimeoutException or BrokenCircuitException;

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (httpContext.RequestAborted.IsCancellationRequested && exception is OperationCanceledException or IOException)
        {
            httpContext.Response.StatusCode = ClientClosedRequest;
            return true;
        }

        if (exception is BadHttpRequestException broken)
        {
            var refusal = Problems.ForStatus(broken.StatusCode, httpContext.Request) ?? new Problem(ProblemCatalogue.BadRequest);
            await refusal.ExecuteAsync(httpContext);
            return true;
        }

        if (IsOfTheDatabase(exception))
        {
            logger.LogError("Database failure {Exception} in trace {TraceId}", TypesOf(exception), Problem.TraceIdOf(httpContext));
            await Problems.Unavailable(SoonAgain).ExecuteAsync(httpContext);
            return true;
        }

        if (exception is CryptographicException)
        {
            // Something does not open: the wrong key ring, or a content that is not where it was sealed for.
            logger.LogError("Unreadable content or key {Exception} in trace {TraceId} at {Stack}",
                TypesOf(exception), Problem.TraceIdOf(httpContext), exception.StackTrace);
            await Problems.Unavailable(SoonAgain).ExecuteAsync(httpContext);
            return true;
        }

        if (exception is KeysUnavailable)
        {
            // The provider's trouble is logged where it is met; the token is neither believed nor refused.
            await Problems.Unavailable(SoonAgain).ExecuteAsync(httpContext);
            return true;
        }

        logger.LogError("Unhandled {Exception} in trace {TraceId} at {Stack}",
            TypesOf(exception), Problem.TraceIdOf(httpContext), exception.StackTrace);
        await Problems.Internal().ExecuteAsync(httpContext);
        return true;
    }

    private static string TypesOf(Exception? exception)
    {
        var types = new List<string>();
        for (; exception is not null; exception = exception.InnerException)
        {
            types.Add(exception.GetType().FullName!);
        }

        return string.Join(" of ", types);
    }
}
