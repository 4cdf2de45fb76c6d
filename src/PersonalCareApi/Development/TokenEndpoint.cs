using System.Text;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Development;

/// <summary>What RFC 6749, 5.1 answers to a token request.</summary>
internal sealed record IssuedToken(
    [property: JsonPropertyName("access_token")] string AccessToken,
    [property: JsonPropertyName("token_type")] string TokenType,
    [property: JsonPropertyName("expires_in")] int ExpiresIn,
    [property: JsonPropertyName("scope")] string Scope);

/// <summary>What RFC 6749, 5.2 answers to one that is refused.</summary>
internal sealed record TokenRefusal(
    [property: JsonPropertyName("error")] string Error,
    [property: JsonPropertyName("error_description")] string Description);

/// <summary>The OAuth 2 token endpoint of the Development server: a persona's name and any password.</summary>
internal static class TokenEndpoint
{
    private const string Form = "application/x-www-form-urlencoded";

    public static void MapToken(this IEndpointRouteBuilder development) => development.MapHandler(HttpMethods.Post, "/token", Issue);

    private static async Task<Results<Ok<IssuedToken>, JsonHttpResult<TokenRefusal>>> Issue(
        HttpContext context, DevelopmentIssuer issuer, CancellationToken ct)
    {
        // RFC 6749, 5.1: of refusals as well, since both speak of credentials.
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.Pragma = "no-cache";

        if (await Read(context.Request, ct) is not { } form)
        {
            return Refuse("invalid_request", $"Send each parameter once, as {Form}.");
        }

        switch (form["grant_type"].ToString())
        {
            case "":
                return Refuse("invalid_request", "The parameter grant_type is missing.");

            // A person signs in through the application of their partner, whichever client_id is sent.
            case "password":
                return PersonaOf(form) is { } persona
                    ? Token(issuer, persona, form["scope"].ToString())
                    : Refuse("invalid_grant", "There is nobody of that name; GET /dev/personas lists them.");

            case "client_credentials":
                if (ClientOf(context.Request, form) == Personas.Platform.Code)
                {
                    return Token(issuer, Personas.Named(Personas.Platform.Code)!, form["scope"].ToString());
                }

                context.Response.Headers.WWWAuthenticate = "Basic realm=\"development\"";
                return Refuse("invalid_client", "Only the client platform acts alone.", StatusCodes.Status401Unauthorized);

            default:
                return Refuse("unsupported_grant_type", "This server knows password and client_credentials.");
        }
    }

    /// <summary>Nobody named is the practitioner: Swagger UI leaves out what is empty, and so signs in with one click.</summary>
    private static Persona? PersonaOf(IFormCollection form) =>
        Personas.Named(form["username"].ToString() is { Length: > 0 } username ? username : "practitioner");

    private static Results<Ok<IssuedToken>, JsonHttpResult<TokenRefusal>> Token(DevelopmentIssuer issuer, Persona persona, string asked)
    {
        var application = persona.Application;
        string[] scopes = asked.Split(' ', StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } some ? some : [.. application.Scopes];
        if (scopes.FirstOrDefault(scope => !application.Scopes.Contains(scope)) is { } unknown)
        {
            return Refuse("invalid_scope", $"{application.Code} may not ask for {unknown}.");
        }

        var scope = string.Join(' ', scopes.Distinct());
        var token = issuer.Issue(application.Partner.Code, persona.Name, application.Code, scope);
        return TypedResults.Ok(new IssuedToken(token, "Bearer", (int)DevelopmentIssuer.Lifetime.TotalSeconds, scope));
    }

    private static async Task<IFormCollection?> Read(HttpRequest request, CancellationToken ct)
    {
        if (request.ContentType?.Split(';')[0].Trim().Equals(Form, StringComparison.OrdinalIgnoreCase) != true)
        {
            return null;
        }

        try
        {
            var form = await request.ReadFormAsync(ct);
            return form.All(parameter => parameter.Value.Count == 1) ? form : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>The client, from HTTP Basic or the form; its secret is not looked at.</summary>
    private static string ClientOf(HttpRequest request, IFormCollection form)
    {
        const string Basic = "Basic ";
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith(Basic, StringComparison.OrdinalIgnoreCase))
        {
            return form["client_id"].ToString();
        }

        var credentials = new byte[header.Length];
        return Convert.TryFromBase64String(header[Basic.Length..].Trim(), credentials, out var length)
            ? Uri.UnescapeDataString(Encoding.UTF8.GetString(credentials, 0, length).Split(':')[0])
            : "";
    }

    private static JsonHttpResult<TokenRefusal> Refuse(
        string error, string description, int status = StatusCodes.Status400BadRequest) =>
        TypedResults.Json(new TokenRefusal(error, description), statusCode: status);
}
