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
        issuers.MapHandler(HttpMethods.Get, "/", List).WithName("ListIssuers");
        issuers.MapHandler(HttpMethods.Post, "/", Register).WithName("RegisterIssuer");
        issuers.MapHandler(HttpMethods.Get, "/{id:guid}", Get).WithName("GetIssuer");
    }

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
