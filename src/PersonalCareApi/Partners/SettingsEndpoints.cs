using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Data;
using PersonalCareApi.Pipeline;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Partners;

internal static class SettingsEndpoints
{
    public static void MapSettings(this IEndpointRouteBuilder v1)
    {
        var settings = v1.MapGroup("/settings").WithTags("settings").RequireAuthorization()
            .WithMetadata(new NoClientData("What a partner has settled for all its records."), new RequiresScope(Scopes.PartnerAdminister));
        settings.MapHandler(HttpMethods.Get, "/", Get).WithName("GetSettings");
        settings.MapHandler(HttpMethods.Patch, "/", Change).WithName("ChangeSettings");
    }

    /// <summary>Gets what you have settled for all your records.</summary>
    private static async Task<Results<Ok<SettingsResponse>, Problem>> Get(HttpContext http, PartnerRepository partners, CancellationToken ct) =>
        await partners.Find(http.Caller().PartnerId, ct) is { } partner ? Ok(SettingsResponse.From(partner)) : Problems.NotFound();

    /// <summary>Settles what holds for all your records. Every decision after this answer goes by it.</summary>
    private static async Task<Results<Ok<SettingsResponse>, Problem>> Change(
        MergePatch<SettingsChange> patch, IfMatch ifMatch, HttpContext http, PartnerRepository partners, WriteUnit unit, CancellationToken ct)
    {
        if (await partners.Find(http.Caller().PartnerId, ct) is not { } partner)
        {
            return Problems.NotFound();
        }

        if (partner.Version != ifMatch.Version)
        {
            return Problems.PreconditionFailed();
        }

        if (patch.Apply(SettingsChange.From(partner), out var changed) is { } refusal)
        {
            return refusal;
        }

        var next = partner.With(changed) with { Version = partner.Version + 1 };
        partners.Change(next, unit);
        return Ok(SettingsResponse.From(next));
    }
}
