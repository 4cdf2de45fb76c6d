using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using PersonalCareApi.Domain;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Records.Prompts;
using PersonalCareApi.Telemetry;

namespace PersonalCareApi.Pipeline;

/// <summary>Puts every declared use to the consent engine, before the body is read.</summary>
internal sealed class ConsentHandler(UseOfData use, CallerDirectory callers, PromptHomes homes, TimeProvider time)
    : AuthorizationHandler<DeclaredUse>
{
    public const string PurposeHeader = "Purpose-Of-Use";

    protected override async Task HandleRequirementAsync(AuthorizationHandlerContext context, DeclaredUse requirement)
    {
        if (context.Resource is not HttpContext http || http.Features.Get<SignedIn>() is not { } signedIn)
        {
            // Nobody signed in: the default challenge answers.
            return;
        }

        var permitted = await Decide(http, signedIn, requirement);
        if (!permitted && signedIn.Remembered is not null)
        {
            // No refusal rests on who the caller was.
            if (await callers.Find(signedIn.Token!, http.RequestAborted) is not { } now)
            {
                http.SignOut();
                return;
            }

            http.SignIn(now);
            permitted = await Decide(http, now, requirement);
        }

        if (permitted)
        {
            context.Succeed(requirement);
        }
    }

    private async Task<bool> Decide(HttpContext http, SignedIn signedIn, DeclaredUse requirement)
    {
        use.CallerSeenAt = signedIn.PartnerAccessVersion;
        var request = new AccessRequest
        {
            Caller = signedIn.Caller,
            ClientId = ClientOf(http, requirement),
            Use = requirement.Use,
            ClaimedPurpose = ClaimedPurpose(http, signedIn.Caller, out var unknown),
            ClientIsAuthor = requirement is RequiresConsent { ClientIsAuthor: true },
            AsksAboutAccess = requirement is AsksAboutAccess or Audits,
            Audits = requirement is Audits,
            DeclaresEmergency = requirement is DeclaresEmergency,
            ExtractsForResearch = requirement is ExtractsForResearch,
            ViewsService = requirement is ViewsService,
            ReviewsEmergencies = requirement is RequiresConsent { ReviewsEmergencies: true } or DecidesPerClient { ReviewsEmergencies: true },
        };
        using var span = Signals.Decide(requirement.Use);
        var permitted = requirement switch
        {
            // A purpose nobody can have registered is refused like one that this application has not.
            _ when unknown => use.RefusePurpose(request),
            RequiresConsent { OrOf.Count: > 0 } => await use.DecideAny(request, await InOrder(http, request), http.RequestAborted),
            RequiresConsent or AsksAboutAccess or DeclaresEmergency => await use.Decide(request, http.RequestAborted),
            RequiresAdmission => use.Admit(request),
            DecidesPerClient or ExtractsForResearch or ViewsService => use.CheckCaller(request),
            Audits => await use.Audit(request, http.RequestAborted),
            _ => false,
        };
        span.Decided(permitted, use.ReasonCode);
        return permitted;
    }

    /// <summary>The uses in the order in which they are tried.</summary>
    private async Task<IReadOnlyList<DataUse>> InOrder(HttpContext http, AccessRequest request)
    {
        Guid? id = Guid.TryParse(http.GetRouteValue("id") as string, out var named) ? named : null;
        var categories = await homes.InOrder(request.Caller.PartnerId, request.ClientId, id, http.RequestAborted);
        return [.. categories.Select(category => request.Use with { Category = category })];
    }

    private Guid ClientOf(HttpContext http, DeclaredUse requirement) => requirement switch
    {
        RequiresConsent or AsksAboutAccess or DeclaresEmergency when Guid.TryParse(http.GetRouteValue("clientId") as string, out var clientId) => clientId,
        RequiresAdmission => Ids.New(time.GetUtcNow()),

        // To look at one record is a use of it, and stands on its chain. A filter that is no id is refused behind.
        Audits when Guid.TryParse(http.Request.Query[Audits.ClientParameter], out var clientId) => clientId,

        // No client's id is all zeros, so nothing is found.
        _ => Guid.Empty,
    };

    private static PurposeOfUse? ClaimedPurpose(HttpContext http, Caller caller, out bool unknown)
    {
        var header = http.Request.Headers[PurposeHeader];
        unknown = false;
        if (header.Count == 0)
        {
            return null;
        }

        if (header.Count == 1 && PurposeOfUse.TryParse(header.ToString(), out var purpose))
        {
            return purpose;
        }

        unknown = true;
        return null;
    }
}

/// <summary>Answers those who were not let through: the refusal is on the ledger before it leaves.</summary>
internal sealed class ConsentRefusals : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler framework = new();

    public async Task HandleAsync(
        RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Forbidden && context.Features.Get<SignedIn>() is null)
        {
            await Problems.Unauthorized(invalidToken: true).ExecuteAsync(context);
            return;
        }

        var use = context.RequestServices.GetRequiredService<UseOfData>();
        if (authorizeResult.Forbidden && !use.IsJudged
            && policy.Requirements.OfType<RequiresScope>().FirstOrDefault() is { } missing)
        {
            await Problems.Forbidden(RefusalReason.ScopeMissing, missing.Scope).ExecuteAsync(context);
            return;
        }

        if (!authorizeResult.Forbidden || !use.IsJudged)
        {
            await framework.HandleAsync(next, context, policy, authorizeResult);
            return;
        }

        await context.RequestServices.GetRequiredService<AuditTrail>().AnswerRefused(context);
    }
}
