using System.Net.Http.Json;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using PersonalCareApi.Domain;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace PersonalCareApi.Tests.TestHost;

/// <summary>A partner's identity provider on a port of this machine: OpenIddict, with any client and any person believed.</summary>
internal sealed class OpenIdProvider : IAsyncDisposable
{
    // A parameter of this provider's own; each provider has its way to choose an audience.
    private const string Audience = "test_audience";

    private readonly WebApplication app;
    private readonly HttpClient client = new();

    private OpenIdProvider(WebApplication app) => this.app = app;

    /// <summary>The <c>iss</c> of its tokens.</summary>
    public string Url { get; private set; } = "";

    /// <summary>While it is down it answers nothing but 503.</summary>
    public bool IsDown { get; set; }

    /// <summary>How often its metadata were asked for.</summary>
    public int Asked { get; private set; }

    private OpenIddictServerOptions Options => app.Services.GetRequiredService<IOptionsMonitor<OpenIddictServerOptions>>().CurrentValue;

    public static async Task<OpenIdProvider> Start()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddOpenIddict().AddServer(server =>
        {
            server.EnableDegradedMode()
                .AllowClientCredentialsFlow().AllowPasswordFlow()
                .SetTokenEndpointUris("token")
                .DisableAccessTokenEncryption()
                .DisableScopeValidation()
                .AddEphemeralEncryptionKey()
                .AddSigningKey(NewKey())
                .AddEventHandler<ValidateTokenRequestContext>(handler => handler.UseInlineHandler(_ => default))
                .AddEventHandler<HandleTokenRequestContext>(handler => handler.UseInlineHandler(SignIn));
            server.UseAspNetCore().DisableTransportSecurityRequirement();
        });

        var app = builder.Build();
        var provider = new OpenIdProvider(app);
        app.Use(provider.Watch);
        app.UseAuthentication();
        await app.StartAsync();
        provider.Url = $"{app.Urls.Single()}/";

        // The first answers take long on a busy machine; whoever reads metadata and keys waits for them only so long.
        var metadata = await provider.client.GetFromJsonAsync<JsonElement>(new Uri($"{provider.Url}.well-known/openid-configuration"));
        await provider.client.GetStringAsync(new Uri(metadata.GetProperty("jwks_uri").GetString()!));
        provider.Asked = 0;
        return provider;
    }

    /// <summary>A token for an application that acts alone.</summary>
    public Task<string> TokenOfApplication(string application, string audience, string scope) =>
        Token(("grant_type", "client_credentials"), ("client_id", application), ("client_secret", "any"), (Audience, audience), ("scope", scope));

    /// <summary>A token for a person who signed in through an application.</summary>
    public Task<string> TokenOfPerson(string person, string application, string audience, string scope) =>
        Token(("grant_type", "password"), ("username", person), ("password", "any"), ("client_id", application), (Audience, audience), ("scope", scope));

    /// <summary>From now on it signs with a new key, and publishes that one alone.</summary>
    public void Rotate()
    {
        var credentials = Options.SigningCredentials;
        credentials.Clear();
        credentials.Add(new SigningCredentials(NewKey(), SecurityAlgorithms.EcdsaSha256));
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await app.DisposeAsync();
    }

    private static ECDsaSecurityKey NewKey() =>
        new(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = Ids.New(TimeProvider.System.GetUtcNow()).ToString("N") };

    private static ValueTask SignIn(HandleTokenRequestContext context)
    {
        var identity = new ClaimsIdentity("test", Claims.Name, Claims.Role);
        identity.SetClaim(Claims.Subject, context.Request.Username ?? context.Request.ClientId);
        identity.SetAudiences((string?)context.Request[Audience] ?? "");
        identity.SetScopes(context.Request.GetScopes());
        context.SignIn(new ClaimsPrincipal(identity));
        return default;
    }

    private Task Watch(HttpContext context, RequestDelegate next)
    {
        Asked += context.Request.Path.Value!.EndsWith("openid-configuration", StringComparison.Ordinal) ? 1 : 0;
        if (!IsDown || context.Request.Path == "/token")
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        return Task.CompletedTask;
    }

    private async Task<string> Token(params IEnumerable<(string Name, string Value)> form)
    {
        using var content = new FormUrlEncodedContent(form.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        using var response = await client.PostAsync(new Uri($"{Url}token"), content);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        return answer.TryGetProperty("access_token", out var token)
            ? token.GetString()!
            : throw new AssertionException($"The test provider gives no token: {answer}");
    }
}
