using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Background;
using PersonalCareApi.Data;
using PersonalCareApi.Domain;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Partners;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Rendering.Pages;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Records.Erasures;

internal static class ErasureEndpoints
{
    public static void MapErasures(this IEndpointRouteBuilder v1, ClientRecordRoutes records)
    {
        records.For("/erasures", DataCategory.Demographics).Write("/", Request, clientIsAuthor: true).WithName("EraseRecord");

        // Not under the record: once it is gone there is nothing left to decide about.
        var erasures = v1.MapGroup("/erasures/{id:guid}").WithTags("erasures").RequireAuthorization()
            .WithMetadata(
                new NoClientData("That a record was erased, by ids and counts; nothing that was in it."),
                new RequiresScope(new DataUse(DataCategory.Demographics, DataAction.Read).Scope));
        erasures.MapHandler(HttpMethods.Get, "/", Get).WithName("GetErasure");
        erasures.MapHandler(HttpMethods.Get, "/certificate", Certificate).WithName("GetErasureCertificate")
            .WithMetadata(new AlsoAnswers(MediaTypes.Jwt, MediaTypes.Html)).WithContentPolicy(Layout.ContentPolicy);
    }

    /// <summary>Erases the record.</summary>
    /// <remarks>
    /// For the client, and for a representative whose authority to write covers every category that can be represented. With
    /// this answer the record is closed to everybody; then its keys are destroyed and its rows removed, in the background.
    /// What the partner must keep (<c>retention</c> in its settings) is kept sealed, until the date that the erasure names, and
    /// the client alone may still read it. How far it is stands at <c>Location</c>, outside the record: keep it.
    /// </remarks>
    private static Results<Created<ErasureResponse>, Problem> Request(
        Body<RequestErasure> body, AccessGrant grant, UseOfData use, WriteUnit unit, HttpContext http)
    {
        // The body only confirms; the validator has seen that it does.
        _ = body.Value;
        if (!IsTheirs(grant, use.Facts!))
        {
            return Problems.Forbidden("The client alone, or a representative whose authority covers everything, has the record erased.");
        }

        var erasure = new Erasure
        {
            Id = Ids.New(unit.Now),
            PartnerId = grant.PartnerId,
            ClientId = grant.ClientId,
            State = Erasure.Running,
            RequestedAt = unit.Now,
            By = grant.ActingAs,
            ApplicationId = http.Caller().ApplicationId,
            Kept = null,
            KeysDestroyed = 0,
            RowsRemoved = 0,
        };
        unit.ForClient(grant, DataCategory.Demographics).ChangesAccess();
        StoredErasures.Add(erasure, unit);
        BackgroundJobs.Add(
            new Job
            {
                Id = Ids.New(unit.Now),
                PartnerId = grant.PartnerId,
                ClientId = grant.ClientId,
                Kind = EraseRecord.JobKind,
                AboutId = erasure.Id,
                DueAt = unit.Now,
            },
            unit);
        return Created($"/v1/erasures/{erasure.Id}", ErasureResponse.From(erasure, null));
    }

    /// <summary>Gets how far an erasure is.</summary>
    /// <remarks>
    /// For the partner's applications that act alone, and for the client as long as the client can sign in: until the record is
    /// gone, or what must be kept of it.
    /// </remarks>
    private static async Task<Results<Ok<ErasureResponse>, Problem>> Get(
        Guid id, HttpContext http, StoredErasures erasures, BackgroundJobs jobs, CancellationToken ct)
    {
        var caller = http.Caller();
        return await erasures.Find(caller.PartnerId, id, ct) is { } erasure && MaySee(caller, erasure)
            ? Ok(ErasureResponse.From(erasure, await jobs.Progress(caller.PartnerId, EraseRecord.JobKind, id, ct)))
            : Problems.NotFound();
    }

    /// <summary>Gets the certificate of an erasure.</summary>
    /// <remarks>
    /// JSON; with <c>Accept: application/jwt</c> signed (ES256, keys at <c>/.well-known/jwks.json</c>), with <c>Accept: text/html</c> a
    /// page to read. 409 until the erasure is finished. Where something is kept, a new certificate takes its place once that
    /// is gone too.
    /// </remarks>
    private static async Task<Results<Ok<ErasureCertificate>, ContentHttpResult, Problem>> Certificate(
        Guid id, HttpContext http, StoredErasures erasures, PartnerRepository partners, CancellationToken ct)
    {
        var caller = http.Caller();
        if (await erasures.Find(caller.PartnerId, id, ct) is not { } erasure || !MaySee(caller, erasure))
        {
            return Problems.NotFound();
        }

        if (erasure.Certificate is not { } signed)
        {
            return Problems.StateConflict("The erasure is not finished.");
        }

        var partner = await partners.Find(erasure.PartnerId, ct) ?? throw new InvalidOperationException("The partner is gone.");
        var certificate = ErasureCertificate.From(erasure, partner.Name);
        return Negotiation.Choose(http.Request, MediaTypes.Json, MediaTypes.Jwt, MediaTypes.Html) switch
        {
            MediaTypes.Json => Ok(certificate),
            MediaTypes.Jwt => Content(signed, MediaTypes.Jwt),
            MediaTypes.Html => Content(ErasureCertificatePage.Render(certificate), $"{MediaTypes.Html}; charset=utf-8"),
            _ => Problems.NotAcceptable($"A certificate comes as {MediaTypes.Json}, {MediaTypes.Jwt} or {MediaTypes.Html}."),
        };
    }

    private static bool MaySee(Caller caller, Erasure erasure) => caller.ApplicationAlone || caller.ClientIds.Contains(erasure.ClientId);

    private static bool IsTheirs(AccessGrant grant, RecordFacts facts) =>
        grant.ActingAs.Kind == PartyKind.Client
        || facts.Representations.Any(authority => authority.Id == grant.ActingAs.Id
            && authority.Actions.Contains(DataAction.Write)
            && DataCategories.All.Except(DataCategories.NeverRepresented).All(authority.Categories.Contains));
}
