using Microsoft.AspNetCore.Authorization;
using PersonalCareApi.Domain.Access;

namespace PersonalCareApi.Pipeline;

/// <summary>At start: every route says what it does with client data, or why it has none. A silent one stops the program.</summary>
internal static class DeclaredEndpoints
{
    /// <summary>Looks at every endpoint once the pipeline is whole, and before the server listens.</summary>
    /// <remarks>Not earlier: to look at the endpoints is to compile them, and only here the routes then serve what was compiled.</remarks>
    /// <exception cref="InvalidOperationException">At start: some route is silent; the message names each.</exception>
    public static void RequireDeclarations(this WebApplication app) => ((IApplicationBuilder)app).Use(next =>
    {
        var faults = Faults(app.Services.GetRequiredService<EndpointDataSource>().Endpoints).ToList();
        return faults.Count == 0
            ? next
            : throw new InvalidOperationException($"Routes must declare their use of client data:\n{string.Join('\n', faults)}");
    });

    /// <summary>What is wrong with the declarations of these endpoints.</summary>
    public static IEnumerable<string> Faults(IEnumerable<Endpoint> endpoints) =>
        from endpoint in endpoints
        from fault in FaultsOf(endpoint)
        select $"{endpoint.DisplayName}: {fault}";

    private static IEnumerable<string> FaultsOf(Endpoint endpoint)
    {
        var metadata = endpoint.Metadata;
        var uses = metadata.GetOrderedMetadata<DeclaredUse>();
        var without = metadata.GetMetadata<NoClientData>();
        var open = metadata.GetMetadata<IAllowAnonymous>() is not null;
        var guarded = metadata.GetMetadata<IAuthorizeData>() is not null;
        var underRecord = (endpoint as RouteEndpoint)?.RoutePattern.RawText?.Contains("{clientId", StringComparison.Ordinal) == true;

        switch (uses.Count, without)
        {
            case (0, null):
                yield return "declares neither a use of client data nor why it has none.";
                break;
            case ( > 0, not null):
                yield return "declares a use of client data and that it has none.";
                break;
            case ( > 1, _):
                yield return "declares more than one use.";
                break;
        }

        if (uses.Count > 0 && (open || !guarded))
        {
            yield return "uses client data and lets anybody in.";
        }

        if (without is { Because.Length: < 10 })
        {
            yield return "does not say why it has no client data.";
        }

        if (underRecord && !uses.Any(use => use is RequiresConsent or AsksAboutAccess or DeclaresEmergency))
        {
            yield return "lies under a client's record and is decided by no consent.";
        }

        if (uses.Count == 0 && !open && !guarded)
        {
            yield return "says neither who may come in nor that anybody may.";
        }

        var handler = metadata.GetMetadata<System.Reflection.MethodInfo>();
        var takesGrant = handler?.GetParameters().Any(parameter => parameter.ParameterType == typeof(AccessGrant)) == true;
        if (takesGrant && !uses.Any(use => use is RequiresConsent or RequiresAdmission or AsksAboutAccess or DeclaresEmergency))
        {
            yield return "takes a grant that nothing decides.";
        }
    }
}
