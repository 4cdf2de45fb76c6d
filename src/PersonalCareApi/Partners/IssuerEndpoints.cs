using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Data;
using PersonalCareApi.Pipeline;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Partners;

internal static class IssuerEndpoints
{
    public static void MapIssuers(this IEndpointRouteBuilder v1)
    {
        var issuers = v1.MapGroup("/issuers").WithTags("issuers").RequireAuthorization()
            .WithMetadata(new NoClientData("A partner's registrations of who signs its tokens."), new RequiresScope(Scopes.PartnerAdminister));
        issuers.MapGet("/", List).WithName("ListIssuers");
        issuers.MapPost("/", Register).WithName("RegisterIssuer").WithMetadata(new RequestExample(Example));
        issuers.MapGet("/{id:guid}", Get).WithName("GetIssuer");
    }

    private const string Example = """
        { "url": "https://id.example.org", "audience": "personal-care", "keySource": "given", "tokenTypes": ["at+jwt"],
          "subjectClaim": "sub", "applicationClaims": ["client_id", "azp"],
          "jwks": { "keys": [ { "kty": "EC", "crv": "P-256", "kid": "2026-05", "use": "sig",
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0" } ] } }
        """;

    /// <summary>Lists who signs your tokens.</summary>
    private static async Task<Results<Ok<Page<IssuerResponse>>, Problem>> List(
        Query<PageQuery> query, HttpContext http, IssuerRepository issuers, Cursors cursors, CancellationToken ct)
    {
        if (cursors.TryRead(query.Value.Cursor, http, out var after) is { } refusal)
        {
            return refusal;
        }

        var rows = await issuers.List(http.Caller().PartnerId, after, query.Value.Size, ct);
        return Ok(cursors.Page(rows, IssuerResponse.From, row => new Position(row.CreatedAt, row.Id), http));
    }

    /// <summary>Registers who signs your tokens: issuer, audience, keys, and how the tokens are to be read.</summary>
    /// <remarks>
    /// The keys of a registered issuer are changed by the operator alone: whoever could change them here could sign in
    /// as anybody.
    /// </remarks>
    private static async Task<Results<Created<IssuerResponse>, Problem>> Register(
        Body<CreateIssuer> body, HttpContext http, IssuerRegistration registration, WriteUnit unit, CancellationToken ct)
    {
        var (issuer, fault) = await registration.Make(http.Caller().PartnerId, body.Value, unit.Now, ct);
        if (issuer is null)
        {
            return Problems.Invalid(fault!);
        }

        registration.Add(issuer, unit);
        return Created($"/v1/issuers/{issuer.Id}", IssuerResponse.From(issuer));
    }

    /// <summary>Gets a registration of who signs your tokens.</summary>
    private static async Task<Results<Ok<IssuerResponse>, Problem>> Get(
        Guid id, HttpContext http, IssuerRepository issuers, CancellationToken ct) =>
        await issuers.Find(http.Caller().PartnerId, id, ct) is { } issuer ? Ok(IssuerResponse.From(issuer)) : Problems.NotFound();
}
