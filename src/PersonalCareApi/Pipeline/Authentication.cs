using System.Runtime.ExceptionServices;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Protection;

namespace PersonalCareApi.Pipeline;

/// <summary>The first station of a request: a bearer token becomes a <see cref="Caller"/>.</summary>
/// <remarks>
/// A token is either believed in every respect or the request is anonymous with one and the same failure: the answer
/// never says which check failed, since that would guide whoever forges one.
/// </remarks>
internal static class Authentication
{
    public static IServiceCollection AddPersonalCareAuthentication(this IServiceCollection services)
    {
        services.TryAddSingleton<InstallationKeys>();
        services.TryAddSingleton<ReceiptKeys>();
        services.TryAddSingleton<Digests>();
        services.AddSingleton<IssuerDirectory>();
        services.AddSingleton<IssuerKeys>();
        services.AddIssuerMetadata();
        services.AddSingleton<AccessTokenHandler>();
        services.AddSingleton<CallerDirectory>();
        services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer();
        services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme).Configure<AccessTokenHandler>(Configure);
        return services;
    }

    /// <summary>Who sends this request.</summary>
    /// <exception cref="InvalidOperationException">Nobody is signed in: the endpoint was mapped without authorization.</exception>
    public static Caller Caller(this HttpContext context) => context.Features.GetRequiredFeature<Caller>();

    /// <summary>Who sends this request, and as which subject of which issuer.</summary>
    /// <inheritdoc cref="Caller"/>
    public static SignedIn SignedIn(this HttpContext context) => context.Features.GetRequiredFeature<SignedIn>();

    /// <summary>From here on this is who sends the request.</summary>
    public static void SignIn(this HttpContext context, SignedIn signedIn)
    {
        context.Features.Set(signedIn);
        context.Features.Set(signedIn.Caller);
    }

    /// <summary>Nobody sends this request: who was believed to is not there any more.</summary>
    public static void SignOut(this HttpContext context)
    {
        context.Features.Set<SignedIn>(null);
        context.Features.Set<Caller>(null);
    }

    /// <summary>Bounded in time and size, and it goes nowhere but where it is sent: a redirect could lead inside.</summary>
    private static void AddIssuerMetadata(this IServiceCollection services)
    {
        services.TryAddSingleton<IssuerUrls>();
        services.AddSingleton<DiscoveredKeys>();
        services.AddHttpClient(DiscoveredKeys.Client)
            .ConfigureHttpClient(client =>
            {
                client.Timeout = TimeSpan.FromSeconds(10);
                client.MaxResponseContentBufferSize = 256 * 1024;
            })
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
            .RemoveAllLoggers();
    }

    private static void Configure(JwtBearerOptions options, AccessTokenHandler handler)
    {
        options.MapInboundClaims = false;
        options.IncludeErrorDetails = false;
        options.SaveToken = false;
        options.TokenHandlers.Clear();
        options.TokenHandlers.Add(handler);
        options.Events = new JwtBearerEvents
        {
            OnMessageReceived = Recall,
            OnTokenValidated = SignIn,
            OnAuthenticationFailed = RethrowUnlessRefused,
            OnChallenge = SayOnlyThatItIsInvalid,
        };
    }

    /// <summary>Whose token was believed before is who they were, unless something has changed.</summary>
    private static async Task Recall(MessageReceivedContext context)
    {
        const string Scheme = "Bearer ";
        var http = context.HttpContext;
        if (http.Request.Headers.Authorization is [{ } only] && only.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            && await http.RequestServices.GetRequiredService<CallerDirectory>()
                .Recall(only.AsMemory(Scheme.Length).Trim(), IsReadByDecision(http), http.RequestAborted) is { } known)
        {
            http.SignIn(known);
            context.Principal = new ClaimsPrincipal(known.Token!);
            context.Success();
        }
    }

    /// <summary>Reads of a record: nothing of it leaves before the commit of its entry, which compares who the caller is.</summary>
    private static bool IsReadByDecision(HttpContext http) =>
        HttpMethods.IsGet(http.Request.Method) && http.GetEndpoint()?.Metadata.GetMetadata<RequiresConsent>() is not null;

    private static async Task SignIn(TokenValidatedContext context)
    {
        var directory = context.HttpContext.RequestServices.GetRequiredService<CallerDirectory>();
        var token = (AcceptedToken)context.Principal!.Identity!;
        if (await directory.Find(token, ((JsonWebToken)context.SecurityToken).EncodedToken, context.HttpContext.RequestAborted) is not { } signedIn)
        {
            context.Fail("The token's application is not registered, or is not the one that acts.");
            return;
        }

        context.HttpContext.SignIn(signedIn);
    }

    /// <summary>A database or a provider that does not answer is no fault of the token: JwtBearer would make a 401 of it.</summary>
    private static Task RethrowUnlessRefused(AuthenticationFailedContext context)
    {
        if (context.Exception is not SecurityTokenException)
        {
            ExceptionDispatchInfo.Throw(context.Exception);
        }

        return Task.CompletedTask;
    }

    private static Task SayOnlyThatItIsInvalid(JwtBearerChallengeContext context)
    {
        // RFC 6750, 3.1: no error code where no token was sent.
        if (context.AuthenticateFailure is not null)
        {
            context.Error = "invalid_token";
        }

        return Task.CompletedTask;
    }
}
