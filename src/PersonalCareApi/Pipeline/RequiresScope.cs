using Microsoft.AspNetCore.Authorization;

namespace PersonalCareApi.Pipeline;

/// <summary>A scope for what is no client's data, such as <c>practitioners:write</c>.</summary>
internal sealed record RequiresScope(string Scope) : IAuthorizationRequirement, IAuthorizationRequirementData
{
    public IEnumerable<IAuthorizationRequirement> GetRequirements() => [this];
}

/// <summary>Lets through whose token carries the scope.</summary>
internal sealed class ScopeHandler : AuthorizationHandler<RequiresScope>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, RequiresScope requirement)
    {
        if (context.Resource is HttpContext http
            && http.Features.Get<SignedIn>() is { } signedIn
            && signedIn.Caller.Scopes.Contains(requirement.Scope))
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}
