using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Data;
using PersonalCareApi.Domain;
using PersonalCareApi.Pipeline;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Partners;

internal static class ApplicationEndpoints
{
    public static void MapApplications(this IEndpointRouteBuilder v1)
    {
        var applications = v1.MapGroup("/applications").WithTags("applications").RequireAuthorization()
            .WithMetadata(new NoClientData("A partner's registrations of its own applications."), new RequiresScope(Scopes.PartnerAdminister));
        applications.MapHandler(HttpMethods.Get, "/", List).WithName("ListApplications");
        applications.MapHandler(HttpMethods.Post, "/", Register).WithName("RegisterApplication");
        applications.MapHandler(HttpMethods.Get, "/{id:guid}", Get).WithName("GetApplication");
        applications.MapHandler(HttpMethods.Patch, "/{id:guid}", Change).WithName("ChangeApplication");
        applications.MapHandler(HttpMethods.Post, "/{id:guid}/revocation", Revoke).WithName("RevokeApplication");
    }

    /// <summary>Lists your applications, revoked ones included.</summary>
    private static async Task<Results<Ok<Page<ApplicationResponse>>, Problem>> List(
        Query<PageQuery> query, HttpContext http, ApplicationRepository applications, Cursors cursors, CancellationToken ct)
    {
        if (cursors.TryRead(query.Value.Cursor, http, out var after) is { } refusal)
        {
            return refusal;
        }

        var rows = await applications.List(http.Caller().PartnerId, after, query.Value.Size, ct);
        return Ok(cursors.Page(rows, ApplicationResponse.From, row => new Position(row.CreatedAt, row.Id), http));
    }

    /// <summary>Registers an application with the scopes and purposes it may have.</summary>
    private static Results<Created<ApplicationResponse>, Problem> Register(
        Body<CreateApplication> body, HttpContext http, ApplicationRepository applications, WriteUnit unit)
    {
        var application = body.Value.ToApplication(Ids.New(unit.Now), http.Caller().PartnerId, unit.Now);
        applications.Add(application, unit);
        return Created($"/v1/applications/{application.Id}", ApplicationResponse.From(application));
    }

    /// <summary>Gets an application.</summary>
    private static async Task<Results<Ok<ApplicationResponse>, Problem>> Get(
        Guid id, HttpContext http, ApplicationRepository applications, CancellationToken ct) =>
        await applications.Find(http.Caller().PartnerId, id, ct) is { } application
            ? Ok(ApplicationResponse.From(application))
            : Problems.NotFound();

    /// <summary>Changes an application's name, subject, scopes or purposes.</summary>
    /// <remarks>
    /// Nobody raises the scopes or purposes of the application they come through, nor says who else it is: another
    /// application of yours, or the operator, has to.
    /// </remarks>
    private static async Task<Results<Ok<ApplicationResponse>, Problem>> Change(
        Guid id, MergePatch<ApplicationChange> patch, IfMatch ifMatch, HttpContext http, ApplicationRepository applications,
        WriteUnit unit, CancellationToken ct)
    {
        var caller = http.Caller();
        if (await applications.Find(caller.PartnerId, id, ct) is not { } application)
        {
            return Problems.NotFound();
        }

        if (application.Version != ifMatch.Version)
        {
            return Problems.PreconditionFailed();
        }

        if (patch.Apply(ApplicationChange.From(application), out var changed) is { } refusal)
        {
            return refusal;
        }

        if (application.RevokedAt is not null)
        {
            return Problems.StateConflict("The application is revoked.");
        }

        if (caller.ApplicationId == id && Raises(application, changed))
        {
            return Problems.Forbidden("Nobody raises what the application they come through may do.");
        }

        var next = application.With(changed);
        applications.Change(next, unit);
        return Ok(ApplicationResponse.From(next));
    }

    /// <summary>Revokes an application: none of its tokens is believed from this answer on. It cannot be undone.</summary>
    private static async Task<Results<Ok<ApplicationResponse>, Problem>> Revoke(
        Guid id, IfMatch ifMatch, HttpContext http, ApplicationRepository applications, WriteUnit unit, CancellationToken ct)
    {
        if (await applications.Find(http.Caller().PartnerId, id, ct) is not { } application)
        {
            return Problems.NotFound();
        }

        if (application.Version != ifMatch.Version)
        {
            return Problems.PreconditionFailed();
        }

        if (application.RevokedAt is not null)
        {
            return Problems.StateConflict("The application is revoked already.");
        }

        var next = application.RevokedFrom(unit.Now);
        applications.Change(next, unit);
        return Ok(ApplicationResponse.From(next));
    }

    private static bool Raises(Application application, ApplicationChange changed) =>
        changed.Scopes.Except(application.ScopeList).Any()
        || changed.Purposes.Except(application.PurposeList).Any()
        || changed.Subject != application.Subject;
}
