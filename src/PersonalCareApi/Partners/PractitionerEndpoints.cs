using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Data;
using PersonalCareApi.Domain;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Protection;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Partners;

internal static class PractitionerEndpoints
{
    public static void MapPractitioners(this IEndpointRouteBuilder v1)
    {
        var practitioners = v1.MapGroup("/practitioners").WithTags("practitioners").RequireAuthorization()
            .WithMetadata(new NoClientData("A partner's registrations of its own professionals."));
        practitioners.MapHandler(HttpMethods.Get, "/", List).WithName("ListPractitioners");
        practitioners.MapHandler(HttpMethods.Post, "/", Create).WithName("CreatePractitioner").WithMetadata(new RequiresScope(Scopes.PractitionersWrite));
        practitioners.MapHandler(HttpMethods.Get, "/{id:guid}", Get).WithName("GetPractitioner");
        practitioners.MapHandler(HttpMethods.Patch, "/{id:guid}", Change).WithName("ChangePractitioner").WithMetadata(new RequiresScope(Scopes.PractitionersWrite));
        practitioners.MapHandler(HttpMethods.Post, "/{id:guid}/suspension", Suspend).WithName("SuspendPractitioner").WithMetadata(new RequiresScope(Scopes.PractitionersWrite));
    }

    /// <summary>Lists your practitioners.</summary>
    private static async Task<Results<Ok<Page<PractitionerResponse>>, Problem>> List(
        Query<PractitionerQuery> query, HttpContext http, PractitionerRepository practitioners, Cursors cursors, CancellationToken ct)
    {
        var asked = query.Value;
        if (cursors.TryRead(asked.Cursor, http, out var after) is { } refusal)
        {
            return refusal;
        }

        var rows = await practitioners.List(http.Caller().PartnerId, asked.ExternalId, after, asked.Size, ct);
        return Ok(cursors.Page(rows, PractitionerResponse.From, row => new Position(row.CreatedAt, row.Id), http));
    }

    /// <summary>Registers a practitioner.</summary>
    private static async Task<Results<Created<PractitionerResponse>, Problem>> Create(
        Body<CreatePractitioner> body, HttpContext http, PractitionerRepository practitioners, Digests digests, WriteUnit unit,
        CancellationToken ct)
    {
        if (RefusalOf(http.Caller()) is { } refusal)
        {
            return refusal;
        }

        var request = body.Value;
        var partnerId = http.Caller().PartnerId;
        if (request.SupervisorId is { } supervisor && !await practitioners.IsActive(partnerId, supervisor, ct))
        {
            return UnknownSupervisor();
        }

        var practitioner = new Practitioner
        {
            Id = Ids.New(unit.Now),
            Version = 1,
            ExternalId = request.ExternalId,
            Name = request.Name,
            Roles = string.Join(' ', request.Roles.Distinct()),
            MayDeclareEmergency = request.MayDeclareEmergency,
            SupervisorId = request.SupervisorId,
            CreatedAt = unit.Now,
            UpdatedAt = unit.Now,
        };
        practitioners.Add(partnerId, practitioner, unit);
        if (request.Subject is { } subject)
        {
            var issuerId = http.SignedIn().IssuerId;
            practitioners.AddSubject(partnerId, practitioner.Id, Ids.New(unit.Now), issuerId, digests.OfSubject(issuerId, subject), unit);
        }

        return Created($"/v1/practitioners/{practitioner.Id}", PractitionerResponse.From(practitioner));
    }

    /// <summary>Gets a practitioner.</summary>
    private static async Task<Results<Ok<PractitionerResponse>, Problem>> Get(
        Guid id, HttpContext http, PractitionerRepository practitioners, CancellationToken ct) =>
        await practitioners.Find(http.Caller().PartnerId, id, ct) is { } practitioner
            ? Ok(PractitionerResponse.From(practitioner))
            : Problems.NotFound();

    /// <summary>Changes a practitioner's name, roles, emergency entitlement or supervisor.</summary>
    /// <remarks>Nobody widens their own roles or entitlement, nor names or dismisses their own supervisor.</remarks>
    private static async Task<Results<Ok<PractitionerResponse>, Problem>> Change(
        Guid id, MergePatch<PractitionerChange> patch, IfMatch ifMatch, HttpContext http, PractitionerRepository practitioners,
        WriteUnit unit, CancellationToken ct)
    {
        var caller = http.Caller();
        if (RefusalOf(caller) is { } notAllowed)
        {
            return notAllowed;
        }

        if (await practitioners.Find(caller.PartnerId, id, ct) is not { } practitioner)
        {
            return Problems.NotFound();
        }

        if (practitioner.Version != ifMatch.Version)
        {
            return Problems.PreconditionFailed();
        }

        if (patch.Apply(PractitionerChange.From(practitioner), out var changed) is { } refusal)
        {
            return refusal;
        }

        var widened = changed.Roles.Except(practitioner.RoleCodes).Any()
            || (changed.MayDeclareEmergency && !practitioner.MayDeclareEmergency);
        if (caller.PractitionerId == id && widened)
        {
            return Problems.Forbidden("Nobody widens their own roles or entitlement.");
        }

        if (changed.SupervisorId != practitioner.SupervisorId)
        {
            if (caller.PractitionerId == id)
            {
                return Problems.Forbidden("Nobody names or dismisses their own supervisor.");
            }

            if (changed.SupervisorId is { } supervisor && (supervisor == id || !await practitioners.IsActive(caller.PartnerId, supervisor, ct)))
            {
                return UnknownSupervisor();
            }
        }

        var next = practitioner with
        {
            Version = practitioner.Version + 1,
            Name = changed.Name,
            Roles = string.Join(' ', changed.Roles.Distinct()),
            MayDeclareEmergency = changed.MayDeclareEmergency,
            SupervisorId = changed.SupervisorId,
            UpdatedAt = unit.Now,
        };
        practitioners.Change(caller.PartnerId, next, unit);
        return Ok(PractitionerResponse.From(next));
    }

    /// <summary>Suspends a practitioner: every access of theirs ends with this answer.</summary>
    private static async Task<Results<Ok<PractitionerResponse>, Problem>> Suspend(
        Guid id, IfMatch ifMatch, HttpContext http, PractitionerRepository practitioners, WriteUnit unit, CancellationToken ct)
    {
        if (RefusalOf(http.Caller()) is { } notAllowed)
        {
            return notAllowed;
        }

        var partnerId = http.Caller().PartnerId;
        if (await practitioners.Find(partnerId, id, ct) is not { } practitioner)
        {
            return Problems.NotFound();
        }

        if (practitioner.Version != ifMatch.Version)
        {
            return Problems.PreconditionFailed();
        }

        if (practitioner.SuspendedAt is not null)
        {
            return Problems.StateConflict("The practitioner is suspended already.");
        }

        var next = practitioner with { Version = practitioner.Version + 1, SuspendedAt = unit.Now, UpdatedAt = unit.Now };
        practitioners.Change(partnerId, next, unit);
        return Ok(PractitionerResponse.From(next));
    }

    private static Problem UnknownSupervisor() =>
        Problems.Invalid(Fault.InBody("#/supervisorId", "unknown-reference", "There is no such practitioner, or nobody who could supervise this one."));

    /// <summary>Refuses clients, and whoever is suspended, whatever the scopes of the token.</summary>
    /// <remarks>An application gives one set of scopes to all who sign in through it: a client must not register themself a therapist.</remarks>
    private static Problem? RefusalOf(Caller caller) => caller is { PractitionerId: null, ApplicationAlone: false }
        ? Problems.Forbidden("Only practitioners, and applications that act alone, register practitioners.")
        : null;
}
