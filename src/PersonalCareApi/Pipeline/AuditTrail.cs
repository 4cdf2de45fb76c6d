using System.Security.Cryptography;
using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;

namespace PersonalCareApi.Pipeline;

/// <summary>
/// Around every handler: makes the answer, commits what the request wrote together with its ledger entry, and only then
/// lets the answer leave. If the entry cannot be written, nothing leaves.
/// </summary>
internal sealed partial class AuditTrail(UseOfData use, WriteUnit unit, WriteQueue queue, Idempotency idempotency, CallerDirectory callers,
    ILogger<AuditTrail> logger)
{
    /// <summary>Each time somebody else's write on the same record came first, so as many may write at once.</summary>
    private const int MostDecisions = 32;

    private const string DecisionHeader = "Access-Decision";
    private static readonly TimeSpan SoonAgain = TimeSpan.FromSeconds(1);

    /// <summary>Answers a request through its handler.</summary>
    public async ValueTask<object?> Answer(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        try
        {
            await using var retry = idempotency.For(context);
            for (var decisions = 0; decisions < MostDecisions; decisions++)
            {
                if (retry.Refusal is { } refusal)
                {
                    return await Refuse(http, refusal);
                }

                unit.Clear();
                var (answer, outcome) = await Attempt(context, next, retry, isFirst: decisions == 0);
                switch (outcome)
                {
                    case CommitOutcome.Committed:
                        return answer;
                    case CommitOutcome.Missed { Miss: WriteMiss.DoneMeanwhile }:
                        // The next attempt finds the answer that was given meanwhile, or what was made.
                        http.Response.Clear();
                        break;
                    case CommitOutcome.Missed { Miss: var miss }:
                        return await Refuse(http, Refusal(miss));
                    case CommitOutcome.Outdated:
                        http.Response.Clear();
                        if (await DecideAgain(context) is { } refused)
                        {
                            return await Refuse(http, refused);
                        }

                        break;
                    default:
                        throw new InvalidOperationException("A commit has ended in no known way.");
                }
            }
        }
        catch (Exception failure) when (Failures.IsOfTheDatabase(failure))
        {
            // Nothing was committed: a unit is whole or not at all.
            LogFailed(logger, failure.GetType().Name, Problem.TraceIdOf(http));
        }
        catch (CryptographicException failure)
        {
            // A content that is not where it was sealed, or a key that is not at hand. Nothing of it is told.
            LogUnreadable(logger, failure.GetType().Name, Operation(http), Problem.TraceIdOf(http));
        }

        http.Response.Clear();
        return Problems.Unavailable(SoonAgain);
    }

    /// <summary>Answers a request that was refused before its handler.</summary>
    public async Task AnswerRefused(HttpContext http)
    {
        IResult answer;
        try
        {
            answer = await Refuse(http, use.Refusal());
        }
        catch (Exception failure) when (Failures.IsOfTheDatabase(failure))
        {
            LogFailed(logger, failure.GetType().Name, Problem.TraceIdOf(http));
            http.Response.Clear();
            answer = Problems.Unavailable(SoonAgain);
        }

        await answer.ExecuteAsync(http);
    }

    private async Task<(IResult Answer, CommitOutcome Outcome)> Attempt(
        EndpointFilterInvocationContext context, EndpointFilterDelegate next, Idempotency.Retry retry, bool isFirst)
    {
        var http = context.HttpContext;
        try
        {
            var result = await retry.FindAnswer(http.RequestAborted) ?? await next(context);
            var answer = await RenderedAnswer.From(http, result);
            DisclosureNotice.Attach(http, use.Grant is { } grant ? [grant, .. unit.Grants] : unit.Grants);
            if (!answer.IsSuccess)
            {
                // A refusal by the handler undoes what it collected before.
                unit.Clear();
            }
            else if (!unit.IsEmpty)
            {
                await retry.Keep(answer, unit, http.RequestAborted);
            }

            return (answer, await Commit(http, answer.Status, guarded: true));
        }
        catch (DecisionOutdated)
        {
            return (TypedResults.Empty, new CommitOutcome.Outdated());
        }
        catch (CryptographicException) when (isFirst)
        {
            // The key may have been retired between the row and its key: what is read now was sealed with one that is there.
            return (TypedResults.Empty, new CommitOutcome.Outdated());
        }
    }

    private async Task<IResult> Refuse(HttpContext http, Problem problem)
    {
        http.Response.Clear();
        unit.Clear();
        var answer = await RenderedAnswer.From(http, problem);
        await Commit(http, answer.Status);
        return answer;
    }

    private async Task<CommitOutcome> Commit(HttpContext http, int status, bool guarded = false)
    {
        if (use.HasEntry)
        {
            var entry = use.Entry(Operation(http), status, Problem.TraceIdOf(http));
            unit.Uses.Add(entry);

            // On no client's chain it is not named: its id would lead nowhere, or tell that there is such a record.
            if (entry.ClientId is not null)
            {
                http.Response.Headers[DecisionHeader] = entry.Id.ToString();
            }
        }

        if (unit.IsEmpty && unit.Uses.Count == 0)
        {
            return new CommitOutcome.Committed();
        }

        if (guarded && http.Features.Get<SignedIn>() is { } signedIn)
        {
            unit.GuardDecisions(signedIn.Seen);
        }

        return await queue.Commit(unit, http.RequestAborted);
    }

    /// <summary>
    /// Looks up who the caller is now and puts the same question again; the handler then runs with the new grant.
    /// </summary>
    /// <returns>The refusal, or null.</returns>
    private async Task<Problem?> DecideAgain(EndpointFilterInvocationContext context)
    {
        var http = context.HttpContext;
        if (await callers.Find(http.SignedIn().Token!, http.RequestAborted) is not { } signedIn)
        {
            return Problems.Unauthorized(invalidToken: true);
        }

        http.SignIn(signedIn);
        if (!use.IsJudged)
        {
            return http.GetEndpoint()?.Metadata.GetMetadata<RequiresScope>() is { } required && !signedIn.Caller.Scopes.Contains(required.Scope)
                ? Problems.Forbidden(RefusalReason.ScopeMissing, required.Scope)
                : null;
        }

        if (!await use.DecideAgain(signedIn, http.RequestAborted))
        {
            return use.Refusal();
        }

        for (var index = 0; index < context.Arguments.Count; index++)
        {
            if (context.Arguments[index] is AccessGrant)
            {
                context.Arguments[index] = use.Grant;
            }
        }

        return null;
    }

    /// <summary>Never the message: it may quote a statement or a value.</summary>
    [LoggerMessage(LogLevel.Error, "Database failure {Error} in trace {TraceId}.")]
    private static partial void LogFailed(ILogger logger, string error, string traceId);

    [LoggerMessage(LogLevel.Error, "A content or key does not open ({Error}) for {Operation} in trace {TraceId}.")]
    private static partial void LogUnreadable(ILogger logger, string error, string operation, string traceId);

    private static Problem Refusal(WriteMiss miss) => miss switch
    {
        WriteMiss.StaleVersion => Problems.PreconditionFailed(),
        WriteMiss.OutOfReach => Problems.Forbidden(RefusalReason.LabelNotNamed),
        WriteMiss.AlreadyExists => Problems.AlreadyExists("There is one with this id already."),
        WriteMiss.StateChanged or WriteMiss.DoneMeanwhile => Problems.StateConflict("The state has changed meanwhile. Read it again."),
        _ => throw new ArgumentOutOfRangeException(nameof(miss), miss, "Not a miss."),
    };

    private static string Operation(HttpContext http) =>
        http.GetEndpoint() is { Metadata: var metadata }
            ? metadata.GetMetadata<ToldAs>()?.Operation ?? metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName ?? "unnamed"
            : "unnamed";
}
